//! What is read right: formats, widths, rates, channels.

use std::path::{Path, PathBuf};

use violin_emotion::WarningKind;
use violin_emotion::audio::{AudioSettings, decode_bytes, from_channels, open};

use super::wav::{Wav, sine, sine16, wav_float, wav16};
use super::{decode, fixture, fixture_bytes, kinds, level_and_frequency, warning};

/// Interpolated zero crossings of 130 periods; the noise of the lossy codecs is the limit.
const FREQUENCY_HZ: f64 = 0.2;
/// Of a peak of 0.5: half a step of 8 bits, or what a lossy codec changes.
const LEVEL: f64 = 0.01;
/// An AAC frame: the encoder's priming frame stays, the last one is filled up.
const AAC_FRAME: usize = 1024;

#[test]
fn every_format_gives_the_tone_back() {
    let exact = 26_460..=26_460;
    let padded = 26_460..=26_460 + 2 * AAC_FRAME;
    for (name, length, peak) in [
        ("tone_u8.wav", &exact, 0.5),
        ("tone_s24.wav", &exact, 0.5),
        ("tone.aiff", &exact, 0.5),
        ("tone.flac", &(44_100..=44_100), 0.5),
        ("tone_alac.m4a", &exact, 0.5),
        ("tone_stereo.ogg", &exact, 0.5),
        // LAME lowers by 5 %, libsndfile reads the same.
        ("tone.mp3", &(66_150..=66_150), 0.475),
        ("tone.aac", &padded, 0.5),
        ("tone_aac.m4a", &padded, 0.5),
    ] {
        let recording = open(&fixture(name), &AudioSettings::default()).expect(name);
        let (level, frequency) = level_and_frequency(recording.samples());
        assert!(length.contains(&recording.samples().len()), "{name}: {} samples", recording.samples().len());
        assert!((level - peak).abs() < LEVEL, "{name}: peak {level}");
        assert!((frequency - 440.0).abs() < FREQUENCY_HZ, "{name}: {frequency} Hz");
        assert!(
            kinds(&recording).iter().all(|kind| *kind == WarningKind::Upsampled),
            "{name}: {:?}",
            recording.warnings()
        );
        assert_eq!(recording.name(), fixture(name).display().to_string());

        let again = decode_bytes(name, fixture_bytes(name), &AudioSettings::default()).expect(name);
        assert!(again.samples() == recording.samples(), "{name}: from bytes");
    }
}

#[test]
fn aifc_without_compression_is_read_as_aiff_is() {
    let aiff = fixture_bytes("tone.aiff");
    assert_eq!((&aiff[8..16], &aiff[38..42]), (&b"AIFFCOMM"[..], &b"SSND"[..]));
    // The same header with a kind of compression, which is none.
    let common = [&aiff[20..38], b"NONE", b"\x0enot compressed\0"].concat();
    let version = [b"FVER".as_slice(), &4u32.to_be_bytes(), &0xa280_5140u32.to_be_bytes()].concat();
    let chunks =
        [b"AIFC".as_slice(), &version, b"COMM", &(common.len() as u32).to_be_bytes(), &common, &aiff[38..]].concat();
    let aifc = [b"FORM".as_slice(), &(chunks.len() as u32).to_be_bytes(), &chunks].concat();
    assert!(decode(aifc).expect("AIFF-C").samples() == decode(aiff).expect("AIFF").samples());
}

#[test]
fn copies_have_one_sound_and_takes_have_not() {
    let samples = sine16(44_100, 1.0, 0.5);
    let sound = |wav: Wav| decode(wav.bytes()).expect("a WAV").sound();
    let mono = sound(wav16(44_100, std::slice::from_ref(&samples)));
    assert_eq!(mono.len(), 64);
    let as_float: Vec<f32> = samples.iter().map(|x| f32::from(*x) / 32768.0).collect();
    assert_eq!(sound(wav_float(44_100, &as_float)), mono, "another width");
    assert_eq!(sound(wav16(44_100, &[samples.clone(), samples.clone()])), mono, "twice the same channel");
    let mut other = samples.clone();
    other[20_000] += 1;
    for (wav, what) in [
        (wav16(44_100, &[other]), "one step of one sample"),
        (wav16(44_100, &[samples[1..].to_vec()]), "cut"),
        (wav16(44_100, &[sine16(44_100, 1.0, 0.4)]), "another level"),
    ] {
        assert_ne!(sound(wav), mono, "{what}");
    }
}

#[test]
fn the_content_decides_not_the_name() {
    let recording = decode(fixture_bytes("tone.flac")).expect("FLAC by the name of WAV");
    assert_eq!(recording.samples().len(), 44_100);
}

#[test]
fn samples_at_the_one_rate_are_passed_bit_by_bit() {
    let samples = sine16(44_100, 1.0, 0.7);
    let expected: Vec<f32> = samples.iter().map(|x| f32::from(*x) / 32768.0).collect();
    let recording = decode(wav16(44_100, &[samples]).bytes()).expect("16-bit WAV");
    assert!(recording.samples() == expected);
    assert_eq!(kinds(&recording), []);

    let samples: Vec<f32> = sine(44_100, 1.0, 0.7).iter().map(|x| *x as f32).collect();
    let recording = decode(wav_float(44_100, &samples).bytes()).expect("float WAV");
    assert!(recording.samples() == samples);
}

#[test]
fn every_width_of_sample_is_read() {
    let tone = sine(44_100, 0.6, 0.5);
    let whole = |bits: u32| tone.iter().map(move |x| (x * 2f64.powi(bits as i32 - 1)).round() as i64);
    let cases: [(u16, bool, Vec<u8>); 6] = [
        (8, false, whole(8).map(|x| (x + 128) as u8).collect()),
        (16, false, whole(16).flat_map(|x| (x as i16).to_le_bytes()).collect()),
        (24, false, whole(24).flat_map(|x| x.to_le_bytes().into_iter().take(3)).collect()),
        (32, false, whole(32).flat_map(|x| (x as i32).to_le_bytes()).collect()),
        (32, true, tone.iter().flat_map(|x| (*x as f32).to_le_bytes()).collect()),
        (64, true, tone.iter().flat_map(|x| x.to_le_bytes()).collect()),
    ];
    for (bits, float, data) in cases {
        let wav = Wav { channels: 1, rate: 44_100, bits, float, data, claimed_bytes: None };
        let recording = decode(wav.bytes()).expect("a WAV");
        // Half a step of the format, or of f32 near 0.5.
        let step = if float { 6e-8 } else { 2f64.powi(1 - i32::from(bits)).max(6e-8) };
        let worst = recording.samples().iter().zip(&tone).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
        assert!(worst <= 0.5001 * step, "{bits} bits, float {float}: {worst}");
    }
}

#[test]
fn rates_from_8_to_192_khz_give_the_same_tone() {
    for rate in [8_000, 11_025, 22_050, 32_000, 48_000, 96_000, 192_000] {
        let recording = decode(wav16(rate, &[sine16(rate, 1.0, 0.5)]).bytes()).expect("a WAV");
        let (level, frequency) = level_and_frequency(recording.samples());
        // Resampling itself is measured beside its code; here, that the right rate reaches it.
        assert_eq!(recording.samples().len(), 44_100, "{rate} Hz");
        assert!((level - 0.5).abs() < 1e-4 && (frequency - 440.0).abs() < 0.01, "{rate} Hz: {level}, {frequency} Hz");
        assert_eq!(kinds(&recording).contains(&WarningKind::Upsampled), rate < 44_100, "{rate} Hz");
    }
    let recording = decode(wav16(8_000, &[sine16(8_000, 1.0, 0.5)]).bytes()).expect("a WAV");
    let message = warning(&recording, WarningKind::Upsampled);
    assert_eq!(message, "recorded at 8000 Hz: the band from 4 to 22.05 kHz is empty, and features of timbre suffer");
}

#[test]
fn up_to_8_channels_are_mixed_with_equal_weight() {
    for count in 1..=8u16 {
        let channels: Vec<Vec<i16>> = (1..=count).map(|n| sine16(44_100, 0.6, 0.1 * f64::from(n))).collect();
        let recording = decode(wav16(44_100, &channels).bytes()).expect("a WAV");
        let (level, _) = level_and_frequency(recording.samples());
        let expected = 0.1 * f64::from(count + 1) / 2.0;
        assert!((level - expected).abs() < 1e-4, "{count} channels: {level}");
        assert_eq!(kinds(&recording), []);
    }
}

#[test]
fn one_sounding_channel_among_silent_ones_is_no_cancelling() {
    let mut channels = vec![vec![0; 44_100]; 8];
    channels[5] = sine16(44_100, 1.0, 0.8);
    let recording = decode(wav16(44_100, &channels).bytes()).expect("a WAV");
    assert_eq!(kinds(&recording), []);
}

#[test]
fn channels_of_opposite_phase_give_the_louder_one() {
    let (left, right) = (sine16(44_100, 1.0, 0.4), sine16(44_100, 1.0, -0.5));
    let expected: Vec<f32> = right.iter().map(|x| f32::from(*x) / 32768.0).collect();
    let recording = decode(wav16(44_100, &[left, right]).bytes()).expect("a WAV");
    assert!(recording.samples() == expected);
    let message = warning(&recording, WarningKind::ChannelsCancel);
    assert_eq!(message, "the channels cancel: channel 2 is used alone, for the mix is 20 dB below it");

    let (left, right) = (sine16(44_100, 1.0, 0.5), sine16(44_100, 1.0, -0.5));
    let recording = decode(wav16(44_100, &[left, right]).bytes()).expect("a WAV");
    let message = warning(&recording, WarningKind::ChannelsCancel);
    assert!(message.ends_with("for the mix leaves nothing of it"), "{message}");
    assert_eq!(kinds(&recording).len(), 1, "not silent, too");
}

/// The shared recordings, where they lie beside the project.
fn shared(folder: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    if !folder.is_dir() {
        println!("skipped: {} is absent", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn real_mp3_agree_with_libsndfile() {
    let Some(folder) = shared("emotify_classical/audio") else { return };
    // Length and samples of the mean of both channels, read by soundfile 0.14.0 with libsndfile 1.2.2.
    const AT: [usize; 4] = [100_000, 1_000_000, 2_000_000, 2_600_000];
    let expected = [
        ("1.mp3", 2_647_296, [0.002_984_075, -0.117_800_18, -0.089_663_91, 0.018_417_992]),
        ("50.mp3", 2_630_016, [-0.046_031_356, 0.280_751_35, 0.445_872_58, -0.010_315_964]),
    ];
    // Two decoders in f32: 1.2e-6 was the largest difference over all samples of 100 files.
    const DIFFERENCE: f32 = 5e-6;
    for (name, length, samples) in expected {
        let recording = open(&folder.join(name), &AudioSettings::default()).expect(name);
        assert_eq!(recording.samples().len(), length, "{name}");
        for (at, expected) in AT.into_iter().zip(samples) {
            let found = recording.samples()[at];
            assert!((found - expected).abs() < DIFFERENCE, "{name}, sample {at}: {found}, expected {expected}");
        }
        assert_eq!(kinds(&recording), [], "{name}");
    }
}

#[test]
fn real_phrases_and_noises_are_read_without_a_wrong_warning() {
    for folder in ["violin/bach_violin_phrases", "noise"] {
        let Some(folder) = shared(folder) else { return };
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let recording = open(&path, &AudioSettings::default()).expect("a real recording");
            // These are of 16 kHz, all others of 44.1 kHz.
            let low = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sc_"));
            let expected = if low { vec![WarningKind::Upsampled] } else { vec![] };
            assert_eq!(kinds(&recording), expected, "{}", path.display());
        }
    }
}

#[test]
fn samples_give_what_a_file_of_them_gives() {
    let settings = AudioSettings::default();
    let left: Vec<f32> = sine(44_100, 1.0, 0.9).iter().map(|sample| *sample as f32).collect();
    let right: Vec<f32> = left.iter().map(|sample| -sample).collect();
    let mut damaged = left.clone();
    damaged[7] = f32::NAN;
    for (channels, rate) in [
        (vec![left.clone()], 44_100),
        (vec![damaged], 44_100),
        (vec![left.clone(), right], 44_100),
        (vec![left], 22_050),
    ] {
        let data =
            (0..channels[0].len()).flat_map(|at| channels.iter().flat_map(move |c| c[at].to_le_bytes())).collect();
        let wav = Wav { channels: channels.len() as u16, rate, bits: 32, float: true, data, claimed_bytes: None };
        let file = decode(wav.bytes()).expect("a file");
        let samples = from_channels("take.wav", &channels, rate, &settings).expect("samples");
        assert_eq!(samples.samples(), file.samples());
        assert_eq!(samples.warnings(), file.warnings());
        assert_eq!((samples.name(), samples.file_rate_hz()), (file.name(), rate));
    }
}

#[test]
fn samples_that_are_no_recording_are_refused_as_files_are() {
    let refused = |channels: &[Vec<f32>], rate| {
        from_channels("X", channels, rate, &AudioSettings::default()).expect_err("no recording").to_string()
    };
    let second = vec![0.1; 44_100];
    assert_eq!(refused(&[], 44_100), "X: expected at least one sample, found none");
    assert_eq!(refused(&[second.clone(), vec![0.1]], 44_100), "expected channels of one length, found 44100 and 1");
    assert_eq!(refused(&[vec![0.1; 1000]], 44_100), "X: 0.02 s is too short: at least 0.5 s are needed");
    assert_eq!(
        refused(std::slice::from_ref(&second), 100),
        "X: expected a sample rate of 8000 to 192000 Hz, found 100 Hz"
    );
    assert_eq!(refused(&vec![second; 9], 44_100), "X: expected 1 to 8 channels, found 9");
    let all = "X: expected numbers, found NaN or infinity in all 44100 samples";
    assert_eq!(refused(&[vec![f32::NAN; 44_100]], 44_100), all);
}
