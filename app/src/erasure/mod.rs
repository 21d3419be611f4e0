//! Erasing a recipient: somebody is found, what would be lost is shown, the reference is typed, and it stands here who did it.
//!
//! The page stands still: each step is an address of its own.

mod api;
mod recipient;

use crate::{
    Fault, format,
    parts::{Column, FaultNotice, PageHead, Pager, SearchForm, Skeleton, Table},
    people::{Message, fault_in_address, page_in_address},
    session::at_hub,
    words,
};
use api::EraseRecipient;
use domain::{OrderId, Standing};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use recipient::Recipient;
use wire::staff::{
    deliveries::{HitsView, OrderHit},
    erasure::{Erasure, ErasuresView, RecipientView},
};

const FOUND: [Column; 5] = [
    Column::words("Order"),
    Column::words("Recipient"),
    Column::words("Address"),
    Column::words("Promised"),
    Column::words("State"),
];
const DONE: [Column; 3] = [Column::words("When"), Column::words("By whom"), Column::words("Order")];

/// What the address asks for.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    /// Who was erased.
    Erasures,
    /// Orders that match a text.
    Orders(String),
    /// The recipient of an order; after an erasure with the orders that it left alone.
    Recipient(OrderId, String),
    /// An order by something that is no id.
    Nothing,
}

/// What was found for it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
enum Found {
    Erasures(ErasuresView),
    Orders(HitsView),
    Recipient(Box<RecipientView>),
}

async fn find(asked: Asked, page: u32) -> Result<Found, Fault> {
    Ok(match asked {
        Asked::Erasures => Found::Erasures(api::erasures(page).await?),
        Asked::Orders(text) => Found::Orders(api::erasable_orders(text, page).await?),
        Asked::Recipient(order, left) => Found::Recipient(Box::new(api::recipient(order, left).await?)),
        Asked::Nothing => return crate::backend::refuse(wire::AppError::NotFound),
    })
}

/// The page; `q`, `order` and `page` in its address are the whole question, and what came of an erasure stands there too.
#[component]
pub fn ErasurePage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let text = query.get("q").unwrap_or_default().trim().to_owned();
    let page = page_in_address();
    let asked = match (query.get("order"), text.is_empty()) {
        (Some(order), _) => order
            .parse()
            .map_or(Asked::Nothing, |order| Asked::Recipient(order, query.get("left").unwrap_or_default())),
        (None, false) => Asked::Orders(text.clone()),
        (None, true) => Asked::Erasures,
    };
    let (came, orders) = (query.get("came"), query.get("orders").and_then(|n| n.parse().ok()).unwrap_or(1));
    let fault = fault_in_address::<EraseRecipient>();
    let found = Resource::new(move || asked.clone(), move |asked| find(asked, page));
    view! {
        <div class="page erasure-page">
            <PageHead title="Erase a recipient" />
            <p class="quiet">
                "Who asks to be forgotten is erased here, for good: name, phone, e-mail, address, notes and contents of the \
                orders. Orders, times and figures stay as they are, of nobody."
            </p>
            <Message fault done=None />
            <SearchForm path="/erase" label="Reference, name, phone or e-mail" text=text.clone() />
            <Suspense fallback=|| view! { <Skeleton rows=8 what="the recipients" /> }>
                {move || {
                    Some(match found.get()? {
                        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                        Ok(Found::Erasures(view)) => view! { <Erasures view page /> }.into_any(),
                        Ok(Found::Orders(view)) => {
                            view! { <Orders view text=text.clone() page /> }.into_any()
                        }
                        Ok(Found::Recipient(view)) => {
                            view! { <Recipient view=*view came=came.clone() orders /> }.into_any()
                        }
                    })
                }}
            </Suspense>
        </div>
    }
    .into_any()
}

/// The orders that were found, each leading to its recipient.
#[component]
fn Orders(view: HitsView, text: String, page: u32) -> impl IntoView {
    let HitsView { as_of, hits, more } = view;
    if hits.is_empty() {
        let says = if page > 1 {
            "No order is left for this page. Go back to the first one.".to_owned()
        } else {
            format!(
                "No order matches “{text}”. Try a part of the name or phone, the shop's reference, or the whole e-mail address."
            )
        };
        return view! { <div class="empty"><p>{says}</p></div> }.into_any();
    }
    let row = move |hit: OrderHit| {
        view! {
            <tr>
                <th scope="row">
                    <a href=at_hub(&format!("/erase?order={}", hit.order))>{hit.reference}</a>
                    <small>{hit.shop}</small>
                </th>
                <td>
                    {words::or_erased(hit.recipient)}
                    <small>{hit.phone}</small>
                </td>
                <td>{words::or_erased(hit.address)}</td>
                <td>{format::window_from(hit.window, as_of)}</td>
                <td>{words::order_state(hit.progress, Standing::Done)}</td>
            </tr>
        }
    };
    let next = Callback::new(move |page| {
        let text = leptos_router::location::Url::escape(&text);
        at_hub(&format!("/erase?q={text}&page={page}"))
    });
    view! {
        <p>"Choose an order of the person who asks. The next page shows all of that person's orders, and what each would lose."</p>
        <Table caption="Orders that were found" caption_hidden=true class="erasable" columns=&FOUND>
            {hits.into_iter().map(row).collect_view()}
        </Table>
        <Pager page more href=next />
    }
    .into_any()
}

/// Who was erased, the latest first.
#[component]
fn Erasures(view: ErasuresView, page: u32) -> impl IntoView {
    let ErasuresView { as_of, rows, more } = view;
    let list = if rows.is_empty() {
        let says = if page > 1 {
            "No erasure is left for this page. Go back to the first one."
        } else {
            "Nobody has been erased yet. Who was, when and by whom will stand here."
        };
        view! { <div class="empty"><p>{says}</p></div> }.into_any()
    } else {
        let row = move |row: Erasure| {
            let Erasure { at, by, order, reference, hub } = row;
            view! {
                <tr>
                    <td class="when">{format::clock_from(at, as_of)}</td>
                    <td>{by.unwrap_or_else(|| "Command line".to_owned())}</td>
                    <th scope="row">
                        <a href=at_hub(&format!("/deliveries/{order}"))>{reference}</a>
                        {hub.map(|hub| view! { <small>{hub}</small> })}
                    </th>
                </tr>
            }
        };
        view! {
            <Table caption="Who was erased" caption_hidden=true columns=&DONE>
                {rows.into_iter().map(row).collect_view()}
            </Table>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="erased-title">
            <h2 id="erased-title">"Who was erased"</h2>
            {list}
            <Pager page more href=Callback::new(|page| at_hub(&format!("/erase?page={page}"))) />
        </section>
    }
}
