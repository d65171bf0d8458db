//! The one binary: the tray app and its command line.

// A console window would flash up on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    tidemark::cli::main()
}
