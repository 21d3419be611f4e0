//! What an administrator sets holds from the next question on, for all hubs or for one, and nobody's change is lost.

use crate::common::{Hub, at};
use domain::{HubId, OrderId, Role};
use operations::{Caller, Operations, OpsError};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use wire::driver::Deed;
use wire::staff::{
    deliveries::SlotsView,
    settings::{
        ChangeSettings, SettingRow, SettingsAnswer, SettingsAsk,
        SettingsOutcome::{Faulty, Overtaken, Saved},
        SettingsView,
    },
};

/// A driver who costs 100 an hour, and what lateness must weigh then.
const DEAR: &[(&str, &str)] = &[("driver_hour_cents", "100"), ("late_minute_cents", "5")];

fn texts(typed: &[(&str, &str)]) -> BTreeMap<String, String> {
    typed.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

async fn shown(ops: &Operations, admin: &Caller, hub: Option<HubId>) -> SettingsView {
    ops.settings(admin, SettingsAsk { hub, page: 1, ..SettingsAsk::default() }).await.unwrap()
}

async fn save(
    ops: &Operations,
    admin: &Caller,
    (hub, version): (Option<HubId>, i64),
    typed: &[(&str, &str)],
) -> SettingsAnswer {
    let ask = ChangeSettings { hub, version, fields: texts(typed), ..ChangeSettings::default() };
    ops.change_settings(admin, ask).await.unwrap()
}

/// Saves what nobody has touched since.
async fn set(ops: &Operations, admin: &Caller, typed: &[(&str, &str)]) {
    let version = shown(ops, admin, None).await.version;
    let done = save(ops, admin, (None, version), typed).await;
    assert_eq!(done.outcome, Saved { changed: typed.len() }, "{done:?}");
    assert!(done.tried.is_empty());
}

fn row<'a>(view: &'a SettingsView, key: &str) -> &'a SettingRow {
    view.rows.iter().find(|row| row.key == key).unwrap()
}

async fn found(ops: &Operations, agent: &Caller, reference: &str) -> OrderId {
    ops.find_orders(agent, reference, 1).await.unwrap().hits[0].order
}

/// When tomorrow's windows begin, as hours and minutes of the hub's clock.
fn tomorrow(view: &SlotsView) -> Vec<String> {
    let today = view.as_of.date_naive();
    let later = view.slots.iter().filter(|slot| slot.window.from.date_naive() == today.succ_opt().unwrap());
    later.map(|slot| slot.window.from.format("%H:%M").to_string()).collect()
}

#[tokio::test]
async fn a_price_that_was_changed_is_in_the_next_offer() {
    let Some(hub) = Hub::open("next_offer").await else { return };
    hub.plan(12).await;
    let ops = hub.at(at(7, 5));
    let (agent, admin) = (hub.person(Role::Agent).await, hub.person(Role::Administrator).await);
    let order = found(&ops, &agent, "BOO-000002").await;
    // What one window costs, and by how much work: cents for a minute of the driver and of driving, rounded up.
    let costs = async || {
        let view = ops.slots(&agent, order).await.unwrap();
        let priced = view.slots.iter().filter(|slot| slot.extra_min.is_some_and(|minutes| minutes > 0));
        priced
            .map(|slot| (slot.window, slot.extra_min.unwrap(), slot.extra_cents.unwrap()))
            .collect::<Vec<_>>()
    };
    let before = costs().await;
    assert!(!before.is_empty(), "some window costs work");
    set(&ops, &admin, DEAR).await;
    let after = costs().await;
    assert_eq!(before.len(), after.len());
    let mut dearer = 0;
    for (one, other) in before.iter().zip(&after) {
        assert_eq!((one.0, one.1), (other.0, other.1), "the work is the same");
        // 76 € more an hour.
        let more = other.2 - one.2;
        assert!((more - one.1 * 7_600 / 60).abs() <= 7_600 / 60 + 1, "{one:?} {other:?}");
        dearer += i64::from(more > 0);
    }
    assert!(dearer > 0);
    set(&ops, &admin, &[("currency", "GBP")]).await;
    assert_eq!(ops.slots(&agent, order).await.unwrap().currency, domain::Currency::Gbp);
    hub.close().await;
}

#[tokio::test]
async fn windows_and_days_ahead_follow_what_is_set() {
    let Some(hub) = Hub::open("window_grid").await else { return };
    hub.plan(8).await;
    let ops = hub.at(at(7, 5));
    let (agent, admin) = (hub.person(Role::Agent).await, hub.person(Role::Administrator).await);
    let order = found(&ops, &agent, "BOO-000003").await;
    let offers = async || ops.slots(&agent, order).await.unwrap();
    assert_eq!(tomorrow(&offers().await).first().map(String::as_str), Some("08:00"));
    set(
        &ops,
        &admin,
        &[
            ("window_first_hour", "9"),
            ("window_last_hour", "13"),
            ("window_minutes", "90"),
            ("days_ahead", "1"),
        ],
    )
    .await;
    let view = offers().await;
    assert_eq!(tomorrow(&view), ["09:00", "10:30"]);
    let last = view.slots.iter().map(|slot| slot.window.from.date_naive()).max();
    assert_eq!(last, view.as_of.date_naive().succ_opt(), "no farther than a day ahead");
    set(&ops, &admin, &[("days_ahead", "0")]).await;
    assert!(tomorrow(&offers().await).is_empty());
    hub.close().await;
}

#[tokio::test]
async fn the_next_plan_weighs_what_is_set() {
    let Some(hub) = Hub::open("next_plan").await else { return };
    let admin = hub.person(Role::Administrator).await;
    let ops = hub.at(at(6, 0));
    // Vehicles that cost a lot when they leave the yard, and nothing for a long day: one of them does what four would share.
    set(&ops, &admin, &[("vehicle_used_cents", "1000"), ("long_day_hour_cents", "0")]).await;
    hub.plan(12).await;
    assert_eq!(hub.routed(at(7, 5)).await.len(), 1);
    hub.close().await;
    let Some(other) = Hub::open("same_plan").await else { return };
    other.plan(12).await;
    assert!(other.routed(at(7, 5)).await.len() > 1, "by the defaults the work is shared");
    other.close().await;
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_and_keeps_what_was_typed() {
    let Some(hub) = Hub::open("two_admins").await else { return };
    let ops = hub.at(at(9, 0));
    let admin = hub.person(Role::Administrator).await;
    let id = ops.add_person("second", Role::Administrator, None).await.unwrap();
    let link = ops.add_sign_in_link(id).await.unwrap();
    let session = ops.sign_in_by_link(&link, &Default::default()).await.unwrap().session;
    let second = ops.who(&session).await.unwrap().unwrap();

    let version = shown(&ops, &admin, None).await.version;
    let done = save(&ops, &admin, (None, version), &[("notice_minutes", "45")]).await;
    assert_eq!(done.outcome, Saved { changed: 1 });
    let late = ChangeSettings {
        version,
        fields: texts(&[("notice_minutes", "30"), ("days_ahead", "5")]),
        was: texts(&[("notice_minutes", "30"), ("days_ahead", "3")]),
        ..ChangeSettings::default()
    };
    let answer = ops.change_settings(&second, late.clone()).await.unwrap();
    assert_eq!((answer.outcome, &answer.tried), (Overtaken, &texts(&[("days_ahead", "5")])));
    let ask = SettingsAsk { tried: answer.tried, since: Some(version), page: 1, ..SettingsAsk::default() };
    let view = ops.settings(&second, ask).await.unwrap();
    assert_eq!((row(&view, "days_ahead").text.as_str(), row(&view, "days_ahead").holds.as_str()), ("5", "3"));
    let changed = row(&view, "notice_minutes").changed.clone().unwrap();
    assert!(changed.since && changed.before == "30" && changed.by == "administrator", "{changed:?}");
    // Who has looked may save.
    let done = ops.change_settings(&second, ChangeSettings { version: view.version, ..late }).await.unwrap();
    assert_eq!(done.outcome, Saved { changed: 1 });
    let view = shown(&ops, &admin, None).await;
    assert_eq!(
        (row(&view, "notice_minutes").holds.as_str(), row(&view, "days_ahead").holds.as_str()),
        ("45", "5")
    );

    // Both at the same moment: one is first.
    let both = ["20", "25"].map(|text| ChangeSettings {
        version: view.version,
        fields: texts(&[("notice_minutes", text)]),
        ..ChangeSettings::default()
    });
    let [one, other] = both;
    let (one, other) = tokio::join!(ops.change_settings(&admin, one), ops.change_settings(&second, other));
    let outcomes = [one.unwrap().outcome, other.unwrap().outcome];
    assert!(outcomes.contains(&Overtaken) && outcomes.contains(&Saved { changed: 1 }), "{outcomes:?}");
    hub.close().await;
}

#[tokio::test]
async fn nothing_is_saved_while_anything_is_wrong_and_everything_is_named() {
    let Some(hub) = Hub::open("all_faults").await else { return };
    let ops = hub.at(at(9, 0));
    let admin = hub.person(Role::Administrator).await;
    let typed = [
        ("driver_hour_cents", "9000"),
        ("risk_margin_minutes", "3"),
        ("days_ahead", "x"),
        ("notice_minutes", "20"),
    ];
    let done = save(&ops, &admin, (None, 0), &typed).await;
    assert_eq!((done.outcome, done.tried.len()), (Faulty, 4));
    let ask = SettingsAsk { tried: done.tried, page: 1, ..SettingsAsk::default() };
    let view = ops.settings(&admin, ask).await.unwrap();
    for (key, faulty) in [
        ("driver_hour_cents", true),
        ("risk_margin_minutes", true),
        ("silent_after_minutes", true),
        ("days_ahead", true),
        ("notice_minutes", false),
    ] {
        assert_eq!(!row(&view, key).faults.is_empty(), faulty, "{key}: {:?}", row(&view, key).faults);
    }
    assert_eq!(row(&view, "days_ahead").text, "x", "what was typed is shown again");
    assert_eq!((view.version, view.changes.len()), (0, 0));
    assert_eq!(row(&shown(&ops, &admin, None).await, "notice_minutes").holds, "30");
    hub.close().await;
}

#[tokio::test]
async fn only_an_administrator_sets_and_reads_settings() {
    let Some(hub) = Hub::open("who_sets").await else { return };
    let ops = hub.at(at(9, 0));
    for role in [Role::Dispatcher, Role::Manager, Role::Agent] {
        let person = hub.person(role).await;
        let read = ops.settings(&person, SettingsAsk::default()).await;
        let ask = ChangeSettings { fields: texts(&[("notice_minutes", "20")]), ..ChangeSettings::default() };
        let changed = ops.change_settings(&person, ask).await;
        assert!(matches!(read, Err(OpsError::NotAllowed { .. })), "{role:?}");
        assert!(matches!(changed, Err(OpsError::NotAllowed { .. })), "{role:?}");
    }
    let shop = hub.shop(&ops).await;
    assert!(matches!(ops.settings(&shop, SettingsAsk::default()).await, Err(OpsError::NotSignedIn)));
    hub.close().await;
}

#[tokio::test]
async fn a_hubs_own_value_stands_above_that_of_all_until_it_is_given_back() {
    let Some(hub) = Hub::open("own_value").await else { return };
    let ops = hub.at(at(9, 0));
    let admin = hub.person(Role::Administrator).await;
    let north = HubId(uuid::Uuid::now_v7());
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    sqlx::query("insert into hubs (id, name, lat, lon, zone, plan_at) values ($1, 'North', 35.9, 14.4, 'Europe/Malta', '07:00')")
        .bind(north.0)
        .execute(&mut conn)
        .await
        .unwrap();
    set(&ops, &admin, &[("window_last_hour", "18")]).await;
    let view = shown(&ops, &admin, Some(north)).await;
    assert_eq!((view.hubs.len(), row(&view, "window_last_hour").holds.as_str()), (2, "18"));
    assert!(
        view.rows.iter().all(|row| row.key != "positions_days"),
        "what all hubs share is not set for one"
    );
    let typed = [("window_first_hour", "14"), ("positions_days", "10")];
    let done = save(&ops, &admin, (Some(north), view.version), &typed).await;
    assert_eq!(done.outcome, Saved { changed: 1 });
    assert_eq!(
        row(&shown(&ops, &admin, None).await, "window_first_hour").holds,
        "8",
        "the others keep theirs"
    );

    // What is set for all must fit what a hub has of its own.
    let version = shown(&ops, &admin, None).await.version;
    let tried = texts(&[("window_last_hour", "13")]);
    assert_eq!(save(&ops, &admin, (None, version), &[("window_last_hour", "13")]).await.outcome, Faulty);
    let view = ops.settings(&admin, SettingsAsk { tried, page: 1, ..SettingsAsk::default() }).await.unwrap();
    assert!(row(&view, "window_last_hour").faults[0].starts_with("At North: "), "{view:?}");

    let view = shown(&ops, &admin, Some(north)).await;
    assert!(row(&view, "window_first_hour").own && !row(&view, "window_last_hour").own);
    let back = ChangeSettings {
        hub: Some(north),
        version: view.version,
        back: Some("window_first_hour".into()),
        fields: texts(&[("notice_minutes", "50")]),
        ..ChangeSettings::default()
    };
    let done = ops.change_settings(&admin, back).await.unwrap();
    assert_eq!((done.outcome, done.tried.len()), (Saved { changed: 1 }, 1), "what else was typed waits");
    let view = shown(&ops, &admin, Some(north)).await;
    assert_eq!(row(&view, "window_first_hour").holds, "8");
    assert!(!row(&view, "window_first_hour").own);
    let answer: Vec<_> =
        view.changes.iter().map(|c| (c.before.as_str(), c.after.as_str(), c.hub.as_deref())).collect();
    assert_eq!(answer, [("14", "8", Some("North")), ("8", "14", Some("North")), ("20", "18", None)]);
    let final_ = sqlx::query("delete from setting_changes").execute(&mut conn).await;
    assert!(final_.is_err(), "the history is never changed");
    conn.close().await.unwrap();
    hub.close().await;
}

#[tokio::test]
async fn a_stored_value_that_cannot_be_is_named_and_can_be_mended() {
    let Some(hub) = Hub::open("mended").await else { return };
    hub.plan(4).await;
    let ops = hub.at(at(9, 0));
    let admin = hub.person(Role::Administrator).await;
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let insert = "insert into settings (key, value, changed_at, changed_by) select $1, $2, now(), id from people limit 1";
    let put = async |conn: &mut PgConnection, key: &str, value: serde_json::Value| {
        sqlx::query(insert).bind(key).bind(value).execute(conn).await.unwrap();
    };
    put(&mut conn, "of_another_version", serde_json::json!({ "a": 1 })).await;
    ops.board(&admin, None).await.unwrap();
    put(&mut conn, "risk_margin_minutes", serde_json::json!(9_999)).await;
    let Err(OpsError::Broken(why)) = ops.board(&admin, None).await else { panic!("it was not refused") };
    assert!(why.contains("risk_margin_minutes"), "{why}");
    let view = shown(&ops, &admin, None).await;
    assert!(!row(&view, "risk_margin_minutes").faults.is_empty());
    let back = ChangeSettings { back: Some("risk_margin_minutes".into()), ..ChangeSettings::default() };
    assert_eq!(ops.change_settings(&admin, back).await.unwrap().outcome, Saved { changed: 1 });
    ops.board(&admin, None).await.unwrap();
    conn.close().await.unwrap();
    hub.close().await;
}

#[tokio::test]
async fn alarms_and_forgetting_follow_what_is_set() {
    let Some(hub) = Hub::open("alarms_set").await else { return };
    hub.plan(8).await;
    let (n, route) = hub.routed(at(7, 5)).await.remove(0);
    hub.report(n, at(7, 45), Deed::Departed { route: route.route }).await;
    let ops = hub.at(at(7, 52));
    let admin = hub.person(Role::Administrator).await;
    let silent = async || ops.board(&admin, None).await.unwrap().counts.silent;
    assert_eq!(silent().await, 1, "nothing was heard for seven minutes");
    set(&ops, &admin, &[("silent_after_minutes", "8")]).await;
    assert_eq!(silent().await, 0);
    set(&ops, &admin, &[("silent_after_minutes", "6")]).await;
    assert_eq!(silent().await, 1);

    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let old = "update reports set received_at = received_at - interval '10 days'";
    sqlx::query(old).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert_eq!(ops.forget(&Caller::timer()).await.unwrap(), None);
    set(&ops, &admin, &[("reports_days", "9")]).await;
    assert_eq!(ops.forget(&Caller::timer()).await.unwrap().as_deref(), Some("forgot 1 reports"));
    hub.close().await;
}

#[tokio::test]
async fn the_history_has_pages() {
    let Some(hub) = Hub::open("setting_pages").await else { return };
    let ops = hub.at(at(9, 0));
    let admin = hub.person(Role::Administrator).await;
    for minutes in 31..=53 {
        set(&ops, &admin, &[("notice_minutes", &minutes.to_string())]).await;
    }
    let first = shown(&ops, &admin, None).await;
    assert_eq!((first.changes.len(), first.more, first.changes[0].after.as_str()), (20, true, "53"));
    let second = ops.settings(&admin, SettingsAsk { page: 2, ..SettingsAsk::default() }).await.unwrap();
    assert_eq!((second.changes.len(), second.more, second.changes[2].before.as_str()), (3, false, "30"));
    hub.close().await;
}
