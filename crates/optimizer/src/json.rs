//! A problem as JSON, everything that [`ProblemBuilder`] takes: `docs/problem-json.md` describes it. For files that
//! people and programs exchange; the product keeps its problems in memory.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::course::TimedMatrix;
use crate::model::{Allowed, Kept, MatrixId, Skills, StopId, VehicleId};
use crate::travel::Ways;
use crate::{Fault, Lateness, LongDay, Problem, ProblemBuilder, Rounding, StopSpec, VehicleSpec, Whom};

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

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProblemForm {
    #[serde(default)]
    name: String,
    /// How many dimensions a load has.
    dimensions: usize,
    matrices: Vec<MatrixForm>,
    vehicles: Vec<VehicleForm>,
    stops: Vec<StopForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    places: Vec<(f64, f64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum MatrixForm {
    /// A row for each place; null where there is no way.
    Seconds(Vec<Vec<Option<u32>>>),
    Points {
        at: Vec<(f64, f64)>,
        rounding: Rounding,
    },
    /// Seconds that depend on the departure: a row for each place, null where there is no way; the shape of each; the
    /// breaks, in seconds since the origin; and a factor for each break of each shape, in parts of 65,536.
    Timed {
        breaks: Vec<i64>,
        shapes: Vec<Vec<u32>>,
        seconds: Vec<Vec<Option<u32>>>,
        shape: Vec<Vec<u8>>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VehicleForm {
    #[serde(default)]
    matrix: usize,
    start: usize,
    end: Option<usize>,
    shift: (i64, i64),
    /// The price of overtime; null if there may be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overtime_per_minute: Option<i64>,
    capacity: Vec<i64>,
    #[serde(default)]
    fixed_cost: i64,
    #[serde(default)]
    cost_per_hour: i64,
    #[serde(default)]
    cost_per_driving_hour: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    long_day: Option<LongDayForm>,
    #[serde(default)]
    under_way: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    skills: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongDayForm {
    after: i64,
    cost_per_hour: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StopForm {
    place: usize,
    #[serde(default)]
    service: i64,
    window: (i64, i64),
    /// The price of lateness; null if there may be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    late_per_minute: Option<i64>,
    demand: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_vehicle: Option<usize>,
    unserved_penalty: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<KeptForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    needs: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_vehicles: Option<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    not_vehicles: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptForm {
    vehicle: usize,
    /// The stop before it; null if it is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    behind: Option<usize>,
    moved_price: i64,
    order_price: i64,
}

/// Reads a problem.
///
/// # Errors
/// When the text is no JSON, lacks or misspells a field, or the problem does not hold together; every fault is named.
pub fn read(text: &str) -> Result<Named, Vec<JsonFault>> {
    let form: ProblemForm = serde_json::from_str(text)
        .map_err(|error| vec![JsonFault { line: Some(error.line()), what: without_place(&error) }])?;
    let (name, places) = (form.name.clone(), form.places_to_show());
    let builder = form.builder().map_err(|what| vec![JsonFault { line: None, what }])?;
    let problem = builder.build().map_err(|faults| {
        let pieces = Pieces::of(text);
        faults.iter().map(|fault| pieces.locate(fault)).collect::<Vec<_>>()
    })?;
    Ok(Named { name, problem, places })
}

/// The problem as JSON that [`read`] takes, a line for each vehicle, stop and row of a matrix.
///
/// # Errors
/// When a number cannot be written, as a coordinate that is not finite.
pub fn write(name: &str, problem: &Problem) -> Result<String, serde_json::Error> {
    let form = ProblemForm::of(name, problem);
    let mut text = format!(
        "{{\n\"name\": {},\n\"dimensions\": {},\n\"matrices\": [\n",
        serde_json::to_string(&form.name)?,
        form.dimensions
    );
    for (index, matrix) in form.matrices.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ",\n" });
        match matrix {
            MatrixForm::Seconds(rows) => text.push_str(&format!("{{\"seconds\": [{}]}}", lined(rows)?)),
            points @ MatrixForm::Points { .. } => text.push_str(&serde_json::to_string(points)?),
            MatrixForm::Timed { breaks, shapes, seconds, shape } => text.push_str(&format!(
                "{{\"timed\": {{\"breaks\": {},\n\"shapes\": [{}],\n\"seconds\": [{}],\n\"shape\": [{}]}}}}",
                serde_json::to_string(breaks)?,
                lined(shapes)?,
                lined(seconds)?,
                lined(shape)?
            )),
        }
    }
    text.push_str(&format!(
        "],\n\"vehicles\": [{}],\n\"stops\": [{}]\n}}\n",
        lined(&form.vehicles)?,
        lined(&form.stops)?
    ));
    Ok(text)
}

fn lined(pieces: &[impl Serialize]) -> Result<String, serde_json::Error> {
    let pieces: Result<Vec<String>, _> = pieces.iter().map(serde_json::to_string).collect();
    Ok(format!("\n{}\n", pieces?.join(",\n")))
}

/// The message without `at line 3 column 5`, which is said in front.
fn without_place(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let end = said.rfind(" at line ").unwrap_or(said.len());
    format!("{} (column {})", &said[..end], error.column())
}

impl ProblemForm {
    fn of(name: &str, problem: &Problem) -> Self {
        let vehicles = problem.vehicle_ids().filter_map(|id| problem.vehicle(id)).map(VehicleForm::of);
        let stops = problem.stop_ids().filter_map(|id| problem.stop(id)).map(StopForm::of);
        Self {
            name: name.to_owned(),
            dimensions: problem.capacity_dims(),
            matrices: problem.matrices.iter().map(|ways| MatrixForm::of(ways, problem.places)).collect(),
            vehicles: vehicles.collect(),
            stops: stops.collect(),
            places: Vec::new(),
        }
    }

    /// The places as given, or the points of the first matrix.
    fn places_to_show(&self) -> Vec<(f64, f64)> {
        match self.matrices.first() {
            Some(MatrixForm::Points { at, .. }) if self.places.is_empty() => at.clone(),
            _ => self.places.clone(),
        }
    }

    fn builder(self) -> Result<ProblemBuilder, String> {
        let mut builder = ProblemBuilder::new(self.dimensions);
        for (matrix, form) in self.matrices.into_iter().enumerate() {
            match form {
                MatrixForm::Points { at, rounding } => {
                    builder.points(at, rounding);
                }
                MatrixForm::Seconds(rows) => {
                    let places = rows.len();
                    builder.matrix(places, seconds_or_no_way(square(matrix, rows)?));
                }
                MatrixForm::Timed { breaks, shapes, seconds, shape } => {
                    let places = seconds.len();
                    let seconds = seconds_or_no_way(square(matrix, seconds)?);
                    let shape = square(matrix, shape)?;
                    builder.timed_matrix(places, TimedMatrix { seconds, shape, breaks, shapes });
                }
            }
        }
        for vehicle in self.vehicles {
            builder.vehicle(vehicle.spec()?);
        }
        for stop in self.stops {
            builder.stop(stop.spec()?);
        }
        Ok(builder)
    }
}

impl MatrixForm {
    fn of(ways: &Ways, places: usize) -> Self {
        match ways {
            Ways::Plane(at, rounding) => Self::Points { at: at.clone(), rounding: *rounding },
            Ways::Cells(cells) => Self::Seconds(rows_of(cells, places)),
            Ways::Timed(cells, shapes, course) => Self::Timed {
                breaks: course.breaks().to_vec(),
                shapes: course.shapes().to_vec(),
                seconds: rows_of(cells, places),
                shape: shapes.chunks(places.max(1)).map(<[u8]>::to_vec).collect(),
            },
        }
    }
}

/// The rows of a matrix, with nothing where there is no way.
fn rows_of(cells: &[u32], places: usize) -> Vec<Vec<Option<u32>>> {
    let row = |row: &[u32]| row.iter().map(|&seconds| (seconds != u32::MAX).then_some(seconds)).collect();
    cells.chunks(places.max(1)).map(row).collect()
}

/// The cells of rows that are all as long as there are rows; otherwise what is wrong with which one.
fn square<T>(matrix: usize, rows: Vec<Vec<T>>) -> Result<Vec<T>, String> {
    let places = rows.len();
    match rows.iter().position(|row| row.len() != places) {
        Some(row) => {
            let found = rows.get(row).map_or(0, Vec::len);
            Err(format!("matrix {matrix}: row {row} has {found} numbers where {places} rows need {places}"))
        }
        None => Ok(rows.into_iter().flatten().collect()),
    }
}

fn seconds_or_no_way(cells: Vec<Option<u32>>) -> Vec<u32> {
    cells.into_iter().map(|seconds| seconds.unwrap_or(u32::MAX)).collect()
}

impl VehicleForm {
    fn of(spec: &VehicleSpec) -> Self {
        Self {
            matrix: spec.matrix.index(),
            start: spec.start,
            end: spec.end,
            shift: spec.shift,
            overtime_per_minute: price(spec.overtime),
            capacity: spec.capacity.clone(),
            fixed_cost: spec.fixed_cost,
            cost_per_hour: spec.cost_per_hour,
            cost_per_driving_hour: spec.cost_per_driving_hour,
            long_day: spec
                .long_day
                .map(|day| LongDayForm { after: day.after, cost_per_hour: day.cost_per_hour }),
            under_way: spec.under_way,
            skills: numbers(spec.skills),
        }
    }

    fn spec(self) -> Result<VehicleSpec, String> {
        Ok(VehicleSpec {
            matrix: MatrixId(id(self.matrix)),
            start: self.start,
            end: self.end,
            shift: self.shift,
            overtime: lateness(self.overtime_per_minute),
            capacity: self.capacity,
            fixed_cost: self.fixed_cost,
            cost_per_hour: self.cost_per_hour,
            cost_per_driving_hour: self.cost_per_driving_hour,
            long_day: self.long_day.map(|day| LongDay { after: day.after, cost_per_hour: day.cost_per_hour }),
            under_way: self.under_way,
            skills: skills(&self.skills)?,
            ..VehicleSpec::default()
        })
    }
}

impl StopForm {
    fn of(spec: &StopSpec) -> Self {
        Self {
            place: spec.place,
            service: spec.service,
            window: spec.window,
            late_per_minute: price(spec.lateness),
            demand: spec.demand.clone(),
            only_vehicle: spec.only_vehicle.map(VehicleId::index),
            unserved_penalty: spec.unserved_penalty,
            kept: spec.kept.map(|kept| KeptForm {
                vehicle: kept.vehicle.index(),
                behind: kept.behind.map(StopId::index),
                moved_price: kept.moved_price,
                order_price: kept.order_price,
            }),
            needs: numbers(spec.needs),
            only_vehicles: match &spec.allowed {
                Allowed::Only(vehicles) => Some(vehicles.iter().map(|vehicle| vehicle.index()).collect()),
                _ => None,
            },
            not_vehicles: match &spec.allowed {
                Allowed::AllBut(vehicles) => vehicles.iter().map(|vehicle| vehicle.index()).collect(),
                _ => Vec::new(),
            },
        }
    }

    fn spec(self) -> Result<StopSpec, String> {
        let ids = |all: &[usize]| all.iter().map(|&vehicle| VehicleId(id(vehicle))).collect::<Vec<_>>();
        let allowed = match (&self.only_vehicles, &self.not_vehicles[..]) {
            (None, []) => Allowed::All,
            (Some(only), []) => Allowed::Only(ids(only)),
            (None, not) => Allowed::AllBut(ids(not)),
            (Some(_), _) => {
                return Err(
                    "a stop has only_vehicles and not_vehicles: leave out those it may not have".to_owned()
                );
            }
        };
        Ok(StopSpec {
            place: self.place,
            service: self.service,
            window: self.window,
            lateness: lateness(self.late_per_minute),
            demand: self.demand,
            only_vehicle: self.only_vehicle.map(|vehicle| VehicleId(id(vehicle))),
            unserved_penalty: self.unserved_penalty,
            kept: self.kept.map(|kept| Kept {
                vehicle: VehicleId(id(kept.vehicle)),
                behind: kept.behind.map(|stop| StopId(id(stop))),
                moved_price: kept.moved_price,
                order_price: kept.order_price,
            }),
            needs: skills(&self.needs)?,
            allowed,
            ..StopSpec::default()
        })
    }
}

/// The numbers of skills, from 0 to 63.
fn numbers(skills: Skills) -> Vec<u8> {
    (0..64).filter(|number| skills.0 >> number & 1 == 1).collect()
}

fn skills(numbers: &[u8]) -> Result<Skills, String> {
    let bit = |bits: u64, &number: &u8| {
        let bit = 1_u64.checked_shl(number.into());
        bit.map(|bit| bits | bit).ok_or_else(|| format!("skill {number}: there are 64, from 0 to 63"))
    };
    numbers.iter().try_fold(0, bit).map(Skills)
}

fn price(lateness: Lateness) -> Option<i64> {
    match lateness {
        Lateness::Hard => None,
        Lateness::Priced { per_minute } => Some(per_minute),
    }
}

fn lateness(per_minute: Option<i64>) -> Lateness {
    per_minute.map_or(Lateness::Hard, |per_minute| Lateness::Priced { per_minute })
}

/// An index as an id; one beyond the range of ids becomes one that does not exist either.
fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The lines on which vehicles and stops begin.
#[derive(Default)]
struct Pieces {
    vehicles: Vec<usize>,
    stops: Vec<usize>,
}

#[derive(Deserialize)]
struct RawForm<'a> {
    #[serde(borrow)]
    vehicles: Vec<&'a RawValue>,
    #[serde(borrow)]
    stops: Vec<&'a RawValue>,
}

impl Pieces {
    fn of(text: &str) -> Self {
        let lines = |pieces: &[&RawValue]| {
            let (mut line, mut seen) = (1, 0);
            let mut lines = Vec::with_capacity(pieces.len());
            for piece in pieces {
                let at = piece.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
                line += text.get(seen..at).map_or(0, |passed| passed.matches('\n').count());
                seen = at;
                lines.push(line);
            }
            lines
        };
        serde_json::from_str(text).map_or_else(
            |_| Self::default(),
            |raw: RawForm<'_>| Self { vehicles: lines(&raw.vehicles), stops: lines(&raw.stops) },
        )
    }

    fn locate(&self, fault: &Fault) -> JsonFault {
        let line = match fault.whom() {
            Some(Whom::Vehicle(index)) => self.vehicles.get(index),
            Some(Whom::Stop(index)) => self.stops.get(index),
            None => None,
        };
        JsonFault { line: line.copied(), what: format!("{fault} (counted from 0)") }
    }
}
