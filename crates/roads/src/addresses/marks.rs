//! Words that mark parts of an address: numbers, flats, storeys, countries.
//!
//! Not here: how they are read (`reading`), and the kinds of streets (`words`).

/// Marks of a house number.
pub(super) const NUMBER_MARKS: &[&str] =
    &["n", "no", "nr", "nro", "nru", "num", "number", "numero", "numru", "hausnummer", "hausnr", "civico"];

/// Parts of a building, each with what it is called behind it.
pub(super) const UNITS: &[&str] = &[
    "apartment",
    "app",
    "appartement",
    "appt",
    "apt",
    "aufgang",
    "bat",
    "batiment",
    "block",
    "blk",
    "box",
    "bp",
    "cedex",
    "door",
    "eingang",
    "entrance",
    "entree",
    "esc",
    "escalier",
    "etage",
    "etg",
    "fl",
    "flat",
    "floor",
    "haus",
    "int",
    "interno",
    "level",
    "lot",
    "office",
    "og",
    "pal",
    "palazzina",
    "piano",
    "porte",
    "postfach",
    "room",
    "sc",
    "scala",
    "stage",
    "stair",
    "stiege",
    "stock",
    "studio",
    "suite",
    "top",
    "tur",
    "tuer",
    "unit",
    "wg",
    "whg",
    "wohnung",
];

/// Parts of a building that stand for themselves, or beside a storey.
pub(super) const UNITS_ALONE: &[&str] = &[
    "basement",
    "dachgeschoss",
    "dg",
    "eg",
    "erdgeschoss",
    "gartenhaus",
    "ground",
    "hinterhaus",
    "hinten",
    "hochparterre",
    "links",
    "left",
    "maisonette",
    "mitte",
    "obergeschoss",
    "parterre",
    "penthouse",
    "po",
    "rechts",
    "right",
    "rdc",
    "rez",
    "chaussee",
    "seitenflugel",
    "souterrain",
    "terra",
    "ug",
    "vorderhaus",
    "vorne",
];

/// Storeys are counted before their name too: `3rd floor`, `2. OG`.
pub(super) const STOREYS: &[&str] =
    &["etage", "etg", "floor", "fl", "level", "og", "obergeschoss", "piano", "stage", "stock"];
pub(super) const COUNTED: &[&str] = &[
    "first", "second", "third", "fourth", "fifth", "top", "primo", "secondo", "terzo", "premier", "deuxieme",
    "erster", "zweiter", "dritter",
];

pub(super) const COUNTRIES: &[&str] = &[
    "britain",
    "de",
    "deutschland",
    "england",
    "fr",
    "france",
    "frankreich",
    "gb",
    "germany",
    "great",
    "it",
    "italia",
    "italien",
    "italy",
    "kingdom",
    "malta",
    "mc",
    "monaco",
    "mt",
    "scotland",
    "uk",
    "united",
    "wales",
];

/// Letters of countries before a postcode.
pub(super) const BEFORE_POSTCODES: &[&str] = &["a", "at", "ch", "d", "de", "f", "fr", "i", "it", "mc", "mt"];
