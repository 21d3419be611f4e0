//! What a shop says about an order beyond door and packages: several windows, priority, skills, vehicles, notes and
//! contents. Read here into the domain's types, compared with what was sent before, and shown.

use crate::base::{
    bounds::{one_line, text},
    zone::Zone,
};
use chrono::SubsecRound;
use domain::{
    AllowedVehicles, Email, HubId, Item, Language, Needs, Order, Priority, Refusal, Skills, Vehicle,
    VehicleId, Window, Windows,
};
use std::collections::{BTreeSet, HashMap};
use wire::{machine::PlaceOrder, staff::deliveries::Asked};

const MOST_NOTES: usize = 500;
const MOST_NAME: usize = 120;

type Read<T> = std::result::Result<T, String>;

/// The vehicles of a hub, as shops name them.
#[derive(Default)]
pub(crate) struct Fleet {
    by_label: HashMap<String, VehicleId>,
    vehicles: Vec<Vehicle>,
}

/// Each hub's.
pub(crate) type Fleets = HashMap<HubId, Fleet>;

impl Fleet {
    pub fn of(vehicles: Vec<Vehicle>) -> Self {
        Self { by_label: vehicles.iter().map(|v| (v.label.clone(), v.id)).collect(), vehicles }
    }

    /// Whether vehicles have to be known to read an order.
    pub fn is_named_in(order: &PlaceOrder) -> bool {
        !order.only_vehicles.is_empty() || !order.never_vehicles.is_empty()
    }

    /// Why no vehicle of the hub can ever take an order; nothing if one can, or while there is none at all.
    pub fn lacks(&self, order: &Order) -> Option<String> {
        let Needs { vehicles: allowed, skills, .. } = &order.needs;
        let (weight, volume) = (order.weight_g(), order.volume_ml());
        let may_come: Vec<_> = self.vehicles.iter().filter(|v| allowed.allow(v.id)).collect();
        let able: Vec<_> = may_come.iter().filter(|v| v.skills.cover(skills)).collect();
        let most = |of: fn(&Vehicle) -> i64| able.iter().map(|v| of(v)).max().unwrap_or_default();
        let (most_g, most_ml) = (most(|v| v.capacity_g), most(|v| v.capacity_ml));
        let why = if self.vehicles.is_empty() {
            return None;
        } else if may_come.is_empty() {
            "only_vehicles and never_vehicles leave none".to_owned()
        } else if able.is_empty() {
            format!("skills: none that may come has {}", skills.codes().join(" and "))
        } else if weight > most_g {
            format!("packages: they weigh {weight} g, and none that may come carries more than {most_g} g")
        } else if volume > most_ml {
            format!("packages: they measure {volume} ml, and none that may come holds more than {most_ml} ml")
        } else if !able.iter().any(|v| v.capacity_g >= weight && v.capacity_ml >= volume) {
            format!("packages: none that may come carries {weight} g and holds {volume} ml")
        } else {
            return None;
        };
        Some(format!("no vehicle of the hub can take it, so it waits until one can: {why}"))
    }

    fn read(&self, field: &str, names: &[String]) -> Read<BTreeSet<VehicleId>> {
        if names.len() > AllowedVehicles::MOST {
            return Err(format!("{field}: {}", Refusal::TooManyVehicles));
        }
        let find = |name: &String| {
            let name = one_line(name);
            let by_id = || name.parse().ok().filter(|id| self.by_label.values().any(|known| known == id));
            self.by_label.get(&name).copied().or_else(by_id).ok_or_else(|| {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
                format!("{field}: the hub has no vehicle {shown}; send a vehicle's label, or the id that its set-up answered")
            })
        };
        names.iter().map(find).collect()
    }
}

/// What is promised: from the first window to the last, and its parts if there are several.
fn promised(order: &PlaceOrder) -> Read<(Window, Windows)> {
    let parse = |from: domain::Instant, until: domain::Instant| {
        Window::parse(from.trunc_subsecs(3), until.trunc_subsecs(3))
    };
    let first = parse(order.window_from, order.window_until)
        .map_err(|e| format!("window_from and window_until: {e}"))?;
    let named = |e: Refusal| format!("more_windows: {e}");
    if order.more_windows.len() >= Windows::MOST {
        return Err(named(Refusal::WindowsMeet));
    }
    let more = order.more_windows.iter().map(|w| parse(w.from, w.until));
    let all: Vec<_> = std::iter::once(Ok(first)).chain(more).collect::<Result<_, _>>().map_err(named)?;
    let windows = Windows::parse(all).map_err(named)?;
    let span = match windows.parts() {
        [one, .., last] => Window::parse(one.from(), last.until()).map_err(named)?,
        _ => first,
    };
    Ok((span, windows))
}

/// The promise and all that is asked of the plan. Windows begin on one day of the hub.
pub(crate) fn read(order: &PlaceOrder, fleet: &Fleet, zone: Zone) -> Read<(Window, Needs)> {
    let (span, windows) = promised(order)?;
    if windows.parts().iter().any(|part| zone.day(part.from()) != zone.day(span.from())) {
        return Err(
            "more_windows: all windows of an order begin on one day of the hub; send another order for \
                    another day"
                .to_owned(),
        );
    }
    let (only, never) = (
        fleet.read("only_vehicles", &order.only_vehicles)?,
        fleet.read("never_vehicles", &order.never_vehicles)?,
    );
    let needs = Needs {
        priority: Priority::parse(order.priority.unwrap_or_default())
            .map_err(|e| format!("priority: {e}"))?,
        windows,
        skills: Skills::parse(&order.skills).map_err(|e| format!("skills: {e}"))?,
        vehicles: AllowedVehicles::parse(only, never)
            .map_err(|e| format!("only_vehicles and never_vehicles: {e}"))?,
    };
    Ok((span, needs))
}

/// What was said, unless that is nothing.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// How the recipient is written to.
pub(crate) fn reached_by(order: &PlaceOrder) -> Read<(Option<Email>, Option<Language>)> {
    let email = given(order.recipient.email.as_ref()).map(Email::parse).transpose();
    let language = given(order.recipient.language.as_ref()).map(Language::parse).transpose();
    Ok((
        email.map_err(|e| format!("recipient.email: {e}"))?,
        language.map_err(|e| format!("recipient.language: {e}"))?,
    ))
}

/// The notes for the driver; empty for none.
pub(crate) fn notes(order: &PlaceOrder) -> Read<String> {
    given(order.notes.as_ref()).map_or(Ok(String::new()), |notes| text("notes", notes, MOST_NOTES))
}

/// What is in the packages.
pub(crate) fn items(order: &PlaceOrder) -> Read<Vec<Item>> {
    if order.items.len() > Item::MOST {
        return Err(format!("items: an order names at most {}", Item::MOST));
    }
    let item = |item: &wire::machine::PlaceItem| {
        let name = text("items: a name", &item.name, MOST_NAME)?;
        Item::parse(name, item.quantity).map_err(|e| format!("items: {e}"))
    };
    order.items.iter().map(item).collect()
}

/// The fields beyond door and packages in which an order is sent otherwise than it was first placed.
pub(crate) fn differences(sent: &PlaceOrder, order: &Order, fleets: &Fleets) -> Vec<&'static str> {
    let forgotten = order.recipient.is_erased();
    let nobody = Fleet::default();
    let fleet = fleets.get(&order.hub).unwrap_or(&nobody);
    let needs = &order.needs;
    let window = promised(sent).is_ok_and(|sent| sent == (order.promise.original, needs.windows.clone()));
    let skills = Skills::parse(&sent.skills).is_ok_and(|sent| sent == needs.skills);
    let vehicles =
        |names: &[String], first: &BTreeSet<VehicleId>| fleet.read("", names).is_ok_and(|v| v == *first);
    let reached = reached_by(sent).unwrap_or_default();
    let fields = [
        ("hub", sent.hub.is_some_and(|hub| hub != order.hub)),
        ("window", !window),
        ("priority", sent.priority.unwrap_or_default() != needs.priority.number()),
        ("skills", !skills),
        ("only_vehicles", !vehicles(&sent.only_vehicles, needs.vehicles.only())),
        ("never_vehicles", !vehicles(&sent.never_vehicles, needs.vehicles.never())),
        ("service", sent.service.unwrap_or_default() != order.service),
        ("recipient.email", !forgotten && reached.0 != order.recipient.email),
        ("recipient.language", !forgotten && reached.1 != order.recipient.language),
        ("notes", !forgotten && notes(sent).as_ref() != Ok(&order.notes)),
        ("items", !forgotten && items(sent).as_ref() != Ok(&order.items)),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// What the page of an order shows of it.
pub(crate) fn shown(
    order: &Order,
    hub: Option<String>,
    label: impl Fn(VehicleId) -> Option<String>,
) -> Asked {
    let Order { needs, recipient, .. } = order;
    let labels = |ids: &BTreeSet<VehicleId>| {
        let mut labels: Vec<_> = ids.iter().filter_map(|id| label(*id)).collect();
        labels.sort();
        labels
    };
    Asked {
        hub,
        priority: needs.priority.number(),
        skills: needs.skills.codes(),
        only_vehicles: labels(needs.vehicles.only()),
        never_vehicles: labels(needs.vehicles.never()),
        email: recipient.email.as_ref().map(ToString::to_string),
        language: recipient.language.as_ref().map(|language| language.code().to_owned()),
        notes: Some(order.notes.clone()).filter(|notes| !notes.is_empty()),
        items: order.items.iter().map(|item| (item.name().to_owned(), item.quantity())).collect(),
    }
}
