//! Depots, customers and vehicles as a file gives them, in its units.

/// A depot or a customer.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Its line in the file.
    pub(super) line: usize,
    pub(super) demand: f64,
    /// What goes back to the depot.
    pub(super) pickup: f64,
    pub(super) window: Option<(f64, f64)>,
    pub(super) service: f64,
    pub(super) release: Option<f64>,
    /// What it is worth, or none if it has to be served.
    pub(super) prize: Option<f64>,
}

/// A vehicle.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Van {
    /// The line that says most about it.
    pub(super) line: usize,
    /// Where it starts and ends.
    pub(super) depot: usize,
    pub(super) capacity: i64,
    pub(super) fixed_cost: f64,
    /// For each unit of distance.
    pub(super) unit_cost: f64,
    pub(super) max_duration: Option<f64>,
    pub(super) max_distance: Option<f64>,
    /// At which depots it may reload, and how often.
    pub(super) reloads: Option<(Vec<usize>, usize)>,
    /// Whom it may serve, or none if everybody.
    pub(super) serves: Option<Vec<usize>>,
}

impl Van {
    /// One that is different from others in nothing but what it holds.
    pub(super) fn plain(line: usize, capacity: i64) -> Self {
        Self {
            line,
            depot: 0,
            capacity,
            fixed_cost: 0.0,
            unit_cost: 1.0,
            max_duration: None,
            max_distance: None,
            reloads: None,
            serves: None,
        }
    }

    /// Whether it makes no difference which of the two drives a route.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        Self { line: other.line, ..self.clone() } == *other
    }
}
