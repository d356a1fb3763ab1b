//! Whose work the methods rest on, as BibTeX.

/// A publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The network.
    LongShortTermMemory,
    /// Its training.
    Adam,
    /// The forest.
    RandomForests,
    /// The pitch of notes.
    ProbabilisticYin,
    /// Intervals.
    Jackknife,
    /// How explanations share an answer out.
    ShapleyValue,
    /// The same for models.
    Shap,
    /// The rule that rendered takes are labelled by.
    CuesOfEmotions,
}

impl Source {
    fn bibtex(self) -> &'static str {
        match self {
            Source::LongShortTermMemory => {
                "@article{hochreiter1997long, author = {Hochreiter, Sepp and Schmidhuber, J{\\\"u}rgen}, \
                 title = {Long Short-Term Memory}, journal = {Neural Computation}, volume = {9}, number = {8}, \
                 pages = {1735--1780}, year = {1997}}"
            }
            Source::Adam => {
                "@inproceedings{kingma2015adam, author = {Kingma, Diederik P. and Ba, Jimmy}, \
                 title = {Adam: A Method for Stochastic Optimization}, booktitle = {International Conference on Learning \
                 Representations}, year = {2015}}"
            }
            Source::RandomForests => {
                "@article{breiman2001random, author = {Breiman, Leo}, title = {Random Forests}, journal = {Machine Learning}, \
                 volume = {45}, number = {1}, pages = {5--32}, year = {2001}}"
            }
            Source::ProbabilisticYin => {
                "@inproceedings{mauch2014pyin, author = {Mauch, Matthias and Dixon, Simon}, title = {{pYIN}: A Fundamental \
                 Frequency Estimator Using Probabilistic Threshold Distributions}, booktitle = {IEEE International Conference on \
                 Acoustics, Speech and Signal Processing}, pages = {659--663}, year = {2014}}"
            }
            Source::Jackknife => {
                "@article{tukey1958bias, author = {Tukey, John W.}, title = {Bias and Confidence in Not-Quite Large Samples}, \
                 journal = {The Annals of Mathematical Statistics}, volume = {29}, pages = {614}, year = {1958}}"
            }
            Source::ShapleyValue => {
                "@incollection{shapley1953value, author = {Shapley, Lloyd S.}, title = {A Value for n-Person Games}, \
                 booktitle = {Contributions to the Theory of Games II}, publisher = {Princeton University Press}, \
                 pages = {307--317}, year = {1953}}"
            }
            Source::Shap => {
                "@inproceedings{lundberg2017unified, author = {Lundberg, Scott M. and Lee, Su-In}, title = {A Unified Approach to \
                 Interpreting Model Predictions}, booktitle = {Advances in Neural Information Processing Systems}, volume = {30}, \
                 year = {2017}}"
            }
            Source::CuesOfEmotions => {
                "@article{juslin2003communication, author = {Juslin, Patrik N. and Laukka, Petri}, title = {Communication of \
                 Emotions in Vocal Expression and Music Performance: Different Channels, Same Code?}, journal = {Psychological \
                 Bulletin}, volume = {129}, number = {5}, pages = {770--814}, year = {2003}}"
            }
        }
    }
}

/// This program, then the sources, each once and a field a line.
pub(super) fn bibtex(sources: &[Source]) -> String {
    let ours = format!(
        "@software{{violin_emotion, title = {{Violin Emotion Analysis}}, author = {{{{The Violin Emotion Analysis authors}}}}, \
         version = {{{}}}}}",
        env!("CARGO_PKG_VERSION")
    );
    let mut sources = sources.to_vec();
    sources.sort_unstable();
    sources.dedup();
    let all = [ours].into_iter().chain(sources.into_iter().map(|source| source.bibtex().to_owned()));
    all.map(|entry| lines(&entry)).collect::<Vec<_>>().join("\n\n") + "\n"
}

/// An entry with a line for each field: a field begins with a name and ` = {`.
fn lines(entry: &str) -> String {
    let mut lines = String::new();
    for (at, field) in entry.split(", ").enumerate() {
        let begins = field.split_once(" = {").is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase()));
        lines += match (at, begins) {
            (0, _) => "",
            (_, true) => ",\n  ",
            (_, false) => ", ",
        };
        lines += field;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_bibtex_with_a_line_for_each_field() {
        let text = bibtex(&[Source::RandomForests, Source::LongShortTermMemory, Source::RandomForests]);
        assert_eq!(text.matches('@').count(), 3);
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        assert!(
            text.contains("@article{breiman2001random,\n  author = {Breiman, Leo},\n  title = {Random Forests},\n"),
            "{text}"
        );
        assert!(text.contains("\n  author = {Hochreiter, Sepp and Schmidhuber, J{\\\"u}rgen},\n"), "{text}");
    }
}
