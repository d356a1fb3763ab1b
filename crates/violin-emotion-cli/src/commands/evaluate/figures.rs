//! A judgement as figures.

use violin_emotion::evaluate::{CalibrationBin, Evaluation, Method, Row, calibration, same_strongest, strongest};
use violin_emotion::report::{Confusion, Plot, PlotLine, ScoreRow, ScoreRows, Shown};
use violin_emotion::synth;

use super::Judgement;

/// The methods whose calibration is drawn: with all of them nobody could tell the lines apart.
const DRAWN: [Method; 3] = [Method::Ridge, Method::Forest, Method::Hybrid];

/// All figures that there may be.
pub const NAMES: [&str; 4] = ["scores.svg", "confusion.svg", "reliability.svg", "learning.svg"];

/// Each figure with the name of its file and what to see in it.
pub fn all(judged: &Judgement) -> Vec<Shown> {
    let evaluation = &judged.evaluation;
    let best = evaluation.best().method.name();
    let intervals = match judged.no_intervals {
        None => "Each method's mean R²; 0 is the mean of all labels. Lines are 95 % intervals over groups.",
        Some(_) => "Each method's mean R²; 0 is the mean of all labels.",
    };
    let asked = match evaluation.labels().scale() {
        Some(_) => "The side of the scale's middle",
        None => "The strongest emotion",
    };
    let mut figures = vec![
        shown(NAMES[0], scores(judged), intervals.into()),
        shown(NAMES[1], confusion(judged), format!("{asked} as rated (rows) and as the {best} answered (columns).")),
        shown(
            NAMES[2],
            reliability(judged),
            "Shares as answered and as rated: on the diagonal they mean what they say.".into(),
        ),
    ];
    if !judged.learning_curve.is_empty() {
        let curve = judged.learning_curve.iter().map(|(share, evaluation)| (*share, evaluation));
        let curve = learning(judged, curve.chain([(1.0, evaluation)]).collect());
        let caption = "What is reached with fewer groups to learn from; a curve that still rises would gain from more.";
        figures.push(shown(NAMES[3], curve, caption.into()));
    }
    figures
}

fn shown(file_name: &str, svg: String, caption: String) -> Shown {
    Shown { file_name: file_name.into(), caption, svg }
}

fn scores(judged: &Judgement) -> String {
    let evaluation = &judged.evaluation;
    let ceiling = judged.ceiling.as_ref().ok().and_then(|ceiling| ceiling.figures.mean_r2);
    let row = |row: &Row| ScoreRow {
        name: row.method.name().into(),
        colour: colour(row.method),
        value: row.figures.mean_r2.unwrap_or(f64::NAN),
        interval: row.intervals["R2"].map(|interval| (interval.low, interval.high)),
    };
    ScoreRows {
        title: "How much of what differs between recordings is told?".into(),
        footnote: footnote(judged),
        across: "mean R²".into(),
        rows: evaluation.rows().iter().map(row).collect(),
        ceiling,
    }
    .svg()
}

fn footnote(judged: &Judgement) -> String {
    let answers = judged.evaluation.answers().len();
    let rendered = if judged.rendered { format!("; {}", synth::NOTICE) } else { String::new() };
    format!(
        "{}; {answers} answers to recordings of groups that the model had not heard{rendered}",
        judged.plan.described()
    )
}

/// A method has the same colour in every figure.
fn colour(method: Method) -> usize {
    Method::ALL.iter().position(|known| *known == method).expect("one of all methods")
}

/// Of the best method.
fn confusion(judged: &Judgement) -> String {
    let evaluation = &judged.evaluation;
    let best = evaluation.best().method;
    let emotions = evaluation.labels().names().to_vec();
    let mut counts = vec![vec![0.0; emotions.len()]; emotions.len()];
    let repetitions = judged.plan.repetitions().len() as f64;
    let mut right = 0;
    for answer in evaluation.answers() {
        let answered = &answer.answers[&best];
        let (same, named) = (same_strongest(&answer.rated, answered), strongest(answered));
        // Of several that are rated as the strongest, the one that was answered.
        counts[if same { named } else { strongest(&answer.rated) }][named] += 1.0 / repetitions;
        right += usize::from(same);
    }
    // Sums of thirds are whole again.
    counts.iter_mut().flatten().for_each(|count| *count = (*count * 1e6).round() / 1e6);
    let share = 100.0 * right as f64 / evaluation.answers().len() as f64;
    let asked = match evaluation.labels().scale() {
        Some(scale) => format!("{} above or below the middle", scale.column),
        None => "The strongest emotion".into(),
    };
    let title = format!("{asked}, by the {}: the same in {share:.0} %", best.name());
    let means = if repetitions > 1.0 { "; numbers of recordings, means over the repetitions" } else { "" };
    Confusion { title, footnote: footnote(judged) + means, emotions, counts }.svg()
}

fn reliability(judged: &Judgement) -> String {
    let answers = judged.evaluation.answers();
    let rated: Vec<&[f32]> = answers.iter().map(|answer| answer.rated.as_slice()).collect();
    let line = |&method: &Method| {
        let answered: Vec<&[f32]> = answers.iter().map(|answer| answer.answers[&method].as_slice()).collect();
        let bins = calibration(&rated, &answered, &vec![1.0; rated.len()]);
        let filled = || bins.iter().flatten();
        PlotLine {
            name: method.name().into(),
            colour: colour(method),
            points: filled().map(|bin: &CalibrationBin| (bin.predicted, bin.rated)).collect(),
            weights: Some(filled().map(|bin| bin.weight).collect()),
        }
    };
    Plot {
        title: "Do shares mean what they say?".into(),
        footnote: footnote(judged) + "; the more shares a point stands for, the larger it is",
        across: "answered share, in tenths".into(),
        up: "mean rated share".into(),
        lines: DRAWN.iter().map(line).collect(),
        diagonal: Some("what is answered is rated".into()),
        ceiling: None,
    }
    .svg()
}

fn learning(judged: &Judgement, curve: Vec<(f64, &Evaluation)>) -> String {
    let line = |&method: &Method| {
        let score = |evaluation: &Evaluation| evaluation.row(method).figures.mean_r2.unwrap_or(f64::NAN);
        let points = curve.iter().map(|(share, evaluation)| (100.0 * share, score(evaluation))).collect();
        PlotLine { name: method.name().into(), colour: colour(method), points, weights: None }
    };
    let ceiling = judged.ceiling.as_ref().ok().and_then(|ceiling| ceiling.figures.mean_r2);
    Plot {
        title: "Would more recordings help?".into(),
        footnote: footnote(judged),
        across: "learned from, per cent of the training groups".into(),
        up: "mean R²".into(),
        lines: judged.evaluation.methods().map(|method| line(&method)).collect(),
        diagonal: None,
        ceiling: ceiling.map(|value| ("ceiling".into(), value)),
    }
    .svg()
}
