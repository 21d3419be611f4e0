//! Who sits at the screen, which pages are open to that person, and the chosen theme.
//!
//! Known at once on both sides: the server reads it from the request, the browser from what the server wrote. Which pages
//! are shown follows from the list of abilities that `operations` decides by.

use crate::address::with_hub;
use domain::{Ability, HubId, PersonId, Role};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wire::staff::session::HubChoice;

/// The name of the cookie that holds the theme.
#[cfg(feature = "ssr")]
pub const THEME_COOKIE: &str = "theme";

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The name in the cookie and in the document.
    pub fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a theme's code, as a cookie or a form brings it; anything unknown is as the system says.
    #[cfg(feature = "ssr")]
    pub fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.code() == code).unwrap_or_default()
    }

    /// The document's `data-theme`; nothing leaves the choice to the system.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::Auto).then(|| self.code())
    }
}

/// The person, as far as the menu is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Identity.
    pub person: PersonId,
    /// What the person may do.
    pub role: Role,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Seen {
    who: Option<Who>,
    name: String,
    theme: Theme,
    hub: Option<HubId>,
    hubs: Vec<HubChoice>,
}

/// The session that this page was made for.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Who is signed in.
    pub who: Option<Who>,
    /// The person's name on screens; empty when nobody is signed in.
    pub name: StoredValue<String>,
    /// The theme that holds now.
    pub theme: RwSignal<Theme>,
    /// The hub that the address names; the person's own when it names none. Another hub is another page load.
    pub hub: Option<HubId>,
    /// The hubs within the person's reach.
    pub hubs: StoredValue<Vec<HubChoice>>,
}

impl Session {
    /// Reads the session; once, at the root.
    pub fn new() -> Self {
        let seen = crate::codec::known(seen);
        Self {
            who: seen.who,
            name: StoredValue::new(seen.name),
            theme: RwSignal::new(seen.theme),
            hub: seen.hub,
            hubs: StoredValue::new(seen.hubs),
        }
    }

    /// The session of the page we are on; nobody's when it was not provided.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self {
            who: None,
            name: StoredValue::new(String::new()),
            theme: RwSignal::new(Theme::Auto),
            hub: None,
            hubs: StoredValue::new(vec![]),
        })
    }

    /// The role, when somebody is signed in.
    pub fn role(self) -> Option<Role> {
        self.who.map(|who| who.role)
    }
}

#[cfg(feature = "ssr")]
fn seen() -> Seen {
    use crate::backend;
    let theme = backend::cookie(THEME_COOKIE).map(|code| Theme::parse(&code)).unwrap_or_default();
    let Some(caller) = backend::present() else { return Seen { theme, ..Seen::default() } };
    let who = match (caller.who, caller.role) {
        (domain::Actor::Person(person), Some(role)) => Some(Who { person, role }),
        _ => None,
    };
    let hubs = use_context::<operations::Operations>().map(|ops| ops.hubs_within_reach(&caller));
    let hub = backend::hub_in_address();
    Seen { who, name: caller.name.unwrap_or_default(), theme, hub, hubs: hubs.unwrap_or_default() }
}

#[cfg(not(feature = "ssr"))]
fn seen() -> Seen {
    Seen::default()
}

/// The path at the hub that the reader is at. Every link of ours goes through here. Not for handlers of events, which have
/// no context: those keep the hub from where they were made.
pub fn at_hub(path: &str) -> String {
    with_hub(use_context::<Session>().and_then(|session| session.hub), path)
}

/// Keeps the hub when a form leads on or changes something.
#[component]
pub fn HubField() -> impl IntoView {
    let hub = Session::here().hub;
    hub.map(|hub| view! { <input type="hidden" name="hub" value=hub.to_string() /> })
}

/// The pages that the menu leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MainPage {
    /// The map, the routes and the plan.
    Control,
    /// What needs a person.
    Exceptions,
    /// Closures, weather and traffic.
    Roads,
    /// Orders and their stories.
    Deliveries,
    /// How the day goes, in numbers.
    Figures,
}

impl MainPage {
    /// Every page, in the order of the menu.
    pub const ALL: [Self; 5] =
        [Self::Control, Self::Exceptions, Self::Roads, Self::Deliveries, Self::Figures];

    /// Where it is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Control => "/control-room",
            Self::Exceptions => "/exceptions",
            Self::Roads => "/roads",
            Self::Deliveries => "/deliveries",
            Self::Figures => "/figures",
        }
    }

    /// The desk that an address belongs to: its own page and those below it. Everything else stands still, as the forms that
    /// are opened now and then, the way in, and what is not there.
    pub fn at(path: &str) -> Option<Self> {
        let parts: Vec<_> = path.split('/').skip(1).collect();
        match parts[..] {
            ["deliveries", _] => Some(Self::Deliveries),
            [first] => Self::ALL.into_iter().find(|page| page.code() == first),
            _ => None,
        }
    }

    /// How its address begins, and the name of its wasm.
    pub fn code(self) -> &'static str {
        self.path().trim_start_matches('/')
    }

    /// The letter that opens it after `g`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Control => "c",
            Self::Exceptions => "x",
            Self::Roads => "r",
            Self::Deliveries => "d",
            Self::Figures => "f",
        }
    }

    /// Whether the menu shows it to a role.
    pub fn is_shown_to(self, role: Role) -> bool {
        role.may(self.needs())
    }

    /// The ability that its verbs ask for.
    pub fn needs(self) -> Ability {
        match self {
            Self::Control => Ability::SeeDay,
            Self::Exceptions => Ability::SeeExceptions,
            Self::Roads => Ability::SeeRoads,
            Self::Deliveries => Ability::SeeDeliveries,
            Self::Figures => Ability::SeeFigures,
        }
    }

    /// Where a role begins its day.
    #[cfg(feature = "ssr")]
    pub fn first_of(role: Role) -> Self {
        match role {
            Role::Dispatcher | Role::Administrator => Self::Control,
            Role::Manager => Self::Figures,
            Role::Agent => Self::Deliveries,
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn everybody_may_enter_the_room_they_begin_in() {
        for role in Role::ALL {
            assert!(MainPage::first_of(role).is_shown_to(role), "{role:?}");
        }
    }

    #[test]
    fn pages_that_move_are_told_from_those_that_stand_still() {
        for desk in MainPage::ALL {
            assert_eq!(MainPage::at(desk.path()), Some(desk));
        }
        assert_eq!(MainPage::at("/deliveries/7"), Some(MainPage::Deliveries));
        let still = ["/", "", "/sign-in", "/roster", "/people", "/nowhere", "/figures/7", "/deliveries/7/8"];
        assert!(still.into_iter().all(|path| MainPage::at(path).is_none()));
    }

    #[test]
    fn an_unknown_theme_is_the_systems() {
        assert_eq!(Theme::parse("dark"), Theme::Dark);
        assert_eq!(Theme::parse("\"><script>"), Theme::Auto);
        assert_eq!(Theme::Auto.attribute(), None);
    }
}
