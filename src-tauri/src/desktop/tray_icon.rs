//! The tray picture: a ring that empties clockwise from the top as quota is used.
//!
//! Owns pixels: which form stands where at which size, and the colours. Refuses to know what a level means, who
//! shows the picture and whether the panel is light or dark: it is told.

mod digits;
mod palette;
mod primitive;
mod shapes;
mod svg;

use tidemark_core::tray::{Picture, Shape, Theme};
use tiny_skia::{Pixmap, PixmapPaint, Transform};

use shapes::{Grid, Ink};
pub use svg::svg;

/// The smallest edge drawn, in pixels; below it no form can be told from another.
pub const SMALLEST: u32 = 16;

/// The largest edge drawn, in pixels.
pub const LARGEST: u32 = 512;

/// A picture as rows of pixels from the top, each red, green, blue and alpha, with straight alpha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes for each pixel.
    pub rgba: Vec<u8>,
}

/// Draws a picture for a square of `size` pixels, snapped to that grid.
///
/// A size outside [`SMALLEST`]`..=`[`LARGEST`] is drawn at the nearer end, and more than 100 % left counts as 100.
#[must_use]
pub fn draw(picture: Picture, size: u32, theme: Theme) -> Pixels {
    let size = size.clamp(SMALLEST, LARGEST);
    let Some(mut canvas) = Pixmap::new(size, size) else {
        return Pixels { width: 0, height: 0, rgba: Vec::new() };
    };
    let has_figure =
        picture.digits.is_some() && matches!(picture.shape, Shape::Full | Shape::Notched | Shape::Exclaimed);
    let grid = Grid::of(size, has_figure);
    let parts = shapes::parts(picture, &grid);
    if let (Some(outline), Some(mut under)) = (palette::outline(theme), Pixmap::new(size, size)) {
        // Drawn solid on a sheet of its own, so that overlapping outlines do not add up.
        if has_figure {
            // Between ring and digits the panel would only flicker through.
            shapes::disc(&grid, grid.halo).paint(&mut under, Some(outline.solid));
        }
        for (part, _) in parts.iter().filter(|(_, ink)| *ink != Ink::Cut) {
            part.clone().grown(grid.halo).paint(&mut under, Some(outline.solid));
        }
        let paint = PixmapPaint { opacity: outline.opacity, ..PixmapPaint::default() };
        canvas.draw_pixmap(0, 0, under.as_ref(), &paint, Transform::identity(), None);
    }
    let strong = palette::ink(picture.shape, theme);
    // On a sheet of their own as well where something is cut out of them: it shows the outline.
    let has_cut = parts.iter().any(|(_, ink)| *ink == Ink::Cut);
    let mut over = has_cut.then(|| Pixmap::new(size, size)).flatten();
    let sheet = over.as_mut().unwrap_or(&mut canvas);
    for (part, ink) in parts {
        let colour = match ink {
            Ink::Strong => Some(strong),
            Ink::Faint => Some(palette::faint(strong)),
            Ink::Cut => None,
        };
        part.paint(sheet, colour);
    }
    if let Some(over) = over {
        canvas.draw_pixmap(0, 0, over.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
    let rgba = canvas.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    Pixels { width: size, height: size, rgba: rgba.collect() }
}
