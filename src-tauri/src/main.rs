//! The one binary: the tray app and its command line.

// Without this, a console window would appear on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

/// Overwrites memory with zeros when it is freed: keys pass through buffers of crates that do not wipe them.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    tidemark::cli::main()
}
