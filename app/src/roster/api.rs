//! What the roster's page asks for, and what may be changed there.
//!
//! What came of a change goes over the redirect by a cookie that the next page uses up: a refusal says why in the words of
//! the verb, and nobody else can put words there.

use crate::{Fault, codec::Answer};
use domain::{Day, HubId};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::roster::{DriverForm, RosterSaid, RosterView, ShiftForm};

/// The roster of a day; of the one that runs when none is named.
#[server(prefix = "/api", endpoint = "roster", input = GetUrl, output = Answer)]
pub async fn roster(hub: Option<HubId>, day: Option<Day>) -> Result<RosterView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.roster_page(&caller, hub, day).await)
}

/// Writes what a vehicle does on a day, and leads back to the page.
#[server(prefix = "/api", endpoint = "save-shift", output = Answer)]
pub async fn save_shift(hub: HubId, form: ShiftForm) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let day = crate::format::day_code(form.day);
    let said = answer(operations().await?.save_shift_form(&caller, hub, form).await)?;
    let again = said.shift.as_ref().map(|form| {
        let shift = if form.another { super::ANOTHER } else { &form.replaces };
        format!("&vehicle={}&shift={shift}", form.vehicle)
    });
    after(&said, &format!("/roster?day={day}{}", again.unwrap_or_default()))
}

/// Adds or changes a driver, and leads back to the page.
#[server(prefix = "/api", endpoint = "save-driver", output = Answer)]
pub async fn save_driver(hub: HubId, day: Day, form: DriverForm) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let day = crate::format::day_code(day);
    let again = if form.id.is_empty() { String::new() } else { format!("&driver={}", form.id) };
    let said = answer(operations().await?.save_driver_form(&caller, hub, form).await)?;
    let again = if said.refused.is_some() { again.as_str() } else { "" };
    after(&said, &format!("/roster?day={day}{again}"))
}

const SAID_COOKIE: &str = "__Host-roster";

#[cfg(feature = "ssr")]
fn after(said: &RosterSaid, to: &str) -> Result<(), Fault> {
    crate::backend::hand_on(SAID_COOKIE, said)?;
    crate::backend::redirect(&crate::backend::at_same_hub(to));
    Ok(())
}

/// What came of the change before this page; asking uses it up.
pub fn said() -> RosterSaid {
    crate::backend::handed_on(SAID_COOKIE).unwrap_or_default()
}
