//! The desktop's own things: tray, notifications, window, clipboard, sleep and network.

pub mod bus;
pub mod clipboard;
pub mod notifier;
pub mod picture;
pub mod power;
pub mod tray;
pub mod window;
