//! Where the map looks: at first what the address says, then the route of who is chosen, or along with a vehicle; and the
//! address is told once the map rests.

use super::{
    Island, glue,
    ground::{bounds, options, place},
    prefers_stillness,
};
use crate::parts::map::drawing::mercator::{View, corners, whole_day};
use js_sys::Array;
use leaflet::LatLng;
use leptos::{leptos_dom::helpers::set_timeout_with_handle, prelude::*};
use std::{rc::Rc, time::Duration};
use wire::{Point, staff::control_room::RouteView};

/// Fitting a few vehicles that stand together stops here: their streets stay in sight.
const NEAREST_FIT: f64 = 15.0;
/// How long the map rests before the address says what it shows.
const REST: Duration = Duration::from_millis(250);
/// The map is on its way for so long after it was told to pan, milliseconds. Each step of that paints, and must not tell again.
const PAN_MS: f64 = 500.0;
/// A vehicle that is followed is brought back once it is this share of the map away from the middle.
const LEASH: f64 = 0.25;

impl Island {
    /// Goes along with the selected vehicle, or stays.
    pub(super) fn follow(&self, wanted: bool) {
        self.following.set(wanted);
        self.ask_for_frame();
    }

    pub(super) fn fit_wanted(&self) {
        let size = self.map.get_size();
        if self.looked.get()
            && size.x() > 0.0
            && size.y() > 0.0
            && let Some(bounds) = self.to_fit.take()
        {
            self.fit(bounds, !prefers_stillness());
        }
    }

    pub(super) fn fit_all(&self) {
        self.fit(self.whole_day(), !prefers_stillness());
    }

    fn whole_day(&self) -> (Point, Point) {
        self.marks.with_untracked(|marks| whole_day(self.day, marks))
    }

    pub(super) fn fit(&self, (south_west, north_east): (Point, Point), animate: bool) {
        // The buttons at the top lie over what would stand there.
        let (above, below) = (Array::of2(&40.into(), &64.into()), Array::of2(&40.into(), &40.into()));
        let how = [
            ("paddingTopLeft", above.into()),
            ("paddingBottomRight", below.into()),
            ("maxZoom", NEAREST_FIT.into()),
            ("animate", animate.into()),
        ];
        self.map.fit_bounds_with_options(&bounds(south_west, north_east), &options(&how));
    }

    /// The first look: what the address says, or else the selected route, or else the day.
    pub(super) fn look(&self) {
        let kept = self.addressed.then(glue::view_in_address).unwrap_or_default();
        if let [zoom, lat, lon] = kept[..] {
            self.to_fit.set(None);
            self.kept.set(self.fitted.get().is_none() && glue::route_in_address());
            self.map.set_view(&LatLng::new(lat, lon), zoom);
            return;
        }
        self.fit(self.to_fit.take().unwrap_or_else(|| self.whole_day()), false);
    }

    /// Lets the address say what the map shows, once it rests.
    pub(super) fn note_view(self: &Rc<Self>) {
        if !self.addressed {
            return;
        }
        if let Some(waiting) = self.note.take() {
            waiting.clear();
        }
        let weak = Rc::downgrade(self);
        let noted = move || {
            let Some(island) = weak.upgrade() else { return };
            let (size, middle) = (island.map.get_size(), island.map.get_center());
            if island.looked.get() && size.x() > 0.0 && !island.following.get() {
                glue::keep_view_in_address(island.map.get_zoom(), middle.lat(), middle.lng());
            }
        };
        self.note.set(set_timeout_with_handle(noted, REST).ok());
    }

    /// Brings a vehicle that is followed back to the middle before it is out of sight.
    pub(super) fn keep_up(&self, view: &View, now_ms: f64) {
        let Some(vehicle) = self.selected.get().filter(|_| self.following.get()) else { return };
        let Some(at) = self.easel.borrow().fleet.find(vehicle, now_ms).map(|(_, at)| at) else { return };
        let ((x, y), (width, height)) = (view.pixel(at), view.size());
        let away = |at: i32, side: i32| (f64::from(at) / f64::from(side.max(1)) - 0.5).abs();
        let far = away(x, width).max(away(y, height)) > LEASH && width > 0;
        if far && now_ms - self.panned.get() > PAN_MS {
            self.panned.set(now_ms);
            self.map.pan_to_with_options(&place(at), &options(&[("animate", (!prefers_stillness()).into())]));
        }
    }
}

/// What has to be in sight of a route: its vehicle and the stops that are still to come, or all when none is.
pub(super) fn around_route(route: &RouteView) -> Option<(Point, Point)> {
    let open = route.stops.iter().filter(|stop| stop.outcome.is_none()).map(|stop| stop.at);
    let mark = route.mark.as_ref().map(|mark| Point { lat: mark.lat, lon: mark.lon });
    let mut places: Vec<Point> = open.collect();
    if places.is_empty() {
        places.extend(route.stops.iter().map(|stop| stop.at));
    }
    corners(places.into_iter().chain(mark))
}

pub(super) fn middle((south_west, north_east): (Point, Point)) -> LatLng {
    LatLng::new(f64::midpoint(south_west.lat, north_east.lat), f64::midpoint(south_west.lon, north_east.lon))
}
