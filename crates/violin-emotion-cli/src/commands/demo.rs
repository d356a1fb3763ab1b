//! `demo`: the whole way on phrases that are rendered here, with cues and labels that are known.

use std::fs;
use std::io::{Write, stdout};
use std::path::Path;

use rayon::prelude::*;
use violin_emotion::data::{self, LabelOptions};
use violin_emotion::synth::{self, CorpusSettings, Take};
use violin_emotion::{Config, Error, evaluate, pipeline};

use super::{Failure, Outcome, train};
use crate::args::DemoArguments;
use crate::progress::Bar;
use crate::{interrupt, table};

const SEED: u64 = 1;
const CORPUS: CorpusSettings = CorpusSettings { takes: 240, performers: 16, pieces: 12, duration_s: 10.0 };
const FOLDS: usize = 4;
const RECORDINGS: &str = "recordings";
const LABELS: &str = "emotion_labels.csv";
const MODEL: &str = "hybrid_model";
const UNSEEN: &str = "unseen.wav";

pub fn run(arguments: &DemoArguments) -> Result<Outcome, Failure> {
    let out = &arguments.out;
    let say = |line: String| writeln!(stdout(), "{line}");
    say(format!("Rendering {} phrases of {} players …", CORPUS.takes, CORPUS.performers))?;
    let takes = synth::corpus(&CORPUS, SEED);
    render(&takes, &out.join(RECORDINGS))?;
    write_labels(&takes, &out.join(LABELS))?;

    say("Measuring, training, and judging on players the model has not heard …".into())?;
    let options = LabelOptions { group_by: Some("performer".into()), ..LabelOptions::default() };
    let dataset = data::read_labels(&out.join(LABELS), &out.join(RECORDINGS), &options)?;
    let config = Config::default();
    let corpus = super::corpus(&dataset, &config, None)?;
    let restarts = config.model.restarts;
    let bar = Bar::new("training", restarts * 2);
    let trained = pipeline::train(&corpus, &config, SEED, true, &|progress| bar.show(progress))?;
    drop(bar);
    trained.model.save(&out.join(MODEL))?;
    say(format!("\n{}", train::story(&trained, corpus.recordings().len())))?;

    let bar = Bar::new("judging", restarts * FOLDS);
    let evaluation = evaluate::cross_validate(&corpus, &config, FOLDS, SEED, &|progress| bar.show(progress))?;
    drop(bar);
    say(format!(
        "The method over {FOLDS} folds by player, every phrase answered by a model that never heard its player:\n"
    ))?;
    say(table::scores(evaluation.rows()))?;

    let unseen = synth::corpus(&CorpusSettings { takes: 1, performers: 1, ..CORPUS }, SEED + 1).remove(0);
    write_wav(&unseen, &out.join(UNSEEN))?;
    let analysis = pipeline::analyze(&out.join(UNSEEN), &trained.model)?;
    say("A phrase of a player it has not heard:\n".into())?;
    let header = ["", "by the rule", "the answer"].map(String::from);
    let answer = analysis.emotions.iter().flat_map(|answer| answer.soft_labels().iter());
    let rows: Vec<Vec<String>> = answer
        .zip(unseen.labels)
        .map(|((emotion, share), rule)| vec![emotion.to_string(), format!("{rule:.2}"), format!("{share:.2}")])
        .collect();
    say(table::aligned(&header, &rows))?;
    say(where_things_are(out))?;
    Ok(Outcome::Complete)
}

fn where_things_are(out: &Path) -> String {
    let out = out.display();
    format!(
        "Recordings: {out}/{RECORDINGS}/   labels: {out}/{LABELS}   model: {out}/{MODEL}/\n\
         All of this is {}: labels come from published cue–emotion relations.\n\n\
         Next, on a recording of yours:\n  violin-emotion predict TAKE.wav --model {out}/{MODEL} --timeline",
        synth::NOTICE
    )
}

fn render(takes: &[Take], folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::file("create", folder, source))?;
    let bar = Bar::new("rendering", takes.len());
    takes.par_iter().try_for_each(|take| {
        let path = folder.join(file_name(take));
        if interrupt::asked() {
            return Err(Error::interrupted());
        }
        write_wav(take, &path)?;
        bar.recording(&path);
        Ok(())
    })
}

fn file_name(take: &Take) -> String {
    format!("{}.wav", take.name)
}

/// 16 bits, under its name only when whole.
fn write_wav(take: &Take, path: &Path) -> Result<(), Error> {
    let unwritten = |source| Error::file("write", path, source);
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: synth::SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let write = |bytes: &mut std::io::Cursor<Vec<u8>>| {
        let mut wav = hound::WavWriter::new(bytes, format)?;
        take.render().iter().try_for_each(|sample| wav.write_sample((sample * 32_767.0).round() as i16))?;
        wav.finalize()
    };
    write(&mut bytes).map_err(|error| unwritten(std::io::Error::other(error)))?;
    write_whole(path, bytes.get_ref())
}

fn write_labels(takes: &[Take], path: &Path) -> Result<(), Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let unwritten = |error: std::io::Error| Error::file("write", path, error);
    let header = ["filename", "emotion", "performer", "piece"].into_iter().chain(synth::EMOTIONS);
    csv.write_record(header).map_err(|error| unwritten(error.into()))?;
    for take in takes {
        let strongest = (0..take.labels.len()).max_by(|&a, &b| take.labels[a].total_cmp(&take.labels[b]));
        let emotion = synth::EMOTIONS[strongest.unwrap_or(0)].to_string();
        let named = [file_name(take), emotion, take.performer.to_string(), take.piece.to_string()];
        let shares = take.labels.iter().map(|share| format!("{share:.6}"));
        csv.write_record(named.into_iter().chain(shares)).map_err(|error| unwritten(error.into()))?;
    }
    let text = csv.into_inner().map_err(|error| unwritten(error.into_error()))?;
    write_whole(path, &text)
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(bytes)?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| Error::file("write", path, source))
}
