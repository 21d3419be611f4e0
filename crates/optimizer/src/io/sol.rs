//! The solution file that the benchmark sets use: `Route #1: 3 5 8` for each route and `Cost 123`. Places are counted
//! from 0, the depots first; with one depot, customers from 1. A depot within a route is where the vehicle reloads. What
//! else a vehicle does beside serving stops is among them as `break#1`, `reload#1` or `charge#1`, counted from 1 too.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::fault::{BadFile, Faults};
use super::instance::{Instance, halts};
use super::text::{Line, clipped, decode, lines};
use crate::{Halt, Solution, StopId, Stopover, VehicleSpec};

/// What a route looks like.
const FORM: &str = "`Route #1: 3 5 8`";

/// How other lines begin that the benchmark sets' solution files have.
const HEADINGS: [&str; 13] = [
    "Comment",
    "Optimal",
    "Instance",
    "Name",
    "Author",
    "Authors",
    "Date",
    "Reference",
    "Solution",
    "Objective",
    "Distance",
    "Time",
    "EOF",
];

/// The file's text. Where vehicles differ, route `k` is that of vehicle `k` and may be empty; where they are alike only
/// the routes that are driven are listed.
#[must_use]
pub fn write(instance: &Instance, solution: &Solution, cost: f64) -> String {
    let mut text = String::new();
    let routes = instance.problem.vehicle_ids().zip(&solution.routes);
    let listed = routes.filter(|(_, route)| !instance.alike || !route.is_empty());
    for (index, (vehicle, route)) in listed.enumerate() {
        let _ = write!(text, "Route #{}:", index + 1);
        let spec = instance.problem.vehicle(vehicle);
        for position in 0..=route.len() {
            for halt in halts(solution, vehicle.index(), position) {
                let _ = match halt {
                    Halt::Break(number) => write!(text, " break#{}", number.saturating_add(1)),
                    Halt::Reload(number) => match spec.and_then(|spec| depot_of(instance, spec, number)) {
                        Some(depot) => write!(text, " {depot}"),
                        None => write!(text, " reload#{}", number.saturating_add(1)),
                    },
                    Halt::Charge(number) => write!(text, " charge#{}", number.saturating_add(1)),
                };
            }
            if let Some(&stop) = route.get(position) {
                let _ = write!(text, " {}", instance.number(stop));
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Cost {}", instance.cost_text(cost));
    text
}

/// The number that the place to reload has in the file, if it has one.
fn depot_of(instance: &Instance, spec: &VehicleSpec, reload: usize) -> Option<usize> {
    let depot = *spec.reloads.as_ref()?.places.get(reload)?;
    (instance.numbers_depots() && depot < instance.first_number).then_some(depot)
}

/// A plan from a solution file, and where in it each route stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFile {
    /// The plan.
    pub solution: Solution,
    /// By vehicle: where its route stands, if it has one.
    pub places: Vec<Option<Place>>,
}

/// Where a route stands in a solution file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The number that it has there, if it has one.
    pub number: Option<usize>,
}

/// Reads such a file for that instance; the cost in it is passed over, and so are the headings that such files have.
/// Whether the plan keeps the rules is for [`check`](crate::check::check()) to say.
///
/// # Errors
/// When there is no route in it, a line is no route and no heading, a route is of no vehicle, a customer is named twice, or
/// a word in a route is no customer's number and nothing that the vehicle has.
pub fn read(file: &str, bytes: &[u8], instance: &Instance) -> Result<Solution, BadFile> {
    read_plan(file, bytes, instance).map(|plan| plan.solution)
}

/// The same, with the lines.
///
/// # Errors
/// As [`read`].
pub fn read_plan(file: &str, bytes: &[u8], instance: &Instance) -> Result<PlanFile, BadFile> {
    let text = decode(file, bytes)?;
    let mut reader = Reader {
        instance,
        faults: Faults::default(),
        solution: Solution::nothing_served(&instance.problem),
        places: vec![None; instance.problem.vehicle_ids().len()],
        named: vec![None; instance.problem.stop_ids().len()],
        numbers: BTreeMap::new(),
        next: 0,
    };
    for line in lines(&text) {
        match Kind::of(line.text) {
            Kind::Route { number, stops } => reader.route(line, number, stops),
            Kind::Heading => {}
            Kind::Broken(what) => reader.faults.at(line.number, what),
        }
    }
    reader.finish(file)
}

/// What a line of a solution file is.
enum Kind<'a> {
    Route { number: Option<usize>, stops: &'a str },
    Heading,
    Broken(String),
}

impl<'a> Kind<'a> {
    fn of(line: &'a str) -> Self {
        let is_between = |letter: char| letter.is_whitespace() || letter == '#';
        let shown = clipped(line);
        let (head, rest) = line.split_once(':').map_or((line, None), |(head, rest)| (head, Some(rest)));
        let mut words = head.split(is_between).filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        if !first.eq_ignore_ascii_case("route") {
            let is_heading = HEADINGS.iter().any(|known| first.eq_ignore_ascii_case(known));
            let is_cost = first.eq_ignore_ascii_case("Cost");
            let value =
                rest.unwrap_or_else(|| head.trim_start_matches(|letter: char| !letter.is_whitespace()));
            return if is_cost && !value.split_whitespace().all(|word| word.parse::<f64>().is_ok()) {
                Self::Broken(format!("`{shown}` names no cost; write it like `Cost 123.4`, or leave it out"))
            } else if is_cost || is_heading {
                Self::Heading
            } else {
                Self::Broken(format!("`{shown}` is neither a route nor the cost; write routes like {FORM}"))
            };
        }
        let Some(stops) = rest else {
            return Self::Broken(format!("a route without a colon; write it like {FORM}"));
        };
        let number = words.next();
        let parsed = number.and_then(|number| number.parse().ok());
        if (number.is_some() && parsed.is_none()) || words.next().is_some() {
            return Self::Broken(format!("`{shown}` has no number that can be read; write it like {FORM}"));
        }
        Self::Route { number: parsed, stops }
    }
}

/// A solution file while it is read.
struct Reader<'a> {
    instance: &'a Instance,
    faults: Faults,
    solution: Solution,
    /// By vehicle: where its route stands.
    places: Vec<Option<Place>>,
    /// By stop: the line that names it.
    named: Vec<Option<usize>>,
    /// By number of a route: its line.
    numbers: BTreeMap<usize, usize>,
    /// Whose the next route is where vehicles are alike.
    next: usize,
}

impl Reader<'_> {
    fn route(&mut self, line: Line<'_>, number: Option<usize>, stops: &str) {
        let alike = self.instance.alike;
        let first = number.and_then(|number| self.numbers.insert(number, line.number));
        if alike && stops.trim().is_empty() {
            return;
        }
        let vehicle = if alike { Some(self.next) } else { number.and_then(|number| number.checked_sub(1)) };
        self.next += 1;
        let vehicles = self.places.len();
        let Some(vehicle) = vehicle.filter(|&vehicle| vehicle < vehicles) else {
            let what = format!("a route without a vehicle; there are {vehicles} vehicles");
            self.faults.at(line.number, what);
            return;
        };
        if let Some(first) = first {
            let what = format!("this vehicle's route is given twice, in line {first} too; leave one out");
            self.faults.at(line.number, what);
            return;
        }
        self.places[vehicle] = Some(Place { line: line.number, number });
        let spec = self.instance.problem.vehicle_ids().nth(vehicle);
        let spec = spec.and_then(|id| self.instance.problem.vehicle(id));
        let mut own = Vec::new();
        for word in stops.split_whitespace() {
            let number = word.parse::<usize>().ok();
            let reload = number.and_then(|number| reload_of(self.instance, spec?, number));
            if let Some(stop) = number.and_then(|number| stop_of(self.instance, number)) {
                self.visit(line, vehicle, stop);
            } else if let Some(halt) = reload.or_else(|| halt_of(word)) {
                if !spec.is_some_and(|spec| spec.has(halt)) {
                    let what = format!("`{}` is nothing that this vehicle has", clipped(word));
                    self.faults.at(line.number, what);
                }
                own.push(Stopover { before: self.solution.routes[vehicle].len(), what: halt });
            } else {
                let first = self.instance.first_number;
                let last = (first + self.named.len()).saturating_sub(1);
                let what = format!("`{}` is no customer; they are numbered {first} to {last}", clipped(word));
                self.faults.at(line.number, what);
            }
        }
        if !own.is_empty() {
            self.solution.stopovers.resize(self.solution.stopovers.len().max(vehicle + 1), Vec::new());
            self.solution.stopovers[vehicle] = own;
        }
    }

    fn visit(&mut self, line: Line<'_>, vehicle: usize, stop: StopId) {
        if let Some(first) = self.named[stop.index()].replace(line.number) {
            let number = self.instance.number(stop);
            let what = if first == line.number {
                format!("customer {number} is named twice; leave one out")
            } else {
                format!("customer {number} is named in line {first} too; leave one out")
            };
            self.faults.at(line.number, what);
            return;
        }
        self.solution.routes[vehicle].push(stop);
    }

    fn finish(mut self, file: &str) -> Result<PlanFile, BadFile> {
        let nobody = self.named.is_empty();
        if self.numbers.is_empty() && self.next == 0 && !nobody && self.faults.is_empty() {
            self.faults.whole(format!("has no routes; write lines like {FORM}"));
        }
        self.solution.unserved = self.instance.problem.left_out(|stop| self.named[stop.index()].is_some());
        self.faults.settle(file, Some(PlanFile { solution: self.solution, places: self.places }))
    }
}

/// What a word like `break#1` says.
fn halt_of(word: &str) -> Option<Halt> {
    let (what, number) = word.split_once('#')?;
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    match what {
        "break" => Some(Halt::Break(index)),
        "reload" => Some(Halt::Reload(index)),
        "charge" => Some(Halt::Charge(index)),
        _ => None,
    }
}

fn stop_of(instance: &Instance, number: usize) -> Option<StopId> {
    let index = number.checked_sub(instance.first_number)?;
    instance.problem.stop_ids().nth(index)
}

/// A reload at the place of that number, if the vehicle reloads there.
fn reload_of(instance: &Instance, spec: &VehicleSpec, number: usize) -> Option<Halt> {
    let reloads =
        spec.reloads.as_ref().filter(|_| instance.numbers_depots() && number < instance.first_number)?;
    reloads.places.iter().position(|&place| place == number).map(Halt::Reload)
}
