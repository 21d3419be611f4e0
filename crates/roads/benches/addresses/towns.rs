//! Towns made in code for countries of which there is no extract at hand.
//!
//! Not here: how an extract is written (`made`).

use roads::LatLon;

use super::made::Made;

/// A street of a made town: its name, its other names, the numbers on it.
type Street<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

const BRITISH: &[Street<'_>] = &[
    ("High Street", &[], &["1", "3", "5", "7", "12", "14", "14A", "16", "125", "127-131"]),
    ("St Mary's Road", &[], &["2", "4", "6", "8", "10", "21", "23", "204"]),
    ("Queen's Avenue", &[("alt_name", "Queens Avenue")], &["11", "13", "15", "30", "32", "32B"]),
    ("Mill Lane", &[], &["1", "2", "3", "4", "85", "87"]),
    ("Old Church Close", &[], &["5", "7", "9", "112"]),
    ("Station Road", &[("old_name", "Railway Street")], &["19", "21", "33A", "40", "42;44"]),
    ("King George V Drive", &[], &["6", "8", "61", "63"]),
];

const ITALIAN: &[Street<'_>] = &[
    (
        "Via Giuseppe Garibaldi",
        &[("alt_name", "Via Garibaldi")],
        &["1", "3", "5/A", "7", "12", "12/B", "124"],
    ),
    ("Piazza del Duomo", &[], &["2", "4", "6bis", "18"]),
    ("Viale Europa", &[], &["10", "12", "14", "101", "103-107"]),
    ("Corso Vittorio Emanuele II", &[], &["21", "23", "25", "210"]),
    ("Via XX Settembre", &[], &["5", "7", "20", "33"]),
    ("Vicolo Sant'Anna", &[], &["1", "2", "3", "11"]),
    ("Via Santa Maria Maggiore", &[("loc_name", "Via Maggiore")], &["8", "10", "80", "82a"]),
];

/// A town in Britain, with a village beside it that has a High Street too.
pub fn british() -> Made {
    let mut made = Made::around(LatLon { lat: 52.0, lon: -1.0 });
    town(&mut made, "Anytown", "AB1 2C", BRITISH, [0.0, 0.0]);
    town(&mut made, "Little Sample", "AB4 7X", &BRITISH[..2], [6_000.0, 0.0]);
    made
}

/// A town in Italy, with a village beside it.
pub fn italian() -> Made {
    let mut made = Made::around(LatLon { lat: 45.0, lon: 9.0 });
    town(&mut made, "Esempio", "2609", ITALIAN, [0.0, 0.0]);
    town(&mut made, "Prova Marittima", "2701", &ITALIAN[..2], [6_000.0, 0.0]);
    made
}

/// Streets side by side, joined at both ends; each has a postcode of its own.
fn town(made: &mut Made, name: &str, postcode: &str, streets: &[Street<'_>], [east, north]: [f64; 2]) {
    made.node([east + 200.0, north + 100.0], &[("place", "town"), ("name", name)]);
    let (mut left, mut right) = (vec![made.node([east - 50.0, north - 150.0], &[])], Vec::new());
    for (row, (street, names, numbers)) in streets.iter().enumerate() {
        let y = north + row as f64 * 150.0;
        let own = [&[("highway", "residential"), ("name", *street)][..], names].concat();
        let nodes = made.line(&[[east, y], [east + 200.0, y], [east + 700.0, y]], &own);
        left.push(nodes[0]);
        right.push(nodes[2]);
        let letter = (b'A' + row as u8) as char;
        let code =
            if postcode.contains(' ') { format!("{postcode}{letter}") } else { format!("{postcode}{row}") };
        for (place, number) in numbers.iter().enumerate() {
            let side = if place % 2 == 0 { 12.0 } else { -12.0 };
            made.node(
                [east + 20.0 + place as f64 * 60.0, y + side],
                &[
                    ("building", "house"),
                    ("addr:housenumber", number),
                    ("addr:street", street),
                    ("addr:city", name),
                    ("addr:postcode", &code),
                ],
            );
        }
    }
    // The road that joins the made towns.
    left.push(made.node([east - 50.0, north + streets.len() as f64 * 150.0], &[]));
    right.push(left[left.len() - 1]);
    made.way(&left, &[("highway", "tertiary")]);
    made.way(&right, &[("highway", "tertiary")]);
    if east == 0.0 {
        let first = left[0];
        let far = made.node([east + 6_000.0 - 50.0, north - 160.0], &[]);
        let last = made.node([east + 6_000.0, north - 160.0], &[]);
        made.way(&[first, far, last], &[("highway", "secondary")]);
    }
}
