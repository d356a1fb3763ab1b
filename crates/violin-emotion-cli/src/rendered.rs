//! A rendered corpus as a folder: recordings, votes, labels and the truth, there when all of it is.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use violin_emotion::Error;
use violin_emotion::synth::{self, CUES, Note, RECIPE_FILE as RECIPE, RENDERED_MARK as MARK, Recipe, Take};

use crate::interrupt;
use crate::progress::Bar;

pub const RECORDINGS: &str = "recordings";
pub const LABELS: &str = "emotion_labels.csv";
const RATINGS: &str = "ratings.csv";
const TRUTH: &str = "truth.csv";
const NOTES: &str = "notes.csv";
const README: &str = "README.txt";
/// What the folder is known by, last the file that marks it as ours.
const ENTRIES: [&str; 7] = [RECORDINGS, LABELS, RATINGS, TRUTH, NOTES, README, RECIPE];

/// What is to be written.
pub struct Rendered<'a> {
    pub recipe: &'a Recipe,
    /// The recipe as it was read.
    pub recipe_text: &'a str,
    pub takes: &'a [Take],
    pub raters: usize,
    /// The command that makes the same again.
    pub command: String,
}

impl Rendered<'_> {
    /// Writes the folder `out`, which must be new, empty, or written by this function before. Other things in such a
    /// folder stay.
    pub fn write(&self, out: &Path) -> Result<(), Error> {
        refuse_other_things(out)?;
        let unwritten = |source| Error::file("write", out, source);
        // Beside its place: within one file system, so that it can be moved there.
        let place = if out.exists() { out } else { parent(out) };
        fs::create_dir_all(place).map_err(unwritten)?;
        let beside = tempfile::Builder::new().prefix(".violin-emotion-").tempdir_in(place).map_err(unwritten)?;
        let whole = beside.path().join("new");
        fs::create_dir(&whole).map_err(unwritten)?;
        self.write_files(&whole)?;
        if interrupt::asked() {
            return Err(Error::interrupted());
        }
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

    fn write_files(&self, folder: &Path) -> Result<(), Error> {
        let recordings = folder.join(RECORDINGS);
        fs::create_dir(&recordings).map_err(|source| Error::file("create", &recordings, source))?;
        let bar = Bar::new("rendering", self.takes.len());
        self.takes.par_iter().try_for_each(|take| {
            if interrupt::asked() {
                return Err(Error::interrupted());
            }
            let path = recordings.join(file_name(take));
            write_wav(take, &path)?;
            bar.recording(&path);
            Ok(())
        })?;
        drop(bar);
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
            let mut row = vec![file_name(take), emotions[strongest].clone()];
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
                rows.push(vec![format!("rater-{:0digits$}", rater + 1), file_name(take), emotion]);
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
            let mut row = vec![file_name(take), take.performer.to_string(), take.piece.to_string()];
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
        format!("{MARK} {}: {}.\n# {}\n\n{text}", env!("CARGO_PKG_VERSION"), synth::NOTICE, self.command)
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
            notice = synth::NOTICE,
            raters = self.raters,
            command = self.command,
        )
    }
}

pub fn file_name(take: &Take) -> String {
    format!("{}.wav", take.name)
}

/// 16 bits, under its name only when whole.
pub fn write_wav(take: &Take, path: &Path) -> Result<(), Error> {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: synth::SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let write = |bytes: &mut Cursor<Vec<u8>>| {
        let mut wav = hound::WavWriter::new(bytes, format)?;
        take.render().iter().try_for_each(|sample| wav.write_sample((sample * 32_767.0).round() as i16))?;
        wav.finalize()
    };
    let unwritten = |source| Error::file("write", path, source);
    write(&mut bytes).map_err(|error| unwritten(std::io::Error::other(error)))?;
    let part = path.with_extension("part");
    fs::write(&part, bytes.get_ref()).and_then(|()| fs::rename(&part, path)).map_err(unwritten)
}

fn notes(takes: &[Take]) -> Vec<Vec<String>> {
    let of = |take: &Take| {
        let name = file_name(take);
        let row = |note: &Note| [vec![name.clone()], note.values()].concat();
        take.phrase().notes.iter().map(row).collect::<Vec<_>>()
    };
    let header = [vec!["filename".to_string()], Note::columns()].concat();
    std::iter::once(header).chain(takes.iter().flat_map(of)).collect()
}

fn write_table(path: &Path, rows: Vec<Vec<String>>) -> Result<(), Error> {
    let write = || -> csv::Result<()> {
        let mut csv = csv::Writer::from_path(path)?;
        rows.iter().try_for_each(|row| csv.write_record(row))?;
        Ok(csv.flush()?)
    };
    write().map_err(|error| Error::file("write", path, error.into()))
}

fn write_text(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| Error::file("write", path, source))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder is ours to change if it is not there, empty, or bears our mark and holds only our recordings as such.
fn refuse_other_things(out: &Path) -> Result<(), Error> {
    if !out.exists() {
        return Ok(());
    }
    let ours = synth::is_rendered(out);
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
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unread = |source| Error::file("read", folder, source);
    let paths = fs::read_dir(folder).map_err(unread)?.map(|entry| Ok(entry.map_err(unread)?.path()));
    let mut paths = paths.collect::<Result<Vec<_>, Error>>()?;
    paths.sort();
    Ok(paths)
}
