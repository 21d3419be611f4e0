//! The plan of the crates as data: section 1 of `docs/architecture.md`.

use super::{Dependency, Package};

/// A crate of ours and the crates of ours that it may use.
struct Rule {
    name: &'static str,
    folder: &'static str,
    uses: &'static [&'static str],
    /// What its tests and benches may use besides.
    tests_use: &'static [&'static str],
    /// What it may use only behind a feature.
    uses_by_feature: &'static [&'static str],
}

const CRATES: [Rule; 13] = [
    rule("domain", "crates/domain", &[], &[]),
    rule("wire", "crates/wire", &["domain"], &[]),
    rule("optimizer", "crates/optimizer", &[], &[]),
    rule("roads", "crates/roads", &[], &[]),
    rule("store", "crates/store", &["domain"], &[]),
    rule("operations", "crates/operations", &["domain", "wire", "store", "optimizer", "roads"], &[]),
    Rule { uses_by_feature: &["operations"], ..rule("app", "app", &["wire", "domain"], &[]) },
    rule("frontend", "crates/frontend", &["app"], &[]),
    rule("server", "server", &["app", "operations", "wire", "store", "roads"], &["domain", "optimizer"]),
    rule("simulator", "crates/simulator", &["wire", "roads", "optimizer"], &[]),
    rule("xtask", "xtask", &[], &[]),
    rule("chores", "xtask/chores", &["xtask"], &[]),
    rule("skips", "crates/skips", &[], &[]),
];

const fn rule(
    name: &'static str,
    folder: &'static str,
    uses: &'static [&'static str],
    tests_use: &'static [&'static str],
) -> Rule {
    Rule { name, folder, uses, tests_use, uses_by_feature: &[] }
}

/// An outside crate, or a family of them, that only some crates may use.
struct Reserved {
    crates: fn(&str) -> bool,
    called: &'static str,
    owners: &'static [&'static str],
    /// Crates whose tests may use them besides: those that compare what is said with what is stored.
    tests_of: &'static [&'static str],
}

const RESERVED: [Reserved; 2] = [
    Reserved {
        crates: |name| name == "sqlx" || name.starts_with("sqlx-"),
        called: "SQL",
        owners: &["store"],
        tests_of: &["operations", "server"],
    },
    Reserved {
        crates: |name| name == "leptos" || name.starts_with("leptos_"),
        called: "Leptos",
        owners: &["app", "frontend", "server"],
        tests_of: &[],
    },
];

/// Crates that await nothing, not even in tests.
const WITHOUT_TOKIO: [&str; 3] = ["domain", "wire", "optimizer"];

/// A crate that others embed, and all that it is linked with unless a feature asks for more.
const EMBEDDED: (&str, &[&str]) = ("optimizer", &["thiserror"]);

/// What may lie at the top level besides the build and variable folders.
const TOP_LEVEL: [&str; 13] = [
    ".cargo", ".ci", ".config", ".git", ".sqlx", "app", "crates", "docs", "end2end", "public", "server",
    "style", "xtask",
];

/// Every way in which a crate departs from the plan.
pub(super) fn faults_of(package: &Package) -> Vec<String> {
    let Some(rule) = CRATES.iter().find(|rule| rule.name == package.name) else {
        return vec![format!("{}: no such crate in the plan", package.name)];
    };
    let mut faults = Vec::new();
    if !package.manifest_path.parent().is_some_and(|folder| folder.ends_with(rule.folder)) {
        faults.push(format!("{}: belongs in {}", rule.name, rule.folder));
    }
    faults.extend(package.dependencies.iter().filter_map(|dependency| fault_of(rule, dependency)));
    faults
}

fn fault_of(rule: &Rule, dependency: &Dependency) -> Option<String> {
    let used = dependency.name.as_str();
    let in_tests = dependency.kind.as_deref() == Some("dev");
    if dependency.path.is_some() {
        let allowed = rule.uses.contains(&used)
            || (in_tests && (used == "skips" || rule.tests_use.contains(&used)))
            || (dependency.optional && rule.uses_by_feature.contains(&used));
        return (!allowed).then(|| format!("{} may not use {used}", rule.name));
    }
    let knows = |reserved: &Reserved| {
        reserved.owners.contains(&rule.name) || (in_tests && reserved.tests_of.contains(&rule.name))
    };
    let reserved = RESERVED.iter().find(|reserved| (reserved.crates)(used) && !knows(reserved));
    if let Some(reserved) = reserved {
        let only = reserved.owners.join(", ");
        return Some(format!("{} may not use {used}: only {only} may speak {}", rule.name, reserved.called));
    }
    if rule.name == EMBEDDED.0
        && dependency.kind.is_none()
        && !dependency.optional
        && !EMBEDDED.1.contains(&used)
    {
        return Some(format!("{} may use {used} only behind a feature", rule.name));
    }
    let awaits = used == "tokio" || used.starts_with("tokio-");
    (awaits && WITHOUT_TOKIO.contains(&rule.name))
        .then(|| format!("{} awaits nothing and may not use {used}", rule.name))
}

/// Folders at the top level that the plan does not have.
pub(super) fn unlisted(folders: &[String]) -> Vec<String> {
    let known = |folder: &&String| !TOP_LEVEL.contains(&folder.as_str());
    folders.iter().filter(known).map(|folder| format!("{folder}/ is not in the plan")).collect()
}

/// Whether `cargo tree --edges features --invert leptos` shows the browser half.
pub(super) fn hydrates(tree: &str) -> bool {
    tree.lines().any(|line| line.contains("leptos feature \"hydrate\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, folder: &str, dependencies: Vec<Dependency>) -> Package {
        Package {
            name: name.to_owned(),
            manifest_path: format!("/checkout/{folder}/Cargo.toml").into(),
            dependencies,
        }
    }

    fn ours(name: &str) -> Dependency {
        Dependency { name: name.to_owned(), kind: None, optional: false, path: Some("/checkout".into()) }
    }

    fn outside(name: &str) -> Dependency {
        Dependency { path: None, ..ours(name) }
    }

    fn in_tests(dependency: Dependency) -> Dependency {
        Dependency { kind: Some("dev".to_owned()), ..dependency }
    }

    fn by_feature(dependency: Dependency) -> Dependency {
        Dependency { optional: true, ..dependency }
    }

    fn faults(name: &str, dependency: Dependency) -> Vec<String> {
        let folder = CRATES.iter().find(|rule| rule.name == name).unwrap().folder;
        faults_of(&package(name, folder, vec![dependency]))
    }

    #[test]
    fn what_the_plan_allows_is_no_fault() {
        assert!(faults("wire", ours("domain")).is_empty());
        assert!(faults("server", ours("operations")).is_empty());
        assert!(faults("app", by_feature(ours("operations"))).is_empty());
        assert!(faults("server", in_tests(ours("domain"))).is_empty());
        assert!(faults("store", outside("sqlx")).is_empty());
        assert!(faults("app", outside("leptos_router")).is_empty());
        assert!(faults("store", in_tests(outside("tokio"))).is_empty());
    }

    #[test]
    fn a_room_that_knows_too_much_is_a_fault() {
        assert_eq!(faults("domain", ours("wire")), ["domain may not use wire"]);
        assert_eq!(faults("simulator", ours("operations")), ["simulator may not use operations"]);
        assert_eq!(faults("server", ours("domain")), ["server may not use domain"]);
        assert_eq!(
            faults("app", ours("operations")),
            ["app may not use operations"],
            "only behind a feature"
        );
        assert_eq!(faults("roads", in_tests(ours("wire"))), ["roads may not use wire"]);
    }

    #[test]
    fn reserved_crates_stay_in_their_rooms() {
        assert!(faults("operations", outside("sqlx"))[0].contains("only store may speak SQL"));
        assert!(faults("operations", outside("leptos_axum"))[0].contains("Leptos"));
        assert!(faults("optimizer", in_tests(outside("tokio")))[0].contains("awaits nothing"));
        assert!(faults("server", outside("leptos_axum")).is_empty());
        assert!(faults("operations", in_tests(outside("sqlx"))).is_empty());
        assert_eq!(faults("app", in_tests(outside("sqlx"))).len(), 1);
    }

    #[test]
    fn the_optimizer_is_linked_with_more_only_behind_a_feature() {
        assert_eq!(faults("optimizer", outside("clap")), ["optimizer may use clap only behind a feature"]);
        assert!(faults("optimizer", by_feature(outside("clap"))).is_empty());
        assert!(faults("optimizer", in_tests(outside("proptest"))).is_empty());
        assert!(faults("optimizer", outside("thiserror")).is_empty());
    }

    #[test]
    fn strangers_and_moved_rooms_are_faults() {
        assert_eq!(
            faults_of(&package("helpers", "crates/helpers", vec![])),
            ["helpers: no such crate in the plan"]
        );
        assert_eq!(faults_of(&package("roads", "roads", vec![])), ["roads: belongs in crates/roads"]);
        let folders = ["app".to_owned(), "misc".to_owned()];
        assert_eq!(unlisted(&folders), ["misc/ is not in the plan"]);
    }

    #[test]
    fn the_browser_half_in_the_server_is_seen() {
        assert!(hydrates("leptos v0.8.23\n└── leptos feature \"hydrate\"\n    └── app v0.1.0"));
        assert!(!hydrates("leptos v0.8.23\n└── leptos feature \"ssr\"\n"));
    }
}
