//! Turn rules about a sequence of streets: those who come from the first one get edges of their own along the others.
//!
//! Not here: rules at a single node; those are left-out arcs (`build`).

use super::run::Run;

/// A rule: whoever comes from way `from` along the ways `via` may not, or may only, go on into way `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(super) from: i64,
    pub(super) via: Vec<i64>,
    pub(super) to: i64,
    pub(super) only: bool,
}

/// The directed edges of a network that is being built, with the way of each.
pub(super) struct Graph<'a> {
    pub(super) runs: &'a mut Vec<Run>,
    pub(super) exits: &'a mut Vec<Vec<u32>>,
    /// By piece: its way.
    pub(super) ways: &'a [i64],
}

/// Makes all rules hold.
pub(super) fn apply(graph: &mut Graph<'_>, rules: &[Rule]) {
    for rule in rules {
        let begins: Vec<u32> =
            (0..graph.runs.len() as u32).filter(|&run| graph.way(run) == rule.from).collect();
        for begin in begins {
            // One after the other: sequences with a common beginning share the runs that stand for it.
            while let Some(sequence) = graph.unbound(begin, rule, &mut vec![begin]) {
                graph.bind(&sequence, rule);
            }
        }
    }
}

impl Graph<'_> {
    fn way(&self, run: u32) -> i64 {
        self.ways[self.runs[run as usize].piece as usize]
    }

    fn original(&self, run: u32) -> u32 {
        self.runs[run as usize].twin_of.unwrap_or(run)
    }

    /// A way along the rule's streets, none twice, to a last run from which it is left against the rule.
    fn unbound(&self, at: u32, rule: &Rule, so_far: &mut Vec<u32>) -> Option<Vec<u32>> {
        for &next in &self.exits[at as usize] {
            if so_far.iter().any(|&before| self.original(before) == self.original(next)) {
                continue;
            }
            let (here, there) = (self.way(at), self.way(next));
            let stage = |way: i64| rule.via.iter().position(|&via| via == way);
            let follows = match (so_far.len(), stage(here), stage(there)) {
                (1, _, Some(0)) => true,
                (_, Some(old), Some(new)) if so_far.len() > 1 => new == old || new == old + 1,
                _ => false,
            };
            if !follows {
                continue;
            }
            so_far.push(next);
            let last_way = stage(there) == Some(rule.via.len() - 1);
            let mut exits = self.exits[next as usize].iter().map(|&exit| self.way(exit) == rule.to);
            let reaches = exits.clone().any(|to| to);
            if last_way && reaches && exits.any(|to| to != rule.only) {
                return Some(so_far.clone());
            }
            let found = self.unbound(next, rule, so_far);
            if found.is_some() {
                return found;
            }
            so_far.pop();
        }
        None
    }

    /// Leads the sequence over runs of its own and takes away what its last one may not enter.
    fn bind(&mut self, sequence: &[u32], rule: &Rule) {
        let mut before = sequence[0];
        for &original in &sequence[1..] {
            let twin = self.runs.len() as u32;
            let run = self.runs[original as usize].standing_for(original);
            self.runs.push(run);
            self.exits.push(self.exits[original as usize].clone());
            for exit in &mut self.exits[before as usize] {
                if *exit == original {
                    *exit = twin;
                }
            }
            before = twin;
        }
        let ways: Vec<i64> = self.exits[before as usize].iter().map(|&exit| self.way(exit)).collect();
        let mut ways = ways.into_iter();
        self.exits[before as usize].retain(|_| ways.next().is_some_and(|way| (way == rule.to) == rule.only));
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use crate::{
        LatLon,
        network::{
            Network,
            streets::{Street, Streets},
        },
    };

    /// Streets between places at these corners of a grid of 111 m, all both ways but those named.
    fn streets(corners: &[[f64; 2]], ways: &[(i64, &[u32])], one_way: &[i64]) -> Streets {
        let speed = |way: i64, back: bool| (!back || !one_way.contains(&way)).then_some(10.0);
        let street = |&(way, nodes): &(i64, &[u32])| {
            Street::plain(way, nodes.to_vec(), speed(way, false), speed(way, true))
        };
        Streets {
            places: corners.iter().map(|at| LatLon { lat: at[1] * 1e-3, lon: at[0] * 1e-3 }).collect(),
            streets: ways.iter().map(street).collect(),
            ..Streets::none()
        }
    }

    /// The grid corners that are reached from the edge between two others by going on so many times.
    fn after(network: &Network, from: [[f64; 2]; 2], steps: usize) -> Vec<Vec<[i64; 2]>> {
        let ends = |edge: u32| {
            let line = network.line(edge);
            [line[0], line[line.len() - 1]]
                .map(|at| [at.lon, at.lat].map(|degrees| (degrees * 1e3).round() as i64))
        };
        let is_first = |edge: &u32| ends(*edge) == from.map(|at| at.map(|c| c as i64));
        let mut open: Vec<(u32, Vec<[i64; 2]>)> =
            (0..network.edges.len() as u32).filter(is_first).map(|edge| (edge, vec![])).collect();
        for _ in 0..steps {
            let on = |(edge, gone): &(u32, Vec<[i64; 2]>)| {
                let gone = gone.clone();
                let exits = network.exits(*edge).map(|(next, _)| next).collect::<Vec<_>>();
                exits.into_iter().map(move |next| (next, [&gone[..], &[ends(next)[1]]].concat()))
            };
            open = open.iter().flat_map(on).collect();
        }
        open.into_iter().map(|(_, gone)| gone).collect()
    }

    #[test]
    fn a_rule_holds_at_each_place_where_its_last_street_can_be_entered() {
        // From way 1 along way 2, which meets way 3 twice: at its first junction and at its second.
        let mut streets = streets(
            &[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [2.0, 1.0], [4.0, 0.0]],
            &[(1, &[0, 1]), (2, &[1, 2, 3]), (3, &[2, 4, 3]), (4, &[3, 5])],
            &[],
        );
        let enters = |network: &Network| {
            let gone = [2, 3].map(|steps| after(network, [[0.0, 0.0], [1.0, 0.0]], steps));
            gone.concat()
                .iter()
                .filter(|gone| gone.contains(&[2, 1]) || gone.ends_with(&[[3, 0], [2, 0]]))
                .count()
        };
        assert!(enters(&streets.network()) > 0);
        streets.sequences.push(Rule { from: 1, via: vec![2], to: 3, only: false });
        let bound = streets.network();
        assert_eq!(enters(&bound), 0, "{:?}", after(&bound, [[0.0, 0.0], [1.0, 0.0]], 3));
        assert!(after(&bound, [[0.0, 0.0], [1.0, 0.0]], 3).contains(&vec![[2, 0], [3, 0], [4, 0]]));
    }

    #[test]
    fn a_rule_through_a_roundabout_is_bound_once_round() {
        let mut streets = streets(
            &[[0.0, 0.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [2.0, -1.0], [4.0, 0.0], [2.0, 2.0]],
            &[(1, &[0, 1]), (2, &[1, 4, 3, 2, 1]), (3, &[3, 5]), (4, &[2, 6])],
            &[2],
        );
        streets.sequences.push(Rule { from: 1, via: vec![2], to: 3, only: false });
        let gone = after(&streets.network(), [[0.0, 0.0], [1.0, 0.0]], 4);
        assert!(!gone.is_empty() && gone.iter().all(|gone| !gone.contains(&[4, 0])), "{gone:?}");
        assert!(gone.iter().any(|gone| gone.contains(&[2, 2])), "{gone:?}");
    }
}
