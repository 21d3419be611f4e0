//! One person: the row, the panel that changes it, and the form that invites another.

use super::api::{ChangePerson, EnablePerson, InvitePerson, ResetPassword, SignPersonOut};
use crate::{
    format,
    parts::{Column, Table},
    session::at_hub,
    words,
};
use domain::{PersonId, Role};
use leptos::{prelude::*, server_fn::ServerFn};
use wire::{
    Moment,
    staff::people::{HubName, PeopleView, PersonLine},
};

const AT_ONE_HUB: [Column; 5] = [
    Column::words("Name"),
    Column::words("Role"),
    Column::words("Access"),
    Column::words("Last seen"),
    Column::numbers("Sessions"),
];
const AT_HUBS: [Column; 6] = [
    Column::words("Name"),
    Column::words("Role"),
    Column::words("Access"),
    Column::words("Last seen"),
    Column::numbers("Sessions"),
    Column::words("Hubs"),
];

/// Everybody.
#[component]
pub fn PeopleTable(view: PeopleView, chosen: Option<PersonId>) -> impl IntoView {
    let PeopleView { as_of, hubs, rows } = view;
    let with_hubs = hubs.len() > 1 || rows.iter().any(|row| !row.every_hub);
    let columns: &'static [Column] = if with_hubs { &AT_HUBS } else { &AT_ONE_HUB };
    view! {
        <Table caption="People" caption_hidden=true class="people" columns>
            {rows
                .into_iter()
                .map(|row| view! { <PersonRow reach=with_hubs.then(|| reach(&row, &hubs)) row as_of chosen /> })
                .collect_view()}
        </Table>
    }
}

/// Where somebody works, in words.
fn reach(row: &PersonLine, hubs: &[HubName]) -> String {
    if row.every_hub {
        return "Every hub".to_owned();
    }
    let named = hubs.iter().filter(|hub| row.hubs.contains(&hub.id)).map(|hub| hub.name.as_str());
    let named = named.collect::<Vec<_>>().join(", ");
    if named.is_empty() { "None".to_owned() } else { named }
}

#[component]
fn PersonRow(
    row: PersonLine,
    reach: Option<String>,
    as_of: Moment,
    chosen: Option<PersonId>,
) -> impl IntoView {
    let access = words::access(&row, as_of);
    let id = row.id;
    let seen = row.seen.map_or_else(|| "Never".to_owned(), |at| format::clock_from(at, as_of));
    view! {
        <tr
            data-row=id.to_string()
            data-open=(chosen == Some(id)).then_some("yes")
            data-out=row.disabled_since.is_some().then_some("yes")
        >
            <th scope="row">
                <a href=at_hub(&format!("/people?person={id}")) aria-current=(chosen == Some(id)).then_some("true")>
                    {row.name}
                </a>
                {row.own.then(|| view! { <small>"You"</small> })}
            </th>
            <td>{words::role(row.role)}</td>
            <td>{access}</td>
            <td>{seen}</td>
            <td class="number">{format::count(row.sessions)}</td>
            {reach.map(|reach| view! { <td>{reach}</td> })}
        </tr>
    }
}

/// Changes one person.
#[component]
pub fn PersonPanel(person: PersonLine, hubs: Vec<HubName>, as_of: Moment) -> impl IntoView {
    let access = words::access(&person, as_of);
    let (name, own) = (person.name.clone(), person.own);
    let rest = if own {
        view! {
            <p>
                "This is you. Your role, hubs and access are another administrator's to change; your password is in "
                <a href=at_hub("/account")>"your account"</a> "."
            </p>
        }
        .into_any()
    } else {
        view! { <PersonForms person hubs /> }.into_any()
    };
    view! {
        <section class="form-box" aria-labelledby="person-title">
            <div class="page-head">
                <h2 id="person-title">{name}</h2>
                <span class="quiet">{access}</span>
                <a class="button small" href=at_hub("/people")>
                    "Close"
                </a>
            </div>
            {rest}
        </section>
    }
}

#[component]
fn PersonForms(person: PersonLine, hubs: Vec<HubName>) -> impl IntoView {
    let PersonLine { id, version, disabled_since, has_password, seen, role, every_hub, .. } = person;
    let disabled = disabled_since.is_some();
    let link = if has_password { "Reset password" } else { "New link" };
    let explains = if has_password {
        "The present password and every session end. You get a link to send, by which another password is set."
    } else if seen.is_some() {
        "Every session ends. You get a link to send, by which a password is set."
    } else {
        "A link that was sent before opens nothing any more. You get another to send."
    };
    let whom = move || view! { <input type="hidden" name="person" value=id.to_string() /> };
    let access = if disabled {
        view! {
            <form method="post" action=EnablePerson::url()>
                {whom()}
                <input type="hidden" name="version" value=version />
                <input type="hidden" name="enabled" value="true" />
                <button class="button" type="submit">
                    "Let in again"
                </button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <details class="confirm" data-popup>
                <summary class="button">{link}</summary>
                <form method="post" action=ResetPassword::url()>
                    {whom()}
                    <p>{explains}</p>
                    <button class="button primary" type="submit">
                        "Make the link"
                    </button>
                </form>
            </details>
            <details class="confirm" data-popup>
                <summary class="button danger">"Disable"</summary>
                <form method="post" action=EnablePerson::url()>
                    {whom()}
                    <input type="hidden" name="version" value=version />
                    <input type="hidden" name="enabled" value="false" />
                    <p>
                        "Every session ends at once, and neither the password nor a link opens another. Role, hubs and \
                        what the person did stay. To undo it, open the person here and press “Let in again”."
                    </p>
                    <button class="button danger" type="submit">
                        {format!("Disable {}", person.name)}
                    </button>
                </form>
            </details>
        }
        .into_any()
    };
    view! {
        <form method="post" action=ChangePerson::url()>
            {whom()}
            <input type="hidden" name="version" value=version />
            <RoleChoice chosen=role />
            <HubChoice hubs every=every_hub ticked=person.hubs />
            <button class="button primary" type="submit">
                "Save"
            </button>
        </form>
        <div class="actions">
            {(person.sessions > 0)
                .then(|| {
                    view! {
                        <form method="post" action=SignPersonOut::url()>
                            {whom()}
                            <button class="button" type="submit">
                                "Sign out everywhere"
                            </button>
                        </form>
                    }
                })}
            {access}
        </div>
    }
}

#[component]
fn RoleChoice(chosen: Role) -> impl IntoView {
    view! {
        <label>
            <span>"Role"</span>
            <select name="role">
                {Role::ALL
                    .map(|role| {
                        view! {
                            <option value=role.code() selected=role == chosen>
                                {words::role_does(role)}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}

/// Where somebody works; nothing to choose where there is one hub and everybody works there.
#[component]
fn HubChoice(hubs: Vec<HubName>, every: bool, ticked: Vec<domain::HubId>) -> impl IntoView {
    if every && hubs.len() < 2 {
        return view! { <input type="hidden" name="every_hub" value="true" /> }.into_any();
    }
    view! {
        <fieldset class="choices">
            <legend>"Works at"</legend>
            <label>
                <input type="checkbox" name="every_hub" value="true" checked=every />
                "Every hub, later ones too"
            </label>
            {hubs
                .into_iter()
                .map(|hub| {
                    view! {
                        <label>
                            <input
                                type="checkbox"
                                name="hubs[]"
                                value=hub.id.to_string()
                                checked=ticked.contains(&hub.id)
                            />
                            {hub.name}
                        </label>
                    }
                })
                .collect_view()}
            <p class="quiet">"While every hub is ticked the others do not count."</p>
        </fieldset>
    }
    .into_any()
}

/// Invites somebody. What was typed outlasts a refusal.
#[component]
pub fn InviteForm(hubs: Vec<HubName>) -> impl IntoView {
    let typed = super::api::typed();
    let role = typed.get("role").and_then(|code| Role::parse(code)).unwrap_or(Role::Dispatcher);
    let ticked = typed.get("hubs").map(String::as_str).unwrap_or_default().split(',');
    let ticked: Vec<domain::HubId> = ticked.filter_map(|id| id.parse().ok()).collect();
    let (again, name) = (!typed.is_empty(), typed.get("name").cloned());
    view! {
        <details class="add" open=again>
            <summary class="button">"Invite somebody"</summary>
            <form method="post" action=InvitePerson::url()>
                <label>
                    <span>"Name, by which the person signs in"</span>
                    <input
                        type="text"
                        name="name"
                        required
                        autocomplete="off"
                        value=name
                    />
                </label>
                <RoleChoice chosen=role />
                <HubChoice hubs every=ticked.is_empty() ticked />
                <p class="quiet">
                    "You get a link to send. It opens once within 24 hours, and the person sets a password there."
                </p>
                <button class="button primary" type="submit">
                    "Make the link"
                </button>
            </form>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_somebody_works_is_told_by_names() {
        let id = |n: u128| domain::HubId(format!("{n:032x}").parse::<domain::HubId>().unwrap().0);
        let hubs = [HubName { id: id(1), name: "North".into() }, HubName { id: id(2), name: "South".into() }];
        let mut person = PersonLine {
            id: PersonId(id(9).0),
            name: "Anna".into(),
            role: Role::Agent,
            every_hub: true,
            hubs: vec![],
            has_password: false,
            disabled_since: None,
            sessions: 0,
            seen: None,
            link_until: None,
            version: 1,
            own: false,
        };
        assert_eq!(reach(&person, &hubs), "Every hub");
        person.every_hub = false;
        assert_eq!(reach(&person, &hubs), "None");
        person.hubs = vec![id(2), id(1)];
        assert_eq!(reach(&person, &hubs), "North, South");
    }
}
