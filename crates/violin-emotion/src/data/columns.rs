//! Which column is what: the file names, the groups, the emotions; and why each other one is left out.

use super::problems::{Problems, plain, quoted};
use super::report::IgnoredColumn;
use super::search::{self, Choice};
use super::table::Table;
use super::{LabelOptions, Scale};

/// Names of the file column, the first found in this order.
const FILE_COLUMNS: [&str; 3] = ["filename", "file_name", "file"];

/// The column that names one emotion a recording.
const EMOTION: &str = "emotion";

/// Columns of such names hold what takes have in common, and what no split may have on both sides.
const GROUPS: [&str; 9] =
    ["group", "performer", "player", "violinist", "artist", "composer", "piece", "work", "session"];

/// Where the labels stand.
#[derive(Debug, PartialEq)]
pub(super) enum Targets {
    /// A share in each of these columns.
    Shares {
        columns: Vec<usize>,
        /// What a row sums to: 1, or 100 for percentages; not known yet where the user named the columns.
        whole: Option<f64>,
    },
    /// One emotion's name.
    OneHot(usize),
    /// A number from the least to the most.
    Scale { column: usize, least: f64, most: f64 },
}

/// The columns in use.
pub(super) struct Columns {
    pub file: usize,
    pub group: Option<usize>,
    /// None where they could not be told; the reason is among the problems.
    pub targets: Option<Targets>,
    pub ignored: Vec<IgnoredColumn>,
}

/// Whether a header cell names the file column.
pub(super) fn is_file_column(cell: &str) -> bool {
    FILE_COLUMNS.contains(&&*cell.trim().to_lowercase())
}

/// Reads a cell as a number: `0.25`, `0,25`, `25 %`; NaN and infinities are numbers here.
pub(super) fn number(cell: &str) -> Option<f64> {
    let text = cell.trim();
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    if text.matches(',').count() == 1 && !text.contains('.') {
        text.replace(',', ".").parse().ok()
    } else {
        text.parse().ok()
    }
}

/// Tells the columns apart; what stands in the way goes to `problems`. None without a file column.
pub(super) fn tell_apart(table: &Table, options: &LabelOptions, problems: &mut Problems) -> Option<Columns> {
    refuse_twins(table, problems);
    let file = FILE_COLUMNS.iter().find_map(|name| exact(table, name));
    if file.is_none() {
        let problem = format!("expected a column `filename`, found {}", headers(table));
        problems.add(table.header_line, None, problem, "name the column of file names `filename`");
    }
    let group = options.group_by.as_deref().and_then(|name| {
        let hint = "group by a column that is there, or leave --group-by out";
        named(table, name, hint, problems)
    });
    let mut columns = Columns { file: file?, group, targets: None, ignored: Vec::new() };
    columns.targets = match &options.emotions {
        _ if table.rows.is_empty() => None,
        _ if options.scale.is_some() => {
            let Scale { column, least, most } = options.scale.as_ref().expect("a scale");
            let hint = "name a column of numbers that is there: --scale valence=1..9";
            named(table, column, hint, problems).map(|column| Targets::Scale { column, least: *least, most: *most })
        }
        Some(names) => by_name(table, names, &columns, problems),
        None => by_sum(table, &columns, problems),
    };
    columns.ignored = left_out(table, &columns, options);
    Some(columns)
}

fn refuse_twins(table: &Table, problems: &mut Problems) {
    for (at, name) in table.headers.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let lower = name.to_lowercase();
        if let Some(first) = table.headers[..at].iter().position(|other| other.to_lowercase() == lower) {
            let problem = format!("expected each name once, found it in columns {} and {}", first + 1, at + 1);
            problems.add(table.header_line, Some(name), problem, "give every column a name of its own");
        }
    }
}

fn headers(table: &Table) -> String {
    quoted(table.headers.iter().map(String::as_str))
}

fn exact(table: &Table, name: &str) -> Option<usize> {
    let same = table.headers.iter().position(|header| header == name);
    same.or_else(|| table.headers.iter().position(|header| header.to_lowercase() == name.to_lowercase()))
}

/// The column that the user named, or a problem that lists what there is and the nearest name.
fn named(table: &Table, name: &str, hint: &str, problems: &mut Problems) -> Option<usize> {
    let name = name.trim();
    let found = exact(table, name).filter(|_| !name.is_empty());
    if found.is_none() {
        let near = table.headers.iter().map(|header| (distance(name, header), header)).min();
        let near = near.filter(|(distance, _)| *distance * 2 < name.chars().count()).map(|(_, header)| header);
        let question = near.map_or(String::new(), |near| format!("; is it `{near}`?"));
        let problem = format!("expected a column of this name, found {}{question}", headers(table));
        problems.add(table.header_line, Some(name), problem, hint);
    }
    found
}

/// Levenshtein distance without regard to capitals.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn by_name(table: &Table, names: &[String], columns: &Columns, problems: &mut Problems) -> Option<Targets> {
    let hint = "--emotions takes two or more columns, each once, or the column `emotion` alone";
    let mut chosen = Vec::new();
    let mut refused = false;
    for name in names {
        let Some(column) = named(table, name, hint, problems) else {
            refused = true;
            continue;
        };
        let held = [(Some(columns.file), "the file names"), (columns.group, "the groups")];
        let taken = held.into_iter().find(|(holder, _)| *holder == Some(column)).map(|(_, what)| what);
        let taken = taken.or_else(|| chosen.contains(&column).then_some("an emotion named before"));
        if let Some(what) = taken {
            let problem = format!("expected a column of shares, found {what}");
            problems.add(table.header_line, Some(&table.headers[column]), problem, hint);
            refused = true;
        }
        chosen.push(column);
    }
    match &chosen[..] {
        _ if refused => None,
        [one] if Some(*one) == exact(table, EMOTION) => Some(Targets::OneHot(*one)),
        [] | [_] => {
            let problem = format!("expected two or more emotions, found {}", quoted(names.iter().map(String::as_str)));
            problems.add(table.header_line, None, problem, hint);
            None
        }
        _ => Some(Targets::Shares { columns: chosen, whole: None }),
    }
}

fn by_sum(table: &Table, columns: &Columns, problems: &mut Problems) -> Option<Targets> {
    let emotion = exact(table, EMOTION).filter(|column| *column != columns.file && Some(*column) != columns.group);
    let candidates: Vec<usize> = (0..table.headers.len())
        .filter(|column| Some(*column) != emotion && why_not(table, columns, *column).is_none())
        .collect();
    let names = |chosen: &[usize]| quoted(chosen.iter().map(|column| &*table.headers[*column]));
    let ask = |example: Option<Vec<usize>>| {
        let list = |columns: Vec<usize>| columns.iter().map(|at| &*table.headers[*at]).collect::<Vec<_>>().join(",");
        let example = example.map_or_else(|| "A,B,…".to_owned(), |columns| format!("\"{}\"", list(columns)));
        let alone = if emotion.is_some() { ", or --emotions emotion to learn from that column alone" } else { "" };
        format!("say which columns are the emotions, such as --emotions {example}{alone}")
    };
    if candidates.is_empty() {
        if emotion.is_none() {
            let problem = format!("expected columns of shares, or a column `emotion`, found {}", headers(table));
            let hint = "give each emotion a column with its share, or name one emotion a row in a column `emotion`";
            problems.add(table.header_line, None, problem, hint);
        }
        return emotion.map(Targets::OneHot);
    }
    let values: Vec<Vec<f64>> = candidates.iter().map(|column| finite(table, *column)).collect();
    let (problem, hint) = match search::choose(&values) {
        Choice::One(range, whole) => {
            return Some(Targets::Shares { columns: candidates[range].to_vec(), whole: Some(whole) });
        }
        Choice::Nothing => {
            let sums = (0..table.rows.len()).map(|row| (row, values.iter().map(|column| column[row]).sum::<f64>()));
            let example = sums.into_iter().find(|(_, sum)| sum.is_finite());
            let example = example
                .map_or(String::new(), |(row, sum)| format!(" (sum {} on line {})", plain(sum), table.rows[row].line));
            let problem = format!(
                "expected neighbouring columns that sum to 1 (or 100) in each row, found {}{example}",
                names(&candidates)
            );
            let hint = match candidates.len() {
                1 if emotion.is_some() => "give every emotion a column with its share, or --emotions emotion to learn \
                                           from that column alone"
                    .to_owned(),
                1 => "give every emotion a column with its share: two or more".to_owned(),
                _ => ask(search::without_one(&values).map(|chosen| chosen.iter().map(|at| candidates[*at]).collect())),
            };
            (problem, hint)
        }
        Choice::Several(ranges) => {
            let sets: Vec<String> = ranges.iter().take(4).map(|range| names(&candidates[range.clone()])).collect();
            let more = if ranges.len() > sets.len() { "; and more" } else { "" };
            let found = format!("{}: {}{more}", ranges.len(), sets.join("; "));
            let problem = format!("expected one set of columns that sum to 1 (or 100), found {found}");
            (problem, ask(Some(candidates[ranges[0].clone()].to_vec())))
        }
    };
    problems.add(table.header_line, None, problem, &hint);
    None
}

/// The cells as numbers, NaN where they are none.
fn finite(table: &Table, column: usize) -> Vec<f64> {
    let value = |cell: &str| number(cell).filter(|value| value.is_finite()).unwrap_or(f64::NAN);
    table.rows.iter().map(|row| value(&row.cells[column])).collect()
}

/// Why a column cannot hold an emotion's shares unless it is named; None if it can.
fn why_not(table: &Table, columns: &Columns, column: usize) -> Option<&'static str> {
    let role = [(Some(columns.file), "the file names"), (columns.group, "the groups")];
    if let Some((_, role)) = role.into_iter().find(|(holder, _)| *holder == Some(column)) {
        return Some(role);
    }
    if let Some(reason) = known(&table.headers[column]) {
        return Some(reason);
    }
    let cells = || table.rows.iter().map(|row| &*row.cells[column]);
    let numbers = cells().filter(|cell| number(cell).is_some()).count();
    if cells().all(|cell| cell.trim().is_empty()) {
        Some("empty")
    } else if numbers * 2 < table.rows.len() {
        Some(if numbers == 0 { "text" } else { "mostly not numbers" })
    } else {
        None
    }
}

/// Columns whose names say that they hold what several takes may share.
pub(super) fn named_as_groups(table: &Table) -> Vec<String> {
    let is_group = |name: &&String| GROUPS.contains(&&*name.to_lowercase());
    table.headers.iter().filter(is_group).cloned().collect()
}

/// What a column of such a name holds that is no emotion.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase().replace([' ', '-', '.', ':'], "_");
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match &*name {
        "" => Some("it has no name"),
        "n" | "count" | "counts" | "votes" | "raters" | "ratings" | "listeners" | "annotators" | "responses"
        | "total" | "sum" => Some("a count"),
        _ if starts(&["n_", "num_", "number_of_"]) || ends(&["_count", "_votes", "_raters"]) => Some("a count"),
        "id" | "index" | "idx" | "no" | "nr" | "number" | "row" | "track" => Some("an identifier"),
        _ if starts(&["id_", "unnamed"]) || ends(&["_id", "_index", "_nr", "_no"]) => Some("an identifier"),
        _ if name == "meta" || starts(&["metadata", "meta_"]) => Some("metadata"),
        "note" | "notes" | "comment" | "comments" | "remark" | "remarks" | "description" => Some("notes"),
        group if GROUPS.contains(&group) => Some("it describes the recording"),
        "take" | "rater" | "listener" | "fold" | "split" | "year" | "age" | "gender" => {
            Some("it describes the recording")
        }
        _ if starts(&["fold_", "duration", "tempo", "bpm", "sample_rate"]) => Some("it describes the recording"),
        _ => None,
    }
}

impl Columns {
    /// Whether a column holds what is learned.
    fn is_learned(&self, column: usize) -> bool {
        match &self.targets {
            Some(Targets::Shares { columns, .. }) => columns.contains(&column),
            Some(Targets::OneHot(used) | Targets::Scale { column: used, .. }) => *used == column,
            None => false,
        }
    }
}

/// Columns beside the file names, the groups and the emotions that may hold what several recordings share: not those of
/// counts, notes or nothing.
pub(super) fn beside(table: &Table, columns: &Columns) -> Vec<usize> {
    let says_nothing = |column: usize| matches!(known(&table.headers[column]), Some("a count" | "notes" | "metadata"));
    (0..table.headers.len())
        .filter(|&column| {
            column != columns.file
                && Some(column) != columns.group
                && !columns.is_learned(column)
                && !says_nothing(column)
        })
        .collect()
}

fn left_out(table: &Table, columns: &Columns, options: &LabelOptions) -> Vec<IgnoredColumn> {
    let (by_name, by_scale) = (options.emotions.is_some(), options.scale.is_some());
    let others = (0..table.headers.len())
        .filter(|column| *column != columns.file && Some(*column) != columns.group && !columns.is_learned(*column));
    let reason = |column: usize| match why_not(table, columns, column) {
        _ if by_name => "not named by --emotions",
        _ if by_scale => "not named by --scale",
        _ if exact(table, EMOTION) == Some(column) => "the shares say more",
        Some(reason) => reason,
        None => "it takes no part in the sum",
    };
    others.map(|column| IgnoredColumn { name: table.headers[column].clone(), reason: reason(column) }).collect()
}
