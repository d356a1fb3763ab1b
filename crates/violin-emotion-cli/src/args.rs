//! What may be said on the command line.

mod audit;
mod augment;
mod evaluate;
mod explain;
mod inputs;
mod labels;
#[cfg(feature = "parquet")]
mod merge;
mod model;
mod notes;
mod predict;
mod report;
#[cfg(feature = "serve")]
mod serve;
mod sound;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use violin_emotion::features::{FeatureSet, Windowing};
use violin_emotion::model::Combine;
#[cfg(feature = "parquet")]
use violin_emotion::report::Shard;
use violin_emotion::synth::CorpusSettings;

pub use audit::AuditArguments;
pub use augment::AugmentArguments;
pub use evaluate::EvaluateArguments;
pub use explain::{AcrossArguments, CompareArguments, ExplainArguments, ExplanationFormat, GroupArguments};
pub use inputs::InputArguments;
pub use labels::{CheckArguments, FromRatingsArguments, LabelArguments, LabelsArguments, LabelsCommand, target_scale};
#[cfg(feature = "parquet")]
pub use merge::MergeArguments;
pub use model::{ModelArguments, ModelCommand};
pub use notes::{NotesArguments, NotesFormat};
pub use predict::{AnswerFormat, PredictArguments};
pub use report::{ReportArguments, ReportFormat};
#[cfg(feature = "serve")]
pub use serve::ServeArguments;
pub use sound::{DenoiseArguments, SoundArguments};

/// From violin recordings and soft emotion labels to an honest model and its predictions.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Render a small corpus, train on it, judge the model, and ask it about a phrase it has not heard
    Demo(DemoArguments),
    /// Render a corpus of violin takes with known cues, labels and votes, to test a method on
    Render(RenderArguments),
    /// From ratings to soft labels, and what a label file holds
    Labels(LabelsArguments),
    /// Find what would make a score dishonest before anybody trains: one recording twice, labels that can be told without
    /// listening
    Audit(AuditArguments),
    /// Measure recordings: one row of features a window
    Features(FeaturesArguments),
    /// Take noise out of a recording and leave what is played, also where it is held, quiet or dying away
    Denoise(DenoiseArguments),
    /// List what was played: one row a note, with its pitch, attack, vibrato and slide
    Notes(NotesArguments),
    /// Make copies of a recording in which one thing is otherwise (pitch, tempo, noise, …), as training hears them
    Augment(AugmentArguments),
    /// Train a model on labelled recordings and report what it reaches on groups it has not heard
    Train(TrainArguments),
    /// Show what a model was trained on, what it reaches and where it ends: its card
    Model(ModelArguments),
    /// Judge the method by grouped cross-validation: every score beside simpler methods' and below the raters' ceiling
    Evaluate(EvaluateArguments),
    /// Ask a model about recordings
    Predict(PredictArguments),
    /// Put the parts together that `predict --shard` or `features --shard` wrote
    #[cfg(feature = "parquet")]
    Merge(MergeArguments),
    /// Say why a model answers as it does: what each part of the playing adds
    Explain(ExplainArguments),
    /// Say how two takes differ, and what that does to the answer
    Compare(CompareArguments),
    /// Write a web page for each recording: what it expresses, when and why, to look at and listen to
    Report(ReportArguments),
    /// Open the same pages in a browser: drop recordings, choose a folder, or record; nothing leaves this computer
    #[cfg(feature = "serve")]
    Serve(ServeArguments),
}

impl Command {
    /// Threads asked for; 0 = one a core.
    pub fn jobs(&self) -> usize {
        match self {
            Command::Demo(demo) => demo.jobs,
            Command::Render(render) => render.jobs,
            Command::Labels(_) => 0,
            Command::Audit(audit) => audit.jobs,
            Command::Features(features) => features.jobs,
            Command::Denoise(_) => 1,
            Command::Notes(notes) => notes.jobs,
            Command::Augment(_) => 1,
            Command::Train(train) => train.corpus.jobs,
            Command::Model(_) => 0,
            Command::Evaluate(evaluate) => evaluate.corpus.jobs,
            Command::Predict(predict) => predict.jobs,
            #[cfg(feature = "parquet")]
            Command::Merge(_) => 1,
            Command::Explain(explain) => explain.jobs,
            Command::Compare(compare) => compare.jobs,
            Command::Report(report) => report.jobs,
            #[cfg(feature = "serve")]
            Command::Serve(_) => 0,
        }
    }
}

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Folder for the recordings, the labels and the model
    #[arg(long, value_name = "DIR", default_value = "violin-emotion-demo")]
    pub out: PathBuf,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

#[derive(Debug, Args)]
pub struct RenderArguments {
    /// How cues are drawn and labelled: `cues`, which is built in, or a TOML file of its shape
    #[arg(long, value_name = "NAME|FILE", default_value = "cues")]
    pub recipe: String,
    /// Takes
    #[arg(long, value_name = "N", value_parser = count)]
    pub n: usize,
    /// Folder for the recordings, labels and truth; a corpus that was rendered there before is replaced
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Raters, each of whom chooses one emotion a take
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = count)]
    pub raters: usize,
    /// Length of a take, from 0.5 s
    #[arg(long, value_name = "SECONDS", default_value_t = 20.0, value_parser = duration)]
    pub duration: f64,
    /// Performers, who have habits
    #[arg(long, value_name = "P", default_value_t = 16, value_parser = count)]
    pub performers: usize,
    /// Pieces, every other one in minor
    #[arg(long, value_name = "Q", default_value_t = 12, value_parser = count)]
    pub pieces: usize,
    /// Threads; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

fn count(text: &str) -> Result<usize, String> {
    // A slip of the finger should not fill the disk.
    const MOST: usize = 100_000;
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("expected a whole number from 1 to {MOST}"))
}

fn duration(text: &str) -> Result<f64, String> {
    let (least, most) = CorpusSettings::DURATION_S.into_inner();
    let seconds = text.parse().ok().filter(|seconds| CorpusSettings::DURATION_S.contains(seconds));
    seconds.ok_or_else(|| format!("expected seconds from {least} to {most}"))
}

#[derive(Debug, Args)]
pub struct FeaturesArguments {
    #[command(flatten)]
    pub inputs: InputArguments,
    #[command(flatten)]
    pub windows: WindowArguments,
    #[command(flatten)]
    pub sound: SoundArguments,
    /// Settings as a TOML file; the options here win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Measure copies too, in rows of their own: pitch two semitones down and up, tempo a tenth slower and faster, or what
    /// `[augment]` in --config asks for
    #[arg(long)]
    pub augment: bool,
    /// Write here instead of stdout: .csv, .npz for NumPy, or .parquet
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Measure the i-th of n parts of the recordings alone, into --out FILE.parquet; the same command goes on after a kill, and `merge`
    /// puts all parts together
    #[cfg(feature = "parquet")]
    #[arg(long, value_name = "I/N", requires = "out")]
    pub shard: Option<Shard>,
    /// Keep measured features here and find them again
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

#[derive(Debug, Args)]
pub struct WindowArguments {
    /// What is measured [default: violin+music]
    #[arg(long, value_name = "SET")]
    pub set: Option<SetArgument>,
    /// Length of a window, seconds [default: 3.0]
    #[arg(long, value_name = "SECONDS")]
    pub window: Option<f64>,
    /// From one window's start to the next, seconds [default: 1.5]
    #[arg(long, value_name = "SECONDS")]
    pub hop: Option<f64>,
    /// Rule at the end of a recording
    #[arg(long, value_name = "RULE")]
    pub windowing: Option<WindowingArgument>,
    /// Lowest and highest pitch of the instrument, as C2-C6 or in Hz, for the sets that read notes [default: G3-E7]
    #[arg(long, value_name = "LOW-HIGH")]
    pub pitch_range: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CombineArgument {
    /// All, by their mean; each is stopped on other groups
    Mean,
    /// The one with the least validation loss
    Best,
}

impl From<CombineArgument> for Combine {
    fn from(combine: CombineArgument) -> Self {
        match combine {
            CombineArgument::Mean => Combine::Mean,
            CombineArgument::Best => Combine::Best,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SetArgument {
    /// The 138 numbers of the old notebook: spectrum, pitch classes, level, pulse
    Classic,
    /// What the player does, read note by note: vibrato, slides, articulation, attack, intonation, timing, …
    Violin,
    /// What is heard in any recording, with one voice or many: harmony, register, pulse, onsets, dynamics, timbre
    Music,
    /// What the player does and what is heard
    #[value(name = "violin+music")]
    ViolinMusic,
    /// All of them: classic, violin, music
    All,
}

impl From<SetArgument> for FeatureSet {
    fn from(set: SetArgument) -> Self {
        match set {
            SetArgument::Classic => FeatureSet::Classic,
            SetArgument::Violin => FeatureSet::Violin,
            SetArgument::Music => FeatureSet::Music,
            SetArgument::ViolinMusic => FeatureSet::ViolinMusic,
            SetArgument::All => FeatureSet::All,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum WindowingArgument {
    /// The last window ends where the recording ends; a short recording is one window (default)
    Cover,
    /// The old notebook's rule, for comparison: drops a 3.0 s clip and every tail
    Notebook,
    /// One window: the whole recording
    Whole,
}

impl From<WindowingArgument> for Windowing {
    fn from(rule: WindowingArgument) -> Self {
        match rule {
            WindowingArgument::Cover => Windowing::Cover,
            WindowingArgument::Notebook => Windowing::Notebook,
            WindowingArgument::Whole => Windowing::Whole,
        }
    }
}

/// What `train` and `evaluate` share: the labelled recordings and how they are measured.
#[derive(Debug, Args)]
pub struct CorpusArguments {
    /// Folder of the recordings
    #[arg(long, value_name = "DIR")]
    pub audio: PathBuf,
    /// Label file: a `filename` column and one numeric column an emotion
    #[arg(long, value_name = "CSV")]
    pub labels: PathBuf,
    #[command(flatten)]
    pub reading: LabelArguments,
    #[command(flatten)]
    pub windows: WindowArguments,
    #[command(flatten)]
    pub sound: SoundArguments,
    /// Settings as a TOML file; the options here win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Settings by name; the options here win over them
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "config")]
    pub preset: Option<Preset>,
    /// Networks trained from different beginnings, on each part of the features [default: 5]
    #[arg(long, value_name = "N")]
    pub restarts: Option<usize>,
    /// Which of them answer [default: mean]
    #[arg(long, value_enum, value_name = "HOW")]
    pub combine: Option<CombineArgument>,
    /// Learn from copies of the training recordings too: pitch two semitones down and up, tempo a tenth slower and faster,
    /// or what `[augment]` in --config asks for
    #[arg(long)]
    pub augment: bool,
    /// Seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Keep measured features here, so that the next run starts at once
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Threads, at most four a core; 0 = one a core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub jobs: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Preset {
    /// The old notebook's hybrid with its faults mended: 138 features, network and forest 0.7 to 0.3, the best of three restarts
    Notebook,
}

#[derive(Debug, Args)]
pub struct TrainArguments {
    #[command(flatten)]
    pub corpus: CorpusArguments,
    /// Folder to write the model to
    #[arg(long, value_name = "DIR", default_value = "hybrid_model")]
    pub out: PathBuf,
    /// Save the model that was scored, instead of fitting it again on all recordings
    #[arg(long)]
    pub no_refit: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    Table,
    Json,
}
