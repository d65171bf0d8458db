//! Runs the fuzz targets of the shell on their seeds and on mutations of them: what `make fuzz` found stays fixed, and
//! a short run of every target is part of the ordinary tests.
#![expect(clippy::expect_used, reason = "a panic fails the test")]

#[path = "../../../core/tests/fuzz/replay.rs"]
mod replay;
mod targets;

use replay::replay;

#[test]
fn keys_take_every_seed_and_its_mutations() {
    replay(env!("CARGO_MANIFEST_DIR"), "key", 1_500, targets::key);
}

#[test]
fn arguments_take_every_seed_and_its_mutations() {
    replay(env!("CARGO_MANIFEST_DIR"), "arguments", 300, targets::arguments);
}

#[test]
fn settings_files_and_imports_take_every_seed_and_its_mutations() {
    replay(env!("CARGO_MANIFEST_DIR"), "settings_file", 10, targets::settings_file);
}

#[test]
fn history_files_take_every_seed_and_its_mutations() {
    replay(env!("CARGO_MANIFEST_DIR"), "history", 60, targets::history);
}
