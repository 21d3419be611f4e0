//! Every picture that a vehicle may need, drawn once: each standing at each of sixteen headings, standing still, and as a
//! dot for far zooms. The standing is in the shape as well as in the colour:
//! on time is filled, at risk half filled, late a triangle, done hollow, unknown a dashed ring.

use super::{
    angles,
    palette::{Palette, Rgb},
    shape,
};
use domain::Standing;

/// Headings that have their own picture.
pub const HEADINGS: u8 = 16;
/// Pictures of one standing: the headings, one without a heading, one for far zooms, one for crowds.
const EACH: usize = HEADINGS as usize + 3;
/// Width of the edge that lifts a vehicle off the map, CSS pixels.
const EDGE: f64 = 1.5;

/// A square picture, centred on the vehicle.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sprite {
    side: usize,
    pixels: Vec<[u8; 4]>,
    /// Of each row, where its first pixel that is not empty lies, and where those after its last one begin.
    spans: Vec<(usize, usize)>,
}

impl Sprite {
    /// Length of a side, device pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The rows from the top without their empty ends: how far from the left, and red, green, blue and straight alpha.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &[[u8; 4]])> {
        let rows = self.pixels.chunks_exact(self.side.max(1)).zip(&self.spans);
        rows.map(|(row, &(first, end))| (first, row.get(first..end).unwrap_or_default()))
    }

    /// Draws what `ink` says of each pixel, given its offset from the centre in CSS pixels and the device pixels in one.
    fn draw(reach: f64, ratio: f64, ink: impl Fn(f64, f64) -> Ink) -> Self {
        let half = (reach * ratio).ceil();
        let side = half as usize * 2 + 1;
        let offset = |index: usize| (index as f64 - half) / ratio;
        let pixels: Vec<_> =
            (0..side * side).map(|at| ink(offset(at % side), offset(at / side)).pixel()).collect();
        let spans = pixels.chunks_exact(side).map(|row| {
            let first = row.iter().position(|pixel| pixel[3] > 0);
            let last = row.iter().rposition(|pixel| pixel[3] > 0);
            (first.unwrap_or(0), last.map_or(0, |last| last + 1))
        });
        Self { side, spans: spans.collect(), pixels }
    }
}

/// How a vehicle is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pose {
    /// From near, heading for one of the sixteen points, clockwise from north.
    Heading(u8),
    /// From near, with no known heading.
    Still,
    /// From far.
    Dot,
    /// One of a crowd.
    Speck,
}

impl Pose {
    /// The nearest of the sixteen headings to one in degrees; standing still when there is none.
    pub fn near(heading_deg: Option<f32>) -> Self {
        match heading_deg {
            Some(degrees) if degrees.is_finite() => {
                let point = (degrees / 360.0 * f32::from(HEADINGS)).round().rem_euclid(f32::from(HEADINGS));
                Self::Heading(point as u8 % HEADINGS)
            }
            _ => Self::Still,
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Heading(point) => usize::from(point % HEADINGS),
            Self::Still => EACH - 3,
            Self::Dot => EACH - 2,
            Self::Speck => EACH - 1,
        }
    }

    fn angle(self) -> f64 {
        match self {
            Self::Heading(point) => f64::from(point) * std::f64::consts::TAU / f64::from(HEADINGS),
            Self::Still | Self::Dot | Self::Speck => 0.0,
        }
    }

    /// Size against the near pictures.
    fn size(self) -> f64 {
        match self {
            Self::Heading(_) | Self::Still => 1.0,
            Self::Dot => 0.62,
            Self::Speck => 0.45,
        }
    }
}

/// Every picture in one theme at one pixel density.
#[derive(Debug, Clone)]
pub struct SpriteSheet {
    vehicles: Vec<Sprite>,
    rings: [Sprite; 2],
    empty: Sprite,
}

impl SpriteSheet {
    /// Draws all of them; `ratio` is the device pixels in one CSS pixel.
    pub fn new(palette: &Palette, ratio: f64) -> Self {
        let poses = (0..HEADINGS).map(Pose::Heading).chain([Pose::Still, Pose::Dot, Pose::Speck]);
        let vehicles = Standing::ALL
            .into_iter()
            .flat_map(|standing| poses.clone().map(move |pose| vehicle(standing, pose, palette, ratio)))
            .collect();
        let rings = [Pose::Still, Pose::Dot].map(|pose| ring(15.0 * pose.size(), palette, ratio));
        Self { vehicles, rings, empty: Sprite::default() }
    }

    /// The picture of a vehicle.
    pub fn vehicle(&self, standing: Standing, pose: Pose) -> &Sprite {
        let row = Standing::ALL.iter().position(|&one| one == standing).unwrap_or_default();
        self.vehicles.get(row * EACH + pose.index()).unwrap_or(&self.empty)
    }

    /// The ring around a selected vehicle.
    pub fn ring(&self, pose: Pose) -> &Sprite {
        let [near, far] = &self.rings;
        if matches!(pose, Pose::Dot | Pose::Speck) { far } else { near }
    }
}

/// Colour that builds up layer over layer, straight alpha, all from 0 to 1.
#[derive(Clone, Copy, Default)]
struct Ink {
    rgb: [f64; 3],
    alpha: f64,
}

impl Ink {
    /// Lays a colour over what is there, where a signed distance in device pixels says that it covers.
    fn over(self, colour: Rgb, distance: f64) -> Self {
        let cover = (0.5 - distance).clamp(0.0, 1.0);
        let alpha = cover + self.alpha * (1.0 - cover);
        if alpha <= 0.0 {
            return self;
        }
        let mix = |below: f64, above: u8| {
            (f64::from(above) / 255.0 * cover + below * self.alpha * (1.0 - cover)) / alpha
        };
        let ([r, g, b], [red, green, blue]) = (self.rgb, colour);
        Self { rgb: [mix(r, red), mix(g, green), mix(b, blue)], alpha }
    }

    fn pixel(self) -> [u8; 4] {
        let byte = |share: f64| (share * 255.0).round() as u8;
        let [r, g, b] = self.rgb;
        [byte(r), byte(g), byte(b), byte(self.alpha)]
    }
}

fn vehicle(standing: Standing, pose: Pose, palette: &Palette, ratio: f64) -> Sprite {
    let size = pose.size();
    let (sin, cos) = (angles::sin(pose.angle()), angles::cos(pose.angle()));
    let heads = matches!(pose, Pose::Heading(_));
    let colour = palette.of(standing);
    Sprite::draw(14.0 * size + 2.0, ratio, |right, down| {
        let (x, y) = (right * cos + down * sin, right * sin - down * cos);
        let body = match standing {
            Standing::Late => shape::triangle(x, y, 10.0 * size, 6.5 * size, 8.5 * size),
            Standing::Unknown => shape::circle(x, y, 7.0 * size),
            _ if heads => shape::drop(x, y, 6.5 * size, 12.0 * size),
            _ => shape::circle(x, y, 6.5 * size),
        };
        let line = shape::outline(body, if pose.size() < 1.0 { 1.6 } else { 2.0 });
        let marked = match standing {
            Standing::OnTime | Standing::Late => body,
            Standing::AtRisk => line.min(body.max(x)),
            Standing::Done => line,
            Standing::Unknown => line.max(shape::dashes(x, y, 7.0 * size, if heads { 6.0 } else { 5.0 })),
        };
        Ink::default().over(palette.ground, (body - EDGE) * ratio).over(colour, marked * ratio)
    })
}

fn ring(radius: f64, palette: &Palette, ratio: f64) -> Sprite {
    Sprite::draw(radius + 3.0, ratio, |right, down| {
        let edge = shape::circle(right, down, radius + 1.0);
        let casing = shape::outline(shape::circle(right, down, radius + 2.0), 4.5);
        Ink::default()
            .over(palette.ground, casing * ratio)
            .over(palette.accent, shape::outline(edge, 2.5) * ratio)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const INK: Rgb = [10, 20, 30];
    const GROUND: Rgb = [250, 251, 252];

    /// One colour for every standing: what is left is the shape.
    pub fn without_colour() -> SpriteSheet {
        SpriteSheet::new(&Palette::new([GROUND, [0, 0, 255], INK, INK, INK, INK, INK]), 1.0)
    }

    fn at(sprite: &Sprite, right: i32, down: i32) -> [u8; 4] {
        let middle = sprite.side() as i32 / 2;
        sprite.pixels[(middle + down) as usize * sprite.side() + (middle + right) as usize]
    }

    fn opaque([r, g, b]: Rgb) -> [u8; 4] {
        [r, g, b, 255]
    }

    #[test]
    fn standings_differ_without_their_colours() {
        let sheet = without_colour();
        for pose in [Pose::Heading(0), Pose::Heading(5), Pose::Still, Pose::Dot] {
            for (index, one) in Standing::ALL.into_iter().enumerate() {
                for other in Standing::ALL.into_iter().skip(index + 1) {
                    let (left, right) = (sheet.vehicle(one, pose), sheet.vehicle(other, pose));
                    let differing = left.pixels.iter().zip(&right.pixels);
                    let differing =
                        differing.filter(|(a, b)| a[0].abs_diff(b[0]) > 100 || a[3].abs_diff(b[3]) > 100);
                    let differing = differing.count();
                    assert!(
                        differing >= 12,
                        "{one:?} and {other:?} differ in {differing} pixels as {pose:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_middle_is_filled_or_hollow_as_the_standing_says() {
        let sheet = without_colour();
        for (standing, filled) in [
            (Standing::OnTime, true),
            (Standing::Late, true),
            (Standing::Done, false),
            (Standing::Unknown, false),
        ] {
            let expected = opaque(if filled { INK } else { GROUND });
            assert_eq!(at(sheet.vehicle(standing, Pose::Heading(3)), 0, 0), expected, "{standing:?}");
        }
        let half = sheet.vehicle(Standing::AtRisk, Pose::Heading(0));
        assert_eq!(at(half, -3, 0), opaque(INK));
        assert_eq!(at(half, 3, 0), opaque(GROUND));
    }

    #[test]
    fn the_tip_points_where_the_vehicle_heads() {
        let sheet = without_colour();
        for (heading, tip, tail) in [(0, (0, -10), (0, 10)), (4, (10, 0), (-10, 0)), (8, (0, 10), (0, -10))] {
            let sprite = sheet.vehicle(Standing::OnTime, Pose::Heading(heading));
            assert_eq!(at(sprite, tip.0, tip.1), opaque(INK), "heading {heading}");
            assert_eq!(at(sprite, tail.0, tail.1)[3], 0, "heading {heading}");
        }
    }

    #[test]
    fn no_picture_is_cut_off_by_its_square() {
        for ratio in [1.0, 1.5, 2.0] {
            let sheet = SpriteSheet::new(&Palette::new([GROUND, INK, INK, INK, INK, INK, INK]), ratio);
            for sprite in sheet.vehicles.iter().chain(&sheet.rings) {
                let last = sprite.side() - 1;
                let empty = |row: usize| sprite.spans[row] == (0, 0);
                assert!(empty(0) && empty(last), "cut off above or below");
                let inside = |&(first, end): &(usize, usize)| end == 0 || first > 0 && end <= last;
                assert!(sprite.spans.iter().all(inside), "cut off beside");
            }
        }
    }

    #[test]
    fn rows_leave_out_nothing_but_empty_pixels() {
        let sheet = without_colour();
        let sprite = sheet.vehicle(Standing::Unknown, Pose::Still);
        let seen = |pixels: &[[u8; 4]]| pixels.iter().filter(|pixel| pixel[3] > 0).count();
        assert_eq!(sprite.rows().map(|(_, row)| seen(row)).sum::<usize>(), seen(&sprite.pixels));
        let (left, middle) = sprite.rows().nth(sprite.side() / 2).unwrap();
        assert_eq!(left * 2 + middle.len(), sprite.side(), "the same margin on both sides");
    }

    #[test]
    fn any_heading_finds_its_point() {
        assert_eq!(Pose::near(Some(0.0)), Pose::Heading(0));
        assert_eq!(Pose::near(Some(359.0)), Pose::Heading(0));
        assert_eq!(Pose::near(Some(-90.0)), Pose::Heading(12));
        assert_eq!(Pose::near(Some(725.0)), Pose::Heading(0));
        assert_eq!(Pose::near(Some(f32::NAN)), Pose::Still);
        assert_eq!(Pose::near(None), Pose::Still);
    }
}
