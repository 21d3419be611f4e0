//! The tags of one element, reduced to the keys that this crate asks about.
//!
//! Not here: the meaning of any of them.

/// Keys that are kept; all others are dropped while reading, which is most of the text of an extract.
const KEYS: &[&str] = &[
    "access",
    "access:backward",
    "access:forward",
    "addr:city",
    "addr:district",
    "addr:hamlet",
    "addr:housename",
    "addr:housenumber",
    "addr:interpolation",
    "addr:place",
    "addr:postcode",
    "addr:province",
    "addr:street",
    "addr:suburb",
    "addr:village",
    "alt_name",
    "amenity",
    "area",
    "barrier",
    "bicycle",
    "bicycle:backward",
    "bicycle:forward",
    "bollard",
    "building",
    "craft",
    "cycleway",
    "duration",
    "except",
    "foot",
    "goods",
    "healthcare",
    "highway",
    "junction",
    "landuse",
    "layer",
    "leisure",
    "loc_name",
    "maxheight",
    "maxspeed",
    "maxspeed:backward",
    "maxspeed:forward",
    "maxspeed:type",
    "maxweight",
    "maxwidth",
    "motor_vehicle",
    "motor_vehicle:backward",
    "motor_vehicle:forward",
    "motorcar",
    "motorcar:backward",
    "motorcar:forward",
    "name",
    "name:en",
    "natural",
    "office",
    "official_name",
    "old_name",
    "oneway",
    "oneway:bicycle",
    "place",
    "population",
    "ref",
    "restriction",
    "restriction:bicycle",
    "restriction:motorcar",
    "route",
    "service",
    "shop",
    "short_name",
    "smoothness",
    "source:maxspeed",
    "surface",
    "tourism",
    "tracktype",
    "type",
    "vehicle",
    "vehicle:backward",
    "vehicle:forward",
    "water",
    "waterway",
    "zone:maxspeed",
    "zone:traffic",
];

/// The other names of a place or a street.
const NAMES: &[&str] = &["alt_name", "loc_name", "name:en", "official_name", "old_name", "short_name"];
/// Stands for names in languages that nobody asks about one by one.
const OTHER_NAME: &str = "name:*";

/// Whether a key holds a name in some language (`name:mt`, `old_name:fr`), and not how it came about or how it is spoken.
fn is_other_name(key: &str) -> bool {
    let Some((kind, language)) = key.split_once(':') else { return ["int_name", "reg_name"].contains(&key) };
    let short =
        language.len() <= 7 && language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    short && (kind == "name" || NAMES.contains(&kind))
}

/// Tags of one element, in the order of the extract.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags(Vec<(&'static str, Box<str>)>);

impl Tags {
    /// Keeps the tags whose key is asked about somewhere in this crate.
    pub(crate) fn of_interest<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Tags {
        let kept = tags.filter_map(|(key, value)| {
            let known = KEYS.binary_search(&key).ok().and_then(|place| KEYS.get(place).copied());
            Some((known.or_else(|| is_other_name(key).then_some(OTHER_NAME))?, value.into()))
        });
        Tags(kept.collect())
    }

    /// All names, the usual one first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let usual = self.0.iter().filter(|(key, _)| *key == "name");
        let others = self.0.iter().filter(|(key, _)| *key == OTHER_NAME || NAMES.contains(key));
        let texts = usual.chain(others).flat_map(|(_, value)| value.split(';'));
        texts.map(str::trim).filter(|name| !name.is_empty())
    }

    /// Value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        debug_assert!(KEYS.binary_search(&key).is_ok(), "{key} is asked for but never kept");
        self.0.iter().find(|(k, _)| *k == key).map(|(_, value)| value.as_ref())
    }

    /// Whether the key has this very value.
    pub(crate) fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// Whether no tag of interest was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Tags {
    fn from(tags: [(&str, &str); N]) -> Tags {
        Tags::of_interest(tags.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_sorted_for_the_binary_search() {
        assert!(KEYS.is_sorted());
    }

    #[test]
    fn names_in_all_languages_are_kept_and_their_history_is_not() {
        let tags = Tags::from([
            ("name:mt", "Triq ir-Repubblika"),
            ("name:etymology", "the republic"),
            ("alt_name", "Kingsway; Strada Reale"),
            ("name", "Republic Street"),
        ]);
        let names: Vec<&str> = tags.names().collect();
        assert_eq!(names, ["Republic Street", "Triq ir-Repubblika", "Kingsway", "Strada Reale"]);
    }

    #[test]
    fn only_keys_of_interest_are_kept() {
        let tags = Tags::from([("source", "survey"), ("highway", "primary")]);
        assert!(tags.is("highway", "primary"));
        assert_eq!(tags.0.len(), 1);
    }
}
