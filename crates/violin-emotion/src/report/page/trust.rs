//! How far a model may be trusted, in words that need no course.

use serde::Serialize;

use crate::error::count;
use crate::model::{EmotionModel, Scores};

/// A model that explains less of what differs is hardly better than the mean answer.
const HARDLY: f64 = 0.1;
/// Groups that are too few to say how well players will be answered whom nobody has heard.
const FEW_GROUPS: usize = 10;

/// Before all else, where it is so.
const RENDERED: &str = "This model is no evidence about listeners: nobody played or rated what it learned from. The takes were rendered, and \
                        labelled by published relations between cues and emotions.";

/// What stands beside every answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trust {
    /// What the model reached on recordings of groups it had never heard.
    pub score: String,
    /// What it was trained on.
    pub trained_on: String,
    /// What the interval of a share means.
    pub intervals: String,
    /// What an answer is not.
    pub limits: String,
    /// All methods' scores, as the model folder has them.
    pub scores: Vec<Scores>,
}

impl Trust {
    /// Of a model.
    pub fn of(model: &EmotionModel) -> Self {
        let summary = model.summary();
        let recordings = count(summary.recordings, "recording");
        let copies = match summary.copies {
            0 => String::new(),
            1 => " and 1 changed copy".into(),
            many => format!(" and {many} changed copies"),
        };
        let few =
            if summary.groups < FEW_GROUPS { " These are few: another player may be answered worse." } else { "" };
        let score = score(summary.scores.iter().find(|scores| scores.name == "hybrid"), summary.refitted);
        let (score, say, report) = match summary.rendered {
            true => (format!("{RENDERED} {score}"), "the rule says", "those relations make"),
            false => (score, "listeners say", "listeners are likely to report"),
        };
        Trust {
            score,
            trained_on: format!(
                "Trained on {recordings}{} in {} (players, pieces or takes kept together), for {}.{few}",
                copies,
                count(summary.groups, "group"),
                model.labels().names().join(", ").replace('_', " ")
            ),
            intervals: format!(
                "The thin lines beside the bars: four times in five, what {say} of such a recording lies within, if it is like those \
                 the model knows."
            ),
            limits: format!("An answer describes what {report} of a recording. It is never a verdict about a player."),
            scores: summary.scores.clone(),
        }
    }
}

fn score(hybrid: Option<&Scores>, refitted: bool) -> String {
    let Some((scores, r2)) = hybrid.and_then(|scores| Some((scores, scores.mean_r2?))) else {
        return "This model has no score: nobody knows how well it answers.".into();
    };
    let explained = if r2 < HARDLY {
        format!("explained hardly anything of what differs between recordings (R² {r2:.2}): do not rely on it")
    } else {
        format!("explained {:.0} % of what differs between recordings (R² {r2:.2})", 100.0 * r2)
    };
    let model = if refitted { "Before it learned from all of them, this model" } else { "This model" };
    format!(
        "{model} was asked about recordings of groups it had never heard: it {explained}, and the strongest emotion was right in {:.0} % of them.",
        100.0 * scores.accuracy
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(mean_r2: Option<f64>) -> Scores {
        Scores { name: "hybrid".into(), mean_r2, js: 0.1, accuracy: 0.6, r2: Default::default() }
    }

    #[test]
    fn a_poor_score_is_said_as_plainly_as_a_good_one() {
        let said = |mean_r2, refitted| score(Some(&scores(mean_r2)), refitted);
        assert!(
            said(Some(0.342), false)
                .starts_with("This model was asked about recordings of groups it had never heard: it explained 34 %")
        );
        assert!(said(Some(0.342), true).ends_with("(R² 0.34), and the strongest emotion was right in 60 % of them."));
        assert!(
            said(Some(-0.2), true)
                .contains("hardly anything of what differs between recordings (R² -0.20): do not rely on it")
        );
        for none in [score(None, true), said(None, true)] {
            assert_eq!(none, "This model has no score: nobody knows how well it answers.");
        }
    }
}
