//! What a model reaches on recordings it has not heard, in a table and in words.

use super::{ModelCard, distinct, plain};
use crate::error::count;
use crate::evaluate::{self, Evaluation, FEWEST_GROUPS, Interval, Method, Row};

impl ModelCard<'_> {
    /// What the held-out recordings say of the model, beside simpler methods and the ceiling.
    pub(super) fn scores(&self) -> String {
        let held_out = &self.trained.held_out;
        let groups: Vec<&str> = held_out.answers().iter().map(|answer| answer.group.as_str()).collect();
        let saved = match self.model().summary().refitted {
            true => {
                "The saved model was then trained again on all recordings; it is made in the same way, and has no score of its own."
            }
            false => "The saved model is the one that was judged.",
        };
        let row = |row: &Row| {
            let name = named(row.method);
            let figures = &row.figures;
            line(name, figures.mean_r2, row.intervals["R2"], figures.js, figures.accuracy)
        };
        let ceiling = self.ceiling();
        let mut rows: String = held_out.rows().iter().map(row).collect();
        if let Ok(ceiling) = &ceiling {
            let figures = &ceiling.figures;
            rows += &line(
                "the most that can be reached",
                figures.mean_r2,
                ceiling.intervals[0],
                figures.js,
                figures.accuracy,
            );
        }
        let intervals = match distinct(&groups) {
            few if few < FEWEST_GROUPS => format!(
                "- No intervals: to say how far chance may have moved a score takes {FEWEST_GROUPS} groups, and {} held out. So these \
                 scores are rough.\n",
                if few == 1 { "1 was".into() } else { format!("{few} were") }
            ),
            _ => {
                "- In brackets: where R² would lie with other players or pieces of this kind (95 % intervals).\n".into()
            }
        };
        let ceiling = match ceiling {
            Ok(_) => "- *The most that can be reached*: what one would score who knew how every listener in the world hears each \
                      recording. It is below 1 because the ratings come of a few listeners.\n"
                .into(),
            Err(reason) => format!("- The most that could be reached is not known: {reason}.\n"),
        };
        format!(
            "## What it reaches on recordings it has not heard\n\n\
             {} of {} were held out, and a model was trained on the others. {saved} `violin-emotion evaluate` judges the same way of \
             training on all recordings in turn.\n\n\
             {}\n\n\
             | who answers | R² | JS | strongest emotion right |\n|---|---|---|---|\n{rows}\n\
             - *R²* is 1 where every share is answered as it was rated, and 0 where the answers are no better than one and the same \
             answer to every recording. Below 0 they are worse.\n\
             - *JS* (Jensen–Shannon divergence) is how far answers and ratings lie apart: 0 where they are equal, 0.69 where they \
             have nothing in common.\n\
             {intervals}{ceiling}\n{}",
            count(held_out.answers().len(), "recording"),
            count(distinct(&groups), "group"),
            verdict(held_out),
            self.by_emotion(),
        )
    }

    fn by_emotion(&self) -> String {
        let labels = self.corpus.labels();
        if labels.scale().is_some() {
            return String::new();
        }
        let r2 = &self.trained.held_out.row(Method::Hybrid).figures.r2;
        let row = |(name, r2): (&String, &Option<f64>)| format!("| {} | {} |\n", plain(name), figure(*r2));
        let rows: String = labels.names().iter().zip(r2).map(row).collect();
        format!("Emotion by emotion:\n\n| | R² of this model |\n|---|---|\n{rows}")
    }

    fn ceiling(&self) -> Result<evaluate::Ceiling, String> {
        if self.corpus.labels().scale().is_some() {
            return Err("means on a scale do not tell how far the listeners were apart".into());
        }
        let votes = self.votes.ok_or("the label file does not say how many listeners there were")?;
        let held_out = self.trained.held_out.answers();
        let number = |name: &str| self.corpus.recordings().iter().position(|recording| recording.file_name == name);
        let at: Vec<usize> = held_out.iter().filter_map(|answer| number(&answer.file_name)).collect();
        let rated: Vec<&[f32]> = held_out.iter().map(|answer| answer.rated.as_slice()).collect();
        let numbers = self.corpus.group_numbers();
        let of = |each: &[usize]| at.iter().map(|&at| each[at]).collect::<Vec<_>>();
        evaluate::ceiling(&rated, &of(votes), &of(&numbers), 0)
    }
}

fn named(method: Method) -> &'static str {
    match method {
        Method::MeanLabel => "the mean of all labels, without listening",
        Method::Ridge => "a simpler method: ridge regression",
        Method::Forest => "a simpler method: random forest",
        Method::Network => "a part of this model: networks",
        Method::EmbeddingForest => "a part of this model: forests on the networks",
        Method::LowRankRidge => "a part of this model: low-rank ridge",
        Method::Hybrid => "**this model**",
    }
}

/// What the score of the model says, in a sentence or two.
fn verdict(held_out: &Evaluation) -> String {
    let r2_of = |method| held_out.row(method).figures.mean_r2;
    let Some(r2) = r2_of(Method::Hybrid) else {
        return "The held-out recordings were all rated alike, so that no R² exists.".into();
    };
    if r2 <= 0.0 {
        return "**This model answers no better than one and the same answer to every recording would.** Do not use it for more \
                than a try."
            .into();
    }
    let mut verdict =
        format!("It tells about {:.0} % of how the recordings' shares differ from one to the next.", 100.0 * r2);
    let gain = held_out.gain(Method::Hybrid, held_out, Method::MeanLabel).and_then(|gain| gain.interval);
    if gain.is_some_and(|Interval { low, .. }| low <= 0.0) {
        verdict += " That this is better than the mean of all labels may be chance.";
    }
    let simpler = [Method::MeanLabel, Method::Ridge, Method::Forest].into_iter();
    if simpler.filter_map(r2_of).any(|simpler| simpler >= r2) {
        verdict += " A simpler method does as well here.";
    }
    verdict
}

fn line(name: &str, r2: Option<f64>, interval: Option<Interval>, js: f64, accuracy: f64) -> String {
    let interval = interval.map_or_else(String::new, |Interval { low, high }| format!(" ({low:.2} to {high:.2})"));
    format!("| {name} | {}{interval} | {js:.3} | {:.0} % |\n", figure(r2), 100.0 * accuracy)
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".into(), |value| format!("{value:.2}"))
}
