//! What is wrong with a plan, and why somebody is left out, in the numbers and units of the file and its solution files.

use super::instance::{CostUnit, Instance};
use super::sol::PlanFile;
use crate::check::Violation;
use crate::explain::{Obstacle, Unserved};
use crate::{Cost, Halt, Solution, StopId, VehicleId};

/// A plan with where it came from, for saying what is wrong with it.
#[derive(Clone, Copy)]
pub struct Messages<'a> {
    /// Of which instance.
    pub instance: &'a Instance,
    /// The plan.
    pub solution: &'a Solution,
    /// The name of its solution file and what was read from it, if it has one.
    pub file: Option<(&'a str, &'a PlanFile)>,
}

impl Messages<'_> {
    /// Every broken rule, each once, behind its line in the solution file if there is one.
    #[must_use]
    pub fn violations(&self, violations: &[Violation]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for violation in violations {
            let line = self.line(violation).and_then(|line| Some(format!("{}:{line}: ", self.file?.0)));
            let said = format!("{}{}", line.unwrap_or_default(), self.violation(violation));
            if !all.contains(&said) {
                all.push(said);
            }
        }
        all
    }

    fn line(&self, violation: &Violation) -> Option<usize> {
        let (_, plan) = self.file?;
        let of_vehicle = |vehicle: VehicleId| plan.places.get(vehicle.index()).copied().flatten();
        let of_stop = |stop: StopId| of_vehicle(self.solution.place_of(stop)?.0);
        let relations = self.instance.problem.relations();
        let last = |stops: &[StopId]| stops.iter().filter_map(|&stop| of_stop(stop)).max_by_key(|at| at.line);
        let place = match *violation {
            Violation::Shipment { shipment } => {
                let shipment = relations.shipments().get(shipment)?;
                last(&[shipment.pickup, shipment.delivery])
            }
            Violation::Alternatives { group, .. } => last(relations.alternatives().get(group)?),
            Violation::Together { group, .. } => last(relations.together().get(group)?),
            Violation::Twice { stop } => of_stop(stop),
            _ => of_vehicle(violation.vehicle()?),
        };
        place.map(|place| place.line)
    }

    fn violation(&self, violation: &Violation) -> String {
        let relations = self.instance.problem.relations();
        let customer = |stop| self.customer(stop);
        let route = |vehicle| self.route(vehicle);
        match *violation {
            Violation::Capacity { vehicle, dimension, over } => {
                format!("{} is {over} over its capacity{}", route(vehicle), self.dimension(dimension))
            }
            Violation::Window { vehicle, stop, seconds } => {
                let late = self.time(seconds);
                format!("{} is served {late} after its window by {}", customer(stop), route(vehicle))
            }
            Violation::Shift { vehicle, seconds } => {
                format!("{} ends {} after its shift", route(vehicle), self.time(seconds))
            }
            Violation::NotAboard { vehicle, stop } => {
                format!("{} has left without the goods of {}", route(vehicle), customer(stop))
            }
            Violation::BreakLate { vehicle, which, seconds } => {
                let late = self.time(seconds);
                format!("break#{} of {} begins {late} after its window", which + 1, route(vehicle))
            }
            Violation::BreakMissing { vehicle, which } => {
                format!("{} owes its driver break#{}", route(vehicle), which + 1)
            }
            Violation::BreakTwice { vehicle, which } => {
                format!("{} takes break#{} more than once", route(vehicle), which + 1)
            }
            Violation::UnknownStopover { vehicle, stopover } => {
                let (what, index) = match stopover.what {
                    Halt::Break(index) => ("break", index),
                    Halt::Reload(index) => ("reload", index),
                    Halt::Charge(index) => ("charge", index),
                };
                format!("{} has no {what}#{} there", route(vehicle), index.saturating_add(1))
            }
            Violation::Reloads { vehicle, over } => {
                format!("{} reloads {over} times too often", route(vehicle))
            }
            Violation::Duration { vehicle, seconds } => {
                format!("{} is out {} too long", route(vehicle), self.time(seconds))
            }
            Violation::Distance { vehicle, metres } => {
                format!("{} drives {} too far", route(vehicle), self.length(metres))
            }
            Violation::Range { vehicle, metres } => {
                format!("{} drives {} with an empty battery", route(vehicle), self.length(metres))
            }
            Violation::Unreachable { vehicle, from, to } => {
                format!("{} has no way from {} to {}", route(vehicle), self.place(from), self.place(to))
            }
            Violation::WrongVehicle { vehicle, stop } => {
                format!("{} may not be served by {}", customer(stop), route(vehicle))
            }
            Violation::Skill { vehicle, stop } => {
                format!("{} cannot do what {} needs", route(vehicle), customer(stop))
            }
            Violation::Shipment { shipment } => match relations.shipments().get(shipment) {
                Some(own) => format!(
                    "what goes from {} to {} does not go there in one route, and in that order",
                    customer(own.pickup),
                    customer(own.delivery)
                ),
                None => violation.to_string(),
            },
            Violation::Alternatives { group, over } => {
                let all = relations.alternatives().get(group).map(Vec::as_slice).unwrap_or_default();
                format!("of {} one is enough, and {} are served", self.customers(all), over + 1)
            }
            Violation::Together { group, over } => {
                let all = relations.together().get(group).map(Vec::as_slice).unwrap_or_default();
                format!("{} belong into one route, and {} serve them", self.customers(all), over + 1)
            }
            Violation::Apart { vehicle, group, over } => {
                let all = relations.apart().get(group).map(Vec::as_slice).unwrap_or_default();
                let count = over + 1;
                format!("{} serves {count} of {}, one is the most", route(vehicle), self.customers(all))
            }
            Violation::Twice { stop } => format!("{} is named more than once", customer(stop)),
            Violation::Missing { stop } => format!("{} is forgotten", customer(stop)),
            Violation::UnknownStop { stop } => format!("{} does not exist", customer(stop)),
            Violation::UnknownVehicle { route } => format!("route #{} has no vehicle", route + 1),
        }
    }

    /// Why a customer is left out: what the closest vehicle would need.
    #[must_use]
    pub fn reason(&self, unserved: &Unserved) -> String {
        let Some(way) = unserved.ways.first() else { return "there is no vehicle".to_owned() };
        let obstacle = |obstacle: &Obstacle| self.obstacle(obstacle, way.vehicle);
        let all: Vec<String> = way.obstacles.iter().map(obstacle).collect();
        let element = if way.stop == unserved.stop {
            String::new()
        } else {
            format!("as {}, ", self.customer(way.stop))
        };
        format!("{element}{}", all.join(", and "))
    }

    fn obstacle(&self, obstacle: &Obstacle, vehicle: VehicleId) -> String {
        let route = self.route(vehicle);
        match *obstacle {
            Obstacle::Bound { to } => format!("it is bound to {}", self.route(to)),
            Obstacle::NotAllowed => "no vehicle that could come may serve it".to_owned(),
            Obstacle::Skill => "no vehicle that could come can do what it needs".to_owned(),
            Obstacle::NoWay => format!("no way leads there for {route}"),
            Obstacle::Room { dimension, over } => {
                format!("{route} would be {over} over its capacity{}", self.dimension(dimension))
            }
            Obstacle::Window { seconds } => {
                format!("{route} would come {} after its window", self.time(seconds))
            }
            Obstacle::Other { stop, seconds } => {
                let late = self.time(seconds);
                format!("{route} would come to {} {late} after its window", self.customer(stop))
            }
            Obstacle::Shift { seconds } => {
                format!("{route} would end {} after its shift", self.time(seconds))
            }
            Obstacle::NotAboard => format!("{route} has left without its goods"),
            Obstacle::Apart { from } => format!("it may not ride with {}", self.customer(from)),
            Obstacle::Together { with } => format!("it has to ride with customers of {}", self.route(with)),
            Obstacle::Break { which, seconds: 0 } => {
                format!("{route} would have no time for break#{}", which + 1)
            }
            Obstacle::Break { which, seconds } => {
                format!("{route} would begin break#{} {} too late", which + 1, self.time(seconds))
            }
            Obstacle::Duration { seconds } => format!("{route} would be out {} too long", self.time(seconds)),
            Obstacle::Distance { metres } => format!("{route} would drive {} too far", self.length(metres)),
            Obstacle::Range { metres } => {
                format!("{route} would drive {} with an empty battery", self.length(metres))
            }
            Obstacle::Price { cost, penalty } if cost >= penalty => {
                let (more, out) = (self.money(cost), self.money(penalty));
                format!("serving it costs {more} more, and leaving it out {out}")
            }
            Obstacle::Price { cost, .. } => {
                format!("{route} could serve it for {} more; search longer", self.money(cost))
            }
        }
    }

    fn customer(&self, stop: StopId) -> String {
        format!("customer {}", self.instance.number(stop))
    }

    fn customers(&self, stops: &[StopId]) -> String {
        let numbers: Vec<String> = stops.iter().map(|&stop| self.instance.number(stop).to_string()).collect();
        match numbers.split_last() {
            Some((last, [])) => format!("customer {last}"),
            Some((last, others)) => format!("customers {} and {last}", others.join(", ")),
            None => "nobody".to_owned(),
        }
    }

    /// The route of a vehicle by its number in the file, or in the one that would be written.
    fn route(&self, vehicle: VehicleId) -> String {
        let index = vehicle.index();
        let given = self.file.and_then(|(_, plan)| plan.places.get(index).copied().flatten()?.number);
        if let Some(number) = given {
            return format!("route #{number}");
        }
        if !self.instance.alike {
            return format!("route #{}", index + 1);
        }
        let is_used = |index: usize| self.solution.routes.get(index).is_some_and(|route| !route.is_empty());
        if is_used(index) {
            format!("route #{}", (0..=index).filter(|&index| is_used(index)).count())
        } else {
            "another vehicle".to_owned()
        }
    }

    /// A place by its number in the file.
    fn place(&self, place: usize) -> String {
        let first = self.instance.first_number;
        match &self.instance.cost_unit {
            CostUnit::File(_) if place < first => format!("depot {place}"),
            CostUnit::File(_) => format!("customer {place}"),
            CostUnit::Money => format!("place {place}"),
        }
    }

    fn dimension(&self, dimension: usize) -> String {
        if self.instance.problem.capacity_dims() > 1 {
            format!(" in dimension {dimension}")
        } else {
            String::new()
        }
    }

    fn time(&self, seconds: i64) -> String {
        match &self.instance.cost_unit {
            CostUnit::Money => format!("{seconds} s"),
            CostUnit::File(units) => in_units(seconds, units.scale),
        }
    }

    fn length(&self, metres: i64) -> String {
        match &self.instance.cost_unit {
            CostUnit::Money => format!("{metres} m"),
            CostUnit::File(units) => in_units(metres, units.scale),
        }
    }

    fn money(&self, cost: Cost) -> String {
        let money = cost.in_parts() as f64 / 3600.0;
        match &self.instance.cost_unit {
            CostUnit::Money => format!("{money:.2}"),
            CostUnit::File(units) => self.instance.cost_text(money / units.money as f64),
        }
    }
}

/// A measure in the file's units, without decimals that say nothing.
fn in_units(measure: i64, scale: i64) -> String {
    let decimals = scale.max(1).ilog10() as usize;
    let text = format!("{:.decimals$}", measure as f64 / scale.max(1) as f64);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {}", if text == "1" { "unit" } else { "units" })
}
