# Shared by the suite's scripts: sourced, not run. Each check prints one line; `finish` gives the exit status.
# From tests/run: COLDCASE, GENERATE, SHARED (empty when ../shared is absent), ROOT.
set -u
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok() { echo "ok $1"; }
not_ok() { echo "not ok $1"; failed=1; }
skip() { echo "skip $1: $2"; }

# same NAME GOT DUE
same() {
    if [ "$2" = "$3" ]; then ok "$1"; else
        not_ok "$1"
        printf '  got: %s\n  due: %s\n' "$2" "$3" | head -c 2000
    fi
}

# same_files NAME GOT DUE
same_files() {
    if cmp -s "$2" "$3"; then ok "$1"; else
        not_ok "$1"
        diff "$3" "$2" | head -20 | cut -c1-300
    fi
}

# exits NAME STATUS COMMAND...: runs it quietly and compares the exit status.
exits() {
    local name=$1 due=$2 status=0
    shift 2
    "$@" >"$work/out" 2>"$work/err" || status=$?
    same "$name" "$status" "$due"
}

# As records of the timeline in one array, as the JSON report.
timeline() { "$COLDCASE" timeline --format ndjson "$@" 2>/dev/null | jq -s -c .; }
report() { "$COLDCASE" report --format json "$@" 2>/dev/null; }

finish() { exit $failed; }
