//! So many at once for each: connections of an address, live streams of a session.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts who is in, and lets nobody have more than so many seats. Cheap to clone.
#[derive(Debug)]
pub(crate) struct Seats<K> {
    most: usize,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K> Clone for Seats<K> {
    fn clone(&self) -> Self {
        Self { most: self.most, taken: self.taken.clone() }
    }
}

/// One seat, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Seat<K: Hash + Eq> {
    key: K,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Hash + Eq + Clone> Seats<K> {
    pub fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// A seat for this key, unless it has all that it may have.
    pub fn take(&self, key: K) -> Option<Seat<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key.clone()).or_insert(0);
        (*count < self.most).then(|| {
            *count += 1;
            Seat { key, taken: self.taken.clone() }
        })
    }
}

impl<K: Hash + Eq> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_is_left_is_free_and_nothing_is_kept_of_who_has_gone() {
        let seats = Seats::new(2);
        let (first, second) = (seats.take("a"), seats.take("a"));
        assert!(first.is_some() && second.is_some());
        assert!(seats.take("a").is_none());
        assert!(seats.take("b").is_some());
        drop(first);
        assert!(seats.take("a").is_some());
        drop(second);
        assert!(seats.taken.lock().unwrap().is_empty());
    }
}
