#!/usr/bin/env bash
# Installs what building (and, on request, testing) needs: system packages and the page's packages.
#   scripts/setup.sh build          what `make build` and `make run` need
#   scripts/setup.sh build tests    that, and the private desktop session of the tests
#   scripts/setup.sh page           what the page needs in a browser: Node.js and the page's packages
# Installs only what is missing; if nothing is missing, it needs no root rights, no network and almost no time.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

list_of() {
    case $1 in
        build) echo scripts/packages-build.txt ;;
        tests) echo tests/packages.txt ;;
        *) fail "no such part: $1 (build, tests)" ;;
    esac
}
packages_in() { sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$@"; }

# Prints those of the named Debian packages that are not installed.
missing() {
    local name
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
    done
}

with_apt() {
    local part lists=() wanted=() absent=() as_root=()
    for part in "$@"; do lists+=("$(list_of "$part")"); done
    mapfile -t wanted < <(packages_in "${lists[@]}")
    mapfile -t absent < <(missing "${wanted[@]}")
    [ ${#absent[@]} -gt 0 ] || return 0
    say "setup: installing ${absent[*]}"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "become root, or install sudo, and run: apt-get install --no-install-recommends ${absent[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${absent[@]}"
}

# Package names of other systems. Only those of Debian and Ubuntu are tested.
elsewhere() {
    local tests=0 part
    for part in "$@"; do [ "$part" != tests ] || tests=1; done
    if [ "$(uname -s)" = Darwin ]; then
        xcode-select -p >/dev/null 2>&1 || fail "install the compiler first: xcode-select --install"
        [ $tests = 0 ] || fail "the tests need a Linux desktop session; here only 'make build' and 'make run' work (and are untested)"
        return 0
    fi
    case "$(uname -s)" in
        MINGW* | MSYS* | CYGWIN*)
            say "setup: Windows needs Visual Studio Build Tools (C++ desktop) and the WebView2 runtime; both are left to you."
            [ $tests = 0 ] || fail "the tests need a Linux desktop session; here only 'make build' and 'make run' work (and are untested)"
            return 0 ;;
    esac
    if pkg-config --exists webkit2gtk-4.1 gtk+-3.0 librsvg-2.0 2>/dev/null && [ $tests = 0 ]; then
        return 0
    fi
    {
        say "setup: this system has no apt. Install these by hand, then run make again:"
        say "  Fedora:   sudo dnf install gcc make pkgconf-pkg-config webkit2gtk4.1-devel gtk3-devel librsvg2-devel"
        say "  Arch:     sudo pacman -S --needed base-devel webkit2gtk-4.1 gtk3 librsvg"
        say "  openSUSE: sudo zypper install gcc make pkgconf-pkg-config webkit2gtk3-devel gtk3-devel librsvg-devel"
        if [ $tests = 1 ]; then
            say "and for the tests and the demo without a display:"
            say "  Fedora:   xorg-x11-server-Xvfb openbox dbus-daemon gnome-keyring libsecret dunst libnotify xfce4-panel"
            say "            xfconf xdotool scrot dejavu-sans-fonts"
            say "  Arch:     xorg-server-xvfb openbox dbus gnome-keyring libsecret dunst libnotify xfce4-panel xfconf xdotool"
            say "            scrot ttf-dejavu"
            say "  openSUSE: xorg-x11-server-Xvfb openbox dbus-1-daemon gnome-keyring libsecret-tools dunst libnotify-tools"
            say "            xfce4-panel xfconf xdotool scrot dejavu-fonts"
            say "  and WebKitWebDriver of the same WebKitGTK 4.1."
            if session_is_here; then say "All of them seem to be here: going on."; return 0; fi
        fi
    } >&2
    exit 1
}
session_is_here() {
    local program
    for program in Xvfb openbox dbus-daemon gnome-keyring-daemon secret-tool dunst xfce4-panel xfconf-query xdotool scrot; do
        command -v "$program" >/dev/null || return 1
    done
    command -v WebKitWebDriver >/dev/null && pkg-config --exists webkit2gtk-4.1 gtk+-3.0 librsvg-2.0
}

need_rust() {
    command -v cargo >/dev/null || fail "cargo is missing: install Rust $(wanted_rust) or newer with rustup, then run make again"
}
wanted_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

need_node() {
    command -v node >/dev/null || fail "node is missing: install Node.js 20.19 or newer, then run make again"
    command -v npm >/dev/null || fail "npm is missing: install it beside Node.js, then run make again"
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
        fail "Node.js $(node --version) is too old: 20.19 or newer is needed"
}

# Installs the page's packages, once per lockfile.
page_packages() {
    local stamp=ui/node_modules/.tidemark-setup now
    now="$(node --version) $(cksum <ui/package-lock.json) $(cksum <ui/package.json)"
    [ "$(cat "$stamp" 2>/dev/null)" != "$now" ] || return 0
    say "setup: installing the page's packages"
    (cd ui && npm ci --no-audit --no-fund)
    printf '%s\n' "$now" >"$stamp"
}

[ $# -gt 0 ] || set -- build tests
if [ "$*" != page ]; then
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then with_apt "$@"; else elsewhere "$@"; fi
    need_rust
fi
need_node
page_packages
