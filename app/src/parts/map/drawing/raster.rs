//! The pixels: one buffer as large as the map, into which sprites are copied, and which parts of it have changed since.

use super::{
    fleet::Blit,
    sprite::{Sprite, SpriteSheet},
};

/// From so many changed sprites on it is cheaper to show the whole picture than each place.
const MANY: usize = 32;

/// What of a picture has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// Not one pixel.
    Nothing,
    /// What lies in these rectangles, each as left, top, width and height in pixels, one after the other.
    Places(Vec<i32>),
    /// The picture is new, or so much changed that it might as well be.
    Everything,
}

/// A picture of red, green, blue and straight alpha, row by row from the top.
#[derive(Debug, Default)]
pub struct Raster {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
    drawn: Vec<Blit>,
}

impl Raster {
    /// Shows these sprites and no others, at this size in pixels, and says what has changed.
    pub fn paint(&mut self, (width, height): (i32, i32), scene: &[Blit], sheet: &SpriteSheet) -> Damage {
        let size = (width.max(0) as usize, height.max(0) as usize);
        let damage =
            if size == (self.width, self.height) { self.damage(scene, sheet) } else { Damage::Everything };
        if damage == Damage::Nothing {
            return damage;
        }
        if damage == Damage::Everything {
            (self.width, self.height) = size;
            self.pixels.resize(self.width * self.height, [0; 4]);
            self.pixels.fill([0; 4]);
        } else {
            for blit in std::mem::take(&mut self.drawn) {
                self.lay(&blit, sheet, |_, _| [0; 4]);
            }
        }
        for blit in scene {
            self.lay(blit, sheet, over);
        }
        self.drawn.clear();
        self.drawn.extend_from_slice(scene);
        damage
    }

    /// Forgets the picture: the next one is new, whatever it shows.
    pub fn discard(&mut self) {
        *self = Self::default();
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width as u32
    }

    /// The bytes, four to a pixel.
    pub fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    fn damage(&self, scene: &[Blit], sheet: &SpriteSheet) -> Damage {
        let pairs = self.drawn.iter().zip(scene);
        let changed = pairs.filter(|(before, after)| before != after).take(MANY).count();
        match (self.drawn.len() == scene.len(), changed) {
            (true, 0) => Damage::Nothing,
            (true, 1..MANY) => {
                let pairs = self.drawn.iter().zip(scene).filter(|(before, after)| before != after);
                Damage::Places(
                    pairs
                        .flat_map(|(before, after)| [square(before, sheet), square(after, sheet)])
                        .flatten()
                        .collect(),
                )
            }
            _ => Damage::Everything,
        }
    }

    /// Mixes each pixel of a sprite with the one under it, as far as they are in the picture.
    fn lay(&mut self, blit: &Blit, sheet: &SpriteSheet, mix: impl Fn([u8; 4], [u8; 4]) -> [u8; 4]) {
        let [left, top, ..] = square(blit, sheet);
        for ((margin, row), y) in sprite(blit, sheet).rows().zip(top..) {
            let Some(y) = usize::try_from(y).ok().filter(|y| *y < self.height) else { continue };
            let Some(line) = self.pixels.get_mut(y * self.width..(y + 1) * self.width) else { return };
            let x = left + margin as i32;
            let (skip, start) = (x.min(0).unsigned_abs() as usize, x.max(0) as usize);
            let (Some(target), Some(source)) = (line.get_mut(start..), row.get(skip..)) else { continue };
            for (below, above) in target.iter_mut().zip(source) {
                *below = mix(*below, *above);
            }
        }
    }
}

fn sprite<'a>(blit: &Blit, sheet: &'a SpriteSheet) -> &'a Sprite {
    if blit.ring { sheet.ring(blit.pose) } else { sheet.vehicle(blit.standing, blit.pose) }
}

/// Left, top, width and height of what a sprite covers.
fn square(blit: &Blit, sheet: &SpriteSheet) -> [i32; 4] {
    let side = sprite(blit, sheet).side() as i32;
    [blit.x - side / 2, blit.y - side / 2, side, side]
}

/// Lays one pixel over another. Nearly all are opaque or empty; only edges that meet need arithmetic.
fn over(below: [u8; 4], above: [u8; 4]) -> [u8; 4] {
    match (above[3], below[3]) {
        (0, _) => below,
        (255, _) | (_, 0) => above,
        (high, low) => {
            let (high, low) = (u32::from(high), u32::from(low) * (255 - u32::from(high)) / 255);
            let alpha = high + low;
            let mix = |a: u8, b: u8| ((u32::from(a) * high + u32::from(b) * low) / alpha) as u8;
            [mix(above[0], below[0]), mix(above[1], below[1]), mix(above[2], below[2]), alpha as u8]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::map::drawing::sprite::{Pose, tests::without_colour};
    use domain::Standing;

    fn blit(x: i32, y: i32) -> Blit {
        Blit { x, y, standing: Standing::OnTime, pose: Pose::Still, ring: false }
    }

    fn painted(raster: &Raster) -> usize {
        raster.pixels.iter().filter(|pixel| pixel[3] > 0).count()
    }

    #[test]
    fn a_vehicle_half_over_the_edge_is_half_drawn() {
        let sheet = without_colour();
        let mut raster = Raster::default();
        raster.paint((80, 60), &[blit(40, 30)], &sheet);
        let whole = painted(&raster);
        assert!(whole > 150, "{whole}");
        assert_eq!((raster.width(), raster.bytes().len()), (80, 80 * 60 * 4));
        for (x, y) in [(0, 30), (79, 30), (40, 0), (40, 59)] {
            raster.paint((80, 60), &[blit(x, y)], &sheet);
            let part = painted(&raster);
            assert!(part > whole / 3 && part < whole * 2 / 3, "{part} of {whole} at {x}, {y}");
        }
    }

    #[test]
    fn a_vehicle_outside_leaves_nothing_behind() {
        let sheet = without_colour();
        let mut raster = Raster::default();
        raster.paint((80, 60), &[blit(40, 30)], &sheet);
        for (x, y) in [(-100, 30), (400, 30), (40, -90), (40, 900), (i32::MIN / 2, i32::MAX / 2)] {
            raster.paint((80, 60), &[blit(x, y)], &sheet);
            assert_eq!(painted(&raster), 0, "at {x}, {y}");
        }
        raster.paint((-5, 0), &[blit(1, 1)], &sheet);
        assert!(raster.bytes().is_empty());
    }

    #[test]
    fn what_changed_is_what_is_reported() {
        let sheet = without_colour();
        let scenes = [
            vec![blit(40, 30), blit(100, 60), blit(112, 60)],
            vec![blit(41, 30), blit(100, 60), blit(112, 60)],
            vec![blit(41, 30), blit(100, 60), Blit { standing: Standing::Late, ..blit(110, 55) }],
            vec![Blit { ring: true, ..blit(0, 0) }, blit(100, 60), blit(159, 89)],
        ];
        let mut kept = Raster::default();
        assert_eq!(kept.paint((160, 90), &[], &sheet), Damage::Everything);
        assert_eq!(kept.paint((160, 90), &scenes[0], &sheet), Damage::Everything, "three more than before");
        for scene in &scenes[1..] {
            let before = kept.pixels.clone();
            let Damage::Places(places) = kept.paint((160, 90), scene, &sheet) else { panic!("a few places") };
            let mut fresh = Raster::default();
            fresh.paint((160, 90), scene, &sheet);
            assert_eq!(kept.pixels, fresh.pixels, "nothing is left of the picture before");
            for (index, (old, new)) in before.iter().zip(&kept.pixels).enumerate() {
                let (x, y) = ((index % 160) as i32, (index / 160) as i32);
                let inside = |p: &[i32]| (p[0]..p[0] + p[2]).contains(&x) && (p[1]..p[1] + p[3]).contains(&y);
                assert!(old == new || places.chunks(4).any(inside), "{x}, {y} changed outside of {places:?}");
            }
            assert_eq!(kept.paint((160, 90), scene, &sheet), Damage::Nothing);
        }
        kept.discard();
        assert_eq!(kept.paint((160, 90), &scenes[3], &sheet), Damage::Everything);
        let many = |x| (0..200).map(|_| blit(x, 30)).collect::<Vec<_>>();
        kept.paint((160, 90), &many(40), &sheet);
        assert_eq!(kept.paint((160, 90), &many(41), &sheet), Damage::Everything);
    }

    #[test]
    fn pixels_lie_over_each_other_as_glass_does() {
        assert_eq!(over([9, 9, 9, 255], [1, 2, 3, 0]), [9, 9, 9, 255]);
        assert_eq!(over([9, 9, 9, 255], [1, 2, 3, 255]), [1, 2, 3, 255]);
        assert_eq!(over([0, 0, 0, 255], [200, 100, 50, 128])[3], 255);
        let [red, ..] = over([0, 0, 0, 255], [200, 100, 50, 128]);
        assert!((99..=101).contains(&red), "{red}");
    }
}
