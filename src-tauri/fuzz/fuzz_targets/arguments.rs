//! The libFuzzer target `arguments`; its code is in `src-tauri/tests/fuzz/targets.rs`.
#![no_main]

#[path = "../../tests/fuzz/targets.rs"]
#[expect(dead_code, clippy::expect_used, reason = "other targets are unused here; inputs are built")]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::arguments(input));
