//! The travel times that a VRPLIB file spells out, in any of TSPLIB's arrangements.

use super::super::fault::Faults;
use super::super::text::{Line, clipped, whole};
use crate::LIMITS;

/// Which cells of the matrix a file gives, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Full,
    /// Row by row, the cells before the diagonal; with the diagonal or without.
    Lower {
        diagonal: bool,
    },
    /// Row by row, the cells after the diagonal; with the diagonal or without.
    Upper {
        diagonal: bool,
    },
}

/// The names of TSPLIB; a column of one triangle is a row of the other.
fn form_of(format: &str) -> Option<Form> {
    Some(match format {
        "FULL_MATRIX" => Form::Full,
        "LOWER_ROW" | "UPPER_COL" => Form::Lower { diagonal: false },
        "LOWER_DIAG_ROW" | "UPPER_DIAG_COL" => Form::Lower { diagonal: true },
        "UPPER_ROW" | "LOWER_COL" => Form::Upper { diagonal: false },
        "UPPER_DIAG_ROW" | "LOWER_DIAG_COL" => Form::Upper { diagonal: true },
        _ => return None,
    })
}

impl Form {
    fn columns(self, row: usize, nodes: usize) -> std::ops::Range<usize> {
        match self {
            Self::Full => 0..nodes,
            Self::Lower { diagonal } => 0..row + usize::from(diagonal),
            Self::Upper { diagonal } => (row + usize::from(!diagonal)).min(nodes)..nodes,
        }
    }
}

/// The whole matrix, row by row, from the lines of `EDGE_WEIGHT_SECTION`.
pub(super) fn read(
    format: Line<'_>,
    nodes: usize,
    section: &[Line<'_>],
    faults: &mut Faults,
) -> Option<Vec<u32>> {
    let Some(form) = form_of(format.text) else {
        faults.at(
            format.number,
            format!(
                "EDGE_WEIGHT_FORMAT {} is not known; write the matrix as FULL_MATRIX, or LOWER_, UPPER_ with ROW, \
                 COL, DIAG_ROW or DIAG_COL",
                format.shown()
            ),
        );
        return None;
    };
    let mut given = Vec::new();
    for line in section {
        for word in line.text.split_whitespace() {
            given.push(seconds(*line, word, faults)?);
        }
    }
    let expected = (0..nodes).map(|row| form.columns(row, nodes).len()).sum::<usize>();
    if given.len() != expected {
        let line = section.last().map_or(format.number, |line| line.number);
        faults.at(
            line,
            format!(
                "EDGE_WEIGHT_SECTION has {} numbers where {} of {nodes} nodes needs {expected}",
                given.len(),
                format.text
            ),
        );
        return None;
    }
    Some(spread(form, nodes, given))
}

fn spread(form: Form, nodes: usize, given: Vec<u32>) -> Vec<u32> {
    if form == Form::Full {
        return given;
    }
    let mut cells = vec![0; nodes * nodes];
    let mut given = given.into_iter();
    for row in 0..nodes {
        for (column, seconds) in form.columns(row, nodes).zip(given.by_ref()) {
            cells[row * nodes + column] = seconds;
            cells[column * nodes + row] = seconds;
        }
    }
    cells
}

fn seconds(line: Line<'_>, word: &str, faults: &mut Faults) -> Option<u32> {
    let seconds = word.parse().ok().or_else(|| {
        let number = whole(word.parse().ok()?, LIMITS.length)?;
        u32::try_from(number).ok()
    });
    let seconds = seconds.filter(|&seconds: &u32| i64::from(seconds) <= LIMITS.length);
    if seconds.is_none() {
        faults.at(
            line.number,
            format!(
                "`{}` is no travel time; write a whole number from 0 to {}",
                clipped(word),
                LIMITS.length
            ),
        );
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(format: &str, words: &str) -> Result<Vec<u32>, String> {
        let mut faults = Faults::default();
        let format = Line { number: 3, text: format };
        let section: Vec<Line<'_>> = super::super::super::text::lines(words).collect();
        let cells = read(format, 3, &section, &mut faults);
        faults.settle("f", cells).map_err(|error| error.to_string())
    }

    #[test]
    fn every_triangle_becomes_the_same_matrix() {
        let whole = Ok(vec![0, 1, 2, 1, 0, 3, 2, 3, 0]);
        assert_eq!(matrix("FULL_MATRIX", "0 1 2\n1 0 3\n2 3 0"), whole);
        assert_eq!(matrix("LOWER_ROW", "1\n2 3"), whole);
        assert_eq!(matrix("UPPER_COL", "1\n2 3"), whole);
        assert_eq!(matrix("LOWER_DIAG_ROW", "0 1 0 2 3 0"), whole);
        assert_eq!(matrix("UPPER_DIAG_COL", "0 1 0 2 3 0"), whole);
        assert_eq!(matrix("UPPER_ROW", "1 2 3"), whole);
        assert_eq!(matrix("LOWER_COL", "1 2 3"), whole);
        assert_eq!(matrix("UPPER_DIAG_ROW", "0 1 2 0 3 0.0"), whole);
        assert_eq!(matrix("LOWER_DIAG_COL", "0 1 2 0 3 0"), whole);
        assert_eq!(matrix("FULL_MATRIX", "0 1 2 4 0 3 2 3 0").unwrap()[3], 4, "directions may differ");
    }

    #[test]
    fn what_is_no_matrix_is_named_with_its_line() {
        assert!(
            matrix("DIAMOND", "1").unwrap_err().starts_with("f:3: EDGE_WEIGHT_FORMAT DIAMOND is not known")
        );
        assert_eq!(
            matrix("LOWER_ROW", "1\n2").unwrap_err(),
            "f:2: EDGE_WEIGHT_SECTION has 2 numbers where LOWER_ROW of 3 nodes needs 3"
        );
        for word in ["-1", "1.5", "x", "99999999999"] {
            let said = matrix("LOWER_ROW", &format!("1\n{word} 3")).unwrap_err();
            assert!(said.starts_with(&format!("f:2: `{word}` is no travel time")), "{said}");
        }
    }
}
