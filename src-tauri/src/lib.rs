//! Tidemark's shell: the composition root and the adapters around the core.

pub mod api;
pub mod cli;
pub mod commands;
pub mod config;
pub mod controller;
pub mod desktop;
pub mod error;
pub mod key;
pub mod store;
pub mod vault;
