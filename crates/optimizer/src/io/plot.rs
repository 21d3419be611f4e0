//! A plan as a picture: one SVG file, routes in colours of their own, dark on light.

use std::fmt::Write;

use super::instance::Instance;
use crate::Solution;

/// The longer side of the map in the picture's units.
const SIDE: f64 = 1000.0;
const MARGIN: f64 = 30.0;
const LEGEND: f64 = 64.0;

/// Successive hues this far apart, in degrees, stay distinct however many there are.
const GOLDEN_ANGLE: f64 = 137.508;

/// The picture, or none if the instance does not say where its places are.
#[must_use]
pub fn plot(instance: &Instance, solution: &Solution, cost: f64) -> Option<String> {
    let frame = Frame::around(&instance.places)?;
    let tours = instance.tours(solution);
    let (width, height) = (frame.width + 2.0 * MARGIN, frame.height + 2.0 * MARGIN + LEGEND);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" font-family=\"sans-serif\">"
    );
    let _ = writeln!(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
    legend(&mut svg, instance, solution, tours.len(), cost);
    for (index, (_, tour)) in tours.iter().enumerate() {
        draw(&mut svg, &frame, instance, index, tour);
    }
    unserved(&mut svg, &frame, instance, solution);
    depots(&mut svg, &frame, instance);
    svg.push_str("</svg>\n");
    Some(svg)
}

/// From the places' coordinates to the picture's, north up.
struct Frame {
    left: f64,
    top: f64,
    scale: f64,
    width: f64,
    height: f64,
}

impl Frame {
    fn around(places: &[(f64, f64)]) -> Option<Self> {
        let &(x, y) = places.first()?;
        let (mut low, mut high) = ((x, y), (x, y));
        for &(x, y) in places {
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let (wide, tall) = (high.0 - low.0, high.1 - low.1);
        let scale = SIDE / wide.max(tall).max(f64::MIN_POSITIVE);
        let scale = if scale.is_finite() { scale } else { 1.0 };
        let (width, height) = ((wide * scale).max(SIDE / 2.0), (tall * scale).max(1.0));
        Some(Self { left: low.0, top: high.1, scale, width, height })
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (MARGIN + (x - self.left) * self.scale, LEGEND + MARGIN + (self.top - y) * self.scale)
    }
}

fn legend(svg: &mut String, instance: &Instance, solution: &Solution, routes: usize, cost: f64) {
    let stops = instance.problem.stop_ids().len();
    let _ = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"34\" font-size=\"22\" font-weight=\"bold\" fill=\"#1b1b1b\">{}</text>",
        escaped(&instance.name)
    );
    let left_out = match solution.unserved.len() {
        0 => String::new(),
        count => format!(", {count} left out (crosses)"),
    };
    let routes = counted(routes, "route");
    let stops = counted(stops, "customer");
    let _ = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"60\" font-size=\"16\" fill=\"#444444\">cost {}, {routes}, \
         {stops}{left_out}; the square is the depot</text>",
        instance.cost_text(cost)
    );
}

fn draw(svg: &mut String, frame: &Frame, instance: &Instance, index: usize, tour: &[usize]) {
    let colour = colour(index);
    let points: Vec<(f64, f64)> =
        tour.iter().filter_map(|&place| Some(frame.place(*instance.places.get(place)?))).collect();
    let _ = writeln!(svg, "<g stroke=\"{colour}\" fill=\"none\"><title>Route {}</title>", index + 1);
    let inner = points.get(1..points.len().saturating_sub(1)).unwrap_or_default();
    line(svg, inner, "stroke-width=\"1.6\"");
    for leg in [points.get(..2), points.len().checked_sub(2).and_then(|from| points.get(from..))] {
        line(svg, leg.unwrap_or_default(), "stroke-width=\"0.8\" stroke-opacity=\"0.35\"");
    }
    let radius = (60.0 / (instance.places.len() as f64).sqrt()).clamp(0.8, 4.0);
    for (x, y) in points.iter().skip(1) {
        let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{colour}\"/>");
    }
    svg.push_str("</g>\n");
}

fn line(svg: &mut String, points: &[(f64, f64)], style: &str) {
    if points.len() < 2 {
        return;
    }
    let _ = write!(svg, "<polyline {style} points=\"");
    for (x, y) in points {
        let _ = write!(svg, "{x:.1},{y:.1} ");
    }
    svg.push_str("\"/>");
}

fn unserved(svg: &mut String, frame: &Frame, instance: &Instance, solution: &Solution) {
    for &stop in &solution.unserved {
        let place = instance.problem.stop(stop).and_then(|spec| instance.places.get(spec.place));
        let Some((x, y)) = place.map(|&place| frame.place(place)) else { continue };
        let _ = writeln!(
            svg,
            "<path d=\"M{:.1} {:.1}l8 8m0 -8l-8 8\" stroke=\"#000000\" stroke-width=\"2\"/>",
            x - 4.0,
            y - 4.0
        );
    }
}

fn depots(svg: &mut String, frame: &Frame, instance: &Instance) {
    let vehicles = instance.problem.vehicle_ids().filter_map(|id| instance.problem.vehicle(id));
    let mut depots: Vec<usize> = vehicles.map(|vehicle| vehicle.start).collect();
    depots.sort_unstable();
    depots.dedup();
    for place in depots.into_iter().filter_map(|depot| instance.places.get(depot)) {
        let (x, y) = frame.place(*place);
        let _ = writeln!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"14\" height=\"14\" fill=\"#1b1b1b\" stroke=\"#ffffff\"/>",
            x - 7.0,
            y - 7.0
        );
    }
}

/// Dark enough on white in any hue; lightness and strength vary so that near hues differ too.
fn colour(index: usize) -> String {
    let hue = (index as f64 * GOLDEN_ANGLE) % 360.0;
    let lightness = [36, 43, 28][index % 3];
    let strength = [75, 60][index / 3 % 2];
    format!("hsl({hue:.0},{strength}%,{lightness}%)")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn escaped(text: &str) -> String {
    let plain = text.chars().filter(|letter| !letter.is_control());
    let mut safe = String::new();
    for letter in plain {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            other => safe.push(other),
        }
    }
    safe
}
