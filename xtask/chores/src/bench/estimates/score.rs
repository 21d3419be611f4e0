//! How far off the product's estimates and its plan were, and how often its ranges held.
//!
//! An error is the arrival minus what was said: positive when the vehicle came later than announced. Not here: alarms
//! (`super::alarms`).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;

use super::facts::{At, Doing, Truth, Visit};
use super::foresight::foreseen;
use super::published::{Record, Say};

/// How many minutes ahead of the arrival estimates are looked at.
pub const HORIZONS_MIN: [i64; 5] = [120, 60, 30, 15, 10];
/// Everything.
pub const ALL: &str = "all";
/// Said of vehicles that had not left.
pub const AT_HUB: &str = "at_hub";
/// Said of vehicles that could not drive.
pub const STANDING: &str = "standing";
/// Said of the others.
pub const ON_THE_ROAD: &str = "on_the_road";

/// Errors of one group, in minutes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Errors {
    /// How many estimates.
    pub count: usize,
    /// How many arrivals had been announced by nothing.
    pub without: usize,
    /// Mean error; positive is later than said.
    pub bias_min: f64,
    /// Mean of the errors without their signs.
    pub mean_min: f64,
    /// 95 % of the errors without their signs are below it.
    pub p95_min: f64,
    /// Of the estimates that had a range, the share of arrivals within it, in percent.
    pub covered_percent: Option<f64>,
    /// Mean width of those ranges.
    pub range_min: Option<f64>,
}

/// Errors by horizon and group: all, kinds of vehicles, areas, and how the vehicle was doing when it was said.
pub type Table = BTreeMap<String, BTreeMap<String, Errors>>;

/// What is gathered for one cell.
#[derive(Default)]
struct Gathered {
    errors: Vec<f64>,
    without: usize,
    widths: Vec<f64>,
    covered: usize,
}

impl Gathered {
    fn add(&mut self, arrived: At, said: Option<Said>) {
        let Some(said) = said else {
            self.without += 1;
            return;
        };
        self.errors.push(minutes(arrived - said.expected));
        if let Some((earliest, latest)) = said.range {
            self.widths.push(minutes(latest - earliest));
            self.covered += usize::from((earliest..=latest).contains(&arrived));
        }
    }

    fn sum_up(mut self) -> Errors {
        let count = self.errors.len();
        let of = |sum: f64| if count == 0 { 0.0 } else { sum / count as f64 };
        let bias_min = of(self.errors.iter().sum());
        self.errors.iter_mut().for_each(|error| *error = error.abs());
        self.errors.sort_by(f64::total_cmp);
        let ranges = self.widths.len();
        let of_ranges = |sum: f64| (ranges > 0).then(|| sum / ranges as f64);
        Errors {
            count,
            without: self.without,
            bias_min,
            mean_min: of(self.errors.iter().sum()),
            p95_min: quantile(&self.errors, 0.95),
            covered_percent: of_ranges(100.0 * self.covered as f64),
            range_min: of_ranges(self.widths.iter().sum()),
        }
    }
}

/// What was said of one arrival.
#[derive(Clone, Copy)]
struct Said {
    expected: At,
    range: Option<(At, At)>,
}

impl Said {
    fn estimate(say: &Say) -> Option<Self> {
        Some(Self { expected: say.expected?, range: say.earliest.zip(say.latest) })
    }
}

/// Estimates against arrivals, over all days.
pub fn estimates(days: &[(Truth, Record)]) -> Table {
    let mut cells: BTreeMap<String, BTreeMap<String, Gathered>> = BTreeMap::new();
    for (truth, record) in days {
        for (tour, visit) in truth.tours.values().flat_map(|tour| tour.visits.iter().map(move |v| (tour, v)))
        {
            let Some(history) = record.stops.get(&visit.stop) else { continue };
            for horizon in HORIZONS_MIN {
                let then = visit.arrived - TimeDelta::minutes(horizon);
                // Before the plan nothing is said of anything.
                let Some(say) = history.at(then) else { continue };
                let doing = match tour.doing(then) {
                    Doing::AtHub => AT_HUB,
                    Doing::Standing => STANDING,
                    Doing::OnTheRoad => ON_THE_ROAD,
                };
                let groups = cells.entry(format!("{horizon} min")).or_default();
                add(groups, &[ALL, &visit.kind, &visit.area, doing], visit.arrived, Said::estimate(say));
            }
        }
    }
    sum_up(cells)
}

/// What could have been said of the same arrivals: by one who knows all that had happened, and of everything after it what
/// is usual; first with the usual approach of each kind and area, then with the best single one for each kind.
pub fn knowable(days: &[(Truth, Record)]) -> [Table; 2] {
    let mut cells: [BTreeMap<String, BTreeMap<String, Gathered>>; 2] = Default::default();
    let by_kind = mean_approaches(days);
    let of_area = |visit: &Visit| visit.usual_approach_s;
    let of_kind = |visit: &Visit| by_kind.get(&visit.kind).copied().unwrap_or_default();
    let ways: [&dyn Fn(&Visit) -> f64; 2] = [&of_area, &of_kind];
    for (truth, record) in days {
        for tour in truth.tours.values() {
            for (index, visit) in tour.visits.iter().enumerate() {
                let Some(history) = record.stops.get(&visit.stop) else { continue };
                for horizon in HORIZONS_MIN {
                    let then = visit.arrived - TimeDelta::minutes(horizon);
                    if history.at(then).is_none() {
                        continue;
                    }
                    for (cells, approach_s) in cells.iter_mut().zip(ways) {
                        let expected = foreseen(truth, tour, index, then, approach_s);
                        let said = expected.map(|expected| Said { expected, range: None });
                        let groups = cells.entry(format!("{horizon} min")).or_default();
                        add(groups, &[ALL, &visit.kind, &visit.area], visit.arrived, said);
                    }
                }
            }
        }
    }
    cells.map(sum_up)
}

/// How long looking, parking and walking took in the mean, by kind.
fn mean_approaches(days: &[(Truth, Record)]) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for visit in days.iter().flat_map(|(truth, _)| truth.visits()) {
        let (sum, count) = sums.entry(visit.kind.clone()).or_default();
        *sum += visit.search_s + visit.walk_s;
        *count += 1.0;
    }
    sums.into_iter().map(|(kind, (sum, count))| (kind, sum / count)).collect()
}

/// The morning's plan against arrivals, over all days.
pub fn plans(days: &[(Truth, Record)]) -> BTreeMap<String, Errors> {
    let mut cells = BTreeMap::new();
    for (truth, record) in days {
        for visit in truth.visits() {
            let first = record.stops.get(&visit.stop).and_then(|history| history.says.first());
            let Some(first) = first else { continue };
            let said = Said { expected: first.planned, range: None };
            add(&mut cells, &[ALL, &visit.kind, &visit.area], visit.arrived, Some(said));
        }
    }
    sum_up([("plan".to_owned(), cells)].into()).remove("plan").unwrap_or_default()
}

/// Arrivals as the product has them in the end, over all days: from a driver's tap, or concluded from positions.
pub fn arrivals(days: &[(Truth, Record)]) -> BTreeMap<String, Errors> {
    let mut cells = BTreeMap::new();
    for (truth, record) in days {
        for visit in truth.visits() {
            let kept = record.stops.get(&visit.stop).and_then(|history| history.says.last()?.arrived);
            let Some(kept) = kept else { continue };
            let said = Said { expected: kept, range: None };
            add(&mut cells, &[ALL, &visit.kind, &visit.area], visit.arrived, Some(said));
        }
    }
    sum_up([("arrival".to_owned(), cells)].into()).remove("arrival").unwrap_or_default()
}

fn add(cells: &mut BTreeMap<String, Gathered>, groups: &[&str], arrived: At, said: Option<Said>) {
    for group in groups {
        cells.entry((*group).to_owned()).or_default().add(arrived, said);
    }
}

fn sum_up(cells: BTreeMap<String, BTreeMap<String, Gathered>>) -> Table {
    let row = |row: BTreeMap<String, Gathered>| {
        row.into_iter().map(|(group, gathered)| (group, gathered.sum_up())).collect()
    };
    cells.into_iter().map(|(name, groups)| (name, row(groups))).collect()
}

/// Minutes with fractions.
pub fn minutes(span: TimeDelta) -> f64 {
    span.num_milliseconds() as f64 / 60_000.0
}

/// The value below which this share of sorted values lies; zero of none.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &str) -> String {
        format!("2026-06-15T{clock}:00Z")
    }

    fn visit(stop: &str, kind: &str, arrived: &str) -> String {
        format!(
            r#"{{"fact":"stop","vehicle":"Van 01","kind":"{kind}","stop":"{stop}","area":"town","window_from":"{0}","window_until":"{0}","set_off":"{0}","back_s":0,"turned_s":0,"drive_s":1,"usual_drive_s":0,"incident_s":0,"stood_s":0,"usual_approach_s":0,"arrived":"{1}","usual_at_door_s":0,"ended":"{1}"}}"#,
            at("08:00"),
            at(arrived)
        )
    }

    fn say(stop: &str, since: &str, expected: &str) -> String {
        format!(
            r#"{{"stop":"{stop}","at":"{}","planned":"{}","expected":"{}","earliest":"{}","latest":"{}","late":false}}"#,
            at(since),
            at("08:50"),
            at(expected),
            at("08:55"),
            at("09:05")
        )
    }

    fn days() -> Vec<(Truth, Record)> {
        let truth = [
            visit("a", "diesel_van", "09:00"),
            visit("b", "cargo_bike", "09:10"),
            r#"{"fact":"order"}"#.into(),
        ];
        let record = [
            say("a", "07:30", "08:40"),
            say("a", "08:35", "08:58"),
            say("b", "08:20", "09:14"),
            format!(r#"{{"stop":"b","at":"{}","planned":"{}","late":false}}"#, at("08:45"), at("08:50")),
            format!(
                r#"{{"stop":"a","at":"{0}","planned":"{0}","arrived":"{1}","late":false}}"#,
                at("09:01"),
                at("08:59")
            ),
        ];
        vec![(Truth::parse(&truth.join("\n")).unwrap(), Record::parse(&record.join("\n")).unwrap())]
    }

    #[test]
    fn errors_are_those_of_what_held_so_long_before_the_arrival() {
        let table = estimates(&days());
        assert!(!table.contains_key("120 min"), "nothing had been said yet");
        let cell = |horizon: &str, group: &str| table[horizon][group].clone();
        assert!((cell("60 min", "diesel_van").bias_min - 20.0).abs() < 1e-9, "later than said is positive");
        assert!((cell("30 min", "all").bias_min - 8.0).abs() < 1e-9);
        assert!((cell("30 min", "all").mean_min - 12.0).abs() < 1e-9);
        assert!((cell("30 min", "all").p95_min - 20.0).abs() < 1e-9);
        assert!((cell("15 min", "town").mean_min - 2.0).abs() < 1e-9);
        assert!((cell("15 min", AT_HUB).mean_min - 2.0).abs() < 1e-9, "nobody has said that it left");
        assert_eq!(cell("15 min", "cargo_bike"), Errors { without: 1, ..Errors::default() });
    }

    #[test]
    fn ranges_are_counted_where_there_are_some() {
        let cell = estimates(&days())["30 min"]["all"].clone();
        assert_eq!(cell.covered_percent, Some(50.0));
        assert_eq!(cell.range_min, Some(10.0));
        assert_eq!(plans(&days())["all"].covered_percent, None);
    }

    #[test]
    fn an_arrival_is_kept_too_early_when_it_begins_with_the_parking() {
        let kept = arrivals(&days());
        assert_eq!((kept["all"].count, kept.contains_key("cargo_bike")), (1, false));
        assert!((kept["diesel_van"].bias_min - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_plan_is_the_first_that_was_published() {
        let plan = plans(&days());
        assert!((plan["all"].bias_min - 15.0).abs() < 1e-9);
        assert_eq!(plan["cargo_bike"].count, 1);
    }
}
