//! Travel times between places through a day, small enough to be looked up in the innermost loop of a search.
//!
//! A pair of places keeps one time and the number of a shape; the shape says by how much the time is multiplied at each
//! break of the day, and between breaks changes evenly. Pairs whose times rise and fall alike share a shape, so a day costs
//! hardly more memory than one matrix, and a look-up is one multiplication more. Leaving later never means arriving
//! earlier: a pair that would break this keeps one time all day.
//! Source of the property and of what hangs on it: Ichoua, Gendreau and Potvin, "Vehicle dispatching with time-dependent
//! travel times", 2003. Not here: where the times come from.

use rayon::prelude::*;

use super::UNREACHABLE;
use crate::{LatLon, RoadsError, wall::Wall};

/// The most shapes that a day has.
pub const SHAPES: usize = 64;
/// Bits behind the point of a shape's factors.
const POINT: u32 = 16;
/// Two courses of a day that differ by no more than this, as a share, are one shape.
const ALIKE: f32 = 0.012;
/// The most that a time may fall while one second passes.
const FALL: f64 = 0.8;
/// How many courses are looked at to find the shapes.
const SAMPLE: usize = 5_000;
/// Rows that are asked for together.
const CHUNK: usize = 64;

/// Seconds between places for every departure within a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayMatrix {
    /// Number of places.
    pub places: usize,
    /// Departures between which times change evenly, ascending; before the first and after the last they stay.
    pub breaks: Vec<Wall>,
    /// By pair, row by row: seconds, to be multiplied by a shape; [`UNREACHABLE`] where there is no way, or was not asked.
    pub seconds: Vec<u32>,
    /// By pair: which shape.
    pub shape: Vec<u8>,
    /// By shape: a factor for each break, in parts of 65,536.
    pub shapes: Vec<Vec<u32>>,
    /// By place and break: whether the first place of its group reaches it and is reached from it.
    reached: Vec<bool>,
}

/// Answers something about the ways from some places to others.
type Between<'a, P, T> = dyn Fn(&[P], &[P]) -> Result<T, RoadsError> + 'a;

/// Asked for the rows of a day's matrix.
pub(crate) trait Rows {
    /// Seconds from some places to others at a break, row by row.
    fn rows(&self, sources: &[usize], targets: &[usize], at: usize) -> Result<Vec<u32>, RoadsError>;

    /// The first break at which everything takes as long as at this one.
    fn same_as(&self, at: usize) -> usize;
}

impl DayMatrix {
    /// Seconds from place `i` to place `j` for who leaves at `depart`; [`UNREACHABLE`] where there is no way or no such pair.
    pub fn at(&self, i: usize, j: usize, depart: Wall) -> u32 {
        if i >= self.places || j >= self.places {
            return UNREACHABLE;
        }
        let pair = i * self.places + j;
        let seconds = self.seconds[pair];
        if seconds == UNREACHABLE {
            return UNREACHABLE;
        }
        let factors = &self.shapes[usize::from(self.shape[pair])];
        let after = self.breaks.partition_point(|&at| at <= depart);
        let factor = match (after.checked_sub(1), self.breaks.get(after)) {
            (None, _) => factors.first().copied(),
            (Some(before), None) => factors.get(before).copied(),
            (Some(before), Some(next)) => {
                let (a, b) = (i64::from(factors[before]), i64::from(factors[after]));
                let (gone, whole) = (depart.0 - self.breaks[before].0, next.0 - self.breaks[before].0);
                Some((a + (b - a) * gone / whole) as u32)
            }
        };
        multiplied(seconds, factor.unwrap_or(1 << POINT))
    }

    /// The spans of departures, from break to break, in which a place is connected with the first of its group. The last
    /// break stands for all time after it, the first for all time before.
    pub fn connected(&self, place: usize) -> Vec<(Wall, Wall)> {
        let count = self.breaks.len();
        let reached = self.reached.get(place * count..(place + 1) * count).unwrap_or_default();
        let (mut spans, mut start) = (Vec::new(), None);
        for at in 0..=count {
            if reached.get(at).copied().unwrap_or(false) {
                start = start.or(Some(at));
            } else if let Some(from) = start.take() {
                let begin = if from == 0 { Wall(i64::MIN) } else { self.breaks[from] };
                spans.push((begin, self.breaks.get(at).copied().unwrap_or(Wall(i64::MAX))));
            }
        }
        spans
    }

    /// Takes away all ways to and from a place.
    pub fn part(&mut self, place: usize) {
        for other in (0..self.places).filter(|other| *other != place) {
            self.seconds[place * self.places + other] = UNREACHABLE;
            self.seconds[other * self.places + place] = UNREACHABLE;
        }
        let count = self.breaks.len();
        self.reached[place * count..(place + 1) * count].fill(false);
    }
}

fn multiplied(seconds: u32, factor: u32) -> u32 {
    let half = 1_u64 << (POINT - 1);
    ((u64::from(seconds) * u64::from(factor) + half) >> POINT).min(u64::from(UNREACHABLE - 1)) as u32
}

/// Puts a day together. Only pairs within a group are asked for; the first place of a group is the one that others have to
/// be connected with.
pub(crate) fn build(
    places: usize,
    groups: &[Vec<usize>],
    breaks: Vec<Wall>,
    rows: &dyn Rows,
) -> Result<DayMatrix, RoadsError> {
    let count = breaks.len();
    let mut day = DayMatrix {
        places,
        seconds: vec![UNREACHABLE; places * places],
        shape: vec![0; places * places],
        shapes: vec![vec![1 << POINT; count]],
        reached: vec![false; places * count],
        breaks,
    };
    for place in 0..places {
        day.seconds[place * places + place] = 0;
    }
    let courses = |sources: &[usize], targets: &[usize]| -> Result<Vec<Vec<u32>>, RoadsError> {
        let mut all: Vec<Vec<u32>> = Vec::with_capacity(count);
        for at in 0..count {
            let same = rows.same_as(at);
            all.push(if same < at { all[same].clone() } else { rows.rows(sources, targets, at)? });
        }
        Ok(all)
    };
    let changes = (0..count).any(|at| rows.same_as(at) != 0);
    let shapes = if changes { find_shapes(groups, count, &courses)? } else { vec![vec![1.0; count]] };
    // Two doors at the edge of what is closed may come to lie at one place for a while; a factor is never nothing.
    let factor = |&share: &f32| (share * 65_536.0).round().max(1.0) as u32;
    day.shapes = shapes.iter().map(|shape| shape.iter().map(factor).collect()).collect();

    for group in groups {
        for sources in group.chunks(CHUNK) {
            let all = courses(sources, group)?;
            note_reached(&mut day.reached, count, group, sources, &all);
            let fitted: Vec<(u32, u8)> = (0..sources.len() * group.len())
                .into_par_iter()
                .with_min_len(512)
                .map_init(
                    || vec![0.0_f32; count],
                    |course, pair| fit(&all, pair, &shapes, &day.breaks, course),
                )
                .collect();
            for (pair, (seconds, shape)) in fitted.into_iter().enumerate() {
                let (from, to) = (sources[pair / group.len()], group[pair % group.len()]);
                if from != to {
                    day.seconds[from * places + to] = seconds;
                    day.shape[from * places + to] = shape;
                }
            }
        }
    }
    Ok(day)
}

/// A day on which everything takes as long as at its beginning; `rows` answers seconds from some places to others.
pub(super) fn all_day(
    places: &[LatLon],
    groups: &[Vec<usize>],
    from: Wall,
    rows: &Between<'_, LatLon, Vec<u32>>,
) -> Result<DayMatrix, RoadsError> {
    build(places.len(), groups, vec![from], &AllDay { places, rows })
}

struct AllDay<'a> {
    places: &'a [LatLon],
    rows: &'a Between<'a, LatLon, Vec<u32>>,
}

impl Rows for AllDay<'_> {
    fn rows(&self, sources: &[usize], targets: &[usize], _: usize) -> Result<Vec<u32>, RoadsError> {
        let at = |all: &[usize]| -> Vec<LatLon> { all.iter().map(|&index| self.places[index]).collect() };
        (self.rows)(&at(sources), &at(targets))
    }

    fn same_as(&self, _: usize) -> usize {
        0
    }
}

fn note_reached(reached: &mut [bool], count: usize, group: &[usize], sources: &[usize], all: &[Vec<u32>]) {
    let Some(&first) = group.first() else { return };
    for (at, table) in all.iter().enumerate() {
        for (row, &source) in table.chunks(group.len().max(1)).zip(sources) {
            if source == first {
                for (&target, &seconds) in group.iter().zip(row) {
                    reached[target * count + at] |= seconds != UNREACHABLE;
                }
            }
        }
    }
    // Who cannot get back is as cut off as whom nobody reaches.
    for (at, table) in all.iter().enumerate() {
        for (row, &source) in table.chunks(group.len().max(1)).zip(sources) {
            if source != first && row.first() == Some(&UNREACHABLE) {
                reached[source * count + at] = false;
            }
        }
    }
}

/// The course of a pair through the day in seconds, with what is missing while a closure cuts the way off taken from
/// after it, or from before it when it stays; false when there is never a way.
fn course_of(all: &[Vec<u32>], pair: usize, course: &mut [f32]) -> bool {
    let mut known = None;
    for at in (0..course.len()).rev() {
        let seconds = all[at][pair];
        if seconds != UNREACHABLE {
            known = Some(seconds as f32);
        }
        course[at] = known.unwrap_or(-1.0);
    }
    let Some(last) = course.iter().copied().rfind(|&seconds| seconds >= 0.0) else { return false };
    course.iter_mut().filter(|seconds| **seconds < 0.0).for_each(|seconds| *seconds = last);
    true
}

/// Divides a course by its mean, and answers the mean.
fn normalise(course: &mut [f32]) -> f32 {
    let mean = course.iter().sum::<f32>() / course.len().max(1) as f32;
    if mean > 0.0 {
        course.iter_mut().for_each(|seconds| *seconds /= mean);
    }
    mean
}

/// The time and the shape of a pair.
fn fit(all: &[Vec<u32>], pair: usize, shapes: &[Vec<f32>], breaks: &[Wall], course: &mut [f32]) -> (u32, u8) {
    if !course_of(all, pair, course) {
        return (UNREACHABLE, 0);
    }
    let mean = normalise(course);
    if shapes.len() == 1 || mean <= 0.0 {
        return (mean.round() as u32, 0);
    }
    let far = |shape: &Vec<f32>| -> f32 { shape.iter().zip(&*course).map(|(a, b)| (a - b) * (a - b)).sum() };
    let best =
        shapes.iter().map(far).enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(index, _)| index);
    let shape = &shapes[best];
    let (mut both, mut own) = (0.0, 0.0);
    for (a, b) in shape.iter().zip(&*course) {
        both += a * b;
        own += a * a;
    }
    let seconds = (mean * both / own).round();
    let falls = shape.windows(2).zip(breaks.windows(2)).any(|(factors, times)| {
        f64::from(seconds) * f64::from(factors[0] - factors[1]) > FALL * (times[1].0 - times[0].0) as f64
    });
    if falls { (flat(course, breaks, mean), 0) } else { (seconds as u32, best as u8) }
}

/// What a pair takes over the day on average, each stretch of the day counted by its length; `course` is divided by `mean`.
fn flat(course: &[f32], breaks: &[Wall], mean: f32) -> u32 {
    let (mut sum, mut whole) = (0.0, 0.0);
    for (factors, times) in course.windows(2).zip(breaks.windows(2)) {
        let length = (times[1].0 - times[0].0) as f64;
        sum += f64::from(factors[0] + factors[1]) / 2.0 * length;
        whole += length;
    }
    (f64::from(mean) * if whole > 0.0 { sum / whole } else { 1.0 }).round() as u32
}

/// Shapes that courses of the day have: the flat one, then again and again the one that is least like those before.
fn find_shapes(
    groups: &[Vec<usize>],
    count: usize,
    courses: &Between<'_, usize, Vec<Vec<u32>>>,
) -> Result<Vec<Vec<f32>>, RoadsError> {
    let pairs: usize = groups.iter().map(|group| group.len() * group.len()).sum();
    let mut sample: Vec<Vec<f32>> = Vec::new();
    for group in groups {
        let wanted = (SAMPLE * group.len()).div_ceil(pairs.max(1)).clamp(1, group.len().max(1));
        let sources: Vec<usize> =
            group.iter().copied().step_by((group.len() / wanted).max(1)).take(wanted).collect();
        let all = courses(&sources, group)?;
        let step = (sources.len() * group.len()).div_ceil(SAMPLE).max(1);
        for pair in (0..sources.len() * group.len()).step_by(step) {
            let mut course = vec![0.0; count];
            if course_of(&all, pair, &mut course) && normalise(&mut course) > 30.0 {
                sample.push(course);
            }
        }
    }
    let mut shapes = vec![vec![1.0_f32; count]];
    let unlike = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let mut far: Vec<f32> = sample.iter().map(|course| unlike(course, &shapes[0])).collect();
    while shapes.len() < SHAPES {
        let Some((farthest, &distance)) = far.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else {
            break;
        };
        if distance <= ALIKE {
            break;
        }
        let shape = sample[farthest].clone();
        far.iter_mut().zip(&sample).for_each(|(far, course)| *far = far.min(unlike(course, &shape)));
        shapes.push(shape);
    }
    Ok(shapes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tables for each break, from a list of numbers that is read again and again.
    struct Given {
        places: usize,
        tables: Vec<Vec<u32>>,
    }

    impl Rows for Given {
        fn rows(&self, sources: &[usize], targets: &[usize], at: usize) -> Result<Vec<u32>, RoadsError> {
            let row = |&i: &usize| targets.iter().map(move |&j| self.tables[at][i * self.places + j]);
            Ok(sources.iter().flat_map(row).collect())
        }

        fn same_as(&self, at: usize) -> usize {
            self.tables.iter().position(|table| *table == self.tables[at]).unwrap_or(at)
        }
    }

    proptest! {
        #[test]
        fn leaving_later_is_never_arriving_earlier(
            places in 1_usize..7,
            numbers in prop::collection::vec(0_u32..9_000, 1..60),
            gaps in prop::collection::vec(60_i64..4_000, 1..6),
        ) {
            let breaks: Vec<Wall> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(Wall(*at)) }).collect();
            let number = |at: usize| match numbers[at % numbers.len()] {
                number if number > 8_800 => UNREACHABLE,
                number if number % 5 == 0 => 0,
                number => number,
            };
            let tables = (0..breaks.len())
                .map(|b| (0..places * places).map(|pair| number(b * 7 + pair * 3)).collect())
                .collect();
            let end = breaks.last().map_or(0, |at| at.0) + 100;
            let day = build(places, &[(0..places).collect()], breaks, &Given { places, tables }).expect("a day");
            prop_assert!(day.shapes.iter().flatten().all(|factor| *factor > 0));
            for (i, j) in (0..places).flat_map(|i| (0..places).map(move |j| (i, j))) {
                let mut arrived = i64::MIN;
                for depart in -10..end {
                    let seconds = day.at(i, j, Wall(depart));
                    if seconds == UNREACHABLE {
                        break;
                    }
                    prop_assert!(depart + i64::from(seconds) >= arrived, "{i} to {j} at {depart}");
                    arrived = depart + i64::from(seconds);
                }
            }
        }
    }

    #[test]
    fn times_are_those_of_the_breaks_and_between_them_in_between() {
        let tables = vec![vec![0, 600, 1_000, 0], vec![0, 900, 1_500, 0], vec![0, 600, 1_000, 0]];
        let breaks = vec![Wall(0), Wall(3_600), Wall(7_200)];
        let day = build(2, &[vec![0, 1]], breaks, &Given { places: 2, tables }).expect("a day");
        for (depart, there, back) in
            [(0, 600, 1_000), (3_600, 900, 1_500), (1_800, 750, 1_250), (99_999, 600, 1_000)]
        {
            assert!(
                day.at(0, 1, Wall(depart)).abs_diff(there) <= 1,
                "{depart}: {}",
                day.at(0, 1, Wall(depart))
            );
            assert!(day.at(1, 0, Wall(depart)).abs_diff(back) <= 1);
        }
        assert_eq!((day.at(0, 0, Wall(0)), day.at(0, 9, Wall(0))), (0, UNREACHABLE));
        assert_eq!(day.shapes.len(), 2);
    }

    #[test]
    fn a_place_that_is_cut_off_for_a_while_says_when_it_is_not() {
        let no = UNREACHABLE;
        let tables = vec![vec![0, no, no, 0], vec![0, 900, 900, 0], vec![0, 900, 900, 0]];
        let breaks = vec![Wall(0), Wall(3_600), Wall(7_200)];
        let day = build(2, &[vec![0, 1]], breaks, &Given { places: 2, tables }).expect("a day");
        assert_eq!(day.connected(1), [(Wall(3_600), Wall(i64::MAX))]);
        assert_eq!(day.connected(0), [(Wall(i64::MIN), Wall(i64::MAX))]);
        let never = vec![vec![0, no, 5, 0]; 3];
        let breaks = vec![Wall(0), Wall(3_600), Wall(7_200)];
        let day = build(2, &[vec![0, 1]], breaks, &Given { places: 2, tables: never }).expect("a day");
        assert!(day.connected(1).is_empty());
        assert_eq!(day.at(0, 1, Wall(5)), no);
    }
}
