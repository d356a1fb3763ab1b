//! What was noticed of a corpus, in few lines.

use super::Corpus;
use crate::error::count;
use crate::{Warning, WarningKind};

/// Warnings of one kind that are said in full; of the others, only their recordings are named.
const IN_FULL: usize = 3;

impl Corpus {
    /// What was noticed of the recordings, kind by kind, then of all of them together; a line each.
    pub fn noticed(&self) -> Vec<String> {
        let noticed = self.recordings().iter().flat_map(|recording| {
            recording.warnings.iter().map(|warning| (warning.kind, recording.file_name.as_str(), warning))
        });
        let mut kinds: Vec<(WarningKind, Vec<(&str, &Warning)>)> = Vec::new();
        for (kind, name, warning) in noticed {
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, all)) => all.push((name, warning)),
                None => kinds.push((kind, vec![(name, warning)])),
            }
        }
        let mut lines = Vec::new();
        for (_, all) in &kinds {
            let (in_full, others) = all.split_at(if all.len() > IN_FULL + 1 { IN_FULL } else { all.len() });
            lines.extend(in_full.iter().map(|(name, warning)| format!("{name}: {warning}")));
            let names: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
            if !names.is_empty() {
                lines.push(format!("likewise {}: {}", count(names.len(), "other"), names.join(", ")));
            }
        }
        lines.extend(self.warnings().iter().map(ToString::to_string));
        lines
    }
}
