//! A rendered corpus as a folder: recordings, votes, labels and the truth, there when all of it is.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::mark::{RECIPE_FILE as RECIPE, RENDERED_MARK as MARK, is_rendered};
use super::{CUES, CorpusSettings, NOTICE, Note, Recipe, SAMPLE_RATE, Take};
use crate::watch::tell;
use crate::whole_file::folder_of;
use crate::{Error, Progress, Result, Watcher, WholeFile};

/// The folder of the recordings, in that of the corpus.
pub const RECORDINGS: &str = "recordings";
/// The label file, beside it.
pub const LABELS: &str = "emotion_labels.csv";
const RATINGS: &str = "ratings.csv";
const TRUTH: &str = "truth.csv";
const NOTES: &str = "notes.csv";
const README: &str = "README.txt";
/// What the folder is known by, last the file that marks it as ours.
const ENTRIES: [&str; 7] = [RECORDINGS, LABELS, RATINGS, TRUTH, NOTES, README, RECIPE];

/// What is to be written.
pub struct Rendered<'a> {
    /// The rule and the ranges.
    pub recipe: &'a Recipe,
    /// The recipe as it was read.
    pub recipe_text: &'a str,
    /// The takes.
    pub takes: &'a [Take],
    /// How many votes each is given.
    pub raters: usize,
    /// The command that makes the same again.
    pub command: String,
}

impl Rendered<'_> {
    /// Writes the folder `out`, which must be new, empty, or written by this function before. Other things in such a
    /// folder stay. The same takes give the same bytes.
    ///
    /// # Errors
    /// `Data` if other things stand there; `File` if it cannot be written; `Interrupted`.
    pub fn write(&self, out: &Path, watcher: Watcher) -> Result<()> {
        refuse_other_things(out)?;
        let unwritten = |source| Error::file("write", out, source);
        // Beside its place: within one file system, so that it can be moved there.
        let place = if out.exists() { out } else { folder_of(out) };
        fs::create_dir_all(place).map_err(unwritten)?;
        let beside = tempfile::Builder::new().prefix(".violin-emotion-").tempdir_in(place).map_err(unwritten)?;
        let whole = beside.path().join("new");
        fs::create_dir(&whole).map_err(unwritten)?;
        self.write_files(&whole, watcher)?;
        if !out.exists() {
            return fs::rename(&whole, out).map_err(unwritten);
        }
        let old = beside.path().join("old");
        fs::create_dir(&old).map_err(unwritten)?;
        for entry in ENTRIES {
            if out.join(entry).exists() {
                fs::rename(out.join(entry), old.join(entry)).map_err(unwritten)?;
            }
            fs::rename(whole.join(entry), out.join(entry)).map_err(unwritten)?;
        }
        Ok(())
    }

    fn write_files(&self, folder: &Path, watcher: Watcher) -> Result<()> {
        let recordings = folder.join(RECORDINGS);
        fs::create_dir(&recordings).map_err(|source| Error::file("create", &recordings, source))?;
        let (done, total) = (AtomicUsize::new(0), self.takes.len());
        self.takes.par_iter().try_for_each(|take| {
            let path = recordings.join(take.file_name());
            take.write_wav(&path)?;
            tell(watcher, Progress::Recording { done: done.fetch_add(1, Ordering::Relaxed) + 1, total, path: &path })
        })?;
        write_table(&folder.join(LABELS), self.labels())?;
        write_table(&folder.join(RATINGS), self.ratings())?;
        write_table(&folder.join(TRUTH), self.truth())?;
        write_table(&folder.join(NOTES), notes(self.takes))?;
        write_text(&folder.join(README), &self.readme())?;
        write_text(&folder.join(RECIPE), &self.recipe_as_used())
    }

    /// What raters said, as rated music has it: the shares of their votes.
    fn labels(&self) -> Vec<Vec<String>> {
        let emotions = self.recipe.emotions();
        let fixed = ["filename", "emotion", "performer", "piece", "n_raters"].map(String::from);
        let mut rows = vec![fixed.into_iter().chain(emotions.iter().cloned()).collect()];
        for take in self.takes {
            let votes = take.votes(self.raters);
            let counts: Vec<usize> =
                (0..emotions.len()).map(|emotion| votes.iter().filter(|vote| **vote == emotion).count()).collect();
            let most = counts.iter().copied().max().unwrap_or(0);
            let strongest = counts.iter().position(|count| *count == most).unwrap_or(0);
            let mut row = vec![take.file_name(), emotions[strongest].clone()];
            row.extend([take.performer, take.piece, self.raters].map(|number| number.to_string()));
            row.extend(counts.iter().map(|count| (*count as f64 / self.raters as f64).to_string()));
            rows.push(row);
        }
        rows
    }

    fn ratings(&self) -> Vec<Vec<String>> {
        let digits = self.raters.to_string().len().max(2);
        let mut rows = vec![["rater", "filename", "emotion"].map(String::from).to_vec()];
        for take in self.takes {
            for (rater, vote) in take.votes(self.raters).into_iter().enumerate() {
                let emotion = self.recipe.emotions()[vote].clone();
                rows.push(vec![format!("rater-{:0digits$}", rater + 1), take.file_name(), emotion]);
            }
        }
        rows
    }

    /// The cues, the recording and the true distribution of every take.
    fn truth(&self) -> Vec<Vec<String>> {
        let mut header = ["filename", "performer", "piece"].map(String::from).to_vec();
        header.extend(CUES.iter().map(|cue| cue.name.to_string()));
        header.extend(["gain_db", "snr_db", "room_db"].map(String::from));
        header.extend(self.recipe.emotions().iter().cloned());
        let row = |take: &Take| {
            let mut row = vec![take.file_name(), take.performer.to_string(), take.piece.to_string()];
            row.extend(CUES.iter().map(|cue| (cue.get)(&take.cues).to_string()));
            row.push(take.recorded.gain_db.to_string());
            let or_empty = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
            row.extend([take.recorded.snr_db, take.recorded.room_db].map(or_empty));
            row.extend(take.labels.iter().map(|share| share.to_string()));
            row
        };
        std::iter::once(header).chain(self.takes.iter().map(row)).collect()
    }

    fn recipe_as_used(&self) -> String {
        // A recipe that was written here before brings its own first lines.
        let text = match self.recipe_text.strip_prefix(MARK) {
            Some(rest) => rest.split_once("\n\n").map_or("", |(_, text)| text),
            None => self.recipe_text,
        };
        format!("{MARK} {}: {}.\n# {}\n\n{text}", env!("CARGO_PKG_VERSION"), NOTICE, self.command)
    }

    fn readme(&self) -> String {
        format!(
            "{takes} takes of a violin that was never played: {notice}.\n\
             The sound is synthesised, the labels follow published cue-emotion relations, and the votes are drawn\n\
             from them by chance. Scores reached here say whether a method finds what was put in.\n\n\
             {RECORDINGS}/          the takes, 16 bits, 44.1 kHz, mono\n\
             {LABELS}   shares of {raters} votes a take, with performer and piece\n\
             {RATINGS}          every vote\n\
             {TRUTH}            every take's cues, recording, and the distribution its votes were drawn from\n\
             {NOTES}            every note as it was truly played\n\
             {RECIPE}          the rule and the ranges; in a folder of its own it makes the same again:\n\n\
             {command}\n",
            takes = self.takes.len(),
            notice = NOTICE,
            raters = self.raters,
            command = self.command,
        )
    }
}

impl Take {
    /// The name of its recording.
    pub fn file_name(&self) -> String {
        format!("{}.wav", self.name)
    }

    /// Renders it to a file of 16 bits, there only when whole.
    ///
    /// # Errors
    /// `File` if it cannot be written.
    pub fn write_wav(&self, path: &Path) -> Result<()> {
        let format = hound::WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut bytes = Cursor::new(Vec::new());
        let write = |bytes: &mut Cursor<Vec<u8>>| {
            let mut wav = hound::WavWriter::new(bytes, format)?;
            self.render().iter().try_for_each(|sample| wav.write_sample((sample * 32_767.0).round() as i16))?;
            wav.finalize()
        };
        let unwritten = |source| Error::file("write", path, source);
        write(&mut bytes).map_err(|error| unwritten(std::io::Error::other(error)))?;
        WholeFile::save(path, bytes.get_ref())
    }
}

fn notes(takes: &[Take]) -> Vec<Vec<String>> {
    let of = |take: &Take| {
        let name = take.file_name();
        let row = |note: &Note| [vec![name.clone()], note.values()].concat();
        take.phrase().notes.iter().map(row).collect::<Vec<_>>()
    };
    let header = [vec!["filename".to_string()], Note::columns()].concat();
    std::iter::once(header).chain(takes.iter().flat_map(of)).collect()
}

fn write_table(path: &Path, rows: Vec<Vec<String>>) -> Result<()> {
    let write = || -> csv::Result<()> {
        let mut csv = csv::Writer::from_path(path)?;
        rows.iter().try_for_each(|row| csv.write_record(row))?;
        Ok(csv.flush()?)
    };
    write().map_err(|error| Error::file("write", path, error.into()))
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|source| Error::file("write", path, source))
}

/// What makes a corpus again.
pub fn command(recipe: &str, settings: &CorpusSettings, seed: u64, raters: usize) -> String {
    let CorpusSettings { takes, performers, pieces, duration_s } = settings;
    format!(
        "violin-emotion render --recipe {recipe} --n {takes} --seed {seed} --raters {raters} --duration {duration_s} \
         --performers {performers} --pieces {pieces} --out DIR"
    )
}

/// A folder is ours to change if it is not there, empty, or bears our mark and holds only our recordings as such.
fn refuse_other_things(out: &Path) -> Result<()> {
    if !out.exists() {
        return Ok(());
    }
    let ours = is_rendered(out);
    let recordings = out.join(RECORDINGS);
    let foreign = match ours {
        true if !recordings.exists() => None,
        true => entries(&recordings)?.into_iter().find(|path| !is_take(path)),
        false => entries(out)?.into_iter().next(),
    };
    let Some(foreign) = foreign else { return Ok(()) };
    let expected = format!("a new or empty folder, or one that `render` made, at {}", out.display());
    Err(Error::data(expected, foreign.display().to_string(), "name another folder with --out, or move that away"))
}

fn is_take(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("take-") && name.ends_with(".wav")
}

/// Sorted, so that a message names the same one each time.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let unread = |source| Error::file("read", folder, source);
    let paths = fs::read_dir(folder).map_err(unread)?.map(|entry| Ok(entry.map_err(unread)?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
