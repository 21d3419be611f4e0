//! People, passwords and keys: what cannot be done, what was done, and how somebody stands.

use crate::format;
use domain::{AccountChange, KeyKind, Role};
use wire::{
    Moment,
    staff::people::{ChangeLine, PersonLine, Worked},
};

/// Whose a key is.
pub fn key_kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Shop => "Shop",
        KeyKind::Vehicle => "Vehicle",
        KeyKind::Administrator => "Administrator",
    }
}

/// What a key opens.
pub fn key_opens(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Shop => "Shop: places orders",
        KeyKind::Vehicle => "Vehicle: a phone or tracker that reports",
        KeyKind::Administrator => "Administrator: sets up hubs, reads clock and counts",
    }
}

/// A browser by what it calls itself, as far as people know it.
pub fn browser(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    // Those that call themselves others too come first.
    let name = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "A browser".to_owned(),
    }
}

/// What a role does, for whoever chooses one.
pub fn role_does(role: Role) -> &'static str {
    match role {
        Role::Dispatcher => "Dispatcher: plans, roads, exceptions, deliveries",
        Role::Manager => "Manager: reads the day and the figures",
        Role::Agent => "Agent: deliveries and exceptions",
        Role::Administrator => "Administrator: everything, at every hub",
    }
}

/// Whether and when somebody comes in.
pub fn access(person: &PersonLine, now: Moment) -> String {
    let when = |at| format::clock_from(at, now);
    match (person.disabled_since, person.seen, person.link_until) {
        (Some(since), ..) => format!("Disabled since {}", when(since)),
        _ if !person.every_hub && person.hubs.is_empty() => "Cannot sign in: no hub".to_owned(),
        (None, None, Some(until)) => format!("Invited, link good until {}", when(until)),
        (None, None, None) if person.has_password => "Has not signed in yet".to_owned(),
        (None, None, None) => "Invited, link has ended".to_owned(),
        (None, Some(_), Some(until)) => format!("Has a link until {}", when(until)),
        (None, Some(_), None) if person.has_password => "May sign in".to_owned(),
        (None, Some(_), None) => "Has no password, comes in by a link".to_owned(),
    }
}

/// One line of what was changed; of roles and hubs what was before, where it is known.
pub fn account_change(change: &ChangeLine) -> String {
    let role = |role: Option<Role>| {
        role.map_or_else(|| "another role".to_owned(), |role| super::lower(super::role(role)))
    };
    let (now, whose) = (|| role(change.role), &change.whose);
    match (change.what, change.role_before, &change.hubs_before, &change.hubs) {
        (Some(AccountChange::PersonAdded), _, _, None) => format!("Added {whose} as {}", now()),
        (Some(AccountChange::PersonAdded), _, _, Some(hubs)) => {
            format!("Added {whose} as {}, at {}", now(), worked(hubs))
        }
        (Some(AccountChange::RoleChanged), None, ..) => format!("Made {whose} {}", now()),
        (Some(AccountChange::RoleChanged), before, ..) => {
            format!("Role of {whose}: {} \u{2192} {}", role(before), now())
        }
        (Some(AccountChange::HubsChanged), _, Some(before), Some(after)) => {
            format!("Hubs of {whose}: {} \u{2192} {}", worked(before), worked(after))
        }
        (Some(AccountChange::HubsChanged), ..) => format!("Gave {whose} other hubs"),
        (Some(AccountChange::PersonDisabled), ..) => format!("Disabled {whose}"),
        (Some(AccountChange::PersonEnabled), ..) => format!("Let {whose} in again"),
        (Some(AccountChange::SessionsEnded), ..) => format!("Signed {whose} out everywhere"),
        (Some(AccountChange::PasswordReset), ..) => format!("Reset the password of {whose}"),
        (Some(AccountChange::PasswordChanged), ..) => format!("Changed the password of {whose}"),
        (Some(AccountChange::KeyMade), ..) => format!("Made the key {whose}"),
        (Some(AccountChange::KeyRevoked), ..) => format!("Revoked the key {whose}"),
        (Some(AccountChange::HubSetUp), ..) => {
            let hub = change.hubs.as_ref().map_or_else(|| "a hub".to_owned(), worked);
            format!("Set up {hub}, with new keys for the shops and vehicles named")
        }
        (None, ..) => format!("Changed {whose}"),
    }
}

fn worked(hubs: &Worked) -> String {
    match hubs {
        Worked::EveryHub => "every hub".to_owned(),
        Worked::Hubs(names) if names.is_empty() => "none".to_owned(),
        Worked::Hubs(names) => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{FixedOffset, TimeZone};

    #[test]
    fn how_somebody_comes_in_is_one_line() {
        let now = FixedOffset::east_opt(3600).unwrap().with_ymd_and_hms(2026, 3, 3, 9, 0, 0).unwrap();
        let person = PersonLine {
            id: domain::PersonId("00000000-0000-7000-8000-000000000001".parse().unwrap()),
            name: "Anna".into(),
            role: Role::Agent,
            every_hub: true,
            hubs: vec![],
            has_password: false,
            disabled_since: None,
            sessions: 0,
            seen: None,
            link_until: Some(now),
            version: 1,
            own: false,
        };
        assert_eq!(access(&person, now), "Invited, link good until 09:00");
        let later = PersonLine { link_until: None, ..person.clone() };
        assert_eq!(access(&later, now), "Invited, link has ended");
        let there = PersonLine { seen: Some(now), has_password: true, ..later };
        assert_eq!(access(&there, now), "May sign in");
        assert_eq!(access(&PersonLine { every_hub: false, ..there.clone() }, now), "Cannot sign in: no hub");
        let out = PersonLine { disabled_since: Some(now), ..there };
        assert_eq!(access(&out, now), "Disabled since 09:00");
    }

    #[test]
    fn a_browser_is_told_by_what_people_call_it() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 \
                    Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(
            browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(browser("curl/8"), "A browser");
    }

    #[test]
    fn a_change_is_a_sentence() {
        let at = FixedOffset::east_opt(0).unwrap().with_ymd_and_hms(2026, 3, 3, 9, 0, 0).unwrap();
        let change = |what, role| ChangeLine {
            at,
            by: None,
            what,
            whose: "Anna".into(),
            role_before: None,
            role,
            hubs_before: None,
            hubs: None,
        };
        let said = |what, role| account_change(&change(Some(what), role));
        assert_eq!(said(AccountChange::RoleChanged, Some(Role::Agent)), "Made Anna agent");
        assert_eq!(said(AccountChange::RoleChanged, None), "Made Anna another role");
        let mut all: Vec<_> = AccountChange::ALL.into_iter().map(|what| said(what, None)).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), AccountChange::ALL.len());

        let role = change(Some(AccountChange::RoleChanged), Some(Role::Agent));
        let role = ChangeLine { role_before: Some(Role::Dispatcher), ..role };
        assert_eq!(account_change(&role), "Role of Anna: dispatcher \u{2192} agent");
        let hubs = Some(Worked::Hubs(vec!["North".into(), "South".into()]));
        let moved = change(Some(AccountChange::HubsChanged), None);
        let moved = ChangeLine { hubs_before: Some(Worked::EveryHub), hubs, ..moved };
        assert_eq!(account_change(&moved), "Hubs of Anna: every hub \u{2192} North, South");
        let added = change(Some(AccountChange::PersonAdded), Some(Role::Manager));
        let added = ChangeLine { hubs: Some(Worked::EveryHub), ..added };
        assert_eq!(account_change(&added), "Added Anna as manager, at every hub");
    }
}
