//! The hybrid on permuted labels: hours of work, which can be stopped and gone on with.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use violin_emotion::data::{Corpus, Plan};
use violin_emotion::evaluate::{self, Method, PermutationTest};
use violin_emotion::{Checksum, Config, Error, ErrorKind, WholeFile};

use super::cross_validate;
use crate::progress::Bar;

/// In the folder of the run.
const FILE: &str = "hybrid_permutations.csv";

/// Permutations that were scored before, or are now; each is written down as soon as it is known.
pub fn run(
    wanted: usize,
    folder: &Path,
    corpus: &Corpus,
    config: &Config,
    plan: &Plan,
    seed: u64,
    observed: Option<f64>,
) -> Result<Option<PermutationTest>, Error> {
    fs::create_dir_all(folder).map_err(|source| Error::file("make", folder, source))?;
    let path = folder.join(FILE);
    let key = key(corpus, config, plan, seed);
    let mut scores = known(&path, &key)?;
    if !scores.is_empty() {
        eprintln!("{}: {} scored before", path.display(), super::super::count(scores.len(), "permutation"));
    }
    let written = |source| Error::file("write", &path, source);
    if scores.is_empty() {
        WholeFile::save(&path, format!("# {key}\nnumber,mean_r2\n").as_bytes())?;
    }
    let mut file = fs::OpenOptions::new().append(true).open(&path).map_err(written)?;
    let begun = Instant::now();
    let before = scores.len();
    for number in before..wanted {
        let bar = Bar::new("permuting", config.networks() * plan.first().splits());
        let score = evaluate::hybrid_on_permuted(corpus, config, plan, number, seed, &|progress| bar.show(progress));
        drop(bar);
        if let Err(error) = &score
            && matches!(error.kind(), ErrorKind::Interrupted)
        {
            eprintln!(
                "{number} of {wanted} permutations are kept in {}; the same command goes on from there",
                path.display()
            );
        }
        let Some(score) = score? else { return Ok(None) };
        // All digits, so that what is read back is what was written.
        writeln!(file, "{number},{score:?}").map_err(written)?;
        scores.push(score);
        let (done, left) = (number + 1 - before, wanted - number - 1);
        let minutes = begun.elapsed().as_secs_f64() / 60.0 / done as f64 * left as f64;
        eprintln!("permutation {} of {wanted}: mean R² {score:.3}; about {minutes:.0} min to go", number + 1);
    }
    scores.truncate(wanted);
    let observed = match observed {
        Some(observed) => Some(observed),
        None => cross_validate(corpus, config, &plan.first(), seed)?.row(Method::Hybrid).figures.mean_r2,
    };
    Ok(observed.map(|observed| PermutationTest::new(Method::Hybrid, observed, scores)))
}

/// What the scores belong to: the recordings, their labels and groups, the settings, the folds, the seed.
fn key(corpus: &Corpus, config: &Config, plan: &Plan, seed: u64) -> String {
    let mut sum = Checksum::default();
    for recording in corpus.recordings() {
        sum.add(recording.sound.as_bytes());
        sum.add(recording.group.as_bytes());
        recording.target.shares().iter().for_each(|share| sum.add(&share.to_le_bytes()));
    }
    sum.add(&serde_json::to_vec(config).expect("settings are JSON"));
    sum.add(format!("{:?} {seed}", plan.first()).as_bytes());
    sum.finish()
}

/// The scores that the file holds; what was being written when a run was stopped is taken out of it.
fn known(path: &Path, key: &str) -> Result<Vec<f64>, Error> {
    let Ok(text) = fs::read_to_string(path) else { return Ok(Vec::new()) };
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    if whole.len() < text.len() {
        WholeFile::save(path, whole.as_bytes())?;
    }
    let mut lines = whole.lines();
    match lines.next() {
        None => Ok(Vec::new()),
        Some(first) if first == format!("# {key}") => {
            let score = |(number, line): (usize, &str)| {
                let (before, score) = line.split_once(',')?;
                let score: f64 = score.parse().ok()?;
                (before.parse() == Ok(number) && score.is_finite()).then_some(score)
            };
            let one = |(number, line): (usize, &str)| {
                score((number, line)).ok_or_else(|| {
                    let expected =
                        format!("permutation {number} and its score on line {} of {}", number + 3, path.display());
                    Error::data(expected, format!("`{line}`"), "remove the damaged lines and those after them")
                })
            };
            lines.skip(1).enumerate().map(one).collect()
        }
        Some(_) => {
            let expected = format!("permutations of this very run in {}", path.display());
            let hint = "they are of other recordings, settings or folds: remove the file, or name another --out";
            Err(Error::data(expected, "those of another", hint))
        }
    }
}
