//! The order of a list that stays while somebody looks at it: nothing jumps, and a quiet button sorts again.

use leptos::prelude::*;

/// The order in which a list was shown first. New rows go to its end until the reader asks to sort again; a row that left
/// and comes back stands where it stood.
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

    /// Puts freshly sorted rows into the order on the screen, and counts how few would have to move to be sorted.
    pub fn keep<T>(self, rows: &mut [T], key: impl Fn(&T) -> K) {
        let mut moved = 0;
        self.shown.try_update_value(|shown| {
            for row in rows.iter() {
                let key = key(row);
                if !shown.contains(&key) {
                    shown.push(key);
                }
            }
            let place = |row: &T| shown.iter().position(|other| *other == key(row)).unwrap_or(usize::MAX);
            moved = rows.len() - longest_rise(rows.iter().map(place));
            rows.sort_by_key(place);
        });
        self.moved.try_set(moved);
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

/// How many of these numbers can stay where they are while the others are put between them.
fn longest_rise(numbers: impl Iterator<Item = usize>) -> usize {
    // The smallest end of a rise of each length.
    let mut ends: Vec<usize> = Vec::new();
    for number in numbers {
        let length = ends.partition_point(|end| *end < number);
        match ends.get_mut(length) {
            Some(end) => *end = number,
            None => ends.push(number),
        }
    }
    ends.len()
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
        assert_eq!(order.moved().get_untracked(), 2, "one and two would go behind three and four");
        order.sort_again();
        let mut rows = vec![3, 4, 1, 2];
        order.keep(&mut rows, |row| *row);
        assert_eq!(rows, [3, 4, 1, 2]);
        assert_eq!(order.moved().get_untracked(), 0);
    }

    #[test]
    fn one_row_that_would_rise_to_the_top_is_one_row() {
        let owner = Owner::new();
        owner.set();
        let order = KeptOrder::new();
        order.show(0..120);
        let mut rows: Vec<i32> = std::iter::once(119).chain(0..119).collect();
        order.keep(&mut rows, |row| *row);
        assert_eq!(rows, (0..120).collect::<Vec<_>>());
        assert_eq!(order.moved().get_untracked(), 1);
    }

    #[test]
    fn a_row_that_comes_back_stands_where_it_stood() {
        let owner = Owner::new();
        owner.set();
        let order = KeptOrder::new();
        order.show([1, 2, 3, 4].into_iter());
        for (answer, shown) in [(vec![1, 3, 4], [1, 3, 4].as_slice()), (vec![1, 2, 3, 4], &[1, 2, 3, 4])] {
            let mut rows = answer;
            order.keep(&mut rows, |row| *row);
            assert_eq!(rows, shown);
            assert_eq!(order.moved().get_untracked(), 0);
        }
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
