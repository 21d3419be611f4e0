//! The tags of one element, reduced to the keys that this crate asks about.
//!
//! Not here: the meaning of any of them.

/// Keys that are kept; all others are dropped while reading, which is most of the text of an extract.
const KEYS: &[&str] = &[
    "access",
    "addr:city",
    "addr:housename",
    "addr:housenumber",
    "addr:place",
    "addr:street",
    "amenity",
    "area",
    "barrier",
    "bicycle",
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
    "maxheight",
    "maxspeed",
    "maxspeed:type",
    "maxweight",
    "maxwidth",
    "motor_vehicle",
    "motorcar",
    "name",
    "name:en",
    "natural",
    "office",
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
    "smoothness",
    "source:maxspeed",
    "surface",
    "tourism",
    "tracktype",
    "type",
    "vehicle",
    "water",
    "waterway",
];

/// Tags of one element, in the order of the extract.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags(Vec<(&'static str, Box<str>)>);

impl Tags {
    /// Keeps the tags whose key is asked about somewhere in this crate.
    pub(crate) fn of_interest<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Tags {
        let kept = tags.filter_map(|(key, value)| {
            let place = KEYS.binary_search(&key).ok()?;
            Some((*KEYS.get(place)?, value.into()))
        });
        Tags(kept.collect())
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
    fn only_keys_of_interest_are_kept() {
        let tags = Tags::from([("source", "survey"), ("highway", "primary")]);
        assert!(tags.is("highway", "primary"));
        assert_eq!(tags.0.len(), 1);
    }
}
