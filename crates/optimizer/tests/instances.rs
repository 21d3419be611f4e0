//! The benchmark sets themselves, where `DOORSTEP_DATA` names their folder: every published plan costs what it is
//! published to cost, by our readers and our checker.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

use optimizer::check::check;
use optimizer::io::{Convention, Objective, load, read_instance, read_solution};

/// The families with plans, and how many plans a full copy has of each.
const WITH_PLANS: [(&str, usize); 5] = [
    ("vrptw-gh800", 18),
    ("vrptw-gh1000", 18),
    ("vrptw-ortec-real", 10),
    ("cvrp-x", 67),
    ("cvrp-xxl-belgium", 7),
];

/// The families of rich problems, how many plans a full copy has of each, and what a unit of the published cost is of the
/// file's. Of mixed fleets some are published in another unit, 100,000 to one of the others.
const RICH: [(&str, usize, f64); 7] = [
    ("mdvrptw", 19, 0.001),
    ("sdvrptw-skills", 16, 0.001),
    ("hfvrp", 18, 100.0),
    ("pcvrptw-optional", 12, 0.1),
    ("vrpb-backhaul", 14, 1.0),
    ("mtvrptw-reload-release", 24, 0.1),
    ("gvrp-alternative-locations", 15, 1.0),
];

const USUAL: Convention = Convention { rounding: None, objective: Objective::Distance };

/// The family's folder, or none with a loud word.
fn family(name: &str) -> Option<PathBuf> {
    let Some(data) = std::env::var_os("DOORSTEP_DATA") else {
        skips::skip_all_the_same(
            name,
            "DOORSTEP_DATA does not name a folder with the benchmark instances in `vrp`",
        );
        return None;
    };
    let folder = PathBuf::from(data).join("vrp").join(name);
    assert!(folder.is_dir(), "DOORSTEP_DATA is set, but {} does not exist", folder.display());
    Some(folder)
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| endings.iter().any(|ending| path.to_str().unwrap().ends_with(ending)))
        .collect();
    files.sort();
    files
}

#[test]
fn every_published_plan_costs_what_it_is_published_to_cost() {
    for (name, plans) in WITH_PLANS {
        let Some(folder) = family(name) else { continue };
        let mut compared = 0;
        for instance in files(&folder, &[".vrp", ".txt", ".gz"]) {
            let base = instance.to_str().unwrap().trim_end_matches(".gz");
            let plan = Path::new(base).with_extension("sol");
            let text = String::from_utf8(load(&plan).unwrap()).unwrap();
            let published = text.lines().find_map(|line| line.strip_prefix("Cost")).unwrap();
            let published: f64 = published.trim_matches([' ', ':']).parse().unwrap();
            let instance = read_instance(&instance, USUAL).unwrap();
            let solution = read_solution(base, text.as_bytes(), &instance).unwrap();
            let report = check(&instance.problem, &solution);
            assert_eq!((report.violations.as_slice(), report.unserved), (&[][..], 0), "{base}");
            let cost = instance.cost(&solution, &report);
            assert!((cost - published).abs() < 1e-6, "{base}: {cost} is published as {published}");
            compared += 1;
        }
        assert_eq!(compared, plans, "{name}");
    }
}

#[test]
fn every_classic_instance_is_read() {
    for name in ["vrptw-solomon100", "vrptw-gh200", "vrptw-gh400", "vrptw-gh600", "cvrp-xml100"] {
        let Some(folder) = family(name) else { continue };
        for file in files(&folder, &[".txt", ".vrp"]) {
            let instance = read_instance(&file, USUAL).unwrap();
            assert!(instance.problem.stop_ids().len() >= 100, "{}", file.display());
        }
    }
}

#[test]
fn every_published_plan_of_a_rich_problem_costs_what_it_is_published_to_cost() {
    for (name, plans, unit) in RICH {
        let Some(folder) = family(name) else { continue };
        let mut compared = 0;
        for file in files(&folder, &[".vrp", ".vrp.gz"]) {
            let base = file.to_str().unwrap().trim_end_matches(".gz");
            let text = String::from_utf8(load(&Path::new(base).with_extension("sol")).unwrap()).unwrap();
            let published = text.lines().find_map(|line| line.strip_prefix("Cost")).unwrap();
            let published: f64 = published.trim_matches([' ', ':']).parse().unwrap();
            let published =
                if name == "hfvrp" && published > 1e9 { published / 1000.0 } else { published * unit };
            let instance = read_instance(&file, USUAL).unwrap();
            let solution = read_solution(base, text.as_bytes(), &instance).unwrap();
            let report = check(&instance.problem, &solution);
            assert!(instance.is_complete(&solution), "{base}");
            assert_eq!(report.violations.as_slice(), &[], "{base}");
            let cost = instance.cost(&solution, &report);
            // Those of mixed fleets in the larger unit were summed from rounded numbers.
            let exact = if name == "hfvrp" { 1.5 } else { 1e-6 };
            assert!((cost - published).abs() < exact, "{base}: {cost} is published as {published}");
            compared += 1;
        }
        assert_eq!(compared, plans, "{name}");
    }
}

#[test]
fn every_instance_of_li_and_lim_is_read() {
    for size in [100, 200, 400, 600, 800, 1000] {
        let Some(folder) = family(&format!("pdptw-lilim{size}")) else { continue };
        for file in files(&folder, &[".txt"]) {
            let instance = read_instance(&file, USUAL).unwrap();
            let (stops, shipments) =
                (instance.problem.stop_ids().len(), instance.problem.relations().shipments().len());
            assert!(stops >= size && stops == 2 * shipments, "{}", file.display());
        }
    }
}
