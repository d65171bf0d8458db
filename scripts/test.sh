#!/usr/bin/env bash
# Runs every test and ends with one line, `N passed, N failed`. What could not be set up or built counts as failed.
#
# The end-to-end tests drive the binary with the features that users get (not with those that tests enable), in the dev
# profile; TIDEMARK_BIN is its path.
set -uo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
out=$target/test
passed=0
failed=0

stage() { printf '\n== %s\n' "$*"; }
fail() {
    printf 'test: %s\n' "$*" >&2
    failed=$((failed + 1))
}
finish() {
    printf '%s passed, %s failed\n' "$passed" "$failed" | tee "$out/summary"
    if [ "$failed" -gt 0 ] || [ "$passed" -eq 0 ]; then exit 1; fi
    exit 0
}
# Adds the results of one runner: its name, its exit status, and how many tests passed and failed.
add() {
    local runner=$1 status=$2 good=${3:-0} bad=${4:-0}
    passed=$((passed + good))
    failed=$((failed + bad))
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then fail "$runner ended with $status"; fi
    if [ "$status" -eq 0 ] && [ $((good + bad)) -eq 0 ] && [ "$runner" != "doc tests" ]; then fail "$runner ran nothing"; fi
}
# Sums the `test result:` lines that cargo test prints.
libtest_counts() {
    awk '/^test result:/ { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) good += $(i - 1); if ($i ~ /^failed/) bad += $(i - 1) } }
         END { print good + 0, bad + 0 }' "$1"
}
# Counts the cases in a JUnit file: passed are all except those that failed, had an error or were skipped.
junit_counts() {
    node -e '
        const text = require("fs").readFileSync(process.argv[1], "utf8");
        const cases = [...text.matchAll(/<testcase\b[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map((m) => m[1] ?? "");
        const bad = cases.filter((inner) => /<(failure|error)[\s>\/]/.test(inner)).length;
        const skipped = cases.filter((inner) => /<skipped[\s>\/]/.test(inner)).length;
        console.log(cases.length - bad - skipped, bad);' "$1"
}
vitest_counts() {
    node -e '
        const seen = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        const empty = seen.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
        console.log(seen.numPassedTests, seen.numFailedTests + empty);' "$1"
}

rm -rf "$out" "$target/contact-sheet"
mkdir -p "$out"

stage set-up
scripts/setup.sh build tests || { fail "the set-up failed"; finish; }
scripts/page.sh || { fail "the page could not be built"; finish; }

results=$(realpath "$out")
stage page
(cd ui && npm run --silent test -- --reporter=default --reporter=json --outputFile.json="$results/vitest.json")
add vitest $? $(vitest_counts "$out/vitest.json" 2>/dev/null)

stage "the binary under test"
cargo build --locked -p tidemark || { fail "tidemark could not be built"; finish; }
# A separate link: building the app's tests replaces the binary by one with the tests' features.
mkdir -p "$out/bin"
ln -f "$target/debug/tidemark" "$out/bin/tidemark" 2>/dev/null || cp "$target/debug/tidemark" "$out/bin/tidemark"
TIDEMARK_BIN=$(realpath "$out/bin/tidemark")
export TIDEMARK_BIN

# The app's crates and the end-to-end tests are built separately: features that one enables must not affect the other.
for packages in "-p tidemark-core -p tidemark" "-p e2e"; do
    stage "tests: $packages"
    if cargo nextest --version >/dev/null 2>&1; then
        rm -f "$target/nextest/default/junit.xml"
        cargo nextest run --locked $packages --no-fail-fast
        add nextest $? $(junit_counts "$target/nextest/default/junit.xml" 2>/dev/null)
    else
        cargo test --locked $packages --all-targets --no-fail-fast -- --test-threads=2 2>&1 | tee "$out/cargo-test.log"
        add "cargo test" "${PIPESTATUS[0]}" $(libtest_counts "$out/cargo-test.log")
    fi
done

stage "the contact sheet of every screen and state"
cargo run -q --locked -p e2e --bin sheet -- "$target/contact-sheet" || fail "the contact sheet could not be made"

stage "doc tests"
cargo test --locked -p tidemark-core -p tidemark --doc --no-fail-fast 2>&1 | tee "$out/doc-tests.log"
add "doc tests" "${PIPESTATUS[0]}" $(libtest_counts "$out/doc-tests.log")

finish
