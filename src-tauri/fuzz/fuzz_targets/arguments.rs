//! The libFuzzer target `arguments`; what it does is in `src-tauri/tests/fuzz/targets.rs`.
#![no_main]

#[path = "../../tests/fuzz/targets.rs"]
#[expect(dead_code, clippy::expect_used, reason = "the other targets, and inputs that are made here")]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::arguments(input));
