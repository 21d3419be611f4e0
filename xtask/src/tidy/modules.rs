//! How a crate is cut into modules: families by name, folders of a size that can be read, and no circles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Package;
use crate::files::files_below;

/// The families of nouns, in the order in which they know each other.
const FAMILIES: [&str; 12] = [
    "base", "accounts", "sites", "fleet", "orders", "day", "stock", "roads", "messages", "history",
    "figures", "outside",
];
/// The crates that are cut into families, with the processes that they have besides.
const BY_FAMILIES: [(&str, &[&str]); 3] =
    [("domain", &[]), ("store", &[]), ("operations", &["live", "planning", "watching"])];

/// A folder with more files has a second noun.
const MOST_FILES: usize = 12;
/// A module by its path, such as `["day", "board"]`; the crate itself has none.
type Module = Vec<String>;
/// Which modules each one names.
type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// Faults in how one crate is cut.
pub(super) fn faults_below(root: &Path, package: &Package) -> Result<Vec<String>> {
    let Some(folder) = package.manifest_path.parent() else { return Ok(Vec::new()) };
    let source = folder.join("src");
    let shown = source.strip_prefix(root).unwrap_or(&source).display().to_string();
    let mut texts = BTreeMap::new();
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    let mut tops = BTreeSet::new();
    for file in files_below(&source)? {
        if file.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let below = file.strip_prefix(&source).unwrap_or(&file);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if let [top, ..] = parts.as_slice() {
            tops.insert(top.clone());
        }
        let at = below.parent().filter(|at| !at.as_os_str().is_empty());
        let at = at.map_or_else(|| shown.clone(), |at| format!("{shown}/{}", at.display()));
        *sizes.entry(at).or_default() += 1;
        // Files of tests belong to the module that they test.
        if !below.to_string_lossy().trim_end_matches(".rs").ends_with("tests") {
            texts.insert(module_of(parts), text);
        }
    }
    let mut faults = too_large(&sizes);
    faults.extend(unknown_folders(&package.name, &tops));
    let known: BTreeSet<_> = texts.keys().cloned().collect();
    let graph: Graph =
        texts.iter().map(|(module, text)| (module.clone(), named_by(module, text, &known))).collect();
    let in_a_circle = |circle| format!("{}: modules know each other in a circle: {circle}", package.name);
    faults.extend(circles_of(&graph).into_iter().map(in_a_circle));
    Ok(faults)
}

fn module_of(mut parts: Vec<String>) -> Module {
    if let Some(last) = parts.pop() {
        let name = last.trim_end_matches(".rs");
        if !["mod", "lib", "main"].contains(&name) {
            parts.push(name.to_owned());
        }
    }
    parts
}

fn too_large(sizes: &BTreeMap<String, usize>) -> Vec<String> {
    let fault = |(folder, &size): (&String, &usize)| {
        (size > MOST_FILES)
            .then(|| format!("{folder} has {size} files, more than {MOST_FILES}; find its second noun"))
    };
    sizes.iter().filter_map(fault).collect()
}

fn unknown_folders(name: &str, tops: &BTreeSet<String>) -> Vec<String> {
    let Some((_, processes)) = BY_FAMILIES.iter().find(|(by_families, _)| *by_families == name) else {
        return Vec::new();
    };
    let known = |top: &str| top == "lib.rs" || FAMILIES.contains(&top) || processes.contains(&top);
    let unknown = tops.iter().filter(|top| !known(top));
    unknown
        .map(|top| format!("{name}: {top} is no family; put it into one of {}", FAMILIES.join(", ")))
        .collect()
}

/// The modules of its own crate that a module's text names outside its tests, by `crate::` and `super::`. What a module says
/// of its own parts is left out: they are one.
fn named_by(module: &Module, text: &str, known: &BTreeSet<Module>) -> BTreeSet<Module> {
    let code: String = text
        .split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| format!("{}\n", line.split("//").next().unwrap_or_default()))
        .collect();
    let mut named = BTreeSet::new();
    for (start, word) in [("crate::", 0), ("super::", 1)] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || "_:$".contains(letter)) {
                continue;
            }
            let base = if word == 0 { &[][..] } else { &module[..module.len().saturating_sub(1)] };
            let letters: Vec<char> = code[at + start.len()..].chars().collect();
            let mut paths = Vec::new();
            tree(&letters, &mut 0, &mut base.to_vec(), &mut paths);
            for path in paths {
                let longest = (1..=path.len()).rev().map(|n| path[..n].to_vec()).find(|p| known.contains(p));
                named.extend(longest.filter(|other| other != module));
            }
        }
    }
    named
}

/// Reads a path, or a tree of paths in braces, and adds each whole path.
fn tree(letters: &[char], at: &mut usize, before: &mut Module, paths: &mut Vec<Module>) {
    let letter = |at: usize| letters.get(at).copied();
    while letter(*at).is_some_and(char::is_whitespace) {
        *at += 1;
    }
    if letter(*at) == Some('{') {
        *at += 1;
        while letter(*at).is_some_and(|c| c != '}') {
            let from = *at;
            tree(letters, at, before, paths);
            // A comma, a new name, or what a macro has here.
            while letter(*at).is_some_and(|c| c != '}' && c != ',') {
                *at += 1;
            }
            if letter(*at) == Some(',') || *at == from {
                *at += 1;
            }
        }
        *at += 1;
        return;
    }
    let mut name = String::new();
    while let Some(c) = letter(*at).filter(|c| c.is_alphanumeric() || *c == '_') {
        name.push(c);
        *at += 1;
    }
    if name == "super" {
        let up = before.pop();
        if letter(*at) == Some(':') {
            *at += 2;
            tree(letters, at, before, paths);
        }
        before.extend(up);
        return;
    }
    before.push(name);
    if letter(*at) == Some(':') && letter(*at + 1) == Some(':') {
        *at += 2;
        tree(letters, at, before, paths);
    } else {
        paths.push(before.clone());
    }
    before.pop();
}

/// Circles among modules, and among the folders at the top of the crate; each once.
fn circles_of(graph: &Graph) -> Vec<String> {
    let mut tops = Graph::new();
    for (module, named) in graph {
        let top = |module: &Module| module.first().map(|first| vec![first.clone()]);
        let Some(own) = top(module) else { continue };
        let others = named.iter().filter_map(top).filter(|other| *other != own);
        tops.entry(own.clone()).or_default().extend(others);
    }
    let mut found = circles_in(graph);
    found.extend(circles_in(&tops));
    found.sort();
    found.dedup();
    found
}

fn circles_in(graph: &Graph) -> Vec<String> {
    let reach: BTreeMap<&Module, BTreeSet<&Module>> =
        graph.keys().map(|module| (module, reached_from(graph, module))).collect();
    let mut circles = BTreeSet::new();
    for (module, reached) in &reach {
        let both_ways = reached.iter().filter(|other| reach.get(*other).is_some_and(|r| r.contains(module)));
        let mut circle: Vec<_> = both_ways.map(|other| other.join("::")).collect();
        if circle.len() > 1 {
            circle.sort();
            circles.insert(circle.join(", "));
        }
    }
    circles.into_iter().collect()
}

fn reached_from<'a>(graph: &'a Graph, module: &Module) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut due: Vec<&Module> = graph.get(module).into_iter().flatten().collect();
    while let Some(next) = due.pop() {
        if !next.is_empty() && reached.insert(next) {
            due.extend(graph.get(next).into_iter().flatten());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        let path = |file: &str| module_of(file.split('/').map(str::to_owned).collect());
        let known: BTreeSet<_> = files.iter().map(|(file, _)| path(file)).collect();
        files.iter().map(|(file, text)| (path(file), named_by(&path(file), text, &known))).collect()
    }

    #[test]
    fn a_circle_is_found_however_its_paths_are_written() {
        let straight = [("lib.rs", ""), ("a.rs", "use crate::b::Thing;"), ("b.rs", "// crate::a\nfn f() {}")];
        assert!(circles_of(&graph(&straight)).is_empty());
        for back in [
            "use crate::a::Other;",
            "use crate::{c, a::{self, Other}};",
            "use super::a::Other;",
            "fn f() -> crate::a::Other { x }",
            "use crate::c::{self as see, Way,\n}; use crate::{Known, a};",
        ] {
            let round = [("a.rs", "use crate::b::Thing;"), ("b.rs", back), ("c.rs", "")];
            assert_eq!(circles_of(&graph(&round)), ["a, b"], "{back}");
        }
        let tests_alone =
            [("a.rs", "use crate::b::T;"), ("b.rs", "#[cfg(test)]\nmod tests { use crate::a::O; }")];
        assert!(circles_of(&graph(&tests_alone)).is_empty());
    }

    #[test]
    fn folders_have_no_circles_either() {
        let files = [
            ("day/mod.rs", ""),
            ("day/board.rs", "use crate::plan::choices::X;"),
            ("day/queue.rs", ""),
            ("plan/mod.rs", ""),
            ("plan/choices.rs", ""),
            ("plan/solve.rs", "use crate::day::queue::Y;"),
        ];
        assert_eq!(circles_of(&graph(&files)), ["day, plan"]);
    }

    #[test]
    fn folders_are_families_and_can_be_read() {
        let tops = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert!(unknown_folders("store", &tops(&["lib.rs", "orders", "figures"])).is_empty());
        assert!(unknown_folders("operations", &tops(&["planning"])).is_empty());
        assert_eq!(unknown_folders("store", &tops(&["planning", "helpers.rs"])).len(), 2);
        assert!(unknown_folders("roads", &tops(&["anything.rs"])).is_empty());
        let sizes = |size| BTreeMap::from([("crates/store/src/day".to_owned(), size)]);
        assert_eq!((too_large(&sizes(12)).len(), too_large(&sizes(13)).len()), (0, 1));
    }
}
