//! The only way out of the pretended world: HTTP to the server, as any shop, phone or administrator's system speaks it.
//!
//! Not here: when to try again (`crate::phone`, `crate::opening`). No error text holds a token.

use chrono::SecondsFormat;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, header::CONTENT_TYPE, header::RETRY_AFTER};
use serde::{Serialize, de::DeserializeOwned};
use std::time::{Duration, Instant as RealInstant};
use tokio::sync::Semaphore;
use wire::driver::{DriverRoute, Fix, Outcomes, OutcomesAnswer, Positions, PositionsAnswer, Report};
use wire::history::HistoryAnswer;
use wire::machine::{ClockAnswer, PlaceOrder, PlaceOrders, PlaceOrdersAnswer, Problem, SetUp, SetUpAnswer};
use wire::roster::{SaveDriver, SaveDrivers, SaveShift, SaveShifts, SavedAnswer};

const PATIENCE: Duration = Duration::from_secs(15);
const PATIENCE_WITH_BULK: Duration = Duration::from_secs(120);
const PATIENCE_WITH_HISTORY: Duration = Duration::from_secs(600);
const DEVICES_AT_ONCE: usize = 48;
const KNOTS_IN_A_METRE_A_SECOND: f64 = 1.943_844;

/// A connection pool to one server.
pub struct ServerLink {
    client: Client,
    base: Url,
    devices: Semaphore,
}

/// Why the server gave no answer that we can use.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No answer came.
    #[error("the server does not answer ({0}); is it running, and is --server right?")]
    Silent(String),
    /// It asks to be left alone for a while.
    #[error("the server is busy and asks to wait {} s", after.as_secs())]
    Busy {
        /// For how long.
        after: Duration,
    },
    /// It does not do this.
    #[error("the server refuses ({status} {code}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem's short name, when it said one.
        code: String,
        /// What it said.
        message: String,
    },
    /// It answered something else than the contract says.
    #[error("the server's answer cannot be read ({0}); server and simulator may be of different versions")]
    Garbled(String),
}

impl LinkError {
    /// Whether the same request may succeed later.
    pub fn may_pass(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

/// The clock's answer, and when it was asked for and received.
pub type TimedClock = (RealInstant, RealInstant, ClockAnswer);

impl ServerLink {
    /// A link to the server at this address. Speaks to it directly, without a proxy.
    ///
    /// # Errors
    /// When no client can be built.
    pub fn to(base: Url) -> anyhow::Result<Self> {
        let client =
            Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(DEVICES_AT_ONCE).build()?;
        Ok(Self { client, base, devices: Semaphore::new(DEVICES_AT_ONCE) })
    }

    /// Asks for the world's time.
    pub async fn clock(&self, key: &str) -> Result<TimedClock, LinkError> {
        let sent = RealInstant::now();
        let answer = read(self.request(Method::GET, "/api/v1/clock", key)).await?;
        Ok((sent, RealInstant::now(), answer))
    }

    /// Sets up the operation.
    pub async fn set_up(&self, key: &str, what: &SetUp) -> Result<SetUpAnswer, LinkError> {
        read(self.request(Method::POST, "/api/v1/operation", key).timeout(PATIENCE_WITH_BULK).json(what))
            .await
    }

    /// Adds drivers.
    pub async fn save_drivers(&self, key: &str, drivers: Vec<SaveDriver>) -> Result<SavedAnswer, LinkError> {
        let request = self.request(Method::POST, "/api/v1/drivers", key);
        read(request.timeout(PATIENCE_WITH_BULK).json(&SaveDrivers { hub: None, drivers })).await
    }

    /// Says who drives what when.
    pub async fn save_shifts(&self, key: &str, shifts: Vec<SaveShift>) -> Result<SavedAnswer, LinkError> {
        let request = self.request(Method::POST, "/api/v1/shifts", key);
        read(request.timeout(PATIENCE_WITH_BULK).json(&SaveShifts { hub: None, shifts })).await
    }

    /// Places many orders of one shop.
    pub async fn place(
        &self,
        shop_key: &str,
        orders: Vec<PlaceOrder>,
    ) -> Result<PlaceOrdersAnswer, LinkError> {
        let request = self.request(Method::POST, "/api/v1/orders", shop_key);
        read(request.timeout(PATIENCE_WITH_BULK).json(&PlaceOrders::Bulk { orders })).await
    }

    /// Brings in history, as JSON lines.
    pub async fn import_history(&self, key: &str, lines: Vec<u8>) -> Result<HistoryAnswer, LinkError> {
        let request = self.request(Method::POST, "/api/v1/history", key).timeout(PATIENCE_WITH_HISTORY);
        read(request.header(CONTENT_TYPE, "application/x-ndjson").body(lines)).await
    }

    /// Asks what the driver of this device has to do; none before the plan is published.
    pub async fn route(&self, token: &str) -> Result<Option<DriverRoute>, LinkError> {
        let _turn = self.devices.acquire().await;
        match read(self.request(Method::GET, "/intake/route", token)).await {
            Err(LinkError::Refused { status: 404, .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Sends positions.
    pub async fn positions(&self, token: &str, fixes: &[Fix]) -> Result<PositionsAnswer, LinkError> {
        self.device("/intake/positions", token, &Positions { fixes: fixes.to_vec() }).await
    }

    /// Sends what the driver did.
    pub async fn report(&self, token: &str, reports: &[Report]) -> Result<OutcomesAnswer, LinkError> {
        self.device("/intake/outcomes", token, &Outcomes { reports: reports.to_vec() }).await
    }

    /// Sends one position as the OsmAnd application does.
    pub async fn osmand(&self, token: &str, fix: &Fix, by_post: bool) -> Result<(), LinkError> {
        let _turn = self.devices.acquire().await;
        let method = if by_post { Method::POST } else { Method::GET };
        let answer = self.client.request(method, self.osmand_url(token, fix)).send().await.map_err(silent)?;
        accepted(answer).await.map(|_| ())
    }

    fn osmand_url(&self, token: &str, fix: &Fix) -> Url {
        let mut url = self.url("/osmand");
        let mut query = url.query_pairs_mut();
        query
            .append_pair("id", token)
            .append_pair("lat", &format!("{:.7}", fix.lat))
            .append_pair("lon", &format!("{:.7}", fix.lon))
            .append_pair("timestamp", &fix.at.to_rfc3339_opts(SecondsFormat::Millis, true));
        let knots = fix.speed_mps.map(|speed| f64::from(speed) * KNOTS_IN_A_METRE_A_SECOND);
        let others = [
            ("speed", knots),
            ("bearing", fix.heading_deg.map(f64::from)),
            ("accuracy", fix.accuracy_m.map(f64::from)),
            ("batt", fix.battery_percent.map(f64::from)),
        ];
        for (name, value) in others {
            if let Some(value) = value {
                query.append_pair(name, &format!("{value:.1}"));
            }
        }
        drop(query);
        url
    }

    async fn device<T: DeserializeOwned>(
        &self,
        path: &str,
        token: &str,
        what: &impl Serialize,
    ) -> Result<T, LinkError> {
        let _turn = self.devices.acquire().await;
        read(self.request(Method::POST, path, token).json(what)).await
    }

    fn request(&self, method: Method, path: &str, key: &str) -> RequestBuilder {
        self.client.request(method, self.url(path)).bearer_auth(key)
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, LinkError> {
    let answer = accepted(request.send().await.map_err(silent)?).await?;
    let body = answer.bytes().await.map_err(silent)?;
    serde_json::from_slice(&body).map_err(|error| LinkError::Garbled(error.to_string()))
}

async fn accepted(answer: reqwest::Response) -> Result<reqwest::Response, LinkError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    if status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
    {
        let after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .unwrap_or(1);
        return Err(LinkError::Busy { after: Duration::from_secs(after) });
    }
    let body = answer.bytes().await.map_err(silent)?;
    let problem = serde_json::from_slice(&body).unwrap_or_else(|_| Problem {
        code: "unknown".into(),
        message: String::from_utf8_lossy(&body).chars().take(200).collect(),
    });
    Err(LinkError::Refused { status: status.as_u16(), code: problem.code, message: problem.message })
}

fn silent(error: reqwest::Error) -> LinkError {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    LinkError::Silent(format!("{error}{cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> ServerLink {
        ServerLink::to("http://127.0.0.1:9/under".parse().unwrap()).unwrap()
    }

    #[test]
    fn paths_go_under_the_servers_own_path() {
        assert_eq!(link().url("/api/v1/clock").as_str(), "http://127.0.0.1:9/under/api/v1/clock");
    }

    #[test]
    fn an_osmand_request_says_knots_and_leaves_out_what_is_not_known() {
        let fix = Fix {
            at: "2026-06-15T05:30:00.250Z".parse().unwrap(),
            lat: 35.9,
            lon: 14.5,
            speed_mps: Some(10.0),
            heading_deg: None,
            accuracy_m: Some(7.0),
            battery_percent: Some(80.0),
        };
        assert_eq!(
            link().osmand_url("secret", &fix).query(),
            Some(
                "id=secret&lat=35.9000000&lon=14.5000000&timestamp=2026-06-15T05%3A30%3A00.250Z&speed=19.4&accuracy=7.0&batt=80.0"
            )
        );
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_silent_and_the_token_stays_out_of_the_error() {
        let fix = Fix {
            at: "2026-06-15T05:30:00Z".parse().unwrap(),
            lat: 0.0,
            lon: 0.0,
            speed_mps: None,
            heading_deg: None,
            accuracy_m: None,
            battery_percent: None,
        };
        let error = link().osmand("very-secret", &fix, false).await.unwrap_err();
        assert!(matches!(error, LinkError::Silent(_)) && error.may_pass());
        assert!(!error.to_string().contains("very-secret"), "{error}");
    }
}
