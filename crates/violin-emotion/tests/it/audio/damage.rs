//! Bad input: what is refused, with which words, and what is read all the same, with which warning.

use violin_emotion::audio::{AudioSettings, decode_bytes, open};
use violin_emotion::{ErrorKind, WarningKind};

use super::wav::{Wav, sine, sine16, wav_float, wav16};
use super::{decode, fixture_bytes, kinds, refusal, warning};

fn tone(seconds: f64) -> Vec<u8> {
    wav16(44_100, &[sine16(44_100, seconds, 0.5)]).bytes()
}

#[test]
fn what_is_no_recording_is_refused_in_plain_words() {
    let text = "filename,emotion,happy,sad\n1.wav,happy,0.7,0.3\n".repeat(50);
    for (bytes, message) in [
        (vec![], "take.wav: the file is empty (0 bytes)"),
        (text.into_bytes(), "take.wav: this is no recording in a known format"),
        (tone(1.0)[..30].to_vec(), "take.wav: the file ends inside its header"),
        (tone(1.0)[..20].to_vec(), "take.wav: the file ends inside its header"),
        (tone(1.0)[..6].to_vec(), "take.wav: this is no recording in a known format"),
        (tone(1.0)[..44].to_vec(), "take.wav: nothing in it can be decoded: it holds no samples"),
        (tone(0.3), "take.wav: 0.30 s is too short: at least 0.5 s are needed"),
    ] {
        let error = refusal(bytes);
        assert_eq!(error.to_string(), message);
        assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
        assert!(matches!(error.kind(), ErrorKind::Audio { .. }));
    }
    assert!(refusal(tone(0.4999)).to_string().contains("0.49 s is too short"), "rounded down");
    assert!(decode(tone(0.5)).is_ok(), "half a second is enough");
}

#[test]
fn a_missing_file_and_a_folder_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.wav");
    let error = open(&missing, &AudioSettings::default()).expect_err("no such file");
    assert!(error.to_string().starts_with(&format!("cannot read {}: No such file", missing.display())), "{error}");
    let error = open(folder.path(), &AudioSettings::default()).expect_err("a folder");
    assert_eq!(error.to_string(), format!("{}: expected a file, found a folder", folder.path().display()));
}

#[test]
fn a_header_that_claims_4_gib_costs_nothing_and_is_said() {
    let samples = sine16(44_100, 1.0, 0.5);
    let wav = Wav { claimed_bytes: Some(0xffff_ff00), ..wav16(44_100, &[samples]) };
    let recording = decode(wav.bytes()).expect("one second");
    assert_eq!(recording.samples().len(), 44_100);
    let message = warning(&recording, WarningKind::Truncated);
    assert_eq!(message, "the file is cut: its header says 48695.77 s, found 1.00 s");
}

#[test]
fn channels_and_rates_out_of_range_are_named() {
    let file = |channels, rate| {
        let data = vec![0; 2 * usize::from(channels) * 1000];
        Wav { channels, rate, bits: 16, float: false, data, claimed_bytes: None }.bytes()
    };
    for channels in [0, 9, 12, 63, 64, 300] {
        let expected = format!("take.wav: expected 1 to 8 channels, found {channels}");
        assert_eq!(refusal(file(channels, 44_100)).to_string(), expected);
    }
    // An extensible header, whose channels symphonia 0.6.1 counts with a shift that overflows.
    let mut wide = fixture_bytes("tone_s24.wav");
    assert_eq!(wide[20..22], [0xfe, 0xff], "the fixture is of the extensible kind");
    wide[22..24].copy_from_slice(&300u16.to_le_bytes());
    assert_eq!(refusal(wide).to_string(), "take.wav: expected 1 to 8 channels, found 300");
    for rate in [0, 1, 7_999, 192_001, u32::MAX] {
        let expected = format!("take.wav: expected a sample rate of 8000 to 192000 Hz, found {rate} Hz");
        assert_eq!(refusal(file(1, rate)).to_string(), expected);
    }
}

#[test]
fn limits_are_settings_and_hold_for_what_really_arrives() {
    let settings = AudioSettings { max_duration_s: 0.8, ..Default::default() };
    for bytes in [tone(1.0), fixture_bytes("tone.mp3")] {
        let error = decode_bytes("take", bytes, &settings).expect_err("too long");
        assert_eq!(error.to_string(), "take: expected at most 0.8 s, found more");
        let hint = "cut the recording, or raise the setting `audio.max_duration_s` with --config \
                    (a model keeps the settings it was trained with)";
        assert_eq!(error.hint(), Some(hint));
    }
    assert!(decode_bytes("take", fixture_bytes("tone_stereo.ogg"), &settings).is_ok());

    let settings = AudioSettings { max_bytes: 1000, ..Default::default() };
    let error = decode_bytes("take", tone(1.0), &settings).expect_err("too large");
    assert_eq!(error.to_string(), "take: expected at most 1000 bytes, found 88244");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("take.wav");
    std::fs::write(&path, tone(1.0)).expect("a file");
    let error = open(&path, &settings).expect_err("too large");
    assert!(error.to_string().ends_with("expected at most 1000 bytes, found 88244"), "{error}");

    let settings = AudioSettings { max_channels: 1, ..Default::default() };
    let error = decode_bytes("take", fixture_bytes("tone_stereo.ogg"), &settings).expect_err("too wide");
    assert_eq!(error.to_string(), "take: expected 1 to 1 channels, found 2");

    for (settings, key) in [
        (AudioSettings { max_duration_s: f64::NAN, ..Default::default() }, "audio.max_duration_s"),
        (AudioSettings { max_duration_s: f64::INFINITY, ..Default::default() }, "audio.max_duration_s"),
        (AudioSettings { max_channels: 0, ..Default::default() }, "audio.max_channels"),
    ] {
        let error = decode_bytes("take", tone(1.0), &settings).expect_err("a setting out of range");
        assert!(matches!(error.kind(), ErrorKind::Config { key: found, .. } if found == key), "{error}");
    }
    assert!(toml_like(r#"{"max_bytes": 5}"#).is_ok_and(|settings| settings.max_channels == 8));
    assert!(toml_like(r#"{"max_byte": 5}"#).is_err(), "a misspelt setting is no default");
}

fn toml_like(text: &str) -> serde_json::Result<AudioSettings> {
    serde_json::from_str(text)
}

#[test]
fn half_a_file_is_read_and_said() {
    let whole = tone(2.0);
    // An odd number of bytes: half a sample at the end.
    let recording = decode(whole[..44 + (whole.len() - 44) / 2 + 1].to_vec()).expect("half a WAV");
    assert_eq!(recording.samples().len(), 44_100, "every whole sample is used");
    let message = warning(&recording, WarningKind::Truncated);
    assert_eq!(message, "the file is cut: its header says 2.00 s, found 1.00 s");
    let full = decode(whole).expect("a WAV");
    assert!(full.samples()[..44_100] == *recording.samples());

    let whole = fixture_bytes("tone.mp3");
    let recording = decode(whole[..whole.len() / 2].to_vec()).expect("half an MP3");
    // Half of 1.5 s, to an MP3 frame of 26 ms and the header's own.
    assert!((recording.duration_s() - 0.75).abs() < 0.06, "{} s", recording.duration_s());
    let message = warning(&recording, WarningKind::Truncated);
    assert!(message.starts_with("the file is cut: its header says 1.50 s, found 0.7"), "{message}");
}

#[test]
fn an_ogg_without_its_last_page_is_read_and_said() {
    let whole = ogg_of_two_pages();
    let full = decode(whole.concat()).expect("an Ogg");
    assert_eq!(kinds(&full), []);
    let recording = decode([&whole[0][..], &whole[1]].concat()).expect("most of an Ogg");
    assert!(recording.samples().len() < full.samples().len(), "the last page held sound");
    let message = warning(&recording, WarningKind::Truncated);
    assert_eq!(message, "the file is cut: its last page does not end the Ogg stream");
    // A page that is not whole ends nothing, whatever it says.
    let recording = decode([&whole[0][..], &whole[1], &whole[2][..40]].concat()).expect("most of an Ogg");
    assert!(kinds(&recording).contains(&WarningKind::Truncated));
}

/// The fixture, whose sound lies on its last page: all before, most of that page, and the rest as a page of its own.
fn ogg_of_two_pages() -> [Vec<u8>; 3] {
    const PACKETS: usize = 26;
    let bytes = fixture_bytes("tone_stereo.ogg");
    let last = bytes.windows(4).rposition(|bytes| bytes == b"OggS").expect("a page");
    let (before, page) = bytes.split_at(last);
    let segments = usize::from(page[26]);
    let (lengths, data) = page[27..].split_at(segments);
    assert!(segments > PACKETS && lengths[PACKETS - 1] < 255, "a packet ends there");
    let cut: usize = lengths[..PACKETS].iter().map(|length| usize::from(*length)).sum();
    let make = |flags: u8, samples: u64, number: u32, lengths: &[u8], data: &[u8]| {
        let mut made = page[..27].to_vec();
        made[5] = flags;
        made[6..14].copy_from_slice(&samples.to_le_bytes());
        made[18..22].copy_from_slice(&number.to_le_bytes());
        made[22..26].fill(0);
        made[26] = lengths.len() as u8;
        made.extend([lengths, data].concat());
        let checksum = ogg_checksum(&made);
        made[22..26].copy_from_slice(&checksum.to_le_bytes());
        made
    };
    let end = u64::from_le_bytes(page[6..14].try_into().expect("eight bytes"));
    let most = end * PACKETS as u64 / segments as u64;
    [
        before.to_vec(),
        make(0, most, 2, &lengths[..PACKETS], &data[..cut]),
        make(4, end, 3, &lengths[PACKETS..], &data[cut..]),
    ]
}

/// CRC-32 with the polynomial 0x04c11db7, not reflected, from 0 (RFC 3533).
fn ogg_checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum: u32, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 })
    })
}

#[test]
fn a_damaged_place_is_left_out_and_said() {
    for name in ["tone.mp3", "tone.flac"] {
        let mut bytes = fixture_bytes(name);
        // Beyond tags and padding, and before the last frames.
        let place = bytes.len() * 3 / 4;
        bytes[place..place + 40].iter_mut().for_each(|byte| *byte ^= 0x5a);
        let recording = decode(bytes).expect(name);
        let whole = decode(fixture_bytes(name)).expect(name);
        assert!(recording.samples().len() > whole.samples().len() / 2, "{name}");
        assert!(recording.samples() != whole.samples(), "{name}");
        if name == "tone.flac" {
            // A FLAC frame carries a checksum; MP3 frames seldom do.
            assert!(kinds(&recording).contains(&WarningKind::Truncated), "{name}: {:?}", recording.warnings());
        }
    }
}

#[test]
fn samples_that_are_no_numbers_become_silence() {
    let mut samples: Vec<f32> = sine(44_100, 1.0, 0.5).iter().map(|x| *x as f32).collect();
    for (at, value) in [(100, f32::NAN), (200, f32::INFINITY), (300, f32::NEG_INFINITY), (400, f32::MAX)] {
        samples[at] = value;
    }
    let recording = decode(wav_float(44_100, &samples).bytes()).expect("a float WAV");
    assert_eq!([100, 200, 300, 400].map(|at| recording.samples()[at]), [0.0; 4]);
    let message = warning(&recording, WarningKind::NotFinite);
    assert_eq!(message, "4 of 44100 samples were no numbers (NaN or infinite): set to 0");

    let error = refusal(wav_float(44_100, &[f32::NAN; 44_100]).bytes());
    assert_eq!(error.to_string(), "take.wav: expected numbers, found NaN or infinity in all 44100 samples");
}

#[test]
fn a_cut_sine_is_clipped_and_a_full_one_is_not() {
    let recording = decode(wav16(44_100, &[sine16(44_100, 1.0, 1.4)]).bytes()).expect("a WAV");
    // |1.4 sin x| ≥ 1 on 1 − 2 asin(1/1.4)/π = 49.4 % of a period.
    let message = warning(&recording, WarningKind::Clipped);
    assert!(message.starts_with("clipped: 49."), "{message}");
    for peak in [0.5, 1.0] {
        let recording = decode(wav16(44_100, &[sine16(44_100, 1.0, peak)]).bytes()).expect("a WAV");
        assert_eq!(kinds(&recording), [], "peak {peak}");
    }
    // One clipped channel is not hidden by a quiet one.
    let channels = [sine16(44_100, 1.0, 0.1), sine16(44_100, 1.0, 1.4)];
    let recording = decode(wav16(44_100, &channels).bytes()).expect("a WAV");
    assert!(warning(&recording, WarningKind::Clipped).starts_with("clipped: 49."));
}

#[test]
fn silence_is_a_warning_not_an_error() {
    for (samples, message) in [
        (vec![0; 44_100], "the recording is silent: all samples are equal"),
        (vec![3000; 44_100], "the recording is silent: all samples are equal"),
        (sine16(44_100, 1.0, 3.0 / 32768.0), "the recording is silent: its peak is -81 dB of full scale"),
    ] {
        let recording = decode(wav16(44_100, &[samples]).bytes()).expect("a WAV");
        assert_eq!(warning(&recording, WarningKind::Silent), message);
        assert!(recording.samples().iter().all(|x| x.is_finite()));
    }
    let recording = decode(wav16(44_100, &[sine16(44_100, 1.0, 5.0 / 32768.0)]).bytes()).expect("a WAV");
    assert_eq!(kinds(&recording), [], "-76 dB can be heard");
}

#[test]
fn no_damage_to_any_format_ends_in_a_panic() {
    // A fixed chain of pseudo-random numbers: the same damage every time.
    let mut state = 1u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let settings = AudioSettings { max_duration_s: 60.0, ..Default::default() };
    let names = ["tone_u8.wav", "tone.aiff", "tone.flac", "tone.mp3", "tone_stereo.ogg", "tone.aac", "tone_aac.m4a"];
    for name in names.into_iter().chain(["tone_s24.wav", "tone_alac.m4a"]) {
        let whole = fixture_bytes(name);
        for round in 0..60 {
            let mut bytes = whole.clone();
            // Headers are short, so half of the damage is aimed at them.
            let reach = if round % 2 == 0 { bytes.len().min(200) } else { bytes.len() };
            for _ in 0..=random(8) {
                bytes[random(reach)] = random(256) as u8;
            }
            if round % 5 == 0 {
                bytes.truncate(random(whole.len()));
            }
            match decode_bytes(name, bytes, &settings) {
                Ok(recording) => assert!(recording.samples().iter().all(|x| x.is_finite())),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}
