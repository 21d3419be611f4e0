//! Hubs and vehicles are who they are by their ids; their names may change.

use crate::common::{Hub, at, set_up};
use domain::{HubId, Role, VehicleId};
use operations::OpsError;
use std::time::Duration;

#[tokio::test]
async fn a_hub_and_its_vans_may_change_their_names() {
    let Some(hub) = Hub::open("names").await else { return };
    hub.plan(4).await;
    let ops = hub.at(at(9, 0));
    let machine = ops.who_by_key(&ops.add_administrator_key().await.unwrap()).await.unwrap();
    let van = hub.keys.vehicles[0].id;

    let mut ask = set_up();
    ask.hub.name = "Another name".into();
    ask.vehicles[0].id = Some(van);
    ask.vehicles[0].label = "The old one".into();
    let answer = ops.set_up(&machine, ask.clone()).await.unwrap();
    assert_eq!(answer.hub, hub.keys.hub, "without an id it is the hub there is");
    assert_eq!(answer.vehicles[0].id, van);
    let manager = hub.person(Role::Manager).await;
    assert_eq!(ops.figures(&manager, None, None).await.unwrap().hub, "Another name");
    let mut conn = hub.database.read().await.unwrap();
    assert_eq!(store::hubs::all(&mut conn).await.unwrap().len(), 1);
    let labels: Vec<_> = store::vehicles::of_hub(&mut conn, answer.hub).await.unwrap();
    let mut labels: Vec<_> = labels.into_iter().map(|v| v.label).collect();
    labels.sort();
    assert_eq!(labels, ["The old one", "Van 02", "Van 03", "Van 04"]);
    drop(conn);

    let refused = async |change: &dyn Fn(&mut wire::machine::SetUp)| {
        let mut ask = ask.clone();
        change(&mut ask);
        let Err(OpsError::Invalid(why)) = ops.set_up(&machine, ask).await else { panic!("was not refused") };
        why
    };
    let nobody = uuid::Uuid::now_v7();
    assert!(refused(&|ask| ask.hub.id = Some(HubId(nobody))).await.contains("hub.id"));
    assert!(refused(&|ask| ask.vehicles[1].id = Some(VehicleId(nobody))).await.contains("Van 02"));
    assert!(refused(&|ask| ask.vehicles[1].id = Some(van)).await.contains("another label"));
    let taken = refused(&|ask| {
        ask.vehicles.truncate(1);
        ask.vehicles[0].label = "Van 03".into();
    });
    assert!(taken.await.contains("another vehicle"));
    hub.close().await;
}

#[tokio::test]
async fn renewing_a_hub_waits_for_nobody_who_refers_to_it() {
    let Some(hub) = Hub::open("renewed").await else { return };
    let ops = hub.at(at(9, 0));
    let machine = ops.who_by_key(&ops.add_administrator_key().await.unwrap()).await.unwrap();
    // What an order, an event or a position that is being written holds of the rows to which it refers.
    let mut writer = hub.database.begin().await.unwrap();
    for held in [
        "select id from hubs for key share",
        "select id from shops for key share",
        "select id from vehicles for key share",
    ] {
        assert!(!sqlx::query(held).fetch_all(&mut *writer).await.unwrap().is_empty(), "{held}");
    }
    let renewed = tokio::time::timeout(Duration::from_secs(20), ops.set_up(&machine, set_up())).await;
    assert_eq!(renewed.expect("did not wait").unwrap().hub, hub.keys.hub);
    writer.commit().await.unwrap();
    hub.close().await;
}
