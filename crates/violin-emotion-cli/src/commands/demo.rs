//! `demo`: the whole way on phrases that are rendered here, with cues and labels that are known.

use std::io::{Write, stdout};
use std::path::Path;

use violin_emotion::data::{self, LabelOptions, Plan};
use violin_emotion::synth::{self, CorpusSettings, LABELS, RECORDINGS, Recipe, Rendered};
use violin_emotion::{Config, evaluate, pipeline};

use super::{Failure, Outcome, train};
use crate::args::DemoArguments;
use crate::progress::Bar;
use crate::table;

const SEED: u64 = 1;
const CORPUS: CorpusSettings = CorpusSettings { takes: 240, performers: 16, pieces: 12, duration_s: 10.0 };
/// About as many as rated solo violin in the published study; with ten, a perfect answer would score R² 0.78 here.
const RATERS: usize = 40;
const FOLDS: usize = 4;
const MODEL: &str = "hybrid_model";
const UNSEEN: &str = "unseen.wav";

pub fn run(arguments: &DemoArguments) -> Result<Outcome, Failure> {
    let out = &arguments.out;
    let say = |line: String| writeln!(stdout(), "{line}");
    say(format!("Rendering {} phrases of {} players …", CORPUS.takes, CORPUS.performers))?;
    let (recipe, recipe_text) = (Recipe::built_in(), Recipe::built_in_text());
    let takes = recipe.takes(&CORPUS, SEED);
    let command = synth::command("recipe.toml", &CORPUS, SEED, RATERS);
    let bar = Bar::new("rendering", takes.len());
    let rendered = Rendered { recipe, recipe_text, takes: &takes, raters: RATERS, command };
    rendered.write(out, &|progress| bar.show(progress))?;
    drop(bar);

    say("Measuring, training, and judging on players the model has not heard …".into())?;
    let options = LabelOptions { group_by: Some("performer".into()), ..LabelOptions::default() };
    let dataset = data::read_labels(&out.join(LABELS), &out.join(RECORDINGS), &options)?;
    let config = Config::default();
    let corpus = super::corpus(&dataset, &config, None)?;
    let networks = config.networks();
    let bar = Bar::new("training", networks * 2);
    let trained = pipeline::train(&corpus, &config, SEED, true, &|progress| bar.show(progress))?;
    drop(bar);
    let card = train::card(&trained, &dataset, &corpus, options.group_by.as_deref());
    trained.model.save_with_card(&out.join(MODEL), &card)?;
    say(format!("\n{}", train::story(&trained, corpus.recordings().len())))?;

    let bar = Bar::new("judging", networks * FOLDS);
    let plan = Plan::by_group(&corpus.groups(), FOLDS, 1, SEED)?;
    let evaluation = evaluate::cross_validate(&corpus, &config, &plan, SEED, &|progress| bar.show(progress))?;
    drop(bar);
    say(format!(
        "The method over {FOLDS} folds by player, every phrase answered by a model that never heard its player:\n"
    ))?;
    say(table::scores(&evaluation.scores()))?;

    let unseen = recipe.takes(&CorpusSettings { takes: 1, performers: 1, ..CORPUS }, SEED + 1).remove(0);
    unseen.write_wav(&out.join(UNSEEN))?;
    let analysis = pipeline::analyze(&out.join(UNSEEN), &trained.model)?;
    say("A phrase of a player it has not heard:\n".into())?;
    let header = ["", "by the rule", "the answer", "80 % within"].map(String::from);
    let answer = analysis.emotions.iter().flat_map(|answer| answer.soft_labels().iter());
    let ends = analysis.intervals.iter().flat_map(|intervals| intervals.ends());
    let row = |(((emotion, share), rule), [low, high]): (((&str, f32), f32), &[f32; 2])| {
        vec![emotion.to_string(), format!("{rule:.2}"), format!("{share:.2}"), format!("{low:.2}–{high:.2}")]
    };
    let rows: Vec<Vec<String>> = answer.zip(unseen.labels).zip(ends).map(row).collect();
    say(table::aligned(&header, &rows))?;
    say(where_things_are(out))?;
    Ok(Outcome::Complete)
}

fn where_things_are(out: &Path) -> String {
    let out = out.display();
    format!(
        "Recordings: {out}/{RECORDINGS}/   labels: {out}/{LABELS}   model: {out}/{MODEL}/\n\
         All of this is {}: labels are votes of {RATERS} raters who never were, by published cue–emotion relations.\n\n\
         Next, on recordings of yours:\n  violin-emotion predict TAKE.wav --model {out}/{MODEL} --timeline\n  violin-emotion compare TAKE.wav OTHER.wav --model {out}/{MODEL}",
        synth::NOTICE
    )
}
