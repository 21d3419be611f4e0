//! The strip: the day in one row of numbers, grey until one of them needs somebody.

use crate::{format, live::LiveBoard, parts::Mark};
use domain::Standing;
use leptos::prelude::*;
use wire::control_room::{Counts, DayHead};

/// The strip, kept fresh by the live stream.
#[component]
pub fn Strip(counts: Counts, head: DayHead, live: LiveBoard) -> impl IntoView {
    let counts = Signal::derive(move || live.counts.get().unwrap_or(counts));
    let number = move |from: fn(Counts) -> i64| Signal::derive(move || from(counts.get()));
    view! {
        <section class="strip" aria-label="The day in numbers">
            <p class="strip-head">
                <strong>{head.hub}</strong>
                <span class="quiet">{format::day(head.day)}", "{head.zone}</span>
            </p>
            <dl class="strip-numbers">
                <div>
                    <dt>"stops"</dt>
                    <dd>{move || format::count(counts.get().stops)}</dd>
                </div>
                <div>
                    <dt>"done"</dt>
                    <dd>{move || format::percent_of(counts.get().done, counts.get().stops)}</dd>
                </div>
                <div>
                    <dt>{move || format!("of {} on time", format::count(counts.get().done))}</dt>
                    <dd>{move || format::percent_of(counts.get().on_time, counts.get().done)}</dd>
                </div>
                <Alarm label="at risk" number=number(|counts| counts.at_risk) standing=Standing::AtRisk />
                <Alarm
                    label="late"
                    number=number(|counts| counts.late)
                    standing=Standing::Late
                    href="/exceptions"
                />
                <Alarm
                    label="failed"
                    number=number(|counts| counts.failed)
                    standing=Standing::Late
                    href="/exceptions"
                />
                <div>
                    <dt>"vans"</dt>
                    <dd>{move || format::count(counts.get().vehicles)}</dd>
                </div>
                <Alarm
                    label="silent"
                    number=number(|counts| counts.silent)
                    standing=Standing::Unknown
                    href="/exceptions"
                />
                <div>
                    <dt>"waiting"</dt>
                    <dd>{move || format::count(counts.get().waiting)}</dd>
                </div>
            </dl>
        </section>
    }
}

/// A number that stays grey at zero and takes the colour and the shape of its state above.
#[component]
fn Alarm(
    label: &'static str,
    #[prop(into)] number: Signal<i64>,
    standing: Standing,
    #[prop(optional)] href: Option<&'static str>,
) -> impl IntoView {
    let loud = Memo::new(move |_| number.get() > 0);
    view! {
        <div class="alarm" data-standing=move || loud.get().then(|| standing.code())>
            <dt>{href.map_or_else(|| label.into_any(), |href| view! { <a href=href>{label}</a> }.into_any())}</dt>
            <dd>{move || loud.get().then(|| view! { <Mark standing /> })} {move || format::count(number.get())}</dd>
        </div>
    }
}
