//! A problem as JSON, everything that [`ProblemBuilder`](crate::ProblemBuilder) takes: `docs/problem-json.md` describes
//! it. For files that people and programs exchange; the product keeps its problems in memory.

mod fields;
mod forms;
mod matrices;
mod pieces;
mod stops;
mod vehicles;

use std::borrow::Cow;

use serde::Serialize;

use crate::{Element, Problem};
use forms::ProblemForm;
use pieces::Pieces;

/// A problem that was read.
#[derive(Clone, Debug)]
pub struct Named {
    /// What the file calls it.
    pub name: String,
    /// The problem.
    pub problem: Problem,
    /// Where its places are, for the eye; empty if the file does not say.
    pub places: Vec<(f64, f64)>,
}

/// One thing that is wrong with the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// The line, counted from 1, or none where the whole text is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

/// What is wrong with a form, beyond what the builder sees.
struct Mismatch {
    element: Element,
    what: String,
}

/// Reads a problem.
///
/// # Errors
/// When the text is no JSON, lacks or misspells a field, or the problem does not hold together; every fault is named.
pub fn read(text: &str) -> Result<Named, Vec<JsonFault>> {
    let text = &*unmarked(text);
    let form: ProblemForm = serde_json::from_str(text)
        .map_err(|error| vec![JsonFault { line: Some(error.line()), what: without_place(&error) }])?;
    let (name, places) = (form.name.clone(), form.places_to_show());
    let builder = form.builder().map_err(|mismatches| {
        let pieces = Pieces::of(text);
        let fault_of = |Mismatch { element, what }: &Mismatch| {
            pieces.fault(Some(*element), &format!("{element}: {what}"))
        };
        mismatches.iter().map(fault_of).collect::<Vec<_>>()
    })?;
    let problem = builder.build().map_err(|faults| {
        let pieces = Pieces::of(text);
        faults.iter().map(|fault| pieces.fault(fault.element(), &fault.to_string())).collect::<Vec<_>>()
    })?;
    Ok(Named { name, problem, places })
}

/// The problem as JSON that [`read`] takes, a line for each vehicle, stop, row of a matrix and relation.
///
/// # Errors
/// When a number cannot be written, as a coordinate that is not finite.
pub fn write(name: &str, problem: &Problem) -> Result<String, serde_json::Error> {
    let form = ProblemForm::of(name, problem);
    let matrices: Result<Vec<String>, _> = form.matrices.iter().map(matrices::MatrixForm::text).collect();
    let mut text = format!(
        "{{\n\"name\": {},\n\"dimensions\": {},\n\"matrices\": [\n{}],\n\"vehicles\": [{}],\n\"stops\": [{}]",
        serde_json::to_string(&form.name)?,
        form.dimensions,
        matrices?.join(",\n"),
        lined(&form.vehicles)?,
        lined(&form.stops)?
    );
    for (relation, lines) in [
        ("shipments", lined(&form.shipments)?),
        ("alternatives", lined(&form.alternatives)?),
        ("together", lined(&form.together)?),
        ("apart", lined(&form.apart)?),
    ] {
        if !lines.trim().is_empty() {
            text.push_str(&format!(",\n\"{relation}\": [{lines}]"));
        }
    }
    text.push_str("\n}\n");
    Ok(text)
}

fn lined(pieces: &[impl Serialize]) -> Result<String, serde_json::Error> {
    let pieces: Result<Vec<String>, _> = pieces.iter().map(serde_json::to_string).collect();
    Ok(format!("\n{}\n", pieces?.join(",\n")))
}

/// The text without byte order marks: at its beginning, and wherever files were joined.
pub(crate) fn unmarked(text: &str) -> Cow<'_, str> {
    const MARK: char = '\u{feff}';
    if text.contains(MARK) { Cow::Owned(text.replace(MARK, "")) } else { Cow::Borrowed(text) }
}

/// The message without `at line 3 column 5`, which is said in front.
fn without_place(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let end = said.rfind(" at line ").unwrap_or(said.len());
    format!("{} (column {})", &said[..end], error.column())
}
