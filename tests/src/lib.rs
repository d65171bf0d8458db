//! A real, private desktop session for each test, and readers for what the app does in it.
//!
//! Provides display, bus, keyring, clipboard, notification daemon, tray host, and a scripted MiniMax on loopback. Tests
//! access the product through the binary, HTTP, D-Bus and `WebDriver`, never through its code. Nothing is skipped: a
//! program that is missing on the machine fails the test.
#![expect(clippy::missing_panics_doc, reason = "the harness fails its test by panicking, everywhere")]
#![expect(clippy::expect_used, reason = "the harness fails its test by panicking with a message")]

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
