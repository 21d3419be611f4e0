//! The roster as dispatchers see it, and as its forms change it.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at},
};
use chrono::TimeDelta;
use domain::{Day, Role};
use operations::{Caller, OpsError};
use wire::{
    driver::Deed,
    roster::DutyCode,
    staff::roster::{
        BreakForm, DriverForm, RosterDone, RosterRow, RosterSaid, RosterView, RouteCode, ShiftForm, Stays,
    },
};

fn tuesday() -> Day {
    at(12, 0).date_naive() + TimeDelta::days(1)
}

async fn page(hub: &Hub, caller: &Caller, day: Day) -> RosterView {
    hub.at(at(6, 30)).roster_page(caller, None, Some(day)).await.unwrap()
}

async fn row(hub: &Hub, caller: &Caller, label: &str) -> RosterRow {
    let view = page(hub, caller, tuesday()).await;
    view.rows.into_iter().find(|row| row.label == label).unwrap()
}

async fn save(hub: &Hub, caller: &Caller, form: ShiftForm) -> RosterSaid {
    hub.at(at(6, 30)).save_shift_form(caller, hub.keys.hub, form).await.unwrap()
}

async fn add(hub: &Hub, caller: &Caller, name: &str) -> RosterSaid {
    let form = DriverForm { name: name.into(), ..DriverForm::default() };
    hub.at(at(6, 30)).save_driver_form(caller, hub.keys.hub, form).await.unwrap()
}

#[tokio::test]
async fn a_shift_is_given_by_a_form_and_taken_back() {
    let Some(hub) = Hub::open("roster_form").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    assert_eq!(
        add(&hub, &dispatcher, " Rita  Example ").await.done,
        Some(RosterDone::Driver { name: "Rita Example".into() })
    );
    let one_day = TimeDelta::days(1);
    let before = page(&hub, &dispatcher, tuesday()).await;
    assert!(before.may_change && !before.over && !before.planned);
    assert_eq!(before.today, tuesday() - TimeDelta::days(1));
    let rita = before.drivers.iter().find(|driver| driver.name == "Rita Example").unwrap();
    assert!(rita.drives.is_empty(), "free");
    let own = &before.rows[0];
    assert_eq!((own.label.as_str(), own.shifts.len(), own.shifts[0].shift), ("Van 01", 1, None));
    assert_eq!((own.shifts[0].form.from.as_str(), own.shifts[0].form.until.as_str()), ("07:30", "16:30"));
    // From seven to eight at night in parts of two hours.
    assert_eq!(before.hours, ["07", "09", "11", "13", "15", "17", "19"]);
    assert_eq!((own.shifts[0].bar.at, own.shifts[0].bar.long), (35, 643));

    let pause = BreakForm { earliest: "10:00".into(), latest: "11:00".into(), minutes: "30".into() };
    let asked = ShiftForm {
        driver: rita.id.to_string(),
        from: "06:00".into(),
        until: "14:00".into(),
        breaks: vec![pause, BreakForm::default()],
        ..own.shifts[0].form.clone()
    };
    let said = save(&hub, &dispatcher, asked.clone()).await;
    let Some(RosterDone::Drives { label, driver, from, until, day, planned }) = said.done else {
        panic!("{said:?}")
    };
    assert_eq!(
        (label.as_str(), driver.as_str(), from.as_str(), until.as_str(), day, planned),
        ("Van 01", "Rita Example", "06:00", "14:00", tuesday(), false)
    );
    let now = row(&hub, &dispatcher, "Van 01").await;
    assert_eq!((now.shifts[0].driver.as_str(), now.shifts[0].breaks.len()), ("Rita Example", 1));
    assert!(now.shifts[0].shift.is_some());

    // The page that was shown before knows nothing of it, and changes nothing unseen.
    let stale = save(&hub, &dispatcher, ShiftForm { until: "15:00".into(), ..asked }).await;
    assert!(stale.refused.as_ref().unwrap().contains("somebody has changed"), "{stale:?}");
    assert_eq!(stale.shift.as_ref().unwrap().until, "15:00", "what was typed is kept");
    let again = save(
        &hub,
        &dispatcher,
        ShiftForm { replaces: now.shifts[0].form.replaces.clone(), ..stale.shift.unwrap() },
    )
    .await;
    assert!(again.done.is_some(), "seen now, it may be changed: {again:?}");
    assert_eq!(row(&hub, &dispatcher, "Van 01").await.shifts[0].form.until, "15:00");

    // Each change is taken back by what it answers.
    let back = save(&hub, &dispatcher, again.undo.unwrap()).await;
    assert!(matches!(back.done, Some(RosterDone::Drives { .. })), "{back:?}");
    assert_eq!(row(&hub, &dispatcher, "Van 01").await.shifts[0].form.until, "14:00");
    let last = row(&hub, &dispatcher, "Van 01").await.shifts[0].form.clone();
    let off = save(&hub, &dispatcher, ShiftForm { duty: DutyCode::Off, ..last }).await;
    assert!(matches!(off.done, Some(RosterDone::Stays { .. })), "{off:?}");
    let stays = row(&hub, &dispatcher, "Van 01").await;
    assert_eq!((stays.stays, stays.shifts.len()), (Some(Stays::Rostered), 0));
    save(&hub, &dispatcher, off.undo.unwrap()).await;
    let back = row(&hub, &dispatcher, "Van 01").await;
    assert_eq!((back.shifts[0].driver.as_str(), back.shifts[0].breaks.len()), ("Rita Example", 1));
    let (driver, from, until) = back.usual.unwrap();
    assert_eq!(
        (driver.as_str(), from.to_utc(), until.to_utc()),
        ("Driver 01", at(7, 30) + one_day, at(16, 30) + one_day)
    );
    let usual = ShiftForm { duty: DutyCode::Usual, ..back.shifts[0].form.clone() };
    let removed = save(&hub, &dispatcher, usual).await;
    assert!(matches!(removed.done, Some(RosterDone::Removed { .. })), "{removed:?}");
    assert_eq!(page(&hub, &dispatcher, tuesday()).await, before);
    save(&hub, &dispatcher, removed.undo.unwrap()).await;
    assert_eq!(row(&hub, &dispatcher, "Van 01").await.shifts[0].driver, "Rita Example");
    hub.plan(4).await;
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn the_page_says_how_far_the_roster_reaches_what_the_usual_is_and_where_it_is_now() {
    let Some(hub) = Hub::open("roster_reach").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let today = tuesday() - TimeDelta::days(1);
    let last = today + TimeDelta::days(366);
    for day in ["9999-12-31", "1999-12-31"].map(|day| day.parse().unwrap()) {
        let view = page(&hub, &dispatcher, day).await;
        assert_eq!((view.no_such_day, view.day, view.last), (true, today, last), "{day}");
    }
    for (day, may_change) in [(today, true), (last, true), (last.succ_opt().unwrap(), false)] {
        let view = page(&hub, &dispatcher, day).await;
        assert_eq!((view.no_such_day, view.day, view.may_change), (false, day, may_change));
    }
    let now = async |hour| hub.at(at(hour, 0)).roster_page(&dispatcher, None, None).await.unwrap().now;
    // From seven in parts of two hours, of which there are seven.
    assert_eq!(now(14).await, Some((500, at(14, 0).fixed_offset())));
    assert_eq!(now(6).await, None, "before the first shift");
    assert_eq!(page(&hub, &dispatcher, tuesday()).await.now, None);

    // Who usually drives another van, and drives this one instead, is not missing when that line goes.
    let second = row(&hub, &dispatcher, "Van 02").await.shifts[0].form.driver.clone();
    let first = row(&hub, &dispatcher, "Van 01").await.shifts[0].form.clone();
    save(&hub, &dispatcher, ShiftForm { driver: second, ..first }).await;
    assert_eq!(row(&hub, &dispatcher, "Van 01").await.usual.unwrap().0, "Driver 01");
    assert_eq!(row(&hub, &dispatcher, "Van 02").await.usual, None, "its driver has the first van");
    hub.close().await;
}

#[tokio::test]
async fn what_a_form_may_not_do_is_said_and_what_was_typed_is_kept() {
    let Some(hub) = Hub::open("roster_form_no").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let form = async |label: &str| row(&hub, &dispatcher, label).await.shifts[0].form.clone();
    let why = async |form: ShiftForm| {
        let said = save(&hub, &dispatcher, form.clone()).await;
        assert_eq!((said.done, said.undo, said.shift), (None, None, Some(form)));
        said.refused.unwrap()
    };
    let second = form("Van 02").await;
    let driver = second.driver.clone();
    // Who drives another vehicle in the usual hours leaves that one alone; once it is rostered it clashes.
    let night = ShiftForm { from: "20:00".into(), until: "04:00".into(), ..second.clone() };
    assert!(save(&hub, &dispatcher, night).await.done.is_some());
    let answer = why(ShiftForm {
        driver: driver.clone(),
        from: "19:00".into(),
        until: "21:00".into(),
        ..form("Van 03").await
    })
    .await;
    assert!(answer.contains("Van 02") && answer.starts_with("driver"), "{answer}");
    let answer = why(ShiftForm { from: "25:00".into(), ..form("Van 03").await }).await;
    assert!(answer.contains("write when the shift begins as a time"), "{answer}");
    let pause = BreakForm { earliest: "16:00".into(), latest: "16:20".into(), minutes: "30".into() };
    let answer = why(ShiftForm { breaks: vec![pause], ..form("Van 03").await }).await;
    assert!(answer.contains("within its shift"), "{answer}");

    // Two people of one name are told apart, and who is counted on cannot leave.
    add(&hub, &dispatcher, "Rita Example").await;
    let twice = add(&hub, &dispatcher, "Rita Example").await;
    assert!(twice.refused.as_ref().unwrap().contains("works here already"), "{twice:?}");
    assert_eq!(twice.driver.unwrap().name, "Rita Example");
    let leaves = DriverForm { id: driver, name: "Driver 02".into(), left: true, ..DriverForm::default() };
    let said = hub.at(at(6, 30)).save_driver_form(&dispatcher, hub.keys.hub, leaves).await.unwrap();
    assert!(said.refused.unwrap().contains("usually drives Van 02"));

    // A manager looks on, and somebody else's id opens nothing.
    let manager = hub.person(Role::Manager).await;
    assert!(!page(&hub, &manager, tuesday()).await.may_change);
    let refused = hub.at(at(6, 30)).save_shift_form(&manager, hub.keys.hub, form("Van 03").await).await;
    assert!(matches!(refused, Err(OpsError::NotAllowed { .. })), "{refused:?}");
    let nobody = ShiftForm { vehicle: domain::VehicleId(uuid::Uuid::now_v7()), ..form("Van 03").await };
    let refused = hub.at(at(6, 30)).save_shift_form(&dispatcher, hub.keys.hub, nobody).await;
    assert!(matches!(refused, Err(OpsError::NotFound)), "{refused:?}");

    // What has left stays as it is, and so does a day that is over.
    hub.plan(24).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 31), Deed::Departed { route: route.route }).await;
    let monday = page(&hub, &dispatcher, tuesday() - TimeDelta::days(1)).await;
    let out = monday.rows.iter().find(|row| row.label == format!("Van {n:02}")).unwrap();
    assert!(monday.planned && out.shifts[0].route == Some(RouteCode::Out), "{out:?}");
    let answer = why(ShiftForm { until: "15:00".into(), ..out.shifts[0].form.clone() }).await;
    assert!(answer.contains("departed"), "{answer}");
    let before = page(&hub, &dispatcher, tuesday() - TimeDelta::days(3)).await;
    assert!(before.over && !before.may_change);
    state_equals_history(&hub).await;
    hub.close().await;
}
