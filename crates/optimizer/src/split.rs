//! Cuts a large problem into neighbourhoods, each with its share of the vehicles.
//!
//! There are no coordinates, so two far-apart stops serve as poles and the others fall to the nearer one, until the
//! groups are small enough. Vehicles follow their starts; of those that start at one place each side gets an even
//! mixture, as they come in kinds.

use crate::model::{Problem, StopId, VehicleId};

/// Stops, and the vehicles that are to serve them.
pub(crate) type Neighbourhood = (Vec<StopId>, Vec<VehicleId>);

/// Shares stops and vehicles out so that each group has at most `most` free stops, if there are vehicles enough. A stop
/// that only one vehicle may serve goes where that vehicle goes.
pub(crate) fn neighbourhoods(
    problem: &Problem,
    stops: &[StopId],
    vehicles: &[VehicleId],
    most: usize,
) -> Vec<Neighbourhood> {
    let (bound, free): (Vec<StopId>, Vec<StopId>) =
        stops.iter().partition(|&&stop| problem.row(stop).only.is_some());
    let mut groups = Vec::new();
    halve(problem, free, vehicles.to_vec(), most, &mut groups);
    for stop in bound {
        let home = groups
            .iter_mut()
            .find(|(_, vehicles)| problem.row(stop).only.is_some_and(|vehicle| vehicles.contains(&vehicle)));
        if let Some((stops, _)) = home {
            stops.push(stop);
        }
    }
    groups
}

fn halve(
    problem: &Problem,
    mut stops: Vec<StopId>,
    mut vehicles: Vec<VehicleId>,
    most: usize,
    groups: &mut Vec<Neighbourhood>,
) {
    let (Some(&first), Some(&any)) = (stops.first(), vehicles.first()) else {
        groups.push((stops, vehicles));
        return;
    };
    if stops.len() <= most || vehicles.len() < 2 {
        groups.push((stops, vehicles));
        return;
    }
    let roads = problem.roads(any);
    let place = |stop: StopId| problem.row(stop).place;
    let farthest = |from: StopId| {
        stops.iter().copied().max_by_key(|&to| roads.seconds(place(from), place(to))).unwrap_or(from)
    };
    let west = farthest(first);
    let east = farthest(west);
    let lean = |at: usize| roads.seconds(place(west), at) - roads.seconds(place(east), at);
    let total = stops.len();
    stops.sort_by_key(|&stop| (lean(place(stop)), stop));
    let eastern = stops.split_off(total / 2);
    vehicles.sort_by_key(|&vehicle| (lean(problem.spec(vehicle).start), vehicle));
    let share = vehicles.len() / 2;
    let boundary = lean(problem.spec(vehicles[share]).start);
    let before = vehicles.partition_point(|&v| lean(problem.spec(v).start) < boundary);
    let ties = vehicles.partition_point(|&v| lean(problem.spec(v).start) <= boundary) - before;
    let (mut to_west, mut to_east) = (Vec::new(), Vec::new());
    for (index, vehicle) in vehicles.into_iter().enumerate() {
        let goes_west = match index.checked_sub(before) {
            None => true,
            Some(tie) if tie < ties => (tie + 1) * (share - before) / ties > tie * (share - before) / ties,
            Some(_) => false,
        };
        if goes_west { to_west.push(vehicle) } else { to_east.push(vehicle) }
    }
    halve(problem, stops, to_west, most, groups);
    halve(problem, eastern, to_east, most, groups);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_two_ends_of_a_line_fall_apart_and_one_hub_shares_its_kinds_evenly() {
        let mut builder = samples::line(&[1, 100, 2, 99, 3, 98, 4, 97]);
        for _ in 1..4 {
            builder.vehicle(samples::vehicle());
        }
        let mut bound = samples::stop(1);
        bound.only_vehicle = Some(VehicleId(3));
        let bound = builder.stop(bound);
        let problem = builder.build().unwrap();
        let stops: Vec<StopId> = problem.stop_ids().collect();
        let vehicles: Vec<VehicleId> = problem.vehicle_ids().collect();
        let mut groups = neighbourhoods(&problem, &stops, &vehicles, 4);
        let near = |group: &Neighbourhood| problem.row(group.0[0]).place < 50;
        groups.sort_by_key(|group| !near(group));
        let places: Vec<Vec<usize>> = groups
            .iter()
            .map(|(stops, _)| {
                let free = stops.iter().filter(|stop| **stop != bound);
                let mut places: Vec<usize> = free.map(|&stop| problem.row(stop).place).collect();
                places.sort_unstable();
                places
            })
            .collect();
        assert_eq!(places, [[1, 2, 3, 4], [97, 98, 99, 100]]);
        let parity = |group: &Neighbourhood| group.1.iter().map(|v| v.0 % 2).sum::<u32>();
        assert_eq!(groups.iter().map(|group| group.1.len()).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(groups.iter().map(parity).sum::<u32>(), 2);
        let home = groups.iter().find(|(_, vehicles)| vehicles.contains(&VehicleId(3))).unwrap();
        assert!(home.0.contains(&bound));
    }

    #[test]
    fn vehicles_follow_their_hub() {
        let mut builder = samples::line(&[1, 100, 2, 99]);
        let mut far = samples::vehicle();
        far.start = 100;
        let far = builder.vehicle(far);
        let problem = builder.build().unwrap();
        let stops: Vec<StopId> = problem.stop_ids().collect();
        let vehicles: Vec<VehicleId> = problem.vehicle_ids().collect();
        for (stops, vehicles) in neighbourhoods(&problem, &stops, &vehicles, 2) {
            assert_eq!(vehicles == [far], problem.row(stops[0]).place > 50);
        }
    }
}
