#!/usr/bin/env bash
# Shows the simulated accounts: on the user's desktop, or without one on a virtual display, where it takes screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${CARGO_TARGET_DIR:-target}/release/tidemark

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" != Linux ]; then
    make --no-print-directory build
    echo "Tidemark runs on simulated accounts now: look at the tray. Its menu's Quit ends it."
    exec "$binary" --demo
fi
echo "No display here: the demo runs in a virtual one, and its screenshots go to target/demo."
exec scripts/pictures.sh target/demo
