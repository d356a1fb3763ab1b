//! A judgement as JSON.

use serde_json::{Value, json};

use super::Judgement;

/// The document, schema `violin-emotion/evaluation/2`.
pub fn document(judged: &Judgement) -> Value {
    let evaluation = &judged.evaluation;
    let ceiling = match &judged.ceiling {
        Ok(ceiling) => json!(ceiling),
        Err(reason) => json!({ "not_known": reason }),
    };
    json!({
        "schema": "violin-emotion/evaluation/2",
        "plan": judged.plan.described(),
        "seed": judged.seed,
        "rendered": judged.rendered,
        "permute_labels": judged.permuted_labels,
        "copies": judged.copies,
        "emotions": evaluation.labels(),
        "best": evaluation.best().method,
        "rows": evaluation.rows(),
        "ceiling": ceiling,
        "by_piece": judged.by_piece,
        "permutation_tests": judged.tests,
        "learning_curve": judged.learning_curve.iter().map(|(share, evaluation)| json!({
            "share_of_training_groups": share,
            "rows": evaluation.rows(),
        })).collect::<Vec<_>>(),
        "coverage": evaluation.coverage(),
        "chosen": evaluation.chosen(),
        "answers": evaluation.answers(),
    })
}
