//! Who may come in: inviting, changing, disabling, resetting, keys, and what nobody may do.

use crate::common::{Hub, at};
use domain::{AccountChange, KeyKind, PersonId, Role, Scope};
use operations::{Caller, Operations, OpsError, Origin};
use std::time::Duration;
use wire::{
    AccountFault,
    staff::people::{ChangePerson, Invite, MakeKey, OneTimeLink, PersonLine, Worked},
};

const PASSWORD: &str = "three wet Tuesdays";

fn invite(name: &str, role: Role) -> Invite {
    Invite { name: name.into(), role, every_hub: true, hubs: vec![] }
}

fn secret(link: &OneTimeLink) -> &str {
    link.address.rsplit('/').next().unwrap()
}

async fn come_in(ops: &Operations, link: &OneTimeLink) -> Caller {
    let signed = ops.sign_in_by_link(secret(link), &Origin::default()).await.unwrap();
    ops.who(&signed.session).await.unwrap().unwrap()
}

async fn line(ops: &Operations, keeper: &Caller, name: &str) -> PersonLine {
    let rows = ops.people_page(keeper).await.unwrap().rows;
    rows.into_iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{name} is not listed"))
}

fn to(line: &PersonLine, role: Role, hubs: Option<Vec<domain::HubId>>) -> ChangePerson {
    let (person, version) = (line.id, line.version);
    ChangePerson { person, version, role, every_hub: hubs.is_none(), hubs: hubs.unwrap_or_default() }
}

fn fault<T: std::fmt::Debug>(answer: Result<T, OpsError>) -> AccountFault {
    match answer {
        Err(OpsError::Account(fault)) => fault,
        Err(OpsError::WeakPassword(_)) => AccountFault::WeakPassword,
        other => panic!("was not refused as it should be: {other:?}"),
    }
}

#[tokio::test]
async fn somebody_is_invited_comes_in_by_the_link_and_sets_a_password() {
    let Some(hub) = Hub::open("invited").await else { return };
    let ops = hub.at(at(8, 0));
    let keeper = hub.person(Role::Administrator).await;
    let mut ask = invite("Anna Borg", Role::Dispatcher);
    (ask.every_hub, ask.hubs) = (false, vec![hub.keys.hub, hub.keys.hub]);
    let link = ops.invite(&keeper, ask.clone()).await.unwrap();
    let row = line(&ops, &keeper, "Anna Borg").await;
    assert_eq!((row.role, row.every_hub, row.hubs), (Role::Dispatcher, false, vec![hub.keys.hub]));
    assert!(row.seen.is_none() && !row.has_password && row.link_until == Some(link.until));

    // The same name in another case is the same name; nobody is invited without a hub, or to one that is not there.
    ask.name = " anna  BORG ".into();
    assert_eq!(fault(ops.invite(&keeper, ask.clone()).await), AccountFault::NameTaken);
    ask.name = "Bert Camilleri".into();
    for hubs in [vec![], vec![domain::HubId(uuid::Uuid::now_v7())]] {
        ask.hubs = hubs;
        assert_eq!(fault(ops.invite(&keeper, ask.clone()).await), AccountFault::PersonIncomplete);
    }
    ask.name = " ".into();
    assert_eq!(fault(ops.invite(&keeper, ask).await), AccountFault::PersonIncomplete);

    let signed = ops.sign_in_by_link(secret(&link), &Origin::default()).await.unwrap();
    assert!(signed.sets_password, "the link leads to where a password is set");
    let again = ops.sign_in_by_link(secret(&link), &Origin::default()).await;
    assert!(matches!(again, Err(OpsError::LinkSpent)));
    let anna = ops.who(&signed.session).await.unwrap().unwrap();
    assert_eq!(anna.scope, Scope::Hubs(vec![hub.keys.hub]), "the session knows where she works");
    let account = ops.account(&anna).await.unwrap();
    assert_eq!(account.hubs, Some(vec!["Test hub".to_owned()]));
    assert!(!account.has_password && account.sessions.iter().filter(|s| s.here).count() == 1);
    let row = line(&ops, &keeper, "Anna Borg").await;
    assert!(row.seen.is_some() && row.link_until.is_none() && row.sessions == 1);

    // No password is asked for where there is none; then it is, and a wrong one is told.
    for weak in ["short", "anna borg 1", "Password123!"] {
        assert_eq!(fault(ops.change_own_password(&anna, "", weak, weak).await), AccountFault::WeakPassword);
    }
    let differ = ops.change_own_password(&anna, "", PASSWORD, "three wet Tuesday").await;
    assert_eq!(fault(differ), AccountFault::PasswordsDiffer);
    ops.change_own_password(&anna, "", PASSWORD, PASSWORD).await.unwrap();
    let elsewhere = ops.sign_in("ANNA BORG", PASSWORD, &Origin::default()).await.unwrap();
    let wrong =
        ops.change_own_password(&anna, "not this one", "four dry Wednesdays", "four dry Wednesdays").await;
    assert_eq!(fault(wrong), AccountFault::WrongPresentPassword);
    ops.change_own_password(&anna, PASSWORD, "four dry Wednesdays", "four dry Wednesdays").await.unwrap();
    assert!(ops.who(&elsewhere.session).await.unwrap().is_none(), "her other sessions have ended");
    assert!(ops.who(&signed.session).await.unwrap().is_some(), "and this one has not");
    let old = ops.sign_in("anna borg", PASSWORD, &Origin::default()).await;
    assert!(matches!(old, Err(OpsError::WrongPassword)));

    let elsewhere = ops.sign_in("anna borg", "four dry Wednesdays", &Origin::default()).await.unwrap();
    assert_eq!(ops.sign_out_elsewhere(&anna).await.unwrap(), 1);
    assert!(ops.who(&elsewhere.session).await.unwrap().is_none());
    assert!(ops.session_still_good(&anna).await.unwrap());
    hub.close().await;
}

#[tokio::test]
async fn who_guesses_the_present_password_has_to_wait() {
    let Some(hub) = Hub::open("guesses_own").await else { return };
    let ops = hub.at(at(8, 0));
    let keeper = hub.person(Role::Administrator).await;
    let anna = come_in(&ops, &ops.invite(&keeper, invite("Anna", Role::Agent)).await.unwrap()).await;
    ops.change_own_password(&anna, "", PASSWORD, PASSWORD).await.unwrap();
    let mut answers = vec![];
    for _ in 0..7 {
        answers.push(
            ops.change_own_password(&anna, "a guess", "four dry Wednesdays", "four dry Wednesdays").await,
        );
    }
    let waits = answers.iter().filter(|answer| matches!(answer, Err(OpsError::TooManyTries))).count();
    assert!((1..=2).contains(&waits), "{answers:?}");
    assert!(ops.sign_in("Anna", PASSWORD, &Origin::default()).await.is_ok(), "and nobody else does");
    hub.close().await;
}

#[tokio::test]
async fn another_role_other_hubs_and_being_disabled_end_what_is_open() {
    let Some(hub) = Hub::open("changed").await else { return };
    let ops = hub.at(at(8, 0));
    let keeper = hub.person(Role::Administrator).await;
    let add = async |name: &str| ops.invite(&keeper, invite(name, Role::Dispatcher)).await.unwrap();
    let anna = come_in(&ops, &add("Anna").await).await;
    ops.change_own_password(&anna, "", PASSWORD, PASSWORD).await.unwrap();
    let sign_in = async || ops.sign_in("Anna", PASSWORD, &Origin::default()).await;
    let seen = async |session: &str| ops.who(session).await;

    // What is as it was ends nothing.
    let row = line(&ops, &keeper, "Anna").await;
    ops.change_person(&keeper, to(&row, Role::Dispatcher, None)).await.unwrap();
    assert!(ops.session_still_good(&anna).await.unwrap());

    // A change from an older view is refused.
    ops.change_person(&keeper, to(&row, Role::Agent, None)).await.unwrap();
    assert!(!ops.session_still_good(&anna).await.unwrap(), "another role");
    let late = ops.change_person(&keeper, to(&row, Role::Manager, None)).await;
    assert_eq!(fault(late), AccountFault::PersonChanged);
    let late = ops.set_enabled(&keeper, row.id, row.version, false).await;
    assert_eq!(fault(late), AccountFault::PersonChanged);

    // Fewer hubs: the session ends, and the next one reaches less.
    let session = sign_in().await.unwrap().session;
    let row = line(&ops, &keeper, "Anna").await;
    ops.change_person(&keeper, to(&row, Role::Agent, Some(vec![hub.keys.hub]))).await.unwrap();
    assert!(seen(&session).await.unwrap().is_none(), "other hubs");
    let session = sign_in().await.unwrap().session;
    let anna = seen(&session).await.unwrap().unwrap();
    assert_eq!(anna.scope, Scope::Hubs(vec![hub.keys.hub]));

    // Without the last hub: told why, at the next request and at every door.
    let row = line(&ops, &keeper, "Anna").await;
    ops.change_person(&keeper, to(&row, Role::Agent, Some(vec![]))).await.unwrap();
    assert!(!ops.session_still_good(&anna).await.unwrap());
    assert_eq!(fault(seen(&session).await), AccountFault::NoHubs);
    assert_eq!(fault(sign_in().await), AccountFault::NoHubs);
    let link = ops.add_sign_in_link(row.id).await.unwrap();
    assert_eq!(fault(ops.sign_in_by_link(&link, &Origin::default()).await), AccountFault::NoHubs);
    let row = line(&ops, &keeper, "Anna").await;
    ops.change_person(&keeper, to(&row, Role::Agent, None)).await.unwrap();
    assert!(seen(&session).await.unwrap().is_none(), "what was refused has ended with the next change");

    // Disabled: out at once, and neither password nor link lets her in.
    let session = sign_in().await.unwrap().session;
    let (row, link) = (line(&ops, &keeper, "Anna").await, ops.add_sign_in_link(row.id).await.unwrap());
    ops.set_enabled(&keeper, row.id, row.version, false).await.unwrap();
    assert!(seen(&session).await.unwrap().is_none());
    assert!(matches!(sign_in().await, Err(OpsError::WrongPassword)));
    let spent = ops.sign_in_by_link(&link, &Origin::default()).await;
    assert!(matches!(spent, Err(OpsError::LinkSpent)));
    assert_eq!(fault(ops.reset_password(&keeper, row.id).await), AccountFault::PersonDisabled);
    let row = line(&ops, &keeper, "Anna").await;
    assert!(row.disabled_since.is_some());
    ops.set_enabled(&keeper, row.id, row.version, true).await.unwrap();
    let session = sign_in().await.unwrap().session;

    // Signed out by somebody else; and a reset password is gone, with a link to set another.
    assert_eq!(ops.sign_out_person(&keeper, row.id).await.unwrap(), 1);
    assert!(seen(&session).await.unwrap().is_none());
    let link = ops.reset_password(&keeper, row.id).await.unwrap();
    assert!(matches!(sign_in().await, Err(OpsError::WrongPassword)));
    let anna = come_in(&ops, &link).await;
    ops.change_own_password(&anna, "", "four dry Wednesdays", "four dry Wednesdays").await.unwrap();

    let rows = ops.account_changes(&keeper, 1).await.unwrap().rows;
    let of_anna: Vec<_> = rows.iter().filter(|c| c.whose == "Anna").filter_map(|c| c.what).collect();
    for what in [
        AccountChange::PersonAdded,
        AccountChange::RoleChanged,
        AccountChange::HubsChanged,
        AccountChange::PersonDisabled,
        AccountChange::PersonEnabled,
        AccountChange::SessionsEnded,
        AccountChange::PasswordReset,
        AccountChange::PasswordChanged,
    ] {
        assert!(of_anna.contains(&what), "{what:?} in {of_anna:?}");
    }
    let set_up = rows.iter().find(|c| c.what == Some(AccountChange::HubSetUp)).unwrap();
    assert_eq!((&set_up.by, &set_up.hubs), (&None, &Some(Worked::Hubs(vec!["Test hub".into()]))));
    let by_keeper: Vec<_> = rows.iter().filter(|c| c.by.as_deref() == Some("administrator")).collect();
    let role = by_keeper.iter().find(|c| c.what == Some(AccountChange::RoleChanged)).unwrap();
    assert_eq!((role.role_before, role.role), (Some(Role::Dispatcher), Some(Role::Agent)));
    let moves = by_keeper.iter().filter(|c| c.what == Some(AccountChange::HubsChanged));
    let moves: Vec<_> = moves.map(|c| (c.hubs_before.clone().unwrap(), c.hubs.clone().unwrap())).collect();
    let (every, one, none) = (Worked::EveryHub, Worked::Hubs(vec!["Test hub".into()]), Worked::Hubs(vec![]));
    assert_eq!(moves, [(none.clone(), every.clone()), (one.clone(), none), (every, one)], "newest first");
    hub.close().await;
}

#[tokio::test]
async fn the_last_administrator_and_the_own_account_are_protected() {
    let Some(hub) = Hub::open("last").await else { return };
    let ops = hub.at(at(8, 0));
    let one = hub.person(Role::Administrator).await;
    let own = line(&ops, &one, "administrator").await;
    assert!(own.own);
    let refused = [
        fault(ops.change_person(&one, to(&own, Role::Agent, None)).await),
        fault(ops.set_enabled(&one, own.id, own.version, false).await),
        fault(ops.sign_out_person(&one, own.id).await.map(|_| ())),
        fault(ops.reset_password(&one, own.id).await.map(|_| ())),
    ];
    assert_eq!(refused, [AccountFault::OwnAccount; 4]);
    let caller = Caller::command_line();
    let last = ops.set_enabled(&caller, own.id, own.version, false).await;
    assert_eq!(fault(last), AccountFault::LastAdministrator);
    let last = ops.change_person(&caller, to(&own, Role::Manager, None)).await;
    assert_eq!(fault(last), AccountFault::LastAdministrator);
    assert!(ops.session_still_good(&one).await.unwrap(), "what was refused has changed nothing");

    // A disabled administrator is nobody to lean on.
    ops.invite(&one, invite("Second", Role::Administrator)).await.unwrap();
    let second = line(&ops, &one, "Second").await;
    ops.set_enabled(&one, second.id, second.version, false).await.unwrap();
    let last = ops.set_enabled(&caller, own.id, own.version, false).await;
    assert_eq!(fault(last), AccountFault::LastAdministrator);
    let second = line(&ops, &one, "Second").await;
    ops.set_enabled(&one, second.id, second.version, true).await.unwrap();

    // An administrator works at every hub, whatever the form says.
    let second = line(&ops, &one, "Second").await;
    ops.change_person(&one, to(&second, Role::Administrator, Some(vec![]))).await.unwrap();
    assert!(line(&ops, &one, "Second").await.every_hub);

    // Two who shut each other out at the same moment do not both succeed.
    let other = come_in(&ops, &ops.reset_password(&one, second.id).await.unwrap()).await;
    let (own, second) = (line(&ops, &one, "administrator").await, line(&ops, &one, "Second").await);
    let (first, then) = tokio::join!(
        ops.set_enabled(&one, second.id, second.version, false),
        ops.set_enabled(&other, own.id, own.version, false),
    );
    assert!(first.is_ok() != then.is_ok(), "{first:?} {then:?}");
    hub.close().await;
}

#[tokio::test]
async fn keys_are_made_used_found_and_revoked() {
    let Some(hub) = Hub::open("keys").await else { return };
    let ops = hub.at(at(8, 0));
    let keeper = hub.person(Role::Administrator).await;
    let make = async |kind, name: &str, holder: &str| {
        ops.make_key(&keeper, MakeKey { kind, name: name.into(), holder: holder.into(), hub: None }).await
    };
    let shop = make(KeyKind::Shop, "Till 2", "BOOKS").await.unwrap();
    let van = make(KeyKind::Vehicle, "Spare phone", "van 02").await.unwrap();
    let machine = make(KeyKind::Administrator, "Night import", "").await.unwrap();
    assert_eq!((shop.holder.as_str(), van.holder.as_str()), ("Books", "Van 02"), "as they write it");
    assert_eq!(ops.who_by_key(&shop.secret).await.unwrap().who, hub.shop(&ops).await.who);
    assert_eq!(ops.who_by_key(&machine.secret).await.unwrap().who, domain::Actor::Machine);
    let (_, vehicle, at_hub) = ops.who_by_device(&van.secret).await.unwrap();
    assert_eq!((vehicle, at_hub), (hub.keys.vehicles[1].id, hub.keys.hub));
    assert!(ops.who_by_device(&hub.keys.vehicles[1].key).await.is_ok(), "the first phone goes on");
    for (kind, name, holder, why) in [
        (KeyKind::Shop, "Till", "No such shop", AccountFault::NoSuchHolder),
        (KeyKind::Vehicle, "Phone", "", AccountFault::NoSuchHolder),
        (KeyKind::Administrator, " ", "", AccountFault::KeyUnnamed),
    ] {
        assert_eq!(fault(make(kind, name, holder).await), why, "{kind:?}");
    }

    // When a key was used last is known a moment later.
    let find = async |text: &str, revoked| ops.keys_page(&keeper, text, revoked, 1).await.unwrap().rows;
    let mut found = find("spare PHONE", false).await;
    for _ in 0..100 {
        if found[0].used.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        found = find("spare PHONE", false).await;
    }
    assert!(found.len() == 1 && found[0].used.is_some(), "{found:?}");
    assert_eq!((found[0].holder.as_str(), found[0].made_by.as_deref()), ("Van 02", Some("administrator")));
    assert_eq!(find("van 0", false).await.len(), 5, "four phones and the spare one");

    for (name, secret) in
        [("Till 2", &shop.secret), ("Spare phone", &van.secret), ("Night import", &machine.secret)]
    {
        let id = find(name, false).await[0].id.clone();
        ops.revoke_key(&keeper, &id).await.unwrap();
        assert!(matches!(ops.who_by_key(secret).await, Err(OpsError::NotSignedIn)), "{name}");
        assert!(matches!(ops.who_by_device(secret).await, Err(OpsError::NotSignedIn)), "{name}");
        assert_eq!(fault(ops.revoke_key(&keeper, &id).await), AccountFault::KeyRevoked);
        assert!(find(name, false).await.is_empty() && find(name, true).await.len() == 1);
    }
    for nothing in ["0123456789abcdef", "Books", ""] {
        assert!(matches!(ops.revoke_key(&keeper, nothing).await, Err(OpsError::NotFound)), "{nothing}");
    }
    assert!(ops.who_by_key(&hub.keys.shops[0].key).await.is_ok(), "another key of the shop stays");
    let rows = ops.account_changes(&keeper, 1).await.unwrap().rows;
    for what in [AccountChange::KeyMade, AccountChange::KeyRevoked] {
        assert!(rows.iter().any(|c| c.what == Some(what) && c.whose == "Night import"), "{rows:?}");
    }
    hub.close().await;
}

#[tokio::test]
async fn nobody_else_looks_after_people_and_keys() {
    let Some(hub) = Hub::open("keepers").await else { return };
    let ops = hub.at(at(8, 0));
    let keeper = hub.person(Role::Administrator).await;
    ops.invite(&keeper, invite("Anna", Role::Agent)).await.unwrap();
    let anna = line(&ops, &keeper, "Anna").await;
    let shop = hub.shop(&ops).await;
    let van = hub.van(&ops, 1).await;
    let mut callers = vec![shop, van, Caller::timer()];
    for role in [Role::Dispatcher, Role::Manager, Role::Agent] {
        callers.push(hub.person(role).await);
    }
    let key = MakeKey { kind: KeyKind::Administrator, name: "K".into(), holder: String::new(), hub: None };
    let id = ops.keys_page(&keeper, "", false, 1).await.unwrap().rows[0].id.clone();
    for caller in &callers {
        let answers = [
            ops.people_page(caller).await.map(|_| ()),
            ops.invite(caller, invite("Mallory", Role::Administrator)).await.map(|_| ()),
            ops.change_person(caller, to(&anna, Role::Administrator, None)).await,
            ops.set_enabled(caller, anna.id, anna.version, false).await,
            ops.sign_out_person(caller, anna.id).await.map(|_| ()),
            ops.reset_password(caller, anna.id).await.map(|_| ()),
            ops.account_changes(caller, 1).await.map(|_| ()),
            ops.keys_page(caller, "", false, 1).await.map(|_| ()),
            ops.make_key(caller, key.clone()).await.map(|_| ()),
            ops.revoke_key(caller, &id).await,
        ];
        for (n, answer) in answers.into_iter().enumerate() {
            let refused = matches!(answer, Err(OpsError::NotAllowed { .. } | OpsError::NotSignedIn));
            assert!(refused, "{n} of {:?}: {answer:?}", caller.who);
        }
        if caller.role.is_none() {
            assert!(ops.account(caller).await.is_err() && ops.sign_out_elsewhere(caller).await.is_err());
            assert!(ops.change_own_password(caller, "", PASSWORD, PASSWORD).await.is_err());
        }
    }
    assert_eq!(line(&ops, &keeper, "Anna").await, anna, "and nothing has changed");
    let nobody = PersonId(uuid::Uuid::now_v7());
    assert!(matches!(ops.reset_password(&keeper, nobody).await, Err(OpsError::NotFound)));
    assert!(matches!(ops.sign_out_person(&keeper, nobody).await, Err(OpsError::NotFound)));
    hub.close().await;
}

#[tokio::test]
async fn a_vehicle_of_the_same_label_at_another_hub_is_told_apart() {
    let Some(hub) = Hub::open("two_hubs").await else { return };
    let ops = hub.at(at(8, 0));
    let keeper = hub.person(Role::Administrator).await;
    let mut tx = hub.database.begin().await.unwrap();
    let known = store::hubs::all(&mut tx).await.unwrap().remove(0);
    let second = domain::Hub { id: domain::HubId(uuid::Uuid::now_v7()), name: "Second".into(), ..known };
    store::hubs::save(&mut tx, &second).await.unwrap();
    let mut van = store::vehicles::of_hub(&mut tx, hub.keys.hub).await.unwrap().remove(0);
    let label = van.label.clone();
    (van.id, van.hub) = (domain::VehicleId(uuid::Uuid::now_v7()), second.id);
    van.driver.id = domain::DriverId(uuid::Uuid::now_v7());
    store::vehicles::save(&mut tx, &van).await.unwrap();
    tx.commit().await.unwrap();
    let ask = |hub| MakeKey { kind: KeyKind::Vehicle, name: "Phone".into(), holder: label.clone(), hub };
    assert_eq!(fault(ops.make_key(&keeper, ask(None)).await), AccountFault::WhichHub);
    let made = ops.make_key(&keeper, ask(Some(second.id))).await.unwrap();
    assert_eq!(ops.who_by_device(&made.secret).await.unwrap().1, van.id);
    hub.close().await;
}
