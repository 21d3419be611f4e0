//! Joining lines end to end, and questions about rings.
//!
//! Not here: what the rings enclose.

use std::collections::{HashMap, HashSet};

/// Joins chains of nodes that meet end to end, each used once; `may_turn` permits running a chain backwards.
pub(super) fn joined(mut chains: Vec<Vec<u32>>, may_turn: bool) -> Vec<Vec<u32>> {
    chains.retain(|chain| chain.len() >= 2);
    let mut ends: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut reached: HashSet<u32> = HashSet::new();
    for (index, chain) in chains.iter().enumerate() {
        let (Some(&first), Some(&last)) = (chain.first(), chain.last()) else { continue };
        ends.entry(first).or_default().push(index);
        if may_turn {
            ends.entry(last).or_default().push(index);
        }
        reached.insert(last);
    }
    let mut order: Vec<usize> = (0..chains.len()).collect();
    // Chains that nothing leads to come first, so that an open line is followed from its beginning.
    order.sort_by_key(|&index| chains[index].first().is_some_and(|first| reached.contains(first)));
    let mut used = vec![false; chains.len()];
    let mut found = Vec::new();
    for start in order {
        if std::mem::replace(&mut used[start], true) {
            continue;
        }
        let mut whole = std::mem::take(&mut chains[start]);
        while let (Some(&first), Some(&last)) = (whole.first(), whole.last()) {
            let next = ends.get(&last).into_iter().flatten().copied().find(|&index| !used[index]);
            let Some(next) = next.filter(|_| first != last) else { break };
            used[next] = true;
            let mut chain = std::mem::take(&mut chains[next]);
            if chain.first() != Some(&last) {
                chain.reverse();
            }
            whole.extend(chain.into_iter().skip(1));
        }
        found.push(whole);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_joined_into_a_ring_even_when_one_runs_backwards() {
        let rings = joined(vec![vec![1, 2, 3], vec![5, 4, 3], vec![5, 1]], true);
        assert_eq!(rings, [[5, 4, 3, 2, 1, 5]]);
    }

    #[test]
    fn without_turning_an_open_line_starts_at_its_beginning() {
        let lines = joined(vec![vec![3, 4], vec![1, 2, 3], vec![9, 8]], false);
        assert_eq!(lines, [vec![1, 2, 3, 4], vec![9, 8]]);
    }
}
