//! Splits: whole groups on one side, each recording tested once, the same for the same seed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use violin_emotion::data::{Split, checked_folds, folds, holdout};
use violin_emotion::pipeline::checked_holdout;

fn names(groups: &[u8]) -> Vec<String> {
    groups.iter().map(|group| format!("player {group}")).collect()
}

fn sides_share_no_group(split: &Split, groups: &[String]) -> bool {
    let side = |side: &[usize]| side.iter().map(|at| groups[*at].clone()).collect::<BTreeSet<String>>();
    side(split.train()).is_disjoint(&side(split.test()))
}

#[test]
fn sides_are_checked() {
    let groups = ["a", "a", "b", "c"];
    let split = Split::new(&groups, vec![3, 2], vec![1, 0]).expect("whole groups");
    assert_eq!((split.train(), split.test()), (&[2, 3][..], &[0, 1][..]));
    let message = |train: &[usize], test: &[usize]| {
        Split::new(&groups, train.to_vec(), test.to_vec()).expect_err("a bad split").to_string()
    };
    assert_eq!(message(&[0, 2], &[1, 3]), "expected each group on one side, found `a` on both");
    assert_eq!(message(&[0, 1], &[]), "expected at least one recording on each side, found 2 and 0");
    assert_eq!(message(&[], &[1]), "expected at least one recording on each side, found 0 and 1");
    assert_eq!(message(&[0, 1, 4], &[2]), "expected each of 4 recordings at most once, found recording 4");
    assert_eq!(message(&[0, 1, 1], &[2]), "expected each of 4 recordings at most once, found recording 1");
}

#[test]
fn too_few_groups() {
    let error = folds(&["a", "b", "c", "a"], 5, 0).expect_err("three groups");
    assert_eq!(error.to_string(), "expected at least 5 groups, found 3");
    assert_eq!(error.hint(), Some("use 3 folds at most (--folds), or label recordings of more groups"));
    let error = holdout(&["a", "a"], 0.2, 0).expect_err("one group");
    assert_eq!(error.to_string(), "expected at least 2 groups, found 1");
    assert_eq!(error.hint(), Some("label recordings of more groups, or group by another column"));
    let error = folds(&["a", "b"], 1, 0).expect_err("one fold");
    assert_eq!(error.to_string(), "setting `--folds`: expected at least 2, found 1");
    for share in [0.0, 1.0, f64::NAN] {
        let error = holdout(&["a", "b"], share, 0).expect_err("no share");
        assert_eq!(error.to_string(), format!("setting `holdout`: expected a share between 0 and 1, found {share}"));
    }
}

#[test]
fn what_cannot_be_trained_is_known_before_any_audio_is_decoded() {
    let hint = Some("label recordings of more groups, or group by another column");
    let expected = "expected at least 3 groups: to learn from, to decide when to stop, to test on, found";
    for groups in [&["a"; 9][..], &["a", "b", "a", "b"]] {
        let found = groups.iter().collect::<BTreeSet<_>>().len();
        for error in [checked_holdout(groups, 0).map(drop), checked_folds(groups, 2, 0).map(drop)] {
            let error = error.expect_err("too few groups");
            assert_eq!((error.to_string(), error.hint()), (format!("{expected} {found}"), hint));
        }
    }
    assert!(checked_holdout(&["a", "b", "c"], 0).is_ok() && checked_folds(&["a", "b", "c"], 3, 0).is_ok());
    // One group is most of the recordings: both others make the fifth that is held out.
    let error = checked_holdout(&["a", "a", "a", "a", "a", "a", "a", "a", "b", "c"], 0).expect_err("one group is left");
    assert_eq!(
        error.to_string(),
        "expected at least 2 groups to learn from, found 1 of 3, for the others are held out"
    );
    let error = checked_folds(&["a", "a", "b", "c"], 2, 0).expect_err("one group is left");
    assert_eq!(
        error.to_string(),
        "expected at least 2 groups to learn from, found 1 of 3, for the others are held out"
    );
    for (folds, message) in [
        (0, "setting `--folds`: expected at least 2, found 0"),
        (1, "setting `--folds`: expected at least 2, found 1"),
        (5, "expected at least 5 groups, found 3"),
    ] {
        assert_eq!(checked_folds(&["a", "b", "c"], folds, 0).expect_err("folds").to_string(), message);
    }
}

#[test]
fn large_groups_are_dealt_first() {
    // Sizes 4, 3, 2, 2, 1 in two folds: 4 + 2 and 3 + 2 + 1.
    let groups: Vec<&str> = "aaaabbbccdde".split("").filter(|name| !name.is_empty()).collect();
    for seed in 0..20 {
        let splits = folds(&groups, 2, seed).expect("five groups");
        assert_eq!(splits.iter().map(|split| split.test().len()).collect::<Vec<_>>(), [6, 6]);
    }
}

#[test]
fn one_huge_group_still_leaves_both_sides() {
    let groups = ["a", "a", "a", "a", "a", "a", "a", "a", "a", "b"];
    for seed in 0..20 {
        assert_eq!(holdout(&groups, 0.2, seed).expect("two groups").test(), [9]);
        let split = holdout(&groups, 0.9, seed).expect("two groups");
        assert_eq!(split.train().len() + split.test().len(), 10);
    }
}

#[test]
fn a_seed_means_the_same_for_ever() {
    let groups: Vec<String> = (0..10).map(|at| at.to_string()).collect();
    let tests =
        |seed| folds(&groups, 3, seed).expect("folds").iter().map(|split| split.test().to_vec()).collect::<Vec<_>>();
    assert_eq!(tests(0), PINNED);
    assert_ne!(tests(0), tests(1));
}

/// Written down once: saved models and printed scores refer to seeds.
const PINNED: [&[usize]; 3] = [&[0, 3, 6, 7], &[1, 2, 5], &[4, 8, 9]];

proptest! {
    #[test]
    fn folds_test_each_recording_once_and_part_no_group(
        groups in prop::collection::vec(0_u8..12, 2..60), count in 2_usize..6, seed: u64,
    ) {
        let groups = names(&groups);
        let sizes = groups.iter().fold(BTreeMap::new(), |mut sizes: BTreeMap<&String, usize>, group| {
            *sizes.entry(group).or_default() += 1;
            sizes
        });
        let Ok(splits) = folds(&groups, count, seed) else {
            prop_assert!(sizes.len() < count);
            return Ok(());
        };
        let mut tested: Vec<usize> = splits.iter().flat_map(|split| split.test().to_vec()).collect();
        tested.sort_unstable();
        prop_assert_eq!(tested, (0..groups.len()).collect::<Vec<_>>());
        for split in &splits {
            prop_assert!(sides_share_no_group(split, &groups));
            prop_assert_eq!(split.train().len() + split.test().len(), groups.len());
        }
        // Dealing the largest first onto the smallest never leaves two folds further apart than one group.
        let tests: Vec<usize> = splits.iter().map(|split| split.test().len()).collect();
        let spread = tests.iter().max().expect("folds") - tests.iter().min().expect("folds");
        prop_assert!(spread <= *sizes.values().max().expect("groups"));
        prop_assert_eq!(splits, folds(&groups, count, seed).expect("the same"));
    }

    #[test]
    fn the_order_of_recordings_does_not_matter(groups in prop::collection::vec(0_u8..12, 2..60), seed: u64) {
        let groups = names(&groups);
        let reversed: Vec<String> = groups.iter().rev().cloned().collect();
        let tested = |groups: &[String]| -> Option<Vec<BTreeSet<String>>> {
            let splits = folds(groups, 2, seed).ok()?;
            Some(splits.iter().map(|split| split.test().iter().map(|at| groups[*at].clone()).collect()).collect())
        };
        prop_assert_eq!(tested(&groups), tested(&reversed));
    }

    #[test]
    fn a_holdout_parts_no_group_and_is_near_its_share(
        groups in prop::collection::vec(0_u8..12, 2..60), share in 0.05_f64..0.95, seed: u64,
    ) {
        let groups = names(&groups);
        let Ok(split) = holdout(&groups, share, seed) else {
            prop_assert_eq!(groups.iter().collect::<BTreeSet<_>>().len(), 1);
            return Ok(());
        };
        prop_assert!(sides_share_no_group(&split, &groups));
        prop_assert_eq!(split.train().len() + split.test().len(), groups.len());
        let largest = groups.iter().map(|group| groups.iter().filter(|other| *other == group).count()).max();
        let off = (split.test().len() as f64 - share * groups.len() as f64).abs();
        prop_assert!(off <= largest.expect("groups") as f64, "{off}");

        if let Ok(inner) = split.within_train(&groups, 0.2, seed) {
            prop_assert!(sides_share_no_group(&inner, &groups));
            let mut train = [inner.train(), inner.test()].concat();
            train.sort_unstable();
            prop_assert_eq!(&train[..], split.train());
        }
    }
}

mod plans {
    use std::collections::BTreeSet;
    use std::fs;

    use proptest::prelude::*;
    use violin_emotion::data::Plan;

    /// Each repetition tests each recording once, and never learns from what shares one of `kinds` with what it tests.
    fn check(plan: &Plan, kinds: &[&[String]]) {
        for splits in plan.repetitions() {
            let mut tested: Vec<usize> = splits.iter().flat_map(|split| split.test().to_vec()).collect();
            tested.sort_unstable();
            assert_eq!(tested, (0..kinds[0].len()).collect::<Vec<_>>());
            for split in splits {
                for kind in kinds {
                    let side = |side: &[usize]| side.iter().map(|&at| kind[at].clone()).collect::<BTreeSet<_>>();
                    assert!(side(split.train()).is_disjoint(&side(split.test())));
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn nothing_of_either_kind_stands_on_both_sides(
            pairs in proptest::collection::vec((0..9u8, 0..7u8), 12..60), k in 2..4usize, seed in 0..9u64,
        ) {
            let groups: Vec<String> = pairs.iter().map(|(group, _)| format!("player {group}")).collect();
            let pieces: Vec<String> = pairs.iter().map(|(_, piece)| format!("piece {piece}")).collect();
            if let Ok(plan) = Plan::crossed(&groups, &pieces, k, 2, seed) {
                check(&plan, &[&groups, &pieces]);
                prop_assert_eq!(plan.repetitions().len(), 2);
            }
        }

        #[test]
        fn fewer_groups_are_some_of_the_same(groups in proptest::collection::vec(0..12u8, 20..50), seed in 0..9u64) {
            let groups: Vec<String> = groups.iter().map(|group| group.to_string()).collect();
            let plan = Plan::by_group(&groups, 3, 1, seed).expect("folds");
            let fewer = plan.with_fewer_groups(&groups, 0.5, seed).expect("folds");
            check(&fewer, &[&groups]);
            for (less, more) in fewer.repetitions()[0].iter().zip(&plan.repetitions()[0]) {
                prop_assert!(less.train().iter().all(|at| more.train().contains(at)));
                prop_assert!(less.train().len() < more.train().len());
            }
        }
    }

    #[test]
    fn players_of_pieces_of_their_own_are_folded_once_and_shared_pieces_make_a_grid() {
        let own: (Vec<String>, Vec<String>) = (0..24).map(|at| (format!("{}", at / 4), format!("{}", at / 2))).unzip();
        let plan = Plan::crossed(&own.0, &own.1, 3, 1, 0).expect("folds");
        assert_eq!((plan.splits(), plan.described().as_str()), (3, "3 folds by both groups"));
        let shared: (Vec<String>, Vec<String>) =
            (0..36).map(|at| (format!("{}", at / 6), format!("{}", at % 6))).unzip();
        let plan = Plan::crossed(&shared.0, &shared.1, 3, 1, 0).expect("folds");
        assert_eq!((plan.splits(), plan.described().as_str()), (9, "3 × 3 folds by both groups"));
        check(&plan, &[&shared.0, &shared.1]);
        // Of six players and six pieces four are learned from.
        assert!(plan.repetitions()[0].iter().all(|split| split.train().len() == 16 && split.test().len() == 4));
    }

    #[test]
    fn each_group_may_be_held_out_by_itself() {
        let groups: Vec<String> = [0, 0, 1, 2, 2, 2, 3].iter().map(|group: &i32| group.to_string()).collect();
        let plan = Plan::leave_one_group_out(&groups).expect("folds");
        check(&plan, &[&groups]);
        assert_eq!(plan.splits(), 4);
    }

    #[test]
    fn folds_are_read_as_they_stand_and_what_is_wrong_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let csv = folder.path().join("folds.csv");
        let names = ["a.wav", "b.wav", "c.wav", "d.wav", "e.wav"];
        let groups = ["1", "1", "2", "3", "4"];
        let read = |text: &str| {
            fs::write(&csv, text).expect("a file");
            Plan::from_file(&csv, &names, &groups)
        };
        let plan = read("filename,one,two\nd.wav,0,x\nb.wav,1,y\nother.wav,0,x\na.wav,1,y\nc.wav,2,y\ne.wav,2,x\n");
        let plan = plan.expect("folds");
        let tests = |repetition: usize| -> Vec<Vec<usize>> {
            plan.repetitions()[repetition].iter().map(|split| split.test().to_vec()).collect()
        };
        assert_eq!((tests(0), tests(1)), (vec![vec![3], vec![0, 1], vec![2, 4]], vec![vec![3, 4], vec![0, 1, 2]]));
        assert_eq!(plan.described(), "folds as given, 2 times");
        let refused = |text: &str| read(text).expect_err("folds that cannot be used").to_string();
        let path = csv.display();
        assert_eq!(
            refused("filename,one\na.wav,0\nb.wav,0\nc.wav,1\nd.wav,\na.wav,1\ne.wav,1\n"),
            format!(
                "{path}: 2 problems:\n  line 5, column `one`: expected a fold, found an empty cell\n  \
                 line 6, column `filename`: expected each recording once, found `a.wav` again"
            )
        );
        assert!(
            refused("filename,one\na.wav,0\nb.wav,0\nc.wav,1\ne.wav,1\n")
                .ends_with("expected a row for `d.wav`, found none")
        );
        assert!(refused("file,one\n").contains("expected rows below the header"));
        assert!(refused("name,one\na.wav,0\n").contains("expected a column `filename`, found `name`, `one`"));
        let split = "filename,one\na.wav,0\nb.wav,1\nc.wav,1\nd.wav,2\ne.wav,2\n";
        let place = format!("{path}: line 1, column `one`: ");
        assert_eq!(refused(split), format!("{place}expected each group on one side, found `1` on both"));
        let single = "filename,one\na.wav,0\nb.wav,0\nc.wav,0\nd.wav,0\ne.wav,0\n";
        assert_eq!(refused(single), place + "expected at least one recording on each side, found 0 and 5");
    }
}
