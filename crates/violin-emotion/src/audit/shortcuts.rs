//! What no listener would call expression and may still tell the label: length, level, silence, order, format.

use super::association::Property;
use super::finding::{Finding, Kind, Severity, percent};
use super::heard::Heard;
use super::question::{Answer, Question};

/// What a file alone can be to blame for is worth a word from here on.
const OF_THE_FILE: f64 = 0.02;
/// Loud playing and short notes are expression: one cue of many explains a tenth of ratings, and rendered labels (a thirteenth
/// of these is level). More than this is more than a cue should do alone.
const OF_THE_PLAYING: f64 = 0.15;

/// All there is to ask of the recordings heard; what is the same for all, or says the same as another, is not asked twice.
pub fn questions(heard: &[Heard]) -> Vec<Question> {
    let numbers = |of: &dyn Fn(&Heard) -> f64| Property::Numbers(heard.iter().map(of).collect());
    let names = |of: &dyn Fn(&Heard) -> String| Property::Names(heard.iter().map(of).collect());
    let bits = |it: &Heard| it.format.bits.map_or_else(|| "unknown".to_owned(), |bits| bits.to_string());
    let rows = (0..heard.len()).map(|at| at as f64).collect();
    let mut questions = vec![
        Question::new(Kind::Length, "clip length", OF_THE_FILE, numbers(&|it| it.duration_s)),
        Question::new(Kind::Level, "the level (RMS)", OF_THE_PLAYING, numbers(&|it| it.level_db)),
        Question::new(Kind::Silence, "silence at the start", OF_THE_PLAYING, numbers(&|it| it.silence_before_s)),
        Question::new(Kind::Silence, "silence at the end", OF_THE_PLAYING, numbers(&|it| it.silence_after_s)),
        Question::new(Kind::Order, "the order of the rows", OF_THE_FILE, Property::Numbers(rows)),
        Question::new(Kind::Order, "the order of the file names", OF_THE_FILE, by_name(heard)),
        Question::new(Kind::Format, "the sample rate", OF_THE_FILE, names(&|it| it.format.rate_hz.to_string())),
        Question::new(Kind::Format, "the number of channels", OF_THE_FILE, names(&|it| it.format.channels.to_string())),
        Question::new(Kind::Format, "the file format", OF_THE_FILE, names(&|it| it.format.container.to_owned())),
        Question::new(Kind::Format, "the bit depth", OF_THE_FILE, names(&bits)),
    ];
    Question::merge_equal(&mut questions);
    questions
}

/// Each recording's place among the names as people sort them: `take2` before `take10`.
fn by_name(heard: &[Heard]) -> Property {
    let keys: Vec<Vec<Piece>> = heard.iter().map(|it| pieces(&it.labelled.file_name)).collect();
    let mut order: Vec<usize> = (0..heard.len()).collect();
    order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    let mut places = vec![0.0; heard.len()];
    order.iter().enumerate().for_each(|(place, &at)| places[at] = place as f64);
    Property::Numbers(places)
}

/// A piece of a name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Number(u64),
    Text(String),
}

fn pieces(name: &str) -> Vec<Piece> {
    let name: Vec<char> = name.chars().collect();
    let runs = name.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    let piece = |run: &[char]| {
        let text: String = run.iter().collect();
        // What has more digits than a number holds is text.
        text.parse().map_or(Piece::Text(text), Piece::Number)
    };
    runs.map(piece).collect()
}

/// The finding, if there is one.
pub fn finding(question: &Question, answer: Answer) -> Option<Finding> {
    let severity = match question.kind {
        _ if !answer.stands(question) => return None,
        Kind::Length | Kind::Format => Severity::Serious,
        _ => Severity::Check,
    };
    let advice = match question.kind {
        Kind::Length => "a model that counts windows needs no music: cut all clips to one length",
        Kind::Level => {
            "loud playing is expression, a gain that was set by emotion is not: if the recordings were not made in one \
             setting, use --level loudness"
        }
        Kind::Silence => "cut the silence before and after every clip alike",
        Kind::Order => {
            "rows or files made one after the other share a session, a room, a player: name these in a column, and give \
             --group-by that column"
        }
        _ => "the recorder tells the emotion: convert all files from the same source in the same way",
    };
    let found =
        format!("{} alone explains {} of the labels (p = {:.4})", question.what, percent(answer.explains), answer.p);
    let finding = Finding::new(question.kind, severity, found, advice);
    Some(Finding { explains: Some(answer.explains), p: Some(answer.p), ..finding })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_do() {
        let mut names = ["take10.wav", "take2.wav", "b/1.wav", "take2b.wav", "99999999999999999999999.wav", "3.wav"];
        names.sort_by_key(|name| pieces(name));
        let expected = ["3.wav", "99999999999999999999999.wav", "b/1.wav", "take2.wav", "take2b.wav", "take10.wav"];
        assert_eq!(names, expected);
    }
}
