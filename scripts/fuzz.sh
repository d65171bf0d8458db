#!/usr/bin/env bash
# Runs every libFuzzer target for ten minutes each, two at a time, and prints a table of the results.
#   scripts/fuzz.sh [--seconds N] [TARGET…]
# A finding is kept below target/fuzz-runs/TARGET. To repeat it, pass its file to target/fuzz/TARGET. Then add it to
# core/fuzz/seeds or src-tauri/fuzz/seeds, which the ordinary tests replay.
#
# The stable compiler is enough: the counters that libFuzzer reads are an LLVM pass, which scripts/fuzz-rustc.sh
# enables. The crates have cargo-fuzz's layout, so `cargo fuzz run TARGET` works too, there with AddressSanitizer.
set -uo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

seconds=600
if [ "${1:-}" = --seconds ]; then seconds=$2; shift 2; fi
core=(answer settings text)
shell=(key arguments settings_file history)
wanted=("$@")
if [ ${#wanted[@]} -eq 0 ]; then wanted=("${core[@]}" "${shell[@]}"); fi

scripts/setup.sh build || exit 1
export RUSTC_WORKSPACE_WRAPPER=$PWD/scripts/fuzz-rustc.sh
bins() { for name in "$@"; do case " ${wanted[*]} " in *" $name "*) printf ' --bin %s' "$name" ;; esac; done; }
core_bins=$(bins "${core[@]}")
shell_bins=$(bins "${shell[@]}")
# Optimisation makes the core many times faster; the shell is limited by file access.
if [ -n "$core_bins" ]; then
    # shellcheck disable=SC2086
    cargo build --locked -p tidemark-core-fuzz --profile fuzz $core_bins || exit 1
fi
if [ -n "$shell_bins" ]; then
    scripts/page.sh || exit 1
    # shellcheck disable=SC2086
    cargo build --locked -p tidemark-fuzz $shell_bins || exit 1
fi

runs=$target/fuzz-runs
# The shell's targets create and delete files all the time: in memory, where possible.
scratch=$(mktemp -d -p "$([ -d /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$scratch"' EXIT

run() {
    local name=$1 folder profile most
    case " ${core[*]} " in
    *" $name "*) folder=core profile=fuzz most=65536 ;;
    *) folder=src-tauri profile=debug most=65536 ;;
    esac
    mkdir -p "$runs/$name/corpus"
    TMPDIR=$scratch "$target/$profile/$name" "$runs/$name/corpus" "$folder/fuzz/seeds/$name" \
        -max_total_time="$seconds" -max_len=$most -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$runs/$name/" >"$runs/$name/log" 2>&1
    echo $? >"$runs/$name/status"
}

for name in "${wanted[@]}"; do
    rm -f "$runs/$name/status"
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    printf 'fuzz: %s for %s s\n' "$name" "$seconds"
    run "$name" &
done
wait

failed=0
printf '\n%-14s %12s %8s %10s %10s %9s  %s\n' target executions 'per s' coverage features corpus findings
for name in "${wanted[@]}"; do
    log=$runs/$name/log
    last=$(grep -aE '^#[0-9]+.* cov: ' "$log" | tail -n 1)
    figure() { sed -nE "s/.* $1: ([0-9]+).*/\1/p" <<<"$last"; }
    stat() { sed -nE "s/^stat::$1: *([0-9]+)/\1/p" "$log" | tail -n 1; }
    found=none
    if [ "$(cat "$runs/$name/status" 2>/dev/null)" != 0 ]; then
        failed=1
        found=$(find "$runs/$name" -maxdepth 1 -type f \( -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' \) -newer "$scratch" | tr '\n' ' ')
        found=${found:-see $log}
    fi
    printf '%-14s %12s %8s %10s %10s %9s  %s\n' "$name" "$(stat number_of_executed_units)" \
        "$(stat average_exec_per_sec)" "$(figure cov)" "$(figure ft)" \
        "$(find "$runs/$name/corpus" -type f | wc -l)" "$found"
done
exit $failed
