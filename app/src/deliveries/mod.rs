//! The deliveries: one search box, then a list, then one order's whole story with what can be done about it.

mod api;
mod asked;
mod order;
mod slots;
mod story;

pub use order::OrderPage;

use crate::{
    Fault,
    codec::load,
    format,
    live::LiveBoard,
    parts::{Column, FaultNotice, MarkedWord, PageHead, Pager, SearchForm, Skeleton, Table},
    session::{Session, at_hub},
    words,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::{
    Moment,
    staff::deliveries::{HitsView, OrderHit},
};

const COLUMNS: [Column; 6] = [
    Column::words("Reference"),
    Column::words("Recipient"),
    Column::words("Address"),
    Column::words("Shop"),
    Column::numbers("Promised"),
    Column::words("State"),
];

const LOOK_FOR: &str = "Reference, name, phone, e-mail or address";

fn href(text: &str, page: u32) -> String {
    let text = leptos_router::location::Url::escape(text);
    at_hub(&if page <= 1 {
        format!("/deliveries?q={text}")
    } else {
        format!("/deliveries?q={text}&page={page}")
    })
}

/// The address of today's orders without a plan.
fn waiting_href(page: u32) -> String {
    at_hub(&if page <= 1 {
        "/deliveries?waiting=1".to_owned()
    } else {
        format!("/deliveries?waiting=1&page={page}")
    })
}

/// The search page; `q`, `waiting` and `page` in its address are the whole question.
#[component]
pub fn SearchPage() -> impl IntoView {
    let live = LiveBoard::here();
    let query = use_query_map();
    let text = Memo::new(move |_| query.read().get("q").unwrap_or_default().trim().to_owned());
    let page = Memo::new(move |_| {
        query.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1u32).max(1)
    });
    let waiting = Memo::new(move |_| text.read().is_empty() && query.read().get("waiting").is_some());
    let hub = Session::here().hub;
    let hits = load(
        move || (text.get(), waiting.get(), page.get(), live.returned.get()),
        move |(text, waiting, page, _)| async move {
            match (waiting, text.is_empty()) {
                (true, _) => api::waiting_orders(hub, page).await.map(Some),
                (false, true) => Ok(None),
                (false, false) => api::find_orders(text, page).await.map(Some),
            }
        },
    );
    view! {
        <div class="page search-page" data-asked=move || (waiting.get() || !text.read().is_empty()).then_some("yes")>
            <PageHead title="Deliveries" />
            <SearchForm path="/deliveries" label=LOOK_FOR text first=true />
            <Transition fallback=|| view! { <Skeleton rows=8 what="the orders" /> }>
                {move || {
                    let asked = (!waiting.get_untracked()).then(|| text.get_untracked());
                    Some(found(hits.get()?, asked, page.get_untracked()))
                }}
            </Transition>
        </div>
    }
    .into_any()
}

/// The answer to what was asked for, or to nothing when those that wait were.
fn found(hits: Result<Option<HitsView>, Fault>, asked: Option<String>, page: u32) -> AnyView {
    match hits {
        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
        Ok(None) => view! {
            <p class="quiet search-hint">
                "Any part will do, three letters or digits and more: the end of a phone number, the middle of a street, what the label says. "
                <span class="keys-hint">
                    <kbd>"/"</kbd>" brings you here."
                </span>
            </p>
        }
        .into_any(),
        Ok(Some(found)) if found.hits.is_empty() => view! {
            <div class="empty">
                <p>
                    {match asked {
                        _ if page > 1 => "No order is left for this page. Go back to the first one.".to_owned(),
                        Some(text) => format!("No order matches “{text}”. Try a part of it, or the shop's reference."),
                        None => "No order of today waits for a plan.".to_owned(),
                    }}
                </p>
            </div>
        }
        .into_any(),
        Ok(Some(found)) => {
            let as_of = found.as_of;
            let caption = match &asked {
                Some(text) => format!("Orders that match {text}"),
                None => "Orders that wait for a plan".to_owned(),
            };
            let caption_hidden = asked.is_some();
            let next = move |page| asked.as_ref().map_or_else(|| waiting_href(page), |text| href(text, page));
            view! {
                <Table caption caption_hidden class="hits" columns=&COLUMNS>
                    {found.hits.into_iter().map(|hit| view! { <HitRow hit as_of /> }).collect_view()}
                </Table>
                <Pager page more=found.more href=Callback::new(next) />
            }
            .into_any()
        }
    }
}

#[component]
fn HitRow(hit: OrderHit, as_of: Moment) -> impl IntoView {
    view! {
        <tr data-row=hit.order.to_string()>
            <th scope="row">
                <a href=at_hub(&format!("/deliveries/{}", hit.order))>{hit.reference}</a>
                <small>{words::service(hit.service)}</small>
            </th>
            <td>
                {words::or_erased(hit.recipient)}
                <small>{hit.phone}</small>
            </td>
            <td>{words::or_erased(hit.address)}</td>
            <td>{hit.shop}</td>
            <td class="number">{format::windows_from(&hit.windows, as_of)}</td>
            <td>
                <MarkedWord standing=hit.standing word=words::order_state(hit.progress, hit.standing) />
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_whole_question() {
        assert_eq!(href("a b&c", 2), "/deliveries?q=a%20b%26c&page=2");
        assert_eq!(href("ML1", 1), "/deliveries?q=ML1");
        assert_eq!(waiting_href(2), "/deliveries?waiting=1&page=2");
    }
}
