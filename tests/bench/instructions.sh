#!/usr/bin/env bash
# Instructions that `coldcase report -j1` runs on one fixed case, against the number in instructions.txt: a slowdown of
# the program itself, seen without a quiet machine. Fails when it is more than 5 % over.
#
#     tests/bench/instructions.sh             compares
#     UPDATE=1 tests/bench/instructions.sh    rewrites the number
#
# BUILD is the folder with coldcase and samples/generate. The case is the same bytes everywhere (fixed seed, zlib): a
# loop with its S3 records that uses up the connections of MySQL, and healthy functions beside it, 2 MB of text, so that
# most parsers, the signatures, the freeze, the detectors and the renderer have work.
#
# The same binary gives the same number within 0.1 %. What else moves it:
# - The compiler, its flags, and the versions of libc, ISA-L, libhs, PCRE2 and nettle: the number is that of Debian 12
#   and of CFLAGS="-O2 -g".
# - What the processor offers: libc, ISA-L, libhs and nettle choose among variants at run time. Valgrind shows at most
#   AVX2, and so does every x86-64 server of the last ten years; on others the number is not comparable. Instructions of
#   those libraries are counted, since calling them too often is a slowdown too.
# - The environment's size and the folder's name, a little: so both are fixed here.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=$(cd "$ROOT" && realpath "${BUILD:-build/isal}")
FIGURE=$ROOT/tests/bench/instructions.txt
OVER_PERCENT=5
SCENARIO=loop-and-connections SEED=11 INVOCATIONS=1050

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$BUILD/samples/generate" --zlib --scenario $SCENARIO --seed $SEED --invocations $INVOCATIONS -o case >/dev/null

env -i LC_ALL=C TZ=UTC PATH=/usr/bin:/bin valgrind --tool=callgrind --callgrind-out-file=out --error-exitcode=9 \
    "$BUILD/coldcase" report -j1 -o report.md case/evidence 2>log || { cat log >&2; exit 3; }
[ -s report.md ] || { echo "no report was written" >&2; exit 3; }
now=$(sed -n 's/^\(summary\|totals\): //p' out | head -1)

if [ -n "${UPDATE:-}" ]; then
    echo "$now" >"$FIGURE"
    echo "instructions: $now, now the committed figure"
    exit
fi
due=$(cat "$FIGURE")
echo "instructions: $now, committed $due: $(awk "BEGIN { printf \"%+.2f\", 100 * ($now / $due - 1) }") %"
if [ "$now" -gt $((due + due * OVER_PERCENT / 100)) ]; then
    echo "more than $OVER_PERCENT % over; where: callgrind_annotate. If it is worth it: UPDATE=1 tests/bench/instructions.sh" >&2
    exit 1
fi
