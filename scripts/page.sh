#!/usr/bin/env bash
# Builds the page into ui/dist if one of its sources has changed since the last build.
set -euo pipefail
cd "$(dirname "$0")/.."

sources() {
    find ui core/locales icons/tray -type f \
        -not -path 'ui/node_modules/*' -not -path 'ui/dist/*' -not -path 'ui/tests/*' -not -path '*/.*' 2>/dev/null |
        LC_ALL=C sort
}
stamp=ui/node_modules/.tidemark-page
now=$(sources | tr '\n' '\0' | xargs -0 cksum | cksum)
if [ -f ui/dist/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then exit 0; fi
(cd ui && npm run --silent build)
printf '%s\n' "$now" >"$stamp"
