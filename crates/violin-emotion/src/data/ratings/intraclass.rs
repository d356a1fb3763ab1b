//! Intraclass correlation: how much of what ratings differ in is the clips' and not the listeners'.

/// Of a single rating, and of the mean of as many as there are.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Intraclass {
    /// ICC(1): share of the variance of single ratings that lies between clips.
    pub single: f64,
    /// ICC(1,k): the same for the mean rating of a clip.
    pub mean: f64,
}

/// ICC(1) and ICC(1,k), each clip rated by other listeners drawn from many (P. E. Shrout & J. L. Fleiss, "Intraclass
/// correlations", 1979); where clips have different numbers of ratings, by the number that an analysis of variance takes for
/// them. None for fewer than two clips, no clip rated twice, or ratings that are all the same.
pub fn intraclass(clips: &[Vec<f64>]) -> Option<Intraclass> {
    let rated = || clips.iter().filter(|clip| !clip.is_empty());
    let (groups, count) = (rated().count() as f64, rated().map(|clip| clip.len() as f64).sum::<f64>());
    if groups < 2.0 || count <= groups {
        return None;
    }
    let mean_of = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let mean = rated().flatten().sum::<f64>() / count;
    let between: f64 = rated().map(|clip| clip.len() as f64 * (mean_of(clip) - mean).powi(2)).sum();
    let within: f64 = rated().map(|clip| clip.iter().map(|value| (value - mean_of(clip)).powi(2)).sum::<f64>()).sum();
    let (between, within) = (between / (groups - 1.0), within / (count - groups));
    let squares: f64 = rated().map(|clip| (clip.len() as f64).powi(2)).sum();
    let ratings = (count - squares / count) / (groups - 1.0);
    (between > 0.0).then(|| Intraclass {
        single: (between - within) / (between + (ratings - 1.0) * within),
        mean: (between - within) / between,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_who_agree_have_1_and_there_must_be_something_to_tell() {
        let agreed = intraclass(&[vec![1.0, 1.0], vec![4.0, 4.0], vec![2.0, 2.0]]);
        assert_eq!(agreed, Some(Intraclass { single: 1.0, mean: 1.0 }));
        assert_eq!(intraclass(&[vec![1.0, 2.0]]), None);
        assert_eq!(intraclass(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(intraclass(&[vec![3.0, 3.0], vec![3.0, 3.0]]), None);
    }

    #[test]
    fn the_example_of_the_paper() {
        // Shrout & Fleiss 1979, tables 2 to 4: ICC(1) 0.17, ICC(1,4) 0.44.
        let clips = [
            vec![9.0, 2.0, 5.0, 8.0],
            vec![6.0, 1.0, 3.0, 2.0],
            vec![8.0, 4.0, 6.0, 8.0],
            vec![7.0, 1.0, 2.0, 6.0],
            vec![10.0, 5.0, 6.0, 9.0],
            vec![6.0, 2.0, 4.0, 7.0],
        ];
        let Intraclass { single, mean } = intraclass(&clips).expect("a correlation");
        assert!((single - 0.17).abs() < 0.005 && (mean - 0.44).abs() < 0.005, "{single}, {mean}");
    }
}
