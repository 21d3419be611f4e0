//! Each question reads what it is about: no large table from end to end, and no day of readings but those it asks for.

use crate::ground::{Reads, Size, at, filled, last_day, reads};
use chrono::TimeDelta;
use domain::VehicleId;
use store::{events, exceptions, exceptions::Wanted, figures, orders, positions, search};

/// 18,400 orders and 92,000 events over 60 days.
const MANY: Size = Size { days: 60, orders: 300, vehicles: 20, waiting: 400 };

#[track_caller]
fn is_bounded(what: &str, reads: Reads, most: i64, days: usize) {
    assert_eq!(reads.by_walking, 0, "{what} reads a large table from end to end: {reads:?}");
    assert!(reads.by_index <= most, "{what} reads too much: {reads:?}");
    assert!(reads.days <= days, "{what} looks into other days: {reads:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_reads_what_it_is_about() {
    let Some(database) = filled("reads", MANY).await else { return };
    let day = last_day();

    let (found, _) =
        reads(&database, async |tx, hub| search::orders(tx, &[hub], "PHA-0000050", 5, 0).await.unwrap())
            .await;
    let failed = found[0].id;
    let placed =
        async |id| orders::get(&mut database.read().await.unwrap(), id).await.unwrap().unwrap().placed_at;
    let placed_at = placed(failed).await;
    let (story, cost) =
        reads(&database, async |tx, _| events::of_order(tx, failed, placed_at).await.unwrap()).await;
    assert_eq!(story.len(), 8, "placed, planned, loaded, arrived, attempted, raised, resolved, unloaded");
    is_bounded("an order's story", cost, 30, 0);
    assert_eq!(cost.months, 3, "all but the month in which the vehicles came");
    let routes: Vec<_> = story.iter().filter_map(|e| e.fact.subjects().route).collect();
    let (labels, cost) =
        reads(&database, async |tx, _| store::plans::labels(tx, &routes).await.unwrap()).await;
    assert_eq!(labels.len(), 1, "a route of sixty days ago has its vehicle's name still");
    is_bounded("the names of a story's vehicles", cost, 5, 0);
    let (found, _) =
        reads(&database, async |tx, hub| search::orders(tx, &[hub], "PHA-0018050", 5, 0).await.unwrap())
            .await;
    let (late, placed_at) = (found[0].id, placed(found[0].id).await);
    let (newer, cost) =
        reads(&database, async |tx, _| events::of_order(tx, late, placed_at).await.unwrap()).await;
    assert_eq!((newer[0].recorded_at, cost.months), (placed_at, 2), "this month and the one before");
    let (_, cost) = reads(&database, async |tx, _| orders::get(tx, failed).await.unwrap()).await;
    is_bounded("an order", cost, 10, 0);

    let (attempts, cost) =
        reads(&database, async |tx, hub| figures::attempts(tx, hub, at(0), at(24)).await.unwrap()).await;
    assert_eq!(attempts.len(), 300);
    is_bounded("a day's attempts", cost, 500, 0);
    assert_eq!(cost.months, 2, "this month and the one before");
    let (roads, cost) =
        reads(&database, async |tx, hub| figures::road_times(tx, hub, at(0), at(24)).await.unwrap()).await;
    assert_eq!(roads.len(), 20);
    assert!(roads.iter().all(|route| route.time.finished_at.is_some()));
    is_bounded("a day's times on the road", cost, 100, 0);
    assert_eq!(cost.months, 2, "this month and the one before");

    let now = at(8);
    let (page, cost) = reads(&database, async |tx, hub| {
        exceptions::page(tx, hub, day, Wanted::Unresolved, (now, None), 200).await.unwrap()
    })
    .await;
    assert_eq!(page.0.len(), 200);
    is_bounded("a page of exceptions", cost, 600, 0);
    let (counts, cost) =
        reads(&database, async |tx, hub| exceptions::counts(tx, hub, day).await.unwrap()).await;
    assert_eq!(counts, (400, 0, 6));
    is_bounded("the numbers of exceptions", cost, 600, 0);

    let (fresh, cost) = reads(&database, async |tx, hub| {
        positions::uninterpreted(tx, hub, at(20) - TimeDelta::hours(12)).await.unwrap()
    })
    .await;
    assert_eq!(fresh.len(), 60, "three readings of each vehicle");
    is_bounded("what nobody has interpreted", cost, 200, 1);
    let wanted: Vec<(VehicleId, _)> = fresh.iter().map(|p| (p.vehicle, at(14))).collect();
    let (read, cost) =
        reads(&database, async |tx, _| positions::since(tx, &wanted[..1]).await.unwrap()).await;
    assert_eq!(read.len(), 4);
    is_bounded("readings since", cost, 200, 1);
    // After five times PostgreSQL may settle on one plan for every day.
    let (_, cost) = reads(&database, async |tx, hub| {
        for _ in 0..8 {
            positions::uninterpreted(tx, hub, at(20) - TimeDelta::hours(12)).await.unwrap();
            positions::since(tx, &wanted[..1]).await.unwrap();
        }
    })
    .await;
    is_bounded("readings asked for again and again", cost, 3_000, 1);

    let (about, cost) = reads(&database, async |tx, _| {
        (events::about(tx).await.unwrap(), positions::about(tx).await.unwrap())
    })
    .await;
    assert!(about.0 > 90_000 && about.1 >= 120_000, "{about:?}");
    is_bounded("the machine's numbers", cost, 2, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_reads_some_thousand_orders_at_most() {
    // In a smaller table reading it whole would be right.
    let size = Size { days: 40, orders: 1_000, vehicles: 20, waiting: 0 };
    let Some(database) = filled("finds", size).await else { return };
    let asked = [
        // words of every address, of every third, of few; parts; numbers; phones; nobody
        "triq",
        "il-palletta",
        "camilleri azzopardi",
        "ġorġ borg",
        "lletta",
        "458",
        "0000458",
        "+356",
        "99",
        "+356 99 015 838",
        "12",
        "qq",
        "nobody here",
    ];
    for text in asked {
        let (hits, cost) =
            reads(&database, async |tx, hub| search::orders(tx, &[hub], text, 26, 0).await.unwrap()).await;
        let most = if text.len() < 3 { 21_000 } else { 15_000 };
        is_bounded(text, cost, most, 0);
        let nobody = ["qq", "nobody here", "camilleri azzopardi"].contains(&text);
        assert_eq!(hits.is_empty(), nobody, "{text}");
        let newest_first = hits.windows(2).all(|two| two[0].until >= two[1].until);
        assert!(newest_first, "{text}");
    }
}
