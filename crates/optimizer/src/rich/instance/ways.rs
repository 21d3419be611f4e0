//! The ways between stops, and between each vehicle's ends and the stops, as the inner loops read them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::kernel::metric::{Metric, Table};
use crate::model::{Problem, VehicleSpec};
use crate::travel::UNREACHABLE;
use crate::travel::time_shapes::seconds_of;
use crate::travel::{Roads, Ways};

/// Tables may take so many bytes in all; beyond, ways are looked up in the problem each time.
const TABLES: usize = 1_500_000_000;

/// All ways of a problem.
pub(in crate::rich) struct AllWays<'p> {
    problem: &'p Problem,
    /// By profile: from stop to stop. Empty if they would not fit.
    tables: Vec<Table>,
    homes: Vec<Home>,
    /// By vehicle: its home.
    home_of: Vec<u32>,
}

/// Where vehicles of a profile start and end.
struct Home {
    of: (usize, usize, Option<usize>),
    /// By stop: the way from the start, and to the end. Empty if there is no table.
    from: Vec<i32>,
    to: Vec<i32>,
}

impl<'p> AllWays<'p> {
    pub(in crate::rich) fn new(problem: &'p Problem) -> Self {
        let stops = problem.stops.len();
        let mut homes: Vec<Home> = Vec::new();
        let mut known = HashMap::new();
        let home = |spec: &VehicleSpec| {
            let of = (spec.matrix.index(), spec.start, spec.end);
            *known.entry(of).or_insert_with(|| {
                homes.push(Home { of, from: Vec::new(), to: Vec::new() });
                homes.len() as u32 - 1
            })
        };
        let home_of = problem.vehicles.iter().map(home).collect();
        let mut all = Self { problem, tables: Vec::new(), homes, home_of };
        let bytes = stops * 8 * (stops * problem.matrices.len() + all.homes.len());
        if bytes <= TABLES {
            all.tabulate();
        }
        all
    }

    fn tabulate(&mut self) {
        let rows = &self.problem.rows;
        let places = self.problem.places;
        let table = |ways: &'p Arc<Ways>| {
            let roads = Roads { ways, places };
            Table::new(rows.len(), |from, to| roads.packed(rows[from].place, rows[to].place))
        };
        self.tables = self.problem.matrices.iter().map(table).collect();
        for home in &mut self.homes {
            let (matrix, start, end) = home.of;
            let roads = Roads { ways: &self.problem.matrices[matrix], places };
            home.from = rows.iter().map(|row| roads.packed(start, row.place)).collect();
            let back = |place| end.map_or(0, |end| roads.packed(place, end));
            home.to = rows.iter().map(|row| back(row.place)).collect();
        }
    }

    /// The packed arc from one stop to another for that vehicle. Reads what lies near to other ways from `from`.
    #[inline(always)]
    pub(in crate::rich) fn onward(&self, vehicle: u32, matrix: usize, from: usize, to: usize) -> i32 {
        let stops = self.problem.stops.len();
        if let Some(table) = self.tables.get(matrix) {
            if to < stops {
                return table.outward(from, to);
            }
            return self.homes[self.home_of[vehicle as usize] as usize].to[from];
        }
        self.looked_up(vehicle, from, to)
    }

    /// The packed arc to one stop from another for that vehicle. Reads what lies near to other ways to `to`.
    #[inline(always)]
    pub(in crate::rich) fn there(&self, vehicle: u32, matrix: usize, from: usize, to: usize) -> i32 {
        let stops = self.problem.stops.len();
        if let Some(table) = self.tables.get(matrix) {
            if from < stops {
                return table.inward(to, from);
            }
            return self.homes[self.home_of[vehicle as usize] as usize].from[to];
        }
        self.looked_up(vehicle, from, to)
    }

    /// Seconds from one stop to another, and back, each by the profile that is fastest there, before their shapes.
    pub(in crate::rich) fn fastest(&self, from: usize, to: usize) -> (i64, i64) {
        if self.tables.is_empty() {
            let rows = &self.problem.rows;
            let by = |from: usize, to: usize| {
                let seconds = self.problem.matrices.iter().map(|ways| {
                    Roads { ways, places: self.problem.places }.seconds(rows[from].place, rows[to].place)
                });
                seconds.min().unwrap_or(UNREACHABLE)
            };
            return (by(from, to), by(to, from));
        }
        let out = self.tables.iter().map(|table| seconds_of(table.outward(from, to))).min();
        let back = self.tables.iter().map(|table| seconds_of(table.inward(from, to))).min();
        (out.unwrap_or(UNREACHABLE), back.unwrap_or(UNREACHABLE))
    }

    /// The packed arc from node to node for that vehicle; a node that is no stop is its start, or its end.
    pub(in crate::rich) fn looked_up(&self, vehicle: u32, from: usize, to: usize) -> i32 {
        let spec = &self.problem.vehicles[vehicle as usize];
        let roads = Roads { ways: &self.problem.matrices[spec.matrix.index()], places: self.problem.places };
        let rows = &self.problem.rows;
        let leave = rows.get(from).map_or(spec.start, |row| row.place);
        match rows.get(to) {
            Some(row) => roads.packed(leave, row.place),
            None => spec.end.map_or(0, |end| roads.packed(leave, end)),
        }
    }
}
