//! The map in the browser: Leaflet moves the map, Rust draws the fleet on one canvas and keeps both true to the signals.
//!
//! Leaflet calls back while it is being called, so no state stays borrowed across a call to it. What belongs to the map is
//! owned by one [`Island`]; when the component goes, that goes, and with it every listener, frame and layer.

mod closed;
mod easel;
mod gaze;
mod glue;
mod ground;
mod label;
mod route;

use super::{
    Sketch,
    drawing::mercator::{View, World, corners},
};
use closed::ClosedLayers;
use domain::{RouteId, VehicleId};
use easel::Easel;
use gaze::{around_route, middle};
use glue::{FleetLayer, VectorTiles};
use ground::{lay_tiles, mark_hub, new_map, place};
use js_sys::{Function, Reflect};
use label::Label;
use leaflet::{Event, Evented, EventedHandle, Map, MouseEvent};
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use route::RouteLayers;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::HtmlElement;
use wire::{
    Point,
    staff::{
        control_room::{MapView, RouteView, VehicleMark},
        roads::ClosedRoad,
    },
};

/// A denser screen than this gains nothing that can be seen and costs the square of it.
const DENSEST: f64 = 2.0;
/// Below this zoom there is no room for the numbers of stops.
const NUMBERED_ZOOM: f64 = 12.5;
/// How often a very large fleet is drawn anew while it moves, milliseconds: nobody sees more of so many, and the rest of the
/// page breathes.
const CROWD_MS: f64 = 95.0;
/// A pointer that goes farther while it is down than this is no click, CSS pixels.
const CLICK_PX: f64 = 3.0;

/// What the map shows and whom it tells.
pub struct Feed {
    /// What the map is of.
    pub map: MapView,
    /// Every vehicle that has reported.
    pub marks: Signal<Vec<VehicleMark>>,
    /// The selected vehicle.
    pub selected: Signal<Option<VehicleId>>,
    /// Hears of clicks.
    pub on_select: Callback<Option<VehicleId>>,
    /// The selected vehicle's route.
    pub route: Signal<Option<RouteView>>,
    /// The roads that are closed.
    pub closed: Signal<Vec<ClosedRoad>>,
    /// What is being drawn, where something can be.
    pub sketch: Option<RwSignal<Sketch>>,
    /// Asks for a view of the whole fleet.
    pub fit_all: Trigger,
    /// Whether the map goes along with the selected vehicle; ends when somebody drags it.
    pub follow: RwSignal<bool>,
    /// Whether the view is kept in the address.
    pub addressed: bool,
}

/// Attaches the map to its frame once that is in the page and the map's libraries are there, and says so.
pub fn attach(frame: NodeRef<html::Div>, feed: Feed, attached: RwSignal<bool>) {
    let home = StoredValue::new_local(None::<Rc<Island>>);
    let Feed { map, marks, selected, on_select, route, closed, sketch, fit_all, follow, addressed } = feed;
    let ready = RwSignal::new(false);
    Effect::new(move |_| {
        let then = Closure::once_into_js(move || ready.try_set(true));
        glue::when_libraries_are_here(then.unchecked_ref());
    });
    Effect::new(move |_| {
        let Some(element) = frame.get().filter(|_| ready.get()) else { return };
        let callbacks = Callbacks { on_select, sketch, follow };
        let Some(island) = Island::new(element.unchecked_into(), &map, marks, callbacks, addressed) else {
            return;
        };
        home.set_value(Some(island));
        attached.set(true);
        let with = move |act: &dyn Fn(&Rc<Island>)| {
            if let Some(island) = home.try_with_value(Clone::clone).flatten() {
                act(&island);
            }
        };
        Effect::new(move |_| marks.with(|marks| with(&|island| island.report(marks))));
        Effect::new(move |_| with(&|island| island.select(selected.get())));
        Effect::new(move |_| {
            let wanted = follow.get() && selected.get().is_some();
            with(&|island| island.follow(wanted));
        });
        Effect::new(move |_| route.with(|route| with(&|island| island.show_route(route.as_ref()))));
        Effect::new(move |_| closed.with(|closed| with(&|island| island.closed.borrow_mut().show(closed))));
        if let Some(sketch) = sketch {
            Effect::new(move |_| sketch.with(|sketch| with(&|island| island.show_sketch(sketch))));
        }
        Effect::new(move |first: Option<()>| {
            fit_all.track();
            if first.is_some() {
                with(&|island| island.fit_all());
            }
        });
    });
}

/// Whom clicks tell.
#[derive(Clone, Copy)]
struct Callbacks {
    on_select: Callback<Option<VehicleId>>,
    sketch: Option<RwSignal<Sketch>>,
    follow: RwSignal<bool>,
}

/// The map and all that belongs to it.
struct Island {
    frame: HtmlElement,
    map: Map,
    /// The corners of the day's ground; the city's where no hub is known.
    day: (Point, Point),
    marks: Signal<Vec<VehicleMark>>,
    layer: FleetLayer,
    tiles: RefCell<Option<VectorTiles>>,
    ground: MapView,
    addressed: bool,
    easel: RefCell<Easel>,
    route: RefCell<RouteLayers>,
    closed: RefCell<ClosedLayers>,
    selected: Cell<Option<VehicleId>>,
    hovered: Cell<Option<VehicleId>>,
    pressed: Cell<(f64, f64)>,
    selected_label: Label,
    hovered_label: Label,
    looked: Cell<bool>,
    fitted: Cell<Option<RouteId>>,
    to_fit: Cell<Option<(Point, Point)>>,
    following: Cell<bool>,
    kept: Cell<bool>,
    note: Cell<Option<TimeoutHandle>>,
    pending: Cell<Option<i32>>,
    painted: Cell<f64>,
    panned: Cell<f64>,
    on_frame: Closure<dyn FnMut(f64)>,
    // Leaflet and the document call these for as long as the map lives.
    _on_moved: Closure<dyn Fn()>,
    _on_theme: Closure<dyn Fn()>,
    unwatch_theme: Function,
    pointer: RefCell<Vec<EventedHandle<MouseEvent>>>,
    moves: RefCell<Vec<EventedHandle<Event>>>,
}

impl Island {
    fn new(
        frame: HtmlElement,
        view: &MapView,
        marks: Signal<Vec<VehicleMark>>,
        callbacks: Callbacks,
        addressed: bool,
    ) -> Option<Rc<Self>> {
        let map = new_map(&frame)?;
        let day = corners(view.day.iter().copied()).unwrap_or((view.south_west, view.north_east));
        // Tiles are laid after the first look: those of this view would be fetched in vain.
        map.set_view(&middle(day), 11.0);
        if let Some(hub) = view.day.first() {
            mark_hub(&map, *hub);
        }
        let easel = Easel::new(&frame, pixel_ratio());
        let island = Rc::new_cyclic(|weak: &Weak<Self>| {
            let on_moved = calling(weak, Self::moved);
            let on_theme = calling(weak, Self::restyle);
            let frame_of = weak.clone();
            let on_frame = Closure::<dyn FnMut(f64)>::new(move |now_ms| {
                if let Some(island) = frame_of.upgrade() {
                    island.pending.set(None);
                    let soon = now_ms - island.painted.get() < CROWD_MS;
                    if soon && island.easel.borrow().fleet.is_paced() {
                        island.ask_for_frame();
                    } else {
                        island.paint(now_ms);
                    }
                }
            });
            Self {
                closed: RefCell::new(ClosedLayers::new(&map)),
                route: RefCell::new(RouteLayers::new(&map)),
                layer: glue::fleet_layer(on_moved.as_ref().unchecked_ref()),
                unwatch_theme: glue::watch_theme(on_theme.as_ref().unchecked_ref()),
                frame,
                map,
                day,
                marks,
                tiles: RefCell::new(None),
                ground: view.clone(),
                addressed,
                easel: RefCell::new(easel),
                selected: Cell::new(None),
                hovered: Cell::new(None),
                pressed: Cell::default(),
                selected_label: Label::new("map-label"),
                hovered_label: Label::new("map-label"),
                looked: Cell::new(false),
                fitted: Cell::new(None),
                to_fit: Cell::new(None),
                following: Cell::new(false),
                kept: Cell::new(false),
                note: Cell::new(None),
                pending: Cell::new(None),
                painted: Cell::new(0.0),
                panned: Cell::new(f64::NEG_INFINITY),
                on_frame,
                _on_moved: on_moved,
                _on_theme: on_theme,
                pointer: RefCell::default(),
                moves: RefCell::default(),
            }
        });
        island.listen(callbacks);
        island.layer.add_to(&island.map);
        island.mark_zoom();
        Some(island)
    }

    fn listen(self: &Rc<Self>, callbacks: Callbacks) {
        let on = |event: &'static str, act: fn(&Self, &MouseEvent, Callbacks)| {
            let weak = Rc::downgrade(self);
            Evented::on_leaflet_event(&&self.map, event, move |event: MouseEvent| {
                if let Some(island) = weak.upgrade() {
                    act(&island, &event, callbacks);
                }
            })
        };
        self.pointer.replace(vec![
            on("mousedown", |island, event, _| {
                let at = event.container_point();
                island.pressed.set((at.x(), at.y()));
            }),
            // While it zooms the map takes no drag, and what was meant as one comes as a click.
            on("click", |island, event, callbacks| match callbacks.sketch {
                _ if island.was_dragged(event) => {}
                Some(sketch) if sketch.with_untracked(|sketch| sketch.drawing) => {
                    let at = event.lat_lng();
                    let place = Point { lat: at.lat(), lon: at.lng() };
                    sketch.update(|sketch| sketch.places.push(place));
                }
                _ => callbacks.on_select.run(island.hit(event)),
            }),
            on("mousemove", |island, event, _| island.hover(island.hit(event))),
            on("mouseout", |island, _, _| island.hover(None)),
        ]);
        let on = |event: &'static str, act: fn(&Rc<Self>, Callbacks)| {
            let weak = Rc::downgrade(self);
            Evented::on_leaflet_event(&&self.map, event, move |_: Event| {
                if let Some(island) = weak.upgrade() {
                    act(&island, callbacks);
                }
            })
        };
        self.moves.replace(vec![
            on("zoomend", |island, _| island.mark_zoom()),
            on("moveend", |island, _| island.note_view()),
            on("dragstart", |_, callbacks| callbacks.follow.set(false)),
        ]);
    }

    /// Takes the newest reports.
    fn report(&self, marks: &[VehicleMark]) {
        let view = self.view();
        let glide = (!prefers_stillness()).then_some(&view);
        self.easel.borrow_mut().fleet.report(marks, glide, now_ms());
        self.ask_for_frame();
    }

    /// Rings a vehicle.
    fn select(self: &Rc<Self>, vehicle: Option<VehicleId>) {
        if self.selected.replace(vehicle) != vehicle {
            self.note_view();
            self.ask_for_frame();
        }
    }

    /// Shows a route. One that was not shown before is fitted into the map, now or when the map is in sight.
    fn show_route(&self, route: Option<&RouteView>) {
        self.route.borrow_mut().show(&self.map, route);
        let id = route.map(|route| route.row.route);
        if self.fitted.replace(id) != id {
            // The address said what to show of the route that was selected in it.
            let kept = id.is_some() && self.kept.take();
            self.to_fit.set(route.filter(|_| !kept).and_then(around_route));
            self.fit_wanted();
        }
    }

    fn show_sketch(&self, sketch: &Sketch) {
        let _ = self.frame.class_list().toggle_with_force("drawing", sketch.drawing);
        self.closed.borrow_mut().sketch(sketch);
    }

    /// The map shows another part of the world, or has got another size.
    fn moved(&self) {
        let (width, height) = self.view().size();
        if !self.looked.get() && width > 0 && height > 0 {
            self.looked.set(true);
            self.look();
            let tiles = lay_tiles(&self.map, &self.ground, &self.frame);
            self.tiles.replace(tiles);
        } else {
            self.fit_wanted();
        }
        self.paint(now_ms());
    }

    /// Draws the fleet as it is now, if that looks any different, and comes back while anything moves.
    fn paint(&self, now_ms: f64) {
        if self.layer.gliding() {
            return;
        }
        self.painted.set(now_ms);
        let view = self.view();
        let moving = {
            let mut easel = self.easel.borrow_mut();
            if easel.ratio() != view.ratio() {
                easel.restock(&self.frame, view.ratio());
            }
            easel.draw(&self.layer, &view, self.selected.get(), now_ms)
        };
        self.easel.borrow_mut().name(&self.layer, &view, [self.selected.get(), self.hovered.get()], now_ms);
        self.keep_up(&view, now_ms);
        self.name(&self.selected_label, self.selected.get(), now_ms);
        self.name(
            &self.hovered_label,
            self.hovered.get().filter(|&id| Some(id) != self.selected.get()),
            now_ms,
        );
        if moving {
            self.ask_for_frame();
        }
    }

    fn name(&self, label: &Label, vehicle: Option<VehicleId>, now_ms: f64) {
        let found = vehicle.and_then(|id| {
            let easel = self.easel.borrow();
            easel.fleet.find(id, now_ms).map(|(name, at)| (name.to_owned(), place(at)))
        });
        label.show(&self.map, found);
    }

    fn hover(&self, vehicle: Option<VehicleId>) {
        if self.hovered.replace(vehicle) != vehicle {
            let _ = self.frame.class_list().toggle_with_force("over-vehicle", vehicle.is_some());
            self.ask_for_frame();
        }
    }

    fn was_dragged(&self, event: &MouseEvent) -> bool {
        let (at, (x, y)) = (event.container_point(), self.pressed.get());
        (at.x() - x).abs().max((at.y() - y).abs()) > CLICK_PX
    }

    fn hit(&self, event: &MouseEvent) -> Option<VehicleId> {
        let at = event.container_point();
        self.easel.borrow().fleet.hit(&self.view(), (at.x(), at.y()), now_ms())
    }

    /// The theme has changed.
    fn restyle(&self) {
        self.easel.borrow_mut().restock(&self.frame, pixel_ratio());
        if let Some(tiles) = &*self.tiles.borrow() {
            tiles.restyle();
        }
        self.ask_for_frame();
    }

    /// Lets the style sheet draw stops as dots when there is no room for their numbers.
    fn mark_zoom(&self) {
        let _ = self.frame.class_list().toggle_with_force("far", self.map.get_zoom() < NUMBERED_ZOOM);
    }

    fn ask_for_frame(&self) {
        if self.pending.get().is_none() {
            let asked = window().request_animation_frame(self.on_frame.as_ref().unchecked_ref());
            self.pending.set(asked.ok());
        }
    }

    fn view(&self) -> View {
        let corner = self.map.container_point_to_lat_lng(&leaflet::Point::new(0.0, 0.0));
        let size = self.map.get_size();
        let corner = World::of(corner.lat(), corner.lng());
        View::new(corner, self.map.get_zoom(), (size.x(), size.y()), pixel_ratio())
    }
}

impl Drop for Island {
    fn drop(&mut self) {
        if let Some(asked) = self.pending.get() {
            let _ = window().cancel_animation_frame(asked);
        }
        let _ = self.unwatch_theme.call0(&JsValue::NULL);
        self.pointer.borrow_mut().clear();
        self.moves.borrow_mut().clear();
        if let Some(waiting) = self.note.take() {
            waiting.clear();
        }
        // Leaflet ends a zoom by a timer that it never takes back, and which finds no map; it looks whether there is a zoom.
        let _ = Reflect::set(self.map.as_ref(), &"_animatingZoom".into(), &false.into());
        self.map.remove();
    }
}

/// A callback into the island; `Fn`, since moving the map in answer to a move calls it again.
fn calling(island: &Weak<Island>, act: fn(&Island)) -> Closure<dyn Fn()> {
    let island = island.clone();
    Closure::new(move || {
        if let Some(island) = island.upgrade() {
            act(&island);
        }
    })
}

fn pixel_ratio() -> f64 {
    window().device_pixel_ratio().clamp(1.0, DENSEST)
}

fn prefers_stillness() -> bool {
    let asked = window().match_media("(prefers-reduced-motion: reduce)");
    asked.ok().flatten().is_some_and(|query| query.matches())
}

/// Milliseconds since the page began, the clock of animation frames.
fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
