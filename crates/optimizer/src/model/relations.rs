//! What binds stops to each other: goods that go from one to another, places of which one is enough, and who may ride
//! with whom.

use super::{Shipment, StopId};

/// What binds the stops of a problem to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relations {
    pub(crate) shipments: Vec<Shipment>,
    pub(crate) alternatives: Vec<Vec<StopId>>,
    pub(crate) together: Vec<Vec<StopId>>,
    pub(crate) apart: Vec<Vec<StopId>>,
    /// By stop; empty if nothing binds any.
    links: Vec<Link>,
}

/// What binds one stop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Link {
    shipment: Option<u32>,
    alternatives: Option<u32>,
    together: Option<u32>,
    apart: Vec<u32>,
}

impl Relations {
    /// Whether who serves one stop says anything about who may serve another.
    pub(crate) fn bind(&self) -> bool {
        !(self.shipments.is_empty() && self.together.is_empty() && self.apart.is_empty())
    }

    /// Goods that go from one stop to another.
    #[must_use]
    pub fn shipments(&self) -> &[Shipment] {
        &self.shipments
    }

    /// Stops of which at most one is served, and one is enough.
    #[must_use]
    pub fn alternatives(&self) -> &[Vec<StopId>] {
        &self.alternatives
    }

    /// Stops that one vehicle serves, as far as they are served.
    #[must_use]
    pub fn together(&self) -> &[Vec<StopId>] {
        &self.together
    }

    /// Stops no two of which one vehicle serves.
    #[must_use]
    pub fn apart(&self) -> &[Vec<StopId>] {
        &self.apart
    }

    /// The shipment that the stop is an end of.
    #[must_use]
    pub fn shipment_of(&self, stop: StopId) -> Option<&Shipment> {
        self.shipments.get(self.links.get(stop.index())?.shipment? as usize)
    }

    /// The alternatives that the stop is one of, itself among them.
    #[must_use]
    pub fn alternatives_to(&self, stop: StopId) -> Option<&[StopId]> {
        let group = self.links.get(stop.index())?.alternatives?;
        self.alternatives.get(group as usize).map(Vec::as_slice)
    }

    /// The stops that the same vehicle has to serve, itself among them.
    #[must_use]
    pub fn together_with(&self, stop: StopId) -> Option<&[StopId]> {
        let group = self.links.get(stop.index())?.together?;
        self.together.get(group as usize).map(Vec::as_slice)
    }

    /// The stops that the same vehicle may not serve, itself among them once for each group.
    pub fn apart_from(&self, stop: StopId) -> impl Iterator<Item = StopId> + '_ {
        let groups = self.links.get(stop.index()).map_or(&[][..], |link| &link.apart);
        groups.iter().filter_map(|group| self.apart.get(*group as usize)).flatten().copied()
    }

    /// Whether the stop stands for itself where nobody serves it: it is no alternative, or the first of them.
    pub(crate) fn stands_in(&self, stop: StopId) -> bool {
        self.alternatives_to(stop).is_none_or(|all| all.first() == Some(&stop))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Notes for each stop what binds it; everything that is named exists.
    pub(crate) fn index(&mut self, stops: usize) {
        let relations = [&self.alternatives, &self.together, &self.apart];
        if self.shipments.is_empty() && relations.iter().all(|groups| groups.is_empty()) {
            self.links = Vec::new();
            return;
        }
        let mut links = vec![Link::default(); stops];
        for (number, shipment) in (0..).zip(&self.shipments) {
            links[shipment.pickup.index()].shipment = Some(number);
            links[shipment.delivery.index()].shipment = Some(number);
        }
        let members = |groups: &[Vec<StopId>]| -> Vec<(u32, usize)> {
            let numbered = (0..).zip(groups);
            numbered
                .flat_map(|(number, group)| group.iter().map(move |stop| (number, stop.index())))
                .collect()
        };
        for (number, stop) in members(&self.alternatives) {
            links[stop].alternatives = Some(number);
        }
        for (number, stop) in members(&self.together) {
            links[stop].together = Some(number);
        }
        for (number, stop) in members(&self.apart) {
            links[stop].apart.push(number);
        }
        self.links = links;
    }

    /// The same with other names for the stops.
    pub(crate) fn renamed(&self, name: impl Fn(StopId) -> StopId) -> Self {
        let groups = |groups: &[Vec<StopId>]| {
            groups.iter().map(|group| group.iter().map(|&stop| name(stop)).collect()).collect()
        };
        let shipment = |shipment: &Shipment| Shipment {
            pickup: name(shipment.pickup),
            delivery: name(shipment.delivery),
            amount: shipment.amount.clone(),
        };
        let mut renamed = Self {
            shipments: self.shipments.iter().map(shipment).collect(),
            alternatives: groups(&self.alternatives),
            together: groups(&self.together),
            apart: groups(&self.apart),
            links: Vec::new(),
        };
        renamed.index(self.links.len());
        renamed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn ids(stops: &[u32]) -> Vec<StopId> {
        stops.iter().map(|&stop| StopId(stop)).collect()
    }

    fn relations() -> Relations {
        let mut builder = samples::line(&[1, 2, 3, 4, 5, 6]);
        builder.shipment(Shipment { pickup: StopId(0), delivery: StopId(1), amount: vec![7] });
        builder.alternatives(ids(&[3, 2]));
        builder.together(ids(&[0, 4]));
        builder.apart(ids(&[4, 2]));
        builder.apart(ids(&[1, 4]));
        builder.build().unwrap().relations().clone()
    }

    #[test]
    fn each_stop_knows_what_binds_it() {
        let relations = relations();
        let [first, second, third, fourth, fifth, sixth] = [0, 1, 2, 3, 4, 5].map(StopId);
        for end in [first, second] {
            assert_eq!(relations.shipment_of(end), Some(&relations.shipments()[0]));
        }
        for one in [third, fourth] {
            assert_eq!(relations.alternatives_to(one), Some(&ids(&[3, 2])[..]));
        }
        assert!(relations.stands_in(fourth) && !relations.stands_in(third) && relations.stands_in(first));
        assert_eq!(relations.together_with(fifth), Some(&ids(&[0, 4])[..]));
        assert_eq!(relations.apart_from(fifth).collect::<Vec<_>>(), ids(&[4, 2, 1, 4]));
        for free in [sixth, StopId(99)] {
            assert_eq!(relations.shipment_of(free), None);
            assert_eq!(relations.alternatives_to(free), None);
            assert_eq!(relations.together_with(free), None);
            assert_eq!(relations.apart_from(free).count(), 0);
        }
    }

    #[test]
    fn other_names_and_back_are_the_same_relations() {
        let relations = relations();
        let turned = relations.renamed(|stop| StopId(5 - stop.0));
        let shipment = &turned.shipments()[0];
        assert_eq!(
            (shipment.pickup, shipment.delivery, &shipment.amount[..]),
            (StopId(5), StopId(4), &[7][..])
        );
        assert_eq!(turned.alternatives_to(StopId(3)), Some(&ids(&[2, 3])[..]));
        assert_eq!(turned.apart_from(StopId(1)).collect::<Vec<_>>(), ids(&[1, 3, 4, 1]));
        assert_eq!(turned.renamed(|stop| StopId(5 - stop.0)), relations);
    }

    #[test]
    fn without_relations_nothing_is_kept_of_any_stop() {
        let problem = samples::line(&[1, 2]).build().unwrap();
        assert!(problem.relations().is_empty());
        assert!(problem.relations().renamed(|stop| stop).is_empty());
    }
}
