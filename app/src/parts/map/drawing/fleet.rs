//! Every vehicle and how it moves: a report arrives, and the vehicle glides from where it is seen to where it was reported.

use super::{
    angles::length,
    mercator::{View, World},
    sprite::Pose,
};
use domain::{Standing, VehicleId};
use std::collections::HashMap;
use wire::staff::control_room::VehicleMark;

/// How long a vehicle takes to the place of its report: as long as until the next one. Milliseconds.
const GLIDE_MS: f64 = 1000.0;
/// Below this zoom a vehicle is a dot.
pub const NEAR_ZOOM: f64 = 11.5;
/// From so many vehicles in sight on they are a crowd of specks: arrows would lie on each other and say nothing.
pub const MANY: usize = 1_500;
/// From so large a fleet on its movement is shown more seldom: painting it takes as long as a frame may.
const PACED: usize = 5_000;
/// In a crowd one speck stands for those that would lie on each other within so many CSS pixels; the loudest is seen.
const SPECK_PX: f64 = 4.0;
/// From this zoom on vehicles have names, unless more than so many are in sight.
const NAMED_ZOOM: f64 = 12.0;
const MOST_NAMES: usize = 150;
/// What a name takes of the map, CSS pixels: from the vehicle's middle, for each letter, and in height.
const NAME_OFFSET_PX: f64 = 13.0;
const LETTER_PX: f64 = 6.5;
const NAME_HEIGHT_PX: f64 = 14.0;
/// A glide further than this, in CSS pixels, would be a lie about the way: the vehicle jumps.
const LONGEST_GLIDE_PX: f64 = 400.0;
/// How far from its middle a vehicle can be hit, CSS pixels: half of a finger's width.
const REACH_PX: f64 = 16.0;

/// A vehicle's name beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Where the text begins, device pixels from the left.
    pub x: i32,
    /// The middle of the text, device pixels from the top.
    pub y: i32,
    /// The name.
    pub text: String,
}

/// One sprite to copy, centred on a device pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blit {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// How the vehicle stands.
    pub standing: Standing,
    /// How it is seen.
    pub pose: Pose,
    /// Whether this is the ring of a selected vehicle instead of the vehicle.
    pub ring: bool,
}

#[derive(Debug)]
struct Vehicle {
    id: VehicleId,
    label: String,
    standing: Standing,
    heading_deg: Option<f32>,
    from: World,
    to: World,
    since_ms: f64,
}

impl Vehicle {
    fn at(&self, now_ms: f64) -> World {
        self.from.towards(self.to, ((now_ms - self.since_ms) / GLIDE_MS).clamp(0.0, 1.0))
    }

    fn moving(&self, now_ms: f64) -> bool {
        self.from != self.to && now_ms < self.since_ms + GLIDE_MS
    }
}

/// Every vehicle on the map.
#[derive(Debug, Default)]
pub struct Fleet {
    vehicles: Vec<Vehicle>,
    places: HashMap<VehicleId, usize>,
}

impl Fleet {
    /// Takes the newest reports, which are all there is: a vehicle without one leaves the map. With a view the others
    /// glide to their new places; without one they jump. `now_ms` is on the clock of [`Fleet::scene`].
    pub fn report(&mut self, marks: &[VehicleMark], glide: Option<&View>, now_ms: f64) {
        let mut next = Vec::with_capacity(marks.len());
        for mark in marks {
            let to = World::of(mark.lat, mark.lon);
            let known = self.places.get(&mark.vehicle).and_then(|&place| self.vehicles.get(place));
            let (from, since_ms) = match known {
                Some(known) if known.to == to => (known.from, known.since_ms),
                Some(known) => match (known.at(now_ms), glide) {
                    (seen, Some(view)) if near(view, seen, to) => (seen, now_ms),
                    _ => (to, now_ms),
                },
                None => (to, now_ms),
            };
            next.push(Vehicle {
                id: mark.vehicle,
                label: mark.label.clone(),
                standing: mark.standing,
                heading_deg: mark.heading_deg,
                from,
                to,
                since_ms,
            });
        }
        // Loud over calm: what needs a person is never hidden under what does not.
        next.sort_by_key(|vehicle| vehicle.standing);
        self.places = next.iter().enumerate().map(|(place, vehicle)| (vehicle.id, place)).collect();
        self.vehicles = next;
    }

    /// Writes what is to be seen into `scene`, in drawing order, and says whether anything is still on its way.
    pub fn scene(
        &self,
        view: &View,
        selected: Option<VehicleId>,
        now_ms: f64,
        scene: &mut Vec<Blit>,
    ) -> bool {
        scene.clear();
        let (width, height) = view.size();
        let margin = (20.0 * view.ratio()) as i32;
        let mut moving = false;
        let mut chosen = None;
        for vehicle in &self.vehicles {
            moving |= vehicle.moving(now_ms);
            let (x, y) = view.pixel(vehicle.at(now_ms));
            if x < -margin || y < -margin || x > width + margin || y > height + margin {
                continue;
            }
            let pose = Pose::near(vehicle.heading_deg);
            let blit = Blit { x, y, standing: vehicle.standing, pose, ring: false };
            if Some(vehicle.id) == selected { chosen = Some(blit) } else { scene.push(blit) }
        }
        if scene.len() > MANY {
            thin(scene, view);
            scene.iter_mut().chain(&mut chosen).for_each(|blit| blit.pose = Pose::Speck);
        } else if view.zoom() < NEAR_ZOOM {
            scene.iter_mut().chain(&mut chosen).for_each(|blit| blit.pose = Pose::Dot);
        }
        scene.extend(chosen.into_iter().flat_map(|blit| [Blit { ring: true, ..blit }, blit]));
        moving
    }

    /// Whether there are so many that their movement is shown more seldom.
    pub fn is_paced(&self) -> bool {
        self.vehicles.len() > PACED
    }

    /// The names of the vehicles in sight, but for those that are named already, where there is room for them: what needs a
    /// person is named first, and no name lies on another.
    pub fn names(&self, view: &View, named: [Option<VehicleId>; 2], now_ms: f64) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        if view.zoom() < NAMED_ZOOM || self.vehicles.len() > MANY {
            return names;
        }
        let (width, height) = view.size();
        let px = |css: f64| (css * view.ratio()) as i32;
        let long = |text: &str| px(LETTER_PX * text.chars().count() as f64);
        let end = |name: &Name| name.x + long(&name.text);
        // The loudest are last in drawing order.
        for vehicle in self.vehicles.iter().rev().filter(|vehicle| !named.contains(&Some(vehicle.id))) {
            let (x, y) = view.pixel(vehicle.at(now_ms));
            if x < 0 || y < 0 || x > width || y > height {
                continue;
            }
            // Where the map ends beside the vehicle, its name stands before it.
            let (offset, length) = (px(NAME_OFFSET_PX), long(&vehicle.label));
            let begins = if x + offset + length > width { x - offset - length } else { x + offset };
            let name = Name { x: begins, y, text: vehicle.label.clone() };
            let apart = |other: &Name| {
                (other.y - name.y).abs() > px(NAME_HEIGHT_PX) || end(other) < name.x || end(&name) < other.x
            };
            if names.iter().all(apart) {
                names.push(name);
            }
            if names.len() > MOST_NAMES {
                return Vec::new();
            }
        }
        names
    }

    /// The vehicle nearest to a place on the screen, CSS pixels from the top left, if one is within reach.
    ///
    /// It looks at every vehicle: for the twenty thousand that one screen can hold this takes less than a tenth of a
    /// millisecond, so there is no index to keep.
    pub fn hit(&self, view: &View, (x, y): (f64, f64), now_ms: f64) -> Option<VehicleId> {
        let (x, y) = (x * view.ratio(), y * view.ratio());
        let reach = REACH_PX * view.ratio();
        let distances = self.vehicles.iter().map(|vehicle| {
            let (at_x, at_y) = view.pixel(vehicle.at(now_ms));
            (length(f64::from(at_x) - x, f64::from(at_y) - y), vehicle.id)
        });
        let nearest = distances.filter(|(distance, _)| *distance <= reach);
        nearest.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, id)| id)
    }

    /// A vehicle's name and where it is seen.
    pub fn find(&self, id: VehicleId, now_ms: f64) -> Option<(&str, World)> {
        let vehicle = self.vehicles.get(*self.places.get(&id)?)?;
        Some((&vehicle.label, vehicle.at(now_ms)))
    }
}

/// Leaves of those that would lie on each other the one that is drawn last.
fn thin(scene: &mut Vec<Blit>, view: &View) {
    let side = (SPECK_PX * view.ratio()).max(1.0) as i32;
    let cell = |length: i32| length.div_euclid(side).clamp(-8, i32::from(i16::MAX));
    let (width, height) = view.size();
    let (columns, rows) = (cell(width) + 17, cell(height) + 17);
    let mut taken = vec![false; (columns * rows).max(0) as usize];
    let mut place = scene.len();
    let mut kept = vec![false; scene.len()];
    for blit in scene.iter().rev() {
        place -= 1;
        let at = (cell(blit.y) + 8) * columns + cell(blit.x) + 8;
        if let Some(taken) = usize::try_from(at).ok().and_then(|at| taken.get_mut(at))
            && let Some(kept) = kept.get_mut(place)
        {
            *kept = !std::mem::replace(taken, true);
        }
    }
    let mut kept = kept.into_iter();
    scene.retain(|_| kept.next() == Some(true));
}

fn near(view: &View, from: World, to: World) -> bool {
    let ((x, y), (to_x, to_y)) = (view.pixel(from), view.pixel(to));
    length(f64::from(x - to_x), f64::from(y - to_y)) <= LONGEST_GLIDE_PX * view.ratio()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A vehicle's report, its id from a number.
    pub fn mark(number: u32, lat: f64, lon: f64) -> VehicleMark {
        let id = format!("00000000-0000-0000-0000-{number:012x}");
        VehicleMark {
            vehicle: id.parse().unwrap(),
            label: format!("Van {number:02}"),
            lat,
            lon,
            heading_deg: Some(90.0),
            speed_kmh: None,
            standing: Standing::OnTime,
            at: "2024-03-13T09:00:00+01:00".parse().unwrap(),
        }
    }

    fn view(ratio: f64) -> View {
        View::new(World::of(36.0, 14.0), 13.0, (1000.0, 800.0), ratio)
    }

    fn middle(fleet: &Fleet, view: &View, now_ms: f64) -> (i32, i32) {
        let mut scene = Vec::new();
        fleet.scene(view, None, now_ms, &mut scene);
        (scene[0].x, scene[0].y)
    }

    #[test]
    fn a_vehicle_glides_to_its_report_and_stops_there() {
        let view = view(1.0);
        let mut fleet = Fleet::default();
        let mut scene = Vec::new();
        fleet.report(&[mark(1, 35.98, 14.03)], Some(&view), 0.0);
        assert!(!fleet.scene(&view, None, 0.0, &mut scene), "the first report is where it is");
        let (start, _) = middle(&fleet, &view, 0.0);
        fleet.report(&[mark(1, 35.98, 14.04)], Some(&view), 5000.0);
        assert!(fleet.scene(&view, None, 5000.0, &mut scene));
        let (end, _) = middle(&fleet, &view, 6000.0);
        assert!(end > start + 40);
        assert_eq!(middle(&fleet, &view, 5000.0).0, start);
        assert!((middle(&fleet, &view, 5500.0).0 - (start + end) / 2).abs() <= 1);
        assert!(!fleet.scene(&view, None, 6000.0, &mut scene), "arrived");
        assert_eq!(middle(&fleet, &view, 60_000.0).0, end);
    }

    #[test]
    fn a_report_on_the_way_goes_on_from_what_is_seen() {
        let view = view(1.0);
        let mut fleet = Fleet::default();
        fleet.report(&[mark(1, 35.98, 14.03)], Some(&view), 0.0);
        fleet.report(&[mark(1, 35.98, 14.04)], Some(&view), 1000.0);
        let seen = middle(&fleet, &view, 1500.0);
        fleet.report(&[mark(1, 35.97, 14.05)], Some(&view), 1500.0);
        assert_eq!(middle(&fleet, &view, 1500.0), seen);
        let same = [mark(1, 35.97, 14.05)];
        fleet.report(&same, Some(&view), 1900.0);
        let unmoved = middle(&fleet, &view, 2500.0);
        fleet.report(&same, Some(&view), 2600.0);
        assert_eq!(middle(&fleet, &view, 2600.0), unmoved, "a repeated report starts nothing anew");
    }

    #[test]
    fn without_motion_or_over_a_great_distance_it_jumps() {
        let view = view(1.0);
        let mut scene = Vec::new();
        for (glide, lon) in [(None, 14.04), (Some(&view), 14.10)] {
            let mut fleet = Fleet::default();
            fleet.report(&[mark(1, 35.98, 14.03)], glide, 0.0);
            fleet.report(&[mark(1, 35.98, lon)], glide, 1000.0);
            assert!(!fleet.scene(&view, None, 1000.0, &mut scene));
            assert_eq!(scene[0].x, view.pixel(World::of(35.98, lon)).0);
        }
    }

    #[test]
    fn the_loud_and_the_selected_are_drawn_last() {
        let view = view(1.0);
        let mut marks: Vec<_> = (1..=3).map(|number| mark(number, 35.98, 14.05)).collect();
        marks[0].standing = Standing::Late;
        marks[1].standing = Standing::Done;
        let mut fleet = Fleet::default();
        fleet.report(&marks, None, 0.0);
        let mut scene = Vec::new();
        fleet.scene(&view, Some(marks[1].vehicle), 0.0, &mut scene);
        let order: Vec<_> = scene.iter().map(|blit| (blit.standing, blit.ring)).collect();
        let expected = [
            (Standing::OnTime, false),
            (Standing::Late, false),
            (Standing::Done, true),
            (Standing::Done, false),
        ];
        assert_eq!(order, expected);
    }

    #[test]
    fn a_vehicle_that_is_no_longer_reported_leaves() {
        let view = view(1.0);
        let mut fleet = Fleet::default();
        fleet.report(&[mark(1, 35.98, 14.05), mark(2, 35.97, 14.06)], None, 0.0);
        fleet.report(&[mark(2, 35.97, 14.06)], None, 1.0);
        let mut scene = Vec::new();
        fleet.scene(&view, None, 2.0, &mut scene);
        assert_eq!(scene.len(), 1);
        assert!(fleet.find(mark(1, 0.0, 0.0).vehicle, 2.0).is_none());
        assert_eq!(fleet.find(mark(2, 0.0, 0.0).vehicle, 2.0).unwrap().0, "Van 02");
    }

    #[test]
    fn what_is_off_the_screen_is_not_drawn_and_dots_serve_far_zooms() {
        let mut fleet = Fleet::default();
        fleet.report(&[mark(1, 35.98, 14.05), mark(2, -35.0, -70.0)], None, 0.0);
        let mut scene = Vec::new();
        fleet.scene(&view(1.0), None, 0.0, &mut scene);
        assert_eq!(scene.iter().map(|blit| blit.pose).collect::<Vec<_>>(), [Pose::Heading(4)]);
        let far = View::new(World::of(37.0, 13.0), 9.0, (1000.0, 800.0), 1.0);
        fleet.scene(&far, None, 0.0, &mut scene);
        assert_eq!(scene.iter().map(|blit| blit.pose).collect::<Vec<_>>(), [Pose::Dot]);
    }

    #[test]
    fn a_crowd_is_specks_of_which_the_loudest_is_seen_and_has_no_names() {
        let mut fleet = Fleet::default();
        let place = |n: u32| (35.96 + 0.0007 * f64::from(n / 50), 14.02 + 0.0008 * f64::from(n % 50));
        let mut marks: Vec<_> = (0..2000).map(|n| mark(n, place(n / 2).0, place(n / 2).1)).collect();
        marks[10].standing = Standing::Late;
        fleet.report(&marks, None, 0.0);
        assert!(!fleet.is_paced());
        let mut scene = Vec::new();
        fleet.scene(&view(1.0), Some(marks[0].vehicle), 0.0, &mut scene);
        assert!(scene.iter().all(|blit| blit.pose == Pose::Speck));
        assert!((900..=1003).contains(&scene.len()), "two at each of a thousand places: {}", scene.len());
        assert!(scene.iter().any(|blit| blit.standing == Standing::Late));
        assert!(fleet.names(&view(1.0), [None, None], 0.0).is_empty());
        let marks: Vec<_> = (0..=PACED as u32).map(|n| mark(n, 35.96, 14.02)).collect();
        fleet.report(&marks, None, 1.0);
        assert!(fleet.is_paced(), "a larger crowd is drawn less often");
    }

    #[test]
    fn names_stand_beside_their_vehicles_and_never_on_each_other() {
        let mut fleet = Fleet::default();
        let mut marks =
            [mark(1, 35.98, 14.05), mark(2, 35.98, 14.0502), mark(3, 35.96, 14.05), mark(4, 35.99, 14.02)];
        marks[1].standing = Standing::Late;
        fleet.report(&marks, None, 0.0);
        let named = |zoom: f64| View::new(World::of(36.0, 14.0), zoom, (1000.0, 800.0), 1.0);
        let texts = |names: Vec<Name>| {
            let mut texts: Vec<_> = names.into_iter().map(|name| name.text).collect();
            texts.sort();
            texts
        };
        let names = fleet.names(&named(13.0), [Some(marks[3].vehicle), None], 0.0);
        let (x, y) = view(1.0).pixel(World::of(35.98, 14.0502));
        assert!(names.contains(&Name { x: x + 13, y, text: "Van 02".to_owned() }), "{names:?}");
        assert_eq!(texts(names), ["Van 02", "Van 03"], "the late one keeps the place that two would need");
        assert!(fleet.names(&named(11.5), [None, None], 0.0).is_empty(), "too far away for names");

        let at_the_edge = (0..40).map(|step| mark(step, 35.98 - 0.003 * f64::from(step), 14.0842));
        fleet.report(&at_the_edge.collect::<Vec<_>>(), None, 0.0);
        let names = fleet.names(&named(13.0), [None, None], 0.0);
        assert!(names.len() > 10 && names.iter().all(|name| name.x >= 0 && name.x + 39 <= 1000), "{names:?}");
    }

    #[test]
    fn a_click_finds_the_nearest_vehicle_within_reach() {
        for ratio in [1.0, 2.0] {
            let view = view(ratio);
            let mut fleet = Fleet::default();
            let marks = [mark(1, 35.98, 14.05), mark(2, 35.98, 14.0515)];
            fleet.report(&marks, None, 0.0);
            let place = |mark: &VehicleMark| {
                let (x, y) = view.pixel(World::of(mark.lat, mark.lon));
                (f64::from(x) / ratio, f64::from(y) / ratio)
            };
            for mark in &marks {
                assert_eq!(fleet.hit(&view, place(mark), 0.0), Some(mark.vehicle));
            }
            let (x, y) = place(&marks[0]);
            assert_eq!(fleet.hit(&view, (x - 15.0, y), 0.0), Some(marks[0].vehicle));
            assert_eq!(fleet.hit(&view, (x - 18.0, y), 0.0), None);
        }
    }
}
