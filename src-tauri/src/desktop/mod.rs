//! Desktop integration: tray, notifications, window, clipboard, hotkey, autostart, power and network events.

pub mod autostart;
pub mod clipboard;
pub mod dbus;
pub mod file_dialog;
pub mod hotkey;
pub mod integration;
pub mod notifications;
pub mod power;
#[cfg(target_os = "linux")]
pub mod single_instance;
pub mod theme;
pub mod tray;
pub mod tray_icon;
pub mod window;
pub mod window_geometry;
