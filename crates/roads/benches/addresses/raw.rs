//! Addresses of an extract as its tags say them, read here by other means than the product's.
//!
//! Not here: lines made of them (`lines`).

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use osmpbf::{Element, ElementReader};
use roads::LatLon;

/// A numbered house.
#[derive(Clone, Debug)]
pub struct House {
    pub number: String,
    pub street: String,
    /// As tagged, or the nearest town.
    pub town: String,
    pub postcode: Option<String>,
    pub at: LatLon,
}

/// What an extract says about addresses.
#[derive(Default)]
pub struct Raw {
    pub houses: Vec<House>,
    /// By street: every whole number that some house, range or row there may stand for.
    pub numbers: HashMap<String, HashSet<u32>>,
    /// By street: numbers with letters, as `12a`.
    pub lettered: HashMap<String, HashSet<String>>,
    /// Numbers of houses that do not say their street: they may be in any.
    pub loose: HashSet<u32>,
    /// By street: its other names.
    pub others: HashMap<String, Vec<String>>,
    /// Named streets with shops and no number, each with its town.
    pub numberless: Vec<(String, String)>,
}

type Tags = HashMap<String, String>;

/// Reads an extract.
pub fn read(path: &Path) -> osmpbf::Result<Raw> {
    let (mut nodes, mut tagged, mut ways, mut towns) =
        (HashMap::new(), Vec::new(), Vec::new(), Vec::<(LatLon, String)>::new());
    let mut relations: Vec<Tags> = Vec::new();
    let owned = |tags: &mut dyn Iterator<Item = (&str, &str)>| -> Tags {
        tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    };
    ElementReader::from_path(path)?.for_each(|element| {
        let (id, at, tags) = match element {
            Element::Node(n) => (n.id(), LatLon { lat: n.lat(), lon: n.lon() }, owned(&mut n.tags())),
            Element::DenseNode(n) => (n.id(), LatLon { lat: n.lat(), lon: n.lon() }, owned(&mut n.tags())),
            Element::Way(way) => {
                ways.push((owned(&mut way.tags()), way.refs().collect::<Vec<i64>>()));
                return;
            }
            Element::Relation(relation) => {
                relations.push(owned(&mut relation.tags()));
                return;
            }
        };
        nodes.insert(id, at);
        let kind = tags.get("place").map(String::as_str).unwrap_or_default();
        if ["city", "town", "village", "suburb", "hamlet"].contains(&kind)
            && let Some(name) = tags.get("name")
        {
            towns.push((at, name.clone()));
        }
        if tags.contains_key("addr:housenumber") || tags.contains_key("addr:street") {
            tagged.push((id, at, tags));
        }
    })?;
    let town = |tags: &Tags, at: LatLon| {
        let nearest = || {
            let near = towns.iter().map(|(place, name)| (place.metres_to(at), name));
            near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name.clone())
        };
        tags.get("addr:city").cloned().or_else(nearest).unwrap_or_default()
    };
    let mut raw = Raw::default();
    let by_id: HashMap<i64, &Tags> = tagged.iter().map(|(id, _, tags)| (*id, tags)).collect();
    let mut elements: Vec<(LatLon, &Tags)> = tagged.iter().map(|(_, at, tags)| (*at, tags)).collect();
    for (tags, refs) in &ways {
        let places: Vec<LatLon> = refs.iter().filter_map(|id| nodes.get(id).copied()).collect();
        let corners = if places.len() > 1 { &places[1..] } else { &places[..] };
        let mean = |of: fn(&LatLon) -> f64| corners.iter().map(of).sum::<f64>() / corners.len().max(1) as f64;
        let at = LatLon { lat: mean(|at| at.lat), lon: mean(|at| at.lon) };
        if tags.contains_key("addr:housenumber") && !corners.is_empty() {
            elements.push((at, tags));
        }
        if let (true, Some(name)) = (tags.contains_key("highway"), tags.get("name")) {
            let others = tags.iter().filter(|(key, _)| {
                ["name:en", "name:mt", "alt_name", "old_name", "short_name", "official_name"]
                    .contains(&key.as_str())
            });
            let known = raw.others.entry(name.clone()).or_default();
            known.extend(
                others.map(|(_, name)| name.clone()).filter(|other| other != name && !other.contains(';')),
            );
        }
        if tags.contains_key("addr:interpolation") {
            let ends: Vec<&Tags> = refs.iter().filter_map(|id| by_id.get(id).copied()).collect();
            let street =
                ends.iter().find_map(|tags| tags.get("addr:street")).or_else(|| tags.get("addr:street"));
            let all: Vec<u32> = ends.iter().flat_map(|t| whole(t.get("addr:housenumber"))).collect();
            if let (Some(street), Some(low), Some(high)) = (street, all.iter().min(), all.iter().max()) {
                raw.numbers.entry(street.clone()).or_default().extend(*low..=*high);
            }
        }
    }
    for tags in elements.iter().map(|(_, tags)| *tags).chain(&relations) {
        let Some(number) = tags.get("addr:housenumber") else { continue };
        let all = whole(Some(number));
        let Some(street) = tags.get("addr:street") else {
            raw.loose.extend(all);
            continue;
        };
        let known = raw.numbers.entry(street.clone()).or_default();
        // Whatever stands between two numbers of one tag may be meant by it.
        let span = all.iter().min().copied().unwrap_or(1)..=all.iter().max().copied().unwrap_or(0);
        if span.size_hint().0 < 200 {
            known.extend(span);
        }
        known.extend(all);
        let plain: String = number.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        raw.lettered.entry(street.clone()).or_default().insert(plain);
    }
    let mut without: HashMap<String, String> = HashMap::new();
    for (at, tags) in &elements {
        let Some(street) = tags.get("addr:street") else { continue };
        match tags.get("addr:housenumber") {
            Some(number) => raw.houses.push(House {
                number: number.clone(),
                street: street.clone(),
                town: town(tags, *at),
                postcode: tags.get("addr:postcode").cloned(),
                at: *at,
            }),
            None if tags.contains_key("shop") || tags.contains_key("amenity") => {
                without.entry(street.clone()).or_insert_with(|| town(tags, *at));
            }
            None => {}
        }
    }
    raw.numberless = without.into_iter().filter(|(street, _)| !raw.numbers.contains_key(street)).collect();
    raw.numberless.sort();
    Ok(raw)
}

/// All whole numbers in a text.
fn whole(text: Option<&String>) -> Vec<u32> {
    let text = text.map(String::as_str).unwrap_or_default();
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}
