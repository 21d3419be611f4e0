//! The largest strongly connected part of a directed graph (Tarjan 1972, without recursion).
//!
//! Not here: what a node or an arc stands for.

const UNSEEN: u32 = u32::MAX;

/// For each node of the graph, given by the nodes that follow each, whether it belongs to the largest part; ties go to the part found first.
/// A node from which no way leads back to itself belongs to none.
pub(super) fn largest(follow: &[Vec<u32>]) -> Vec<bool> {
    let nodes = follow.len();
    let mut search = Search {
        number: vec![UNSEEN; nodes],
        low: vec![0; nodes],
        part: vec![UNSEEN; nodes],
        open: Vec::new(),
        numbered: 0,
        sizes: Vec::new(),
    };
    for root in 0..nodes as u32 {
        if search.number[root as usize] == UNSEEN {
            search.explore(root, follow);
        }
    }
    let best = (0_u32..).zip(&search.sizes).max_by_key(|&(part, size)| (*size, std::cmp::Reverse(part)));
    let best = best.filter(|&(_, size)| *size > 1).or_else(|| {
        let looped = (0..nodes).find(|&node| follow[node].contains(&(node as u32)));
        looped.map(|node| (search.part[node], &1))
    });
    search.part.iter().map(|part| best.is_some_and(|(best, _)| best == *part)).collect()
}

struct Search {
    /// Order in which nodes were first seen.
    number: Vec<u32>,
    /// Smallest number known to be reachable within the part.
    low: Vec<u32>,
    part: Vec<u32>,
    /// Nodes whose part is not settled.
    open: Vec<u32>,
    numbered: u32,
    sizes: Vec<u32>,
}

impl Search {
    fn explore(&mut self, root: u32, follow: &[Vec<u32>]) {
        let mut trail = vec![(self.enter(root), 0)];
        while let Some((node, arc)) = trail.last_mut() {
            let here = *node;
            if let Some(&next) = follow[here as usize].get(*arc) {
                *arc += 1;
                if self.number[next as usize] == UNSEEN {
                    trail.push((self.enter(next), 0));
                } else if self.part[next as usize] == UNSEEN {
                    self.lower(here, self.number[next as usize]);
                }
                continue;
            }
            trail.pop();
            if let Some(&(parent, _)) = trail.last() {
                self.lower(parent, self.low[here as usize]);
            }
            if self.low[here as usize] == self.number[here as usize] {
                self.settle(here);
            }
        }
    }

    fn enter(&mut self, node: u32) -> u32 {
        self.number[node as usize] = self.numbered;
        self.low[node as usize] = self.numbered;
        self.numbered += 1;
        self.open.push(node);
        node
    }

    fn lower(&mut self, node: u32, to: u32) {
        let low = &mut self.low[node as usize];
        *low = to.min(*low);
    }

    fn settle(&mut self, root: u32) {
        let part = self.sizes.len() as u32;
        let mut size = 0;
        while let Some(node) = self.open.pop() {
            self.part[node as usize] = part;
            size += 1;
            if node == root {
                break;
            }
        }
        self.sizes.push(size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_cycle_is_kept() {
        // 0 <-> 1, and 2 -> 3 -> 4 -> 2, with a way from 1 to 2 but none back; 5 alone.
        let kept = largest(&[vec![1], vec![0, 2], vec![3], vec![4], vec![2], vec![]]);
        assert_eq!(kept, [false, false, true, true, true, false]);
    }

    #[test]
    fn a_lone_node_is_kept_only_when_it_leads_back_to_itself() {
        assert_eq!(largest(&[vec![1], vec![]]), [false, false]);
        assert_eq!(largest(&[vec![], vec![1]]), [false, true]);
    }

    #[test]
    fn a_graph_without_nodes_keeps_nothing() {
        assert!(largest(&[]).is_empty());
    }
}
