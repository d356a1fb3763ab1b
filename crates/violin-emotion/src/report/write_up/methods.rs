//! How it was done, in paragraphs that may stand in a paper: the settings that were used, not those that are usual.

use std::collections::BTreeSet;

use super::Source;
use crate::audio::{Denoise, Level};
use crate::config::Config;
use crate::data::{Corpus, Plan};
use crate::error::count;
use crate::features::{Catalog, FeatureSet, Windowing};
use crate::model::{Combine, Scaling, Weighting, instruction_set};

/// What was done to which recordings.
pub struct Methods<'a> {
    /// The recordings.
    pub corpus: &'a Corpus,
    /// The settings.
    pub config: &'a Config,
    /// The column of the groups, where one was named.
    pub group_by: Option<&'a str>,
    /// Of all random choices.
    pub seed: u64,
}

impl Methods<'_> {
    /// The data, the features and the model.
    pub fn paragraphs(&self) -> Vec<String> {
        vec![self.recordings(), self.features(), self.model()]
    }

    /// How the model was judged: on the folds of a plan, with intervals or not, with a ceiling or not.
    pub fn judged(&self, plan: &Plan, intervals: bool, ceiling: bool) -> String {
        let strongest = match self.corpus.labels().scale() {
            Some(_) => "how often the right side of the scale's middle was named",
            None => "how often the strongest emotion was named",
        };
        let intervals = match intervals {
            true => {
                " Intervals are 95 % intervals over groups, from leaving out each group once (the jackknife), and those of differences are \
                 paired."
            }
            false => "",
        };
        let ceiling = match ceiling {
            true => {
                " The ceiling is what one would score who knew the shares that infinitely many such listeners would give."
            }
            false => "",
        };
        format!(
            "All methods were scored by {}, on the pooled answers to held-out recordings; groups were never split, and all that was \
             chosen (when to stop, penalties, weights) was chosen on the training side of each fold. R² is the coefficient of determination of an \
             emotion's shares, its mean that over the emotions; JS is the Jensen–Shannon divergence in nats; accuracy is \
             {strongest}.{intervals}{ceiling} The seed was {}; arithmetic was that of {}, by version {} of this program.",
            plan.described(),
            self.seed,
            instruction_set(),
            env!("CARGO_PKG_VERSION"),
        )
    }

    /// How answers were explained, each against so many recordings, by models of so many folds.
    pub fn explained(&self, folds: usize, against: usize) -> String {
        format!(
            "Each recording was answered by a model that had not learned from its group ({folds} folds by group, seed {}). The answer, less \
             the mean answer to {} of the training side that stand for all (k-medoids), was shared out among the families of features by \
             exact Shapley values: all subsets of the families were asked of the whole hybrid, features outside a subset having the \
             values of a training recording. Contributions and the mean answer sum to the answer. Intervals are 95 % bootstrap \
             intervals over groups. What a family adds is what the model goes by, which need not be what listeners go by.",
            self.seed,
            count(against, "recording"),
        )
    }

    /// Whose work the model rests on.
    pub fn sources(&self) -> Vec<Source> {
        let reads_notes = match self.config.features.set {
            FeatureSet::Violin | FeatureSet::ViolinMusic | FeatureSet::All => Some(Source::ProbabilisticYin),
            FeatureSet::Classic | FeatureSet::Music => None,
        };
        let rule = self.corpus.is_rendered().then_some(Source::CuesOfEmotions);
        let always = [Source::LongShortTermMemory, Source::Adam, Source::RandomForests];
        always.into_iter().chain(reads_notes).chain(rule).collect()
    }

    fn recordings(&self) -> String {
        let corpus = self.corpus;
        let ends = corpus.recordings().iter().filter_map(|one| one.sequence.spans().last()).map(|span| span.end_s);
        let minutes = ends.sum::<f64>() / 60.0;
        let groups = corpus.groups().into_iter().collect::<BTreeSet<_>>().len();
        let grouped = match self.group_by {
            Some(column) => format!("in {} by {column}", count(groups, "group")),
            None => "each taken to be unlike all others".into(),
        };
        let labels = corpus.labels();
        let labelled = match labels.scale() {
            Some(scale) => format!("rated for {} from {} to {}", scale.column, scale.least, scale.most),
            None => format!("labelled with shares of {}", labels.names().join(", ")),
        };
        let rendered = match corpus.is_rendered() {
            true => {
                " They were rendered, not played, and labelled by published relations between cues and emotions, so that nothing here is \
                 evidence about listeners."
            }
            false => "",
        };
        format!(
            "The corpus has {} ({minutes:.1} minutes), {grouped}, {labelled}.{rendered} They were mixed to one channel and brought to 44.1 kHz; {}; {}.",
            count(corpus.recordings().len(), "recording"),
            match self.config.audio.denoise {
                Denoise::None => "noise was left in",
                Denoise::Violin => "what sounded steadily between the partials was taken out as noise",
                Denoise::Stationary => "noise was reduced by a stationary spectral gate",
                Denoise::Nonstationary => "noise was reduced by a non-stationary spectral gate",
            },
            match self.config.audio.level {
                Level::None => "levels were left as recorded",
                Level::Peak => "peaks were brought to −1 dB of full scale",
                Level::Loudness => "the integrated loudness was brought to −23 LUFS (EBU R 128)",
            },
        )
    }

    fn features(&self) -> String {
        let settings = &self.config.features;
        let catalog = Catalog::of(settings.set);
        let windows = match settings.windowing {
            Windowing::Whole => "over each recording as a whole".into(),
            Windowing::Cover | Windowing::Notebook => {
                format!("in windows of {} s, every {} s", settings.window_s, settings.hop_s)
            }
        };
        let scaled = match self.config.model.scaling {
            Scaling::Standard => "standardised",
            Scaling::Normal => "brought to normal scores",
        };
        format!(
            "From these, {} features (set {}, version {}) were measured {windows}, and {scaled} by the training side of each fold.",
            catalog.len(),
            catalog.name(),
            catalog.version(),
        )
    }

    fn model(&self) -> String {
        let settings = &self.config.model;
        let (network, forest) = (&settings.network, &settings.forest);
        let parts = Catalog::of(self.config.features.set).parts().len();
        let parts = if parts > 1 { format!(" for each of the {parts} parts of the features") } else { String::new() };
        let answering = match settings.combine {
            Combine::Mean => "all of them answer, by their mean",
            Combine::Best => "the one with the least validation loss answers alone",
        };
        let copies: usize = self.corpus.recordings().iter().map(|recording| recording.copies.count()).sum();
        let copies = match copies {
            0 => String::new(),
            copies => format!(
                " Networks and forests also learned from {copies} changed copies of the recordings; none was judged on."
            ),
        };
        let whole = match settings.weighting {
            Weighting::Learned => {
                "A low-rank ridge regression on normal scores of each recording's means and standard deviations is the third part; the weights of the parts \
                 were learned on inner folds."
                    .to_owned()
            }
            Weighting::Notebook => format!(
                "Network and forest were weighted {:.2} and {:.2}.",
                settings.network_weight,
                1.0 - settings.network_weight
            ),
        };
        format!(
            "The model is a hybrid. Its networks ({}{parts}) have two bidirectional LSTM layers ({} and {} units a direction, an embedding of {}, \
             dropout {}) and were trained with Adam (learning rate {}, batches of {}, at most {} epochs, stopped after {} without gain on a held-out \
             inner fold by group); {answering}. Random forests, of {} trees in all and a depth of {} at most, were fitted on the \
             embeddings. {whole}{copies}",
            settings.restarts,
            network.lstm,
            network.lstm_last,
            network.embedding,
            network.dropout,
            network.learning_rate,
            network.batch,
            network.epochs,
            network.patience,
            forest.trees,
            forest.depth,
        )
    }
}
