//! The rules of the dynamic problem of the EURO meets NeurIPS 2022 competition: what is asked for in each epoch, what
//! has to go now, and what a set of routes costs. Written from the rules; it shares no code with the competition's
//! environment, and its dice are others, so its samples are too.

use std::collections::BTreeSet;

use optimizer::Problem;

use crate::town::Dice;

/// Seconds from one decision to the next.
const EPOCH: i64 = 3600;
/// Seconds from a decision to the routes' leaving.
const MARGIN: i64 = 3600;
/// How many requests are drawn in an epoch; what is too late already falls away.
const DRAWS: usize = 100;

/// One request; times in seconds from the beginning of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub place: usize,
    pub window: (i64, i64),
    pub service: i64,
    pub demand: i64,
}

/// The static instance that requests are drawn from.
pub struct Customers {
    sites: Vec<Request>,
    /// Seconds of driving, row by row.
    pub seconds: Vec<u32>,
    pub places: usize,
    pub depot: usize,
    /// When everybody has to be back.
    pub closes: i64,
    pub capacity: i64,
}

/// What a policy is asked.
pub struct Epoch<'a> {
    pub customers: &'a Customers,
    pub number: i64,
    pub last: i64,
    /// All that is known and has not been dispatched.
    pub known: &'a [Request],
}

/// What came of a day.
#[derive(Debug, PartialEq, Eq)]
pub struct Day {
    /// Seconds of driving.
    pub driving: i64,
    pub requests: usize,
    pub routes: usize,
    pub epochs: i64,
}

/// When the routes of that epoch leave.
pub const fn departure(epoch: i64) -> i64 {
    epoch * EPOCH + MARGIN
}

impl Customers {
    /// The customers of a problem with one depot and one kind of vehicle; none if it has no vehicle.
    pub fn of(problem: &Problem) -> Option<Self> {
        let vehicle = problem.vehicle(problem.vehicle_ids().next()?)?;
        let stops = problem.stop_ids().filter_map(|stop| problem.stop(stop));
        let sites: Vec<Request> = stops
            .map(|stop| Request {
                place: stop.place,
                window: stop.window,
                service: stop.service,
                demand: stop.demand.first().copied().unwrap_or(0),
            })
            .collect();
        let places = 1 + sites.iter().map(|site| site.place).chain([vehicle.start]).max()?;
        let way = |from, to| {
            let seconds = problem.travel_seconds(vehicle.matrix, from, to, 0);
            seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(u32::MAX)
        };
        let seconds = (0..places).flat_map(|from| (0..places).map(move |to| way(from, to))).collect();
        let capacity = vehicle.capacity.first().copied().unwrap_or(i64::MAX);
        Some(Self { sites, seconds, places, depot: vehicle.start, closes: vehicle.shift.1, capacity })
    }

    pub fn way(&self, from: usize, to: usize) -> i64 {
        i64::from(self.seconds[from * self.places + to])
    }

    /// Whether a vehicle of its own that leaves the depot then can serve the request and be back.
    pub fn in_time(&self, request: &Request, leaves: i64) -> bool {
        let begin = (leaves + self.way(self.depot, request.place)).max(request.window.0);
        begin <= request.window.1
            && begin + request.service + self.way(request.place, self.depot) <= self.closes
    }

    /// The first epoch and the last: those in whose routes the earliest and the latest window open.
    pub fn epochs(&self) -> (i64, i64) {
        let opens = || self.sites.iter().map(|site| site.window.0);
        let epoch = |opens: Option<i64>| ((opens.unwrap_or(0) - MARGIN).div_euclid(EPOCH)).max(0);
        (epoch(opens().min()), epoch(opens().max()))
    }

    /// What is asked for in an epoch: place, window, service and demand each drawn from all customers.
    pub fn draw(&self, epoch: i64, dice: &mut Dice) -> Vec<Request> {
        let mut site = || self.sites[dice.roll(self.sites.len() as i64) as usize];
        (0..DRAWS)
            .map(|_| Request {
                place: site().place,
                window: site().window,
                service: site().service,
                demand: site().demand,
            })
            .filter(|request| self.in_time(request, departure(epoch)))
            .collect()
    }

    /// When the route may leave at the latest; none if it is late or too full whenever it leaves.
    pub fn latest_leave(&self, route: &[Request]) -> Option<i64> {
        let mut latest = self.closes;
        let mut next = self.depot;
        for request in route.iter().rev() {
            latest = (latest - self.way(request.place, next) - request.service).min(request.window.1);
            if latest < request.window.0 {
                return None;
            }
            next = request.place;
        }
        let full = route.iter().map(|request| request.demand).sum::<i64>() > self.capacity;
        (!full).then_some(latest - self.way(self.depot, next))
    }

    /// Seconds of driving.
    fn driving(&self, route: &[Request]) -> i64 {
        let places = || route.iter().map(|request| request.place);
        let legs = [self.depot].into_iter().chain(places()).zip(places().chain([self.depot]));
        legs.map(|(from, to)| self.way(from, to)).sum()
    }
}

impl Epoch<'_> {
    /// Whether the request would be too late if it waited for the next epoch.
    pub fn must_go(&self, request: &Request) -> bool {
        self.number >= self.last || !self.customers.in_time(request, departure(self.number + 1))
    }

    /// Whether the routes may leave now and everything goes that must; with what is wrong if not.
    fn judge(&self, routes: &[Vec<usize>]) -> Result<i64, String> {
        let mut gone = BTreeSet::new();
        let mut driving = 0;
        for route in routes {
            let requests: Vec<Request> =
                route.iter().filter_map(|&index| self.known.get(index).copied()).collect();
            if requests.len() != route.len() || !route.iter().all(|index| gone.insert(*index)) {
                return Err(format!("epoch {}: a request is unknown or served twice", self.number));
            }
            if self.customers.latest_leave(&requests).is_none_or(|latest| latest < departure(self.number)) {
                return Err(format!("epoch {}: a route is late or too full", self.number));
            }
            driving += self.customers.driving(&requests);
        }
        let forgotten = |(index, request): &(usize, &Request)| self.must_go(request) && !gone.contains(index);
        match self.known.iter().enumerate().find(forgotten) {
            Some((index, _)) => Err(format!("epoch {}: request {index} had to go", self.number)),
            None => Ok(driving),
        }
    }
}

/// A day of a policy, which answers with routes of indices into what is known. The same seed is the same day for every
/// policy.
///
/// # Errors
/// What the policy did that may not be.
pub fn play(
    customers: &Customers,
    seed: u64,
    policy: &mut dyn FnMut(&Epoch<'_>) -> Vec<Vec<usize>>,
) -> Result<Day, String> {
    let (first, last) = customers.epochs();
    let mut known: Vec<Request> = Vec::new();
    let mut day = Day { driving: 0, requests: 0, routes: 0, epochs: last - first + 1 };
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    for number in first..=last {
        let new = customers.draw(number, &mut dice);
        day.requests += new.len();
        known.extend(new);
        let epoch = Epoch { customers, number, last, known: &known };
        let routes = policy(&epoch);
        day.driving += epoch.judge(&routes)?;
        day.routes += routes.len();
        let gone: BTreeSet<usize> = routes.into_iter().flatten().collect();
        let mut index = 0..known.len();
        known.retain(|_| index.next().is_some_and(|index| !gone.contains(&index)));
    }
    Ok(day)
}
