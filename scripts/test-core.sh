#!/usr/bin/env bash
# Runs the tests of tidemark-core only. They need Rust and no system packages. Arguments go to the test runner:
#   scripts/test-core.sh forecast      the tests with "forecast" in their names
set -euo pipefail
cd "$(dirname "$0")/.."

if cargo nextest --version >/dev/null 2>&1; then
    exec cargo nextest run --locked -p tidemark-core "$@"
fi
exec cargo test --locked -p tidemark-core "$@"
