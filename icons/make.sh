#!/usr/bin/env bash
# Makes the bundle's icons from the drawn source. Needs rsvg-convert (librsvg2-bin) and Python 3.
set -euo pipefail
cd "$(dirname "$0")"
out=../src-tauri/icons
mkdir -p "$out"
draw() { rsvg-convert --width "$1" --height "$1" tidemark.svg --output "$2"; }
draw 32 "$out/32x32.png"
draw 128 "$out/128x128.png"
draw 256 "$out/128x128@2x.png"
draw 512 "$out/icon.png"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for size in 16 24 32 48 64 128 256 512 1024; do draw "$size" "$work/$size.png"; done
python3 - "$work" "$out" <<'PYTHON'
import pathlib
import struct
import sys

work, out = map(pathlib.Path, sys.argv[1:])
png = lambda size: (work / f"{size}.png").read_bytes()

# Windows: a directory of PNGs; a width of 0 means 256.
sizes = [16, 24, 32, 48, 64, 128, 256]
head, body, offset = struct.pack("<HHH", 0, 1, len(sizes)), b"", 6 + 16 * len(sizes)
for size in sizes:
    data = png(size)
    head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), offset)
    body += data
    offset += len(data)
(out / "icon.ico").write_bytes(head + body)

# macOS: typed chunks, each a PNG.
kinds = {b"ic11": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256, b"ic08": 256, b"ic09": 512, b"ic10": 1024}
chunks = b"".join(kind + struct.pack(">I", 8 + len(png(size))) + png(size) for kind, size in kinds.items())
(out / "icon.icns").write_bytes(b"icns" + struct.pack(">I", 8 + len(chunks)) + chunks)
PYTHON
