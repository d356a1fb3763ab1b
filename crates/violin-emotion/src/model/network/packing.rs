//! Sequences of different lengths in one batch, without padding.
//!
//! The sequences are ordered by length, longest first, and their windows stored step by step: all first windows, all
//! second ones, … Those that have ended are simply absent, so the sequences alive at a step are always the first few, no
//! number is ever computed for padding, and none can leak out of it. (Keras pads and masks; the answers are the same.)

/// A direction of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the first window to the sequence's last.
    Forward,
    /// From the sequence's own last window to the first.
    Backward,
}

/// Where the rows of a batch stand.
#[derive(Default)]
pub(super) struct Packing {
    /// Place in the caller's batch of each sequence, longest first.
    order: Vec<usize>,
    /// Windows of each sequence, in that order.
    lengths: Vec<usize>,
    /// Row of each step's first sequence, then the number of all rows.
    starts: Vec<usize>,
}

/// One step of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Row of the step's first sequence.
    pub at: usize,
    /// Sequences alive; their rows follow each other.
    pub active: usize,
    /// Row of the first sequence at the step read before.
    pub before: usize,
    /// Sequences, the first of those alive, that were alive at the step read before; the others begin here, from zero.
    pub carried: usize,
}

impl Packing {
    /// Arranges sequences of these lengths, each at least 1.
    pub fn arrange(&mut self, lengths: impl Iterator<Item = usize> + Clone) {
        self.order.clear();
        self.order.extend(0..lengths.clone().count());
        self.lengths.clear();
        self.lengths.extend(lengths);
        assert!(self.lengths.iter().all(|&length| length > 0), "a sequence has at least one window");
        self.order.sort_by_key(|&place| std::cmp::Reverse(self.lengths[place]));
        self.lengths.sort_unstable_by(|a, b| b.cmp(a));
        self.starts.clear();
        self.starts.push(0);
        let mut active = self.lengths.len();
        let mut rows = 0;
        for step in 0..self.lengths.first().copied().unwrap_or(0) {
            while self.lengths[active - 1] <= step {
                active -= 1;
            }
            rows += active;
            self.starts.push(rows);
        }
    }

    /// Number of sequences.
    pub fn sequences(&self) -> usize {
        self.order.len()
    }

    /// Windows of all sequences together.
    pub fn rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Place in the caller's batch of each sequence, longest first.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Rows of the windows of the sequence with this rank, in time order.
    pub fn rows_of(&self, rank: usize) -> impl ExactSizeIterator<Item = usize> {
        self.starts[..self.lengths[rank]].iter().map(move |start| start + rank)
    }

    /// Row of the window that a direction reads last.
    pub fn last_row(&self, direction: Direction, rank: usize) -> usize {
        match direction {
            Direction::Forward => self.starts[self.lengths[rank] - 1] + rank,
            Direction::Backward => rank,
        }
    }

    /// The steps in the order a direction reads them.
    pub fn steps(&self, direction: Direction) -> impl DoubleEndedIterator<Item = Step> {
        let count = self.starts.len().saturating_sub(1);
        let active = |step: usize| self.starts[step + 1] - self.starts[step];
        (0..count).map(move |read| match direction {
            Direction::Forward => {
                let (before, carried) = if read > 0 { (self.starts[read - 1], active(read)) } else { (0, 0) };
                Step { at: self.starts[read], active: active(read), before, carried }
            }
            Direction::Backward => {
                let step = count - 1 - read;
                let (before, carried) = if read > 0 { (self.starts[step + 1], active(step + 1)) } else { (0, 0) };
                Step { at: self.starts[step], active: active(step), before, carried }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packing() -> Packing {
        let mut packing = Packing::default();
        packing.arrange([1, 3, 2].into_iter());
        packing
    }

    #[test]
    fn every_window_has_one_row() {
        let packing = packing();
        assert_eq!((packing.sequences(), packing.rows(), packing.order()), (3, 6, [1, 2, 0].as_slice()));
        let rows: Vec<Vec<usize>> = (0..3).map(|rank| packing.rows_of(rank).collect()).collect();
        assert_eq!(rows, [vec![0, 3, 5], vec![1, 4], vec![2]]);
        let last = |direction| -> Vec<usize> { (0..3).map(|rank| packing.last_row(direction, rank)).collect() };
        assert_eq!((last(Direction::Forward), last(Direction::Backward)), (vec![5, 4, 2], vec![0, 1, 2]));
    }

    #[test]
    fn each_direction_begins_at_the_sequences_own_end() {
        let step = |at, active, before, carried| Step { at, active, before, carried };
        let packing = packing();
        let forward: Vec<Step> = packing.steps(Direction::Forward).collect();
        assert_eq!(forward, [step(0, 3, 0, 0), step(3, 2, 0, 2), step(5, 1, 3, 1)]);
        let backward: Vec<Step> = packing.steps(Direction::Backward).collect();
        assert_eq!(backward, [step(5, 1, 0, 0), step(3, 2, 5, 1), step(0, 3, 3, 2)]);
    }
}
