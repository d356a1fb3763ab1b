//! The page of a recording: whole, true to its data, closed to what a file's name may hold, and small.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest, Sha256};
use violin_emotion::explain::{Explainer, Groups, Reference};
use violin_emotion::features::FeatureSet;
use violin_emotion::model::EmotionModel;
use violin_emotion::pipeline::{self, MOST_MOMENTS, Told};
use violin_emotion::report::page::{Comparison, Index, IndexRow, PageData, Trust, WithSound};
use violin_emotion::synth::{self, Cues};
use violin_emotion::{Error, silent};

use crate::audio::wav::wav_float;
use crate::small;

/// What a mail can carry, bytes: a page of ten seconds with its sound.
const LARGEST: usize = 1_500_000;
/// The name of a file that would like to be more.
const HOSTILE: &str = "</script><img src=x onerror=alert(1)>{{script}} & \"take\".wav";
/// Base and what is added are the answer, but for rounding.
const ROUNDING: f64 = 1e-6;
/// A step of the curves and one of the waveform, seconds: a curve may end so much before or after the recording.
const STEP_S: f64 = 0.02;
/// Two moments that takes are aligned by, seconds: onsets are rounded to them in either take.
const MOMENTS_S: f64 = 0.1;

fn model() -> &'static EmotionModel {
    static MODEL: OnceLock<EmotionModel> = OnceLock::new();
    MODEL.get_or_init(|| {
        let set = FeatureSet::ViolinMusic;
        EmotionModel::fit(&small::corpus(set, 3).whole(), &small::settings(set), 1, &silent).expect("a model")
    })
}

/// What is told of samples in a file of this name.
fn told_of(name: &str, samples: &[f32]) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, wav_float(44_100, samples).bytes()).expect("a recording");
    let explainer = Explainer::new(model(), Reference::corpus(model())).expect("an explainer");
    let explainer = explainer.by(Groups::broad(model()).expect("groups"));
    pipeline::tell(&path, model(), &explainer, &silent).expect("what is told")
}

/// Ten rendered seconds in a file of a hostile name, and what is told of them.
fn told() -> &'static Told {
    static TOLD: OnceLock<Told> = OnceLock::new();
    // A slash cannot be in a name.
    TOLD.get_or_init(|| {
        told_of(&HOSTILE.replace('/', "∕"), &synth::render(&synth::phrase(&Cues::default(), 10.0, 1), 1))
    })
}

fn page() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(|| PageData::of(told(), model(), WithSound::Short).expect("data").html())
}

/// What lies between two texts.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after}")).0
}

fn data(page: &str) -> Value {
    serde_json::from_str(between(page, "id=\"data\">", "</script>")).expect("JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

#[test]
fn the_page_is_one_whole_file_that_fetches_nothing() {
    let page = page();
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    assert!(page.len() <= LARGEST, "{} bytes", page.len());
    assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
    let policy = between(page, "Content-Security-Policy\" content=\"", "\"");
    assert!(
        policy.starts_with("default-src 'none';") && !policy.contains("unsafe") && !policy.contains("http"),
        "{policy}"
    );
    for reaches_out in
        ["src=\"http", "href=\"http", "@import", "url(", "fetch(", "XMLHttpRequest", ".innerHTML", "eval("]
    {
        let own = page.replace(between(page, "id=\"data\">", "</script>"), "").replace("clip-path=\"url(#", "");
        assert!(!own.contains(reaches_out), "{reaches_out}");
    }
}

#[test]
fn the_policy_lets_run_the_script_that_is_there() {
    let page = page();
    let script = between(page, "<script type=\"module\">", "</script>");
    let style = between(page, "<style>", "</style>");
    for text in [script, style] {
        assert!(page.contains(&format!("'sha256-{}'", letters(&Sha256::digest(text)))));
    }
}

/// Base 64 the slow way: six bits at a time from a text of bits.
fn letters(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let six = |bits: &[u8]| {
        let bits = format!("{:0<6}", std::str::from_utf8(bits).expect("bits"));
        LETTERS[usize::from_str_radix(&bits, 2).expect("a number")] as char
    };
    let letters: String = bits.as_bytes().chunks(6).map(six).collect();
    letters.clone() + &"=".repeat((4 - letters.len() % 4) % 4)
}

#[test]
fn a_name_stays_a_text_whatever_it_holds() {
    let page = page();
    assert!(!page.contains("<img"));
    let name = HOSTILE.replace('/', "∕");
    let name = name.rsplit('/').next().expect("a name");
    assert_eq!(data(page)["name"].as_str(), Some(name));
    assert_eq!(page.matches("onerror").count(), 2, "in `name` and in the answer's `path`, and there alone");
}

#[test]
fn the_data_are_those_of_the_answer() {
    let data = data(page());
    assert_eq!(data["schema"], "violin-emotion/page/1");
    let told = told();
    // As texts: a number of 32 bits has fewer digits there than as a value of 64.
    let read = |text: serde_json::Result<String>| serde_json::from_str::<Value>(&text.expect("text")).expect("JSON");
    assert_eq!(data["analysis"], read(serde_json::to_string(&told.analysis)));
    assert_eq!(data["explanation"], read(serde_json::to_string(&told.explanation)));
    let emotions = ["emotion0", "emotion1", "emotion2"];
    let moments = list(&data["explanation"]["timeline"]);
    assert!((1..=MOST_MOMENTS).contains(&moments.len()));
    assert_eq!(list(&data["said"]["moments"]).len(), moments.len());
    for why in moments.iter().chain([&data["explanation"]]) {
        for emotion in emotions {
            let parts = why["contributions"].as_object().expect("parts").values();
            let sum = number(&why["base"][emotion]) + parts.map(|part| number(&part[emotion])).sum::<f64>();
            assert!((sum - number(&why["prediction"][emotion])).abs() <= ROUNDING, "{why}");
        }
    }
    let parts: Vec<&String> =
        data["said"]["whole"].as_object().expect("parts").keys().filter(|part| *part != "length").collect();
    assert_eq!(parts, ["dynamics", "timing", "bow strokes", "left hand", "tone", "the notes"]);
}

#[test]
fn the_curves_last_as_long_as_the_recording() {
    let data = data(page());
    let curves = &data["curves"];
    let of = |curve: &Value, step: &Value| list(curve).len() as f64 * number(step);
    for seconds in [
        of(&curves["pitch"], &curves["step_s"]),
        of(&curves["level_db"], &curves["step_s"]),
        of(&data["waveform"]["low"], &data["waveform"]["step_s"]),
        of(&data["waveform"]["high"], &data["waveform"]["step_s"]),
    ] {
        assert!((seconds - 10.0).abs() <= STEP_S, "{seconds} s");
    }
    let notes = &told().notes;
    assert_eq!(list(&data["played"]["notes"]).len(), notes.notes.len());
    assert!(list(&data["lanes"]).iter().all(|lane| {
        let [start, end, value] = ["start_s", "end_s", "value"].map(|name| list(&lane[name]).len());
        start == end && end == value && value <= notes.notes.len()
    }));
    assert!(data["sound"]["address"].as_str().is_some_and(|address| address.starts_with("data:audio/flac;base64,")));
    assert!(
        list(&data["spectrum"]["tiles"])
            .iter()
            .all(|tile| tile.as_str().is_some_and(|tile| tile.starts_with("data:image/png")))
    );
}

#[test]
fn an_index_has_a_row_for_what_could_not_be_answered() {
    let error = Error::audio(Path::new("b<b>.wav"), "expected a recording, found <text>", "name a recording");
    let rows = vec![IndexRow::told(told(), "take.html"), IndexRow::failed("b<b>.wav", &error)];
    let page = Index::new(Trust::of(model()), rows, None).html();
    let data = data(&page);
    assert_eq!((&data["rows"][0]["page"], &data["rows"][1]["page"]), (&Value::from("take.html"), &Value::Null));
    assert_eq!(data["rows"][1]["analysis"]["error"], "b<b>.wav: expected a recording, found <text>");
    assert!(!page.contains("<b>") && !page.contains("<text>") && page.trim_end().ends_with("</html>"));
    assert_eq!(data["rows"][0]["analysis"]["timeline"], Value::Array(vec![]));
}

#[test]
fn two_takes_are_laid_upon_each_other_where_they_are_one_piece() {
    // The same notes, a fifth of their time later: two seconds of silence go before.
    let silence = vec![0.0; 2 * 44_100];
    let samples = told().recording.samples();
    let later = told_of("later.wav", &[&silence, samples].concat());
    let compared = |other: &Told| {
        let comparison = Comparison::of(told(), other, model(), WithSound::Never, &silent).expect("a comparison");
        data(&comparison.html())
    };
    let page = compared(&later);
    let [first, second] = ["first_s", "second_s"].map(|take| {
        let seconds: Vec<f64> = list(&page["alignment"][take]).iter().map(number).collect();
        assert!(seconds.is_sorted() && seconds[0] == 0.0, "{seconds:?}");
        seconds
    });
    assert_eq!((first.last(), second.last()), (Some(&10.0), Some(&12.0)));
    assert_eq!((&page["alignment"]["one_piece"], first.len()), (&Value::Bool(true), second.len()));
    // From the first note to the last, where both have notes, 2 s lie between them.
    let notes = &told().notes.notes;
    let (begin, end) = (f64::from(notes[0].onset_s), f64::from(notes[notes.len() - 1].onset_s));
    for (one, other) in first.iter().zip(&second).filter(|(one, _)| (begin + MOMENTS_S..end).contains(*one)) {
        assert!((other - one - 2.0).abs() <= MOMENTS_S, "{one} {other}");
    }
    for emotion in ["emotion0", "emotion1", "emotion2"] {
        let why = &page["explanation"];
        let sum =
            why["contributions"].as_object().expect("parts").values().map(|part| number(&part[emotion])).sum::<f64>();
        assert!((number(&why["base"][emotion]) + sum - number(&why["prediction"][emotion])).abs() <= ROUNDING, "{why}");
        let answer = number(&page["takes"][0]["analysis"]["emotions"][emotion]);
        // An answer is kept to f32.
        assert!((number(&why["base"][emotion]) - answer).abs() < 1e-6, "it begins at the first take's answer");
    }
    let other = told_of("other.wav", &synth::render(&synth::phrase(&Cues::default(), 10.0, 9), 9));
    let page = compared(&other);
    assert_eq!(page["alignment"]["one_piece"], Value::Bool(false));
    assert_eq!(page["alignment"]["first_s"], serde_json::json!([0.0, 10.0]));
}
