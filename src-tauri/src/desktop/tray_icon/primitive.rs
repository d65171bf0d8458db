//! The primitives that an icon is made of: arcs, lines, bent lines, dots and wedges; painting and growing them.

use std::f32::consts::TAU;

use tiny_skia::{BlendMode, Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Transform};

/// Number of cubic curves in an arc. The error of an eighth of a circle is below a millionth of its radius.
const STEPS: u8 = 8;

/// A point, in pixels from the left and from the top.
pub type Point = (f32, f32);

/// One primitive. Lengths are pixels; angles are turns, clockwise from the top.
#[derive(Clone, Debug)]
pub enum Primitive {
    /// An arc with square ends.
    Arc {
        centre: Point,
        /// From the centre to the middle of the line.
        radius: f32,
        width: f32,
        /// Start, in turns.
        from: f32,
        /// End, in turns; a full turn after `from` closes the ring.
        to: f32,
    },
    /// A straight line with square ends.
    Line { from: Point, to: Point, width: f32 },
    /// A line with rounded bends and square ends.
    Bent(Stroke),
    /// A filled circle.
    Dot { centre: Point, radius: f32 },
    /// A filled triangle.
    Wedge {
        corners: [Point; 3],
        /// How far it was grown on each side; this rounds the corners.
        margin: f32,
    },
}

/// A path and how it is painted.
#[derive(Clone, Debug)]
pub struct Traced {
    pub path: Path,
    /// Width of the line; `None` if the path is filled.
    pub line: Option<f32>,
}

/// A line with rounded bends.
#[derive(Clone, Debug)]
pub struct Stroke {
    /// Its ends and bends, in order.
    pub places: Vec<Point>,
    /// Radius of the bends, at the middle of the line.
    pub round: f32,
    pub width: f32,
    /// Whether the last point is joined to the first.
    pub closed: bool,
}

impl Primitive {
    /// Returns the same primitive, larger by `margin` pixels on every side.
    #[must_use]
    pub fn grown(self, margin: f32) -> Self {
        match self {
            Self::Arc { centre, radius, width, from, to } => {
                let ends = if to - from >= 1.0 { 0.0 } else { margin / (TAU * radius) };
                // If the grown end would meet the start, the ring is closed.
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
            Self::Bent(stroke) => Self::Bent(stroke.grown(margin)),
            Self::Dot { centre, radius } => Self::Dot { centre, radius: radius + margin },
            Self::Wedge { corners, margin: before } => Self::Wedge { corners, margin: before + margin },
        }
    }

    /// Paints the primitive in `colour` over what is there; with `None`, erases what is there.
    pub fn paint(&self, canvas: &mut Pixmap, colour: Option<Color>) {
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        match colour {
            Some(colour) => paint.set_color(colour),
            None => paint.blend_mode = BlendMode::DestinationOut,
        }
        let as_is = Transform::identity();
        for Traced { path, line } in self.traced() {
            match line {
                Some(width) => canvas.stroke_path(&path, &paint, &stroke(width), as_is, None),
                None => canvas.fill_path(&path, &paint, FillRule::Winding, as_is, None),
            }
        }
    }

    /// Returns the paths that make up the primitive; empty if it has no length.
    #[must_use]
    pub fn traced(&self) -> Vec<Traced> {
        let (path, line) = match self {
            Self::Arc { centre, radius, width, from, to } => {
                (arc(*centre, *radius, *from, *to), Some(*width))
            }
            Self::Line { from, to, width } => (polygon(&[*from, *to], false), Some(*width)),
            Self::Bent(bent) => (bent.path(), Some(bent.width)),
            Self::Dot { centre, radius } => (PathBuilder::from_circle(centre.0, centre.1, *radius), None),
            Self::Wedge { corners, .. } => (polygon(corners, true), None),
        };
        let Some(path) = path else { return Vec::new() };
        match self {
            Self::Wedge { margin, .. } if *margin > 0.0 => {
                vec![Traced { path: path.clone(), line: None }, Traced { path, line: Some(2.0 * margin) }]
            }
            _ => vec![Traced { path, line }],
        }
    }
}

impl Stroke {
    fn grown(mut self, margin: f32) -> Self {
        if !self.closed && self.places.len() > 1 {
            let last = self.places.len() - 1;
            self.places[0] = towards(self.places[0], self.places[1], -margin);
            self.places[last] = towards(self.places[last], self.places[last - 1], -margin);
        }
        Self { width: 2.0f32.mul_add(margin, self.width), ..self }
    }

    fn path(&self) -> Option<Path> {
        let count = self.places.len();
        let (first, last) = (*self.places.first()?, *self.places.last()?);
        let mut path = PathBuilder::new();
        if self.closed {
            let start = middle(last, first);
            path.move_to(start.0, start.1);
        } else {
            path.move_to(first.0, first.1);
        }
        let bends = if self.closed { 0..count } else { 1..count.saturating_sub(1) };
        for n in bends {
            let at = self.places[n];
            let (before, after) = (self.places[(n + count - 1) % count], self.places[(n + 1) % count]);
            // Two neighbouring bends share the segment between them: each may use half of it.
            let room = |other: Point| (other.0 - at.0).hypot(other.1 - at.1) / 2.0;
            let round = self.round.min(room(before)).min(room(after));
            let (from, to) = (towards(at, before, round), towards(at, after, round));
            path.line_to(from.0, from.1);
            let reach = |end: Point| towards(end, at, round * 0.552_285);
            let (one, other) = (reach(from), reach(to));
            path.cubic_to(one.0, one.1, other.0, other.1, to.0, to.1);
        }
        if self.closed {
            path.close();
        } else {
            path.line_to(last.0, last.1);
        }
        path.finish()
    }
}

/// Returns the point at the distance `way` from `from` in the direction of `to`.
fn towards(from: Point, to: Point, way: f32) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let share = way / dx.hypot(dy).max(f32::EPSILON);
    (from.0 + dx * share, from.1 + dy * share)
}

fn middle(one: Point, other: Point) -> Point {
    (f32::midpoint(one.0, other.0), f32::midpoint(one.1, other.1))
}

fn polygon(corners: &[Point], closed: bool) -> Option<Path> {
    let (first, others) = corners.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(first.0, first.1);
    for (x, y) in others {
        path.line_to(*x, *y);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn stroke(width: f32) -> tiny_skia::Stroke {
    let ends = (LineCap::Butt, LineJoin::Round);
    tiny_skia::Stroke { width, line_cap: ends.0, line_join: ends.1, ..tiny_skia::Stroke::default() }
}

fn arc(centre: Point, radius: f32, from: f32, to: f32) -> Option<Path> {
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
