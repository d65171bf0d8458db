//! Runs the core's fuzz targets on their seeds and on mutations of them: findings of `make fuzz` stay fixed,
//! and the ordinary tests include a short run of every target.
#![expect(clippy::expect_used, reason = "a test whose setup fails has failed")]
#![expect(clippy::disallowed_methods, reason = "the seeds are files")]

mod replay;
mod targets;

use replay::replay;

#[test]
fn the_answer_reader_takes_every_seed_and_its_mutations() {
    replay(env!("CARGO_MANIFEST_DIR"), "answer", 100, targets::answer);
}

#[test]
fn settings_and_imports_take_every_seed_and_its_mutations() {
    replay(env!("CARGO_MANIFEST_DIR"), "settings", 1_500, targets::settings);
}

#[test]
fn texts_of_the_command_line_take_every_seed_and_its_mutations() {
    replay(env!("CARGO_MANIFEST_DIR"), "text", 1_500, targets::text);
}
