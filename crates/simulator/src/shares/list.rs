//! Every share of the pretended world: where it stands, its unit, its bounds, what it is when nobody says otherwise, and its source.
//!
//! One list makes the fields, the defaults and the tables of `docs/simulator.md`. Not here: reading a file of them (`super`).

use serde::Serialize;

/// One line of the list.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// The part of the world that it belongs to.
    pub part: &'static str,
    /// Its name in that part.
    pub key: &'static str,
    /// What it is when nobody says otherwise.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tables, which a test holds to this list"))]
    pub default: f64,
    /// The least that it can be.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// What it counts.
    pub unit: &'static str,
    /// Where the default is from.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tables, which a test holds to this list"))]
    pub source: &'static str,
    /// What it says.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tables, which a test holds to this list"))]
    pub about: &'static str,
}

macro_rules! shares {
    ($(
        $(#[doc = $of:literal])+
        $part:ident $Part:ident {
            $( $key:ident = $default:literal, $least:literal to $most:literal $unit:literal, $source:literal: $about:literal; )+
        }
    )+) => {
        $(
            $(#[doc = $of])+
            #[derive(Debug, Clone, PartialEq, Serialize)]
            pub struct $Part { $( #[doc = $about] pub $key: f64, )+ }
        )+

        /// All shares of the world.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        pub struct Shares { $( $(#[doc = $of])+ pub $part: $Part, )+ }

        impl Default for Shares {
            fn default() -> Self {
                Self { $( $part: $Part { $( $key: $default, )+ }, )+ }
            }
        }

        /// All of them, in their order.
        pub const LIST: &[Share] = &[ $( $( Share {
            part: stringify!($part), key: stringify!($key), default: $default, least: $least, most: $most, unit: $unit,
            source: $source, about: $about,
        }, )+ )+ ];

        impl Shares {
            /// The share of this name, to be set.
            pub(super) fn slot(&mut self, part: &str, key: &str) -> Option<&mut f64> {
                $( if part == stringify!($part) { $( if key == stringify!($key) { return Some(&mut self.$part.$key); } )+ } )+
                None
            }
        }
    };
}

shares! {
    /// Who lives in the town and how they order.
    people People {
        pool = 8.0, 1.0 to 100.0 "households for each order that is asked for", "assumed": "How many households could order; the same come again over the days.";
        rate_spread = 1.1, 0.0 to 3.0 "of the logarithm", "assumed": "How much the households differ in how often they order.";
        workers = 0.46, 0.0 to 1.0 "of households", "assumed": "Everybody is at work on a working day.";
        home_office = 0.12, 0.0 to 1.0 "of households", "assumed": "Somebody works at home.";
        families = 0.22, 0.0 to 1.0 "of households", "assumed": "Somebody is at home between the ways to school.";
        retired = 0.15, 0.0 to 1.0 "of households", "assumed": "Somebody is at home but for errands in the morning.";
        businesses = 0.05, 0.0 to 1.0 "of households", "assumed": "A shop or an office with hours.";
        flats = 0.45, 0.0 to 1.0 "of households", "assumed": "Behind stairs, one to five floors up.";
        lifts = 0.5, 0.0 to 1.0 "of flats", "assumed": "With a lift.";
        quirks = 0.08, 0.0 to 1.0 "of households", "assumed": "A dog, a porter or a gate makes every visit longer.";
        door_spread = 0.28, 0.0 to 1.0 "of the logarithm", "assumed": "How much the households' usual times at the door differ, beyond floors and quirks.";
        favourite = 0.5, 0.0 to 1.0 "of orders", "assumed": "From the shop that the household likes best.";
        prepare = 0.6, 0.0 to 1.0 "of orders with a window of four hours or less", "assumed": "Somebody stays at home for it, until half an hour after the window.";
        prepare_all_day = 0.3, 0.0 to 1.0 "of orders with a longer window", "assumed": "The same.";
        elsewhere = 0.72, 0.0 to 1.0 "of parcels that find nobody", "assumed": "Left with a neighbour, in the mailbox or in a safe place.";
        answer = 0.6, 0.0 to 1.0 "of households", "assumed": "Answer messages.";
    }
    /// What recipients do once they have ordered; the product has no door for it yet, so the driver finds out.
    acts Acts {
        cancel = 0.006, 0.0 to 1.0 "of orders", "assumed": "Cancelled by the recipient on the day; refused at the door.";
        r#move = 0.01, 0.0 to 1.0 "of orders", "assumed": "The recipient wants another day, and is not at home.";
        redirect = 0.015, 0.0 to 1.0 "of orders", "assumed": "The recipient wants it left elsewhere, and has told the neighbour.";
        call = 0.04, 0.0 to 1.0 "of orders", "assumed": "The recipient calls to ask where it is.";
    }
    /// What is ordered and when.
    orders Orders {
        late = 0.06, 0.0 to 1.0 "of the orders before the plan", "assumed": "More orders that come during the day, unless their number is given.";
        whole_day = 0.35, 0.0 to 1.0 "of orders before the plan", "assumed": "Promised for the whole day.";
        two_hours = 0.25, 0.0 to 1.0 "of orders before the plan", "assumed": "With a window of two hours; the rest has four.";
        shared_door = 0.05, 0.0 to 1.0 "of orders", "assumed": "For a household that has another one.";
    }
    /// What is wrong with the addresses that shops send.
    addresses Addresses {
        no_coordinates = 0.08, 0.0 to 1.0 "of orders", "assumed": "Without coordinates; the shop sends them when the address alone is refused.";
        misspelt = 0.03, 0.0 to 1.0 "of orders", "assumed": "With a slip of the pen in the street.";
        numberless = 0.02, 0.0 to 1.0 "of orders", "assumed": "Without the number, if there is one.";
        wrong_door = 0.02, 0.0 to 1.0 "of orders", "assumed": "With the coordinates of another door of the street.";
    }
    /// What the date does.
    calendar Calendar {
        swing = 1.0, 0.0 to 2.0 "power", "assumed": "With `--by-date`, how much weekdays, seasons, promotions and holidays matter.";
        noise = 0.05, 0.0 to 1.0 "of the logarithm", "assumed": "With `--by-date`, what is left to chance of a day's demand.";
        weather = 1.0, 0.0 to 3.0 "times as often", "rainy days of Malta by month, WMO normals 1961-1990": "How often it rains or is hot; 0 is always fair.";
        wet_slows = 1.0, 0.0 to 3.0 "times as much", "10 to 25 % less speed on wet arterial roads: FHWA, How Do Weather Events Impact Roads?": "How much weather slows.";
    }
    /// Who drives when.
    fleet Fleet {
        late_shift = 0.4, 0.0 to 1.0 "of vehicles", "assumed": "Begin a quarter of the day later and end with it.";
    }
    /// How drivers differ.
    drivers Drivers {
        own_order = 0.15, 0.0 to 1.0 "of drivers", "assumed": "Now and then take a nearer door before the planned one.";
        own_order_often = 0.3, 0.0 to 1.0 "of their choices", "assumed": "How often, where a nearer one is due too.";
        skip_arrival = 0.12, 0.0 to 1.0 "of drivers", "assumed": "Now and then forget to tap that they have arrived.";
        skip_often = 0.4, 0.0 to 1.0 "of their doors", "assumed": "How often.";
        tap_later = 0.1, 0.0 to 1.0 "of drivers", "assumed": "Now and then tap how it ended at the next door only, or later.";
        later_often = 0.3, 0.0 to 1.0 "of their doors", "assumed": "How often.";
    }
    /// What phones lack.
    phones Phones {
        dead_zones = 0.05, 0.0 to 0.5 "of addresses", "7 % of the time of Amazon's drivers lies in gaps of more than 20 s between readings 5 s apart (goal-gps-ordered-activity-labels)": "In a place without reception.";
        blind = 0.6, 0.0 to 1.0 "of such places", "assumed": "A tunnel, a garage or a canyon of houses, where positions fail too.";
        worn = 0.08, 0.0 to 1.0 "of phones", "assumed": "With a worn battery and no cable in the vehicle: empty before the day is over.";
        wrong_clock = 0.06, 0.0 to 1.0 "of phones", "assumed": "Wrong by 40 s in the median, and drifting.";
        far_off_clock = 0.01, 0.0 to 1.0 "of phones", "assumed": "Wrong by ten minutes to an hour.";
    }
    /// How the true streets differ from the map.
    roads Roads {
        spread = 0.08, 0.0 to 1.0 "of the logarithm", "assumed": "How much pieces of the town, 150 m wide, differ from the map's speed.";
        odd = 0.02, 0.0 to 1.0 "of these pieces", "assumed": "Much slower than the map says.";
        odd_times = 1.8, 1.0 to 5.0 "times as long", "assumed": "How much.";
        closed_lanes = 12.0, 0.0 to 200.0 "lanes", "assumed": "Closed, and nobody has told the map.";
    }
    /// What goes wrong on the road.
    trouble Trouble {
        incidents = 8.0, 0.0 to 200.0 "a day", "assumed": "Places that are slow for a while.";
        breakdowns = 0.025, 0.0 to 1.0 "of vehicles", "assumed": "Break down on the way; on every other day twice as many.";
        no_starts = 0.025, 0.0 to 1.0 "of vehicles", "assumed": "Do not start.";
        late_starts = 0.025, 0.0 to 1.0 "of vehicles", "assumed": "Leave half an hour late or more.";
        silences = 0.05, 0.0 to 1.0 "of phones", "assumed": "Fall silent for 8 to 20 minutes.";
    }
    /// How visits fail, whoever is at home.
    doors Doors {
        not_found = 0.003, 0.0 to 1.0 "of visits", "assumed": "The door is not found, though the address is right.";
        refused = 0.005, 0.0 to 1.0 "of visits", "assumed": "Refused at the door.";
        no_proof = 0.003, 0.0 to 1.0 "of visits", "assumed": "Nobody of age to sign.";
        missing = 0.002, 0.0 to 1.0 "of visits", "assumed": "Not in the vehicle.";
        no_parking = 0.004, 0.0 to 1.0 "of visits of vans", "assumed": "Nowhere to stop.";
    }
}
