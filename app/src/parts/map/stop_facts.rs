//! What the map's popup says of a stop. The list beside the map says the same and more.

use crate::{format, words};
use wire::staff::control_room::StopRow;

/// A heading and the lines under it.
#[derive(Debug, PartialEq, Eq)]
pub struct StopFacts {
    /// Which stop, and how it stands.
    pub title: String,
    /// Where, for whom, promised when, and what happened or is expected.
    pub lines: Vec<String>,
}

impl StopFacts {
    /// The facts of a stop as they are known now.
    pub fn of(row: &StopRow) -> Self {
        let title = format!("Stop {} · {}", row.sequence, words::stop_state(row));
        let mut lines = vec![
            row.address.clone(),
            match words::service(row.service) {
                Some(service) => format!("{service} {}", row.reference),
                None => format!("Order {}", row.reference),
            },
            format!("Promised {}, planned {}", format::window(row.window), format::clock(row.planned)),
        ];
        match (row.arrived, row.eta) {
            (Some(arrived), _) => lines.push(format!("Arrived {}", format::clock(arrived))),
            (None, Some(eta)) => lines.push(format!("Expected {}", format::clock(eta))),
            (None, None) => {}
        }
        let said = |how: &domain::Outcome| how.is_success() && !how.takes();
        lines.extend(row.outcome.filter(said).map(|how| words::outcome(how).to_owned()));
        Self { title, lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Outcome, Service, Standing};
    use wire::{Moment, Point, Span};

    fn at(clock: &str) -> Moment {
        format!("2024-03-13T{clock}:00+01:00").parse().unwrap()
    }

    fn row() -> StopRow {
        let id = "00000000-0000-0000-0000-000000000001";
        StopRow {
            stop: id.parse().unwrap(),
            order: id.parse().unwrap(),
            reference: "A-1001".to_owned(),
            sequence: 12,
            together: 1,
            service: Service::Deliver,
            address: "Triq il-Kbira, Mosta".to_owned(),
            at: Point { lat: 35.9, lon: 14.4 },
            standing: Standing::AtRisk,
            window: Span { from: at("14:05"), until: at("14:25") },
            planned: at("14:10"),
            eta: Some(at("14:21")),
            arrived: None,
            outcome: None,
        }
    }

    #[test]
    fn an_open_stop_says_what_is_expected() {
        let facts = StopFacts::of(&row());
        assert_eq!(facts.title, "Stop 12 · At risk");
        let expected =
            ["Triq il-Kbira, Mosta", "Order A-1001", "Promised 14:05–14:25, planned 14:10", "Expected 14:21"];
        assert_eq!(facts.lines, expected);
    }

    #[test]
    fn a_closed_stop_says_what_happened() {
        let closed = StopRow { arrived: Some(at("14:31")), outcome: Some(Outcome::FailedNotHome), ..row() };
        let facts = StopFacts::of(&closed);
        assert_eq!(facts.title, "Stop 12 · Nobody home");
        assert_eq!(facts.lines.get(3..), Some(&["Arrived 14:31".to_owned()][..]));
        let standing = Standing::Late;
        let late = StopRow { outcome: Some(Outcome::DeliveredToMailbox), standing, ..closed };
        assert_eq!(StopFacts::of(&late).title, "Stop 12 · Delivered late");
        assert_eq!(StopFacts::of(&StopRow { standing, ..row() }).title, "Stop 12 · Will be late");
        let collects = StopRow { service: Service::Collect, ..row() };
        assert_eq!(StopFacts::of(&collects).lines[1], "Collect A-1001");
        let standing = Standing::Done;
        let collected = StopRow { outcome: Some(Outcome::Collected), standing, ..collects };
        let facts = StopFacts::of(&collected);
        assert_eq!((facts.title.as_str(), facts.lines.len()), ("Stop 12 · Collected", 4));
    }
}
