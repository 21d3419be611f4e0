//! The examples in `docs/examples`: each is solved without breaking a rule, and with what it is an example of.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

use optimizer::check::{Report, check};
use optimizer::{Halt, Problem, Schedule, Settings, Solution, StopId, StopRule, json, solve, timetable};

/// An example and its plan.
struct Example {
    problem: Problem,
    plan: Solution,
    report: Report,
}

impl Example {
    /// The stops of each vehicle, by their numbers in the file.
    fn routes(&self) -> Vec<Vec<usize>> {
        let numbers = |route: &Vec<StopId>| route.iter().map(|stop| stop.index()).collect();
        self.plan.routes.iter().map(numbers).collect()
    }

    fn times(&self, vehicle: usize) -> Schedule {
        timetable(&self.problem, &self.plan, self.problem.vehicle_ids().nth(vehicle).unwrap())
    }

    fn halts(&self, vehicle: usize) -> Vec<Halt> {
        self.times(vehicle).halts.iter().map(|halted| halted.stopover.what).collect()
    }

    /// The example without something, solved anew: its cost.
    fn cost_without(text: &str, what: &str, instead: &str) -> optimizer::Cost {
        assert_eq!(text.matches(what).count(), 1, "{what} is not in the example once");
        solved(&text.replace(what, instead)).report.cost
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn solved(text: &str) -> Example {
    let problem = json::read(text).unwrap().problem;
    let stop = StopRule { iterations: Some(2000), ..StopRule::default() };
    let plan = solve(&problem, &stop, &Settings::default()).solution;
    let report = check(&problem, &plan);
    Example { problem, plan, report }
}

/// Whether the plan has what the example is for.
fn is_used(name: &str, text: &str, example: &Example) {
    let routes = example.routes();
    let report = &example.report;
    match name {
        "breaks" => assert_eq!((example.halts(0), report.breaks), (vec![Halt::Break(0)], 1800)),
        "several-windows" => {
            let mill = example.times(0).visits[1];
            assert_eq!((&routes[0][..], mill.begin, report.late), (&[1, 0][..], 5400, 0));
        }
        "returns" => assert_eq!(routes, [[0, 1]], "there is room for them only then"),
        "shipments" => {
            let at = |stop: usize| routes[0].iter().position(|&other| other == stop).unwrap();
            assert!(at(0) < at(1), "{routes:?}");
        }
        "alternatives" => {
            let served = [0, 1].map(|stop| routes[0].contains(&stop));
            assert_eq!(served.into_iter().filter(|served| *served).count(), 1);
        }
        "together" => {
            let both = |route: &&Vec<usize>| route.contains(&0) && route.contains(&1);
            assert_eq!(routes.iter().filter(both).count(), 1);
            assert!(
                Example::cost_without(text, r#""together": [[0, 1]]"#, r#""together": []"#) < report.cost
            );
        }
        "apart" => {
            assert_eq!(report.vehicles_used, 2);
            assert!(Example::cost_without(text, r#""apart": [[0, 1]]"#, r#""apart": []"#) < report.cost);
        }
        "reloads" => assert_eq!((report.reloads, example.halts(0)), (1, vec![Halt::Reload(0)])),
        "releases" => {
            let halt = example.times(0).halts[0];
            assert_eq!((&routes[0][..], halt.stopover.before, halt.to), (&[0, 1][..], 1, 7200));
        }
        "batteries" => {
            assert_eq!((example.halts(0), report.charging), (vec![Halt::Charge(0)], 6 * 60));
        }
        "emissions" => {
            assert_eq!(routes, [[1, 0]]);
            assert!(report.grams > 0);
        }
        "limits" => {
            assert!(routes[1].contains(&2) && report.vehicles_used == 2, "{routes:?}");
            assert!(example.times(0).metres <= 15_000 && example.times(1).duration() <= 2700);
            let far = Example::cost_without(text, r#""max_distance": 15000"#, r#""max_distance": 99000"#);
            assert!(far < report.cost);
        }
        "several-depots" => assert_eq!(routes, [[0], [1]]),
        "service-by-kind" => {
            let visits = example.times(1).visits;
            assert_eq!((visits.len(), report.service), (2, 240), "the bike serves both");
        }
        _ => panic!("nothing is said of the example {name}"),
    }
}

#[test]
fn each_example_is_solved_with_what_it_is_an_example_of() {
    let listed = std::fs::read_to_string(docs().join("problem-json.md")).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(docs().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let example = solved(&text);
        println!("{name}: {:?}", example.plan);
        assert_eq!((&example.report.violations[..], example.report.unserved), (&[][..], 0), "{name}");
        is_used(&name, &text, &example);
        assert!(listed.contains(&format!("(examples/{name}.json)")), "{name} is not listed");
        seen += 1;
    }
    assert_eq!((seen, listed.matches("(examples/").count()), (14, 14));
}
