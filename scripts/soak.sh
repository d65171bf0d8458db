#!/usr/bin/env bash
# Runs the app for 15 minutes at an interval of one second, with failures, windows and clicks, and fails if it grows.
# `scripts/soak.sh 1` or `make soak MINUTES=1` is a short run.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

scripts/setup.sh build tests
scripts/page.sh
if [ -z "${TIDEMARK_BIN:-}" ]; then
    cargo build --locked -p tidemark
    TIDEMARK_BIN=$(realpath "$target/debug/tidemark")
fi
export TIDEMARK_BIN
cargo build --locked -p e2e --bin soak
failed=0
"$target/debug/soak" --minutes "${1:-15}" || failed=1
cargo test --locked --profile fuzz -p tidemark-core --test many_days -- --nocapture --include-ignored || failed=1
PROPTEST_CASES=5000 PROPTEST_RNG_SEED=$RANDOM \
    cargo test --locked --profile fuzz -p tidemark-core --test monitor_faults || failed=1
exit "$failed"
