//! The libFuzzer target `answer`, implemented in `core/tests/fuzz/targets.rs`.
#![no_main]

#[path = "../../tests/fuzz/targets.rs"]
#[expect(dead_code, clippy::expect_used, reason = "the module also has the other targets and creates inputs")]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::answer(input));
