//! The tray icon as SVG, for documents and for the window's legend: the same strokes, without digits.

use std::fmt::Write as _;

use tidemark_core::tray::{Picture, Theme};
use tiny_skia::{Color, PathSegment};

use super::palette;
use super::shapes::{self, Grid, Ink};

/// Edge of the pixel grid that the strokes are snapped to; they are on whole pixels at this size and at half of it.
const EDGE: u32 = 48;

/// Draws a picture without its digits as SVG, in the colours for a light panel, or for a dark one if the reader's
/// desktop is dark (`prefers-color-scheme`).
#[must_use]
pub fn svg(picture: Picture) -> String {
    let mut svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {EDGE} {EDGE}\">\n");
    let [light, dark] = [Theme::Light, Theme::Dark].map(|theme| hex(palette::ink(picture.shape, theme)));
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        svg,
        "  <style>svg{{color:{light}}}@media(prefers-color-scheme:dark){{svg{{color:{dark}}}}}</style>"
    );
    for (part, ink) in shapes::parts(Picture { digits: None, ..picture }, &Grid::of(EDGE, false)) {
        for traced in part.traced() {
            let way = way(traced.path.segments());
            let paint = match traced.line {
                Some(width) => {
                    format!("fill=\"none\" stroke=\"currentColor\" stroke-width=\"{}\"", Short(width))
                }
                None => "fill=\"currentColor\"".to_owned(),
            };
            let faint = if ink == Ink::Faint {
                format!(" opacity=\"{}\"", Short(palette::FAINT))
            } else {
                String::new()
            };
            let _ = writeln!(svg, "  <path d=\"{way}\" {paint}{faint}/>");
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn way(segments: impl Iterator<Item = PathSegment>) -> String {
    let at = |p: tiny_skia::Point| format!("{} {}", Short(p.x), Short(p.y));
    segments
        .map(|segment| match segment {
            PathSegment::MoveTo(to) => format!("M{}", at(to)),
            PathSegment::LineTo(to) => format!("L{}", at(to)),
            PathSegment::QuadTo(by, to) => format!("Q{} {}", at(by), at(to)),
            PathSegment::CubicTo(by, and, to) => format!("C{} {} {}", at(by), at(and), at(to)),
            PathSegment::Close => "Z".to_owned(),
        })
        .collect()
}

/// A length with two decimals; more cannot be seen.
struct Short(f32);

impl std::fmt::Display for Short {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Adding zero turns -0 into 0.
        write!(formatter, "{}", (self.0 * 100.0).round() / 100.0 + 0.0)
    }
}

fn hex(colour: Color) -> String {
    let colour = colour.to_color_u8();
    format!("#{:02x}{:02x}{:02x}", colour.red(), colour.green(), colour.blue())
}
