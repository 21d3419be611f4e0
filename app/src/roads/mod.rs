//! The roads: what is closed and until when, the weather, how fast traffic is, and the map on which a road is closed.

mod api;
mod close;
mod traffic;

use crate::{
    Fault,
    act::{Act, ActForm},
    codec::load,
    control_room::lasting_map,
    format,
    live::LiveBoard,
    parts::{
        FaultNotice, PageHead, Skeleton, fault_of,
        map::{FleetMap, Sketch},
    },
    session::{HubField, Session},
    words,
};
use api::{CloseRoad, LiftClosure, SetWeather};
use close::CloseForm;
use domain::{ClosureId, Standing, VehicleKind, Weather};
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use traffic::Traffic;
use wire::staff::roads::{ClosedRoad, ClosureRow, RoadsView};

/// What can be done about the roads.
#[derive(Clone, Copy)]
struct RoadActions {
    close: Act<ClosureId>,
    lift: Act<()>,
    weather: Act<()>,
}

impl RoadActions {
    fn new() -> Self {
        Self {
            close: Act::of::<CloseRoad>(),
            lift: Act::of::<LiftClosure>(),
            weather: Act::of::<SetWeather>(),
        }
    }

    fn versions(self) -> usize {
        self.close.version().get() + self.lift.version().get() + self.weather.version().get()
    }

    fn fault(self) -> Option<Fault> {
        fault_of(self.close)
            .get()
            .or_else(|| fault_of(self.lift).get())
            .or_else(|| fault_of(self.weather).get())
    }
}

/// The page.
#[component]
pub fn RoadsPage() -> impl IntoView {
    let live = LiveBoard::here();
    let hub = Session::here().hub;
    let actions = RoadActions::new();
    let roads =
        load(move || (live.plan.get(), live.returned.get(), actions.versions()), move |_| api::roads(hub));
    let ground = lasting_map(live);
    let sketch = RwSignal::new(Sketch::default());
    let closed = RwSignal::new(Vec::<ClosedRoad>::new());
    let weather = RwSignal::new(Weather::Dry);
    let (form_is_here, form_tries, made) = (StoredValue::new(false), RwSignal::new(0), RwSignal::new(0));
    Effect::new(move |_| {
        if let Some(Ok(view)) = roads.get() {
            closed.set(view.closed);
            // Somebody may be choosing another one: only news changes what is chosen.
            if weather.get_untracked() != view.weather {
                weather.set(view.weather);
            }
            if !form_is_here.get_value() {
                form_tries.update(|tries| *tries += 1);
            }
        }
    });
    // A closure that was made leaves the map and the form to the next one.
    Effect::new(move |_| {
        if matches!(actions.close.answer(), Some(Ok(_))) {
            sketch.set(Sketch::default());
            made.update(|made| *made += 1);
        }
    });
    let may = Session::here().role().is_some_and(domain::Role::may_dispatch);
    let nobody = Signal::derive(|| None);
    let marks = Signal::derive(move || live.marks.get());
    view! {
        <div class="roads-page">
            <section class="roads-side" aria-label="Roads">
                <PageHead title="Roads" />
                {move || actions.fault().map(|fault| view! { <FaultNotice fault /> })}
                <Transition fallback=|| view! { <Skeleton rows=8 what="the roads" /> }>
                    {move || {
                        Some(match roads.get()? {
                            Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                            Ok(view) => {
                                let RoadsView { as_of, closures, traffic, .. } = view;
                                view! {
                                    <Closures rows=closures as_of actions may />
                                    <Traffic traffic as_of />
                                }
                                    .into_any()
                            }
                        })
                    }}
                </Transition>
                <Transition>
                    // Made once: what somebody has typed or chosen outlasts every reload.
                    {move || {
                        form_tries.get();
                        Suspend::new(async move {
                            let first = ScopedFuture::new_untracked(roads.answer()).await;
                            let RoadsView { as_of, weather: now, .. } = first.ok()?;
                            weather.set(now);
                            form_is_here.set_value(true);
                            let close = may.then(|| view! { <CloseForm close=actions.close sketch as_of made /> });
                            Some(view! {
                                {close}
                                <WeatherForm weather action=actions.weather may />
                            })
                        })
                    }}
                </Transition>
            </section>
            <div class="roads-map">
                <Suspense fallback=|| view! { <p class="unseen">"Loading the map"</p> }>
                    {move || {
                        Some(match ground.get()? {
                            Err(_) => {
                                view! { <div class="empty"><p>"The map has not come through yet."</p></div> }.into_any()
                            }
                            Ok(map) => {
                                view! {
                                    <FleetMap
                                        map
                                        marks
                                        selected=nobody
                                        on_select=Callback::new(|_| ())
                                        route=Signal::derive(|| None)
                                        closed
                                        sketch
                                        addressed=true
                                    />
                                }
                                    .into_any()
                            }
                        })
                    }}
                </Suspense>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Closures(rows: Vec<ClosureRow>, as_of: wire::Moment, actions: RoadActions, may: bool) -> impl IntoView {
    let body = if rows.is_empty() {
        view! { <p class="quiet">"Every road is open, as far as anybody has said."</p> }.into_any()
    } else {
        view! {
            <ul class="closures">
                {rows.into_iter().map(|row| view! { <ClosureLine row as_of actions may /> }).collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="closed-title">
            <h2 id="closed-title">"Closed"</h2>
            {body}
        </section>
    }
}

#[component]
fn ClosureLine(row: ClosureRow, as_of: wire::Moment, actions: RoadActions, may: bool) -> impl IntoView {
    let until = if row.until.date_naive() == as_of.date_naive() {
        format::clock(row.until)
    } else {
        format!("{}, {}", format::day(row.until.date_naive()), format::clock(row.until))
    };
    let when = if row.holds {
        format!("until {until}")
    } else {
        format!("from {} until {until}", format::clock(row.from))
    };
    let whom = if row.bars.len() == VehicleKind::ALL.len() {
        "all vehicles".to_owned()
    } else {
        row.bars.iter().map(|&kind| words::lower(words::vehicle_kind(kind))).collect::<Vec<_>>().join(", ")
    };
    let busy = actions.lift.pending();
    let cut_off = (row.cut_off > 0).then(|| {
        let word = format!("{} cut off", format::counted(row.cut_off, "stop", "stops"));
        view! { <crate::parts::MarkedWord standing=Standing::Late word /> }
    });
    view! {
        <li>
            <p>
                <strong>{row.streets}</strong>
                <small>{format!("{}, {when}, for {whom}", row.reason)}</small>
                {cut_off}
            </p>
            {(may && row.own)
                .then(|| {
                    view! {
                        <ActForm act=actions.lift>
                            <input type="hidden" name="closure" value=row.id.to_string() />
                            <button class="button small" type="submit" disabled=move || busy.get()>
                                "Open again"
                            </button>
                        </ActForm>
                    }
                })}
        </li>
    }
}

#[component]
fn WeatherForm(weather: RwSignal<Weather>, action: Act<()>, may: bool) -> impl IntoView {
    let busy = action.pending();
    let form = may.then(|| {
        view! {
            <ActForm act=action>
                <HubField />
                <label>
                    <span class="unseen">"Weather"</span>
                    <select name="weather" prop:value=move || weather.get().code()>
                        {Weather::ALL
                            .map(|kind| {
                                view! {
                                    <option value=kind.code() selected=kind == weather.get_untracked()>
                                        {words::weather(kind)}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </label>
                <button class="button" type="submit" disabled=move || busy.get()>
                    "Set the weather"
                </button>
            </ActForm>
        }
    });
    view! {
        <section class="roads-weather" aria-labelledby="weather-title">
            <h2 id="weather-title">"Weather"</h2>
            <p class="quiet">{move || words::weather_means(weather.get())}</p>
            {form}
        </section>
    }
}
