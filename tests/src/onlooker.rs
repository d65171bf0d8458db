//! Reads windows directly from the X server; one capture takes about a millisecond. The program behind a window is not
//! asked: it may draw something else for a screenshot than on the screen.

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, ImageFormat, MapState, Window};
use x11rb::rust_connection::RustConnection;

use crate::screen::Shot;

#[derive(Debug)]
pub struct Onlooker {
    display: RustConnection,
    root: Window,
}

impl Onlooker {
    /// Connects to a display by its name, such as `:7`.
    #[must_use]
    pub fn on(display: &str) -> Self {
        let (display, screen) = RustConnection::connect(Some(display)).expect("the display");
        let root = display.setup().roots[screen].root;
        Self { display, root }
    }

    /// A visible window of this class.
    #[must_use]
    pub fn window(&self, class: &str) -> Option<Window> {
        self.below(self.root, class)
    }

    /// The pixels of a window's upper left part: four bytes each (blue, green, red, unused), row by row. `None` if the
    /// window is gone, smaller, or not wholly on the display.
    #[must_use]
    pub fn pixels(&self, window: Window, width: u16, height: u16) -> Option<Vec<u8>> {
        let asked = self.display.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, u32::MAX);
        Some(asked.ok()?.reply().ok()?.data)
    }

    /// Takes a picture of a window. `None` if it is gone, or not wholly on the display.
    #[must_use]
    pub fn picture(&self, window: Window) -> Option<Shot> {
        let size = self.display.get_geometry(window).ok()?.reply().ok()?;
        let pixels = self.pixels(window, size.width, size.height)?;
        let rgb = pixels.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        Some(Shot { width: size.width.into(), height: size.height.into(), rgb })
    }

    fn below(&self, above: Window, class: &str) -> Option<Window> {
        // Windows may be created or destroyed between the requests.
        let children = self.display.query_tree(above).ok()?.reply().ok()?.children;
        children.into_iter().find_map(|window| {
            let is_wanted = self.class(window).is_some_and(|found| found.contains(class));
            if is_wanted && self.is_shown(window) { Some(window) } else { self.below(window, class) }
        })
    }

    fn class(&self, window: Window) -> Option<String> {
        let (name, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        let told = self.display.get_property(false, window, name, kind, 0, 64).ok()?.reply().ok()?;
        String::from_utf8(told.value).ok()
    }

    fn is_shown(&self, window: Window) -> bool {
        let asked = self.display.get_window_attributes(window).ok();
        asked.and_then(|asked| asked.reply().ok()).is_some_and(|told| told.map_state == MapState::VIEWABLE)
    }
}
