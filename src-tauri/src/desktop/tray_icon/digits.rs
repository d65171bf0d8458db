//! The digits inside the ring: bold, on whole pixels, drawn without a font. There are at most two.

use super::primitive::{Point, Primitive, Stroke};
use super::shapes::Grid;

/// Measures of the digits at one icon size, in pixels.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Smallest edge of the icon that these measures are for.
    edge: f32,
    /// Width of a digit; a single digit is wider by `more`.
    width: f32,
    /// Height of a digit; a single digit is higher by `more`.
    height: f32,
    /// Width of a stroke.
    stroke: f32,
    /// Space between two digits.
    gap: f32,
    /// How much larger a single digit is, in width and in height.
    more: f32,
}

const fn cell(edge: f32, [width, height, stroke, gap, more]: [f32; 5]) -> Cell {
    Cell { edge, width, height, stroke, gap, more }
}

/// Each was checked by eye. Sizes in between use the next smaller cell.
const CELLS: [Cell; 6] = [
    cell(64.0, [14.0, 24.0, 5.0, 4.0, 2.0]),
    cell(48.0, [11.0, 18.0, 4.0, 4.0, 3.0]),
    cell(32.0, [8.0, 12.0, 3.0, 2.0, 2.0]),
    cell(24.0, [5.0, 10.0, 2.0, 2.0, 1.0]),
    cell(22.0, [5.0, 8.0, 2.0, 2.0, 1.0]),
    cell(16.0, [4.0, 6.0, 1.0, 2.0, 0.0]),
];

/// Returns the ring's width around digits, which need the space.
pub fn ring(edge: f32) -> f32 {
    (edge / 13.0).round().max(1.0)
}

/// Returns half of the height of the digits.
pub fn half_height(grid: &Grid) -> f32 {
    of(grid).height / 2.0
}

/// Returns the strokes of a number of one or two digits, in the middle of the icon.
pub fn digits(number: u8, grid: &Grid) -> Vec<Primitive> {
    let cell = of(grid);
    let (tens, ones) = (number / 10 % 10, number % 10);
    // Snapped to the edge between two pixels; a little up and left if the middle is within a pixel.
    let at = |width: f32, height: f32, from: f32| {
        ((grid.middle - width / 2.0).floor() + from, (grid.middle - height / 2.0).floor())
    };
    if tens == 0 {
        let (width, height) = (cell.width + cell.more, cell.height + cell.more);
        return digit(ones, at(width, height, 0.0), (width, height), cell.stroke);
    }
    let whole = 2.0 * cell.width + cell.gap;
    let size = (cell.width, cell.height);
    let mut parts = digit(tens, at(whole, cell.height, 0.0), size, cell.stroke);
    parts.extend(digit(ones, at(whole, cell.height, cell.width + cell.gap), size, cell.stroke));
    parts
}

fn of(grid: &Grid) -> Cell {
    let edge = 2.0 * grid.middle;
    let [largest, .., smallest] = CELLS;
    if edge > largest.edge {
        let times = edge / largest.edge;
        let scaled = |length: f32| (length * times).round();
        return cell(
            edge,
            [largest.width, largest.height, largest.stroke, largest.gap, largest.more].map(scaled),
        );
    }
    CELLS.into_iter().find(|cell| cell.edge <= edge).unwrap_or(smallest)
}

/// Returns the strokes of a digit in a box whose upper left corner is `corner`.
fn digit(digit: u8, corner: Point, (width, height): (f32, f32), stroke: f32) -> Vec<Primitive> {
    let half = stroke / 2.0;
    let (left, right) = (half, width - half);
    let (top, foot) = (half, height - half);
    // The middle bar is on whole pixels too, rounded towards the top.
    let bar = ((height - stroke) / 2.0).floor() + half;
    let round = ((width - stroke) * 0.5).min(stroke * 1.1);
    let line = |places: &[Point]| {
        let place = |(x, y): Point| (corner.0 + x, corner.1 + y);
        let places = places.iter().copied().map(place).collect();
        Primitive::Bent(Stroke { places, round, width: stroke, closed: false })
    };
    let ring = |top: f32, foot: f32| match line(&[(left, top), (right, top), (right, foot), (left, foot)]) {
        Primitive::Bent(stroke) => Primitive::Bent(Stroke { closed: true, ..stroke }),
        other => other,
    };
    match digit {
        0 => vec![ring(top, foot)],
        1 => {
            let stem = ((width - stroke) / 2.0).ceil() + half;
            vec![
                line(&[(stem, 0.0), (stem, height)]),
                line(&[(stem - half - stroke, top + stroke), (stem, top + stroke)]),
            ]
        }
        2 => vec![
            line(&[(0.0, top), (right, top), (right, bar), (left, bar), (left, height)]),
            line(&[(0.0, foot), (width, foot)]),
        ],
        3 => vec![
            line(&[(0.0, top), (right, top), (right, foot), (0.0, foot)]),
            line(&[(stroke, bar), (right, bar)]),
        ],
        4 => vec![
            line(&[(left, 0.0), (left, bar + stroke), (width, bar + stroke)]),
            line(&[(right, 0.0), (right, height)]),
        ],
        5 => vec![
            line(&[(0.0, top), (width, top)]),
            line(&[(left, 0.0), (left, bar + half)]),
            line(&[(0.0, bar), (right, bar), (right, foot), (0.0, foot)]),
        ],
        6 => vec![line(&[(width, top), (left, top), (left, bar)]), ring(bar, foot)],
        7 => vec![line(&[(0.0, top), (width, top)]), line(&[(right, 0.0), (right, height)])],
        8 => vec![ring(top, bar), ring(bar, foot)],
        _ => vec![ring(top, bar), line(&[(right, bar), (right, foot), (0.0, foot)])],
    }
}
