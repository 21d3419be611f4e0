//! The form of every fact, by an example each: what is written now is what the files say, and what earlier versions wrote is
//! read as the same.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use domain::{Columns, FACT_VERSION, Fact, HubId, Instant, Stored, Subjects, Unreadable};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::BTreeSet, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/facts")
}

/// The kinds that a folder has an example of.
fn examples(folder: &PathBuf) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|kind| kind == "json"));
    files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

fn read(path: PathBuf) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn part<T: DeserializeOwned>(of: &Value, name: &str) -> T {
    serde_json::from_value(of[name].clone()).unwrap_or_else(|e| panic!("{name} of {of}: {e}"))
}

fn example(kind: &str) -> (Columns, Stored, Value) {
    let file = read(folder().join(format!("{kind}.json")));
    let about = &file["about"];
    let about = Subjects {
        order: part(about, "order"),
        stop: part(about, "stop"),
        route: part(about, "route"),
        vehicle: part(about, "vehicle"),
        exception: part(about, "exception"),
    };
    let (hub, occurred_at): (HubId, Instant) = (part(&file, "hub"), part(&file, "occurred_at"));
    let stored = Stored {
        version: part(&file, "version"),
        kind: part(&file, "kind"),
        facts: file["facts"].clone(),
        words: part(&file, "words"),
    };
    (Columns { hub, occurred_at, actor: part(&file, "actor"), about }, stored, file)
}

/// Every kind there is, as serde names them when it is asked for one that there is not.
fn kinds() -> BTreeSet<String> {
    let said = serde_json::from_str::<Fact>(r#"{"fact":"no such kind"}"#).unwrap_err().to_string();
    let (_, kinds) = said.split_once("expected one of ").unwrap();
    kinds.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn every_kind_is_written_as_its_example_says() {
    assert_eq!(kinds(), examples(&folder()), "each kind has one example in tests/facts, named after it");
    for kind in kinds() {
        let (columns, stored, file) = example(&kind);
        assert_eq!(stored.kind, kind);
        let fact = stored.clone().read(&columns).unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert_eq!(fact.code(), kind);
        assert_eq!(fact.subjects(), columns.about, "{kind}");
        let again = Stored::of(&fact, &columns).unwrap();
        assert_eq!((again.version, &again.words), (FACT_VERSION, &stored.words), "{kind}");
        assert_eq!(written(&again.facts), written(&file["facts"]), "{kind}");
    }
}

#[test]
fn what_version_1_wrote_is_read_as_the_same() {
    let old = folder().join("version_1");
    assert_eq!(examples(&old).len(), 28, "version 1 knew 28 kinds");
    for kind in examples(&old) {
        let (columns, now, _) = example(&kind);
        let facts = read(old.join(format!("{kind}.json")));
        let as_written = Stored { version: 1, kind: kind.clone(), facts, words: None };
        let fact = now.clone().read(&columns).unwrap();
        assert_eq!(as_written.clone().read(&columns).as_ref(), Ok(&fact), "{kind}");
        // The migration moves people's words out.
        assert_eq!(Stored { words: now.words, ..as_written }.read(&columns), Ok(fact), "{kind}");
    }
}

#[test]
fn no_example_holds_a_name_a_phone_an_address_or_words_in_its_facts() {
    let personal = ["Vella", "2100", "Triq il-Kbira, Mosta", "35.9096543", "Rita", "rang twice", "flat tyre"];
    let old = folder().join("version_1");
    let held = |text: String| personal.into_iter().filter(move |word| text.contains(word)).count();
    assert!(
        examples(&old)
            .iter()
            .map(|kind| held(written(&read(old.join(format!("{kind}.json"))))))
            .sum::<usize>()
            > 6
    );
    for kind in kinds() {
        assert_eq!(held(written(&example(&kind).1.facts)), 0, "{kind}");
    }
}

/// What came to a fact later stands in it only where it is said, so that it is read as it was before.
#[test]
fn what_few_orders_and_vehicles_have_is_written_where_they_have_it() {
    for kind in ["order_placed", "vehicle_joined"] {
        let (columns, plain, _) = example(kind);
        let rich = read(folder().join(format!("with_needs/{kind}.json")));
        let stored = Stored { facts: rich["facts"].clone(), ..plain.clone() };
        let fact = stored.read(&columns).unwrap();
        assert_ne!(fact, plain.read(&columns).unwrap(), "{kind}");
        assert_eq!(written(&Stored::of(&fact, &columns).unwrap().facts), written(&rich["facts"]), "{kind}");
    }
}

#[test]
fn a_promise_that_moved_is_kept_and_one_that_did_not_is_kept_once() {
    let (columns, stored, _) = example("attempt_made");
    assert_eq!(stored.facts.pointer("/promise/latest"), None);
    let later = serde_json::json!({ "from": "2026-11-23T14:00:00Z", "until": "2026-11-23T16:00:00Z" });
    let mut moved = stored;
    moved.facts["promise"]["latest"] = later.clone();
    let fact = moved.clone().read(&columns).unwrap();
    assert!(matches!(&fact, Fact::AttemptMade { promise, .. } if promise.latest != promise.original));
    assert_eq!(Stored::of(&fact, &columns).unwrap(), moved);
}

#[test]
fn an_attempt_says_that_another_came_before_it_at_its_visit_and_only_then() {
    let (columns, stored, _) = example("attempt_made");
    assert_eq!(stored.facts.pointer("/attempt/further"), None);
    let mut further = stored.clone();
    further.facts["attempt"]["further"] = true.into();
    for (stored, said) in [(stored, false), (further, true)] {
        let fact = stored.clone().read(&columns).unwrap();
        assert!(matches!(&fact, Fact::AttemptMade { attempt, .. } if attempt.further == said));
        assert_eq!(Stored::of(&fact, &columns).unwrap(), stored);
    }
}

#[test]
fn erased_words_are_read_as_none() {
    for kind in ["attempt_made", "exception_resolved", "vehicle_off_road"] {
        let (columns, stored, _) = example(kind);
        assert!(stored.words.is_some(), "{kind}");
        let erased = Stored { words: None, ..stored };
        let fact = erased.clone().read(&columns).unwrap_or_else(|e| panic!("{kind}: {e}"));
        let again = Stored::of(&fact, &columns).unwrap();
        assert_eq!((again.words.unwrap_or_default(), again.facts), (String::new(), erased.facts), "{kind}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_never_guessed() {
    let (columns, stored, _) = example("stop_planned");
    let later = Stored { version: FACT_VERSION + 1, ..stored.clone() };
    assert_eq!(later.read(&columns), Err(Unreadable::Version(FACT_VERSION + 1)));
    let broken = Stored { facts: serde_json::json!({ "sequence": "three" }), ..stored.clone() };
    assert!(matches!(broken.read(&columns), Err(Unreadable::Form { version: FACT_VERSION, .. })));
    let nobodys = Stored { kind: "dragon_seen".to_owned(), ..stored };
    assert!(nobodys.read(&columns).unwrap_err().to_string().contains("dragon_seen"));
}
