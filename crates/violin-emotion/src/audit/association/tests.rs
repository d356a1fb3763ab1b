use super::*;

/// Labels of two emotions from the first one's share.
fn labels(first: &[f64], groups: &[String]) -> Labels {
    Labels::new(first.iter().flat_map(|&share| [share, 1.0 - share]).collect(), 2, groups)
}

fn each_its_own(count: usize) -> Vec<String> {
    (0..count).map(|at| at.to_string()).collect()
}

fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    move || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// The definition, pair by pair.
fn slowly(property: &Property, labels: &Labels) -> f64 {
    let neighbours = Neighbours::new(property, labels);
    let n = labels.recordings();
    let place = |at: usize| neighbours.order.iter().position(|&other| other == at).expect("a place");
    let (mut missed, mut all) = (0.0, 0.0);
    for emotion in 0..labels.emotions {
        let share = |at: usize| labels.shares[at * labels.emotions + emotion];
        let mean = (0..n).map(share).sum::<f64>() / n as f64;
        for at in 0..n {
            let (start, end) = neighbours.ranges[at];
            let near =
                (0..n).filter(|&it| (start..end).contains(&place(it)) && labels.group_of[it] != labels.group_of[at]);
            let near: Vec<f64> = near.map(share).collect();
            let guess = (near.iter().sum::<f64>() + PRIOR * mean) / (near.len() as f64 + PRIOR);
            missed += (share(at) - guess).powi(2);
            all += (share(at) - mean).powi(2);
        }
    }
    1.0 - missed / all
}

#[test]
fn prefix_sums_explain_what_the_definition_explains() {
    let mut draw = random(1);
    let groups: Vec<String> = (0..40).map(|at| (at % 7).to_string()).collect();
    let labels = labels(&(0..40).map(|_| draw()).collect::<Vec<f64>>(), &groups);
    for property in [
        Property::Numbers((0..40).map(|_| draw()).collect()),
        Property::Numbers((0..40).map(|_| (4.0 * draw()).floor()).collect()),
        Property::Names((0..40).map(|_| format!("{:.0}", 5.0 * draw())).collect()),
    ] {
        let fast = Neighbours::new(&property, &labels).explain(&labels.shares, 2);
        // f64 sums in another order.
        assert!((fast - slowly(&property, &labels)).abs() < 1e-9, "{fast}");
    }
}

#[test]
fn equal_names_explain_equal_labels_and_noise_explains_nothing() {
    let first: Vec<f64> = (0..30).map(|at| if at % 3 == 0 { 0.9 } else { 0.1 }).collect();
    let labels = labels(&first, &each_its_own(30));
    let names = Property::Names((0..30).map(|at| (at % 3).to_string()).collect());
    let numbers = Property::Numbers((0..30).map(f64::from).collect());
    let found = test(&[names, numbers, Property::Numbers(vec![1.0; 30])], &labels, 0);
    let by_name = found[0].expect("a test");
    assert!(by_name.explains > 0.95 && by_name.p < 2e-4, "{by_name:?}");
    assert!(found[1].is_some_and(|it| it.explains < 0.1 && it.p > 0.01), "{:?}", found[1]);
    assert_eq!(found[2], None, "what is the same for all");
}

#[test]
fn a_property_of_the_group_is_judged_by_groups() {
    // Eight players, each with a level and a mood of their own, ten takes each: eight draws, not eighty.
    let mut alarms = 0;
    for seed in 0..40 {
        let mut draw = random(seed);
        let (moods, levels): (Vec<f64>, Vec<f64>) = (0..8).map(|_| (draw(), draw())).unzip();
        let groups: Vec<String> = (0..80).map(|at| (at / 10).to_string()).collect();
        let first: Vec<f64> = (0..80).map(|at| 0.8 * moods[at / 10] + 0.2 * draw()).collect();
        let level = Property::Numbers((0..80).map(|at| levels[at / 10] + 0.01 * draw()).collect());
        let found = test(&[level], &labels(&first, &groups), seed)[0].expect("a test");
        alarms += usize::from(found.p < 0.05);
    }
    // 40 × 0.05 = 2 are expected; six or more come once in 70 times.
    assert!(alarms <= 5, "{alarms}");
}

#[test]
fn nobody_is_raised_by_chance() {
    // Twelve properties of cheap metadata, groups of many sizes, players with moods and habits: alarms at 0.01 over all.
    let (draws, mut alarms, mut least) = (60, 0, Vec::new());
    for seed in 0..draws {
        let mut draw = random(1000 + seed);
        // Three groups to fifteen, some large and some small.
        let most = 3.0 + 11.0 * (seed as f64 / draws as f64);
        let groups: Vec<String> = (0..60).map(|_| format!("{:.0}", most * draw() * draw())).collect();
        let mood: Vec<f64> = (0..15).map(|_| draw()).collect();
        let habit: Vec<f64> = (0..15).map(|_| draw()).collect();
        let of = |group: &String| group.parse::<usize>().expect("a number");
        let first: Vec<f64> = groups.iter().map(|group| 0.5 * mood[of(group)] + 0.5 * draw()).collect();
        let mut properties = Vec::new();
        for kind in 0..12 {
            properties.push(match kind % 3 {
                0 => Property::Numbers(groups.iter().map(|_| draw()).collect()),
                1 => Property::Numbers(groups.iter().map(|group| habit[of(group)] + 0.3 * draw()).collect()),
                _ => Property::Names(groups.iter().map(|_| format!("{:.0}", 3.0 * draw())).collect()),
            });
        }
        let p: Vec<f64> =
            test(&properties, &labels(&first, &groups), seed).into_iter().flatten().map(|found| found.p).collect();
        let corrected = holm(&p);
        least.push(p.iter().copied().fold(1.0, f64::min));
        alarms += usize::from(corrected.iter().any(|p| *p < ALPHA));
    }
    // 0.6 are expected; four or more come once in 300 times.
    assert!(alarms <= 3, "{alarms}: {least:?}");
}

#[test]
fn holm_multiplies_by_what_is_left() {
    assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
    assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    assert_eq!(holm(&[]), [0.0; 0]);
}

#[test]
fn too_few_are_not_tested() {
    let few = labels(&[0.1, 0.5, 0.9], &each_its_own(3));
    assert_eq!(test(&[Property::Numbers(vec![1.0, 2.0, 3.0])], &few, 0), [None]);
    let equal = labels(&[0.5; 20], &each_its_own(20));
    assert_eq!(test(&[Property::Numbers((0..20).map(f64::from).collect())], &equal, 0), [None]);
}
