//! The one list of all settings: the field, its default, its bounds and its words, in the order in which people read them.

use super::{
    Currency, Language,
    setting::{
        Held, Kind,
        Reach::{Hub, Organisation},
        Section, Setting,
    },
};

macro_rules! settings {
    ($($section:ident {
        $($field:ident: $held:ty = $default:expr, $kind:expr, $unit:literal, $reach:expr, $label:literal, $means:literal;)+
    })+) => {
        /// What can be set, as it holds at one hub now. Every field says its unit.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            $($(#[doc = $means] pub $field: $held,)+)+
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($($field: $default,)+)+ }
            }
        }

        impl Settings {
            /// Every setting, section by section.
            pub const LIST: &'static [Setting] = &[$($(Setting {
                key: stringify!($field),
                section: Section::$section,
                reach: $reach,
                kind: $kind,
                unit: $unit,
                label: $label,
                means: $means,
                get: |settings| settings.$field.value(),
                set: |settings, value| match <$held as Held>::hold(value) {
                    Some(held) => {
                        settings.$field = held;
                        true
                    }
                    None => false,
                },
            },)+)+];
        }
    };
}

const fn whole(low: i64, high: i64) -> Kind {
    Kind::Number { places: 0, low, high }
}

/// Money, from and to whole units of the currency.
const fn money(low: i64, high: i64) -> Kind {
    Kind::Number { places: 2, low: low * 100, high: high * 100 }
}

settings! {
    Windows {
        window_first_hour: i64 = 8, whole(0, 23), "o'clock", Hub,
            "First window begins", "The hour of the hub's clock at which the first window of a day begins.";
        window_last_hour: i64 = 20, whole(1, 24), "o'clock", Hub,
            "Last window ends", "The hour of the hub's clock by which the last window of a day has ended.";
        window_minutes: i64 = 120, whole(30, 720), "minutes", Hub,
            "Length of a window", "How long each window lasts. Windows follow each other from the first hour to the last.";
        notice_minutes: i64 = 30, whole(0, 1_440), "minutes", Hub,
            "Notice", "A window is offered only while it is still open for longer than this.";
        days_ahead: i64 = 3, whole(0, 14), "days", Hub,
            "Days ahead", "For how many days after today windows are offered.";
    }
    Prices {
        currency: Currency = Currency::Eur, Kind::Choice(Currency::CHOICES), "", Hub,
            "Currency", "The currency of all prices. Numbers stay as they are: nothing is converted.";
        driver_hour_cents: i64 = 2_400, money(1, 500), "¤ an hour", Hub,
            "Driver's hour", "What an hour of a driver's work costs, in plans and in the price of a window.";
        diesel_van_hour_cents: i64 = 900, money(0, 500), "¤ an hour of driving", Hub,
            "Diesel van", "What an hour of driving costs beside the driver: fuel, tyres, wear.";
        electric_van_hour_cents: i64 = 500, money(0, 500), "¤ an hour of driving", Hub,
            "Electric van", "What an hour of driving costs beside the driver: electricity, tyres, wear.";
        cargo_bike_hour_cents: i64 = 100, money(0, 500), "¤ an hour of driving", Hub,
            "Cargo bike", "What an hour of riding costs beside the rider.";
        vehicle_used_cents: i64 = 0, money(0, 1_000), "¤ a day", Hub,
            "Vehicle used", "What it costs to use a vehicle at all that could have stayed in the yard. Nothing, where vehicles and drivers are there for the day anyway.";
        late_minute_cents: i64 = 150, money(0, 20), "¤ a minute", Hub,
            "Late minute", "What a minute after a promised window weighs when a better plan of a running day is looked for.";
        overtime_minute_cents: i64 = 150, money(0, 20), "¤ a minute", Hub,
            "Minute past the shift", "What a minute that a driver works past the end of the shift weighs when a better plan of a running day is looked for.";
        overtime_most_minutes: i64 = 60, whole(0, 720), "minutes", Hub,
            "Most past the shift", "A better plan that keeps a driver for longer than this past the end of the shift is not proposed by itself, unless the driver is as late without it. Who asks for one sees it, with its hours.";
        long_day_hour_cents: i64 = 7_200, money(0, 500), "¤ an hour", Hub,
            "Hour of a long day", "What an hour beyond a vehicle's fair share of the day's work weighs. More spreads the work, less saves kilometres.";
        moved_stop_cents: i64 = 200, money(0, 100), "¤ a stop", Hub,
            "Stop to another vehicle", "What it weighs when a better plan of a running day gives a stop to another vehicle: the parcel has to be found and put into another van.";
        reordered_stop_cents: i64 = 40, money(0, 100), "¤ a stop", Hub,
            "Stop in another order", "What it weighs when a better plan of a running day moves a stop within its route: the driver does not expect it there.";
    }
    Alarms {
        risk_margin_minutes: i64 = 10, whole(1, 60), "minutes", Hub,
            "Risk margin", "A stop expected so close to the end of its window is at risk, and a morning plan keeps so much in hand.";
        silent_after_minutes: i64 = 5, whole(1, 60), "minutes", Hub,
            "Silent after", "A vehicle on the road that has sent nothing for longer than this is silent.";
        late_start_minutes: i64 = 20, whole(1, 240), "minutes", Hub,
            "Late start after", "A vehicle that has something to bring and is still at the hub so long after its start is late.";
    }
    Fleet {
        yard_minutes: i64 = 2, whole(0, 120), "minutes", Hub,
            "Leaving the yard", "How long loading and leaving takes after a plan appears.";
        loading_minutes: i64 = 5, whole(0, 120), "minutes", Hub,
            "Loading on the way", "How long a driver who comes by the hub to fetch something stays.";
        further_order_seconds: i64 = 30, whole(0, 600), "seconds", Hub,
            "Further order at a door", "How long each further order takes that is handed over at the same visit, beside the one that takes longest.";
    }
    Carbon {
        diesel_van_ml_per_100_km: i64 = 9_940, Kind::Number { places: 3, low: 0, high: 60_000 }, "litres for 100 km", Hub,
            "Diesel van", "Diesel that a van takes. The default is the average van up to 3.5 t (DESNZ 2025).";
        electric_van_wh_per_100_km: i64 = 35_700, Kind::Number { places: 3, low: 0, high: 200_000 }, "kWh for 100 km", Hub,
            "Electric van", "Electricity that a van takes at the socket. The default is the average van up to 3.5 t (DESNZ 2025).";
        cargo_bike_wh_per_100_km: i64 = 2_400, Kind::Number { places: 3, low: 0, high: 20_000 }, "kWh for 100 km", Hub,
            "Cargo bike", "Electricity that a bike takes at the socket. The default comes to 5 g of CO₂e a kilometre on the British grid (Zedify).";
        diesel_mg_per_l: i64 = 3_181_830, Kind::Number { places: 6, low: 0, high: 10_000_000 }, "kg of CO₂e a litre", Hub,
            "Litre of diesel", "What a litre emits from the well to the wheel. The default is 2.57082 burnt and 0.61101 on its way to the tank (DESNZ 2025).";
        grid_mg_per_kwh: Option<i64> = None, Kind::Perhaps { places: 6, low: 0, high: 3_000_000 }, "kg of CO₂e a kWh", Hub,
            "Kilowatt-hour of electricity", "What electricity emits from the power station to the socket. Left empty, it is what is known of the hub's country; where nothing is known, no carbon is shown for what drives by electricity.";
    }
    Keeping {
        positions_days: i64 = 60, whole(7, 730), "days", Organisation,
            "Readings of vehicles", "How long it is kept where vehicles have been. Days go whole.";
        reports_days: i64 = 30, whole(8, 365), "days", Organisation,
            "Ids of reports", "How long a report that a phone sends twice is known to be the same. Reports may be a week late.";
        proposals_days: i64 = 30, whole(1, 365), "days", Organisation,
            "Proposals", "How long better plans are kept that were proposed, accepted or not.";
        language: Language = Language::English, Kind::Choice(Language::CHOICES), "", Organisation,
            "Language", "The language of screens.";
    }
}
