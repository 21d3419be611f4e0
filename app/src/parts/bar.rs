//! Bars of shares, drawn as SVG so that no inline style is needed. The numbers stand beside them in words.

use leptos::prelude::*;
use wire::staff::control_room::RouteRow;

/// A route from its first stop to its last: done, still on time, at risk, expected late. A notch shows where it is.
#[component]
pub fn RouteBar(#[prop(into)] row: Signal<RouteRow>) -> impl IntoView {
    let shares = Memo::new(move |_| row.with(shares));
    let place = move |from: fn([i64; 3]) -> i64| move || from(shares.get()).to_string();
    view! {
        <svg class="route-bar" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="open" x="0" y="1" width="1000" height="4" />
            <rect class="late" x=place(|[_, _, late]| 1000 - late) y="1" width=place(|[_, _, late]| late) height="4" />
            <rect class="risk" x=place(|[_, risk, late]| 1000 - late - risk) y="1" width=place(|[_, risk, _]| risk) height="4" />
            <rect class="done" x="0" y="1" width=place(|[done, _, _]| done) height="4" />
            <rect class="here" x=place(|[done, _, _]| (done - 4).max(0)) y="0" width="8" height="6" />
        </svg>
    }
}

/// Done, at risk and late, in thousandths of the route.
fn shares(row: &RouteRow) -> [i64; 3] {
    let share = |part: i64| if row.total > 0 { 1000 * part / row.total } else { 0 };
    [share(row.done), share(row.at_risk), share(row.late)]
}

/// One share of a whole, from zero.
#[component]
pub fn ShareBar(
    /// How many have it.
    part: i64,
    /// The longest bar's number.
    longest: i64,
) -> impl IntoView {
    let width = if longest > 0 { 1000 * part / longest } else { 0 };
    view! {
        <svg class="share-bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect x="0" y="0" width=width.to_string() height="8" />
        </svg>
    }
}
