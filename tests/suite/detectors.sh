#!/bin/bash
# A case for each detector that is not among the samples: its incident from the generator, checked against the label,
# and the finding as a golden file in tests/cases/DETECTOR (UPDATE=1 rewrites them; they are reviewed as diffs).
. "$(dirname "$0")/lib.sh"
cases=$ROOT/tests/cases
cd "$work" || exit 1

# case_of DETECTOR SCENARIO SEVERITY
case_of() {
    local detector=$1 scenario=$2 severity=$3 claim
    "$GENERATE" --scenario "$scenario" --seed 1 -o "$detector" >/dev/null || not_ok "generate $scenario"
    cd "$detector" || return
    "$COLDCASE" report -q --only "$detector" --format json evidence >report.json
    claim=$(jq -c --arg d "$detector" '.expected[] | select(.detector == $d)' truth.json)
    same "$detector: found in $scenario" "$(jq -c '[.checks[] | [.detector, .verdict]]' report.json)" "[[\"$detector\",\"found\"]]"
    same "$detector: one finding, $severity" "$(jq -c '[.findings[] | [.severity, .function // ""]]' report.json)" \
        "$(jq -c --arg s "$severity" '[[$s, .function]]' <<<"$claim")"
    # Every request id is of the label, 90 % of the label's are there, and the count is within 10 %.
    same "$detector: the label's invocations" "$(jq -c --argjson due "$claim" '.findings[0] |
        ([.request_ids[] | select(. as $id | $due.request_ids | index($id))] | length) as $both |
        [(.count - $due.count | fabs) <= 0.1 * $due.count, $both >= 0.9 * ($due.request_ids | length),
         $both >= 0.9 * (.request_ids | length)]' report.json)" '[true,true,true]'
    same "$detector: evidence, prose and an answer" "$(jq -c '.findings[0] | [(.evidence | length) > 0,
        (.evidence | all(.text != "")), .title != "", (.detail | length) > 0]' report.json)" '[true,true,true,true]'
    jq '.findings[0] | del(.request_ids, .evidence[2:])' report.json >findings.json
    if [ -n "${UPDATE:-}" ]; then
        mkdir -p "$cases/$detector"
        cp findings.json "$cases/$detector/findings.json"
    fi
    same_files "$detector: as in tests/cases" findings.json "$cases/$detector/findings.json"
    cd ..
}

case_of throttle throttle high
case_of retry-storm retry-storm high
case_of memory-creep memory-leak medium
case_of near-timeout near-timeout low
case_of slow slow-dependency medium
case_of error-burst error-burst low
case_of poisoned-environment poisoned-environment low
case_of invocation-spike heavy-traffic info
case_of silent-gap silent-gap low
case_of incomplete lost-lines low
case_of cost costly-quarter info

# ---- by hand: the numbers stand in the lines ----

# attempt MINUTE ID MEGABYTES TAIL: START, END and REPORT of one invocation.
attempt() {
    local at=2026-03-04T10:$1
    printf '%s:00.000Z START RequestId: %s Version: 7\n' "$at" "$2"
    printf '%s:01.000Z END RequestId: %s\n' "$at" "$2"
    printf '%s:01.000Z REPORT RequestId: %s\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\tMemory Size: 512 MB\tMax Memory Used: %s MB\t%s\n' \
        "$at" "$2" "$3" "$4"
}
id() { printf '%08d-0000-4000-8000-000000000000' "$1"; }
by_hand() { "$COLDCASE" report -q --assume-function f --only "$1" --format json "$2" | jq -c "$3"; }

broken=$'Status: error\tError Type: Runtime.ExitError'
{ attempt 00 "$(id 1)" 90 "$broken"; attempt 02 "$(id 1)" 90 "$broken"; attempt 05 "$(id 1)" 90 "$broken"; attempt 06 "$(id 2)" 90 ''; } >storm.log
same 'retry-storm by hand: one request, three attempts' "$(by_hand retry-storm storm.log '[.findings[] | [.severity, .count, .detail.requests]]')" '[["medium",3,1]]'
{ attempt 00 "$(id 1)" 90 "$broken"; attempt 02 "$(id 1)" 90 "$broken"; attempt 05 "$(id 1)" 90 ''; } >storm.log
same 'retry-storm by hand: the third attempt succeeds' "$(by_hand retry-storm storm.log '.checks[0].verdict')" '"clean"'

# Lambda's own record of an event: what it says counts beside the log (field guide 6.5).
record() { # REQUEST CONDITION COUNT
    jq -n -c --arg id "$1" --arg condition "$2" --argjson count "$3" '{version: "1.0", timestamp: "2026-03-04T10:09:00.000Z",
        requestContext: {requestId: $id, functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:f:$LATEST", $condition,
            approximateInvokeCount: $count}, requestPayload: {order: 17}, responseContext: {statusCode: 200, functionError: "Unhandled"}}'
}
storm='[(.checks[0].verdict), (.findings[] | [.count, .detail.attempts, .detail.attempts_logged, .detail.given_up])]'
mkdir -p given/aws/lambda
attempt 00 "$(id 1)" 90 "$broken" >given/aws/lambda/f.log
same 'retry-storm by hand: one failed attempt alone' "$(by_hand retry-storm given "$storm")" '["clean"]'
record "$(id 1)" RetriesExhausted 3 >given/record.json
same 'retry-storm by hand: one in the log, three by the record' "$(by_hand retry-storm given "$storm")" '["found",[1,3,1,1]]'
same 'retry-storm by hand: the record is cited' "$(by_hand retry-storm given '[.findings[0].evidence[].file]')" \
    '["given/aws/lambda/f.log","given/record.json"]'
"$COLDCASE" report -q --assume-function f --only retry-storm --format json given | jq '.findings[0]' >findings.json
if [ -n "${UPDATE:-}" ]; then
    mkdir -p "$cases/retry-storm-given-up"
    cp findings.json "$cases/retry-storm-given-up/findings.json"
fi
same_files 'retry-storm by hand: as in tests/cases' findings.json "$cases/retry-storm-given-up/findings.json"
record "$(id 1)" EventAgeExceeded 1 >given/record.json
same 'retry-storm by hand: given up for its age after one attempt' "$(by_hand retry-storm given "$storm")" '["clean"]'
{ attempt 00 "$(id 1)" 90 "$broken"; attempt 02 "$(id 1)" 90 "$broken"; attempt 05 "$(id 1)" 90 "$broken"; } >given/aws/lambda/f.log
same 'retry-storm by hand: three in the log, none by a record' "$(by_hand retry-storm given "$storm")" '["found",[3,3,3,1]]'
record "$(id 1)" Success 4 >given/record.json
same 'retry-storm by hand: the fourth attempt, not in the log, went well' "$(by_hand retry-storm given "$storm")" '["clean"]'
attempt 00 "$(id 1)" 90 'Status: timeout' >given/aws/lambda/f.log
retried='[.findings[0].detail | .retried, .retry_succeeded, .given_up]'
same 'timeout by hand: the record tells that a later attempt went well' "$(by_hand timeout given "$retried")" '[1,1,0]'
record "$(id 1)" RetriesExhausted 3 >given/record.json
same 'timeout by hand: the record tells that it was tried again and given up' "$(by_hand timeout given "$retried")" '[1,0,1]'
record "$(id 2)" RetriesExhausted 3 >given/record.json
same 'timeout by hand: another request is no retry' "$(by_hand timeout given "$retried")" '[0,0,0]'
jq -n -c --arg id "$(id 1)" '{Messages: [{MessageId: "m1", ReceiptHandle: "x", Body: "{}", MessageAttributes: {RequestID: {StringValue: $id, DataType: "String"},
    ErrorCode: {StringValue: "200", DataType: "Number"}, ErrorMessage: {StringValue: "timed out", DataType: "String"}}}]}' >given/record.json
same 'timeout by hand: a dead letter tells that it was given up' "$(by_hand timeout given "$retried")" '[0,0,1]'

# climb STEP: 14 reports of one environment, each with STEP MB more.
climb() { local i; for i in $(seq 10 23); do attempt "$i" "$(id "$i")" $((100 + (i - 10) * $1)) ''; done; }
climb 8 >climb.log
same 'memory-creep by hand: 116 to 204 of 512 MB' "$(by_hand memory-creep climb.log '[.findings[] | [.severity, .count, .detail.from_mb, .detail.to_mb, .detail.mb_per_call]]')" '[["low",14,116,204,8]]'
climb 1 >climb.log
same 'memory-creep by hand: 11 MB are no leak' "$(by_hand memory-creep climb.log '.checks[0].verdict')" '"clean"'

{ attempt 00 "$(id 1)" 90 'Status: timeout'; attempt 01 "$(id 2)" 90 ''; } | sed '6s/Duration: 1000.00/Duration: 980.00/' >near.log
same 'near-timeout by hand: 980 of 1000 ms' "$(by_hand near-timeout near.log '[.findings[] | [.severity, .count, .detail.limit_ms, .detail.threshold_ms, .detail.longest_ms]]')" '[["low",1,1000,900,980]]'
attempt 00 "$(id 1)" 90 '' >near.log
same 'near-timeout by hand: no limit is known' "$(by_hand near-timeout near.log '[.checks[] | .verdict, .why]')" '["not-run","no time-out in the evidence, so no function'"'"'s limit is known"]'

for i in $(seq 10 23); do attempt "$i" "$(id "$i")" 90 ''; done | grep -v "END.*$(id 12)\|REPORT.*$(id 12)\|START.*$(id 15)" >torn.log
same 'incomplete by hand: a START, and an END with its REPORT' \
    "$(by_hand incomplete torn.log '[.findings[] | [.severity, .count, .detail.missing_start, .detail.missing_end, .detail.missing_report]]')" '[["low",2,1,1,1]]'
for i in $(seq 10 23); do attempt "$i" "$(id "$i")" 90 ''; done | sed '1d' | grep -v "REPORT.*$(id 23)" >torn.log
same 'incomplete by hand: the edges are no holes' "$(by_hand incomplete torn.log '.checks[0].verdict')" '"clean"'

# ---- what slow cold starts share ----

# cold FOLDER-OF-THE-SLOW: 24 cold starts, a minute apart, each about one object; every sixth takes 5 s and not 0.3 s.
cold() {
    local i folder init
    mkdir -p cold/aws/lambda
    for i in $(seq 10 33); do
        folder=thumbs init=3$i.00
        [ $((i % 6)) != 0 ] || folder=$1 init=55$i.00
        attempt "$i" "$(id "$i")" 90 "Init Duration: $init ms\t" |
            sed "1a 2026-03-04T10:$i:00.500Z 2026-03-04T10:$i:00.500Z\t$(id "$i")\tINFO\treading $folder/2026/cat-$i.jpg"
        printf '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-03-04T09:%s:00.000Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AIDAEXAMPLE"},"s3":{"bucket":{"name":"pictures"},"object":{"key":"%s/2026/cat-%s.jpg","size":1}}}]}\n' \
            "$i" "$folder" "$i" >&3
    done >cold/aws/lambda/f.log 3>cold/s3.json
}
prose() { "$COLDCASE" report -q --only cold-start cold | grep -o 'All of them were about objects[^.]*\.' | sort -u; }
cold originals
same 'cold-start by hand: the four slow ones share a folder' "$(prose)" \
    'All of them were about objects under pictures/originals/; of the other 20 cold starts none.'
cold thumbs
same 'cold-start by hand: a folder that all share is no trait' "$(prose)" ''

# ---- a failed init is paid by the attempt in which it stands, else by the next one of its environment ----

# stream MINUTE-OF-INIT TIME-AND-WORDS ID: an attempt without REPORT, the failed init, an attempt 3 s after it.
stream() {
    local init=2026-03-04T10:$1:00.000Z
    shift
    printf '2026-03-04T10:00:00.000Z START RequestId: %s Version: 7\n' "$(id 1)"
    printf '2026-03-04T10:%s RequestId: %s\n' "$@"
    printf '%s INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n' "$init"
    attempt "${init:14:2}" "$(id 2)" 90 '' | sed "s/:00.000Z START/:03.000Z START/;s/:01.000Z/:04.000Z/"
}
paid() { "$COLDCASE" timeline --assume-function f --format ndjson "$1" 2>/dev/null | jq -s -c 'map([.cold, .status])'; }
stream 05 '00:01.000Z END' "$(id 1)" >payer.log
same 'an attempt that ended without REPORT does not pay for an init behind its END' "$(paid payer.log)" '[[false,"incomplete"],[true,"ok"]]'
stream 05 '00:01.000Z working' "$(id 1)" >payer.log
same 'an attempt without END pays for an init while it may run' "$(paid payer.log)" '[[true,"incomplete"],[false,"ok"]]'
stream 20 '00:01.000Z working' "$(id 1)" >payer.log
same 'and not when 900 s are over' "$(paid payer.log)" '[[false,"incomplete"],[true,"ok"]]'
{
    stream 05 '00:01.000Z END' "$(id 1)"
    printf '2026-03-04T10:09:00.000Z INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n'
    attempt 10 "$(id 3)" 90 ''
} >payer.log
same 'nor for the inits that follow' "$(paid payer.log)" '[[false,"incomplete"],[true,"ok"],[true,"ok"]]'

# ---- nothing where nothing is ----
"$GENERATE" --scenario quiet-day --seed 21 -o quiet >/dev/null || not_ok 'generate quiet-day'
same 'quiet-day: none of them finds anything' "$(report quiet/evidence | jq -c '[.checks[] | select(.verdict == "found") | .detector]')" '[]'
same 'without invocations they do not run' "$(report "$ROOT/samples/quiet-day/evidence/s3-events" | jq -c '[.checks[] | select(.verdict != "not-run") | .detector]')" '[]'
finish
