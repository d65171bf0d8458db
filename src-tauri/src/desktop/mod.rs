//! The desktop's own things: tray, notifications, window, clipboard, sleep and network.

pub mod autostart;
pub mod bus;
pub mod calling;
pub mod chooser;
pub mod clipboard;
pub mod habits;
pub mod notifier;
pub mod picture;
pub mod place;
pub mod power;
#[cfg(target_os = "linux")]
pub mod single_instance;
pub mod theme;
pub mod tray;
pub mod window;
