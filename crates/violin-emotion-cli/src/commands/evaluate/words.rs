//! A judgement in words and tables.

use std::collections::BTreeMap;

use violin_emotion::data::Plan;
use violin_emotion::evaluate::{Chosen, Evaluation, Interval, Method, Row};
use violin_emotion::model::{Blend, WITHIN};
use violin_emotion::report::Columns;
use violin_emotion::synth;

use super::super::count;
use super::Judgement;
use super::compare::Way;
use crate::table::aligned;

/// `n/a` where a figure cannot exist.
fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "n/a".into(), |value| format!("{value:.decimals$}"))
}

/// A figure, and in brackets its interval.
pub fn with_interval(value: Option<f64>, interval: Option<Interval>, decimals: usize) -> String {
    let around =
        interval.map_or_else(String::new, |Interval { low, high }| format!(" ({low:.decimals$} to {high:.decimals$})"));
    format!("{}{around}", figure(value, decimals))
}

/// Decimals of a figure: divergences are small.
fn decimals(name: &str) -> usize {
    match name {
        "JS" => 4,
        "accuracy" => 2,
        _ => 3,
    }
}

/// The figures of the first table; the others stand in the second.
const FIRST: [&str; 3] = ["R2", "JS", "accuracy"];

/// A figure's name in a heading.
pub fn title(name: &str) -> String {
    if name == "R2" { "mean R²".into() } else { name.into() }
}

fn groups(evaluation: &Evaluation) -> usize {
    let mut groups: Vec<&str> = evaluation.answers().iter().map(|answer| answer.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.len()
}

fn recordings(evaluation: &Evaluation) -> usize {
    evaluation.answers().iter().filter(|answer| answer.repetition == 0).count()
}

/// The whole judgement.
pub fn story(judged: &Judgement) -> String {
    let evaluation = &judged.evaluation;
    let scored = format!(
        "{}, scores of the {} pooled held-out answers, {}{}:\n",
        judged.plan.described(),
        recordings(evaluation),
        count(groups(evaluation), "group"),
        if judged.no_intervals.is_none() { " (in brackets: 95 % intervals over groups)" } else { "" },
    );
    let mut parts = vec![verdict(evaluation), scored, table(judged, true), table(judged, false)];
    // Both ends of a scale have the scale's own R².
    if evaluation.labels().scale().is_none() {
        parts.push(by_emotion(judged));
    }
    match &judged.ceiling {
        Err(reason) => parts.push(format!("ceiling n/a: {reason}\n")),
        Ok(ceiling) if ceiling.left_out > 0 => {
            let left_out = count(ceiling.left_out, "recording");
            parts.push(format!("the ceiling is that of the others: {left_out} had fewer than two raters\n"));
        }
        Ok(_) => (),
    }
    if let Some(reason) = &judged.no_intervals {
        parts.push(format!("no intervals: {reason}\n"));
    }
    if let Some(by_piece) = &judged.by_piece {
        let header = ["", "R² between pieces", "R² within pieces"].map(String::from);
        let row = |row: &violin_emotion::evaluate::ByPiece| {
            vec![row.method.name().into(), figure(row.between, 3), figure(row.within, 3)]
        };
        let mut table = aligned(&header, &by_piece.iter().map(row).collect::<Vec<_>>());
        if by_piece.iter().any(|row| row.between.is_none()) {
            table += "n/a between: the pieces' mean ratings do not vary\n";
        }
        if by_piece.iter().any(|row| row.within.is_none()) {
            table += "n/a within: no piece has takes that are rated differently\n";
        }
        parts.push(table);
    }
    if !judged.learning_curve.is_empty() {
        let curve = judged.learning_curve.iter().map(|(share, evaluation)| (*share, evaluation));
        let curve: Vec<(f64, &Evaluation)> = curve.chain([(1.0, evaluation)]).collect();
        let shares = curve.iter().map(|(share, _)| format!("{:.0} %", 100.0 * share));
        let header: Vec<String> = [String::new()].into_iter().chain(shares).collect();
        let row = |&method: &Method| {
            let scores = curve.iter().map(|(_, evaluation)| figure(evaluation.row(method).figures.mean_r2, 3));
            [method.name().to_owned()].into_iter().chain(scores).collect()
        };
        let table = aligned(&header, &evaluation.methods().map(|method| row(&method)).collect::<Vec<_>>());
        parts.push(format!("mean R² learning from so many of the training groups:\n\n{table}"));
    }
    let first_deal = if judged.plan.repetitions().len() > 1 { " on the first deal of folds" } else { "" };
    for test in &judged.tests {
        let highest = test.permuted.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        parts.push(format!(
            "permutation test{first_deal}, {}: mean R² {:.3}, with labels permuted {} at most {highest:.3}; p = {:.4}",
            test.method.name(),
            test.observed,
            count(test.permuted.len(), "time"),
            test.p,
        ));
    }
    parts.extend(of_the_networks(evaluation));
    parts.extend(judged.rendered.then(|| format!("the recordings are {}\n", synth::NOTICE)));
    parts.push(coverage(evaluation));
    parts.push(choices(evaluation));
    parts.join("\n") + "\n"
}

/// Which row is best, and what the hybrid has to do with it.
pub fn verdict(evaluation: &Evaluation) -> String {
    let best = evaluation.best();
    let name = best.method.name();
    let Some(r2) = best.figures.mean_r2 else {
        return format!("No R² exists, for no emotion's rated shares vary; nearest by JS: {name}.\n");
    };
    if r2 <= 0.0 {
        return format!("No method is better than the mean of all labels; nearest is the {name}: mean R² {r2:.3}.\n");
    }
    let (not_it, other) = match best.method {
        Method::Hybrid => {
            let others = evaluation.rows().iter().filter(|row| row.method != Method::Hybrid);
            let next = others.max_by(|one, other| order(one).total_cmp(&order(other))).expect("six rows");
            ("", next.method)
        }
        _ => (", not the hybrid", Method::Hybrid),
    };
    let ahead = evaluation.gain(best.method, evaluation, other).map_or_else(String::new, |gain| {
        let interval = gain.interval.map_or_else(String::new, |Interval { low, high }| {
            let chance = if low <= 0.0 { ": that may be chance" } else { "" };
            format!(" (95 % interval {low:.3} to {high:.3}{chance})")
        });
        format!(", ahead of the {} by {:.3}{interval}", other.name(), gain.mean_r2)
    });
    format!("The {name} is best{not_it}: mean R² {r2:.3}{ahead}.\n")
}

fn order(row: &Row) -> f64 {
    row.figures.mean_r2.unwrap_or(f64::NEG_INFINITY)
}

/// What is asked for, with its verb.
pub fn asked(evaluation: &Evaluation) -> String {
    match evaluation.labels().scale() {
        Some(scale) => format!("{} is", scale.column),
        None => {
            let (last, others) = evaluation.labels().names().split_last().expect("two emotions at least");
            format!("{} and {last} are", others.join(", "))
        }
    }
}

/// The tables, as a page has them.
pub fn tables(judged: &Judgement) -> Vec<Columns> {
    let of = |caption: &str, (header, rows): Table| Columns { caption: caption.into(), header, rows };
    let mut tables = vec![
        of(
            match judged.no_intervals {
                None => {
                    "Scores of the held-out answers; in brackets 95 % intervals over groups. The mean of the training labels is what \
                     needs no ear: its accuracy is that of always naming the commonest emotion."
                }
                Some(_) => {
                    "Scores of the held-out answers. The mean of the training labels is what needs no ear: its accuracy is that of \
                     always naming the commonest emotion."
                }
            },
            figures_of_all(judged, true),
        ),
        of("Further scores of the same answers.", figures_of_all(judged, false)),
    ];
    // Both ends of a scale have the scale's own R².
    if judged.evaluation.labels().scale().is_none() {
        tables.push(of("R² of each emotion.", r2_of_each(judged)));
    }
    tables
}

/// Header and rows.
type Table = (Vec<String>, Vec<Vec<String>>);

fn table(judged: &Judgement, first: bool) -> String {
    let (header, rows) = figures_of_all(judged, first);
    aligned(&header, &rows)
}

/// Each method's figures, the first ones with their intervals or the others without, and the ceiling's.
fn figures_of_all(judged: &Judgement, first: bool) -> Table {
    let wanted = |name: &str| FIRST.contains(&name) == first;
    let shown = |interval: Option<Interval>| interval.filter(|_| first);
    let rows = judged.evaluation.rows();
    let names: Vec<&str> = rows[0].figures.scalars().iter().map(|figure| figure.name).collect();
    let header: Vec<String> =
        [String::new()].into_iter().chain(names.iter().filter(|name| wanted(name)).map(|name| title(name))).collect();
    let row = |row: &Row| {
        let cells = row
            .figures
            .scalars()
            .into_iter()
            .filter(|figure| wanted(figure.name))
            .map(|figure| with_interval(figure.value, row.intervals[figure.name], decimals(figure.name)));
        [row.method.name().to_owned()].into_iter().chain(cells).collect::<Vec<_>>()
    };
    let mut lines: Vec<Vec<String>> = rows.iter().map(row).collect();
    if let Ok(ceiling) = &judged.ceiling {
        let known = ceiling.figures.scalars().into_iter().zip(&ceiling.intervals);
        let cells = known
            .filter(|(figure, _)| wanted(figure.name))
            .map(|(figure, interval)| with_interval(figure.value, shown(*interval), decimals(figure.name)));
        lines.push(["ceiling".to_owned()].into_iter().chain(cells).collect());
    }
    (header, lines)
}

fn r2_of_each(judged: &Judgement) -> Table {
    let names = judged.evaluation.labels().names();
    let header: Vec<String> = ["R²".to_owned()].into_iter().chain(names.iter().cloned()).collect();
    let line = |name: &str, r2: &[Option<f64>]| {
        [name.to_owned()].into_iter().chain(r2.iter().map(|value| figure(*value, 3))).collect::<Vec<_>>()
    };
    let rows = judged.evaluation.rows().iter();
    let mut lines: Vec<Vec<String>> = rows.map(|row| line(row.method.name(), &row.figures.r2)).collect();
    if let Ok(ceiling) = &judged.ceiling {
        lines.push(line("ceiling", &ceiling.figures.r2));
    }
    (header, lines)
}

fn by_emotion(judged: &Judgement) -> String {
    let (header, lines) = r2_of_each(judged);
    let names = judged.evaluation.labels().names();
    let constant = names.iter().zip(&judged.evaluation.rows()[0].figures.r2).filter(|(_, r2)| r2.is_none());
    let constant: Vec<&str> = constant.map(|(name, _)| name.as_str()).collect();
    let mut table = aligned(&header, &lines);
    if !constant.is_empty() {
        let names = constant.join(", ");
        table += &format!(
            "n/a: {names}: rated alike in all recordings, so that there is nothing to tell; not in the mean\n"
        );
    }
    table
}

/// What the folds chose on their own training sides.
pub fn choices(evaluation: &Evaluation) -> String {
    let mut penalties: BTreeMap<u64, usize> = BTreeMap::new();
    let mut epochs: Vec<usize> = Vec::new();
    for chosen in evaluation.chosen() {
        *penalties.entry(chosen.ridge_penalty.round() as u64).or_default() += 1;
        epochs.extend(&chosen.network_epochs);
    }
    epochs.sort_unstable();
    let penalties: Vec<String> =
        penalties.iter().map(|(penalty, folds)| format!("{penalty} in {}", count(*folds, "fold"))).collect();
    let (least, most) = (epochs[0], epochs[epochs.len() - 1]);
    let stopped = match least == most {
        true => format!("after {}", count(least, "epoch")),
        false => format!("after {least} to {most} epochs, half of them by {}", epochs[epochs.len() / 2]),
    };
    format!(
        "chosen on each fold's training side alone: ridge penalty {}; networks stopped {stopped}{}",
        penalties.join(", "),
        weights(evaluation.chosen())
    )
}

/// The weights of the hybrid's parts, if they were learned: means over the folds, and what was left out.
fn weights(chosen: &[Chosen]) -> String {
    if chosen.iter().all(|chosen| chosen.blend.ridge.is_empty()) {
        return String::new();
    }
    let part = |name: String, of: &dyn Fn(&Blend) -> f32| {
        let mean = chosen.iter().map(|chosen| of(&chosen.blend)).sum::<f32>() / chosen.len() as f32;
        let without = chosen.iter().filter(|chosen| of(&chosen.blend) == 0.0).count();
        let without = if without > 0 { format!(" (left out in {})", count(without, "fold")) } else { String::new() };
        format!("{name} {mean:.2}{without}")
    };
    let of_features = chosen[0].feature_parts.iter().enumerate().flat_map(|(at, name)| {
        let on = if chosen[0].feature_parts.len() > 1 { format!(" on {name}") } else { String::new() };
        [
            part(format!("networks{on}"), &|blend| blend.network[at]),
            part(format!("forests on their embeddings{on}"), &|blend| blend.forest[at]),
            part(format!("low-rank ridge{on}"), &|blend| blend.ridge[at]),
        ]
    });
    let parts: Vec<String> = of_features.collect();
    format!("; weights in the hybrid, means over the folds: {}", parts.join(", "))
}

/// How often the intervals around the hybrid's answers hold what was rated.
pub fn coverage(evaluation: &Evaluation) -> String {
    let percent = |of: f64| format!("{:.0} %", 100.0 * of);
    let coverage = evaluation.coverage();
    let around = coverage[0].interval.map_or_else(String::new, |Interval { low, high }| {
        format!(" ({} to {}, 95 % interval over groups)", percent(low), percent(high))
    });
    let labels = evaluation.labels();
    let of_each = labels.names().iter().zip(&coverage[1..]);
    let of_each: Vec<String> = of_each.map(|(emotion, of)| format!("{emotion} {}", percent(of.share))).collect();
    // Both ends of a scale have one interval.
    let of_each = if labels.scale().is_some() { String::new() } else { format!(": {}", of_each.join(", ")) };
    let (wanted, found) = (percent(WITHIN), percent(coverage[0].share));
    format!(
        "intervals around the hybrid's answers, made to hold {wanted} of the rated shares, hold {found}{around}{of_each}\n"
    )
}

/// What the networks add to the hybrid, and what that means.
pub fn of_the_networks(evaluation: &Evaluation) -> Option<String> {
    evaluation.methods().find(|method| *method == Method::LowRankRidge)?;
    let gain = evaluation.gain(Method::Hybrid, evaluation, Method::LowRankRidge)?;
    let figure = with_interval(Some(gain.mean_r2), gain.interval, 3);
    let may_be_chance = gain.interval.is_some_and(|interval| interval.low <= 0.0 && interval.high >= 0.0);
    let why = match may_be_chance {
        true => ": that may be chance; they are kept for the answer over time, and because this is what a hybrid is",
        false => "",
    };
    Some(format!("what networks and forests add to the low-rank ridge: mean R² {figure}{why}\n"))
}

/// What the hybrid reaches on the features of the last way above a forest on those of the first.
pub fn over_the_forest(last: &Way, first: &Way) -> String {
    let gain = last.evaluation.gain(Method::Hybrid, &first.evaluation, Method::Forest);
    let gain = gain.map_or_else(|| "n/a".into(), |gain| with_interval(Some(gain.mean_r2), gain.interval, 3));
    format!("the hybrid on {} over a forest on {}: mean R² {gain}\n", last.name, first.name)
}

/// Ways of doing it, side by side; the first is what the others are compared with.
pub fn compared(plan: &Plan, ways: &[Way]) -> String {
    let first = &ways[0].evaluation;
    let header = ["", "", "mean R²", "JS", "accuracy", "gain of mean R²"].map(String::from);
    let mut lines = Vec::new();
    for method in first.methods().skip(1) {
        for (number, way) in ways.iter().enumerate() {
            let row = way.evaluation.row(method);
            let gain = (number > 0).then(|| way.evaluation.gain(method, first, method)).flatten();
            let gain = gain.map_or_else(String::new, |gain| with_interval(Some(gain.mean_r2), gain.interval, 3));
            let name = if number == 0 { method.name() } else { "" };
            let cells = FIRST.map(|name| {
                let figure = row.figures.scalars().into_iter().find(|figure| figure.name == name);
                with_interval(figure.and_then(|figure| figure.value), row.intervals[name], decimals(name))
            });
            lines.push([name.to_owned(), way.name.clone()].into_iter().chain(cells).chain([gain]).collect::<Vec<_>>());
        }
    }
    format!(
        "{}, scores of the {} pooled held-out answers, {} (in brackets: 95 % intervals over groups; the gain is paired):\n\n{}",
        plan.described(),
        recordings(first),
        count(groups(first), "group"),
        aligned(&header, &lines)
    )
}
