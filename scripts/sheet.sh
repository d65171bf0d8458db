#!/usr/bin/env bash
# Takes pictures of every screen and every state as users see them, and puts all of them on one picture.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

scripts/setup.sh build tests
scripts/page.sh
cargo build --locked -p tidemark
TIDEMARK_BIN=$(realpath "$target/debug/tidemark")
export TIDEMARK_BIN
rm -rf "$target/contact-sheet"
# The tests that keep pictures. If one fails, the sheet is made nevertheless, and the script fails at the end.
found=0
cargo test --locked -p e2e --test desktop -- walk:: states:: hostile:: || found=1
cargo run -q --locked -p e2e --bin sheet -- "$target/contact-sheet"
exit "$found"
