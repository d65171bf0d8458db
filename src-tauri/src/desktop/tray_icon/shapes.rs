//! The six shapes of the ring, as strokes on the pixel grid of a size.

use std::f32::consts::TAU;

use tidemark_core::tray::{Picture, Shape};

use super::digits;
use super::primitive::{Point, Primitive};

/// How strongly a stroke is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The shape's colour, opaque.
    Strong,
    /// For what is used up or only frames.
    Faint,
    /// Cut out of the strokes below it.
    Cut,
}

/// The measures of one size, rounded to whole pixels so that edges fall between pixels.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Centre of the icon, in both directions.
    pub middle: f32,
    /// Radius of the ring's outer edge.
    pub outer: f32,
    /// Width of the ring where quota is left.
    pub stroke: f32,
    /// Width of the ring where quota is used.
    pub track: f32,
    /// Width of a line inside the ring; even or odd like the size, so that the line can be centred.
    pub line: f32,
    /// Space between strokes.
    pub clear: f32,
    /// Width of the outline.
    pub halo: f32,
}

impl Grid {
    /// Computes the measures of an icon of `size` pixels; with digits the ring is narrower, to leave space for them.
    #[must_use]
    pub fn of(size: u32, has_figure: bool) -> Self {
        let edge = pixels(size);
        let halo = (edge / 28.0).round().max(1.0);
        let stroke = if has_figure { digits::ring(edge) } else { (edge / 8.0).round() };
        let track = (edge / 22.0).round();
        let even = 2.0 * (edge / 14.5).round();
        let outer = edge / 2.0 - halo;
        let mut grid = Self { middle: edge / 2.0, outer, stroke, track, line: 0.0, clear: track, halo };
        grid.line = grid.even(even);
        grid
    }

    /// Makes an even width odd on an odd grid, so that its edges fall between pixels.
    fn even(&self, width: f32) -> f32 {
        if self.middle.fract() > 0.0 { width - 1.0 } else { width }
    }

    fn centre(&self) -> Point {
        (self.middle, self.middle)
    }

    /// Converts a length along the ring to turns.
    fn turns(&self, length: f32) -> f32 {
        length / (TAU * (self.outer - self.stroke / 2.0))
    }

    fn strong(&self, from: f32, to: f32) -> (Primitive, Ink) {
        let radius = self.outer - self.stroke / 2.0;
        (Primitive::Arc { centre: self.centre(), radius, width: self.stroke, from, to }, Ink::Strong)
    }

    fn thin(&self, from: f32, to: f32, ink: Ink) -> (Primitive, Ink) {
        // Drawn along the outer edge, so that it is crisp whatever the ring's width.
        let radius = self.outer - self.track / 2.0;
        (Primitive::Arc { centre: self.centre(), radius, width: self.track, from, to }, ink)
    }
}

/// Returns the strokes of a picture, from the lowest to the topmost.
#[must_use]
pub fn parts(picture: Picture, grid: &Grid) -> Vec<(Primitive, Ink)> {
    let ring = |gap| emptying(picture, grid, gap);
    match (picture.shape, picture.digits) {
        (Shape::Full, None) => ring(0.0),
        (Shape::Notched, None) => notched(picture, grid, grid.middle - grid.clear),
        (Shape::Exclaimed, None) => exclaimed(picture, grid),
        (Shape::Full, Some(digits)) => with(ring(0.0), digits::digits(digits, grid), Ink::Strong),
        (Shape::Notched, Some(digits)) => {
            let tip = grid.middle - digits::half_height(grid) - grid.clear;
            with(notched(picture, grid, tip), digits::digits(digits, grid), Ink::Strong)
        }
        (Shape::Exclaimed, Some(digits)) => {
            with(vec![(disc(grid, 0.0), Ink::Strong)], digits::digits(digits, grid), Ink::Cut)
        }
        (Shape::Broken, _) => broken(grid),
        (Shape::Dashed, _) => dashed(picture.left, grid),
        (Shape::Keyed, _) => keyed(grid),
    }
}

/// Returns the disc up to the ring's outer edge, larger by `margin`.
#[must_use]
pub fn disc(grid: &Grid, margin: f32) -> Primitive {
    Primitive::Dot { centre: grid.centre(), radius: grid.outer + margin }
}

fn with(mut parts: Vec<(Primitive, Ink)>, figure: Vec<Primitive>, ink: Ink) -> Vec<(Primitive, Ink)> {
    parts.extend(figure.into_iter().map(|part| (part, ink)));
    parts
}

/// The ring: strong for the quota that is left (for the used part if `used` is set), thin for the rest; open by `gap`
/// turns on each side of the top.
fn emptying(Picture { left, used, .. }: Picture, grid: &Grid, gap: f32) -> Vec<(Primitive, Ink)> {
    let whole = 1.0 - 2.0 * gap;
    // Only 100 is drawn full and only 0 empty.
    let least = grid.turns(grid.stroke * 0.75) / whole;
    let share = match left {
        0 => 0.0,
        1..=99 => (f32::from(left) / 100.0).clamp(least, 1.0 - least),
        100.. => 1.0,
    };
    let turn = gap + (1.0 - share) * whole;
    let drawn =
        |from, to, strong: bool| if strong { grid.strong(from, to) } else { grid.thin(from, to, Ink::Faint) };
    let mut parts = Vec::with_capacity(4);
    if left < 100 {
        parts.push(drawn(gap, turn, used));
    }
    if left > 0 {
        parts.push(drawn(turn, 1.0 - gap, !used));
    }
    parts
}

/// The ring with a notch at the top, and a wedge in the notch that extends into the ring as far as `tip`.
fn notched(picture: Picture, grid: &Grid, tip: f32) -> Vec<(Primitive, Ink)> {
    let half = (grid.middle / 3.0).round();
    let mut parts = emptying(picture, grid, grid.turns(half + grid.clear));
    let top = grid.middle - grid.outer;
    let corners = [(grid.middle - half, top), (grid.middle + half, top), (grid.middle, tip)];
    parts.push((Primitive::Wedge { corners, margin: 0.0 }, Ink::Strong));
    parts
}

fn exclaimed(picture: Picture, grid: &Grid) -> Vec<(Primitive, Ink)> {
    let mut parts = emptying(picture, grid, 0.0);
    let line = grid.line;
    let room = grid.outer - grid.stroke - grid.clear;
    let (gap, dot) = ((line / 2.5).round(), (line * 0.75).round());
    let foot = grid.middle + room;
    let bar = |top, foot| Primitive::Line { from: (grid.middle, top), to: (grid.middle, foot), width: line };
    parts.push((bar(grid.middle - room, foot - dot - gap), Ink::Strong));
    parts.push((bar(foot - dot, foot), Ink::Strong));
    parts
}

/// Two separate halves and a dot: nothing is left, so digits are ignored.
fn broken(grid: &Grid) -> Vec<(Primitive, Ink)> {
    let gap = grid.turns(grid.stroke + grid.halo) / 2.0;
    let mut parts: Vec<_> =
        [0.125, 0.625].into_iter().map(|start| grid.strong(start + gap, start + 0.5 - gap)).collect();
    parts.push((Primitive::Dot { centre: grid.centre(), radius: grid.stroke }, Ink::Strong));
    parts
}

/// Dashes: thick for what was left at the last reading, thin for what was used.
fn dashed(left: u8, grid: &Grid) -> Vec<(Primitive, Ink)> {
    // Fewer at small sizes, where eight would run together.
    let dashes: u8 = if grid.middle < 16.0 { 6 } else { 8 };
    let used = 1.0 - f32::from(left.min(100)) / 100.0;
    let pitch = 1.0 / f32::from(dashes);
    let gap = grid.turns(grid.stroke + grid.halo) / 2.0;
    (0..dashes)
        .map(|n| {
            let (from, to) = (f32::from(n) * pitch + gap, f32::from(n + 1) * pitch - gap);
            if f32::midpoint(from, to) >= used {
                grid.strong(from, to)
            } else {
                grid.thin(from, to, Ink::Strong)
            }
        })
        .collect()
}

/// A thin full ring and a key. No digits, because no value can be trusted.
fn keyed(grid: &Grid) -> Vec<(Primitive, Ink)> {
    let middle = grid.middle;
    let room = grid.outer - grid.track - grid.clear;
    let bow = (room * 0.55).round();
    let bow_line = (bow * 0.4).round().max(2.0);
    let shaft = grid.even(2.0 * (middle / 10.0).round());
    let neck = middle - room + 2.0 * bow;
    let tip = middle + room;
    let tooth = ((tip - neck) / 4.0).round();
    let bar = |y: f32, length: f32| Primitive::Line {
        from: (middle, y - tooth / 2.0),
        to: (middle + shaft / 2.0 + length, y - tooth / 2.0),
        width: tooth,
    };
    let head = Primitive::Arc {
        centre: (middle, neck - bow),
        radius: bow - bow_line / 2.0,
        width: bow_line,
        from: 0.0,
        to: 1.0,
    };
    let stem = Primitive::Line { from: (middle, neck - bow_line / 2.0), to: (middle, tip), width: shaft };
    let strong = [head, stem, bar(tip, bow - shaft / 2.0), bar(tip - 2.0 * tooth, bow - shaft / 2.0)];
    let mut parts = vec![grid.thin(0.0, 1.0, Ink::Faint)];
    parts.extend(strong.map(|part| (part, Ink::Strong)));
    parts
}

fn pixels(count: u32) -> f32 {
    // Sizes are at most 512.
    u16::try_from(count).map_or(f32::from(u16::MAX), f32::from)
}
