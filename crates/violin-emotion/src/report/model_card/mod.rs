//! What a reader should know of a model before they believe it, in plain words.

mod scores;

use std::collections::BTreeSet;

use crate::data::Corpus;
use crate::evaluate::FEWEST_GROUPS;
use crate::model::{EmotionModel, WITHIN, Weighting};
use crate::pipeline::Trained;
use crate::synth;

/// The card of a model that was just trained. It holds no date and no machine: the same training gives the same card.
pub struct ModelCard<'a> {
    /// The model and how it was judged.
    pub trained: &'a Trained,
    /// What it was trained and judged on.
    pub corpus: &'a Corpus,
    /// How many votes or listeners the shares of each recording rest on, where that is known.
    pub votes: Option<&'a [usize]>,
    /// The column of the groups, where one was named.
    pub group_by: Option<&'a str>,
}

impl ModelCard<'_> {
    /// The card, as Markdown.
    pub fn markdown(&self) -> String {
        let parts = [self.opening(), self.data(), self.scores(), self.sureness(), self.limits(), self.settings()];
        parts.join("\n")
    }

    fn model(&self) -> &EmotionModel {
        &self.trained.model
    }

    fn opening(&self) -> String {
        let labels = self.model().labels();
        let says = match labels.scale() {
            Some(scale) => {
                format!(
                    "which number from {} to {} listeners would give it for {}",
                    scale.least,
                    scale.most,
                    plain(&scale.column)
                )
            }
            None => {
                let names: Vec<String> = labels.names().iter().map(|name| plain(name)).collect();
                format!("how listeners would share their votes for it among {}", names.join(", "))
            }
        };
        let rendered = match self.model().summary().rendered {
            true => format!(
                "\n**{}**: no person played these takes or rated them. What is reached here says that a method finds what was put in, nothing of how music is heard.\n",
                capital(synth::NOTICE)
            ),
            false => String::new(),
        };
        format!("# Model card\n\nThis model listens to a recording and says {says}.\n{rendered}")
    }

    fn data(&self) -> String {
        let (corpus, summary) = (self.corpus, self.model().summary());
        let ends = corpus.recordings().iter().filter_map(|one| one.sequence.spans().last()).map(|span| span.end_s);
        let length = duration(ends.sum());
        let of_all =
            if summary.refitted { "" } else { " Of these the saved model learned from a part: the rest judged it." };
        let groups = match self.group_by {
            Some(column) => format!(
                "**Groups**: {}, by the column “{}” of the label file. None of them was both learned from and judged on.",
                distinct(&corpus.groups()),
                plain(column)
            ),
            None => "**Groups**: none were named, so every recording was taken to be unlike all others. If several are by one player \
                     or of one piece, the scores below are better than they should be: train with `--group-by`."
                .into(),
        };
        let raters = match self.votes.map(known) {
            Some(Some([least, median, most])) if least == most => format!("each share rests on {median} votes"),
            Some(Some([least, median, most])) => {
                format!("the shares of a recording rest on {least} to {most} votes (half of them on {median} or fewer)")
            }
            _ => "the label file does not say how many there were".into(),
        };
        let (who, said) = match summary.rendered {
            true => ("**Listeners**: none; a published rule drew the votes, and", "What the rule's votes said"),
            false => ("**Listeners**:", "What the listeners said"),
        };
        let copies = match summary.copies {
            0 => String::new(),
            copies => format!(
                "- **Copies**: {copies} with one thing otherwise (pitch, tempo, …) were learned from, too; none was judged on.\n"
            ),
        };
        let labels = corpus.labels().names();
        let mean = |at: usize| {
            let shares = corpus.recordings().iter().map(|recording| f64::from(recording.target.shares()[at]));
            shares.sum::<f64>() / corpus.recordings().len() as f64
        };
        let means: String =
            labels.iter().enumerate().map(|(at, name)| format!("| {} | {:.2} |\n", plain(name), mean(at))).collect();
        format!(
            "## What it learned from\n\n\
             - **Recordings**: {}, {length} in all.{of_all}\n\
             - {groups}\n\
             - {who} {raters}.\n\
             {copies}\n\
             {said}, in the mean over the recordings:\n\n| | share |\n|---|---|\n{means}",
            corpus.recordings().len(),
        )
    }

    fn sureness(&self) -> String {
        let within = self.trained.held_out.coverage()[0].share;
        format!(
            "## How sure an answer is\n\n\
             Beside each share stand two numbers, between which what listeners say should lie in {:.0} of 100 cases, for recordings \
             like those above. Of the held-out recordings' rated shares {:.0} % did.\n",
            100.0 * WITHIN,
            100.0 * within
        )
    }

    fn limits(&self) -> String {
        let summary = self.model().summary();
        let mut limits = vec![
            "It knows recordings like those above: other instruments, other music, other rooms and other listeners may be heard \
             otherwise. An answer to a recording outside of what it has learned from carries a warning (`outside_training`)."
                .to_string(),
            "It says what a number of listeners would say in the mean, not what a player meant or a single listener feels.".into(),
            "What it goes by need not be what listeners go by: it has learned what goes together in these recordings.".into(),
        ];
        if self.model().config().model.weighting == Weighting::Learned {
            limits.push(
                "Answers over time leave out a part of the model that knows whole recordings alone. Their rise and fall says more \
                 than their height."
                    .into(),
            );
        }
        if summary.groups < FEWEST_GROUPS {
            limits.push(format!(
                "It has learned from {} groups alone: a new player or piece may well be unlike all of them.",
                summary.groups
            ));
        }
        if summary.rendered {
            limits.push(format!("Its recordings and labels are {}.", synth::NOTICE));
        }
        format!("## Limits\n\n{}", limits.iter().map(|limit| format!("- {limit}\n")).collect::<String>())
    }

    fn settings(&self) -> String {
        let (catalog, seed) = (self.model().catalog(), self.model().summary().seed);
        let toml = toml::to_string(self.model().config()).expect("settings are TOML");
        format!(
            "## How it was made\n\nBy violin-emotion {}, from {} features a window (`{}`, version {}), with seed {seed} and these \
             settings; `meta.json` beside this card holds them for programs.\n\n```toml\n{toml}```\n",
            env!("CARGO_PKG_VERSION"),
            catalog.len(),
            catalog.name(),
            catalog.version(),
        )
    }
}

/// Least, median and largest number of those that are known.
fn known(votes: &[usize]) -> Option<[usize; 3]> {
    let mut votes: Vec<usize> = votes.iter().copied().filter(|votes| *votes > 0).collect();
    votes.sort_unstable();
    Some([*votes.first()?, votes[(votes.len() - 1) / 2], *votes.last()?])
}

fn duration(seconds: f64) -> String {
    match seconds {
        0.0..120.0 => format!("{seconds:.0} seconds"),
        120.0..7200.0 => format!("{:.0} minutes", seconds / 60.0),
        _ => format!("{:.1} hours", seconds / 3600.0),
    }
}

fn distinct(names: &[&str]) -> usize {
    names.iter().collect::<BTreeSet<_>>().len()
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A name as it is, in Markdown: no letter of it makes a table, a link or a tag.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            letter if letter.is_control() => plain.push(' '),
            '<' => plain += "&lt;",
            '\\' | '`' | '*' | '[' | ']' | '|' | '#' => plain.extend(['\\', letter]),
            letter => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_make_no_markdown() {
        assert_eq!(plain("a|b\n<script>*`x`[1]"), "a\\|b &lt;script>\\*\\`x\\`\\[1\\]");
    }

    #[test]
    fn votes_that_are_not_known_are_no_votes() {
        assert_eq!(known(&[0, 0]), None);
        assert_eq!(known(&[9, 0, 3, 5, 4]), Some([3, 4, 9]));
    }

    #[test]
    fn lengths_are_said_in_their_own_unit() {
        assert_eq!([48.0, 600.0, 9000.0].map(duration), ["48 seconds", "10 minutes", "2.5 hours"]);
    }
}
