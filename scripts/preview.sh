#!/usr/bin/env bash
# Serves the page in a browser without the app: ui/preview/, on the fake backend and the data of ui/tests/. The browser
# shows a change of the page as soon as its file is saved. `?see=spent` in the address shows the scene of that name in
# ui/preview/main.ts. Arguments go to Vite:
#   scripts/preview.sh --port 8000
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh page
cd ui
exec node_modules/.bin/vite --config vite.preview.config.ts "$@"
