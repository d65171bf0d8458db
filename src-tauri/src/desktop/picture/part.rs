//! The strokes a picture is made of: arcs, lines, dots and wedges.
//!
//! Owns turning a stroke into painted pixels, and growing it by an outline. Refuses forms and meaning.

use std::f32::consts::TAU;

use tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

/// How many cubics an arc is made of: an eighth of a circle is right to within a millionth of its radius.
const STEPS: u8 = 8;

/// A place, in pixels from the left and from the top.
pub type Place = (f32, f32);

/// One stroke. Lengths are pixels; angles are turns, clockwise from the top.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// A piece of a ring with square ends.
    Arc {
        /// The middle of the ring.
        centre: Place,
        /// From the middle to the middle of the line.
        radius: f32,
        /// The line's width.
        width: f32,
        /// Where it starts.
        from: f32,
        /// Where it ends; a whole turn after `from` closes it.
        to: f32,
    },
    /// A straight line with square ends.
    Line {
        /// One end.
        from: Place,
        /// The other end.
        to: Place,
        /// The line's width.
        width: f32,
    },
    /// A filled circle.
    Dot {
        /// Its middle.
        centre: Place,
        /// Its radius.
        radius: f32,
    },
    /// A filled triangle.
    Wedge {
        /// Its corners.
        corners: [Place; 3],
        /// How far it was grown on each side, rounding the corners.
        margin: f32,
    },
}

impl Part {
    /// Gives the same stroke, larger by `margin` pixels on every side.
    #[must_use]
    pub fn grown(self, margin: f32) -> Self {
        match self {
            Self::Arc { centre, radius, width, from, to } => {
                let ends = if to - from >= 1.0 { 0.0 } else { margin / (TAU * radius) };
                // An end that would meet the start closes the ring.
                let to = (to + ends).min(from - ends + 1.0);
                Self::Arc { centre, radius, width: 2.0f32.mul_add(margin, width), from: from - ends, to }
            }
            Self::Line { from, to, width } => {
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = dx.hypot(dy).max(f32::EPSILON);
                let (dx, dy) = (dx / length * margin, dy / length * margin);
                Self::Line {
                    from: (from.0 - dx, from.1 - dy),
                    to: (to.0 + dx, to.1 + dy),
                    width: 2.0f32.mul_add(margin, width),
                }
            }
            Self::Dot { centre, radius } => Self::Dot { centre, radius: radius + margin },
            Self::Wedge { corners, margin: before } => Self::Wedge { corners, margin: before + margin },
        }
    }

    /// Paints the stroke in one colour over what is there.
    pub fn paint(self, canvas: &mut Pixmap, colour: Color) {
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(colour);
        let as_is = Transform::identity();
        match self {
            Self::Arc { centre, radius, width, from, to } => {
                if let Some(path) = arc(centre, radius, from, to) {
                    canvas.stroke_path(&path, &paint, &stroke(width), as_is, None);
                }
            }
            Self::Line { from, to, width } => {
                let mut path = PathBuilder::new();
                path.move_to(from.0, from.1);
                path.line_to(to.0, to.1);
                if let Some(path) = path.finish() {
                    canvas.stroke_path(&path, &paint, &stroke(width), as_is, None);
                }
            }
            Self::Dot { centre, radius } => {
                if let Some(path) = PathBuilder::from_circle(centre.0, centre.1, radius) {
                    canvas.fill_path(&path, &paint, FillRule::Winding, as_is, None);
                }
            }
            Self::Wedge { corners, margin } => {
                let mut path = PathBuilder::new();
                path.move_to(corners[0].0, corners[0].1);
                path.line_to(corners[1].0, corners[1].1);
                path.line_to(corners[2].0, corners[2].1);
                path.close();
                if let Some(path) = path.finish() {
                    canvas.fill_path(&path, &paint, FillRule::Winding, as_is, None);
                    if margin > 0.0 {
                        canvas.stroke_path(&path, &paint, &stroke(2.0 * margin), as_is, None);
                    }
                }
            }
        }
    }
}

fn stroke(width: f32) -> Stroke {
    Stroke { width, line_cap: LineCap::Butt, line_join: LineJoin::Round, ..Stroke::default() }
}

fn arc(centre: Place, radius: f32, from: f32, to: f32) -> Option<Path> {
    if to - from >= 1.0 {
        return PathBuilder::from_circle(centre.0, centre.1, radius);
    }
    let step = (to - from) * TAU / f32::from(STEPS);
    let reach = radius * 4.0 / 3.0 * (step / 4.0).tan();
    let mut path = PathBuilder::new();
    let (mut sin, mut cos) = (from * TAU).sin_cos();
    path.move_to(centre.0 + radius * sin, centre.1 - radius * cos);
    for n in 1..=STEPS {
        let (next_sin, next_cos) = (from * TAU + step * f32::from(n)).sin_cos();
        path.cubic_to(
            centre.0 + radius * sin + reach * cos,
            centre.1 - radius * cos + reach * sin,
            centre.0 + radius * next_sin - reach * next_cos,
            centre.1 - radius * next_cos - reach * next_sin,
            centre.0 + radius * next_sin,
            centre.1 - radius * next_cos,
        );
        (sin, cos) = (next_sin, next_cos);
    }
    path.finish()
}
