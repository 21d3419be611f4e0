//! The live stream in the browser: one `EventSource` for all pages, and what it has told us so far.
//!
//! The browser reconnects and resumes by itself where it notices that a connection has ended. Where it does not, because
//! the network simply went away, a watchdog misses the heartbeats, says so and opens the stream anew. On the server
//! nothing is ever opened: a page there is complete as it stands, and says that it is not live.

use domain::{OrderId, RouteId, Standing};
use leptos::prelude::*;
use std::{collections::HashMap, sync::Arc};
use wire::{
    Moment,
    live::Frame,
    staff::control_room::{Counts, RouteRow, VehicleMark},
};

/// How fresh the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// No stream yet, or no scripts.
    Still,
    /// As of the server's now.
    Live(Moment),
    /// The stream broke off; the browser tries again.
    Paused(Option<Moment>),
    /// The server refused the stream. It is asked again, but a reload may be what helps.
    Ended(Option<Moment>),
}

impl Freshness {
    /// The standing whose shape and colour it wears.
    pub fn standing(self) -> Standing {
        match self {
            Self::Still => Standing::Done,
            Self::Live(_) => Standing::OnTime,
            Self::Paused(_) => Standing::Unknown,
            Self::Ended(_) => Standing::Late,
        }
    }
}

/// A browser keeps some connections to a server open, and tries a dead one after the other: that many tries are short.
#[cfg(any(test, feature = "hydrate"))]
const SHORT_TRIES: u32 = 8;
#[cfg(any(test, feature = "hydrate"))]
const SHORT_TRY_MS: f64 = 3_500.0;

/// What the watchdog does, given when something was heard last, when the stream was opened last, and how often it was since
/// something was heard. Milliseconds of one clock; a clock that is set back is no silence.
#[cfg(any(test, feature = "hydrate"))]
fn watch(now_ms: f64, heard_ms: f64, opened_ms: f64, tries: u32) -> Watch {
    let heartbeat = wire::live::HEARTBEAT.as_millis() as f64;
    let patience = if tries < SHORT_TRIES { SHORT_TRY_MS } else { heartbeat };
    match (now_ms - heard_ms > 3.0 * heartbeat, now_ms - opened_ms > patience) {
        (false, _) => Watch::Wait,
        (true, false) => Watch::Say,
        (true, true) => Watch::OpenAgain,
    }
}

/// What the watchdog does.
#[cfg(any(test, feature = "hydrate"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// All is well.
    Wait,
    /// Three heartbeats were missed; the stream has only just been opened again.
    Say,
    /// Three heartbeats were missed, and the stream must be opened again.
    OpenAgain,
}

/// What the live stream has told this page.
#[derive(Clone, Copy)]
pub struct LiveBoard {
    /// How fresh all this is.
    pub freshness: RwSignal<Freshness>,
    /// The latest moment the server spoke of.
    pub as_of: RwSignal<Option<Moment>>,
    /// Every vehicle, latest reading.
    pub marks: RwSignal<Vec<VehicleMark>>,
    /// Every route row that the stream has sent.
    pub rows: RwSignal<Arc<HashMap<RouteId, RouteRow>>>,
    /// The strip.
    pub counts: RwSignal<Option<Counts>>,
    /// Grows when the exceptions changed.
    pub exceptions: RwSignal<u32>,
    /// Grows when the plan or its proposal changed.
    pub plan: RwSignal<u32>,
    /// Grows when the stream is back after it broke off; what could not be loaded meanwhile is asked for again.
    pub returned: RwSignal<u32>,
    /// Orders whose story grew in the latest frame that named any.
    pub orders: RwSignal<Arc<Vec<OrderId>>>,
    /// A newer product serves this page's address.
    pub outdated: RwSignal<bool>,
    build: StoredValue<Option<String>>,
}

impl Default for LiveBoard {
    fn default() -> Self {
        Self::new()
    }
}

impl LiveBoard {
    /// An empty board that knows nothing yet.
    pub fn new() -> Self {
        Self {
            freshness: RwSignal::new(Freshness::Still),
            as_of: RwSignal::new(None),
            marks: RwSignal::new(Vec::new()),
            rows: RwSignal::new(Arc::default()),
            counts: RwSignal::new(None),
            exceptions: RwSignal::new(0),
            plan: RwSignal::new(0),
            returned: RwSignal::new(0),
            orders: RwSignal::new(Arc::default()),
            outdated: RwSignal::new(false),
            build: StoredValue::new(None),
        }
    }

    /// The board that the layout has opened; an empty one outside it.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// The latest row of a route: the stream's, or else the one the page was made with.
    pub fn row(self, first: RouteRow) -> Memo<RouteRow> {
        let rows = self.rows;
        Memo::new(move |_| rows.read().get(&first.route).unwrap_or(&first).clone())
    }

    /// The latest moment that is known: the stream's, or else the page's own.
    pub fn now_or(self, page: Moment) -> Signal<Moment> {
        let as_of = self.as_of;
        Signal::derive(move || as_of.get().filter(|live| *live > page).unwrap_or(page))
    }

    /// Takes in one frame.
    pub fn take(self, frame: Frame) {
        if matches!(self.freshness.get_untracked(), Freshness::Paused(_) | Freshness::Ended(_)) {
            self.returned.update(|tick| *tick = tick.wrapping_add(1));
        }
        self.as_of.set(Some(frame.as_of));
        self.freshness.set(Freshness::Live(frame.as_of));
        if frame.snapshot {
            self.marks.set(frame.vehicles);
            self.rows.set(Arc::new(frame.routes.into_iter().map(|row| (row.route, row)).collect()));
        } else {
            if !frame.vehicles.is_empty() || !frame.moves.is_empty() {
                self.marks.update(|marks| {
                    move_marks(marks, frame.vehicles);
                    frame.moves.apply(frame.as_of, marks);
                });
            }
            if !frame.routes.is_empty() {
                self.rows.update(|rows| {
                    let rows = Arc::make_mut(rows);
                    rows.extend(frame.routes.into_iter().map(|row| (row.route, row)));
                });
            }
        }
        if let Some(counts) = frame.counts {
            self.counts.set(Some(counts));
        }
        if !frame.orders.is_empty() {
            self.orders.set(Arc::new(frame.orders));
        }
        if frame.exceptions {
            self.exceptions.update(|tick| *tick = tick.wrapping_add(1));
        }
        if frame.plan {
            self.plan.update(|tick| *tick = tick.wrapping_add(1));
        }
        match self.build.get_value() {
            None => self.build.set_value(Some(frame.build)),
            Some(build) if build != frame.build => self.outdated.set(true),
            Some(_) => {}
        }
    }

    /// The stream broke off, for now or for good.
    pub fn lose(self, for_good: bool) {
        let since = self.as_of.get_untracked();
        self.freshness.set(if for_good { Freshness::Ended(since) } else { Freshness::Paused(since) });
    }

    /// Opens the stream while the current owner lives. Does nothing on the server.
    pub fn open(self) {
        #[cfg(feature = "hydrate")]
        {
            let hub = crate::session::Session::here().hub;
            Effect::new(move |_| stream::open(self, hub));
        }
    }
}

fn move_marks(marks: &mut Vec<VehicleMark>, moved: Vec<VehicleMark>) {
    let places: HashMap<_, _> = marks.iter().enumerate().map(|(place, mark)| (mark.vehicle, place)).collect();
    for mark in moved {
        match places.get(&mark.vehicle).and_then(|place| marks.get_mut(*place)) {
            Some(known) => *known = mark,
            None => marks.push(mark),
        }
    }
}

#[cfg(feature = "hydrate")]
mod stream {
    use super::{Freshness, LiveBoard, Watch, watch};
    use crate::address::with_hub;
    use domain::HubId;
    use leptos::{
        ev,
        leptos_dom::helpers::set_interval_with_handle,
        prelude::{
            GetUntracked, GetValue, LocalStorage, SetValue, StoredValue, UpdateValue, on_cleanup,
            window_event_listener,
        },
    };
    use std::time::Duration;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Event, EventSource, MessageEvent};

    /// How often the watchdog looks.
    const LOOK: Duration = Duration::from_secs(1);

    struct Open {
        source: EventSource,
        _frame: Closure<dyn FnMut(MessageEvent)>,
        _error: Closure<dyn FnMut(Event)>,
    }

    impl Drop for Open {
        fn drop(&mut self) {
            self.source.set_onerror(None);
            self.source.close();
        }
    }

    /// The stream, and on the browser's clock when something was heard and when it was opened.
    #[derive(Clone, Copy)]
    struct Stream {
        board: LiveBoard,
        open: StoredValue<Option<Open>, LocalStorage>,
        heard_ms: StoredValue<f64>,
        opened_ms: StoredValue<f64>,
        /// How often it was opened since something was heard.
        tries: StoredValue<u32>,
        hub: Option<HubId>,
    }

    pub fn open(board: LiveBoard, hub: Option<HubId>) {
        let now = js_sys::Date::now();
        let stream = Stream {
            board,
            open: StoredValue::new_local(None),
            heard_ms: StoredValue::new(now),
            opened_ms: StoredValue::new(now),
            tries: StoredValue::new(0),
            hub,
        };
        stream.connect();
        let watchdog = set_interval_with_handle(move || stream.look(), LOOK);
        let offline = window_event_listener(ev::offline, move |_| stream.board.lose(false));
        let online = window_event_listener(ev::online, move |_| stream.connect());
        on_cleanup(move || {
            if let Ok(watchdog) = watchdog {
                watchdog.clear();
            }
            offline.remove();
            online.remove();
            stream.open.try_update_value(Option::take);
        });
    }

    impl Stream {
        fn look(self) {
            let (heard, opened) = (self.heard_ms.get_value(), self.opened_ms.get_value());
            match watch(js_sys::Date::now(), heard, opened, self.tries.get_value()) {
                Watch::Wait => {}
                Watch::Say => self.say(),
                Watch::OpenAgain => {
                    self.say();
                    self.tries.try_update_value(|tries| *tries = tries.saturating_add(1));
                    self.connect();
                }
            }
        }

        fn say(self) {
            if matches!(self.board.freshness.get_untracked(), Freshness::Live(_)) {
                self.board.lose(false);
            }
        }

        fn connect(self) {
            self.opened_ms.set_value(js_sys::Date::now());
            let Ok(source) = EventSource::new(&with_hub(self.hub, "/live/day")) else {
                self.board.lose(true);
                return;
            };
            let on_frame = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                self.heard_ms.try_update_value(|heard| *heard = js_sys::Date::now());
                self.tries.try_update_value(|tries| *tries = 0);
                if let Some(frame) = event.data().as_string().and_then(|json| crate::codec::read(&json)) {
                    self.board.take(frame);
                }
            });
            let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
                let ended = event
                    .target()
                    .and_then(|target| target.dyn_into::<EventSource>().ok())
                    .is_none_or(|source| source.ready_state() == EventSource::CLOSED);
                self.board.lose(ended);
                if ended {
                    // The browser has given up; the watchdog has not.
                    self.heard_ms.try_update_value(|heard| *heard = 0.0);
                }
            });
            if source.add_event_listener_with_callback("frame", on_frame.as_ref().unchecked_ref()).is_err() {
                self.board.lose(true);
                return;
            }
            source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
            self.open.set_value(Some(Open { source, _frame: on_frame, _error: on_error }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{FixedOffset, TimeZone};
    use domain::{Standing, VehicleId};

    fn mark(id: u128, lat: f64) -> VehicleMark {
        VehicleMark {
            vehicle: VehicleId(uuid(id)),
            label: format!("Van {id:02}"),
            lat,
            lon: 14.4,
            heading_deg: None,
            speed_kmh: None,
            standing: Standing::OnTime,
            at: moment(0),
        }
    }

    fn uuid<T: std::str::FromStr>(id: u128) -> T
    where
        T::Err: std::fmt::Debug,
    {
        format!("{id:032x}").parse().unwrap()
    }

    fn moment(second: u32) -> Moment {
        FixedOffset::east_opt(3600).unwrap().with_ymd_and_hms(2026, 3, 3, 14, 0, second).unwrap()
    }

    fn frame(seq: u64, snapshot: bool, vehicles: Vec<VehicleMark>, build: &str) -> Frame {
        Frame {
            seq,
            as_of: moment(seq as u32),
            snapshot,
            vehicles,
            moves: wire::live::Moves::default(),
            routes: Vec::new(),
            counts: None,
            orders: Vec::new(),
            exceptions: seq == 2,
            plan: false,
            build: build.to_owned(),
        }
    }

    #[test]
    fn a_frame_moves_what_it_names_and_a_snapshot_forgets_the_rest() {
        let owner = Owner::new();
        owner.set();
        let board = LiveBoard::new();
        board.take(frame(1, true, vec![mark(1, 35.8), mark(2, 35.9)], "a"));
        board.take(frame(2, false, vec![mark(2, 35.95), mark(3, 36.0)], "a"));
        let lats: Vec<_> = board.marks.read_untracked().iter().map(|mark| mark.lat).collect();
        assert_eq!(lats, [35.8, 35.95, 36.0]);
        assert_eq!(board.exceptions.get_untracked(), 1);
        board.take(frame(3, true, vec![mark(3, 36.1)], "a"));
        assert_eq!(board.marks.read_untracked().len(), 1);
        assert_eq!(board.freshness.get_untracked(), Freshness::Live(moment(3)));
    }

    #[test]
    fn three_missed_heartbeats_are_silence_and_the_stream_is_opened_again_in_good_time() {
        let s = 1000.0;
        assert_eq!(watch(14.0 * s, 0.0, 0.0, 0), Watch::Wait);
        assert_eq!(watch(15.5 * s, 0.0, 0.0, 0), Watch::OpenAgain);
        assert_eq!(watch(16.5 * s, 0.0, 15.5 * s, 1), Watch::Say, "it was opened a second ago");
        assert_eq!(watch(19.1 * s, 0.0, 15.5 * s, 1), Watch::OpenAgain, "it may be a dead connection");
        assert_eq!(watch(64.1 * s, 0.0, 60.5 * s, SHORT_TRIES), Watch::Say, "it may be a slow one");
        assert_eq!(watch(65.6 * s, 0.0, 60.5 * s, SHORT_TRIES), Watch::OpenAgain);
        assert_eq!(watch(41.0 * s, 40.8 * s, 40.6 * s, 0), Watch::Wait, "it speaks again");
        assert_eq!(
            watch(10.0 * s, 3600.0 * s, 3600.0 * s, 0),
            Watch::Wait,
            "somebody has set the clock back"
        );
    }

    #[test]
    fn another_build_and_a_lost_stream_are_told() {
        let owner = Owner::new();
        owner.set();
        let board = LiveBoard::new();
        board.take(frame(1, true, Vec::new(), "a"));
        assert!(!board.outdated.get_untracked());
        board.take(frame(2, false, Vec::new(), "b"));
        assert!(board.outdated.get_untracked());
        board.lose(false);
        assert_eq!(board.freshness.get_untracked(), Freshness::Paused(Some(moment(2))));
        assert_eq!(board.returned.get_untracked(), 0);
        board.take(frame(3, true, Vec::new(), "b"));
        board.take(frame(4, false, Vec::new(), "b"));
        assert_eq!(board.returned.get_untracked(), 1, "back once, not with every frame");
    }
}
