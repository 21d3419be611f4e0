//! Address look-up: lines made from the tags of extracts, as people write them, half of them with a number that is not on the
//! map. Says of each kind how many were placed rightly, placed wrongly, and refused.
//!
//! Needs `DOORSTEP_EXTRACTS` (Malta) and `DOORSTEP_DATA` (Heidelberg, Monaco in its folder `osm`); what is missing is said and
//! left out. Arguments: `--refused` prints the lines that were refused although their number is on the map.
//! Not here: what counts as placed (`crates/operations/src/orders.rs`).

#![expect(clippy::expect_used, reason = "a benchmark stops at the first thing that is missing")]

mod lines;
#[path = "../../tests/made/mod.rs"]
mod made;
mod raw;
mod towns;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use lines::{Country, Line};
use roads::{Addresses, City, Doubt, Profile, TravelTimes};

/// Placed without asking from this confidence on, as the product does.
const SURE: f32 = 0.75;
/// A line is placed rightly within so many metres.
const RIGHT_M: f64 = 30.0;
/// Of each city so many lines of either half.
const LINES: usize = 80;

#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
    refused: usize,
    /// Refused with another doubt than that the number is unknown.
    otherwise: usize,
}

fn main() {
    let show = std::env::args().any(|argument| argument == "--refused");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let made = |name: &str, made: made::Made| {
        let path = folder.path().join(format!("{name}.osm.pbf"));
        made.write(&path).expect("a written extract");
        Some(path)
    };
    let at = |variable: &str, file: &str| {
        let path = std::env::var_os(variable).map(|folder| PathBuf::from(folder).join(file));
        let found = path.filter(|path| path.is_file());
        if found.is_none() {
            println!("LEFT OUT: no {file} in the folder that {variable} names");
        }
        found
    };
    let cities = [
        ("Malta", Country::Malta, at("DOORSTEP_EXTRACTS", "malta-latest.osm.pbf")),
        ("Heidelberg", Country::Germany, at("DOORSTEP_DATA", "osm/heidelberg-2024-09-08-roads.osm.pbf")),
        ("Monaco", Country::France, at("DOORSTEP_DATA", "osm/monaco-2020-07-19.osm.pbf")),
        ("made, Britain", Country::Britain, made("britain", towns::british())),
        ("made, Italy", Country::Italy, made("italy", towns::italian())),
    ];
    let (mut by_city, mut by_kind) = (BTreeMap::new(), BTreeMap::new());
    let (mut asked, mut spent) = (0, 0.0);
    for (name, country, path) in cities {
        let Some(path) = path else { continue };
        let city = City::open(&path, folder.path()).expect("a city");
        for line in all_lines(&path, country, &city) {
            let begun = Instant::now();
            let found = city.search(&line.text, 3).expect("an answer").into_iter().next();
            spent += begun.elapsed().as_secs_f64();
            asked += 1;
            let placed = found.as_ref().filter(|f| f.doubts.is_empty() && f.confidence >= SURE);
            let half = if line.house.is_some() { "number on the map" } else { "number not on the map" };
            let counts: [&mut Count; 2] =
                [by_city.entry((half, name)).or_default(), by_kind.entry((half, line.kind)).or_default()];
            for count in counts {
                match (&line.house, placed) {
                    (Some(house), Some(found)) if found.address.at.metres_to(house.at) <= RIGHT_M => {
                        count.right += 1;
                    }
                    (_, Some(_)) => count.wrong += 1,
                    (_, None) => count.refused += 1,
                }
                let doubt = |doubt: &Doubt| matches!(doubt, Doubt::NumberUnknown(_));
                if line.house.is_none() && !found.as_ref().is_some_and(|f| f.doubts.iter().any(doubt)) {
                    count.otherwise += 1;
                }
            }
            let wrong = placed.filter(|found| {
                line.house.as_ref().is_none_or(|house| found.address.at.metres_to(house.at) > RIGHT_M)
            });
            if let Some(wrong) = wrong {
                println!("WRONG {name}, {}: {} -> {}", line.kind, line.text, wrong.address.text);
            } else if show && line.house.is_some() && placed.is_none() {
                let best = found.map(|f| (f.address.text, f.confidence, f.doubts));
                println!("REFUSED {name}, {}: {} -> {best:?}", line.kind, line.text);
            }
        }
    }
    for (title, counts) in [("city", &by_city), ("kind of line", &by_kind)] {
        println!(
            "\n| half | {title} | lines | placed within {RIGHT_M} m | wrong | refused | of these, number not named |"
        );
        println!("|---|---|---|---|---|---|---|");
        for ((half, name), Count { right, wrong, refused, otherwise }) in counts {
            println!(
                "| {half} | {name} | {} | {right} | {wrong} | {refused} | {otherwise} |",
                right + wrong + refused
            );
        }
    }
    println!("\n{asked} lines, {:.2} ms each", spent * 1e3 / f64::from(asked.max(1)));
}

/// The lines of a city, both halves, in an order that depends on the extract alone.
fn all_lines(path: &Path, country: Country, city: &City) -> Vec<Line> {
    let raw = raw::read(path).expect("an extract that can be read");
    let mut houses: Vec<&raw::House> = raw
        .houses
        .iter()
        .filter(|house| house.number.starts_with(|c: char| c.is_ascii_digit()) && !house.number.contains(','))
        .filter(|house| {
            // What is far from every street is left out of the city, and a number that the map has twice is no question.
            let near = city.snap(house.at, Profile::Car).is_some_and(|snap| snap.metres_away <= 250.0);
            let same = raw.houses.iter().filter(|other| {
                other.street == house.street && other.number == house.number && other.town == house.town
            });
            near && same.clone().all(|other| other.at.metres_to(house.at) <= RIGHT_M)
        })
        .collect();
    houses.sort_by(|a, b| (&a.street, &a.number, &a.town).cmp(&(&b.street, &b.number, &b.town)));
    houses.dedup_by(|a, b| (&a.street, &a.number, &a.town) == (&b.street, &b.number, &b.town));
    let step = (houses.len() / LINES).max(1);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0.. {
        for (index, house) in houses.iter().enumerate().skip(round % step).step_by(step) {
            for (lines, into) in [
                (lines::of_house(house, &raw, country), &mut known),
                (lines::unknown(house, &raw, country), &mut unknown),
            ] {
                let count = lines.len();
                // Another kind for each house, so that all kinds come up.
                if into.len() < LINES && count > 0 {
                    into.extend(lines.into_iter().nth((index / step * 7 + round * 3) % count));
                }
            }
        }
        if round > 20 || (known.len() >= LINES && unknown.len() >= LINES) {
            break;
        }
    }
    let shops = raw.numberless.iter().step_by((raw.numberless.len() / 20).max(1)).take(20);
    unknown.extend(shops.map(|(street, town)| lines::numberless(street, town, country)));
    known.into_iter().chain(unknown).collect()
}
