//! What is true in a last-mile operation: the nouns, their states, and the rules between them.
//!
//! Nothing here reads a clock, rolls a die, makes an id or waits: time, chance and identity are arguments. There is no
//! SQL, no HTTP and no sentence for a screen here; other crates say, remember and show what this one knows.

mod accounts;
mod base;
mod day;
pub mod figures;
mod fleet;
mod history;
mod orders;
mod roads;
mod sites;

pub use accounts::{
    ability::Ability,
    change::AccountChange,
    key::KeyKind,
    people::{Actor, Role},
    scope::Scope,
    settings::{self, Currency, Settings},
};
pub use base::{
    ids::*,
    place::{Address, Coordinate, is_one_door},
    refusal::{Overtaken, Refusal},
    time::{Day, Instant},
    window::Window,
};
pub use day::{
    attempt::{Attempt, Outcome},
    exception::{Exception, ExceptionKind, ExceptionState},
    plan::{Plan, PlanState},
    route::{Route, RouteState},
    service_day::{HubDay, ServiceDay},
    standing::Standing,
    stop::{Stop, StopState, visit_s},
};
pub use fleet::{
    driver::{Driver, HubDriver},
    shift::{Break, Duty, Hours, MOST_SHIFTS, PlannedLeg, Shift, breaks_on},
    skills::{Skill, Skills},
    vehicle::{Vehicle, VehicleKind, VehicleState},
};
pub use history::{
    event::{Event, Fact, Source, Subjects},
    ledger::Ledger,
    made::{JoinedVehicle, PlacedOrder},
    stored::{Columns, Stored, Unreadable, VERSION as FACT_VERSION},
};
pub use orders::{
    contents::{Email, Item, Language},
    needs::{AllowedVehicles, Needs, Priority, Windows},
    order::{Order, OrderState, Package, Promise, Recipient},
    service::Service,
};
pub use roads::{
    closure::{Closure, ClosureShape, MOST_PLACES, MOST_REASON},
    weather::Weather,
};
pub use sites::{
    hub::Hub,
    outline::{MOST_CORNERS, Outline, OutlineFault, Rings},
    shop::Shop,
    zone::{MOST_ZONE_NAME, Zone, ZoneFault, ZoneParts, serving},
};
