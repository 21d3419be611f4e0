//! Keys of shops' and administrators' systems, and of vehicles' devices: found, made and revoked.

use super::{
    api::{self, MakeKey, RevokeKey},
    page_in_address,
};
use crate::{
    format,
    parts::{Column, FaultNotice, Pager, SearchForm, Skeleton, Table},
    session::at_hub,
    words,
};
use domain::KeyKind;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, location::Url};
use wire::{
    Moment,
    staff::people::{HubName, KeyLine, KeysView},
};

const OPEN: [Column; 5] = [
    Column::words("Key"),
    Column::words("For"),
    Column::words("Made"),
    Column::words("Last used"),
    Column::unlabelled("Revoke"),
];
const REVOKED: [Column; 5] = [
    Column::words("Key"),
    Column::words("For"),
    Column::words("Made"),
    Column::words("Last used"),
    Column::words("Revoked"),
];

/// The address of a list of keys.
fn href(text: &str, revoked: bool, page: u32) -> String {
    let mut href = "/people?part=keys".to_owned();
    if !text.is_empty() {
        href.push_str(&format!("&q={}", Url::escape(text)));
    }
    if revoked {
        href.push_str("&revoked=1");
    }
    if page > 1 {
        href.push_str(&format!("&page={page}"));
    }
    href
}

/// The part of the page with the keys.
#[component]
pub fn KeysPart() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let text = query.get("q").unwrap_or_default().trim().to_owned();
    let (revoked, page) = (query.get("revoked").is_some(), page_in_address());
    let asked = (text, revoked, page);
    let keys = {
        let asked = asked.clone();
        Resource::new(move || asked.clone(), |(text, revoked, page)| api::keys(text, revoked, page))
    };
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=8 what="the keys" /> }>
            {move || {
                let asked = asked.clone();
                Some(match keys.get()? {
                    Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                    Ok(view) => {
                        view! {
                            <MakeKeyForm view=view.clone() />
                            <Search text=asked.0.clone() revoked=asked.1 />
                            <KeysTable view asked />
                        }
                            .into_any()
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Search(text: String, revoked: bool) -> impl IntoView {
    let other = at_hub(&href(&text, !revoked, 1));
    view! {
        <SearchForm path="/people" label="Name, holder or id of a key" text>
            <input type="hidden" name="part" value="keys" />
            {revoked.then(|| view! { <input type="hidden" name="revoked" value="1" /> })}
            <a class="button" href=other>
                {if revoked { "Show those that open" } else { "Show revoked" }}
            </a>
        </SearchForm>
    }
}

#[component]
fn KeysTable(view: KeysView, asked: (String, bool, u32)) -> impl IntoView {
    let (text, revoked, page) = asked;
    let KeysView { as_of, rows, more, .. } = view;
    if rows.is_empty() {
        let says = match (page > 1, text.is_empty(), revoked) {
            (true, ..) => "No key is left for this page. Go back to the first one.".to_owned(),
            (_, false, _) => format!("No key matches “{text}”. Try a part of its name or of its holder's."),
            (_, true, true) => "No key has been revoked.".to_owned(),
            (_, true, false) => {
                "There is no key yet. Make one for a shop's system or a driver's phone.".to_owned()
            }
        };
        return view! { <div class="empty"><p>{says}</p></div> }.into_any();
    }
    let columns: &'static [Column] = if revoked { &REVOKED } else { &OPEN };
    let caption = if revoked { "Revoked keys" } else { "Keys that open something" };
    let next = Callback::new(move |page| at_hub(&href(&text, revoked, page)));
    view! {
        <Table caption caption_hidden=true class="keys-list" columns>
            {rows.into_iter().map(|key| view! { <KeyRow key as_of /> }).collect_view()}
        </Table>
        <Pager page more href=next />
    }
    .into_any()
}

#[component]
fn KeyRow(key: KeyLine, as_of: Moment) -> impl IntoView {
    let when = move |at| format::clock_from(at, as_of);
    let whose = if key.holder.is_empty() { "Its own system".to_owned() } else { key.holder };
    let id = key.id.clone();
    let (named, code) = match key.name {
        Some(name) => (name, Some(key.id.clone())),
        None => (key.id.clone(), None),
    };
    let last = match key.revoked {
        Some(at) => when(at).into_any(),
        None => view! {
            <details class="confirm" data-popup>
                <summary class="button small">
                    "Revoke" <span class="unseen">{format!(" {named}")}</span>
                </summary>
                <form method="post" action=RevokeKey::url()>
                    <input type="hidden" name="key" value=id />
                    <p>"It opens nothing from now on, and cannot be given back."</p>
                    <button class="button danger" type="submit">
                        "Revoke for good"
                    </button>
                </form>
            </details>
        }
        .into_any(),
    };
    view! {
        <tr data-row=key.id>
            <th scope="row">
                {named}
                {code.map(|code| view! { <small class="code">{code}</small> })}
            </th>
            <td>{whose} <small>{words::key_kind(key.kind)}</small></td>
            <td>
                <span class="when">{when(key.made)}</span>
                {key.made_by.map(|by| view! { <small>{format!("by {by}")}</small> })}
            </td>
            <td class="when">{key.used.map_or_else(|| "Never".to_owned(), when)}</td>
            <td>{last}</td>
        </tr>
    }
}

/// Makes a key. What was typed outlasts a refusal.
#[component]
fn MakeKeyForm(view: KeysView) -> impl IntoView {
    let KeysView { hubs, shops, vehicles, .. } = view;
    let typed = super::api::typed();
    let chosen = typed.get("kind").and_then(|code| KeyKind::parse(code)).unwrap_or(KeyKind::Shop);
    let again = !typed.is_empty();
    let (name, holder) = (typed.get("name").cloned(), typed.get("holder").cloned());
    let suggested = [shops, vehicles].concat();
    let suggested = suggested.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    view! {
        <details class="add" open=again>
            <summary class="button">"Make a key"</summary>
            <form method="post" action=MakeKey::url()>
                <label>
                    <span>"What it opens"</span>
                    <select name="kind">
                        {KeyKind::ALL
                            .map(|kind| {
                                view! {
                                    <option value=kind.code() selected=kind == chosen>
                                        {words::key_opens(kind)}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </label>
                <label>
                    <span>"Shop's name or vehicle's label; none for an administrator's"</span>
                    <input type="text" name="holder" maxlength="80" list="key-holders" autocomplete="off" value=holder />
                </label>
                <datalist id="key-holders">{suggested}</datalist>
                <OfHub hubs />
                <label>
                    <span>"What to call it"</span>
                    <input
                        type="text"
                        name="name"
                        maxlength="80"
                        required
                        autocomplete="off"
                        placeholder="Web shop, spare phone"
                        value=name
                    />
                </label>
                <button class="button primary" type="submit">
                    "Make the key"
                </button>
            </form>
        </details>
    }
}

/// Two hubs may have a vehicle of the same label.
#[component]
fn OfHub(hubs: Vec<HubName>) -> impl IntoView {
    (hubs.len() > 1).then(|| {
        view! {
            <label>
                <span>"Hub of the vehicle, if two have one of that label"</span>
                <select name="hub">
                    <option value="">"Whichever has it"</option>
                    {hubs
                        .into_iter()
                        .map(|hub| view! { <option value=hub.id.to_string()>{hub.name}</option> })
                        .collect_view()}
                </select>
            </label>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_whole_question() {
        assert_eq!(href("", false, 1), "/people?part=keys");
        assert_eq!(href("Van 01&x", true, 2), "/people?part=keys&q=Van%2001%26x&revoked=1&page=2");
    }
}
