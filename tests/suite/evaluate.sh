#!/bin/bash
# The score of `make evaluate` on a smaller draw: every kind of case under two seeds that the samples do not use.
# EVALUATE_SEEDS says how many: the builds that are slow, and that find other faults, take one.
. "$(dirname "$0")/lib.sh"

if "$ROOT/tests/evaluate" --seeds "${EVALUATE_SEEDS:-2}" --first 101 >"$work/score" 2>&1; then
    ok 'precision and recall are 1.00 for every detector'
else
    not_ok 'precision and recall are 1.00 for every detector'
    sed 's/^/  /' "$work/score"
fi
kinds=$(sed -nE 's/^([0-9]+) kinds of case.*/\1/p' "$work/score")
same 'at least 24 kinds of case' "$((${kinds:-0} >= 24))" 1
# Each detector but those without a scenario of their own stands in the table: an empty table has no misses, either.
missing=
for detector in $("$COLDCASE" detectors | awk '{ print $1 }'); do
    grep -q "^| $detector " "$work/score" || missing="$missing $detector"
done
same 'every detector has an incident to find' "$missing" ''

# The judge must be able to say no: a label that nobody fulfils, and a finding that no label allows.
mkdir "$work/bin"
cat >"$work/bin/generate" <<GENERATE
#!/bin/bash
"$GENERATE" "\$@" || exit
truth=\${!#}/truth.json
sed -i "\$EDIT" "\$truth"
GENERATE
chmod +x "$work/bin/generate"
judged() { EDIT=$1 GENERATE=$work/bin/generate "$ROOT/tests/evaluate" --seeds 1 crash | sed -n '/^misses/,$p' | tail -n +2 | sed 's/,.*//'; }
same 'a missed finding and a false alarm are told' "$(judged 's/"detector": "crash"/"detector": "timeout"/')" \
    'crash seed 1: false alarm: high crash catalog-api
crash seed 1: missed: timeout catalog-api'
same 'a count that is off is a miss' "$(judged 's/"count": [0-9]*/"count": 3/' | head -1)" 'crash seed 1: false alarm: high crash catalog-api'
same 'the label as it is has neither' "$(judged '')" ''
finish
