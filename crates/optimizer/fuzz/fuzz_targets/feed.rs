//! Bytes as a small problem with any features, and a plan for it that may make no sense at all.

use optimizer::{
    Allowed, Battery, Break, Emissions, Halt, Kept, LIMITS, Lateness, LongDay, MatrixId, Problem,
    ProblemBuilder, Reloads, Shipment, Skills, Solution, StopId, StopSpec, Stopover, TimedMatrix, VehicleId,
    VehicleSpec,
};

/// More of them say nothing new and take long.
const PLACES: usize = 6;
const VEHICLES: usize = 4;
const STOPS: usize = 10;
const DIMENSIONS: usize = 2;

/// The bytes that are left; behind the last come zeros.
pub struct Feed<'a> {
    bytes: &'a [u8],
    /// Whether numbers may be as large as the builder takes them.
    pub extreme: bool,
}

impl<'a> Feed<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut feed = Self { bytes, extreme: false };
        feed.extreme = feed.once_in(3);
        feed
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end.max(1)
    }

    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// A number from 0 on, `usual` at most, or `most` where numbers may be extreme.
    fn number(&mut self, usual: i64, most: i64) -> i64 {
        let byte = i64::from(self.byte());
        match byte {
            255 if self.extreme => most,
            254 if self.extreme => most / 2,
            253 if self.extreme => most / 1000,
            _ => (byte * usual / 250).min(most),
        }
    }

    fn time(&mut self) -> i64 {
        match self.byte() {
            255 if self.extreme => LIMITS.time,
            254 if self.extreme => -LIMITS.time,
            byte => i64::from(byte) * 60,
        }
    }

    fn span(&mut self, usual: i64) -> (i64, i64) {
        let begin = self.time();
        (begin, begin.saturating_add(self.number(usual, 2 * LIMITS.time)).min(LIMITS.time))
    }

    fn price(&mut self) -> i64 {
        self.number(3000, LIMITS.price)
    }

    fn some<T>(&mut self, times: usize, of: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.once_in(times).then(|| of(self))
    }

    fn list<T>(&mut self, most: usize, mut of: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| of(self)).collect()
    }

    fn load(&mut self, dimensions: usize, usual: i64) -> Vec<i64> {
        (0..dimensions).map(|_| self.number(usual, LIMITS.load)).collect()
    }

    fn lateness(&mut self) -> Lateness {
        self.some(2, |feed| Lateness::Priced { per_minute: feed.number(60, LIMITS.price) })
            .unwrap_or(Lateness::Hard)
    }

    fn ids<T: Copy>(&mut self, all: &[T], most: usize) -> Vec<T> {
        self.list(most, |feed| all[feed.below(all.len())])
    }

    /// A problem, if it holds together, and a plan for it.
    pub fn problem(&mut self) -> Option<(Problem, Solution)> {
        let dimensions = self.below(DIMENSIONS + 1);
        let mut builder = ProblemBuilder::new(dimensions);
        let places = 1 + self.below(PLACES);
        let matrices: Vec<MatrixId> =
            (0..1 + self.below(2)).map(|_| self.matrix(&mut builder, places)).collect();
        let (vehicles, stops) = (self.below(VEHICLES + 1), self.below(STOPS + 1));
        let mut numbered = builder.clone();
        let fleet: Vec<VehicleId> = (0..vehicles).map(|_| numbered.vehicle(VehicleSpec::default())).collect();
        let visits: Vec<StopId> = (0..=stops).map(|_| numbered.stop(StopSpec::default())).collect();
        let (stranger, visits) = visits.split_last()?;
        for _ in 0..vehicles {
            let vehicle = self.vehicle(dimensions, places, &matrices);
            builder.vehicle(vehicle);
        }
        for _ in 0..stops {
            let stop = self.stop(dimensions, places, &fleet, visits);
            builder.stop(stop);
        }
        if stops > 0 {
            self.relate(&mut builder, dimensions, visits);
        }
        let plan = self.plan(vehicles, visits, *stranger);
        Some((builder.build().ok()?, plan))
    }

    fn matrix(&mut self, builder: &mut ProblemBuilder, places: usize) -> MatrixId {
        let longest = u32::try_from(LIMITS.length).unwrap_or(u32::MAX);
        let cells = |feed: &mut Self, each: u32| -> Vec<u32> {
            let mut cell = || match feed.byte() {
                255 => u32::MAX,
                254 if feed.extreme => longest,
                byte => u32::from(byte) * each,
            };
            (0..places * places).map(|_| cell()).collect()
        };
        let seconds = cells(self, 6);
        let metres = self.once_in(2).then(|| cells(self, 70));
        let matrix = if self.once_in(3) {
            let breaks: Vec<i64> = (0..3).map(|hour| 3600 * hour + i64::from(self.byte()) * 10).collect();
            let factor = |feed: &mut Self| 40_000 + u32::from(feed.byte()) * 250;
            let shapes = (0..2).map(|_| breaks.iter().map(|_| factor(self)).collect()).collect();
            let shape = seconds.iter().map(|_| self.byte() % 2).collect();
            builder.timed_matrix(places, TimedMatrix { seconds, shape, breaks, shapes })
        } else {
            builder.matrix(places, seconds)
        };
        if let Some(metres) = metres {
            builder.metres(matrix, metres);
        }
        matrix
    }

    fn vehicle(&mut self, dimensions: usize, places: usize, matrices: &[MatrixId]) -> VehicleSpec {
        let mut spec = VehicleSpec {
            matrix: matrices[self.below(matrices.len())],
            start: self.below(places),
            end: if self.once_in(4) { None } else { Some(self.below(places)) },
            shift: self.span(15_000),
            overtime: self.lateness(),
            capacity: self.load(dimensions, 60),
            fixed_cost: self.price(),
            cost_per_hour: self.price(),
            cost_per_driving_hour: self.price(),
            ..VehicleSpec::default()
        };
        spec.long_day = self
            .some(4, |feed| LongDay { after: feed.number(10_000, LIMITS.time), cost_per_hour: feed.price() });
        spec.under_way = self.once_in(4);
        spec.skills = Skills(self.below(4) as u64);
        spec.kind = self.below(3);
        spec.max_duration = self.some(4, |feed| feed.number(12_000, LIMITS.time));
        spec.aboard = self.some(4, |feed| feed.load(dimensions, 30)).unwrap_or_default();
        spec.reloads = self.some(3, |feed| Reloads {
            places: feed.list(2, |feed| feed.below(places)),
            service: feed.number(900, LIMITS.length),
            most: feed.number(4, 1_000_000) as usize,
        });
        if self.once_in(3) {
            spec.breaks = self.list(3, |feed| Break {
                window: feed.span(6000),
                duration: feed.number(2500, LIMITS.length),
            });
        }
        if self.once_in(2) {
            return spec;
        }
        spec.cost_per_km = self.price();
        spec.max_distance = self.some(4, |feed| feed.number(60_000, LIMITS.time));
        spec.battery = self.some(2, |feed| {
            let range = feed.number(40_000, LIMITS.length);
            let (at_start, stations) = (feed.number(range, range), feed.list(3, |feed| feed.below(places)));
            Battery { range, at_start, stations, seconds_per_km: feed.number(90, LIMITS.length) }
        });
        spec.emissions = self.some(3, |feed| Emissions {
            grams_per_km: feed.number(200, LIMITS.grams),
            grams_per_tonne_km: feed.number(200, LIMITS.grams),
            weight: (dimensions > 0).then(|| feed.below(dimensions)),
            cost_per_kg: feed.price(),
        });
        spec
    }

    fn stop(&mut self, dimensions: usize, places: usize, fleet: &[VehicleId], visits: &[StopId]) -> StopSpec {
        let mut spec = StopSpec {
            place: self.below(places),
            service: self.number(600, LIMITS.length),
            window: self.span(8000),
            lateness: self.lateness(),
            demand: self.load(dimensions, 30),
            unserved_penalty: if self.once_in(2) { 10_000 } else { self.price() },
            ..StopSpec::default()
        };
        if self.once_in(2) {
            return spec;
        }
        if !fleet.is_empty() {
            spec.only_vehicle = self.some(5, |feed| fleet[feed.below(fleet.len())]);
            spec.kept = self.some(3, |feed| Kept {
                vehicle: fleet[feed.below(fleet.len())],
                behind: feed.some(2, |feed| visits[feed.below(visits.len())]),
                moved_price: feed.price(),
                order_price: feed.price(),
            });
            spec.allowed = match self.below(8) {
                0 => Allowed::Only(self.ids(fleet, 2)),
                1 => Allowed::AllBut(self.ids(fleet, 2)),
                _ => Allowed::All,
            };
        }
        spec.needs = Skills(if self.once_in(5) { self.below(4) as u64 } else { 0 });
        if self.once_in(3) {
            let mut last = spec.window.1;
            spec.more_windows = self.list(2, |feed| {
                let begin = last + 1 + feed.number(4000, LIMITS.time);
                last = begin + feed.number(4000, LIMITS.time);
                (begin, last)
            });
        }
        spec.pickup = self.some(3, |feed| feed.load(dimensions, 30)).unwrap_or_default();
        spec.release = self.some(4, Self::time);
        spec.service_by_kind = self.list(2, |feed| feed.number(900, LIMITS.length));
        spec
    }

    fn relate(&mut self, builder: &mut ProblemBuilder, dimensions: usize, visits: &[StopId]) {
        let mut free = visits.to_vec();
        for _ in 0..self.below(3) {
            if let [.., pickup, delivery] = free[..] {
                free.truncate(free.len() - 2);
                let ends = if self.once_in(2) { (pickup, delivery) } else { (delivery, pickup) };
                let amount = self.load(dimensions, 40);
                builder.shipment(Shipment { pickup: ends.0, delivery: ends.1, amount });
            }
        }
        if self.once_in(3) {
            let size = self.below(4).min(free.len());
            builder.alternatives(free.drain(..size).collect());
        }
        if self.once_in(3) {
            let group = self.below(4).min(visits.len());
            let from = self.below(visits.len() - group + 1);
            builder.together(visits[from..from + group].to_vec());
        }
        for _ in 0..self.below(3) {
            let group = self.below(4).min(visits.len());
            let from = self.below(visits.len() - group + 1);
            builder.apart(visits[from..from + group].to_vec());
        }
    }

    /// Each stop somewhere; where the bytes say so twice, or nowhere, beside one that does not exist, and with stopovers
    /// that may not exist either.
    fn plan(&mut self, vehicles: usize, visits: &[StopId], stranger: StopId) -> Solution {
        let mut plan = Solution { routes: vec![Vec::new(); vehicles], ..Solution::default() };
        let odd = self.once_in(4);
        for &stop in visits {
            let route = self.below(vehicles + 1);
            plan.routes.get_mut(route).unwrap_or(&mut plan.unserved).push(stop);
            if odd && self.once_in(4) {
                let route = self.below(vehicles + 1);
                let stop = if self.once_in(2) { stop } else { stranger };
                plan.routes.get_mut(route).unwrap_or(&mut plan.unserved).push(stop);
            }
        }
        if odd {
            plan.routes.truncate(self.below(vehicles + 1));
        }
        for _ in 0..plan.routes.len() {
            let stopovers = self.list(3, |feed| {
                let (before, index) = (feed.below(5), feed.below(3));
                let what = match feed.below(3) {
                    0 => Halt::Break(index),
                    1 => Halt::Reload(index),
                    _ => Halt::Charge(index),
                };
                Stopover { before, what }
            });
            plan.stopovers.push(stopovers);
        }
        plan
    }
}
