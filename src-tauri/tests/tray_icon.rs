//! How well the tray icon can be recognized: on light and dark panels, at every size, with and without colour vision.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tidemark::desktop::tray_icon::{LARGEST, Pixels, SMALLEST, draw, svg};
use tidemark_core::tray::{Picture, Shape, Theme};

type Rgb = [u8; 3];

const SIZES: [u32; 6] = [16, 22, 24, 32, 48, 64];
const SHAPES: [Shape; 6] =
    [Shape::Full, Shape::Notched, Shape::Exclaimed, Shape::Broken, Shape::Dashed, Shape::Keyed];
const LEFTS: [u8; 6] = [0, 6, 18, 50, 71, 100];
const LIGHT_PANEL: Rgb = [0xf2, 0xf3, 0xf5];
const DARK_PANEL: Rgb = [0x1f, 0x23, 0x28];
const PANELS: [(Theme, Rgb); 4] = [
    (Theme::Light, LIGHT_PANEL),
    (Theme::Dark, DARK_PANEL),
    (Theme::Auto, LIGHT_PANEL),
    (Theme::Auto, DARK_PANEL),
];

#[test]
fn the_pictures_are_those_that_were_looked_at() {
    let sheet = Sheet::of_everything();
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../picture-sheet.png");
    sheet.write(&seen);
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/picture-sheet.png");
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::copy(&seen, &golden).expect("the golden sheet is written");
    }
    let expected = Sheet::read(&golden);
    assert_eq!((sheet.width, sheet.height), (expected.width, expected.height), "the sheet's size");
    let changed = (0..sheet.rgb.len()).filter(|&at| sheet.rgb[at] != expected.rgb[at]).count();
    assert_eq!(changed, 0, "colours changed; look at {} and run again with UPDATE=1", seen.display());
}

#[test]
fn the_drawings_are_those_of_the_pictures() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../icons/tray");
    let drawn = [("good", 71), ("near", 18), ("critical", 6), ("spent", 0), ("unknown", 60), ("refused", 0)];
    for ((name, left), shape) in drawn.into_iter().zip(SHAPES) {
        let file = folder.join(name).with_extension("svg");
        let svg = svg(of(shape, left));
        if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
            fs::create_dir_all(&folder).expect("the folder is there");
            fs::write(&file, &svg).expect("the drawing is written");
        }
        let kept = fs::read_to_string(&file).expect("the drawing is there; UPDATE=1 writes it");
        assert!(kept == svg, "{name} is drawn otherwise now; look at it and run again with UPDATE=1");
    }
}

#[test]
fn no_two_states_have_the_same_form_at_any_figure() {
    for size in [16, 22] {
        for theme in [Theme::Light, Theme::Dark] {
            let masks = |picture| draw(picture, size, theme).rgba.chunks(4).map(|p| p[3]).collect::<Vec<_>>();
            assert_apart(&format!("{size} px, {theme:?}"), 0.15, masks);
        }
    }
}

#[test]
fn states_with_the_same_figure_are_apart_by_form_and_without_colour_sight() {
    const WITH_FIGURE: [Shape; 3] = [Shape::Full, Shape::Notched, Shape::Exclaimed];
    for size in [16, 22] {
        for (theme, panel) in PANELS {
            let seen = |shape, left, digits| {
                let shown = on_panel(&draw(with_digits(shape, left, digits), size, theme), panel);
                shown.into_iter().map(|colour| lightness(deuteranope(colour))).collect::<Vec<_>>()
            };
            for (left, digits) in [(3, 3), (18, 18), (71, 29)] {
                for (one, other) in [(0, 1), (0, 2), (1, 2)] {
                    let [one, other] = [one, other].map(|n| seen(WITH_FIGURE[n], left, digits));
                    let found = apart(&one, &other);
                    // The disc behind a number on an unknown panel counts as drawn, which lowers the share.
                    let share = if theme == Theme::Auto { 0.06 } else { 0.1 };
                    assert!(found >= share, "{digits} at {size} px, {theme:?} on {panel:?}: {found:.2}");
                }
            }
        }
    }
}

#[test]
fn no_figure_looks_like_another() {
    for size in [16, 22, 24, 48] {
        let drawn = |digits| {
            let pixels = draw(with_digits(Shape::Full, 50, digits), size, Theme::Light);
            pixels.rgba.chunks(4).map(|p| p[3]).collect::<Vec<_>>()
        };
        let figures: Vec<_> = (0..100).map(drawn).collect();
        // At least two whole pixels differ between the icons of any two numbers.
        for (n, one) in figures.iter().enumerate() {
            for (m, other) in figures.iter().enumerate().skip(n + 1) {
                let differ = one.iter().zip(other).filter(|(x, y)| x.abs_diff(**y) > 128).count();
                assert!(differ >= 2, "{n} and {m} at {size} px differ in {differ} pixels");
            }
        }
    }
}

#[test]
fn digits_stand_on_whole_pixels() {
    for size in SIZES {
        // Numbers whose digits have only straight lines.
        for digits in [1, 7, 11, 17, 71, 77] {
            let pixels = draw(with_digits(Shape::Full, 50, digits), size, Theme::Light);
            let (middle, reach) = (size / 2, size / 4);
            let inner = (middle - reach / 2..middle + reach / 2)
                .flat_map(|y| (middle - reach..middle + reach).map(move |x| (x, y)));
            let alphas: Vec<_> = inner.map(|(x, y)| alpha(&pixels, x, y)).collect();
            assert_eq!(
                alphas.iter().filter(|&&alpha| (40..215).contains(&alpha)).count(),
                0,
                "{digits} at {size} px"
            );
            assert!(alphas.iter().any(|&alpha| alpha >= 215), "{digits} at {size} px");
        }
    }
}

#[test]
fn a_ring_of_what_is_used_fills_where_the_other_empties() {
    for size in SIZES {
        let used = draw(Picture { used: true, ..of(Shape::Full, 75) }, size, Theme::Light);
        let weights = [(1, 0), (1, 1), (0, 1), (0, 0)].map(|corner| quarter_weight(&used, corner));
        assert!(weights[1..].iter().all(|weight| weights[0] > weight * 5 / 4), "{size} px: {weights:?}");
        let whole = |left, used| draw(Picture { used, ..of(Shape::Full, left) }, size, Theme::Light);
        assert_eq!(whole(0, true), whole(100, false));
        assert_eq!(whole(100, true), whole(0, false));
    }
}

#[test]
fn who_sees_neither_red_nor_green_still_tells_the_states_apart() {
    for size in [16, 22] {
        for (theme, panel) in PANELS {
            let seen = |picture| {
                let shown = on_panel(&draw(picture, size, theme), panel);
                shown.into_iter().map(|colour| lightness(deuteranope(colour))).collect::<Vec<_>>()
            };
            assert_apart(&format!("{size} px, {theme:?} on {panel:?}"), 0.15, seen);
        }
    }
}

#[test]
fn quota_leaves_the_ring_clockwise_from_the_top() {
    for size in SIZES {
        for (left, quarters) in
            [(100, [1, 1, 1, 1]), (75, [0, 1, 1, 1]), (50, [0, 0, 1, 1]), (25, [0, 0, 0, 1])]
        {
            let pixels = full(left, size, Theme::Light);
            // The top right quarter, then clockwise.
            let weights = [(1, 0), (1, 1), (0, 1), (0, 0)].map(|corner| quarter_weight(&pixels, corner));
            let whole = weights[3];
            let strong = weights.map(|weight| u8::from(weight * 10 > whole * 8));
            assert_eq!(strong, quarters, "{left} % at {size} px: {weights:?}");
        }
    }
}

#[test]
fn only_a_quota_without_use_looks_whole_and_only_a_spent_one_empty() {
    for size in SIZES {
        for theme in [Theme::Light, Theme::Dark, Theme::Auto] {
            assert_ne!(full(99, size, theme), full(100, size, theme), "99 % at {size} px");
            assert_ne!(full(1, size, theme), full(0, size, theme), "1 % at {size} px");
        }
    }
}

#[test]
fn the_ring_s_edges_fall_between_pixels() {
    for (size, width) in [(16, 2), (21, 3), (22, 3), (24, 3), (32, 4), (48, 6), (64, 8)] {
        let pixels = full(100, size, Theme::Light);
        let column: Vec<_> = (0..size / 2).map(|y| alpha(&pixels, size / 2, y)).collect();
        let blurred = column.iter().filter(|&&alpha| (40..215).contains(&alpha)).count();
        assert_eq!(blurred, 0, "{size} px: {column:?}");
        let solid = column.iter().filter(|&&alpha| alpha >= 215).count();
        assert_eq!(solid, width, "{size} px: {column:?}");
    }
}

#[test]
fn every_state_stands_out_from_its_panel() {
    let figures = [Shape::Full, Shape::Notched, Shape::Exclaimed].map(|shape| with_digits(shape, 50, 50));
    for picture in SHAPES.map(|shape| of(shape, 50)).into_iter().chain(figures) {
        for (theme, panel) in PANELS {
            let pixels = draw(picture, 22, theme);
            let best = on_panel(&pixels, panel).into_iter().map(|colour| contrast(colour, panel));
            let best = best.fold(1.0, f64::max);
            assert!(best >= 4.5, "{picture:?} {theme:?} on {panel:?}: {best:.1}");
        }
    }
}

#[test]
fn soft_edges_keep_the_full_colour() {
    let pixels = full(100, 22, Theme::Light);
    let ink = solid(&pixels);
    let soft: Vec<_> = pixels.rgba.chunks(4).filter(|p| (64..255).contains(&p[3])).collect();
    assert!(!soft.is_empty(), "the ring has soft edges");
    for pixel in soft {
        let off = (0..3).map(|n| pixel[n].abs_diff(ink[n])).max().unwrap();
        assert!(off <= 3, "{pixel:?} against {ink:?}");
    }
}

#[test]
fn any_size_asked_is_drawn_square_and_within_reason() {
    for (asked, drawn) in [(0, SMALLEST), (16, 16), (21, 21), (44, 44), (512, 512), (u32::MAX, LARGEST)] {
        for shape in SHAPES {
            let pixels = draw(of(shape, 250), asked, Theme::Auto);
            assert_eq!((pixels.width, pixels.height), (drawn, drawn));
            assert_eq!(pixels.rgba.len(), usize::try_from(drawn * drawn * 4).unwrap());
            assert!(pixels.rgba.chunks(4).any(|p| p[3] == u8::MAX), "{shape:?} at {asked} px is drawn");
        }
    }
}

#[test]
fn equal_parameters_give_equal_pixels() {
    let picture = of(Shape::Notched, 18);
    assert_eq!(draw(picture, 48, Theme::Auto), draw(picture, 48, Theme::Auto));
}

/// Asserts that any two states differ by at least `share` of the strength of what either draws.
fn assert_apart(place: &str, share: f64, view: impl Fn(Picture) -> Vec<u8>) {
    let views: Vec<_> = SHAPES
        .iter()
        .flat_map(|&shape| LEFTS.map(|left| of(shape, left)))
        .map(|picture| (picture, view(picture)))
        .collect();
    for (one, ours) in &views {
        for (other, theirs) in views.iter().filter(|(other, _)| other.shape != one.shape) {
            let found = apart(ours, theirs);
            assert!(found >= share, "{one:?} and {other:?} at {place}: {found:.2}");
        }
    }
}

/// Returns how much two icons differ, as a share of what either draws.
fn apart(ours: &[u8], theirs: &[u8]) -> f64 {
    let empty = ours[0];
    let pairs = || ours.iter().zip(theirs);
    let apart: u32 = pairs().map(|(x, y)| u32::from(x.abs_diff(*y))).sum();
    let drawn: u32 = pairs().map(|(x, y)| u32::from(x.abs_diff(empty).max(y.abs_diff(empty)))).sum();
    f64::from(apart) / f64::from(drawn)
}

const fn with_digits(shape: Shape, left: u8, digits: u8) -> Picture {
    Picture { digits: Some(digits), ..of(shape, left) }
}

const fn of(shape: Shape, left: u8) -> Picture {
    Picture { shape, left, used: false, digits: None }
}

fn full(left: u8, size: u32, theme: Theme) -> Pixels {
    draw(of(Shape::Full, left), size, theme)
}

fn alpha(pixels: &Pixels, x: u32, y: u32) -> u8 {
    pixels.rgba[usize::try_from((y * pixels.width + x) * 4 + 3).unwrap()]
}

/// Sums the alpha of one quarter of the icon.
fn quarter_weight(pixels: &Pixels, (right, low): (u32, u32)) -> u32 {
    let half = pixels.width / 2;
    let places = (0..half).flat_map(|y| (0..half).map(move |x| (x + right * half, y + low * half)));
    places.map(|(x, y)| u32::from(alpha(pixels, x, y))).sum()
}

fn solid(pixels: &Pixels) -> Rgb {
    let pixel = pixels.rgba.chunks(4).find(|p| p[3] == u8::MAX).expect("something is solid");
    [pixel[0], pixel[1], pixel[2]]
}

fn on_panel(pixels: &Pixels, panel: Rgb) -> Vec<Rgb> {
    let blend = |over: u8, under: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        let mixed = (u32::from(over) * alpha + u32::from(under) * (255 - alpha) + 127) / 255;
        u8::try_from(mixed).unwrap()
    };
    pixels.rgba.chunks(4).map(|p| [0, 1, 2].map(|n| blend(p[n], panel[n], p[3]))).collect()
}

fn linear(colour: Rgb) -> [f64; 3] {
    colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

/// A colour as seen without green-sensitive cones (Machado, Oliveira and Fernandes 2009, severity 1).
fn deuteranope(colour: Rgb) -> [f64; 3] {
    let [red, green, blue] = linear(colour);
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ]
    .map(|row| (row[0] * red + row[1] * green + row[2] * blue).clamp(0.0, 1.0))
}

fn luminance([red, green, blue]: [f64; 3]) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The perceived lightness, black 0 to white 255 (CIE L*).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn lightness(colour: [f64; 3]) -> u8 {
    let light = 116.0 * luminance(colour).max(0.008_856).cbrt() - 16.0;
    (light * 2.55).clamp(0.0, 255.0).round() as u8
}

/// The contrast ratio of two colours, 1..=21 (WCAG 2).
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(linear(one)), luminance(linear(other)));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// All states at all sizes on all panels, as one opaque image.
struct Sheet {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Sheet {
    const MARGIN: usize = 4;

    fn of_everything() -> Self {
        let states: Vec<_> = [
            (Shape::Full, &[100, 71, 30][..]),
            (Shape::Notched, &[50, 18]),
            (Shape::Exclaimed, &[30, 6]),
            (Shape::Broken, &[0]),
            (Shape::Dashed, &[100, 45, 0]),
            (Shape::Keyed, &[0]),
        ]
        .into_iter()
        .flat_map(|(shape, lefts)| lefts.iter().map(move |&left| of(shape, left)))
        .chain([Picture { used: true, ..of(Shape::Full, 71) }])
        .chain([71, 9].map(|left| with_digits(Shape::Full, left, left)))
        .chain([Picture { used: true, ..with_digits(Shape::Full, 71, 29) }])
        .chain([18, 5].map(|left| with_digits(Shape::Notched, left, left)))
        .chain([4, 1].map(|left| with_digits(Shape::Exclaimed, left, left)))
        // Every digit on either side.
        .chain([10, 32, 45, 67, 89, 90, 23, 54, 76, 98].map(|left| with_digits(Shape::Full, left, left)))
        .collect();
        let sizes = SIZES.map(|size| usize::try_from(size).unwrap() + 2 * Self::MARGIN);
        let (cell, band) = (sizes[SIZES.len() - 1], sizes.iter().sum::<usize>());
        let (width, height) = (cell * states.len(), band * PANELS.len());
        let mut sheet = Self { width, height, rgb: Vec::with_capacity(width * height * 3) };
        for (theme, panel) in PANELS {
            for size in SIZES {
                sheet.add_row(&states, size, theme, panel, cell);
            }
        }
        sheet
    }

    fn add_row(&mut self, states: &[Picture], size: u32, theme: Theme, panel: Rgb, cell: usize) {
        let edge = usize::try_from(size).unwrap();
        let start = self.rgb.len();
        let rows = edge + 2 * Self::MARGIN;
        self.rgb.extend(std::iter::repeat_n(panel, self.width * rows).flatten());
        for (n, &picture) in states.iter().enumerate() {
            let shown = on_panel(&draw(picture, size, theme), panel);
            for (y, line) in shown.chunks(edge).enumerate() {
                let at = start + ((y + Self::MARGIN) * self.width + n * cell + Self::MARGIN) * 3;
                self.rgb[at..at + edge * 3].copy_from_slice(line.as_flattened());
            }
        }
    }

    fn write(&self, path: &Path) {
        let file = File::create(path).expect("the sheet can be created");
        let (width, height) = (self.width.try_into().unwrap(), self.height.try_into().unwrap());
        let mut encoder = png::Encoder::new(file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("the header is written");
        writer.write_image_data(&self.rgb).expect("the pixels are written");
    }

    fn read(path: &Path) -> Self {
        let file = File::open(path).expect("the golden sheet is there; UPDATE=1 writes it");
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("it is a picture");
        let mut rgb = vec![0; reader.output_buffer_size().expect("it fits in memory")];
        let info = reader.next_frame(&mut rgb).expect("it is whole");
        let (width, height) = (info.width.try_into().unwrap(), info.height.try_into().unwrap());
        Self { width, height, rgb }
    }
}
