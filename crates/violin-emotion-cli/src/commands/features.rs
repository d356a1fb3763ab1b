//! `features`: one row of numbers a window, as CSV, for NumPy or as Parquet.

mod table;

use std::path::Path;

use violin_emotion::Config;
use violin_emotion::audio::augment::Augmentation;
use violin_emotion::features::{Catalog, CopyMeasurement, FeatureCache, Measurement};

use super::in_order::{in_order, outcome};
use super::{Failure, Outcome};
use crate::args::FeaturesArguments;
use crate::inputs::{self, Input};
use table::FeatureTable;

pub fn run(arguments: &FeaturesArguments) -> Result<Outcome, Failure> {
    let base = super::base(arguments.config.as_deref(), None)?;
    let config = super::settings(base, &arguments.windows, &arguments.sound, arguments.augment)?;
    let work = Work { copies: Augmentation::open(&config.augment, &config.audio)?, config };
    let cache = super::cache(arguments.cache.as_deref())?;
    let inputs = inputs::recordings(&arguments.inputs)?;
    super::not_over_any(inputs::files(&arguments.inputs, &inputs), arguments.out.as_deref())?;
    #[cfg(feature = "parquet")]
    if let Some(shard) = arguments.shard {
        return measure_shard(shard, arguments, &work, cache.as_ref(), &inputs);
    }
    let mut table = FeatureTable::open(work.catalog(), work.with_copies(), arguments.out.as_deref())?;
    let failed = work.measure_all(&inputs, cache.as_ref(), |name, measured, copies| {
        table.push(name, work.with_copies().then_some(""), &measured.sequence)?;
        copies.iter().try_for_each(|copy| table.push(name, Some(&copy.change), &copy.sequence))
    })?;
    table.finish()?;
    Ok(outcome(failed, inputs.len(), "measured"))
}

/// What is measured, and of what copies.
struct Work {
    config: Config,
    copies: Augmentation,
}

impl Work {
    fn catalog(&self) -> &'static Catalog {
        Catalog::of(self.config.features.set)
    }

    fn with_copies(&self) -> bool {
        !self.copies.changes().is_empty()
    }

    /// Measures all recordings, gives what was measured to `take`, and says what was noticed; how many could not be measured.
    fn measure_all(
        &self,
        inputs: &[Input],
        cache: Option<&FeatureCache>,
        mut take: impl FnMut(&Path, &Measurement, &[CopyMeasurement]) -> Result<(), Failure>,
    ) -> Result<usize, Failure> {
        let Work { config, copies } = self;
        let measure = |input: &Input| input.measure(&config.audio, &config.features, copies, cache);
        in_order(inputs, "measuring", measure, |name, measured| {
            let Ok((measured, copies)) = measured else { return Ok(()) };
            take(name, &measured, &copies)?;
            let noticed = measured.warnings.iter().chain(measured.sequence.warnings());
            noticed.for_each(|warning| eprintln!("warning: {}: {warning}", name.display()));
            Ok(())
        })
    }
}

#[cfg(feature = "parquet")]
fn measure_shard(
    shard: violin_emotion::report::Shard,
    arguments: &FeaturesArguments,
    work: &Work,
    cache: Option<&FeatureCache>,
    inputs: &[Input],
) -> Result<Outcome, Failure> {
    use super::shard::{self, Begun};
    use violin_emotion::features::{AUGMENT_VERSION, MEASURE_VERSION};
    use violin_emotion::report::Table;

    let (Config { audio, features, augment, .. }, catalog) = (&work.config, work.catalog());
    let versions = [MEASURE_VERSION, AUGMENT_VERSION, catalog.version()];
    let settings = serde_json::json!([versions, catalog.name(), audio, features, augment]);
    let run = shard::run("features", settings, inputs);
    let own = &inputs[shard.range(inputs.len())];
    let empty = || Table::features(catalog, work.with_copies());
    let failed = match shard::begin(shard, run, own, arguments.out.as_deref(), empty())? {
        Begun::IsThere { failed } => failed,
        Begun::Open(mut part) => {
            let kept = part.cache()?;
            let measured = work.measure_all(own, Some(cache.unwrap_or(&kept)), |name, measured, copies| {
                let (name, mut rows) = (name.display().to_string(), empty());
                rows.push_features(&name, work.with_copies().then_some(""), &measured.sequence);
                copies.iter().for_each(|copy| rows.push_features(&name, Some(&copy.change), &copy.sequence));
                part.push(rows)
            });
            let failed = measured.inspect_err(|_| part.stopped())?;
            part.finish(failed)?;
            failed
        }
    };
    Ok(outcome(failed, own.len(), "measured"))
}
