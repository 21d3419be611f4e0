//! Lines as people write them, in a small town, and where they lead.

use roads::{Addresses, City, Doubt, Found};

use super::{
    made::{Made, Member},
    nowhere, opened,
};

/// A town with two main streets that cross and a third beside them, and houses tagged in every usual way.
fn mini_town() -> Made {
    let mut made = nowhere();
    made.node([0.0, 50.0], &[("place", "town"), ("name", "Musterstadt"), ("name:en", "Sampletown")]);
    let along = |fixed: Option<f64>, other: f64| -> Vec<[f64; 2]> {
        let at = |step: i32| f64::from(step) * 100.0;
        (-6..=6).map(|step| fixed.map_or([other, at(step)], |north| [at(step), north])).collect()
    };
    let road = |name| [("highway", "residential"), ("name", name)];
    let east_west = made.line(&along(Some(0.0), 0.0), &road("Berliner Straße"));
    let mut north_south: Vec<i64> = along(None, 0.0).iter().map(|&at| made.node(at, &[])).collect();
    north_south[6] = east_west[6];
    let second = [("name:en", "Republic Street"), ("alt_name", "Kingsway")];
    made.way(&north_south, &[&road("Triq ir-Repubblika")[..], &second[..]].concat());
    let mut third: Vec<i64> = along(Some(-400.0), 0.0).iter().map(|&at| made.node(at, &[])).collect();
    third[6] = north_south[2];
    let muller = made.way(&third, &road("Müllerweg"));
    let mut house = |at: [f64; 2], number: &str, street: &str, more: &[(&str, &str)]| {
        let own = [
            ("building", "house"),
            ("addr:housenumber", number),
            ("addr:street", street),
            ("addr:city", "Musterstadt"),
            ("addr:postcode", "12345"),
        ];
        made.node(at, &[&own[..], more].concat())
    };
    house([-500.0, 15.0], "12", "Berliner Straße", &[]);
    house([-400.0, 15.0], "12a", "Berliner Straße", &[]);
    house([-200.0, 15.0], "125", "Berliner Straße", &[]);
    house([300.0, 15.0], "14-18", "Berliner Straße", &[("addr:interpolation", "even")]);
    house([400.0, 15.0], "21;23", "Berliner Straße", &[]);
    house([15.0, 300.0], "7", "Republic Street", &[]);
    house([15.0, 200.0], "58a", "Republic Street", &[]);
    house([-300.0, -390.0], "3", "Müllerweg", &[]);
    let ends = [
        house([15.0, 400.0], "30", "Republic Street", &[]),
        house([15.0, 500.0], "40", "Republic Street", &[]),
    ];
    made.way(&ends, &[("addr:interpolation", "even")]);
    let shop = [("shop", "bakery"), ("name", "Bäckerei Muster"), ("addr:street", "Berliner Straße")];
    made.node([100.0, 15.0], &shop);
    let told = made.node([450.0, -410.0], &[("building", "house"), ("addr:housenumber", "9")]);
    made.relation(
        &[("street", Member::Way(muller)), ("house", Member::Node(told))],
        &[("type", "associatedStreet"), ("name", "Müllerweg")],
    );
    made
}

fn first(city: &City, line: &str) -> Option<Found> {
    city.search(line, 3).expect("an answer").into_iter().next()
}

/// Whether an order with this line would be placed without asking.
fn is_placed(found: &Found) -> bool {
    found.doubts.is_empty() && found.confidence >= 0.75
}

#[track_caller]
fn placed(made: &Made, city: &City, line: &str, at: [f64; 2]) {
    let found = first(city, line).unwrap_or_else(|| panic!("{line}: nothing found"));
    let away = found.address.at.metres_to(made.at(at));
    assert!(is_placed(&found) && away < 2.0, "{line}: {away} m away, {found:?}");
}

#[track_caller]
fn unknown(city: &City, line: &str, number: &str) {
    let found = first(city, line).unwrap_or_else(|| panic!("{line}: nothing found"));
    let said = found.doubts.contains(&Doubt::NumberUnknown(number.to_owned()));
    assert!(said && !is_placed(&found), "{line}: {found:?}");
    let all = city.search(line, 10).expect("an answer");
    assert!(!all.iter().any(is_placed), "{line}: {all:?}");
}

#[test]
fn a_number_that_is_not_on_the_map_is_not_another_one() {
    let city = opened(&mini_town());
    for (line, number) in [
        ("Berliner Straße 1, Musterstadt", "1"),
        ("Berliner Straße 2, Musterstadt", "2"),
        ("Berliner Straße 12b, Musterstadt", "12b"),
        ("Berliner Straße 17, Musterstadt", "17"),
        ("Berliner Straße 20, Musterstadt", "20"),
        ("Berliner Straße 22, Musterstadt", "22"),
        ("Republic Street 5, Musterstadt", "5"),
        ("Republic Street 58, Musterstadt", "58"),
        ("Republic Street 37, Musterstadt", "37"),
        ("Republic Street 42, Musterstadt", "42"),
        ("Kingsway 58b, Musterstadt", "58b"),
        ("Müllerweg 99, Musterstadt", "99"),
        ("Bäckerei Muster, Berliner Straße 777, Musterstadt", "777"),
        ("Wohnung 12, Berliner Straße, Musterstadt", "12"),
    ] {
        unknown(&city, line, number);
    }
}

#[test]
fn a_shop_without_a_number_does_not_stand_for_one() {
    let mut made = nowhere();
    made.node([0.0, 50.0], &[("place", "town"), ("name", "Musterstadt")]);
    let road = |name| [("highway", "residential"), ("name", name)];
    made.line(&[[-600.0, 0.0], [600.0, 0.0]], &road("Am Alten Bergweg"));
    made.line(&[[-600.0, 0.0], [-600.0, -400.0], [600.0, -400.0]], &road("Talweg"));
    made.node(
        [500.0, 15.0],
        &[("shop", "bakery"), ("name", "Bergbäcker"), ("addr:street", "Am Alten Bergweg")],
    );
    made.node(
        [-200.0, -390.0],
        &[("addr:housenumber", "58a"), ("addr:street", "Talweg"), ("building", "house")],
    );
    made.line(&[[-600.0, 0.0], [-590.0, -390.0], [-600.0, -400.0]], &road("Quergasse"));
    let city = opened(&made);
    unknown(&city, "Am Alten Bergweg 777, Musterstadt", "777");
    unknown(&city, "Talweg 5, Musterstadt", "5");
    unknown(&city, "Quergasse 4, Musterstadt", "4");
    placed(&made, &city, "Bergbäcker, Am Alten Bergweg, Musterstadt", [500.0, 15.0]);
}

#[test]
fn usual_lines_are_understood() {
    let made = mini_town();
    let city = opened(&made);
    for (line, at) in [
        ("Berliner Straße 12, Musterstadt", [-500.0, 15.0]),
        ("12 Berliner Straße Musterstadt", [-500.0, 15.0]),
        ("berliner str 12 musterstadt", [-500.0, 15.0]),
        ("Berliner Str. 12, Sampletown", [-500.0, 15.0]),
        ("Berlinerstraße 12, 12345 Musterstadt", [-500.0, 15.0]),
        ("Berliner Straße 12, D-12345 Musterstadt, Deutschland", [-500.0, 15.0]),
        ("Berliner Strasse 12, Wohnung 3, Musterstadt", [-500.0, 15.0]),
        ("Berliner Straße 12, 3. OG links, 12345 Musterstadt", [-500.0, 15.0]),
        ("Berliner Straße Nr. 12, Musterstadt", [-500.0, 15.0]),
        ("Berliner Straße 12/3, Musterstadt", [-500.0, 15.0]),
        ("Anna Beispiel, Berliner Straße 12, 12345 Musterstadt", [-500.0, 15.0]),
        ("Berliner Straße 12 a, Musterstadt", [-400.0, 15.0]),
        ("Berliner Straße 12A, Musterstadt", [-400.0, 15.0]),
        ("Berliner Straße 125, Musterstadt", [-200.0, 15.0]),
        ("Berliner Straße 14, Musterstadt", [300.0, 15.0]),
        ("Berliner Straße 16, Musterstadt", [300.0, 15.0]),
        ("Berliner Straße 14-18, Musterstadt", [300.0, 15.0]),
        ("Berliner Straße 23, Musterstadt", [400.0, 15.0]),
        ("Triq ir-Repubblika 7, Musterstadt", [15.0, 300.0]),
        ("7, Triq Ir Repubblika, Musterstadt", [15.0, 300.0]),
        ("Kingsway 7, Musterstadt", [15.0, 300.0]),
        ("Flat 2, 7 Republic St, Sampletown", [15.0, 300.0]),
        ("Republic Street 58a, Musterstadt", [15.0, 200.0]),
        ("Republic Street 36, Musterstadt", [15.0, 460.0]),
        ("Triq ir-Repubblika 32, Musterstadt", [15.0, 420.0]),
        ("Mullerweg 3, Musterstadt", [-300.0, -390.0]),
        ("Muellerweg 3, Musterstadt", [-300.0, -390.0]),
        ("Müller Weg 9, Musterstadt", [450.0, -410.0]),
        ("Bäckerei Muster, Berliner Straße, Musterstadt", [100.0, 15.0]),
    ] {
        placed(&made, &city, line, at);
    }
}

#[test]
fn another_street_postcode_or_town_is_said() {
    let city = opened(&mini_town());
    for line in [
        "Berliner Platz 12, Musterstadt",
        "Berliner Straße 12, 54321 Musterstadt",
        "Berliner Straße 12, Hamburg",
        "Hamburg, Berliner Straße 12",
        "Möllerweg 3, Musterstadt",
        "Neue Berliner Straße 12, Musterstadt",
        "Straße 12, Musterstadt",
    ] {
        let all = city.search(line, 10).expect("an answer");
        assert!(!all.iter().any(is_placed), "{line}: {all:?}");
    }
}
