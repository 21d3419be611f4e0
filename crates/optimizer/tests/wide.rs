//! What must hold on problems that have what the real world has, every pair of features together, with the independent
//! checker as the judge.

mod town;
#[path = "town/wide.rs"]
mod wide_town;

use optimizer::check::check;
use optimizer::{
    Cost, Problem, Settings, Solution, Stop, best_insertions, fitted_out, solve, timetable,
};
use town::{Dice, first_plan};
use wide_town::{Feature, scattered, wide_town};

/// Every pair of features, some with a third.
fn pairs() -> Vec<Vec<Feature>> {
    let mut dice = Dice(77);
    let mut all = Vec::new();
    for (index, &first) in Feature::ALL.iter().enumerate() {
        for &second in &Feature::ALL[index..] {
            let mut features = vec![first, second];
            if dice.once_in(3) {
                features.push(Feature::ALL[dice.roll(Feature::ALL.len() as i64) as usize]);
            }
            features.sort_unstable();
            features.dedup();
            all.push(features);
        }
    }
    all
}

/// A problem for each pair of features.
fn problems(stops: usize, vehicles: usize, salt: u64) -> impl Iterator<Item = (Vec<Feature>, Problem)> {
    (0_u64..).zip(pairs()).map(move |(index, features)| {
        let problem = wide_town(stops, vehicles, index.wrapping_mul(0x9E37_79B9) ^ salt, &features);
        (features, problem)
    })
}

#[test]
fn a_search_agrees_with_the_judge_on_every_pair_of_features() {
    for (features, problem) in problems(24, 4, 1) {
        let stop = Stop { iterations: Some(150), ..Stop::default() };
        let outcome = solve(&problem, &stop, &Settings::default());
        let report = check(&problem, &outcome.solution);
        assert_eq!(report.score(), outcome.score, "{features:?}");
        let nothing = check(&problem, &Solution::nothing_served(&problem));
        assert!(report.score() <= nothing.score(), "{features:?}");
        if nothing.is_feasible() {
            assert!(report.is_feasible(), "{features:?}: {:?}", report.violations);
        }
    }
}
