#!/usr/bin/env bash
# Measures the release build: core and store in-process, and the app compared with the yardstick, an empty tray app of
# the same versions and profile.
#   scripts/bench.sh            about seven minutes, both builds not included
#   scripts/bench.sh --quick    short waits, five closings; too short for a verdict
#   scripts/bench.sh --first-paint   only how soon the window shows its data
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

scripts/setup.sh build tests
cargo build --release --locked --manifest-path tests/yardstick/Cargo.toml --target-dir "$target/yardstick"
cargo build --release --locked -p tidemark --features measure --bin figures
cargo build --locked -p e2e --bin bench
TIDEMARK_BIN=$(realpath "$target/release/tidemark")
export TIDEMARK_BIN

missed=0
"$target/release/figures" || missed=1
"$target/debug/bench" --yardstick "$(realpath "$target/yardstick/release/yardstick")" "$@" || missed=1
exit "$missed"
