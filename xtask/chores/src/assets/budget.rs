//! What the control room's first load weighs, against the numbers in `xtask/budget.toml`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Effort, compress};
use xtask::files::files_below;
use xtask::project::Project;
use xtask::run::step;

/// Measures wasm and JavaScript in brotli. A quick build, which is what every change is tested with, has a number of its
/// own, so that growth is seen at once; the goal is the release's.
///
/// # Errors
/// Over the budget, or a budget file without the number.
pub fn check(project: &Project, assets: &Path, effort: Effort) -> Result<()> {
    step("first load", || {
        let file = project.root.join("xtask/budget.toml");
        let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let (name, kind) = match effort {
            Effort::Quick => ("quick_brotli_bytes", "a quick build"),
            Effort::Release => ("control_room_brotli_bytes", "a release"),
        };
        let budget =
            number(&text, name).with_context(|| format!("{} has no line `{name} = N`", file.display()))?;
        within(weigh(assets)?, budget, kind)
    })
}

fn within(weight: u64, budget: u64, kind: &str) -> Result<String> {
    if weight > budget {
        bail!(
            "wasm and JavaScript of {kind} weigh {weight} bytes in brotli, over the budget of {budget}; \
             find what grew (the numbers in xtask/budget.toml go up only with a new page)"
        );
    }
    Ok(format!("{weight} of {budget} bytes in brotli, as {kind}"))
}

/// The bytes of every script's and wasm's brotli copy: all of them load with the control room.
fn weigh(assets: &Path) -> Result<u64> {
    let mut weight = 0;
    for file in files_below(assets)? {
        if file.extension().is_some_and(|kind| kind == "js" || kind == "wasm") {
            let copy = compress::with(&file, "br");
            weight += fs::metadata(&copy).with_context(|| format!("{} is missing", copy.display()))?.len();
        }
    }
    Ok(weight)
}

fn number(text: &str, wanted: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == wanted).then(|| value.trim().replace('_', "").parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_past_comments() {
        let text = "# why = because\nquick = 9\ncontrol_room_brotli_bytes = 350_000\n";
        assert_eq!(number(text, "control_room_brotli_bytes"), Some(350_000));
        assert_eq!(number(text, "control_room_bytes"), None);
    }

    #[test]
    fn a_byte_too_many_is_an_error() {
        assert!(within(10, 10, "a release").is_ok());
        let said = within(11, 10, "a release").unwrap_err().to_string();
        assert!(said.contains("11") && said.contains("only with a new page"), "{said}");
    }

    #[test]
    fn scripts_and_wasm_weigh_and_styles_do_not() {
        let folder = tempfile::tempdir().unwrap();
        for (name, size) in [("a.js", 9), ("a.js.br", 3), ("b.wasm", 9), ("b.wasm.br", 4), ("c.css.br", 100)]
        {
            fs::write(folder.path().join(name), vec![0; size]).unwrap();
        }
        assert_eq!(weigh(folder.path()).unwrap(), 7);
        fs::remove_file(folder.path().join("b.wasm.br")).unwrap();
        assert!(weigh(folder.path()).is_err(), "a missing copy is not a light one");
    }
}
