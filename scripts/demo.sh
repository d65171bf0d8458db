#!/usr/bin/env bash
# Shows the simulated account: on the user's desktop, or, without one, in a virtual one with screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${CARGO_TARGET_DIR:-target}/release/tidemark

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" != Linux ]; then
    make --no-print-directory build
    echo "Tidemark runs on a simulated account now: look at the tray. Its menu's Quit ends it."
    exec "$binary" --demo
fi
echo "No display here: the demo runs in a virtual one, and its screenshots go to target/demo."
scripts/setup.sh build tests
make --no-print-directory build
exec cargo run -q --locked -p e2e --bin demo -- --bin "$binary" --out target/demo
