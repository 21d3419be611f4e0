//! Turn rules about a sequence of streets: those who come from the first one get edges of their own along the others.
//!
//! Not here: rules at a single node; those are left-out arcs (`build`).

use super::build::Run;

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
            let mut sequences = Vec::new();
            graph.sequences(begin, rule, &mut vec![begin], &mut sequences);
            for sequence in sequences {
                graph.bind(&sequence, rule);
            }
        }
    }
}

impl Graph<'_> {
    fn way(&self, run: u32) -> i64 {
        self.ways[self.runs[run as usize].piece as usize]
    }

    /// All ways along the rule's streets to a last run from which its final street can be entered.
    fn sequences(&self, at: u32, rule: &Rule, so_far: &mut Vec<u32>, found: &mut Vec<Vec<u32>>) {
        for &next in &self.exits[at as usize] {
            if so_far.contains(&next) {
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
            if last_way && self.exits[next as usize].iter().any(|&exit| self.way(exit) == rule.to) {
                found.push(so_far.clone());
            }
            self.sequences(next, rule, so_far, found);
            so_far.pop();
        }
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
