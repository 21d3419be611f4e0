//! The control room: the day's numbers, every route by its trouble, the map, and one vehicle's story with what can be done.
//!
//! The address holds the selected route, which routes are listed, what part of the world the map shows, and, on a phone,
//! which of the three panes is in front.

pub mod api;
mod close;
mod panel;
mod plan;
mod routes;
mod strip;

use crate::{
    Fault,
    codec::{Loaded, load},
    live::LiveBoard,
    parts::{FaultNotice, KeptOrder, PageHead, Skeleton, map::FleetMap},
    session::{Session, at_hub},
};
use domain::{RouteId, Standing, VehicleId};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use panel::RoutePanel;
use plan::{PlanActions, PlanBox};
use routes::RouteList;
use std::time::Duration;
use strip::Strip;
use wire::{
    AppError,
    staff::{
        control_room::{BoardView, MapView, RoutePhase, RouteRow, RouteView, VehicleMark},
        roads::ClosedRoad,
    },
};

/// Before a map that has not come through is asked for again.
const MAP_PAUSE: Duration = Duration::from_secs(3);

/// What a map needs: asked for again only while there is none, because a map that is made anew forgets where it was.
pub fn lasting_map(live: LiveBoard) -> Loaded<Result<MapView, Fault>> {
    let is_here = StoredValue::new(false);
    let again = RwSignal::new(0u32);
    let tries = Memo::new(move |before: Option<&u32>| match before {
        Some(before) if is_here.get_value() => *before,
        _ => live.returned.get().wrapping_add(again.get()),
    });
    let hub = Session::here().hub;
    let map = load(move || tries.get(), move |_| api::map(hub));
    Effect::new(move |_| {
        let answer = map.get();
        is_here.set_value(matches!(answer, Some(Ok(_))));
        // One answer that was lost while the stream goes on.
        if matches!(answer, Some(Err(Fault(AppError::Unreachable | AppError::Busy)))) {
            set_timeout(
                move || {
                    again.try_update(|tries| *tries = tries.wrapping_add(1));
                },
                MAP_PAUSE,
            );
        }
    });
    map
}

/// Which pane is in front on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pane {
    Routes,
    Map,
    Detail,
}

impl Pane {
    const ALL: [Self; 3] = [Self::Routes, Self::Map, Self::Detail];

    fn code(self) -> &'static str {
        match self {
            Self::Routes => "routes",
            Self::Map => "map",
            Self::Detail => "detail",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Routes => "Routes",
            Self::Map => "Map",
            Self::Detail => "Detail",
        }
    }

    fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pane| pane.code() == code)
    }
}

/// Which routes are listed: those that a number of the strip counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    AtRisk,
    Late,
    Failed,
    Silent,
}

impl Show {
    const ALL: [Self; 4] = [Self::AtRisk, Self::Late, Self::Failed, Self::Silent];

    fn code(self) -> &'static str {
        match self {
            Self::AtRisk => "at_risk",
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Silent => "silent",
        }
    }

    /// What the listed routes have.
    fn label(self) -> &'static str {
        match self {
            Self::AtRisk => "at risk",
            Self::Late => "late stops",
            Self::Failed => "failed attempts",
            Self::Silent => "silent",
        }
    }

    fn holds(self, row: &RouteRow) -> bool {
        match self {
            Self::AtRisk => row.at_risk > 0,
            Self::Late => row.late > 0,
            Self::Failed => row.failed > 0,
            Self::Silent => row.standing == Standing::Unknown && row.phase == RoutePhase::UnderWay,
        }
    }

    fn href(self) -> String {
        href(None, Some(Pane::Routes), Some(self))
    }

    fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|show| show.code() == code)
    }
}

/// The address of the control room with a route selected, a pane in front, and only some routes listed.
fn href(route: Option<RouteId>, pane: Option<Pane>, show: Option<Show>) -> String {
    let mut address = "/control-room".to_owned();
    let route = route.map(|route| format!("route={route}"));
    let pane = pane.map(|pane| format!("pane={}", pane.code()));
    let show = show.map(|show| format!("show={}", show.code()));
    for (place, part) in [route, pane, show].into_iter().flatten().enumerate() {
        address.push(if place == 0 { '?' } else { '&' });
        address.push_str(&part);
    }
    at_hub(&address)
}

/// The page.
#[component]
pub fn ControlRoomPage() -> impl IntoView {
    let live = LiveBoard::here();
    let hub = Session::here().hub;
    let query = use_query_map();
    let selected =
        Memo::new(move |_| query.read().get("route").and_then(|code| code.parse::<RouteId>().ok()));
    let pane = Memo::new(move |_| {
        let chosen = query.read().get("pane").and_then(|code| Pane::parse(&code));
        chosen.unwrap_or(if selected.get().is_some() { Pane::Detail } else { Pane::Routes })
    });
    let show = Memo::new(move |_| query.read().get("show").and_then(|code| Show::parse(&code)));

    let actions = PlanActions::new();
    let order = KeptOrder::<RouteId>::new();
    let replanned = move || (live.plan.get(), live.returned.get(), actions.versions());
    let board = load(
        move || (replanned(), order.asked().get()),
        move |_| async move {
            let mut board = api::board(hub).await?;
            order.keep(&mut board.routes, |row| row.route);
            Ok::<_, Fault>(board)
        },
    );
    let last = StoredValue::new(None::<BoardView>);
    let stirred = Memo::new(move |_| live.rows.read().get(&selected.get()?).cloned());
    let route = load(
        move || (selected.get(), stirred.get(), replanned()),
        |(selected, ..)| async move {
            match selected {
                Some(id) => api::route(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let map = lasting_map(live);

    // The map lives inside a boundary of its own and must outlast every reload of these two, so it is given plain
    // signals: reading the resources there would suspend it.
    let shown_route = RwSignal::new(None::<RouteView>);
    Effect::new(move |_| match route.get() {
        Some(Ok(view)) => shown_route.set(view),
        Some(Err(_)) => shown_route.set(None),
        None => {}
    });
    let first_marks = RwSignal::new(Vec::<VehicleMark>::new());
    let closed = RwSignal::new(Vec::<ClosedRoad>::new());
    let vehicles = StoredValue::new(Vec::<(VehicleId, RouteId)>::new());
    Effect::new(move |_| {
        if let Some(Ok(board)) = board.get() {
            let mut rows: Vec<_> = board.routes.iter().collect();
            rows.sort_by_key(|row| row.phase.nearness());
            vehicles.set_value(rows.into_iter().map(|row| (row.vehicle, row.route)).collect());
            first_marks.set(board.vehicles);
            closed.set(board.closed);
        }
    });
    let marks =
        Signal::derive(
            move || if live.marks.read().is_empty() { first_marks.get() } else { live.marks.get() },
        );
    let vehicle = Signal::derive(move || {
        let route = selected.get()?;
        let live = live.rows.read().get(&route).map(|row| row.vehicle);
        live.or_else(|| shown_route.read().as_ref().map(|view| view.row.vehicle))
    });
    let navigate = use_navigate();
    let on_select = Callback::new(move |vehicle: Option<VehicleId>| {
        let route = vehicle.and_then(|vehicle| {
            vehicles.with_value(|known| known.iter().find(|(id, _)| *id == vehicle).map(|(_, route)| *route))
        });
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&href(route, None, show.get_untracked()), options);
    });

    view! {
        <PageHead title="Control room" hidden=true />
        <div class="board" data-pane=move || pane.get().code()>
            <PaneLinks selected pane show />
            <Transition fallback=|| {
                view! {
                    <div class="strip"></div>
                    <section class="routes">
                        <Skeleton rows=12 what="the routes" />
                    </section>
                    <section class="plan"></section>
                }
            }>
                {move || {
                    // A board that cannot be renewed stays, but not for somebody who may not see it any more.
                    let board = board.get()?;
                    let closed = |fault: &AppError| {
                        matches!(fault, AppError::NotSignedIn | AppError::NotAllowed { .. })
                    };
                    let board = match (&board, last.get_value()) {
                        (Err(Fault(fault)), Some(last)) if !closed(fault) => Ok(last),
                        _ => board,
                    };
                    Some(match board {
                        Err(fault) => view! { <div class="board-fault"><FaultNotice fault /></div> }.into_any(),
                        Ok(board) => {
                            last.set_value(Some(board.clone()));
                            let (plan_at, revision) = (board.head.plan_at, board.head.revision);
                            order.show(board.routes.iter().map(|row| row.route));
                            view! {
                                <Strip counts=board.counts head=board.head live />
                                <RouteList rows=board.routes selected order show live />
                                <PlanBox
                                    trouble=board.roads_trouble
                                    plan_at
                                    revision
                                    proposal=board.proposal
                                    actions
                                />
                            }
                                .into_any()
                        }
                    })
                }}
            </Transition>
            <div class="board-map">
                <Suspense fallback=|| {
                    view! { <p class="unseen">"Loading the map"</p> }
                }>
                    {move || {
                        Some(match map.get()? {
                            Err(_) => {
                                view! { <div class="empty"><p>"The map has not come through yet."</p></div> }.into_any()
                            }
                            Ok(map) => {
                                view! { <FleetMap map marks selected=vehicle on_select route=shown_route closed addressed=true /> }.into_any()
                            }
                        })
                    }}
                </Suspense>
            </div>
            <section class="panel" aria-label="Selected vehicle" data-scroll="panel">
                <Transition fallback=|| view! { <Skeleton rows=8 what="the route" /> }>
                    {move || {
                        Some(match route.get()? {
                            Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                            Ok(None) => view! { <NothingSelected /> }.into_any(),
                            Ok(Some(view)) => view! { <RoutePanel view live /> }.into_any(),
                        })
                    }}
                </Transition>
            </section>
        </div>
    }
    .into_any()
}

#[component]
fn PaneLinks(selected: Memo<Option<RouteId>>, pane: Memo<Pane>, show: Memo<Option<Show>>) -> impl IntoView {
    view! {
        <nav class="panes" aria-label="Panes">
            {Pane::ALL
                .map(|this| {
                    view! {
                        <a
                            href=move || href(selected.get(), Some(this), show.get())
                            aria-current=move || (pane.get() == this).then_some("true")
                        >
                            {this.label()}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

#[component]
fn NothingSelected() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"No vehicle selected"</h2>
            <p>
                "Choose one in the list or on the map. Its stops, its estimates and what can be done about them appear here."
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_is_shown() {
        let route: RouteId = "00000000-0000-0000-0000-000000000007".parse().unwrap();
        assert_eq!(href(None, None, None), "/control-room");
        assert_eq!(href(None, Some(Pane::Map), None), "/control-room?pane=map");
        assert_eq!(Show::AtRisk.href(), "/control-room?pane=routes&show=at_risk");
        assert_eq!(Show::parse(Show::Silent.code()), Some(Show::Silent));
        assert_eq!(
            href(Some(route), Some(Pane::Detail), None),
            "/control-room?route=00000000-0000-0000-0000-000000000007&pane=detail"
        );
    }
}
