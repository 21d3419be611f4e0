//! The order of a list that stays while somebody looks at it: nothing jumps, and a quiet button sorts again.

use leptos::prelude::*;

/// The order in which a list was shown first. New rows go to its end until the reader asks to sort again.
#[derive(Debug, Clone, Copy)]
pub struct KeptOrder<K: Send + Sync + 'static> {
    shown: StoredValue<Vec<K>>,
    moved: RwSignal<usize>,
    asked: RwSignal<u32>,
}

impl<K: PartialEq + Copy + Send + Sync + 'static> KeptOrder<K> {
    /// Nothing has been shown yet.
    pub fn new() -> Self {
        Self { shown: StoredValue::new(Vec::new()), moved: RwSignal::new(0), asked: RwSignal::new(0) }
    }

    /// Notes what is on the screen, unless something is already.
    pub fn show(self, keys: impl Iterator<Item = K>) {
        self.shown.update_value(|shown| {
            if shown.is_empty() {
                shown.extend(keys);
            }
        });
    }

    /// Puts freshly sorted rows into the order on the screen, and counts those that would stand elsewhere.
    pub fn keep<T>(self, rows: &mut [T], key: impl Fn(&T) -> K) {
        let sorted: Vec<K> = rows.iter().map(&key).collect();
        self.shown.update_value(|shown| {
            let place = |k: K| shown.iter().position(|other| *other == k).unwrap_or(usize::MAX);
            rows.sort_by_key(|row| place(key(row)));
            *shown = rows.iter().map(&key).collect();
        });
        let moved = rows.iter().zip(&sorted).filter(|(row, k)| key(row) != **k).count();
        self.moved.set(moved);
    }

    /// Forgets the order, so that the next rows stand as they come.
    pub fn forget(self) {
        self.shown.set_value(Vec::new());
        self.moved.set(0);
    }

    /// Forgets the order and asks for fresh rows.
    pub fn sort_again(self) {
        self.forget();
        self.asked.update(|asked| *asked = asked.wrapping_add(1));
    }

    /// How many rows would stand elsewhere.
    pub fn moved(self) -> Signal<usize> {
        self.moved.into()
    }

    /// Grows when the reader asks to sort again.
    pub fn asked(self) -> Signal<u32> {
        self.asked.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_where_they_were_until_asked() {
        let owner = Owner::new();
        owner.set();
        let order = KeptOrder::new();
        order.show([1, 2, 3].into_iter());
        let mut rows = vec![3, 4, 1, 2];
        order.keep(&mut rows, |row| *row);
        assert_eq!(rows, [1, 2, 3, 4]);
        assert_eq!(order.moved().get_untracked(), 4);
        order.sort_again();
        let mut rows = vec![3, 4, 1, 2];
        order.keep(&mut rows, |row| *row);
        assert_eq!(rows, [3, 4, 1, 2]);
        assert_eq!(order.moved().get_untracked(), 0);
    }

    #[test]
    fn rows_that_left_do_not_count_as_moved() {
        let owner = Owner::new();
        owner.set();
        let order = KeptOrder::new();
        order.show([1, 2, 3].into_iter());
        let mut rows = vec![2, 3];
        order.keep(&mut rows, |row| *row);
        assert_eq!(order.moved().get_untracked(), 0);
    }
}
