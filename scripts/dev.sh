#!/usr/bin/env bash
# Runs the app on simulated accounts, with the page from Vite's development server: the window shows a change of the
# page as soon as its file is saved. A change of the Rust code needs a new `make dev`.
#
# Only this build knows the address of the server: tauri.conf.json has none, and Tauri uses one only without the feature
# `custom-protocol`, which is on by default.
set -euo pipefail
cd "$(dirname "$0")/.."
port=1420

fail() { printf 'dev: %s\n' "$*" >&2; exit 1; }
is_port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

scripts/setup.sh build
# While this folder is missing, cargo runs build.rs each time.
mkdir -p ui/dist
TAURI_CONFIG="{\"build\":{\"devUrl\":\"http://127.0.0.1:$port\"}}" cargo build --locked -p tidemark --no-default-features

if is_port_open; then fail "port $port is in use; end the program that uses it, then run make dev again"; fi
(cd ui && exec node_modules/.bin/vite --host 127.0.0.1 --port "$port" --strictPort) &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
until is_port_open; do
    kill -0 "$server" 2>/dev/null || fail "the development server has ended"
    sleep 0.1
done
"${CARGO_TARGET_DIR:-target}/debug/tidemark" --demo
