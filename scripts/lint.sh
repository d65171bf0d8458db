#!/usr/bin/env bash
# Every check that needs no running app. Continues after a failure, so that one run reports everything.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
check() {
    local name=$1; shift
    printf '== %s\n' "$name"
    "$@" || failed+=("$name")
}
in_page() { (cd ui && npm run --silent "$1"); }

scripts/setup.sh build && scripts/page.sh || exit 1
check rustfmt cargo fmt --all --check
check "rustfmt of the yardstick" cargo fmt --manifest-path tests/yardstick/Cargo.toml --check
# Separately, as in scripts/test.sh: features that one of them enables must not affect the other.
check clippy cargo clippy --locked -p tidemark-core -p tidemark --all-targets -- -D warnings
check "clippy of the desktop tests" cargo clippy --locked -p e2e --all-targets -- -D warnings
check rustdoc scripts/doc.sh
check cargo-deny scripts/cargo-deny.sh
check svelte-check in_page check
check eslint in_page lint
if [ ${#failed[@]} -gt 0 ]; then
    (IFS=,; printf 'lint failed: %s\n' "${failed[*]}" >&2)
    exit 1
fi
