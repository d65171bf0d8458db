#!/usr/bin/env bash
# Cargo's RUSTC_WORKSPACE_WRAPPER for `make fuzz`: compiles the workspace's own crates with the counters that libFuzzer
# reads. They are an LLVM pass, which the stable compiler accepts too. Build scripts run without libFuzzer and are not
# instrumented.
set -euo pipefail
crate=
previous=
for argument in "$@"; do
    if [ "$previous" = --crate-name ]; then crate=$argument; fi
    previous=$argument
done
if [ "$crate" = build_script_build ] || [ -z "$crate" ] || [ "$crate" = ___ ]; then exec "$@"; fi
exec "$@" --cfg fuzzing -C passes=sancov-module \
    -C llvm-args=-sanitizer-coverage-level=4 \
    -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
    -C llvm-args=-sanitizer-coverage-pc-table \
    -C llvm-args=-sanitizer-coverage-trace-compares \
    -C codegen-units=1
