//! Where junctions are close together: the towns, as traffic knows them.
//!
//! Not here: what density does to speeds (`profile`).

use std::collections::HashMap;

use crate::{LatLon, geo::Plane};

/// Side of a cell, in metres.
const CELL_M: f64 = 200.0;
/// Junctions in the nine cells around a place (0.36 km²) from which on it counts as town: 80 for each square kilometre.
const TOWN: u32 = 29;

/// Junctions counted in cells.
pub(super) struct Density {
    plane: Option<Plane>,
    cells: HashMap<(i32, i32), u32>,
}

impl Density {
    pub(super) fn of(junctions: impl Iterator<Item = LatLon> + Clone) -> Density {
        let plane = junctions.clone().next().map(Plane::at);
        let mut density = Density { plane, cells: HashMap::new() };
        for at in junctions {
            if let Some(cell) = density.cell(at) {
                *density.cells.entry(cell).or_default() += 1;
            }
        }
        density
    }

    pub(super) fn is_dense(&self, at: LatLon) -> bool {
        let Some((x, y)) = self.cell(at) else { return false };
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        around.filter_map(|cell| self.cells.get(&cell)).sum::<u32>() >= TOWN
    }

    fn cell(&self, at: LatLon) -> Option<(i32, i32)> {
        let [x, y] = self.plane?.flat(at);
        Some(((x / CELL_M).floor() as i32, (y / CELL_M).floor() as i32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_where_junctions_are_close_together() {
        let at = |x: f64, y: f64| LatLon { lat: 35.9 + y / 111_195.0, lon: 14.4 + x / 90_000.0 };
        let town = (0..10).flat_map(|x| (0..10).map(move |y| at(f64::from(x) * 90.0, f64::from(y) * 90.0)));
        let village = (0..5).map(|x| at(5_000.0 + f64::from(x) * 150.0, 0.0));
        let all: Vec<LatLon> = town.chain(village).collect();
        let density = Density::of(all.iter().copied());
        assert!(density.is_dense(at(450.0, 450.0)));
        assert!(!density.is_dense(at(5_300.0, 0.0)) && !density.is_dense(at(20_000.0, 0.0)));
        assert!(!Density::of([].into_iter()).is_dense(at(0.0, 0.0)));
    }
}
