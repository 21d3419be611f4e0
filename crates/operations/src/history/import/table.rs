//! A history file of a table (CSV): a row for each attempt, with the order that it was made for.

use super::lines::{Line, Unread};
use crate::base::zone::Zone;
use chrono::{DateTime, NaiveDateTime};
use domain::{Day, Instant, Outcome, Service};
use std::collections::{BTreeMap, HashMap};
use wire::{
    Point,
    history::{HistoryRecord, PastAttempt, PastOrder, PastRoute},
    machine::{PlaceOrder, PlacePackage, PlaceRecipient},
};

/// Columns without which a row says nothing.
const NEEDED: [&str; 8] = [
    "shop",
    "reference",
    "recipient_name",
    "recipient_phone",
    "address",
    "placed_at",
    "window_from",
    "window_until",
];
/// The others that are known.
const KNOWN: [&str; 20] = [
    "recipient_email",
    "lat",
    "lon",
    "service",
    "service_s",
    "packages",
    "weight_g",
    "volume_ml",
    "notes",
    "cancelled_at",
    "vehicle",
    "driver",
    "departed_at",
    "finished_at",
    "planned_arrival",
    "arrived_at",
    "ended_at",
    "outcome",
    "note",
    "driven_m",
];

/// Reads a table. Rounds follow from its rows: all attempts of a vehicle on one day are one, or on one departure where that is
/// said. They come first, under the line of their first row.
pub(super) fn read(body: &[u8], zone: Zone) -> Vec<Line> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // The reader counts lines by the line feeds that it has passed: of two signs it would have passed one.
    let body: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\r').collect();
    let head = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |of: u8| head.iter().filter(|byte| **byte == of).count();
    let by = if count(b';') > count(b',') { b';' } else { b',' };
    let mut table = csv::ReaderBuilder::new().delimiter(by).from_reader(body.as_slice());
    let head: Vec<String> = match table.headers() {
        Ok(head) => head.iter().map(|name| name.trim().to_lowercase()).collect(),
        Err(_) => {
            return vec![(1, Err(Unread::because("the first line is not UTF-8: save the file as UTF-8")))];
        }
    };
    if let Some(why) = faults_of(&head) {
        return vec![(1, Err(Unread::because(why)))];
    }
    let mut orders: Vec<(usize, PastOrder, Vec<PastRoute>)> = vec![];
    // By shop and reference, the first line of an order that is refused.
    let mut broken: HashMap<(String, String), usize> = HashMap::new();
    let mut by_reference: HashMap<(String, String), usize> = HashMap::new();
    let mut rounds: BTreeMap<String, (usize, PastRoute)> = BTreeMap::new();
    let mut unread = vec![];
    for (place, row) in table.records().enumerate() {
        let row = match row {
            Ok(row) => row,
            Err(fault) => {
                let line = fault.position().map_or(place + 2, |at| at.line() as usize);
                unread.push((line, Unread::because(match fault.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
                        "the row has {len} fields and there are {expected_len} columns: put texts with commas between quotes"
                    ),
                    _ => "the row is not UTF-8: save the file as UTF-8".to_owned(),
                })));
                continue;
            }
        };
        let line = row.position().map_or(place + 2, |at| at.line() as usize);
        if row.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let fields: HashMap<&str, &str> =
            head.iter().map(String::as_str).zip(row.iter().map(str::trim)).collect();
        let row = Row { fields, zone };
        let (order, attempt) = match row.read() {
            Ok(read) => read,
            Err(why) => {
                let said = |name| row.text(name).unwrap_or_default().to_owned();
                broken.entry((said("shop"), said("reference"))).or_insert(line);
                let what = said("reference").chars().take(64).collect();
                unread.push((line, Unread { what, why }));
                continue;
            }
        };
        let key = (order.shop.clone(), order.order.reference.clone());
        let known = by_reference.get(&key).and_then(|at| orders.get_mut(*at));
        match known {
            Some((first, known, routes)) => {
                let same = PastOrder { attempts: known.attempts.clone(), ..order.clone() } == *known;
                if attempt.is_none() || !same {
                    let why = if same {
                        format!("line {first} says the same: leave one of them out")
                    } else {
                        format!(
                            "line {first} says something else of this order: make its columns the same in all its rows"
                        )
                    };
                    if !same {
                        broken.entry(key.clone()).or_insert(line);
                    }
                    unread.push((line, Unread { what: key.1, why }));
                    continue;
                }
                routes.extend(attempt.iter().map(|(_, route)| route.clone()));
                known.attempts.extend(attempt.iter().map(|(attempt, _)| attempt.clone()));
                known.attempts.sort_by_key(|attempt| attempt.ended_at);
            }
            None => {
                let attempts = attempt.iter().map(|(attempt, _)| attempt.clone()).collect();
                by_reference.insert(key, orders.len());
                let routes = attempt.iter().map(|(_, route)| route.clone()).collect();
                orders.push((line, PastOrder { attempts, ..order }, routes));
            }
        }
    }
    // An order is whole or refused: what is left of it could not be brought in later.
    orders.retain(|(line, order, _)| {
        let reference = &order.order.reference;
        let Some(other) = broken.get(&(order.shop.clone(), reference.clone())) else { return true };
        let why = format!(
            "line {other} of the same order is refused: mend it, and send all rows of the order again"
        );
        unread.push((*line, Unread { what: reference.chars().take(64).collect(), why }));
        false
    });
    for (line, route) in
        orders.iter().flat_map(|(line, _, routes)| routes.iter().map(move |route| (*line, route)))
    {
        let (_, round) = rounds.entry(route.key.clone()).or_insert_with(|| (line, route.clone()));
        round.departed_at = round.departed_at.min(route.departed_at);
        round.finished_at = round.finished_at.max(route.finished_at);
        round.driven_m = round.driven_m.or(route.driven_m);
    }
    let rounds = rounds.into_values().map(|(line, round)| (line, Ok(HistoryRecord::Route(round))));
    let orders = orders.into_iter().map(|(line, order, _)| (line, Ok(HistoryRecord::Order(Box::new(order)))));
    let unread = unread.into_iter().map(|(line, why)| (line, Err(why)));
    rounds.chain(orders).chain(unread).collect()
}

/// What is wrong with the names of the columns, all at once.
fn faults_of(head: &[String]) -> Option<String> {
    let known = |name: &str| NEEDED.contains(&name) || KNOWN.contains(&name);
    let missing: Vec<_> =
        NEEDED.iter().filter(|name| !head.iter().any(|have| have == *name)).copied().collect();
    let strange: Vec<_> = head.iter().filter(|name| !known(name)).map(|name| format!("“{name}”")).collect();
    let mut twice: Vec<_> =
        head.iter().filter(|name| head.iter().filter(|other| other == name).count() > 1).collect();
    twice.dedup();
    let mut faults = vec![];
    if !missing.is_empty() {
        faults.push(format!("columns are missing: {}", missing.join(", ")));
    }
    if !strange.is_empty() {
        faults.push(format!(
            "there are no columns {}; known are also {}",
            strange.join(", "),
            KNOWN.join(", ")
        ));
    }
    if let Some(name) = twice.first() {
        faults.push(format!("the column {name} stands twice"));
    }
    (!faults.is_empty())
        .then(|| format!("{}: rename or add columns, and send the file again", faults.join("; ")))
}

struct Row<'a> {
    fields: HashMap<&'a str, &'a str>,
    zone: Zone,
}

impl Row<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).copied().filter(|field| !field.is_empty())
    }

    fn needed(&self, name: &str) -> Result<&str, String> {
        self.text(name).ok_or_else(|| format!("{name} is empty"))
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        let read = |text: &str| text.parse().map_err(|_| format!("{name}: “{text}” is no such number"));
        self.text(name).map(read).transpose()
    }

    /// A time with its offset, or as the hub's clocks showed it.
    fn time(&self, name: &str) -> Result<Option<Instant>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(Some(at.to_utc()));
        }
        let forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
        let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        let local = local.ok_or_else(|| {
            format!("{name}: “{text}” is no time: write 2026-11-23 08:15 by the hub's clock, or 2026-11-23T08:15:00+01:00")
        })?;
        self.zone.only(local).map(Some).ok_or_else(|| {
            format!("{name}: {text} was not once on the hub's clock, because it was changed: write the time with its offset")
        })
    }

    fn read(&self) -> Result<(PastOrder, Option<(PastAttempt, PastRoute)>), String> {
        let time = |name: &str| self.time(name)?.ok_or_else(|| format!("{name} is empty"));
        let reference = self.needed("reference")?.to_owned();
        let at = match (self.number("lat")?, self.number("lon")?) {
            (Some(lat), Some(lon)) => Some(Point { lat, lon }),
            (None, None) => None,
            _ => return Err("lat and lon: give both or neither".to_owned()),
        };
        let packages: i64 = self.number("packages")?.unwrap_or(1);
        if !(1..=50).contains(&packages) {
            return Err("packages: an order has 1 to 50".to_owned());
        }
        let share = |name: &str| Ok::<i64, String>(self.number::<i64>(name)?.unwrap_or(0) / packages);
        let (weight_g, volume_ml) = (share("weight_g")?, share("volume_ml")?);
        let package = |n| PlacePackage { barcode: format!("{reference}-{n}"), weight_g, volume_ml };
        let service = match self.text("service") {
            None => None,
            Some(code) => Some(Service::parse(code).ok_or("service is deliver, collect or both")?),
        };
        let order = PlaceOrder {
            recipient: PlaceRecipient {
                name: self.needed("recipient_name")?.to_owned(),
                phone: self.needed("recipient_phone")?.to_owned(),
                email: self.text("recipient_email").map(str::to_owned),
                language: None,
            },
            address: self.needed("address")?.to_owned(),
            at,
            window_from: time("window_from")?,
            window_until: time("window_until")?,
            packages: (1..=packages).map(package).collect(),
            hub: None,
            service_s: self.number("service_s")?,
            more_windows: vec![],
            priority: None,
            skills: vec![],
            only_vehicles: vec![],
            never_vehicles: vec![],
            service,
            notes: self.text("notes").map(str::to_owned),
            items: vec![],
            reference,
        };
        let order = PastOrder {
            shop: self.needed("shop")?.to_owned(),
            placed_at: time("placed_at")?,
            order,
            cancelled_at: self.time("cancelled_at")?,
            attempts: vec![],
        };
        Ok((order, self.attempt()?))
    }

    fn attempt(&self) -> Result<Option<(PastAttempt, PastRoute)>, String> {
        let said = ["vehicle", "ended_at", "outcome"].map(|name| self.text(name));
        let [Some(vehicle), Some(_), Some(outcome)] = said else {
            let none =
                ["vehicle", "arrived_at", "ended_at", "outcome"].iter().all(|name| self.text(name).is_none());
            return if none {
                Ok(None)
            } else {
                Err("an attempt needs vehicle, ended_at and outcome".to_owned())
            };
        };
        let outcome = Outcome::parse(outcome).ok_or_else(|| {
            let all: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.code()).collect();
            format!("outcome: there is none called “{outcome}”; there are {}", all.join(", "))
        })?;
        let (arrived_at, departed_at) = (self.time("arrived_at")?, self.time("departed_at")?);
        let Some(ended_at) = self.time("ended_at")? else { return Ok(None) };
        let came = arrived_at.unwrap_or(ended_at);
        let day: Day = self.zone.day(departed_at.unwrap_or(came));
        let departure = departed_at.map(|at| format!(" {at}")).unwrap_or_default();
        let route = PastRoute {
            key: format!("{vehicle} {day}{departure}"),
            vehicle: vehicle.to_owned(),
            driver: self.text("driver").map(str::to_owned),
            day: Some(day),
            planned_at: None,
            planned_start: None,
            planned_end: None,
            departed_at: departed_at.unwrap_or(came),
            finished_at: self.time("finished_at")?.unwrap_or(ended_at),
            planned_m: None,
            driven_m: self.number("driven_m")?,
        };
        let attempt = PastAttempt {
            route: route.key.clone(),
            arrived_at,
            ended_at,
            outcome,
            note: self.text("note").map(str::to_owned),
            planned_arrival: self.time("planned_arrival")?,
            travel_s: None,
            window_from: None,
            window_until: None,
            estimates: vec![],
        };
        Ok(Some((attempt, route)))
    }
}
