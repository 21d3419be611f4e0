//! What a proposal says of drivers' hours, and what becomes of one that the day has overtaken.

use crate::{
    a_day::state_equals_history,
    by_the_hub::{late_order, leave},
    common::{Hub, at, order},
};
use domain::{Outcome, Overtaken, Refusal, Role};
use operations::{Caller, Operations, OpsError};
use std::{collections::BTreeMap, time::Duration};
use wire::{
    driver::Deed,
    machine::PlaceOrders,
    staff::{
        control_room::{Freedom, PlanAnswer, ProposalView},
        exceptions::QueueFilter,
        settings::{ChangeSettings, SettingsAsk, SettingsOutcome},
    },
};

async fn set(ops: &Operations, administrator: &Caller, key: &str, text: &str) {
    let shown = ops.settings(administrator, SettingsAsk { page: 1, ..SettingsAsk::default() }).await.unwrap();
    let fields = BTreeMap::from([(key.to_owned(), text.to_owned())]);
    let ask = ChangeSettings { version: shown.version, fields, ..ChangeSettings::default() };
    let done = ops.change_settings(administrator, ask).await.unwrap().outcome;
    assert_eq!(done, SettingsOutcome::Saved { changed: 1 });
}

/// Four in the afternoon: three vans stand at the hub with half an hour of their shifts left, and one with four hours; so many
/// orders for the evening have just come in.
async fn evening(hub: &Hub, count: usize) -> (Operations, Caller, Caller) {
    let (dispatcher, administrator) =
        (hub.person(Role::Dispatcher).await, hub.person(Role::Administrator).await);
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    let orders = (0..3).map(|n| order(n, at(15, 0), at(16, 25))).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
    let ops = hub.at(at(16, 0));
    let late = (100..100 + count).map(|n| order(n, at(16, 0), at(20, 0))).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders: late }).await.unwrap();
    (ops, dispatcher, administrator)
}

fn longest(answer: &PlanAnswer) -> i64 {
    answer.overtime.iter().map(|own| own.min_after).max().unwrap_or(0)
}

#[tokio::test]
async fn a_proposal_says_who_works_past_the_shift_and_unasked_keeps_nobody_longer_than_is_set() {
    let Some(hub) = Hub::open("overtime").await else { return };
    let (ops, dispatcher, administrator) = evening(&hub, 60).await;
    hub.report(4, at(16, 0), Deed::OffRoad { reason: "flat tyre".into() }).await;
    set(&ops, &administrator, "overtime_most_minutes", "720").await;
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    for answer in &proposal.answers {
        let gains = answer.gains;
        assert!(gains.unplanned_before >= 60 && gains.unplanned_after == 0, "{gains:?}");
        assert_eq!(gains.overtime_min_before, 0, "{gains:?}");
        let sum: i64 = answer.overtime.iter().map(|own| own.min_after).sum();
        assert_eq!(gains.overtime_min_after, sum);
        // Twenty doors for each of three, of two minutes and the way.
        assert!(longest(answer) > 20 && sum > 60, "{:?}", answer.overtime);
        assert!(answer.overtime.iter().all(|own| own.label != "Van 04"));
    }

    // Who asks is shown what there is, and judges; unasked nobody is kept longer than is set.
    set(&ops, &administrator, "overtime_most_minutes", "5").await;
    let asked = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    assert!(asked.answers.iter().all(|answer| longest(answer) > 20));
    ops.decline_proposal(&dispatcher, asked.id).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let unasked = async |minute| {
        // Another server, which has not looked at these exceptions.
        hub.at(at(16, minute)).react(&Caller::timer()).await.unwrap();
        let proposal = ops.board(&dispatcher, None).await.unwrap().proposal;
        proposal.map(|proposal| proposal.answers).unwrap_or_default()
    };
    let short = unasked(5).await;
    assert!(short.iter().all(|answer| longest(answer) <= 5), "{short:?}");
    set(&ops, &administrator, "overtime_most_minutes", "720").await;
    let long = unasked(6).await;
    assert!(
        long.iter().any(|answer| longest(answer) > 20),
        "nothing else kept it from being proposed: {long:?}"
    );
    hub.close().await;
}

#[tokio::test]
async fn a_minute_past_the_shift_weighs_what_is_set() {
    let Some(hub) = Hub::open("overtime_price").await else { return };
    let (ops, dispatcher, administrator) = evening(&hub, 30).await;
    set(&ops, &administrator, "overtime_most_minutes", "720").await;
    let mut minutes = vec![];
    for price in ["0", "20"] {
        set(&ops, &administrator, "overtime_minute_cents", price).await;
        let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
        let freest = proposal.answers.last().unwrap();
        assert_eq!(freest.gains.unplanned_after, 0);
        minutes.push(freest.gains.overtime_min_after);
    }
    assert!(minutes[0] > minutes[1], "the dearer they are the fewer: {minutes:?}");
    hub.close().await;
}

/// A morning with everybody out, and a proposal that has somebody come by the hub for an order that came in after that; nothing
/// else happens that would be looked at unasked. Answers the proposal and the number of the van.
async fn fetching(hub: &Hub) -> (Caller, ProposalView, usize) {
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(36).await;
    leave(hub).await;
    let ops = hub.at(at(7, 38));
    let (_, reference) = late_order(hub, &ops, 900).await;
    ops.watch(&Caller::timer()).await.unwrap();
    for row in ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap().rows {
        ops.resolve(&dispatcher, row.id, "Seen".into()).await.unwrap();
    }
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let least = &proposal.answers[0];
    let change = least.changes.iter().find(|change| change.reference == reference).unwrap();
    let van = change.to.trim_start_matches("Van ").parse().unwrap();
    (dispatcher, proposal, van)
}

/// Why the answer that changes least cannot be accepted; the new revision if it can.
async fn accept(
    hub: &Hub,
    now: chrono::DateTime<chrono::Utc>,
    dispatcher: &Caller,
    proposal: &ProposalView,
) -> Result<i32, Overtaken> {
    let done = hub.at(now).accept_proposal(dispatcher, proposal.id, proposal.based_on, Freedom::Least).await;
    match done {
        Err(OpsError::Refused(Refusal::PlanOvertaken(why))) => Err(why),
        done => Ok(done.unwrap()),
    }
}

#[tokio::test]
async fn a_plan_whose_stops_were_visited_out_of_its_order_is_refused_withdrawn_and_made_anew() {
    let Some(hub) = Hub::open("out_of_order").await else { return };
    let (dispatcher, proposal, _) = fetching(&hub).await;
    for (van, route) in hub.routed(at(7, 39)).await {
        let last = route.stops.last().unwrap().stop;
        hub.attempt(van, at(7, 39), last, Outcome::DeliveredToRecipient).await;
    }
    assert_eq!(accept(&hub, at(7, 41), &dispatcher, &proposal).await, Err(Overtaken::StopVisited));
    let why = Refusal::PlanOvertaken(Overtaken::StopVisited).to_string();
    assert!(why.starts_with("A driver has been at a stop that it moves") && why.contains("fresh"), "{why}");

    // Nobody has to find that out: it is taken away in the next round, and a fresh one comes once there was time to read it.
    let ops = hub.from(at(7, 41));
    assert!(!ops.react(&Caller::timer()).await.unwrap());
    assert!(ops.board(&dispatcher, None).await.unwrap().proposal.is_none());
    let gone = ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, Freedom::Least).await;
    assert!(matches!(gone, Err(OpsError::Refused(Refusal::PlanStale))), "{gone:?}");
    let mut rounds = 0;
    while !ops.react(&Caller::timer()).await.unwrap() {
        rounds += 1;
        assert!(rounds < 100, "no fresh proposal");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let fresh = ops.board(&dispatcher, None).await.unwrap().proposal.unwrap();
    assert!(fresh.id != proposal.id && fresh.made_at.to_utc() >= at(7, 43), "{fresh:?}");
    ops.accept_proposal(&dispatcher, fresh.id, fresh.based_on, Freedom::Least).await.unwrap();
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_plan_is_accepted_while_drivers_do_what_it_says_and_refused_once_its_time_has_passed() {
    let Some(template) = Hub::open("in_its_order").await else { return };
    let (dispatcher, proposal, van) = fetching(&template).await;
    let hub = template.copy("in_its_time").await;
    assert_eq!(accept(&hub, at(9, 30), &dispatcher, &proposal).await, Err(Overtaken::TimePassed));
    let ops = hub.at(at(9, 30));
    ops.react(&Caller::timer()).await.unwrap();
    let fresh = ops.board(&dispatcher, None).await.unwrap().proposal;
    assert!(fresh.is_none_or(|fresh| fresh.id != proposal.id), "it waits for nobody any more");
    hub.close().await;

    // The stop at hand, and the first of what was proposed.
    let hub = template.copy("in_its_order").await;
    let route = hub.route(van, at(7, 39)).await;
    hub.attempt(van, at(7, 39), route.stops[0].stop, Outcome::DeliveredToRecipient).await;
    accept(&hub, at(7, 43), &dispatcher, &proposal).await.unwrap();
    state_equals_history(&hub).await;
    hub.close().await;
}
