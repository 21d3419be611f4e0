//! Li and Lim's text form of the problem with pickups, deliveries and time windows: the fleet, and a line of nine numbers
//! for the depot and each customer.

use super::draft::{Draft, Weights};
use super::fault::Faults;
use super::nodes::{Node, Van};
use super::text::{Line, lines, whole};
use crate::{LIMITS, Rounding};

const FLEET: &str = "`number-of-vehicles capacity speed`";
const CUSTOMER: &str = "`number x y demand ready due service pickup delivery`";

/// A customer's line, its amount, and where that comes from or goes to; one of the two is 0.
struct End {
    line: usize,
    amount: f64,
    pickup: f64,
    delivery: f64,
}

/// Whether the first lines are the fleet and the depot of this form.
pub(super) fn looks_like(text: &str) -> bool {
    let mut counts = lines(text).take(2).map(|line| {
        let words = line.text.split_whitespace();
        words.map(|word| is_numeric(word).then_some(())).collect::<Option<Vec<_>>>()
    });
    let mut count = || counts.next().flatten().map(|words| words.len());
    (count(), count()) == (Some(3), Some(9))
}

/// Whether it is meant as a number, well written or not.
fn is_numeric(word: &str) -> bool {
    word.trim_start_matches(['+', '-', '.']).starts_with(|first: char| first.is_ascii_digit())
}

/// Reads the whole text; `file` is its name, which the form does not give; what is wrong goes to `faults`.
pub(super) fn read(file: &str, text: &str, faults: &mut Faults) -> Option<Draft> {
    let mut rows = lines(text);
    let (vehicles, capacity) = read_fleet(rows.next()?, faults)?;
    let (mut points, mut nodes, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for line in rows {
        let Some([number, x, y, amount, ready, due, service, pickup, delivery]) =
            line.numbers::<9>(CUSTOMER, faults)
        else {
            continue;
        };
        if number != nodes.len() as f64 {
            faults.at(
                line.number,
                format!(
                    "customer {number} stands where {} belongs; number them from 0, the depot, without gaps",
                    nodes.len()
                ),
            );
            return None;
        }
        points.push((x, y));
        ends.push(End { line: line.number, amount, pickup, delivery });
        nodes.push(Node { line: line.number, window: Some((ready, due)), service, ..Node::default() });
    }
    let shipments = read_shipments(&ends, faults)?;
    let line = ends.first()?.line;
    let customers = nodes.len().saturating_sub(1);
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    Some(Draft {
        name: name.split('.').next().unwrap_or(name).to_owned(),
        depots: 1,
        fleet: vec![Van::plain(line, capacity); vehicles.min(customers)],
        longest_route: None,
        weights: Weights::Points(points.clone()),
        backhauls_last: false,
        points: Some(points),
        nodes,
        alternatives: Vec::new(),
        shipments,
        usual: Rounding::Exact,
    })
}

fn read_fleet(line: Line<'_>, faults: &mut Faults) -> Option<(usize, i64)> {
    // Nobody uses the speed: a way takes as long as it is.
    let [vehicles, capacity, _] = line.numbers::<3>(FLEET, faults)?;
    let number = whole(vehicles, LIMITS.count as i64).filter(|&vehicles| vehicles > 0);
    let held = whole(capacity, LIMITS.load);
    if number.is_none() || held.is_none() {
        faults.at(line.number, format!("`{}` is no fleet; write whole numbers, {FLEET}", line.shown()));
    }
    Some((usize::try_from(number?).ok()?, held?))
}

/// What goes from whom to whom; every customer is at one end of one shipment.
fn read_shipments(ends: &[End], faults: &mut Faults) -> Option<Vec<(usize, usize, i64)>> {
    let mut shipments = Vec::new();
    let mut sound = true;
    for (number, end) in ends.iter().enumerate() {
        let other = |number: f64| {
            let other = usize::try_from(whole(number, LIMITS.count as i64)?).ok()?;
            ends.get(other).filter(|_| other > 0).map(|end| (other, end))
        };
        let said = if number == 0 {
            let is_depot = end.amount == 0.0 && end.pickup == 0.0 && end.delivery == 0.0;
            (!is_depot).then(|| "the depot has a demand; write 0".to_owned())
        } else if end.pickup == 0.0 {
            match (other(end.delivery), whole(end.amount, LIMITS.load)) {
                (Some((to, delivery)), Some(amount))
                    if delivery.pickup == number as f64 && delivery.amount == -end.amount =>
                {
                    shipments.push((number, to, amount));
                    None
                }
                _ => Some(format!(
                    "{} goes from customer {number} to {}, and that one does not say so; give both lines the same \
                     amount, the second with a minus, and the number of the other",
                    end.amount, end.delivery
                )),
            }
        } else {
            let fits = other(end.pickup)
                .is_some_and(|(_, pickup)| pickup.pickup == 0.0 && pickup.delivery == number as f64);
            (end.delivery != 0.0 || !fits).then(|| {
                format!(
                    "customer {number} gets something from {} or has something for {}; name one customer, who names \
                     this one",
                    end.pickup, end.delivery
                )
            })
        };
        if let Some(said) = said {
            faults.at(end.line, said);
            sound = false;
        }
    }
    sound.then_some(shipments)
}
