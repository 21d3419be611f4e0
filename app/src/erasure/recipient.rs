//! One recipient before and after an erasure: the orders, what each would lose, and the form that is confirmed.

use super::api::EraseRecipient;
use crate::{
    format,
    parts::{Column, Notice, Table},
    session::at_hub,
    words,
};
use domain::Standing;
use leptos::{prelude::*, server_fn::ServerFn};
use wire::{
    Moment,
    staff::erasure::{Erasure, Held, RecipientOrder, RecipientView},
};

const ORDERS: [Column; 4] =
    [Column::words("Order"), Column::words("Promised"), Column::words("State"), Column::words("Would lose")];

/// The recipient of one order.
#[component]
pub fn Recipient(
    view: RecipientView,
    /// What came of the last form, as the address says.
    came: Option<String>,
    /// Of how many orders the recipient was erased just now.
    orders: i64,
) -> impl IntoView {
    match view.erased.clone() {
        Some(erasure) => view! { <Erased view erasure came orders /> }.into_any(),
        None => view! { <Erasable view came /> }.into_any(),
    }
}

#[component]
fn Erased(view: RecipientView, erasure: Erasure, came: Option<String>, orders: i64) -> impl IntoView {
    let RecipientView { as_of, reference, left, order, .. } = view;
    let now = came.as_deref() == Some("erased");
    let by = erasure.by.unwrap_or_else(|| "the command line".to_owned());
    let says = format!("The recipient of {reference} was erased {} by {by}.", on(erasure.at, as_of));
    let count = format::counted(orders, "order holds", "orders hold");
    view! {
        {now.then(|| view! { <Notice text=format!("Done. {count} nothing of the recipient any more.") /> })}
        <section class="form-box">
            <p>{says}</p>
            <div class="actions">
                <a class="button" href=at_hub(&format!("/deliveries/{order}"))>
                    "Open the order"
                </a>
                <a class="button" href=at_hub("/erase")>
                    "Who else was erased"
                </a>
            </div>
        </section>
        {(!left.is_empty())
            .then(|| {
                view! {
                    <section aria-labelledby="left-title">
                        <h2 id="left-title">"Left alone"</h2>
                        <p>
                            "These orders are still open, so somebody has to find the door. Erase their recipient \
                            once they are done or cancelled."
                        </p>
                        <OrderList rows=left as_of caption="Orders that were left alone" />
                    </section>
                }
            })}
    }
}

fn on(at: Moment, as_of: Moment) -> String {
    let at_clock = format::clock_from(at, as_of);
    if at.date_naive() == as_of.date_naive() {
        format!("today at {at_clock}")
    } else {
        format!("on {at_clock}")
    }
}

#[component]
fn Erasable(view: RecipientView, came: Option<String>) -> impl IntoView {
    let is_open = view.is_open();
    let RecipientView { as_of, order, reference, name, phone, email, orders, total, .. } = view;
    let open: Vec<_> = orders.iter().filter(|row| row.open).map(|row| row.reference.clone()).collect();
    let others = total - 1;
    let trouble = match came.as_deref() {
        Some("not-confirmed") => {
            Some(format!("What you typed is not {reference}. Nothing was erased. Type it as it stands here."))
        }
        Some("open") => Some(format!("{reference} is still open. Nothing was erased.")),
        _ => None,
    };
    let more = (total > orders.len() as i64).then(|| {
        format!(
            "The first {} of {} orders are listed; the choice “all” means every one.",
            orders.len(),
            format::count(total)
        )
    });
    let summary = format::counted(total, "order", "orders");
    let kept = (!open.is_empty() && !is_open).then(|| {
        format!("Still open, and left alone until they are done or cancelled: {}.", open.join(", "))
    });
    let form = if is_open {
        view! {
            <p>
                {format!(
                    "{reference} is still open, so somebody has to find the door. Wait until it is done, or cancel it first; or \
                     choose another order of this person.",
                )}
            </p>
            <div class="actions">
                <a class="button" href=at_hub(&format!("/deliveries/{order}"))>
                    "Open the order"
                </a>
            </div>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action=EraseRecipient::url() autocomplete="off">
                <input type="hidden" name="order" value=order.to_string() />
                {(others > 0)
                    .then(|| {
                        view! {
                            <fieldset class="choices">
                                <legend>"Which orders"</legend>
                                <label>
                                    <input type="radio" name="all" value="true" checked />
                                    {format!("All {total} with this phone or e-mail")}
                                </label>
                                <label>
                                    <input type="radio" name="all" value="false" />
                                    {format!("{reference} alone")}
                                </label>
                            </fieldset>
                        }
                    })}
                {kept.map(|kept| view! { <p>{kept}</p> })}
                <label>
                    <span>{format!("Type {reference} to confirm")}</span>
                    <input type="text" name="typed" maxlength="80" required autocapitalize="off" spellcheck="false" />
                </label>
                <p class="quiet">"It cannot be undone. Your name and the time stay in the story of each order."</p>
                <button class="button danger" type="submit">
                    "Erase for good"
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        {trouble
            .map(|text| {
                view! {
                    <div class="notice loud" role="alert">
                        <p>{text}</p>
                    </div>
                }
            })}
        <section class="form-box" aria-labelledby="recipient-title">
            <div class="page-head">
                <h2 id="recipient-title">{name}</h2>
                <span class="quiet">{summary}</span>
                <a class="button small" href=at_hub("/erase")>
                    "Close"
                </a>
            </div>
            <dl class="facts">
                <div>
                    <dt>"Phone"</dt>
                    <dd>{phone}</dd>
                </div>
                {email
                    .map(|email| {
                        view! {
                            <div>
                                <dt>"E-mail"</dt>
                                <dd>{email}</dd>
                            </div>
                        }
                    })}
            </dl>
            {form}
        </section>
        <OrderList rows=orders as_of caption="Orders of this recipient" />
        {more.map(|more| view! { <p class="quiet">{more}</p> })}
    }
}

#[component]
fn OrderList(rows: Vec<RecipientOrder>, as_of: Moment, caption: &'static str) -> impl IntoView {
    let row = move |row: RecipientOrder| {
        let loses = if row.open { "Nothing: still open".to_owned() } else { holds(&row.holds) };
        view! {
            <tr>
                <th scope="row">
                    <a href=at_hub(&format!("/deliveries/{}", row.order))>{row.reference}</a>
                    <small>{row.shop}</small>
                </th>
                <td>{format::window_from(row.window, as_of)}</td>
                <td>{words::order_state(row.progress, Standing::Done)}</td>
                <td>{loses}</td>
            </tr>
        }
    };
    view! {
        <Table caption caption_hidden=true class="erasable" columns=&ORDERS>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
}

/// What an order holds of its recipient, in words.
fn holds(held: &[Held]) -> String {
    let word = |held: &Held| match held {
        Held::Name => "name".to_owned(),
        Held::Phone => "phone".to_owned(),
        Held::Email => "e-mail".to_owned(),
        Held::Language => "language".to_owned(),
        Held::Address => "address".to_owned(),
        Held::Notes => "notes for the driver".to_owned(),
        Held::Items => "contents".to_owned(),
        Held::DriverNotes(n) => format::counted(*n, "driver's note", "drivers' notes"),
        Held::Resolutions(n) => {
            format::counted(*n, "sentence about an exception", "sentences about exceptions")
        }
    };
    let words: Vec<_> = held.iter().map(word).collect();
    match words.split_last() {
        None => "Nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_order_would_lose_is_one_sentence() {
        assert_eq!(holds(&[]), "Nothing");
        assert_eq!(holds(&[Held::Name]), "name");
        assert_eq!(
            holds(&[Held::Name, Held::Phone, Held::DriverNotes(1)]),
            "name, phone and 1 driver's note"
        );
        assert_eq!(holds(&[Held::Address, Held::Resolutions(2)]), "address and 2 sentences about exceptions");
    }
}
