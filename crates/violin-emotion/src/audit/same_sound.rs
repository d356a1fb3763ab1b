//! One recording under several names: the same samples, copies of it, parts of it.

use std::collections::HashMap;

use rayon::prelude::*;

use super::finding::{Finding, Kind, Severity, listed};
use super::heard::Heard;
use crate::audio::SAMPLE_RATE;
use crate::dsp::alignment::{Aligner, Alignment};
use crate::dsp::fingerprint::STEP;
use crate::error::count;

/// Fingerprints that agree so far are of one recording. Measured: 0.74 and above for copies at 64 kbit/s, at 11 kHz, 20 dB
/// over noise, cut; 0.30 and below for other recordings, other takes of one piece and single notes; 0.65 at most for rendered
/// takes of one score whose onsets were all put at the same samples (docs/accuracy.md).
pub const SAME: f64 = 0.7;

/// Recordings share so much, in seconds, if they share anything; shorter ones nine tenths of themselves.
const LEAST_S: f64 = 3.0;
const LEAST_SHARE: f64 = 0.9;
/// Clips below this are too short for a fingerprint to mean anything, frames: about half a second.
const LEAST_FRAMES: usize = 20;

/// Fingerprints compared with so many others at a time: what is transformed once for all of them stays in the cache.
const TILE: usize = 16;

/// Two recordings that share sound, as places in the list of those heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    pub one: usize,
    pub other: usize,
    kind: Kind,
    agreement: f64,
    /// Seconds they share.
    shared_s: f64,
}

/// Finds all pairs that share sound. `None` for one that silence or shortness leaves without a fingerprint.
pub fn links(heard: &[Heard]) -> Vec<Link> {
    let mut first_of: HashMap<&str, usize> = HashMap::new();
    let mut links = Vec::new();
    let mut own: Vec<usize> = Vec::new();
    for (at, recording) in heard.iter().enumerate() {
        match first_of.get(recording.sound.as_str()) {
            // All silent recordings have one sound.
            Some(&one) if !recording.silent => {
                let shared_s = recording.duration_s;
                links.push(Link { one, other: at, kind: Kind::SameSound, agreement: 1.0, shared_s });
            }
            Some(_) => {}
            None => {
                first_of.insert(&recording.sound, at);
                if recording.fingerprint.frames() >= LEAST_FRAMES && !recording.silent {
                    own.push(at);
                }
            }
        }
    }
    // Long ones with long ones: the size of the transform is that of the longest pair of a tile.
    own.sort_by_key(|&at| (heard[at].fingerprint.frames(), at));
    let tiles: Vec<&[usize]> = own.chunks(TILE).collect();
    let pairs: Vec<(usize, usize)> = (0..tiles.len()).flat_map(|a| (a..tiles.len()).map(move |b| (a, b))).collect();
    let found: Vec<Vec<Link>> = pairs.par_iter().map(|&(a, b)| compare(heard, tiles[a], tiles[b], a == b)).collect();
    links.extend(found.into_iter().flatten());
    links.sort_by_key(|link| (link.one, link.other));
    links
}

fn compare(heard: &[Heard], tile: &[usize], others: &[usize], same_tile: bool) -> Vec<Link> {
    let frames = |at: usize| heard[at].fingerprint.frames();
    let longest = |tile: &[usize]| tile.iter().map(|&at| frames(at)).max().unwrap_or(0);
    let aligner = Aligner::new(longest(tile) + longest(others));
    let ready = |tile: &[usize]| tile.iter().map(|&at| aligner.ready(&heard[at].fingerprint)).collect::<Vec<_>>();
    let (rows, columns) = (ready(tile), ready(others));
    let least_frames = (LEAST_S * f64::from(SAMPLE_RATE) / STEP as f64) as usize;
    let mut links = Vec::new();
    for (row, &one) in tile.iter().enumerate() {
        for (column, &other) in others.iter().enumerate().skip(if same_tile { row + 1 } else { 0 }) {
            let shorter = frames(one).min(frames(other));
            let least = least_frames.min((LEAST_SHARE * shorter as f64) as usize);
            let alignment = aligner.align(&rows[row], &columns[column], least);
            links.extend(
                alignment.filter(|it| it.agreement >= SAME).map(|it| link(one, other, it, [one, other].map(frames))),
            );
        }
    }
    links
}

fn link(one: usize, other: usize, alignment: Alignment, frames: [usize; 2]) -> Link {
    let whole = alignment.overlap as f64 >= LEAST_SHARE * frames[0].max(frames[1]) as f64;
    let kind = if whole { Kind::NearDuplicate } else { Kind::Excerpt };
    let shared_s = (alignment.overlap * STEP) as f64 / f64::from(SAMPLE_RATE);
    Link { one: one.min(other), other: one.max(other), kind, agreement: alignment.agreement, shared_s }
}

/// The number of the set each of `count` recordings belongs to: those that a link ties together have one.
pub fn sets<'a>(count: usize, links: impl Iterator<Item = &'a Link>) -> Vec<usize> {
    let mut set: Vec<usize> = (0..count).collect();
    for link in links {
        let (keep, drop) = (set[link.one].min(set[link.other]), set[link.one].max(set[link.other]));
        set.iter_mut().filter(|set| **set == drop).for_each(|set| *set = keep);
    }
    set
}

/// One finding for each set of recordings that share sound in one way.
pub fn findings(heard: &[Heard], links: &[Link]) -> Vec<Finding> {
    [Kind::SameSound, Kind::NearDuplicate, Kind::Excerpt]
        .into_iter()
        .flat_map(|kind| {
            let of_kind: Vec<&Link> = links.iter().filter(|link| link.kind == kind).collect();
            let set = sets(heard.len(), of_kind.iter().copied());
            let mut first: Vec<usize> = of_kind.iter().map(|link| set[link.one]).collect();
            first.sort_unstable();
            first.dedup();
            first.into_iter().map(move |number| {
                let within: Vec<&Link> = of_kind.iter().filter(|link| set[link.one] == number).copied().collect();
                let members: Vec<usize> = (0..heard.len()).filter(|&at| set[at] == number).collect();
                finding(kind, heard, &members, &within)
            })
        })
        .collect()
}

/// What recordings share that hang together like a chain: the first and the last may have nothing in common.
fn pair_by_pair(heard: &[Heard], links: &[&Link]) -> String {
    const NAMED: usize = 6;
    let name = |at: usize| &heard[at].labelled.file_name;
    let pair = |link: &&Link| {
        let percent = 100.0 * link.agreement;
        format!("{} and {} {:.1} s ({percent:.0} % alike)", name(link.one), name(link.other), link.shared_s)
    };
    let pairs: Vec<String> = links.iter().take(NAMED).map(pair).collect();
    let more = match links.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {}", count(more, "more pair")),
    };
    format!("they share sound pair by pair: {}{more}", pairs.join(", "))
}

fn finding(kind: Kind, heard: &[Heard], set: &[usize], links: &[&Link]) -> Finding {
    let members: Vec<&Heard> = set.iter().map(|&at| &heard[at]).collect();
    let names: Vec<String> = members.iter().map(|member| member.labelled.file_name.clone()).collect();
    let across = members.iter().any(|member| member.labelled.group != members[0].labelled.group);
    let contradictory = members.iter().any(|member| member.labelled.target != members[0].labelled.target);
    let agreement = links.iter().map(|link| link.agreement).fold(1.0, f64::min);
    let what = match (kind, links) {
        (Kind::SameSound, _) => "the same sound under several names".to_owned(),
        (Kind::NearDuplicate, _) => {
            format!("copies of one recording ({:.0} % alike), changed or cut", 100.0 * agreement)
        }
        (_, [one]) => format!("they share {:.1} s of one recording ({:.0} % alike)", one.shared_s, 100.0 * agreement),
        (_, several) => pair_by_pair(heard, several),
    };
    let (severity, mut advice) = match (kind, across) {
        (_, false) => (Severity::Note, "harmless to a grouped score, for they are of one group".to_owned()),
        (Kind::SameSound, true) => {
            let advice = "`train` and `evaluate` judge their groups as one; keep one of them";
            (Severity::Note, advice.to_owned())
        }
        (_, true) => {
            let advice = "what is learned from one is tested on the other: keep one, or give them one group";
            (Severity::Serious, advice.to_owned())
        }
    };
    if contradictory && kind != Kind::Excerpt {
        advice += "; they are labelled differently: average their labels";
    }
    let found = format!("{}: {what}", listed(&names));
    let finding = Finding::new(kind, severity, found, advice).of_recordings(names);
    Finding { agreement: Some(agreement), ..finding }
}
