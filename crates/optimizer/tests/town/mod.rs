//! Invented towns: places on a plane with one-way detours, stops with windows, vehicles of three kinds. From a seed,
//! so that a failing case can be had again. Shared by the property tests and the bench; not a picture of any place.

use optimizer::{
    Allowed, Lateness, LongDay, MatrixId, Problem, ProblemBuilder, Settings, Skills, Solution, StopRule,
    StopSpec, TimedMatrix, VehicleId, VehicleSpec, solve,
};

/// What a town is made from.
#[derive(Clone, Copy, Debug)]
pub struct Town {
    pub stops: usize,
    pub vehicles: usize,
    pub seed: u64,
    /// Windows are tight, vehicles small, ways missing, stops bound to vehicles, vehicles under way.
    pub rough: bool,
    /// Lateness has a price instead of a limit.
    pub priced: bool,
    /// Vans are slower in the rush hours.
    pub rush: bool,
}

/// A plan without a search.
pub fn first_plan(problem: &Problem) -> Solution {
    let at_once = StopRule { iterations: Some(0), ..StopRule::default() };
    solve(problem, &at_once, &Settings::default()).solution
}

/// A generator of its own, for the crate keeps its one to itself.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 >> 33) ^ (self.0 >> 13);
        (mixed % end.max(1) as u64) as i64
    }

    pub fn once_in(&mut self, n: i64) -> bool {
        self.roll(n) == 0
    }
}

/// Some arcs are hardly slower in the rush hours, some much; and one shape falls as steeply as it may.
fn rush_hours(seconds: Vec<u32>, dice: &mut Dice) -> TimedMatrix {
    let breaks = [6, 8, 9, 11, 15, 17, 19].map(|hour| hour * 3600).to_vec();
    let shape =
        |top: u32| [100, top, top, 110, 105, top + 10, 100].map(|percent| percent * 65_536 / 100).to_vec();
    let shapes = vec![shape(100), shape(120), shape(155), shape(180)];
    TimedMatrix { shape: seconds.iter().map(|_| dice.roll(4) as u8).collect(), seconds, breaks, shapes }
}

impl Town {
    pub fn build(self) -> Problem {
        self.changed(|_, _| ())
    }

    /// The town after something has happened to its vehicles and stops.
    pub fn changed(self, happens: impl FnOnce(&mut [VehicleSpec], &mut [StopSpec])) -> Problem {
        let builder = self.founded(|_, vehicles, stops, _| happens(vehicles, stops));
        builder.build().unwrap_or_else(|faults| panic!("an invented town should hold together: {faults:?}"))
    }

    /// The town after something has happened to it; places in metres.
    pub fn founded(
        self,
        happens: impl FnOnce(&mut ProblemBuilder, &mut [VehicleSpec], &mut [StopSpec], &[(i64, i64)]),
    ) -> ProblemBuilder {
        let mut dice = Dice(self.seed ^ 0x5DEE_CE66);
        let mut builder = ProblemBuilder::new(2);
        let places: Vec<(i64, i64)> = (0..=self.stops)
            .map(|place| if place == 0 { (9000, 4000) } else { (dice.roll(20_000), dice.roll(10_000)) })
            .collect();
        let seconds = self.ways(&places, 8, &mut dice);
        let van = if self.rush {
            builder.timed_matrix(places.len(), rush_hours(seconds, &mut dice))
        } else {
            builder.matrix(places.len(), seconds)
        };
        let bike = builder.matrix(places.len(), self.ways(&places, 5, &mut dice));
        let mut vehicles: Vec<VehicleSpec> = (0..self.vehicles)
            .map(|index| self.vehicle(if index % 4 == 3 { bike } else { van }, index, &mut dice))
            .collect();
        let mut numbered = ProblemBuilder::new(2);
        let ids: Vec<VehicleId> = vehicles.iter().map(|vehicle| numbered.vehicle(vehicle.clone())).collect();
        let mut stops: Vec<StopSpec> =
            (1..=self.stops).map(|place| self.stop(place, &ids, &mut dice)).collect();
        happens(&mut builder, &mut vehicles, &mut stops, &places);
        for vehicle in vehicles {
            builder.vehicle(vehicle);
        }
        for stop in stops {
            builder.stop(stop);
        }
        builder
    }

    fn ways(self, places: &[(i64, i64)], metres_per_second: i64, dice: &mut Dice) -> Vec<u32> {
        let mut ways = Vec::with_capacity(places.len() * places.len());
        for from in places {
            for to in places {
                let metres = (from.0 - to.0).abs() + (from.1 - to.1).abs();
                let seconds = metres / metres_per_second;
                let detour = if from == to { 0 } else { 20 + dice.roll(1 + seconds / 5) };
                let missing = self.rough && from != to && dice.once_in(40);
                ways.push(if missing { u32::MAX } else { (seconds + detour) as u32 });
            }
        }
        ways
    }

    fn vehicle(self, matrix: MatrixId, index: usize, dice: &mut Dice) -> VehicleSpec {
        let small = matrix.index() == 1;
        let room = if self.rough {
            4 + dice.roll(12)
        } else if small {
            40
        } else {
            160
        };
        let soft = self.priced && dice.once_in(2);
        VehicleSpec {
            matrix,
            start: if self.rough && dice.once_in(3) { dice.roll(self.stops as i64 + 1) as usize } else { 0 },
            end: if self.rough && dice.once_in(5) { None } else { Some(0) },
            shift: (8 * 3600, if self.rough { 12 } else { 17 } * 3600),
            overtime: if soft { Lateness::Priced { per_minute: 80 } } else { Lateness::Hard },
            capacity: vec![room, room * 20],
            fixed_cost: if index.is_multiple_of(3) { 500 } else { 0 },
            cost_per_hour: 2000 + 100 * (index as i64 % 3),
            cost_per_driving_hour: 800,
            long_day: self.rough.then_some(LongDay { after: 3 * 3600, cost_per_hour: 700 }),
            under_way: self.rough && dice.once_in(3),
            skills: Skills(if self.rough { dice.roll(8) as u64 } else { 0 }),
            ..VehicleSpec::default()
        }
    }

    fn stop(self, place: usize, vehicles: &[VehicleId], dice: &mut Dice) -> StopSpec {
        let opens = 8 + dice.roll(if self.rough { 4 } else { 5 });
        let hours = if self.rough { 1 + dice.roll(2) } else { 4 };
        let any_time = dice.once_in(2);
        let bound = self.rough && dice.once_in(6) && !vehicles.is_empty();
        StopSpec {
            place,
            service: 60 + dice.roll(180),
            window: if any_time { (8 * 3600, 17 * 3600) } else { (opens * 3600, (opens + hours) * 3600) },
            lateness: if self.priced {
                Lateness::Priced { per_minute: dice.roll(40) }
            } else {
                Lateness::Hard
            },
            demand: vec![1 + dice.roll(3), dice.roll(40)],
            only_vehicle: bound.then(|| vehicles[dice.roll(vehicles.len() as i64) as usize]),
            unserved_penalty: if self.rough && dice.once_in(4) { 300 } else { 50_000 },
            needs: Skills(if self.rough && dice.once_in(5) { 1 << dice.roll(3) } else { 0 }),
            allowed: match vehicles {
                [first, .., last] if self.rough && dice.once_in(8) => {
                    if dice.once_in(2) {
                        Allowed::Only(vec![*first, *last])
                    } else {
                        Allowed::AllBut(vec![*last])
                    }
                }
                _ => Allowed::All,
            },
            ..StopSpec::default()
        }
    }
}
