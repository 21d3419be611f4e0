//! The figures: how the day goes in one sentence, four numbers with what they are counted over, and the rows behind them.
//!
//! The address is the whole question. Every number arrives counted; nothing is computed here but the width of a bar.

mod api;
mod charts;
mod rows;

use crate::{
    address::with_hub,
    codec::load,
    format,
    live::LiveBoard,
    parts::{FaultNotice, PageHead, Skeleton, bring_into_sight},
    session::{HubField, Session, at_hub},
    words,
};
use charts::{FailedTable, HoursChart};
use chrono::NaiveDate;
use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use rows::{Rows, nothing};
use wire::{
    AppError,
    staff::figures::{FigureKind, FiguresView, Share},
};

/// The address of a day's figures, with the rows behind one of them.
fn href(day: Option<NaiveDate>, rows: Option<FigureKind>, page: u32) -> String {
    let day = day.map(|day| format!("day={}", format::day_code(day)));
    let rows = rows.map(|figure| format!("rows={}", figure.code()));
    let page = (page > 1).then(|| format!("page={page}"));
    let query: Vec<_> = [day, rows, page].into_iter().flatten().collect();
    at_hub(&if query.is_empty() { "/figures".to_owned() } else { format!("/figures?{}", query.join("&")) })
}

/// The page; `day`, `rows` and `page` in its address are the whole question.
#[component]
pub fn FiguresPage() -> impl IntoView {
    let live = LiveBoard::here();
    let hub = Session::here().hub;
    let query = use_query_map();
    // What is no day is asked for as one that cannot be: the answer says so.
    let day = Memo::new(move |_| {
        let code = query.read().get("day").filter(|code| !code.is_empty())?;
        Some(format::parse_day(&code).unwrap_or_default())
    });
    let behind = Memo::new(move |_| query.read().get("rows").and_then(|code| FigureKind::parse(&code)));
    let page = Memo::new(move |_| {
        query.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1u32).max(1)
    });
    // Today's figures follow the clock, a minute at a time; another day's stand still.
    let today = Memo::new(move |_| live.as_of.read().map(|now| now.date_naive()));
    let minute = Memo::new(move |_| {
        let is_today = day.get().is_none_or(|day| today.get().is_none_or(|today| day == today));
        live.as_of.get().filter(|_| is_today).map(|now| now.timestamp() / 60)
    });
    let due = move || (minute.get(), live.returned.get());
    let figures = load(move || (day.get(), due()), move |(day, _)| api::figures(hub, day));
    let rows = load(
        move || (day.get(), behind.get(), page.get(), due()),
        move |(day, behind, page, _)| async move {
            match behind {
                Some(figure) => {
                    api::figure_rows(hub, day, figure, page).await.map(|rows| Some((figure, page, rows)))
                }
                None => Ok(None),
            }
        },
    );
    // Rows that somebody has just asked for may be screens below the link.
    let wanted = StoredValue::new(false);
    Effect::new(move |before: Option<Option<FigureKind>>| {
        let behind = behind.get();
        if before.is_some_and(|before| before != behind) {
            wanted.set_value(behind.is_some());
        }
        behind
    });
    Effect::new(move |_| {
        if matches!(rows.get(), Some(Ok(Some(_)))) && wanted.get_value() {
            wanted.set_value(false);
            request_animation_frame(|| {
                if let Some(rows) = document().get_element_by_id("rows") {
                    bring_into_sight(&rows);
                }
            });
        }
    });
    view! {
        <div class="page figures-page">
            <PageHead title="Figures" />
            <Transition fallback=|| view! { <Skeleton rows=8 what="the figures" /> }>
                {move || {
                    Some(match figures.get()? {
                        Err(fault) => {
                            // Who asked for a day that cannot be may choose another.
                            let other = fault.0 == AppError::NoSuchDay;
                            let day = today.get_untracked().or(day.get_untracked()).unwrap_or_default();
                            view! {
                                <FaultNotice fault />
                                {other.then(|| view! { <DayPicker day /> })}
                            }
                                .into_any()
                        }
                        Ok(view) => view! { <Figures view asked=day.get_untracked() behind /> }.into_any(),
                    })
                }}
            </Transition>
            <Transition fallback=|| view! { <Skeleton rows=6 what="the rows" /> }>
                {move || {
                    Some(match rows.get()? {
                        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                        Ok(None) if query.read_untracked().get("rows").is_some() => {
                            nothing("There are no rows of this name.")
                        }
                        Ok(None) => ().into_any(),
                        Ok(Some((figure, page, rows))) => {
                            let day = day.get_untracked();
                            let is_over = matches!(figures.get(), Some(Ok(view)) if view.as_of.date_naive() > view.day);
                            view! { <Rows rows figure day page is_over /> }.into_any()
                        }
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn DayPicker(day: NaiveDate) -> impl IntoView {
    let hub = Session::here().hub;
    let field = NodeRef::<Input>::new();
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        if let Some(field) = field.get_untracked() {
            event.prevent_default();
            let day = format::parse_day(&field.value()).map(|day| format!("?day={}", format::day_code(day)));
            let path = format!("/figures{}", day.unwrap_or_default());
            navigate(&with_hub(hub, &path), NavigateOptions::default());
        }
    };
    view! {
        <form class="day-picker" method="get" action="/figures" on:submit=on_submit>
            <HubField />
            <label for="day">"Day"</label>
            <input id="day" type="date" name="day" node_ref=field value=format::day_code(day) />
            <button class="button" type="submit">
                "Show"
            </button>
            <a class="button" href=at_hub("/figures")>
                "Today"
            </a>
        </form>
    }
}

#[component]
fn Figures(view: FiguresView, asked: Option<NaiveDate>, behind: Memo<Option<FigureKind>>) -> impl IntoView {
    let stops_per_hour = view.stops_per_hour.map_or_else(|| "–".to_owned(), |rate| format::fixed(rate, 1));
    let successful = view
        .delivered_per_hour
        .map(|rate| format!("; {} successful an hour", format::fixed(rate, 1)))
        .unwrap_or_default();
    let stops = format::counted(view.stops, "visit", "visits");
    let over = format!("{stops} in {} h on the road{successful}", format::fixed(view.road_hours, 1));
    let share = |share: Share, what: &str| {
        (
            format::percent(share),
            format!("{} of {} {what}", format::count(share.part), format::count(share.whole)),
        )
    };
    let latest = share(view.on_time_latest, "attempts");
    let original = share(view.on_time_original, "attempts");
    let first = share(view.first_attempt, "orders");
    let as_of = view.as_of;
    let (kept, is_over) = (format::percent(view.promises_kept), as_of.date_naive() > view.day);
    view! {
        <p class="lede">{words::day_in_a_sentence(&view)}</p>
        <div class="figures-day">
            <p class="quiet">{format!("{}, {}, {}.", view.hub, format::day(view.day), words::counted_until(view.day, as_of))}</p>
            <DayPicker day=view.day />
        </div>
        <dl class="figures">
            <Figure kind=FigureKind::OnTimeLatest value=latest.0 over=latest.1 asked behind />
            <Figure kind=FigureKind::OnTimeOriginal value=original.0 over=original.1 asked behind />
            <Figure kind=FigureKind::PromisesKept value=kept over=words::promises_over(view.promises_kept, view.promises_by_length, is_over) asked behind />
            <Figure kind=FigureKind::FirstAttempt value=first.0 over=first.1 asked behind />
            <Figure kind=FigureKind::StopsPerHour value=stops_per_hour over asked behind />
        </dl>
        <div class="multiples">
            <HoursChart hours=view.hours />
            <FailedTable failed=view.failed asked behind />
        </div>
    }
}

/// One large number, what it is counted over, what it means, and the way to its rows.
#[component]
fn Figure(
    kind: FigureKind,
    value: String,
    over: String,
    asked: Option<NaiveDate>,
    behind: Memo<Option<FigureKind>>,
) -> impl IntoView {
    view! {
        <div class="figure" data-open=move || (behind.get() == Some(kind)).then_some("yes")>
            <dt>{words::figure(kind)}</dt>
            <dd class="figure-value">{value}</dd>
            <dd class="figure-over">{over}</dd>
            <dd class="figure-means">{words::figure_definition(kind)}</dd>
            <dd>
                <RowsLink kind asked behind />
            </dd>
        </div>
    }
}

#[component]
fn RowsLink(kind: FigureKind, asked: Option<NaiveDate>, behind: Memo<Option<FigureKind>>) -> impl IntoView {
    let open = move || behind.get() == Some(kind);
    view! {
        <a
            class="rows-link"
            href=move || if open() { href(asked, None, 1) } else { href(asked, Some(kind), 1) }
            data-noscroll=""
            aria-current=move || open().then_some("true")
        >
            {move || if open() { "Hide the rows" } else { "Show the rows" }}
            <span class="unseen">{format!(" behind {}", words::lower(words::figure(kind)))}</span>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_whole_question() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 4);
        assert_eq!(href(None, None, 1), "/figures");
        assert_eq!(href(day, Some(FigureKind::Failed), 2), "/figures?day=2026-03-04&rows=failed&page=2");
    }
}
