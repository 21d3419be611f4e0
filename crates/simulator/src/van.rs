//! One vehicle in real time: its driver is carried to the world's now, its phone sends, and its route is asked for.
//!
//! Not here: what the driver does (`crate::driver`) and how a phone sends (`crate::phone`).

use crate::clock::WorldClock;
use crate::driver::Driver;
use crate::phone::Phone;
use crate::server_link::{LinkError, ServerLink};
use crate::tally::Tally;
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant as RealInstant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use wire::Instant;

/// What all vehicles share.
pub struct Surroundings {
    /// The way to the server.
    pub link: ServerLink,
    /// The world's time.
    pub clock: WorldClock,
    /// What the day has come to.
    pub tally: Tally,
    /// How many vehicles there are.
    pub vans: usize,
    /// Ends the world early.
    pub ends: CancellationToken,
}

const SEND_EVERY_WORLD_S: i64 = 10;
const ASK_EVERY_WORLD_S: i64 = 30;
/// In real time, however fast the world goes.
const ASK_EVERY_AT_LEAST: Duration = Duration::from_secs(2);
const VANS_FOR_ONE_SECOND: usize = 200;
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Plays one vehicle until it is back, or the world ends; then sends what is left.
pub async fn play(index: usize, mut driver: Driver, mut phone: Phone, around: Arc<Surroundings>) {
    // A request that is cut off by the end stays queued, and the server knows it again when it comes twice.
    tokio::select! {
        () = live(index, &mut driver, &mut phone, &around) => return,
        () = around.ends.cancelled() => {}
    }
    let has_network = phone.has_network(around.clock.now());
    if has_network && timeout(LAST_WORDS, phone.send(&around.link, &around.tally)).await.is_err() {
        tracing::debug!("a phone did not get rid of everything before the end");
    }
}

async fn live(index: usize, driver: &mut Driver, phone: &mut Phone, around: &Surroundings) {
    let step = Duration::from_secs(around.vans.div_ceil(VANS_FOR_ONE_SECOND).max(1) as u64);
    sleep(step.mul_f64(index as f64 / around.vans.max(1) as f64)).await;
    let (mut next_send, mut next_ask) = (Instant::MIN_UTC, Instant::MIN_UTC);
    let mut ask_not_before = RealInstant::now();
    loop {
        let woke = RealInstant::now();
        let now = around.clock.now();
        driver.live_until(now, phone);
        let has_network = phone.has_network(now);
        if has_network && (now >= next_send || phone.has_reports()) {
            phone.send(&around.link, &around.tally).await;
            next_send = now + TimeDelta::seconds(SEND_EVERY_WORLD_S);
        }
        if has_network && now >= next_ask && RealInstant::now() >= ask_not_before {
            let pause = ask(driver, phone, around).await;
            next_ask = now + TimeDelta::seconds(ASK_EVERY_WORLD_S);
            ask_not_before = RealInstant::now() + pause.unwrap_or(ASK_EVERY_AT_LEAST.max(step));
        }
        if driver.is_idle()
            && phone.is_done()
            && (around.tally.everybody_is_back() || now > driver.gives_up())
        {
            return;
        }
        sleep(step.saturating_sub(woke.elapsed()).max(Duration::from_millis(50))).await;
    }
}

/// Asks for the route and tells the driver. Answers how long to leave the server alone when it did not answer.
async fn ask(driver: &mut Driver, phone: &mut Phone, around: &Surroundings) -> Option<Duration> {
    match around.link.route(phone.token()).await {
        Ok(None) => None,
        Ok(Some(route)) => {
            if !driver.has_route() && around.tally.planned() {
                tracing::info!(
                    "the plan is there: the first driver has a route of {} stops",
                    route.stops.len()
                );
            }
            driver.hear(route, phone);
            None
        }
        Err(LinkError::Busy { after }) => Some(after),
        Err(error) => {
            tracing::debug!(%error, "a driver could not ask for the route");
            Some(Duration::from_secs(5))
        }
    }
}
