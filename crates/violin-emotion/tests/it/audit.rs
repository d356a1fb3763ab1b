//! What would make a score dishonest, planted one by one, and found; and nothing found where nothing is.

mod bad;
mod planted;
mod sounds;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use violin_emotion::audit::{Audit, Finding, Kind, audit};
use violin_emotion::data::{LabelOptions, read_labels};
use violin_emotion::features::FeatureCache;
use violin_emotion::synth::{CorpusSettings, Take, corpus};
use violin_emotion::{Config, Result, silent};

/// Short takes are measured in a moment, and the copies here need no vocoder.
const SETTINGS: &str = "[augment]\ngain_db = [-6.0, -3.0, 3.0, 6.0]\n[features]\nwindowing = \"whole\"\n";

/// A folder of recordings and a label file.
struct Shop {
    folder: TempDir,
    header: String,
    rows: String,
}

impl Shop {
    /// With these columns after `filename`.
    fn new(columns: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Shop { folder, header: format!("filename,{columns}\n"), rows: String::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        path
    }

    /// A row for a file that is there or not.
    fn row(&mut self, name: &str, cells: &str) {
        writeln!(self.rows, "{name},{cells}").expect("text");
    }

    /// A recording of one channel at 44.1 kHz and 16 bits, and its row.
    fn add(&mut self, name: &str, samples: &[f32], cells: &str) {
        write_wav(&self.path(name), samples, 44_100, 1, 16);
        self.row(name, cells);
    }

    fn try_audit(&self, group_by: Option<&str>) -> Result<Audit> {
        let labels = self.path("labels.csv");
        std::fs::write(&labels, format!("{}{}", self.header, self.rows)).expect("labels");
        let options = LabelOptions { group_by: group_by.map(String::from), ..LabelOptions::default() };
        let dataset = read_labels(&labels, self.folder.path(), &options)?;
        let config = Config::from_toml(SETTINGS, Path::new("audit.toml"))?;
        // The same takes are measured once for all tests.
        let cache = FeatureCache::open(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("audit"))?;
        audit(&dataset, &config, Some(&cache), &silent)
    }

    fn audit(&self, group_by: Option<&str>) -> Audit {
        self.try_audit(group_by).expect("an audit")
    }
}

fn write_wav(path: &Path, samples: &[f32], sample_rate: u32, channels: u16, bits_per_sample: u16) {
    let format = hound::WavSpec { channels, sample_rate, bits_per_sample, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, format).expect("a file");
    let full = f64::from((1u32 << (bits_per_sample - 1)) - 1);
    for sample in samples {
        let value = (f64::from(*sample).clamp(-1.0, 1.0) * full).round() as i32;
        (0..channels).for_each(|_| wav.write_sample(value).expect("a sample"));
    }
    wav.finalize().expect("a file");
}

/// Takes by six players of four pieces, of so many seconds.
fn takes(count: usize, duration_s: f64) -> Vec<Take> {
    corpus(&CorpusSettings { takes: count, performers: 6, pieces: 4, duration_s }, 5)
}

/// Numbers that look drawn by chance, 0 to 1.
fn chance(at: usize, salt: usize) -> f64 {
    let mixed =
        (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt as u64 + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}

/// Shares of two emotions.
fn shares(first: f64) -> String {
    format!("{first:.4},{:.4}", 1.0 - first)
}

fn kinds(audit: &Audit) -> Vec<Kind> {
    audit.findings.iter().map(|finding| finding.kind).collect()
}

/// The one finding of a kind.
fn only(audit: &Audit, kind: Kind) -> &Finding {
    let all: Vec<&Finding> = audit.findings.iter().filter(|finding| finding.kind == kind).collect();
    assert_eq!(all.len(), 1, "{:#?}", audit.findings);
    all[0]
}

#[test]
fn nothing_is_raised_on_a_clean_corpus_and_a_random_split_of_copies_scores_on_shuffled_labels() {
    // Rendered takes with their rule's labels; what belongs to the piece (its mode) is kept on one side.
    let mut shop = Shop::new("piece,performer,happiness,sadness,anger,tenderness");
    for take in corpus(&CorpusSettings { takes: 48, performers: 4, pieces: 12, duration_s: 1.5 }, 8) {
        let labels: Vec<String> = take.labels.iter().map(|share| format!("{share:.6}")).collect();
        let cells = format!("{},{},{}", take.piece, take.performer, labels.join(","));
        shop.add(&format!("{}.wav", take.name), &take.render(), &cells);
    }
    let audit = shop.audit(Some("piece"));
    assert_eq!(audit.findings, []);
    assert!(audit.tests.len() >= 4 && audit.not_examined.is_empty(), "{audit:?}");
    let shown = audit.demonstration.expect("a demonstration");
    assert_eq!((shown.recordings, shown.copies), (48, 4));
    // Gains leave most features as they are: copies are found again.
    assert!(shown.random_split > 0.4, "{shown:?}");
    assert!(shown.grouped_split < 0.05, "{shown:?}");
}
