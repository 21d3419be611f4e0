//! A day in which something exists to ask for, and a valid request for every endpoint.

use super::{PASSWORD, dice::Dice};
use crate::a_busy_day::Day;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

/// What everybody needs to ask for something that exists.
pub struct World {
    pub url: String,
    pub day: Day,
    pub admin_key: String,
    pub exceptions: Mutex<Vec<String>>,
    pub now: DateTime<Utc>,
    pub report: AtomicU64,
    /// The van's token; setting up the hub again gives it a new one.
    pub van: Mutex<String>,
}

/// One request: where to, in whose name, with what.
pub struct Ask {
    pub path: String,
    pub pairs: Vec<(&'static str, String)>,
    pub body: Option<Value>,
    pub key: Option<String>,
}

impl World {
    fn order(&self, dice: &mut Dice) -> Value {
        let hour = dice.below(30) as i64;
        json!({
            "reference": format!("F-{:06}", dice.below(400)),
            "recipient": { "name": "R. Example", "phone": "+683 4000" }, "address": "Main road 1",
            "at": { "lat": -19.05 - dice.below(60) as f64 * 1e-4, "lon": -169.918 },
            "window_from": self.now + TimeDelta::hours(hour), "window_until": self.now + TimeDelta::hours(hour + 3),
            "packages": [{ "barcode": "P1", "weight_g": 900, "volume_ml": 4_000 }],
        })
    }

    /// Zones that hold every endpoint of this day, so that its orders still have a hub.
    fn zones(&self, dice: &mut Dice) -> Value {
        let half = 1.0 + dice.below(9) as f64 / 10.0;
        let (s, n, w, e) = (-19.05 - half, -19.05 + half, -169.92 - half, -169.92 + half);
        let ring = json!([[w, s], [e, s], [e, n], [w, n], [w, s]]);
        let feature = json!({
            "type": "Feature", "properties": { "name": format!("Zone {}", dice.below(9)) },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        });
        json!({ "type": "FeatureCollection", "features": [feature] })
    }

    fn report(&self, dice: &mut Dice) -> Value {
        let number = self.report.fetch_add(1, Ordering::Relaxed);
        let stop = self.day.stops[dice.below(self.day.stops.len())].clone();
        let what = match dice.below(9) {
            0 => json!({ "kind": "departed", "route": self.day.route }),
            1 | 2 => json!({ "kind": "arrived", "stop": stop }),
            3 => {
                json!({ "kind": "delivered", "stop": stop, "outcome": "delivered_to_mailbox", "note": "green door" })
            }
            4 => json!({ "kind": "failed", "stop": stop, "outcome": "failed_no_parking" }),
            5 => json!({ "kind": "off_road", "reason": "flat tyre" }),
            6 => json!({ "kind": "reloaded", "route": self.day.route }),
            _ => json!({ "kind": "recovered" }),
        };
        let mut report = json!({ "id": format!("00000000-0000-7000-9000-{number:012}"), "at": self.now });
        report.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        report
    }

    /// A request that this endpoint was made for. An endpoint that nobody has taught here is a failure of its own.
    pub fn valid(&self, endpoint: &str, dice: &mut Dice) -> Ask {
        let order = self.day.orders[dice.below(self.day.orders.len())].clone();
        let exception = {
            let known = self.exceptions.lock().unwrap();
            if known.is_empty() { dice.uuid() } else { known[dice.below(known.len())].clone() }
        };
        let hours = dice.below(40) as i64;
        let (from, until) = (self.now + TimeDelta::hours(hours), self.now + TimeDelta::hours(hours + 2));
        let ask = |path: &str| Ask { path: path.to_owned(), pairs: vec![], body: None, key: None };
        let with = |path: &str, pairs: Vec<(&'static str, String)>| Ask { pairs, ..ask(path) };
        let sends = |path: &str, key: &str, body: Value| Ask {
            body: Some(body),
            key: Some(key.to_owned()),
            ..ask(path)
        };
        let van = self.van.lock().unwrap().clone();
        let text = |text: &str| text.to_owned();
        let day = || self.now.date_naive().to_string();
        let roles = super::ROLES;
        let filters = ["unresolved", "mine", "resolved"];
        let figures = ["on_time_latest", "on_time_original", "first_attempt", "failed", "stops_per_hour"];
        match endpoint {
            "POST /intake/positions" => {
                let fix = |n: i64| json!({ "at": self.now + TimeDelta::milliseconds(n), "lat": -19.05, "lon": -169.92, "speed_mps": 3.0 });
                let n = dice.below(100_000) as i64;
                sends("/intake/positions", &van, json!({ "fixes": [fix(n), fix(n + 1)] }))
            }
            "POST /intake/outcomes" => {
                let reports = [self.report(dice), self.report(dice)];
                sends("/intake/outcomes", &van, json!({ "reports": reports }))
            }
            "GET /intake/route" => Ask { key: Some(van), ..ask("/intake/route") },
            "GET /osmand" | "POST /osmand" => {
                let at = (self.now - TimeDelta::seconds(dice.below(90_000) as i64))
                    .format("%F %T.000")
                    .to_string();
                let pairs = vec![
                    ("id", van),
                    ("lat", text("-19.05")),
                    ("lon", text("-169.92")),
                    ("timestamp", at),
                    ("speed", text("4")),
                ];
                with("/osmand", pairs)
            }
            "POST /api/v1/orders" => {
                let orders = [self.order(dice), self.order(dice)];
                let body = if dice.below(4) == 0 { orders[0].clone() } else { json!({ "orders": orders }) };
                sends("/api/v1/orders", &self.day.shop, body)
            }
            "POST /api/v1/operation" => {
                let hub = json!({ "name": "Hub F", "at": { "lat": -19.053, "lon": -169.919 }, "zone": "Europe/Malta", "plan_at": "08:00:00" });
                let van = json!({ "label": "Van F", "kind": "cargo_bike", "driver": "D. Example", "capacity_g": 80_000,
                                  "capacity_ml": 900_000, "shift_from": "08:05:00", "shift_until": "18:30:00" });
                sends(
                    "/api/v1/operation",
                    &self.admin_key,
                    json!({ "hub": hub, "shops": ["Shop F"], "vehicles": [van] }),
                )
            }
            "GET /api/v1/shifts" => Ask {
                key: Some(self.admin_key.clone()),
                ..with("/api/v1/shifts", vec![("day", day()), ("days", text("2"))])
            },
            "POST /api/v1/shifts" => {
                let begins = self.now + TimeDelta::days(dice.below(5) as i64);
                let pause = json!({ "earliest": begins + TimeDelta::hours(3), "latest": begins + TimeDelta::hours(4), "minutes": 30 });
                let shift = json!({ "vehicle": dice.uuid(), "day": begins.date_naive(), "from": begins,
                                    "until": begins + TimeDelta::hours(8), "breaks": [pause] });
                let off =
                    json!({ "vehicle": dice.uuid(), "day": day(), "duty": dice.pick(&["off", "usual"]) });
                sends("/api/v1/shifts", &self.admin_key, json!({ "shifts": [shift, off] }))
            }
            "POST /api/v1/drivers" => {
                let name = format!("D. Example {}", dice.below(40));
                let driver = json!({ "name": name, "left": dice.below(3) == 0 });
                sends("/api/v1/drivers", &self.admin_key, json!({ "drivers": [driver] }))
            }
            "GET /api/v1/clock" => Ask { key: Some(self.admin_key.clone()), ..ask("/api/v1/clock") },
            "GET /api/v1/stats" => Ask { key: Some(self.admin_key.clone()), ..ask("/api/v1/stats") },
            "GET /api/v1/estimates" => Ask { key: Some(self.admin_key.clone()), ..ask("/api/v1/estimates") },
            "GET /api/v1/zones" => Ask { key: Some(self.admin_key.clone()), ..ask("/api/v1/zones") },
            "POST /api/v1/history" => {
                let day = self.now - TimeDelta::days(2 + dice.below(20) as i64);
                let record = match dice.below(3) {
                    0 => json!({ "record": "route", "key": "r", "vehicle": "Van F", "departed_at": day,
                                 "finished_at": day + TimeDelta::hours(4) }),
                    1 => json!({ "record": "positions", "vehicle": "Van F",
                                 "fixes": [{ "at": day, "lat": -19.05, "lon": -169.92 }] }),
                    _ => {
                        let mut order = self.order(dice);
                        order["record"] = json!("order");
                        order["shop"] = json!("Shop F");
                        order["placed_at"] = json!(self.now - TimeDelta::hours(1));
                        order["cancelled_at"] = json!(self.now);
                        order
                    }
                };
                sends("/api/v1/history", &self.admin_key, record)
            }
            "POST /api/v1/zones" => sends("/api/v1/zones", &self.admin_key, self.zones(dice)),
            "GET /healthz" => ask("/healthz"),
            "GET /readyz" => ask("/readyz"),
            "GET /live/day" => ask("/live/day"),
            "GET /tiles/{z}/{x}/{y}" => {
                ask(&format!("/tiles/12/{}/{}.mvt", 110 + dice.below(8), 2264 + dice.below(8)))
            }
            "POST /sign-in/link/{token}" => ask("/sign-in/link/none"),
            "POST /api/sign-in" => with(
                "/api/sign-in",
                vec![
                    ("name", text("fuzz dispatcher")),
                    ("password", text(PASSWORD)),
                    ("next", text("/figures")),
                ],
            ),
            "POST /api/sign-out" => ask("/api/sign-out"),
            "POST /api/theme" => with("/api/theme", vec![("theme", text("dark"))]),
            "GET /api/board" => ask("/api/board"),
            "GET /api/map" => ask("/api/map"),
            "GET /api/roads" => ask("/api/roads"),
            "GET /api/route" => with("/api/route", vec![("route", self.day.route.clone())]),
            "POST /api/propose-plan" => ask("/api/propose-plan"),
            "POST /api/accept-proposal" => {
                let freedom = text(dice.pick(&["least", "balanced", "free"]));
                with(
                    "/api/accept-proposal",
                    vec![("proposal", dice.uuid()), ("based_on", text("1")), ("freedom", freedom)],
                )
            }
            "POST /api/decline-proposal" => with("/api/decline-proposal", vec![("proposal", dice.uuid())]),
            // Today stays open, so that there is something to ask about.
            "POST /api/close-day" => {
                let day = self.now.date_naive() - TimeDelta::days(1 + dice.below(3) as i64);
                with("/api/close-day", vec![("day", day.to_string())])
            }
            "GET /api/queue" => with("/api/queue", vec![("filter", text(dice.pick(&filters)))]),
            "POST /api/claim-exception" | "POST /api/release-exception" | "POST /api/reopen-exception" => {
                with(endpoint.split(' ').nth(1).unwrap(), vec![("exception", exception)])
            }
            "POST /api/resolve-exception" => {
                with("/api/resolve-exception", vec![("exception", exception), ("what", text("called"))])
            }
            "GET /api/find-orders" => {
                with("/api/find-orders", vec![("text", text("main")), ("page", text("1"))])
            }
            "GET /api/waiting-orders" => with("/api/waiting-orders", vec![("page", text("1"))]),
            "GET /api/order" => with("/api/order", vec![("order", order)]),
            "GET /api/slots" => with("/api/slots", vec![("order", order)]),
            "POST /api/reschedule-order" => with(
                "/api/reschedule-order",
                vec![("order", order), ("from", from.to_rfc3339()), ("until", until.to_rfc3339())],
            ),
            "POST /api/cancel-order" => {
                // Most of the day's orders stay, so that there is something to ask about.
                let which = if dice.below(20) == 0 { order } else { dice.uuid() };
                with("/api/cancel-order", vec![("order", which)])
            }
            "GET /api/figures" => with("/api/figures", vec![("day", day())]),
            "GET /api/figure-rows" => with(
                "/api/figure-rows",
                vec![("day", day()), ("figure", text(dice.pick(&figures))), ("page", text("1"))],
            ),
            "POST /api/close-road" => {
                let pairs = vec![
                    ("shape", text("street")),
                    ("places", text("-19.0530,-169.9190\n-19.0545,-169.9180")),
                    ("reason", text("works")),
                    ("until", (self.now + TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M").to_string()),
                    ("bars[]", text("diesel_van")),
                ];
                with("/api/close-road", pairs)
            }
            "POST /api/lift-closure" => with("/api/lift-closure", vec![("closure", dice.uuid())]),
            "POST /api/set-weather" => with(
                "/api/set-weather",
                vec![("weather", text(dice.pick(&["dry", "rain", "heavy_rain", "wind", "snow"])))],
            ),
            "GET /api/settings" => {
                let tried = format!("{{\"notice_minutes\":\"{}\"}}", dice.below(2_000));
                with("/api/settings", vec![("hub", text("")), ("tried", tried), ("page", text("1"))])
            }
            "POST /api/change-settings" => {
                let minutes = dice.below(120).to_string();
                with(
                    "/api/change-settings",
                    vec![
                        ("version", text("0")),
                        ("fields[notice_minutes]", minutes),
                        ("was[notice_minutes]", text("")),
                    ],
                )
            }
            "GET /api/zones" => {
                let said = "{\"drawn\":1,\"refused\":[[1,\"twice\"]]}";
                with("/api/zones", vec![("said", text(said))])
            }
            "POST /api/import-zones" => with(
                "/api/import-zones",
                vec![("hub", self.day.hub.clone()), ("geojson", self.zones(dice).to_string())],
            ),
            "POST /api/draw-zone" => {
                let places = "-19.9,-170.5\n-19.9,-169.1\n-18.1,-169.1\n-18.1,-170.5";
                let pairs = vec![
                    ("hub", self.day.hub.clone()),
                    ("name", format!("Zone {}", dice.below(9))),
                    ("places", text(places)),
                    ("from", day()),
                    ("until", text("")),
                ];
                with("/api/draw-zone", pairs)
            }
            "POST /api/end-zone" => with("/api/end-zone", vec![("zone", dice.uuid()), ("day", day())]),
            "GET /zones" => with("/zones", vec![("said", text("{\"drawn\":2}"))]),
            "GET /settings" => with("/settings", vec![("page", text("1")), ("saved", text("1"))]),
            "GET /api/roster" => with("/api/roster", vec![("day", day())]),
            "GET /roster" => with("/roster", vec![("day", day()), ("vehicle", dice.uuid())]),
            "POST /api/save-shift" => {
                let pairs = vec![
                    ("hub", dice.uuid()),
                    ("form[vehicle]", dice.uuid()),
                    ("form[day]", day()),
                    ("form[duty]", text(dice.pick(&["drives", "off", "usual"]))),
                    ("form[driver]", dice.uuid()),
                    ("form[from]", text("07:30")),
                    ("form[until]", text("16:30")),
                    ("form[breaks][0][earliest]", text("12:00")),
                    ("form[breaks][0][minutes]", text("30")),
                ];
                with("/api/save-shift", pairs)
            }
            "POST /api/save-driver" => with(
                "/api/save-driver",
                vec![("hub", dice.uuid()), ("day", day()), ("form[name]", text("D. Example"))],
            ),
            "GET /api/people" | "GET /api/account" | "GET /api/shown-once" => {
                ask(endpoint.split(' ').nth(1).unwrap())
            }
            "GET /api/account-changes" => with("/api/account-changes", vec![("page", text("1"))]),
            "GET /api/keys" => with(
                "/api/keys",
                vec![("text", text("van")), ("revoked", text("false")), ("page", text("1"))],
            ),
            "POST /api/invite-person" => {
                let name = format!("fuzz guest {}", dice.below(40));
                let pairs =
                    vec![("name", name), ("role", text(dice.pick(&roles))), ("every_hub", text("true"))];
                with("/api/invite-person", pairs)
            }
            // Nobody of this test may be changed, disabled or reset: everybody has to come in again.
            "POST /api/change-person" => with(
                "/api/change-person",
                vec![
                    ("person", dice.uuid()),
                    ("version", text("1")),
                    ("role", text(dice.pick(&roles))),
                    ("hubs[]", dice.uuid()),
                ],
            ),
            "POST /api/enable-person" => with(
                "/api/enable-person",
                vec![("person", dice.uuid()), ("version", text("1")), ("enabled", text("false"))],
            ),
            "POST /api/sign-person-out" | "POST /api/reset-password" => {
                with(endpoint.split(' ').nth(1).unwrap(), vec![("person", dice.uuid())])
            }
            "POST /api/make-key" => with(
                "/api/make-key",
                vec![("kind", text("vehicle")), ("name", text("Phone")), ("holder", text("Van F"))],
            ),
            "POST /api/revoke-key" => with("/api/revoke-key", vec![("key", text("0123456789abcdef"))]),
            "POST /api/change-password" => with(
                "/api/change-password",
                vec![("old", text(PASSWORD)), ("new", text("four dry days")), ("again", text("five"))],
            ),
            "POST /api/sign-out-elsewhere" => ask("/api/sign-out-elsewhere"),
            "GET /api/erasures" => with("/api/erasures", vec![("page", text("1"))]),
            "GET /api/erasable-orders" => {
                with("/api/erasable-orders", vec![("text", text("a@b.cd")), ("page", text("1"))])
            }
            "GET /api/recipient" => with("/api/recipient", vec![("order", order), ("left", dice.uuid())]),
            // Never confirmed: the orders stay what the other endpoints ask about.
            "POST /api/erase-recipient" => with(
                "/api/erase-recipient",
                vec![("order", order), ("all", text("true")), ("typed", text("slip"))],
            ),
            "GET /erase" => {
                with("/erase", vec![("q", text("main")), ("page", text("1")), ("came", text("open"))])
            }
            "GET /people" => {
                let parts = ["people", "keys", "changes"];
                with("/people", vec![("part", text(dice.pick(&parts))), ("person", dice.uuid())])
            }
            "GET /" | "GET /sign-in" | "GET /exceptions" | "GET /roads" | "GET /account" => {
                with(endpoint.split(' ').nth(1).unwrap(), vec![("show", text(dice.pick(&filters)))])
            }
            "GET /control-room" => {
                with("/control-room", vec![("route", self.day.route.clone()), ("pane", text("plan"))])
            }
            "GET /deliveries" => with("/deliveries", vec![("q", text("main")), ("page", text("1"))]),
            "GET /deliveries/:id" | "GET /deliveries/{id}" => {
                with(&format!("/deliveries/{order}"), vec![("slots", text("1"))])
            }
            "GET /figures" => {
                with("/figures", vec![("day", day()), ("rows", text("failed")), ("page", text("1"))])
            }
            unknown => {
                panic!("nobody has taught the fuzzer the endpoint {unknown}: add a valid request for it")
            }
        }
    }
}
