//! What an order asks of the plan, and what is in its parcels: between columns and the domain's types.

use domain::{AllowedVehicles, Email, Item, Language, Needs, Order, Priority, Skills, VehicleId, Windows};
use serde_json::Value;
use uuid::Uuid;

/// The columns of an order's needs.
pub(super) struct Columns {
    pub priority: i16,
    pub windows: Value,
    pub skills: Vec<String>,
    pub only_vehicles: Vec<Uuid>,
    pub never_vehicles: Vec<Uuid>,
}

impl Columns {
    /// The needs, or the column that holds what cannot be.
    pub fn read(self) -> Result<Needs, &'static str> {
        let vehicles = |ids: Vec<Uuid>| ids.into_iter().map(VehicleId).collect();
        let (only, never) = (vehicles(self.only_vehicles), vehicles(self.never_vehicles));
        Ok(Needs {
            priority: Priority::parse(self.priority).map_err(|_| "priority")?,
            windows: serde_json::from_value::<Windows>(self.windows).map_err(|_| "windows")?,
            skills: Skills::parse(&self.skills).map_err(|_| "skills")?,
            vehicles: AllowedVehicles::parse(only, never).map_err(|_| "only_vehicles")?,
        })
    }
}

/// E-mail and language, or the column that holds what cannot be.
pub(super) fn reached_by(
    email: Option<String>,
    language: Option<String>,
) -> Result<(Option<Email>, Option<Language>), &'static str> {
    let email = email.map(|text| Email::parse(&text)).transpose().map_err(|_| "email")?;
    let language = language.map(|code| Language::parse(&code)).transpose().map_err(|_| "language")?;
    Ok((email, language))
}

/// What is in the parcels, if the column holds that.
pub(super) fn items(column: Value) -> Result<Vec<Item>, &'static str> {
    serde_json::from_value(column).map_err(|_| "items")
}

/// The columns of many orders, each by itself in the order of the orders. An array of arrays has no form in SQL, so lists are
/// handed over as JSON.
#[derive(Default)]
pub(super) struct Written {
    pub priority: Vec<i16>,
    pub windows: Vec<Value>,
    pub skills: Vec<Value>,
    pub only_vehicles: Vec<Value>,
    pub never_vehicles: Vec<Value>,
    pub email: Vec<Option<String>>,
    pub language: Vec<Option<String>>,
    pub notes: Vec<String>,
    pub items: Vec<Value>,
    pub service: Vec<String>,
}

impl Written {
    /// Of these orders.
    pub fn of(orders: &[Order]) -> Result<Self, serde_json::Error> {
        let mut all = Self::default();
        for Order { needs, recipient, notes, items, service, .. } in orders {
            all.priority.push(needs.priority.number());
            all.windows.push(serde_json::to_value(&needs.windows)?);
            all.skills.push(serde_json::to_value(&needs.skills)?);
            all.only_vehicles.push(serde_json::to_value(needs.vehicles.only())?);
            all.never_vehicles.push(serde_json::to_value(needs.vehicles.never())?);
            all.email.push(recipient.email.as_ref().map(ToString::to_string));
            all.language.push(recipient.language.as_ref().map(|language| language.code().to_owned()));
            all.notes.push(notes.clone());
            all.items.push(serde_json::to_value(items)?);
            all.service.push(service.code().to_owned());
        }
        Ok(all)
    }
}
