//! Any bytes as an instance file: whatever can be read is solved, judged, written, drawn and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use optimizer::check::check;
use optimizer::io::{Convention, Objective, parse_instance, plot, read_solution, unpack, write_solution};
use optimizer::{Settings, StopRule, json, solve};

/// Larger problems say nothing new and take long.
const MOST: usize = 40;

const USUAL: Convention = Convention { rounding: None, objective: Objective::Distance };

fuzz_target!(|bytes: &[u8]| {
    let Ok(unpacked) = unpack("any", bytes.to_vec()) else { return };
    let Ok(instance) = parse_instance("any", &unpacked, USUAL) else { return };
    let written = json::write(&instance.name, &instance.problem).expect("coordinates are finite");
    parse_instance("any", written.as_bytes(), USUAL).expect("what we write we read");
    if instance.problem.stop_ids().len() > MOST || instance.problem.vehicle_ids().len() > MOST {
        return;
    }
    let stop = StopRule { iterations: Some(50), ..StopRule::default() };
    let outcome = solve(&instance.problem, &stop, &Settings::default());
    let report = check(&instance.problem, &outcome.solution);
    assert_eq!(report.score(), outcome.score, "the search and the checker agree");
    let cost = instance.cost(&outcome.solution, &report);
    let _ = plot(&instance, &outcome.solution, cost);
    let text = write_solution(&instance, &outcome.solution, cost);
    let again = read_solution("any", text.as_bytes(), &instance);
    if instance.problem.vehicle_ids().len() > 0 && !outcome.solution.routes.iter().all(Vec::is_empty) {
        let again = again.expect("a plan that was written is read");
        assert_eq!(check(&instance.problem, &again).unserved, report.unserved);
    }
});
