//! The pixels of the tray icon: a ring that empties clockwise from the top as quota is used.
//!
//! The caller decides the shape and whether the panel is light or dark.

mod digits;
mod palette;
mod primitive;
mod shapes;
mod svg;

use tidemark_core::tray::{Picture, Shape, Theme};
use tiny_skia::{Pixmap, PixmapPaint, Transform};

use shapes::{Grid, Ink};
pub use svg::svg;

/// Smallest edge that is drawn, in pixels; below it the shapes cannot be told apart.
pub const SMALLEST: u32 = 16;

/// Largest edge that is drawn, in pixels.
pub const LARGEST: u32 = 512;

/// An image as rows of pixels from the top; each pixel is red, green, blue and alpha, with straight alpha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    /// Four bytes for each pixel.
    pub rgba: Vec<u8>,
}

/// Draws a picture for a square of `size` pixels, with its edges snapped to that pixel grid.
///
/// A size outside [`SMALLEST`]`..=`[`LARGEST`] is clamped, and more than 100 % left counts as 100.
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
        // Drawn opaque on a separate pixmap, so that the opacities of overlapping outlines do not add up.
        if has_figure {
            // Fills the gap between ring and digits, where the panel would only show through in fragments.
            shapes::disc(&grid, grid.halo).paint(&mut under, Some(outline.solid));
        }
        for (part, _) in parts.iter().filter(|(_, ink)| *ink != Ink::Cut) {
            part.clone().grown(grid.halo).paint(&mut under, Some(outline.solid));
        }
        let paint = PixmapPaint { opacity: outline.opacity, ..PixmapPaint::default() };
        canvas.draw_pixmap(0, 0, under.as_ref(), &paint, Transform::identity(), None);
    }
    let strong = palette::ink(picture.shape, theme);
    // If something is cut out of the strokes, they are also drawn on a separate pixmap: the cut shows the outline.
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
