//! What each desk's first load weighs, against the numbers in `xtask/budget.toml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Effort, compress, wasm};
use xtask::files::files_below;
use xtask::project::Project;
use xtask::run::step;

/// Measures each desk's wasm and JavaScript in brotli. A quick build, which is what every change is tested with, has numbers
/// of its own, so that growth is seen at once; the goals are the release's.
///
/// # Errors
/// A desk over its budget or without one, or a script that no desk loads.
pub fn check(project: &Project, desks: &[String], assets: &Path, effort: Effort) -> Result<()> {
    step("first loads", || {
        let file = project.root.join("xtask/budget.toml");
        let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let mut weights = Vec::new();
        for desk in desks {
            let budget = number(&text, effort.name(), desk).with_context(|| {
                format!("{} has no line `{desk} = N` under [{}]", file.display(), effort.name())
            })?;
            weights.push((desk.as_str(), weigh(assets, desk)?, budget));
        }
        all_weighed(assets, desks)?;
        within(&weights, effort)
    })
}

/// Says what each desk weighs; one that is too heavy does not hide the others.
fn within(weights: &[(&str, u64, u64)], effort: Effort) -> Result<String> {
    let said: Vec<_> =
        weights.iter().map(|(desk, weight, budget)| format!("{desk} {weight} of {budget}")).collect();
    let said = format!("{} bytes in brotli, {} build", said.join(", "), effort.name());
    if weights.iter().any(|(_, weight, budget)| weight > budget) {
        bail!(
            "wasm and JavaScript of a desk are over the budget: {said}; \
             find what grew (the numbers in xtask/budget.toml go up only with a new page)"
        );
    }
    Ok(said)
}

/// The bytes of the brotli copies of all that loads with a desk.
fn weigh(assets: &Path, desk: &str) -> Result<u64> {
    let mut weight = 0;
    for file in loaded(assets, desk)? {
        let copy = compress::with(&file, "br");
        weight += fs::metadata(&copy).with_context(|| format!("{} is missing", copy.display()))?.len();
    }
    Ok(weight)
}

/// A desk's wasm, its script, and every script that one of these names, the map's libraries among them.
fn loaded(assets: &Path, desk: &str) -> Result<BTreeSet<PathBuf>> {
    let mut scripts = vec![assets.join(format!("{desk}.js"))];
    let mut loaded = BTreeSet::from([wasm::bound(assets, desk)]);
    while let Some(script) = scripts.pop() {
        let text =
            fs::read_to_string(&script).with_context(|| format!("could not read {}", script.display()))?;
        let beside = script.parent().unwrap_or(assets).to_path_buf();
        // What is brought by hand stands at the top.
        let named = named_scripts(&text).flat_map(|name| [beside.join(name), assets.join(name)]);
        scripts
            .extend(named.filter_map(|file| file.canonicalize().ok()).filter(|file| !loaded.contains(file)));
        loaded.insert(script);
    }
    Ok(loaded)
}

/// Quoted names of scripts.
fn named_scripts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['"', '\'', '`']).filter(|part| part.ends_with(".js") && part.len() < 300)
}

/// A script that no desk loads would be weighed by nobody.
fn all_weighed(assets: &Path, desks: &[String]) -> Result<()> {
    let mut weighed = BTreeSet::new();
    for desk in desks {
        weighed.extend(loaded(assets, desk)?);
    }
    let is_code = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "js" || kind == "wasm");
    match files_below(assets)?.into_iter().find(|file| is_code(file) && !weighed.contains(file)) {
        Some(file) => {
            bail!("{} loads with no desk: remove it, or name it where it is loaded", file.display())
        }
        None => Ok(()),
    }
}

/// The number of a line `wanted = N` of a section.
fn number(text: &str, section: &str, wanted: &str) -> Option<u64> {
    let heading = format!("[{section}]");
    let lines = text.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.starts_with('[')).find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == wanted).then(|| value.trim().replace('_', "").parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_in_its_section_past_comments() {
        let text = "# why = because\n[release]\nroads = 350_000\nfigures = 7\n\n[quick]\nroads = 9\n";
        assert_eq!(number(text, "release", "roads"), Some(350_000));
        assert_eq!(number(text, "quick", "roads"), Some(9));
        assert_eq!(number(text, "quick", "figures"), None, "another section's");
        assert_eq!(number(text, "release", "road"), None);
    }

    #[test]
    fn a_byte_too_many_of_any_desk_is_an_error() {
        assert!(within(&[("roads", 10, 10), ("figures", 3, 4)], Effort::Release).is_ok());
        let said = within(&[("roads", 11, 10), ("figures", 3, 4)], Effort::Release).unwrap_err().to_string();
        assert!(said.contains("roads 11 of 10") && said.contains("only with a new page"), "{said}");
        assert!(
            within(&[("roads", 9, 10), ("figures", 5, 4)], Effort::Quick).is_err(),
            "the last one counts"
        );
    }

    #[test]
    fn a_desk_weighs_what_it_loads_and_a_map_only_where_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let assets = folder.path().canonicalize().unwrap();
        let put = |name: &str, text: &str, weight: usize| {
            fs::create_dir_all(assets.join(name).parent().unwrap()).unwrap();
            fs::write(assets.join(name), text).unwrap();
            fs::write(compress::with(&assets.join(name), "br"), vec![0; weight]).unwrap();
        };
        put("roads.js", "import{a}from\"./snippets/glue.js\";", 1);
        put("roads_bg.wasm", "", 10);
        put("snippets/glue.js", "bring('map.js')", 100);
        put("map.js", "", 1000);
        put("figures.js", "", 2);
        put("figures_bg.wasm", "", 20);
        put("doorstep.css", "", 9999);
        let desks = ["figures".to_owned(), "roads".to_owned()];
        assert_eq!(weigh(&assets, "roads").unwrap(), 1111);
        assert_eq!(weigh(&assets, "figures").unwrap(), 22);
        assert!(all_weighed(&assets, &desks).is_ok());
        assert!(all_weighed(&assets, &desks[..1]).is_err(), "scripts of nobody");
        fs::remove_file(assets.join("figures_bg.wasm.br")).unwrap();
        assert!(weigh(&assets, "figures").is_err(), "a missing copy is not a light one");
    }
}
