//! Files, for the command line and the benchmarks: which problem does a file hold, and how is a plan written down?
//!
//! Reads the text forms of the classic benchmark sets and our own JSON, recognised by what is in them, gzip or not.
//! No bytes make a reader panic; what is wrong is said with its line. Not for the product, which has its problems from
//! its database.

mod draft;
mod fault;
mod instance;
mod lilim;
mod measure;
mod messages;
mod nodes;
mod plot;
mod sol;
mod solomon;
mod text;
mod vrplib;

use std::path::Path;

pub use fault::{BadFile, FileFault};
pub use instance::{Instance, Objective};
pub use messages::Messages;
pub use plot::plot;
pub use sol::{Place, PlanFile, read as read_solution, read_plan, write as write_solution};
pub use text::{load, unpack};

use crate::{Rounding, json};
use fault::{Faults, once_each};
use instance::CostUnit;
use text::decode;

/// How a file of a classic form is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convention {
    /// How coordinates become travel times, or none for what is usual with the form: [`Rounding::Dimacs`] for Solomon's,
    /// [`Rounding::Exact`] for Li and Lim's, and for VRPLIB what its `TYPE` is measured by ([`Rounding::Round`] for most).
    /// Without effect where travel times are spelled out.
    pub rounding: Option<Rounding>,
    /// What is asked for.
    pub objective: Objective,
}

/// Reads an instance file.
///
/// # Errors
/// When it cannot be read or does not hold a problem that can be solved here; every fault has its line.
pub fn read_instance(path: &Path, convention: Convention) -> Result<Instance, BadFile> {
    parse_instance(&path.display().to_string(), &load(path)?, convention)
}

/// Reads an instance from what a file holds, unpacked; `file` is its name in messages.
///
/// # Errors
/// As [`read_instance`].
pub fn parse_instance(file: &str, bytes: &[u8], convention: Convention) -> Result<Instance, BadFile> {
    let text = decode(file, bytes)?;
    let mut faults = Faults::default();
    let draft = if text.trim_start().starts_with('{') {
        return from_json(file, &text);
    } else if solomon::looks_like(&text) {
        solomon::read(&text, &mut faults)
    } else if vrplib::looks_like(&text) {
        vrplib::read(&text, &mut faults)
    } else if lilim::looks_like(&text) {
        lilim::read(file, &text, &mut faults)
    } else {
        let said = "is neither Solomon's form, nor VRPLIB, nor Li and Lim's form, nor Doorstep's JSON";
        return Err(BadFile::whole(file, said));
    };
    let instance = draft.and_then(|draft| {
        let rounding = convention.rounding.unwrap_or(draft.usual);
        draft.build(rounding, convention.objective, &mut faults)
    });
    faults.settle(file, instance)
}

fn from_json(file: &str, text: &str) -> Result<Instance, BadFile> {
    let read = json::read(text).map_err(|found| {
        let faults = found.into_iter().map(|fault| FileFault { line: fault.line, what: fault.what });
        BadFile { file: file.to_owned(), faults: once_each(faults) }
    })?;
    Ok(Instance {
        name: read.name,
        problem: read.problem,
        places: read.places,
        first_number: 1,
        cost_unit: CostUnit::Money,
        alike: false,
    })
}

#[cfg(test)]
mod tests;
