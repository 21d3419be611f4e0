//! What a builder refuses in what vehicles do on the way and in what binds stops to each other, and that it says where.

use optimizer::{
    Battery, Break, Element, Emissions, LIMITS, ProblemBuilder, Reloads, Shipment, StopId, StopSpec,
    VehicleSpec,
};

/// What a test may change: the rest of the problem, its only vehicle, the first of its stops; and ids of its three stops
/// and of a fourth that it does not have.
struct Given<'a> {
    builder: &'a mut ProblemBuilder,
    car: &'a mut VehicleSpec,
    first: &'a mut StopSpec,
    ids: &'a [StopId],
}

fn stop() -> StopSpec {
    StopSpec { place: 1, demand: vec![1], ..StopSpec::default() }
}

/// What is wrong with a town of two places, one vehicle and three stops after it has been changed: what is said, and whom
/// it is about.
fn wrong(change: impl FnOnce(Given<'_>)) -> Vec<(String, Option<Element>)> {
    let mut builder = ProblemBuilder::new(1);
    let matrix = builder.matrix(2, vec![0, 5, 5, 0]);
    let mut numbered = builder.clone();
    let stops: Vec<StopId> = (0..4).map(|_| numbered.stop(stop())).collect();
    let (mut car, mut first) = (VehicleSpec { matrix, capacity: vec![1], ..VehicleSpec::default() }, stop());
    change(Given { builder: &mut builder, car: &mut car, first: &mut first, ids: &stops });
    builder.vehicle(car);
    for stop in [first, stop(), stop()] {
        builder.stop(stop);
    }
    let faults = builder.build().err().unwrap_or_default();
    faults.iter().map(|fault| (fault.to_string(), fault.element())).collect()
}

fn said(what: &str, element: Element) -> Vec<(String, Option<Element>)> {
    vec![(what.to_owned(), Some(element))]
}

const CAR: Element = Element::Vehicle(0);
const FIRST: Element = Element::Stop(0);

fn battery(range: i64, at_start: i64) -> Battery {
    Battery { range, at_start, stations: vec![1], seconds_per_km: 3 }
}

fn green() -> Emissions {
    Emissions { grams_per_km: 0, grams_per_tonne_km: 0, weight: None, cost_per_kg: 0 }
}

#[test]
fn metres_are_as_many_as_seconds_and_for_a_matrix_that_exists() {
    let (first, foreign) = {
        let mut builder = ProblemBuilder::new(1);
        (builder.matrix(1, vec![0]), builder.matrix(1, vec![0]))
    };
    let needs = "they need a matrix that exists, and a number for each pair of its places";
    assert_eq!(
        wrong(|Given { builder, car, .. }| {
            builder.metres(first, vec![0; 3]);
            car.cost_per_km = 1;
        }),
        said(&format!("metres are given for matrix 0, 3 of them; {needs}"), Element::Matrix(0)),
        "that they are not there is not said as well"
    );
    assert_eq!(
        wrong(|Given { builder, .. }| builder.metres(foreign, vec![0; 4])),
        said(&format!("metres are given for matrix 1, 4 of them; {needs}"), Element::Matrix(1))
    );
}

#[test]
fn no_way_is_farther_than_can_be_except_where_there_is_none() {
    let metres = |far: i64| {
        wrong(|Given { builder, car, .. }| {
            builder.metres(car.matrix, vec![0, 7, u32::try_from(far).unwrap(), u32::MAX]);
        })
    };
    assert_eq!(metres(LIMITS.length), []);
    assert_eq!(
        metres(LIMITS.length + 1),
        said(
            "matrix 0: 10000000 m from place 1 to place 0 is farther than can be (mark it unreachable)",
            Element::Matrix(0)
        )
    );
}

#[test]
fn what_is_said_in_metres_needs_metres() {
    assert_eq!(
        wrong(|Given { car, .. }| {
            (car.cost_per_km, car.max_distance) = (1, Some(0));
            (car.battery, car.emissions) = (Some(battery(1, 1)), Some(green()));
        }),
        ["a cost per kilometre", "a farthest drive", "a battery", "what it emits"]
            .map(|what| (format!("vehicle 0: {what} needs metres for matrix 0"), Some(CAR)))
    );
    let given = |builder: &mut ProblemBuilder, car: &mut VehicleSpec| {
        builder.metres(car.matrix, vec![0; 4]);
        (car.cost_per_km, car.max_distance) = (1, Some(0));
        (car.battery, car.emissions) = (Some(battery(0, 0)), Some(green()));
    };
    assert_eq!(wrong(|Given { builder, car, .. }| given(builder, car)), []);
}

#[test]
fn each_number_of_a_vehicle_has_its_bounds() {
    type Set = fn(&mut VehicleSpec, i64);
    let bounded: [(&str, i64, Set); 14] = [
        ("the cost per kilometre", LIMITS.price, |car, value| car.cost_per_km = value),
        ("the longest route", LIMITS.time, |car, value| car.max_duration = Some(value)),
        ("the farthest drive", LIMITS.time, |car, value| car.max_distance = Some(value)),
        ("what is aboard", LIMITS.load, |car, value| car.aboard = vec![value]),
        ("the time to reload", LIMITS.length, |car, value| {
            car.reloads = Some(Reloads { places: vec![0], service: value, most: 1 });
        }),
        ("the length of a break", LIMITS.length, |car, value| {
            car.breaks = vec![Break { window: (0, 9), duration: value }];
        }),
        ("the range of the battery", LIMITS.length, |car, value| car.battery = Some(battery(value, 0))),
        ("its charge at the start", 70, |car, value| car.battery = Some(battery(70, value))),
        ("the charging time", LIMITS.length, |car, value| {
            car.battery = Some(Battery { seconds_per_km: value, ..battery(5, 5) });
        }),
        ("the grams per kilometre", LIMITS.grams, |car, value| {
            car.emissions = Some(Emissions { grams_per_km: value, ..green() });
        }),
        ("the grams per tonne and kilometre", LIMITS.grams, |car, value| {
            car.emissions = Some(Emissions { grams_per_tonne_km: value, ..green() });
        }),
        ("the cost per kilogram", LIMITS.price, |car, value| {
            car.emissions = Some(Emissions { cost_per_kg: value, ..green() });
        }),
        ("the number of breaks", 16, |car, value| {
            car.breaks = vec![Break { window: (0, 9), duration: 0 }; usize::try_from(value).unwrap_or(0)];
        }),
        ("the number of places to charge", 200, |car, value| {
            let stations = vec![0; usize::try_from(value).unwrap_or(0)];
            car.battery = Some(Battery { stations, ..battery(5, 5) });
        }),
    ];
    for (what, most, set) in bounded {
        let with = |value| {
            wrong(|Given { builder, car, .. }| {
                builder.metres(car.matrix, vec![0; 4]);
                set(car, value);
            })
        };
        assert_eq!((with(0), with(most)), (vec![], vec![]), "{what}");
        let over = format!("vehicle 0: {what} is {}, outside 0 to {most}", most + 1);
        assert_eq!(with(most + 1), said(&over, CAR));
        if !what.starts_with("the number") {
            assert_eq!(with(-1), said(&format!("vehicle 0: {what} is -1, outside 0 to {most}"), CAR));
        }
    }
}

#[test]
fn a_weight_is_a_dimension_that_loads_have() {
    let weighed = |weight| {
        wrong(|Given { builder, car, .. }| {
            builder.metres(car.matrix, vec![0; 4]);
            car.emissions = Some(Emissions { weight: Some(weight), ..green() });
        })
    };
    assert_eq!(weighed(0), []);
    assert_eq!(weighed(1), said("vehicle 0: the dimension of the weight is 1, outside 0 to 0", CAR));
    let far = format!("vehicle 0: the dimension of the weight is {}, outside 0 to 0", i64::MAX);
    assert_eq!(weighed(usize::MAX), said(&far, CAR));
}

#[test]
fn reloads_are_at_places_that_exist_and_not_without_end() {
    let reloads = |places: Vec<usize>, most| {
        wrong(|Given { car, .. }| car.reloads = Some(Reloads { places, service: 0, most }))
    };
    assert_eq!(reloads(vec![], 0), []);
    assert_eq!(reloads(vec![0, 1], LIMITS.count), []);
    assert_eq!(reloads(vec![2], 1), said("vehicle 0: place 2 does not exist, there are 2", CAR));
    let endless =
        format!("vehicle 0: how often it may reload is {}, outside 0 to {}", i64::MAX, LIMITS.count);
    assert_eq!(reloads(vec![0], usize::MAX), said(&endless, CAR));
    let many = "vehicle 0: the number of places to reload is 201, outside 0 to 200";
    assert_eq!(reloads(vec![0; 201], 1), said(many, CAR));
}

#[test]
fn a_station_is_a_place_that_exists() {
    let charged = wrong(|Given { builder, car, .. }| {
        builder.metres(car.matrix, vec![0; 4]);
        car.battery = Some(Battery { stations: vec![0, 5], ..battery(1, 1) });
    });
    assert_eq!(charged, said("vehicle 0: place 5 does not exist, there are 2", CAR));
}

#[test]
fn a_break_begins_before_it_has_to_have_begun() {
    let paused = |window| wrong(|Given { car, .. }| car.breaks = vec![Break { window, duration: 0 }]);
    assert_eq!(paused((4, 4)), [], "at one moment only, and for no time, is a break too");
    let reversed = "vehicle 0: the window of a break ends at 3, before it begins at 4";
    assert_eq!(paused((4, 3)), said(reversed, CAR));
    let (least, most) = (-LIMITS.time, LIMITS.time);
    let far = format!("vehicle 0: the window of a break is {}, outside {least} to {most}", most + 1);
    assert_eq!(paused((0, most + 1)), said(&far, CAR));
}

#[test]
fn what_is_aboard_and_what_is_picked_up_are_loads() {
    let aboard = "vehicle 0: what is aboard has 2 dimensions where the problem has 1";
    assert_eq!(wrong(|Given { car, .. }| car.aboard = vec![1, 1]), said(aboard, CAR));
    let pickup = "stop 0: the pickup has 2 dimensions where the problem has 1";
    assert_eq!(wrong(|Given { first, .. }| first.pickup = vec![1, 1]), said(pickup, FIRST));
    let less = format!("stop 0: the pickup is -1, outside 0 to {}", LIMITS.load);
    assert_eq!(wrong(|Given { first, .. }| first.pickup = vec![-1]), said(&less, FIRST));
}

#[test]
fn windows_are_in_order_and_do_not_touch() {
    let windows = |more: Vec<(i64, i64)>| {
        wrong(|Given { first, .. }| (first.window, first.more_windows) = ((0, 100), more))
    };
    assert_eq!(windows(vec![(101, 101), (103, 200)]), []);
    let meets = |begin: i64, end: i64| {
        let what = format!(
            "stop 0: a window begins at {begin}, and the one before it ends at {end}; join them, or sort them"
        );
        (what, Some(FIRST))
    };
    assert_eq!(windows(vec![(100, 200)]), [meets(100, 100)]);
    assert_eq!(windows(vec![(50, 60), (40, 70)]), [meets(50, 100), meets(40, 60)]);
    let reversed = said("stop 0: the window ends at 150, before it begins at 160", FIRST);
    assert_eq!(windows(vec![(160, 150)]), reversed);
}

#[test]
fn service_by_kind_and_release_have_their_bounds() {
    let served = |seconds| wrong(|Given { first, .. }| first.service_by_kind = vec![0, seconds]);
    assert_eq!(served(LIMITS.length), []);
    let long = format!("stop 0: the service time is -1, outside 0 to {}", LIMITS.length);
    assert_eq!(served(-1), said(&long, FIRST));
    let released = |at| wrong(|Given { first, .. }| first.release = Some(at));
    assert_eq!(released(-LIMITS.time), []);
    let (least, most) = (-LIMITS.time, LIMITS.time);
    let late = format!("stop 0: the release is {}, outside {least} to {most}", most + 1);
    assert_eq!(released(most + 1), said(&late, FIRST));
}

#[test]
fn a_shipment_has_two_ends_of_its_own() {
    let shipped = |ends: &[(usize, usize)], amount: &[i64]| {
        wrong(|Given { builder, ids, .. }| {
            for &(pickup, delivery) in ends {
                let amount = amount.to_vec();
                builder.shipment(Shipment { pickup: ids[pickup], delivery: ids[delivery], amount });
            }
        })
    };
    assert_eq!(shipped(&[(0, 1)], &[0]), []);
    let ship = Element::Shipment;
    assert_eq!(shipped(&[(2, 2)], &[1]), said("shipment 0: stop 2 is both of its ends", ship(0)));
    assert_eq!(shipped(&[(0, 3)], &[1]), said("shipment 0: stop 3 does not exist", ship(0)));
    let shared = "shipment 1: stop 1 is an end of another shipment too";
    assert_eq!(shipped(&[(0, 1), (1, 2)], &[1]), said(shared, ship(1)));
    let flat = "shipment 0: the amount has 2 dimensions where the problem has 1";
    assert_eq!(shipped(&[(0, 1)], &[1, 1]), said(flat, ship(0)));
    let less = format!("shipment 0: the amount is -1, outside 0 to {}", LIMITS.load);
    assert_eq!(shipped(&[(0, 1)], &[-1]), said(&less, ship(0)));
}

#[test]
fn alternatives_are_free_to_choose_and_cost_the_same_to_leave_out() {
    let chosen = |groups: &[&[usize]]| {
        wrong(|Given { builder, first, ids, .. }| {
            first.unserved_penalty = 7;
            builder.shipment(Shipment { pickup: ids[1], delivery: ids[2], amount: vec![1] });
            for group in groups {
                builder.alternatives(group.iter().map(|&stop| ids[stop]).collect());
            }
        })
    };
    let first = Element::Alternatives(0);
    assert_eq!(chosen(&[&[], &[0]]), [], "none, or no other, binds nobody");
    assert_eq!(chosen(&[&[0, 3]]), said("alternatives 0: stop 3 does not exist", first));
    assert_eq!(chosen(&[&[0, 0]]), said("alternatives 0: stop 0 is named twice", first));
    let twice = said("alternatives 1: stop 0 is named twice", Element::Alternatives(1));
    assert_eq!(chosen(&[&[0], &[0]]), twice);
    let ends = [1, 2].map(|stop| {
        (format!("alternatives 0: stop {stop} is an end of a shipment and has no alternatives"), Some(first))
    });
    assert_eq!(chosen(&[&[1, 2]]), ends);
    let differ = wrong(|Given { builder, first, ids, .. }| {
        first.unserved_penalty = 7;
        builder.alternatives(ids[..2].to_vec());
    });
    let what = "alternatives 0: their penalties differ; give them all the same, it is paid once";
    assert_eq!(differ, said(what, first));
}

#[test]
fn groups_name_stops_that_exist_and_each_once() {
    let together = |groups: &[&[usize]]| {
        wrong(|Given { builder, ids, .. }| {
            groups.iter().for_each(|group| builder.together(group.iter().map(|&stop| ids[stop]).collect()));
        })
    };
    let apart = |groups: &[&[usize]]| {
        wrong(|Given { builder, ids, .. }| {
            groups.iter().for_each(|group| builder.apart(group.iter().map(|&stop| ids[stop]).collect()));
        })
    };
    assert_eq!((together(&[&[], &[2], &[0, 1]]), apart(&[&[], &[2], &[0, 1], &[1, 2]])), (vec![], vec![]));
    let unknown = |sort: &str, element| said(&format!("group {sort} 0: stop 3 does not exist"), element);
    assert_eq!(together(&[&[3]]), unknown("together", Element::Together(0)));
    assert_eq!(apart(&[&[3]]), unknown("apart", Element::Apart(0)));
    let twice = |sort: &str, element| said(&format!("group {sort} 1: stop 1 is named twice"), element);
    assert_eq!(together(&[&[0, 1], &[1, 2]]), twice("together", Element::Together(1)), "one group is meant");
    assert_eq!(apart(&[&[0, 1], &[1, 1]]), twice("apart", Element::Apart(1)));
}

#[test]
fn there_are_only_so_many_relations() {
    let many = wrong(|Given { builder, .. }| (0..=LIMITS.count).for_each(|_| builder.apart(Vec::new())));
    assert_eq!(many, [("1000001 groups apart are more than 1000000".to_owned(), None)]);
}

#[test]
fn what_can_only_not_be_served_is_no_fault() {
    let hopeless = wrong(|Given { builder, car, first, ids }| {
        builder.metres(car.matrix, vec![u32::MAX; 4]);
        (car.max_duration, car.max_distance, car.aboard) = (Some(0), Some(0), vec![LIMITS.load]);
        car.breaks = vec![Break { window: (-9, -9), duration: LIMITS.length }; 2];
        car.reloads = Some(Reloads { places: vec![], service: 0, most: 3 });
        car.battery = Some(battery(0, 0));
        (first.release, first.pickup) = (Some(first.window.1 + 1), vec![LIMITS.load]);
        first.more_windows = vec![(90_000, 90_000)];
        builder.shipment(Shipment { pickup: ids[0], delivery: ids[1], amount: vec![LIMITS.load] });
        builder.together(ids[..3].to_vec());
        builder.apart(ids[..3].to_vec());
    });
    assert_eq!(hopeless, []);
}
