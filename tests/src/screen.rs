//! The display, Xvfb, with access to its windows and pixels. The machine's own display is not used.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::process::Started;
use crate::session::{Session, command};
use crate::wait::until;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Display {
    /// In physical pixels.
    pub width: u32,
    /// In physical pixels.
    pub height: u32,
    /// Physical pixels per logical pixel, in each direction.
    pub scale: u32,
}

impl Display {
    /// A common size of older screens.
    pub const PLAIN: Self = Self { width: 1280, height: 800, scale: 1 };
}

/// Starts a display and returns its number.
pub(crate) async fn start(
    root: &Path,
    environment: &[(String, String)],
    display: Display,
) -> (Started, String) {
    let mut xvfb = command("Xvfb", environment, root);
    let size = format!("{}x{}x24", display.width, display.height);
    xvfb.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset"]);
    let log = root.join("log/Xvfb.log");
    let number = root.join("display");
    let file = |path: &Path| fs::File::create(path).expect("a file in the session's folder");
    let child = xvfb.stdin(Stdio::null()).stdout(file(&number)).stderr(file(&log)).spawn();
    let mut display = Started::of("Xvfb", child, &xvfb);
    let number = until("the number of the display", async || {
        assert!(display.runs(), "Xvfb ended: {}", fs::read_to_string(&log).unwrap_or_default());
        let said = fs::read_to_string(&number).unwrap_or_default();
        said.strip_suffix('\n').map(str::to_owned).ok_or_else(|| "no number yet".to_owned())
    })
    .await;
    (display, number)
}

/// Position and size of a window, in pixels of the display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// A picture with eight bits each of red, green and blue, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    pub width: u32,
    pub height: u32,
    /// Three bytes per pixel.
    pub rgb: Vec<u8>,
}

impl Session {
    /// The X ids of the visible windows whose class matches.
    #[must_use]
    pub fn windows(&self, class: &str) -> Vec<u32> {
        // xdotool ends with 1 if it finds nothing.
        let found = self.run("xdotool", &["search", "--onlyvisible", "--class", class]).unwrap_or_default();
        found.lines().filter_map(|line| line.trim().parse().ok()).collect()
    }

    /// Waits until a window of this class is on the display.
    pub async fn window(&self, class: &str) -> u32 {
        until(&format!("a window of class {class}"), async || {
            self.windows(class).first().copied().ok_or_else(|| "no such window".to_owned())
        })
        .await
    }

    /// Waits until no window of this class is on the display.
    pub async fn no_window(&self, class: &str) {
        until(&format!("no window of class {class}"), async || match self.windows(class).len() {
            0 => Ok(()),
            many => Err(format!("{many} of them")),
        })
        .await;
    }

    /// Closes a window as its user does, with the window manager's key.
    pub fn close_window(&self, window: u32) {
        let window = window.to_string();
        let keys = ["windowactivate", "--sync", &window, "key", "--clearmodifiers", "alt+F4"];
        self.run("xdotool", &keys).expect("a window that can be closed");
    }

    /// Presses keys in the focused window, such as `ctrl+alt+m`.
    pub fn press(&self, keys: &str) {
        self.run("xdotool", &["key", "--clearmodifiers", keys]).expect("keys that can be pressed");
    }

    /// Waits until a window with this title is on the display.
    pub async fn window_titled(&self, title: &str) -> u32 {
        until(&format!("a window titled {title}"), async || {
            let found =
                self.run("xdotool", &["search", "--onlyvisible", "--name", title]).unwrap_or_default();
            found.lines().find_map(|line| line.trim().parse().ok()).ok_or_else(|| "no such window".to_owned())
        })
        .await
    }

    /// Position and size of a window.
    #[must_use]
    pub fn area(&self, window: u32) -> Area {
        // xdotool counts the window manager's frame twice.
        let text = self.run("xwininfo", &["-id", &window.to_string()]).expect("where a window stands");
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
        };
        let (x, y) = (value("Absolute upper-left X"), value("Absolute upper-left Y"));
        Area { x, y, width: value("Width"), height: value("Height") }
    }

    /// Clicks with the left mouse button.
    pub fn click(&self, x: u32, y: u32) {
        let (x, y) = (x.to_string(), y.to_string());
        self.run("xdotool", &["mousemove", &x, &y, "click", "1"]).expect("a click of the mouse");
    }

    /// Takes a picture of the whole display.
    #[must_use]
    pub fn shot(&self) -> Shot {
        let file = self.folder().join("shot.png");
        let name = file.display().to_string();
        self.run("scrot", &["--overwrite", "--silent", &name]).expect("a picture of the display");
        Shot::read(&file)
    }
}

impl Shot {
    #[must_use]
    pub fn read(file: &Path) -> Self {
        Self::decode(std::io::BufReader::new(fs::File::open(file).expect("a picture")))
    }

    /// Reads a PNG from bytes.
    pub fn decode(source: impl std::io::BufRead + std::io::Seek) -> Self {
        let mut decoder = png::Decoder::new(source);
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a picture that fits into memory")];
        let frame = reader.next_frame(&mut pixels).expect("the pixels of a PNG");
        let rgb = match frame.color_type {
            png::ColorType::Rgb => pixels,
            png::ColorType::Rgba => pixels.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect(),
            other => panic!("a picture of the display in {other:?}"),
        };
        Self { width: frame.width, height: frame.height, rgb }
    }

    pub fn write(&self, file: &Path) {
        let sink = std::io::BufWriter::new(fs::File::create(file).expect("a file for a picture"));
        let mut encoder = png::Encoder::new(sink, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("the head of a PNG");
        writer.write_image_data(&self.rgb).expect("the pixels of a PNG");
    }

    /// A picture of one colour.
    #[must_use]
    pub fn plain(width: u32, height: u32, colour: [u8; 3]) -> Self {
        Self { width, height, rgb: colour.repeat(width as usize * height as usize) }
    }

    /// Copies another picture into this one; what does not fit is cut off.
    pub fn put(&mut self, other: &Self, x: u32, y: u32) {
        let width = other.width.min(self.width.saturating_sub(x)) as usize * 3;
        for row in 0..other.height.min(self.height.saturating_sub(y)) {
            let from = row as usize * other.width as usize * 3;
            let to = ((y + row) as usize * self.width as usize + x as usize) * 3;
            self.rgb[to..to + width].copy_from_slice(&other.rgb[from..from + width]);
        }
    }

    /// Cuts out an area, as far as it is inside the picture.
    #[must_use]
    pub fn crop(&self, area: Area) -> Self {
        let right = (area.x + area.width).min(self.width);
        let bottom = (area.y + area.height).min(self.height);
        let (left, top) = (area.x.min(right), area.y.min(bottom));
        let rgb = (top..bottom).flat_map(|y| (left..right).flat_map(move |x| self.pixel(x, y))).collect();
        Self { width: right - left, height: bottom - top, rgb }
    }

    /// Makes each pixel a square of `times` × `times` pixels.
    #[must_use]
    pub fn enlarge(&self, times: u32) -> Self {
        let (width, height) = (self.width * times, self.height * times);
        let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| self.pixel(x / times, y / times)));
        Self { width, height, rgb: rgb.collect() }
    }

    /// Red, green and blue of a pixel.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = 3 * (y as usize * self.width as usize + x as usize);
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// Number of different colours.
    #[must_use]
    pub fn colours(&self) -> usize {
        self.rgb.chunks_exact(3).collect::<std::collections::HashSet<_>>().len()
    }
}
