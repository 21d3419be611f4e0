//! What the control room's first load weighs, against the number in `xtask/budget.toml`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Effort, compress};
use crate::project::Project;
use crate::run::step;
use crate::stamp::files_below;

/// Measures wasm and JavaScript in brotli; a release over the budget is an error, a quick build only says its weight.
///
/// # Errors
/// Over the budget, or a budget file without the number.
pub fn check(project: &Project, assets: &Path, effort: Effort) -> Result<()> {
    step("first load", || {
        let file = project.root.join("xtask/budget.toml");
        let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let budget = number(&text)
            .with_context(|| format!("{} has no line `control_room_brotli_bytes = N`", file.display()))?;
        let weight = weigh(assets)?;
        match effort {
            Effort::Quick => {
                Ok(format!("{weight} bytes in quick brotli; the budget of {budget} is for a release"))
            }
            Effort::Release if weight <= budget => Ok(format!("{weight} of {budget} bytes in brotli")),
            Effort::Release => bail!(
                "wasm and JavaScript weigh {weight} bytes in brotli, over the budget of {budget}; \
                 find what grew (the number in xtask/budget.toml may only go down)"
            ),
        }
    })
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

fn number(text: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "control_room_brotli_bytes").then(|| value.trim().replace('_', "").parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_past_comments() {
        assert_eq!(number("# why = because\ncontrol_room_brotli_bytes = 350_000\n"), Some(350_000));
        assert_eq!(number("control_room_bytes = 1\n"), None);
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
