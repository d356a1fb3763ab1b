//! A whole hybrid against Python's `shap`.

use indexmap::IndexMap;

use super::shapley;
use crate::model::{Forest, Network, Shape};

/// Keras's network and ours round to f32 on different ways (2e-7 of a share); weights of a value sum to at most 1.
const TWO_ROUNDINGS: f64 = 1e-6;

/// What `shap.explainers.Exact` made of a hybrid of Keras and scikit-learn: see `make_golden_hybrid_shap.py`.
#[derive(serde::Deserialize)]
struct Golden {
    shape: Shape,
    tensors: IndexMap<String, GoldenTensor>,
    forest: Forest,
    network_weight: f64,
    groups: Vec<Vec<usize>>,
    sequence: Vec<f32>,
    background: Vec<Vec<f32>>,
    base: Vec<f64>,
    values: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct GoldenTensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Golden {
    /// The worth of every coalition of groups: the mean answer to the background with those groups' columns of the sequence.
    fn worths(&self, network: &Network) -> Vec<f64> {
        let emotions = self.shape.emotions;
        let mut worths = vec![0.0; emotions << self.groups.len()];
        for (coalition, worth) in worths.chunks_exact_mut(emotions).enumerate() {
            let mixed: Vec<Vec<f32>> = self.background.iter().map(|usual| self.mix(coalition, usual)).collect();
            let mixed: Vec<&[f32]> = mixed.iter().map(Vec::as_slice).collect();
            for output in network.forward(&mixed).expect("whole windows") {
                let parts = output.probabilities.iter().zip(self.forest.predict(&output.embedding));
                for (worth, (network, forest)) in worth.iter_mut().zip(parts) {
                    let hybrid =
                        self.network_weight * f64::from(*network) + (1.0 - self.network_weight) * f64::from(forest);
                    *worth += hybrid / mixed.len() as f64;
                }
            }
        }
        worths
    }

    fn mix(&self, coalition: usize, usual: &[f32]) -> Vec<f32> {
        let present = |column: usize| {
            self.groups
                .iter()
                .enumerate()
                .any(|(group, columns)| coalition >> group & 1 == 1 && columns.contains(&column))
        };
        let pairs = self.sequence.iter().zip(usual).enumerate();
        pairs.map(|(at, (own, usual))| if present(at % self.shape.features) { *own } else { *usual }).collect()
    }
}

#[test]
fn the_values_of_a_hybrid_are_those_of_python_shap() {
    let golden: Golden = serde_json::from_str(include_str!("../../tests/golden/hybrid_shap.json")).expect("a golden");
    let find = |name: &str| golden.tensors.get(name).map(|tensor| (tensor.shape.clone(), tensor.values.clone()));
    let network = Network::from_tensors(golden.shape, find).expect("the network of Keras");
    let (worths, emotions) = (golden.worths(&network), golden.shape.emotions);
    let values = shapley(&worths, golden.groups.len(), emotions);

    assert_eq!(values.len(), golden.values.len());
    let pairs = worths[..emotions].iter().chain(&values).zip(golden.base.iter().chain(&golden.values));
    let apart = pairs.map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max);
    assert!(apart <= TWO_ROUNDINGS, "{apart:e}");
}
