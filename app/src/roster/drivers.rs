//! The drivers of a hub: what each drives on the day, and the forms that add, rename and retire one.

use super::{address, api::SaveDriver};
use crate::{
    format,
    parts::{Column, Table},
};
use domain::{Day, HubId, VehicleId};
use leptos::{prelude::*, server_fn::ServerFn};
use wire::staff::roster::{DriverForm, DriverRow};

const COLUMNS: &[Column] =
    &[Column::words("Driver"), Column::words("Drives on this day"), Column::words("Usually")];
const CHANGED: &[Column] = &[
    Column::words("Driver"),
    Column::words("Drives on this day"),
    Column::words("Usually"),
    Column::unlabelled("Change"),
];

/// The list, and the form for somebody new.
#[component]
pub fn Drivers(
    hub: HubId,
    day: Day,
    drivers: Vec<DriverRow>,
    may_change: bool,
    typed: Option<DriverForm>,
) -> impl IntoView {
    let (left, working): (Vec<_>, Vec<_>) = drivers.into_iter().partition(|driver| driver.left);
    let list = if working.is_empty() {
        view! {
            <div class="empty">
                <p>"Nobody works here yet."</p>
            </div>
        }
        .into_any()
    } else {
        let columns = if may_change { CHANGED } else { COLUMNS };
        view! {
            <Table caption="Drivers" caption_hidden=true class="roster-drivers" columns>
                {working.into_iter().map(|driver| view! { <Driver day driver may_change /> }).collect_view()}
            </Table>
        }
        .into_any()
    };
    let gone = (!left.is_empty()).then(|| {
        let name = |driver: DriverRow| {
            let href = address(day, &format!("&driver={}", driver.id));
            if may_change {
                view! {
                    <li>
                        <a href=href rel="external">
                            {driver.name}
                        </a>
                    </li>
                }
                .into_any()
            } else {
                view! { <li>{driver.name}</li> }.into_any()
            }
        };
        view! {
            <details>
                <summary>{format!("No longer here ({})", left.len())}</summary>
                <ul>{left.into_iter().map(name).collect_view()}</ul>
            </details>
        }
    });
    view! {
        <section class="roster-people" aria-labelledby="drivers-title">
            <h2 id="drivers-title">"Drivers"</h2>
            {list}
            {may_change.then(|| view! { <NewDriver hub day typed /> })}
            {gone}
        </section>
    }
}

#[component]
fn Driver(day: Day, driver: DriverRow, may_change: bool) -> impl IntoView {
    let drives: Vec<_> = driver
        .drives
        .iter()
        .map(|(label, from, until)| format!("{label} {}–{}", format::clock(*from), format::clock(*until)))
        .collect();
    let free = drives.is_empty();
    let change = may_change.then(|| {
        view! {
            <td>
                <a class="button small" href=address(day, &format!("&driver={}", driver.id)) rel="external">
                    "Change"
                    <span class="unseen">{format!(" {}", driver.name)}</span>
                </a>
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row">{driver.name.clone()}</th>
            <td>{if free { "Free".to_owned() } else { drives.join(", ") }}</td>
            <td>{driver.usually.join(", ")}</td>
            {change}
        </tr>
    }
}

#[component]
fn NewDriver(hub: HubId, day: Day, typed: Option<DriverForm>) -> impl IntoView {
    let (open, name) = (typed.is_some(), typed.map(|form| form.name).unwrap_or_default());
    view! {
        <details class="add" open=open>
            <summary class="button">"Add a driver"</summary>
            <form method="post" action=SaveDriver::url() autocomplete="off">
                <input type="hidden" name="hub" value=hub.to_string() />
                <input type="hidden" name="day" value=format::day_code(day) />
                <label>
                    <span>"Name"</span>
                    <input
                        type="text"
                        name="form[name]"
                        maxlength="80"
                        required
                        value=name
                    />
                </label>
                <button class="button primary" type="submit">
                    "Add the driver"
                </button>
            </form>
        </details>
    }
}

/// Changes one driver.
#[component]
pub fn DriverPanel(
    hub: HubId,
    day: Day,
    driver: DriverRow,
    vehicles: Vec<(VehicleId, String)>,
    typed: Option<DriverForm>,
) -> impl IntoView {
    let DriverRow { id, name, left, .. } = driver;
    let typed = typed.filter(|form| form.id == id.to_string());
    let typed_name = typed.map_or_else(|| name.clone(), |form| form.name);
    let common = move || {
        view! {
            <input type="hidden" name="hub" value=hub.to_string() />
            <input type="hidden" name="day" value=format::day_code(day) />
            <input type="hidden" name="form[id]" value=id.to_string() />
        }
    };
    let kept = name.clone();
    let leaves = if left {
        view! {
            <form method="post" action=SaveDriver::url()>
                {common()} <input type="hidden" name="form[name]" value=kept />
                <button class="button" type="submit">
                    "Works here again"
                </button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <details class="confirm">
                <summary class="button">"No longer works here"</summary>
                <form method="post" action=SaveDriver::url()>
                    {common()} <input type="hidden" name="form[name]" value=kept />
                    <input type="hidden" name="form[left]" value="true" />
                    <p>"Can be chosen no more. What was driven stays in the history. Can be taken back here."</p>
                    <button class="button danger" type="submit">
                        "Take out of the list"
                    </button>
                </form>
            </details>
        }
        .into_any()
    };
    let option = |(id, label): (VehicleId, String)| view! { <option value=id.to_string()>{label}</option> };
    let change = (!left).then(|| {
        view! {
            <form method="post" action=SaveDriver::url() autocomplete="off">
                {common()}
                <label>
                    <span>"Name"</span>
                    <input type="text" name="form[name]" maxlength="80" required value=typed_name />
                </label>
                <label>
                    <span>"Usually drives, on every day that has no shift of its own"</span>
                    <select name="form[usually]">
                        <option value="">"No change"</option>
                        {vehicles.into_iter().map(option).collect_view()}
                    </select>
                </label>
                <button class="button primary" type="submit">
                    "Save the driver"
                </button>
            </form>
        }
    });
    view! {
        <section class="form-box" aria-labelledby="driver-title">
            <div class="page-head">
                <h2 id="driver-title">{name}</h2>
                <a class="button small" href=address(day, "") rel="external">
                    "Close"
                </a>
            </div>
            {change}
            <div class="actions">{leaves}</div>
        </section>
    }
}
