//! A real, private desktop session for each test, and the readers of what the app did in it.
//!
//! Owns the display, the bus, the keyring, the clipboard, the notification daemon and the tray host that a test sees, a scripted
//! MiniMax on loopback, and the ways to look at all of them from outside. Refuses to know the product's code: it has
//! the binary, HTTP, D-Bus and `WebDriver`. Refuses to skip: what is missing on the machine fails the test.
#![expect(clippy::missing_panics_doc, reason = "a harness fails its test by panicking, everywhere")]
#![expect(clippy::expect_used, reason = "a harness fails its test by panicking, with a sentence")]

pub mod answer;
pub mod app;
mod bus;
pub mod clipboard;
pub mod gallery;
pub mod keyboard;
pub mod keyring;
pub mod memory;
pub mod minimax;
pub mod needle;
pub mod notices;
pub mod onlooker;
pub mod page;
pub mod palette;
mod panel;
pub mod power;
pub mod process;
pub mod screen;
pub mod session;
pub mod sheet;
pub mod sight;
pub mod tray;
pub mod wait;
pub mod watcher;
pub mod zone;

pub use answer::{Answer, StreamEnd, Window};
pub use app::{App, Run};
pub use clipboard::Clipboard;
pub use minimax::MiniMax;
pub use page::Page;
pub use power::SystemBus;
pub use session::{Part, Session};
pub use sheet::{Sheet, Theme};
pub use wait::{LIMIT, until, until_within};
