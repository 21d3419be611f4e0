//! The strip: the day in one row of numbers, grey until one of them needs somebody.

use super::{Show, close::EndOfDay};
use crate::{
    format,
    live::LiveBoard,
    parts::Mark,
    session::{MainPage, Session, at_hub},
};
use domain::Standing;
use leptos::prelude::*;
use wire::staff::control_room::{Counts, DayHead};

/// The strip, kept fresh by the live stream. Each number leads to what it counts.
#[component]
pub fn Strip(counts: Counts, head: DayHead, live: LiveBoard) -> impl IntoView {
    let counts = Signal::derive(move || live.counts.get().unwrap_or(counts));
    let number = move |from: fn(Counts) -> i64| Signal::derive(move || from(counts.get()));
    let share = move |from: fn(Counts) -> (i64, i64)| {
        Signal::derive(move || {
            let (part, whole) = from(counts.get());
            format::percent_of(part, whole)
        })
    };
    let is_open = |page: MainPage| Session::here().role().is_some_and(|role| page.is_shown_to(role));
    let attempts = is_open(MainPage::Figures).then(|| at_hub("/figures?rows=on_time"));
    let waiting = is_open(MainPage::Deliveries).then(|| at_hub("/deliveries?waiting=1"));
    view! {
        <section class="strip" aria-label="The day in numbers">
            <p class="strip-head">
                <strong>{head.hub}</strong>
                <span class="quiet">{format::day(head.day)}", "{head.zone}</span>
            </p>
            <EndOfDay day=head.day closing=head.closing />
            <dl class="strip-numbers">
                <Number label="stops" href=Some(at_hub("/control-room")) value=Signal::derive(move || format::count(counts.get().stops)) />
                <Number label="done" href=attempts.clone() value=share(|counts| (counts.done, counts.stops)) />
                <Number label="on time" href=attempts value=share(|counts| (counts.on_time, counts.done)) />
                <Alarm number=number(|counts| counts.at_risk) standing=Standing::AtRisk label="at risk" href=Some(Show::AtRisk.href()) />
                <Alarm number=number(|counts| counts.late) standing=Standing::Late label="will be late" href=Some(Show::Late.href()) />
                <Alarm number=number(|counts| counts.failed) standing=Standing::Late label="failed" href=Some(Show::Failed.href()) />
                <Number
                    label="vehicles"
                    href=Some(at_hub("/control-room"))
                    value=Signal::derive(move || format::count(counts.get().vehicles))
                />
                <Alarm number=number(|counts| counts.silent) standing=Standing::Unknown label="silent" href=Some(Show::Silent.href()) />
                <Alarm
                    number=number(|counts| counts.waiting)
                    standing=Standing::Unknown
                    label="waiting"
                    href=waiting
                />
            </dl>
        </section>
    }
}

/// A number that is never an alarm.
#[component]
fn Number(label: &'static str, href: Option<String>, value: Signal<String>) -> impl IntoView {
    view! {
        <div>
            <dt>{href.map_or_else(|| label.into_any(), |href| view! { <a href=href>{label}</a> }.into_any())}</dt>
            <dd>{value}</dd>
        </div>
    }
}

/// A number that stays grey at zero and takes the colour and the shape of its state above.
#[component]
fn Alarm(
    label: &'static str,
    number: Signal<i64>,
    standing: Standing,
    href: Option<String>,
) -> impl IntoView {
    let loud = Memo::new(move |_| number.get() > 0);
    view! {
        <div class="alarm" data-standing=move || loud.get().then(|| standing.code())>
            <dt>
                {match href {
                    Some(href) => view! { <a href=href data-noscroll="">{label}</a> }.into_any(),
                    None => label.into_any(),
                }}
            </dt>
            <dd>{move || loud.get().then(|| view! { <Mark standing /> })} {move || format::count(number.get())}</dd>
        </div>
    }
}
