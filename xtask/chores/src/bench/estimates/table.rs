//! The scores as tables that people read, ready for a page.

use std::fmt::Write;

use super::Scores;
use super::score::{ALL, AT_HUB, Errors, HORIZONS_MIN, ON_THE_ROAD, STANDING};

const GROUPS: [(&str, &str); 10] = [
    (ALL, "all"),
    (ON_THE_ROAD, "vehicles on the road"),
    (AT_HUB, "vehicles at the hub"),
    (STANDING, "vehicles off the road"),
    ("diesel_van", "diesel vans"),
    ("electric_van", "electric vans"),
    ("cargo_bike", "cargo bikes"),
    ("centre", "the centre"),
    ("town", "the town"),
    ("outskirts", "the outskirts"),
];

/// All of them.
pub fn of(scores: &Scores) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, scores);
    text
}

fn write_all(out: &mut String, scores: &Scores) -> std::fmt::Result {
    let seeds: Vec<String> = scores.seeds.iter().map(u64::to_string).collect();
    let factor = scores.factor.map_or(String::new(), |factor| format!(", {factor} times life"));
    writeln!(out, "Seeds {}{factor}; minutes, positive is later than said.\n", seeds.join(", "))?;
    writeln!(out, "| said | of | arrivals | bias | mean error | p95 | in its range | range |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    for horizon in HORIZONS_MIN.map(|minutes| format!("{minutes} min")) {
        let Some(groups) = scores.estimates.get(&horizon) else { continue };
        for (group, name) in GROUPS {
            if let Some(errors) = groups.get(group) {
                row(out, &format!("{horizon} ahead"), name, errors)?;
            }
        }
    }
    let ways = ["could be said", "the same, one approach a kind"];
    for (way, table) in ways.into_iter().zip(&scores.knowable) {
        for horizon in HORIZONS_MIN.map(|minutes| format!("{minutes} min")) {
            if let Some(errors) = table.get(&horizon).and_then(|groups| groups.get(ALL)) {
                row(out, &format!("{way}, {horizon} ahead"), ALL, errors)?;
            }
        }
    }
    for (group, name) in GROUPS {
        if let Some(errors) = scores.plan.get(group) {
            row(out, "in the morning plan", name, errors)?;
        }
    }
    for (group, name) in GROUPS {
        if let Some(errors) = scores.arrivals.get(group) {
            row(out, "arrival as it is kept", name, errors)?;
        }
    }
    let alarms = &scores.alarms;
    writeln!(
        out,
        "\nOf {} visits {} were late by more than 10 min, {} of them for a cause that was there 30 min before the window's \
         end; {} stops were given up.\n",
        alarms.visits, alarms.late, alarms.foreseeable, alarms.given_up
    )?;
    writeln!(out, "| alarm | announced | false | announced in time |\n|---|---|---|---|")?;
    let product = [("the product's".to_owned(), &alarms.product)];
    let curve = alarms.curve.iter().map(|(minutes, point)| (format!("estimate {minutes:+} min"), point));
    for (name, point) in product.into_iter().chain(curve) {
        writeln!(
            out,
            "| {name} | {} | {:.1} % | {:.1} % |",
            point.announced,
            point.false_percent(),
            point.recall_percent(alarms.foreseeable)
        )?;
    }
    writeln!(out, "\n{} stops were announced more than once.", alarms.raised_again)?;
    let pace = &scores.pace;
    writeln!(
        out,
        "Pace, in world seconds: an arrival is known after {:.0} (p95 {:.0}); longest time between two questions {:.0}.",
        pace.heard_after_s, pace.heard_after_p95_s, pace.longest_gap_s
    )
}

fn row(out: &mut String, said: &str, name: &str, errors: &Errors) -> std::fmt::Result {
    let without =
        if errors.without > 0 { format!(" (and {} unannounced)", errors.without) } else { String::new() };
    let percent = errors.covered_percent.map_or("–".to_owned(), |percent| format!("{percent:.1} %"));
    let range = errors.range_min.map_or("–".to_owned(), |minutes| format!("{minutes:.1}"));
    writeln!(
        out,
        "| {said} | {name} | {}{without} | {:+.1} | {:.1} | {:.1} | {percent} | {range} |",
        errors.count, errors.bias_min, errors.mean_min, errors.p95_min
    )
}
