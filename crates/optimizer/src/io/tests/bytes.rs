//! Files as other programs save them: with byte order marks, old line ends and odd spaces, each read as the plain one; and
//! what is no plan in a solution file.

use super::super::*;
use super::{JSON, PLANE, SOLOMON, VRPLIB};
use crate::Problem;

const USUAL: Convention = Convention { rounding: None, objective: Objective::Distance };

const LILIM: &str = "2 50 1\n0 0 0 0 0 100 0 0 0\n1 3 4 8 0 50 1 0 2\n2 3 0 -8 0 60 1 1 0\n";

const FORMS: [&str; 5] = [SOLOMON, VRPLIB, PLANE, LILIM, JSON];

const SOL: &str = "Route #1: 1\nRoute #2: 2\nCost 20\n";

/// Everything that is the same of a file that another program has saved.
fn saved(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a mark", format!("\u{feff}{text}").into_bytes()),
        ("two marks", format!("\u{feff}\u{feff}{text}").into_bytes()),
        ("a mark where files were joined", text.replacen('\n', "\n\u{feff}", 1).into_bytes()),
        ("a mark on a line of its own", format!("\u{feff}\n{text}").into_bytes()),
        ("windows", text.replace('\n', "\r\n").into_bytes()),
        ("old", text.replace('\n', "\r").into_bytes()),
        ("NULs at the end", format!("{text}\0\0\0").into_bytes()),
        ("Ctrl-Z at the end", format!("{text}\u{1a}").into_bytes()),
        ("a mark and windows", format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes()),
    ]
}

fn read(bytes: &[u8]) -> Result<Problem, String> {
    let instance = parse_instance("a", bytes, USUAL).map_err(|bad| bad.to_string())?;
    Ok(instance.problem)
}

/// The problem's own text, which tells any two apart.
fn described(problem: &Problem) -> String {
    json::write("a", problem).unwrap()
}

#[test]
fn every_form_is_read_however_it_was_saved() {
    for text in FORMS {
        let plain = described(&read(text.as_bytes()).unwrap());
        for (how, bytes) in saved(text) {
            let problem = read(&bytes).unwrap_or_else(|said| panic!("{how}: {said}\n{text}"));
            assert_eq!(described(&problem), plain, "{how}: {text}");
        }
    }
    for text in [SOLOMON, VRPLIB, PLANE, LILIM] {
        let plain = described(&read(text.as_bytes()).unwrap());
        for space in ["\t", "\u{a0}", "\u{202f}", " \u{a0} "] {
            let odd = read(text.replace(' ', space).as_bytes());
            assert_eq!(described(&odd.unwrap()), plain, "{space:?}: {text}");
        }
        let latin: Vec<u8> = text.bytes().map(|byte| if byte == b' ' { 0xa0 } else { byte }).collect();
        assert_eq!(described(&read(&latin).unwrap()), plain, "a hard space in Latin-1");
    }
    assert_eq!(
        described(&json::read(&format!("\u{feff}{JSON}")).unwrap().problem),
        described(&read(JSON.as_bytes()).unwrap())
    );
}

#[test]
fn a_solution_file_is_read_however_it_was_saved() {
    let instance = parse_instance("a", SOLOMON.as_bytes(), USUAL).unwrap();
    let plain = read_solution("a.sol", SOL.as_bytes(), &instance).unwrap();
    assert_eq!(plain.routes.iter().filter(|route| !route.is_empty()).count(), 2);
    for (how, bytes) in saved(SOL).into_iter().chain(saved(&SOL.replace(' ', "\u{a0}"))) {
        assert_eq!(read_solution("a.sol", &bytes, &instance), Ok(plain.clone()), "{how}");
    }
}

#[test]
fn what_is_no_text_is_refused_by_name() {
    let instance = parse_instance("a", SOLOMON.as_bytes(), USUAL).unwrap();
    let wide = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    for text in FORMS.into_iter().chain([SOL]) {
        for mark in ["", "\u{feff}"] {
            for little in [true, false] {
                let bytes = wide(&format!("{mark}{text}"), little);
                assert_eq!(read(&bytes).unwrap_err(), "a: is UTF-16; save it as UTF-8");
                let said = read_solution("a.sol", &bytes, &instance).unwrap_err().to_string();
                assert_eq!(said, "a.sol: is UTF-16; save it as UTF-8");
            }
        }
    }
    let cut = SOL.replace("#2", "\0\0");
    let said = read_solution("a.sol", cut.as_bytes(), &instance).unwrap_err().to_string();
    assert!(said.starts_with("a.sol:2: a NUL byte"), "{said}");
}

#[test]
fn numbers_may_have_exponents_and_no_commas() {
    let plain = described(&read(PLANE.as_bytes()).unwrap());
    let powers = PLANE.replace("CAPACITY: 10", "CAPACITY: 1e1").replace("3 2 2", "3 2 0.2E+1");
    assert_eq!(described(&read(powers.as_bytes()).unwrap()), plain);
    for (text, from, to, line) in [(LILIM, "1 3 4", "1 3,5 4", 3), (LILIM, "2 50 1", "2 1,000 1", 1)] {
        let said = read(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(said.starts_with(&format!("a:{line}: `")) && said.contains("no commas"), "{said}");
    }
}

#[test]
fn a_line_that_is_no_route_of_a_solution_file_is_a_fault() {
    let instance = parse_instance("a", SOLOMON.as_bytes(), USUAL).unwrap();
    let tied = parse_instance("a", JSON.as_bytes(), USUAL).unwrap();
    for (line, said) in [
        ("Rout #1: 1", "`Rout #1: 1` is neither a route nor the cost; write routes like `Route #1: 3 5 8`"),
        ("Routes #1: 1", "`Routes #1: 1` is neither a route"),
        ("oute #1: 1", "`oute #1: 1` is neither a route"),
        ("#1: 1", "`#1: 1` is neither a route"),
        ("1: 1", "`1: 1` is neither a route"),
        ("Route1: 1", "`Route1: 1` is neither a route"),
        ("1 2", "`1 2` is neither a route"),
        ("qwerty", "`qwerty` is neither a route"),
        ("Route 1 1", "a route without a colon"),
        ("Route #1", "a route without a colon"),
        ("Route #x: 1", "`Route #x: 1` has no number that can be read"),
        ("Route #1 2: 1", "`Route #1 2: 1` has no number that can be read"),
        ("Route #1: 1 1", "customer 1 is named twice; leave one out"),
        ("Route #1: 2", "customer 2 is named in line 2 too; leave one out"),
        ("Route #2: 1", "this vehicle's route is given twice, in line 2 too; leave one out"),
        ("Route #1: one", "`one` is no customer"),
        ("Route #1: 1,", "`1,` is no customer"),
        ("Route #1: 1.5", "`1.5` is no customer"),
        ("Route #1: -1", "`-1` is no customer"),
        ("Cost twenty", "`Cost twenty` names no cost"),
    ] {
        for instance in [&instance, &tied] {
            let text = format!("\nRoute #2: 2\n{line}\nCost 3\n");
            let found = read_solution("a.sol", text.as_bytes(), instance).unwrap_err().to_string();
            assert!(found.starts_with(&format!("a.sol:3: {said}")), "{line}: {found}");
            assert_eq!(found.lines().count(), 1, "once: {found}");
        }
    }
    let headed = "Instance name : r101\nAuthors: A. B.\nDate : 2001\nReference: none\nSolution\nRoute 1 : 1\nroute #2:2\n\
                  Comment: good\nOptimal: no\nCost: 1e3\n";
    let read = read_solution("a.sol", headed.as_bytes(), &instance).unwrap();
    assert!(read.unserved.is_empty(), "{read:?}");
}

#[test]
fn a_fault_of_alternatives_has_its_line_and_is_said_once() {
    let text = |groups: &str| {
        format!(
            "NAME: g\nTYPE: GVRP\nDIMENSION: 5\nVEHICLES: 3\nCAPACITY: 9\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION
1 0 0\n2 1 0\n3 2 0\n4 3 0\n5 4 0\nDEMAND_SECTION\n1 0\n2 1\n3 1\n4 1\n5 1
MUTUALLY_EXCLUSIVE_GROUP_SECTION\n{groups}\nDEPOT_SECTION\n1\n-1\nEOF\n"
        )
    };
    assert!(read(text("1 2 3\n2 4 5").as_bytes()).is_ok());
    for (groups, line) in [("1 2 3\n2 3 4 5", 21), ("1 2 2 2 2 3\n2 4 5", 20)] {
        let said = read(text(groups).as_bytes()).unwrap_err();
        let what = "a node of this group is in another one too, or twice in this; leave one out";
        assert_eq!(said, format!("a:{line}: {what}"));
    }
}

#[test]
fn what_a_line_says_of_all_vehicles_is_said_once() {
    for (from, to) in
        [("CAPACITY: 9", "CAPACITY: 9.5"), ("CAPACITY: 9", "CAPACITY: 9\nVEHICLES_FIXED_COST: 0.0001")]
    {
        let text = "NAME: f\nTYPE: HFVRP\nDIMENSION: 4\nVEHICLES: 3\nCAPACITY: 9\nVEHICLES_MAX_DURATION: 1e12
EDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 1 0\n3 2 0\n4 3 0\nDEMAND_SECTION\n1 0\n2 1\n3 1\n4 1
DEPOT_SECTION\n1\n-1\nEOF\n";
        let said = read(text.replace(from, to).as_bytes()).unwrap_err();
        let mut lines: Vec<&str> = said.lines().collect();
        let all = lines.len();
        lines.dedup();
        assert_eq!((lines.len(), all > 0), (all, true), "{said}");
    }
}
