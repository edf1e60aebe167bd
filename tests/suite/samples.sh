#!/bin/bash
# The samples: rebuilt byte for byte, each with exactly the finding it was made for on top, and their reports as golden
# files in tests/cases (UPDATE=1 rewrites them; they are reviewed as diffs).
. "$(dirname "$0")/lib.sh"
cd "$ROOT" || exit 1

# ---- they come from the generator ----
cp -r samples "$work/samples"
"$work/samples/make" "$GENERATE" >/dev/null
for name in cold-start too-many-connections runaway-bill gateway-timeout quiet-day; do
    same "samples/make rebuilds $name" "$(diff -rq "samples/$name" "$work/samples/$name" 2>&1 | head -3)" ''
    for file in README.md ANSWER.md truth.json; do
        [ -s "samples/$name/$file" ] || not_ok "samples/$name/$file is missing"
    done
done

# ---- they show what they were made for ----
shown() { report "samples/$1" | jq -c '[.findings[] | select(.severity | IN("critical", "high", "medium")) | [.detector, .function, .count]]'; }
due() { jq -c '[.expected[] | [.detector, .function, .count]]' "samples/$1/truth.json"; }
for name in cold-start too-many-connections runaway-bill gateway-timeout; do
    same "$name: exactly its finding" "$(shown $name)" "$(due $name)"
    same "$name: exactly its request ids" "$(report "samples/$name" | jq -c '.findings[0].request_ids | sort')" \
        "$(jq -c '.expected[0].request_ids | sort' "samples/$name/truth.json")"
done
same 'quiet-day: nothing at medium or above' "$(shown quiet-day)" '[]'
same 'quiet-day: the report says so' "$("$COLDCASE" report samples/quiet-day | head -1)" '# Incident report: nothing at medium or above'
totals() { report "samples/$1" | jq -c '.totals | {invocations, cold_starts, timeouts, s3_records}'; }
for name in cold-start too-many-connections runaway-bill gateway-timeout quiet-day; do
    same "$name: totals" "$(totals $name)" "$(jq -c '.totals | {invocations, cold_starts, timeouts, s3_records}' "samples/$name/truth.json")"
done
same 'runaway-bill: live, and says how to stop it' \
    "$("$COLDCASE" report samples/runaway-bill | grep -A2 '^> \[!CAUTION\]' | tail -1)" \
    '> `aws lambda put-function-concurrency --function-name thumbnailer --reserved-concurrent-executions 0`'

# ---- golden ----
for name in cold-start too-many-connections runaway-bill gateway-timeout quiet-day; do
    mkdir -p tests/cases/$name
    "$COLDCASE" report "samples/$name/evidence" >"$work/report.md"
    report "samples/$name/evidence" | jq '{totals, checks, findings: [.findings[] | del(.request_ids, .evidence[4:])]}' >"$work/findings.json"
    for file in report.md findings.json; do
        [ -z "${UPDATE:-}" ] || cp "$work/$file" tests/cases/$name/$file
        same_files "$name: $file as in tests/cases" "$work/$file" tests/cases/$name/$file
    done
done
finish
