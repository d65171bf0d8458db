#!/usr/bin/env bash
# Writes the documentation of tidemark-core, private items included: target/doc/tidemark_core/index.html. A warning,
# such as a broken link, is an error. It needs Rust and no system packages.
set -euo pipefail
cd "$(dirname "$0")/.."

RUSTDOCFLAGS="-D warnings" exec cargo doc --locked --no-deps --document-private-items -p tidemark-core "$@"
