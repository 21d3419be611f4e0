//! `doorstep-solve` as people and programs call it: files in, plans out, and clear words where something is wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// A circle of customers with time windows, made up here.
fn circle(customers: usize) -> String {
    let mut text = String::from(
        "circle\n\nVEHICLE\nNUMBER CAPACITY\n 20 50\n\nCUSTOMER\nCUST NO.\n\n0 0 0 0 0 1000 0\n",
    );
    for number in 1..=customers {
        let angle = number as f64 * 2.4;
        let radius = 20.0 + (number % 7) as f64 * 5.0;
        let ready = (number * 37) % 400;
        text.push_str(&format!(
            "{number} {:.0} {:.0} {} {ready} {} 10\n",
            radius * angle.cos(),
            radius * angle.sin(),
            1 + number % 9,
            ready + 300
        ));
    }
    text
}

/// A folder of its own for a test, gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn program(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstep-solve")).args(words).output().unwrap()
}

fn solve(words: &[&str]) -> serde_json::Value {
    let output = program(&[words, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "progress is for terminals");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_instance_becomes_a_plan_a_file_and_a_picture_in_its_time() {
    let folder = Folder::new("whole");
    let instance = folder.file("circle.txt", &circle(40));
    let (out, plot) = (folder.path("circle.sol"), folder.path("circle.svg"));
    let began = Instant::now();
    let answer = solve(&[&instance, "--time", "1", "--out", &out, "--plot", &plot]);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!((answer["feasible"].as_bool(), answer["customers"].as_u64()), (Some(true), Some(40)));
    assert!(answer["iterations"].as_u64().unwrap() > 0 && answer["seconds"].as_f64().unwrap() <= 1.5);

    let text = folder.read("circle.sol");
    assert!(text.ends_with(&format!("\nCost {:.1}\n", answer["cost"].as_f64().unwrap())), "{text}");
    let mut customers: Vec<usize> = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, stops)| stops.split(' ').map(|stop| stop.parse().unwrap()))
        .collect();
    customers.sort_unstable();
    assert_eq!(customers, (1..=40).collect::<Vec<_>>());
    assert_eq!(text.matches("Route #").count() as u64, answer["routes"].as_u64().unwrap());
    assert!(folder.read("circle.svg").starts_with("<svg "));

    let checked = solve(&[&instance, "--check", &out]);
    assert_eq!((&checked["cost"], &checked["feasible"]), (&answer["cost"], &answer["feasible"]));
}

#[test]
fn the_same_seed_and_iterations_give_the_same_plan() {
    let folder = Folder::new("same");
    let instance = folder.file("circle.txt", &circle(40));
    for name in ["a.sol", "b.sol"] {
        let out = folder.path(name);
        solve(&[&instance, "--iterations", "2000", "--threads", "2", "--seed", "7", "--out", &out]);
    }
    assert_eq!(folder.read("a.sol"), folder.read("b.sol"));
}

#[test]
fn a_given_start_is_never_made_worse() {
    let folder = Folder::new("start");
    let instance = folder.file("circle.txt", &circle(40));
    let start = folder.path("start.sol");
    let first = solve(&[&instance, "--iterations", "5000", "--out", &start]);
    let second = solve(&[&instance, "--iterations", "1", "--seed", "9", "--start", &start]);
    assert!(second["cost"].as_f64().unwrap() <= first["cost"].as_f64().unwrap(), "{first} {second}");
}

#[test]
fn fewer_vehicles_may_be_asked_for_first() {
    let folder = Folder::new("vehicles");
    let instance = folder.file("circle.txt", &circle(40));
    let routes = |objective| {
        let answer = solve(&[&instance, "--iterations", "20000", "--objective", objective]);
        answer["routes"].as_u64().unwrap()
    };
    assert!(routes("vehicles") <= routes("distance"));
}

#[test]
fn whoever_cannot_be_served_is_left_out_and_named() {
    let folder = Folder::new("partial");
    let heavy = circle(5).replace("20 50", "20 3");
    let answer = solve(&[&folder.file("heavy.txt", &heavy), "--iterations", "100"]);
    assert_eq!(answer["feasible"], false);
    assert_eq!(answer["unserved"], serde_json::json!([3, 4, 5]), "a vehicle holds 3, and they weigh more");
    let table = program(&[&folder.path("heavy.txt"), "--iterations", "100"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("feasible   no\nleft out   3 4 5\n"), "{table}");
}

#[test]
fn what_vehicles_do_on_the_way_is_read_and_written_with_the_plan() {
    let folder = Folder::new("halts");
    let instance = r#"{"dimensions": 0, "matrices": [{"seconds": [[0, 9], [9, 0]]}],
        "vehicles": [{"start": 0, "end": 0, "shift": [0, 900], "capacity": [],
            "breaks": [{"window": [0, 900], "duration": 60}], "reloads": {"places": [0], "most": 1}}],
        "stops": [{"place": 1, "window": [0, 900], "demand": [], "unserved_penalty": 5},
            {"place": 1, "window": [0, 900], "demand": [], "unserved_penalty": 5}]}"#;
    let instance = folder.file("halts.json", instance);
    let (plan, out) = (folder.file("plan.sol", "Route #1: 2 break#1 reload#1 1\n"), folder.path("out.sol"));
    solve(&[&instance, "--check", &plan, "--out", &out]);
    assert!(folder.read("out.sol").starts_with("Route #1: 2 break#1 reload#1 1\nCost "));
    let stranger = folder.file("plan.sol", "Route #1: 2 charge#1 1\n");
    let output = program(&[&instance, "--check", &stranger]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, format!("{stranger}:1: `charge#1` is nothing that this vehicle has\n"));
}

#[test]
fn a_plan_that_breaks_rules_is_told_so() {
    let folder = Folder::new("broken");
    let instance = folder.file("circle.txt", &circle(20));
    let all: Vec<String> = (1..=20).map(|customer| customer.to_string()).collect();
    let plan = folder.file("all.sol", &format!("Route #1: {}\n", all.join(" ")));
    let checked = solve(&[&instance, "--check", &plan]);
    assert_eq!(checked["feasible"], false);
    let said = checked["violations"].to_string();
    assert!(said.contains("over its capacity") && said.contains("after its window"), "{said}");
}

#[test]
fn the_checker_speaks_the_numbers_and_units_of_the_file() {
    let folder = Folder::new("units");
    let text = "late\n\nVEHICLE\nNUMBER CAPACITY\n 2 5\n\nCUSTOMER\nCUST NO.\n\n0 0 0 0 0 100 0\n\
                1 30 0 3 0 12.4 10\n2 0 30 3 0 90 0\n";
    let instance = folder.file("late.txt", text);
    let plan = folder.file("late.sol", "Cost 1\n\nRoute #7: 1 2\n");
    let said = solve(&[&instance, "--check", &plan])["violations"].to_string();
    let late = format!("{plan}:3: customer 1 is served 17.6 units after its window by route #7");
    let over = format!("{plan}:3: route #7 is 1 over its capacity");
    assert_eq!(said.matches(&late).count() + said.matches(&over).count(), 2, "{said}");
    assert!(!said.contains("vehicle") && !said.contains("stop ") && !said.contains(" s after"), "{said}");
    let table = String::from_utf8(program(&[&instance, "--check", &plan]).stdout).unwrap();
    assert!(table.contains(&format!("broken     {late}\n")), "{table}");

    let answer = solve(&[&instance, "--iterations", "50"]);
    assert_eq!(answer["unserved"], serde_json::json!([1]), "nobody can be there by 12.4");
    let reason = &answer["reasons"][0];
    assert_eq!(reason["customer"], 1);
    assert_eq!(reason["reason"], "another vehicle would come 17.6 units after its window");
    let table = String::from_utf8(program(&[&instance, "--iterations", "50"]).stdout).unwrap();
    assert!(table.contains("left out   1\nbecause    1: another vehicle would come 17.6"), "{table}");
}

#[test]
fn a_fault_of_alternatives_is_said_once_with_its_line() {
    let folder = Folder::new("alternatives");
    let text = "NAME: g\nTYPE: GVRP\nDIMENSION: 5\nVEHICLES: 3\nCAPACITY: 9\nEDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION\n1 0 0\n2 1 0\n3 2 0\n4 3 0\n5 4 0\nDEMAND_SECTION\n1 0\n2 1\n3 1\n4 1\n5 1
MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 3 4\n2 5\nDEPOT_SECTION\n1\n-1\nEOF\n";
    let instance = folder.file("groups.vrp", text);
    let plan = folder.file("groups.sol", "Route #1: 1 4\nRoute #2: 2\nRoute #3: 3\n");
    let answer = solve(&[&instance, "--check", &plan]);
    let said = format!("{plan}:3: of customers 1, 2 and 3 one is enough, and 3 are served");
    assert_eq!(answer["violations"], serde_json::json!([said]));
}

#[test]
fn reasons_are_in_the_words_of_the_problem() {
    let folder = Folder::new("reasons");
    let instance = r#"{"dimensions": 2, "matrices": [{"seconds": [[0, 9], [9, 0]]}],
        "vehicles": [{"start": 0, "end": 0, "shift": [0, 900], "capacity": [4, 4], "cost_per_hour": 3600}],
        "stops": [{"place": 1, "window": [0, 900], "demand": [1, 7], "unserved_penalty": 500},
            {"place": 1, "window": [0, 900], "demand": [1, 1], "unserved_penalty": 5},
            {"place": 1, "window": [0, 900], "demand": [1, 1], "needs": [3], "unserved_penalty": 500}]}"#;
    let answer = solve(&[&folder.file("out.json", instance), "--iterations", "50"]);
    let reasons: Vec<&str> =
        answer["reasons"].as_array().unwrap().iter().map(|own| own["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "route #1 would be 3 over its capacity in dimension 1",
            "serving it costs 18.00 more, and leaving it out 5.00",
            "no vehicle that could come can do what it needs",
        ]
    );
}

#[test]
fn what_other_programs_save_is_read_and_a_bad_plan_is_never_half_read() {
    let folder = Folder::new("saved");
    let text = circle(6);
    let plain = folder.file("plain.txt", &text);
    let marked = folder.file("marked.txt", &format!("\u{feff}{}", text.replace('\n', "\r\n")));
    let plan = folder.file("plan.sol", "\u{feff}Route #1: 1 2 3\r\nRoute #2: 4 5 6\r\n");
    let [one, other] = [&plain, &marked].map(|file| solve(&[file, "--check", &plan]));
    assert_eq!(
        (&one["cost"], &one["routes"], &one["unserved"]),
        (&other["cost"], &2.into(), &[0; 0][..].into())
    );
    for (name, broken) in
        [("typo", "Rout #1: 1 2 3\nRoute #2: 4 5 6\n"), ("twice", "Route #1: 1 2\nRoute #2: 2\n")]
    {
        let broken = folder.file(&format!("{name}.sol"), broken);
        for option in ["--check", "--start"] {
            let output = program(&[&plain, option, &broken]);
            assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.starts_with(&format!("{broken}:")) && said.lines().count() == 1, "{said}");
        }
    }
}

#[test]
fn no_customers_and_one_customer_are_answered() {
    let folder = Folder::new("few");
    for (customers, routes) in [(0, 0), (1, 1)] {
        let instance = folder.file("few.txt", &circle(customers));
        let answer = solve(&[&instance, "--time", "0.2"]);
        assert_eq!((answer["feasible"].as_bool(), answer["routes"].as_u64()), (Some(true), Some(routes)));
    }
}

#[test]
fn faults_go_to_stderr_with_their_place_and_a_code() {
    let folder = Folder::new("faults");
    let broken = folder.file("broken.txt", &circle(3).replace("2 ", "x "));
    let output = program(&[&broken, "--time", "1"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&format!("{broken}:")) && said.contains("is not a number"), "{said}");

    let code = |words: &[&str]| program(words).status.code();
    let sound = folder.file("circle.txt", &circle(3));
    assert_eq!(code(&["/nowhere/at/all.txt"]), Some(1));
    assert_eq!(code(&[&sound, "--time", "0.1", "--out", "/nowhere/at/all.sol"]), Some(1));
    assert_eq!(code(&[&sound, "--start", &broken, "--time", "0.1"]), Some(1));
    assert_eq!(code(&[&sound, "--time", "soon"]), Some(2));
    assert_eq!(code(&[&sound, "--speed", "9"]), Some(2));
    assert_eq!(code(&[]), Some(2));
    assert_eq!(code(&["--help"]), Some(0));
}

/// Whether the process has taken charge of the interrupt signal.
#[cfg(target_os = "linux")]
fn minds_ctrl_c(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 2 != 0)
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_stops_the_search_and_the_answer_is_still_written() {
    let folder = Folder::new("interrupted");
    let instance = folder.file("circle.txt", &circle(60));
    let out = folder.path("circle.sol");
    let child = Command::new(env!("CARGO_BIN_EXE_doorstep-solve"))
        .args([&instance, "--time", "60", "--out", &out])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !minds_ctrl_c(child.id()) {
        assert!(began.elapsed() < Duration::from_secs(30), "the program does not mind Ctrl-C");
        std::thread::yield_now();
    }
    let began = Instant::now();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && began.elapsed() < Duration::from_secs(5));
    assert!(folder.read("circle.sol").contains("Route #1: "));
}
