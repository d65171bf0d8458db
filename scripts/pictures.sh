#!/usr/bin/env bash
# Takes the pictures of the simulated accounts on a virtual display, into a folder.
#   scripts/pictures.sh target/demo
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?the folder for the pictures}

scripts/setup.sh build tests
make --no-print-directory build
exec cargo run -q --locked -p e2e --bin demo -- --bin "${CARGO_TARGET_DIR:-target}/release/tidemark" --out "$out"
