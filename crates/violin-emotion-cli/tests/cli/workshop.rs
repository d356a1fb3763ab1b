//! A folder with a small rendered corpus, and the program to run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;
use violin_emotion::synth::{self, CorpusSettings};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_violin-emotion");
/// What these tests ask is not how well the model learns.
const QUICK: &str = "[model]\nrestarts = 2\n[model.network]\nepochs = 3\nlstm = 16\nlstm_last = 8\nembedding = 8\n\
                     [model.forest]\ntrees = 10\n";

pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn must_succeed(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

pub struct Workshop {
    folder: TempDir,
    pub trained: Run,
}

/// One corpus and one model for all tests that change neither.
pub fn shared() -> &'static Workshop {
    static SHARED: OnceLock<Workshop> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut shop = Workshop::new();
        shop.trained = shop.train(&[]).must_succeed();
        shop
    })
}

impl Workshop {
    /// Twelve takes of 4 s by four players.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("recordings")).expect("a folder");
        let mut labels = format!("filename,performer,{}\n", synth::EMOTIONS.join(","));
        for (number, take) in synth::corpus(&CorpusSettings { takes: 12, performers: 4, pieces: 2, duration_s: 4.0 }, 3)
            .iter()
            .enumerate()
        {
            write_wav(&folder.path().join(format!("recordings/take{number}.wav")), 1, 44_100, &take.render());
            let shares: Vec<String> = take.labels.iter().map(|share| format!("{share:.6}")).collect();
            labels += &format!("take{number}.wav,{},{}\n", take.performer, shares.join(","));
        }
        fs::write(folder.path().join("labels.csv"), labels).expect("labels");
        fs::write(folder.path().join("quick.toml"), QUICK).expect("settings");
        Workshop { folder, trained: Run { code: 0, stdout: String::new(), stderr: String::new() } }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn recording(&self, number: usize) -> String {
        self.path(&format!("recordings/take{number}.wav")).display().to_string()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_in(self.folder.path(), arguments)
    }

    pub fn run_in(&self, folder: &Path, arguments: &[&str]) -> Run {
        let output = Command::new(PROGRAM).args(arguments).current_dir(folder).output().expect("the program");
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// A command on the corpus, with quick settings.
    pub fn on_corpus(&self, command: &str, further: &[&str]) -> Run {
        let fixed = [command, "--audio", "recordings", "--labels", "labels.csv", "--config", "quick.toml"];
        self.run(&[&fixed, further].concat())
    }

    pub fn train(&self, further: &[&str]) -> Run {
        self.on_corpus("train", &[&["--group-by", "performer"], further].concat())
    }
}

pub fn write_wav(path: &Path, channels: u16, rate: u32, samples: &[f32]) {
    let format =
        hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
    let mut wav = hound::WavWriter::create(path, format).expect("a file");
    samples.iter().try_for_each(|sample| wav.write_sample(*sample)).expect("samples");
    wav.finalize().expect("a file");
}
