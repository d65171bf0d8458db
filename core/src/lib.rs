//! Tidemark's core: what MiniMax's answers mean, when to poll, what to show and when to notify.
//!
//! No I/O, no clock and no threads here; see `clippy.toml`. The time and everything else that varies are arguments.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub mod account;
pub mod admission;
pub mod ahead;
pub mod alert;
pub mod answer;
pub mod chart;
pub mod checkup;
pub mod endpoint;
pub mod failure;
pub mod forecast;
pub mod form;
pub mod habits;
pub mod handover;
pub mod history;
pub mod hours;
pub mod level;
pub mod message;
pub mod monitor;
pub mod plan;
pub mod present;
pub mod quiet;
pub mod reading;
pub mod redact;
pub mod report;
pub mod rolling;
pub mod schedule;
pub mod settings;
pub mod shortcut;
pub mod simulate;
pub mod speed;
pub mod spend;
pub mod text;
pub mod time;
pub mod tray;
pub mod view;
pub mod watched;
pub mod week;
pub mod wording;
