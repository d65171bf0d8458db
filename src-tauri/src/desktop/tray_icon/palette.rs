//! The colours of the tray icon: one for each shape and panel theme. No shape depends on its colour to be understood.

use tidemark_core::tray::{Shape, Theme};
use tiny_skia::Color;

/// Opacity of a faint stroke, 0..=1.
pub const FAINT: f32 = 0.55;

/// The outline around every stroke, for a panel whose theme is not known.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    /// Its colour, opaque.
    pub solid: Color,
    /// Its opacity, 0..=1.
    pub opacity: f32,
}

/// Returns the colour of a shape.
#[must_use]
pub fn ink(shape: Shape, theme: Theme) -> Color {
    let (on_light, on_dark) = match shape {
        Shape::Full => (0x0b_7a_84, 0x3c_c9_d2),
        Shape::Notched => (0x93_62_00, 0xf0_bb_45),
        Shape::Exclaimed => (0xbc_4c_00, 0xff_8f_45),
        Shape::Broken => (0xc0_26_2d, 0xff_6f_6c),
        Shape::Dashed => (0x5c_68_77, 0xa7_b3_c1),
        Shape::Keyed => (0x75_4a_a8, 0xc3_a6_f5),
    };
    match theme {
        Theme::Light => rgb(on_light),
        Theme::Dark | Theme::Auto => rgb(on_dark),
    }
}

/// Returns the faint variant of a colour, for what is used up or only frames.
#[must_use]
pub fn faint(mut colour: Color) -> Color {
    colour.set_alpha(FAINT);
    colour
}

/// Returns the outline for a panel theme; only [`Theme::Auto`], where the panel is not known, needs one.
#[must_use]
pub fn outline(theme: Theme) -> Option<Outline> {
    match theme {
        Theme::Light | Theme::Dark => None,
        Theme::Auto => Some(Outline { solid: rgb(0x0b_1a_22), opacity: 0.78 }),
    }
}

fn rgb(hex: u32) -> Color {
    let [_, red, green, blue] = hex.to_be_bytes();
    Color::from_rgba8(red, green, blue, u8::MAX)
}
