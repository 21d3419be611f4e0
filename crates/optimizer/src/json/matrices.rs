//! The forms of matrices: seconds, points or seconds that depend on the departure, and metres.

use serde::{Deserialize, Serialize};

use super::lined;
use crate::travel::Ways;
use crate::travel::time_shapes::TimedMatrix;
use crate::{ProblemBuilder, Rounding};

/// A row for each place; null where there is no way.
type Rows = Vec<Vec<Option<u32>>>;

/// One of the first three, and perhaps metres.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatrixForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<Rows>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    points: Option<PointsForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timed: Option<TimedForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metres: Option<Rows>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointsForm {
    at: Vec<(f64, f64)>,
    rounding: Rounding,
}

/// Seconds that depend on the departure: the breaks, in seconds since the origin; for each shape a factor for each break,
/// in parts of 65,536; a row for each place; and the shape of each.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimedForm {
    breaks: Vec<i64>,
    shapes: Vec<Vec<u32>>,
    seconds: Rows,
    shape: Vec<Vec<u8>>,
}

impl MatrixForm {
    pub(super) fn of(ways: &Ways, metres: Option<&[u32]>, places: usize) -> Self {
        let form = match ways {
            Ways::Plane(at, rounding) => {
                Self { points: Some(PointsForm { at: at.clone(), rounding: *rounding }), ..Self::default() }
            }
            Ways::Cells(cells) => Self { seconds: Some(rows_of(cells, places)), ..Self::default() },
            Ways::Timed(cells, shapes, time_shapes) => Self {
                timed: Some(TimedForm {
                    breaks: time_shapes.breaks().to_vec(),
                    shapes: time_shapes.shapes().to_vec(),
                    seconds: rows_of(cells, places),
                    shape: shapes.chunks(places.max(1)).map(<[u8]>::to_vec).collect(),
                }),
                ..Self::default()
            },
        };
        Self { metres: metres.map(|cells| rows_of(cells, places)), ..form }
    }

    /// The points, if it has some.
    pub(super) fn points(&self) -> Option<&[(f64, f64)]> {
        self.points.as_ref().map(|points| &points.at[..])
    }

    /// As JSON, a line for each row.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        let mut parts = Vec::new();
        if let Some(rows) = &self.seconds {
            parts.push(format!("\"seconds\": [{}]", lined(rows)?));
        }
        if let Some(points) = &self.points {
            parts.push(format!("\"points\": {}", serde_json::to_string(points)?));
        }
        if let Some(TimedForm { breaks, shapes, seconds, shape }) = &self.timed {
            parts.push(format!(
                "\"timed\": {{\"breaks\": {},\n\"shapes\": [{}],\n\"seconds\": [{}],\n\"shape\": [{}]}}",
                serde_json::to_string(breaks)?,
                lined(shapes)?,
                lined(seconds)?,
                lined(shape)?
            ));
        }
        if let Some(rows) = &self.metres {
            parts.push(format!("\"metres\": [{}]", lined(rows)?));
        }
        Ok(format!("{{{}}}", parts.join(",\n")))
    }

    pub(super) fn add_to(self, builder: &mut ProblemBuilder) -> Result<(), String> {
        let matrix = match (self.seconds, self.points, self.timed) {
            (Some(rows), None, None) => builder.matrix(rows.len(), or_no_way(square("seconds", rows)?)),
            (None, Some(PointsForm { at, rounding }), None) => builder.points(at, rounding),
            (None, None, Some(TimedForm { breaks, shapes, seconds, shape })) => {
                let places = seconds.len();
                let seconds = or_no_way(square("seconds", seconds)?);
                let shape = square("shape", shape)?;
                builder.timed_matrix(places, TimedMatrix { seconds, shape, breaks, shapes })
            }
            _ => return Err("give it one of seconds, points and timed".to_owned()),
        };
        if let Some(rows) = self.metres {
            builder.metres(matrix, or_no_way(square("metres", rows)?));
        }
        Ok(())
    }
}

/// The rows of a matrix, with nothing where there is no way.
fn rows_of(cells: &[u32], places: usize) -> Rows {
    let row = |row: &[u32]| row.iter().map(|&cell| (cell != u32::MAX).then_some(cell)).collect();
    cells.chunks(places.max(1)).map(row).collect()
}

/// The cells of rows that are all as long as there are rows; otherwise what is wrong with which one.
fn square<T>(what: &str, rows: Vec<Vec<T>>) -> Result<Vec<T>, String> {
    let places = rows.len();
    match rows.iter().position(|row| row.len() != places) {
        Some(row) => {
            let found = rows.get(row).map_or(0, Vec::len);
            Err(format!("row {row} of its {what} has {found} numbers where {places} rows need {places}"))
        }
        None => Ok(rows.into_iter().flatten().collect()),
    }
}

fn or_no_way(cells: Vec<Option<u32>>) -> Vec<u32> {
    cells.into_iter().map(|cell| cell.unwrap_or(u32::MAX)).collect()
}
