//! What is said of zones: what came of a change, and why one cannot be.

use wire::{staff::zones::ZonesSaid, zones::ZoneRefusal};

/// So many zones of a hub hold now or later.
pub(super) const MOST_ZONES: usize = 200;
/// So many refusals are told one by one on the page; the others are counted.
pub(super) const MOST_TOLD: usize = 12;

/// What came of a change, a sentence each.
pub(super) fn sentences(said: &ZonesSaid) -> Vec<String> {
    let counted = |n: u32, one: &str, many: &str| {
        (n > 0).then(|| if n == 1 { format!("One zone {one}.") } else { format!("{n} zones {many}.") })
    };
    let refused = said.refused.iter().take(MOST_TOLD).map(|(place, why)| match place {
        0 => format!("Nothing was changed: {}.", sentence(*why)),
        place => format!("Number {place} of what you sent was refused: {}.", sentence(*why)),
    });
    let more =
        (said.more > 0).then(|| format!("{} more were refused: send them again by themselves.", said.more));
    [
        counted(said.drawn, "was drawn", "were drawn"),
        counted(
            said.replaced,
            "was drawn, and the one that had its name ends when it begins",
            "were drawn, and those that had their names end when they begin",
        ),
        counted(said.known, "stood already", "stood already"),
        counted(said.ended, "has its end", "have their end"),
    ]
    .into_iter()
    .flatten()
    .chain(refused)
    .chain(more)
    .collect()
}

/// What is wrong with a zone, and what to do.
pub(super) fn sentence(why: ZoneRefusal) -> String {
    match why {
        ZoneRefusal::NotGeoJson => {
            "it is no GeoJSON with zones: send a FeatureCollection of polygons, each with a name in its properties".into()
        }
        ZoneRefusal::Nothing => "there is no feature in it: send one at least".into(),
        ZoneRefusal::NotAFeature => "it is no Feature: give each a type, a geometry and properties".into(),
        ZoneRefusal::NotPolygons => {
            "its geometry is no Polygon or MultiPolygon: draw it as an area, lines and points hold no doors".into()
        }
        ZoneRefusal::NotPlaces => {
            "one of its corners is no place on Earth: GeoJSON has degrees east, then north; the form has north, a comma, east"
                .into()
        }
        ZoneRefusal::NotADay => {
            "its first or last day is none: write it as 2030-05-02, in the years 2000 to 2199".into()
        }
        ZoneRefusal::Outline(fault) => fault.to_string(),
        ZoneRefusal::Zone(fault) => fault.to_string(),
        ZoneRefusal::Twice => "its name stands twice on the same days: give each its own".into(),
        ZoneRefusal::TooMany => format!("a hub has {MOST_ZONES} zones at most: let some end, or draw several as one"),
        ZoneRefusal::Far { km, swapped: true } => format!(
            "it lies {km} km from its hub, but it is near with north and east swapped: GeoJSON has degrees east first"
        ),
        ZoneRefusal::Far { km, swapped: false } => format!(
            "it lies {km} km from its hub, which delivers within 150 km: draw it nearer, or for another hub"
        ),
        ZoneRefusal::NameStands { from } => format!(
            "another zone of this name begins on {from}: let this one end by then, or let that one end first"
        ),
    }
}
