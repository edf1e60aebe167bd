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
case_of poisoned-environment poisoned-environment medium
case_of invocation-spike heavy-traffic info
case_of silent-gap silent-gap low
case_of incomplete lost-lines low
case_of cost costly-quarter info
case_of timeout timeout-http high
case_of out-of-memory out-of-memory high
case_of crash crash high
case_of init-failure init-failure high

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

# In one attempt a refusing server stands for the pool that is used up in the minute behind it, not for what came before.
says() { printf '2026-03-04T10:%sZ 2026-03-04T10:%sZ\t%s\tERROR\t%s\n' "$1" "$1" "$(id "$2")" "$3"; }
refused='ER_CON_COUNT_ERROR: Too many connections'
used_up='QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00'
engines() { sort -s -k 1,1 | "$COLDCASE" report -q --assume-function f --only connection-limit --format json - | jq -c '[.findings[] | [.detail.engine, .count]] | sort'; }
same 'connection-limit by hand: the server outranks the pool, in its own attempt and minute' \
    "$({ says 00:01.100 1 "$refused"; says 00:01.200 1 "$used_up"; says 01:01.099 1 "$used_up"; } | engines)" '[["mysql",1]]'
same 'connection-limit by hand: a minute later it does not' \
    "$({ says 00:01.100 1 "$refused"; says 01:01.100 1 "$used_up"; } | engines)" '[["mysql",1],["pool",1]]'
same 'connection-limit by hand: nor what came before, nor in another attempt' \
    "$({ says 00:01.100 1 "$used_up"; says 00:01.200 1 "$refused"; says 00:01.300 2 "$used_up"; } | engines)" '[["mysql",1],["pool",2]]'
slots='FATAL: remaining connection slots are reserved for non-replication superuser connections'
clients='FATAL: sorry, too many clients already'
named() { "$COLDCASE" report -q --assume-function f --only connection-limit --format json - | jq -c '[.findings[].detail.signature]'; }
same 'connection-limit by hand: the signature met most names the finding' \
    "$({ says 00:01.100 1 "$slots"; says 00:01.200 2 "$clients"; says 00:01.300 3 "$clients"; } | named)" '["postgres-too-many-clients"]'
same 'connection-limit by hand: of two the first' \
    "$({ says 00:01.100 1 "$slots"; says 00:01.200 2 "$clients"; } | named)" '["postgres-reserved-slots"]'

says 00:01.100 1 "ReplyError: OOM command not allowed when used memory > 'maxmemory'." >full.log
same 'throttle by hand: a full Redis is no throttle' "$(by_hand throttle full.log '[.findings[] | .title, .detail.signature]')" \
    '["1 invocation of f found Redis with its memory full","redis-memory-full"]'

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
same 'retry-storm by hand: and the check says so' "$(by_hand retry-storm given '.checks[0].why | test("1 event that it has given up .EventAgeExceeded")')" true
record "$(id 7)" RetriesExhausted 3 >given/record.json
same 'retry-storm by hand: an event of which the logs hold no attempt' \
    "$(by_hand retry-storm given '[.findings[] | [.severity, .function, .count, .detail.requests, .detail.attempts, .detail.attempts_logged, .detail.unlogged]]')" \
    '[["medium","f",1,1,3,0,1]]'
jq -c '.requestContext.functionArn |= sub("function:f"; "function:g")' given/record.json >given/other.json && rm given/record.json
same 'retry-storm by hand: nor a log of the function' "$(by_hand retry-storm given '[.findings[] | [.function, .count]]')" '[["g",1]]'
same 'retry-storm by hand: --function leaves it out' \
    "$("$COLDCASE" report -q --assume-function f --function f --only retry-storm --format json given | jq -c '.findings')" '[]'
jq -c '. + {KinesisBatchInfo: {streamArn: "arn:aws:kinesis:eu-west-1:111122223333:stream/s"}} | .requestContext.condition = "RetryAttemptsExhausted"' \
    given/other.json >given/record.json && rm given/other.json
same 'retry-storm by hand: the tries of a batch have ids of their own' \
    "$(by_hand retry-storm given '[(.findings | length), (.checks[0].why | test("RetryAttemptsExhausted"))]')" '[0,true]'
record "$(id 1)" EventAgeExceeded 1 >given/record.json
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

# waited WORDS: an invocation that said them half a second before its end; where it waited.
waited() {
    printf '2026-03-04T10:00:00.000Z START RequestId: %s Version: 7\n2026-03-04T10:00:00.500Z 2026-03-04T10:00:00.500Z\t%s\tINFO\t%s\n' \
        "$(id 1)" "$(id 1)" "$1"
    attempt 00 "$(id 1)" 90 'Status: timeout' | tail -2
}
waits() { waited "$1" >waits.log; by_hand timeout waits.log '[.findings[0].detail | .host, .causes[0].class]'; }
same 'timeout by hand: the name looked up, not the resolver' \
    "$(waits 'dial tcp: lookup redis.prod.example.com on 169.254.78.1:53: read udp: i/o timeout')" '["redis.prod.example.com","connect"]'
same 'timeout by hand: a bare host behind what announces it' "$(waits 'Error: getaddrinfo EAI_AGAIN users.svc.local')" '["users.svc.local","connect"]'
same 'timeout by hand: a bucket is no host' "$(waits 'writing to s3://reports-bucket/out.csv')" '[null,"other"]'
same 'timeout by hand: a call that had ended' "$(waits '200 GET https://cdn.example.com/a.js in 12 ms')" '[null,"other"]'
same 'timeout by hand: a call that comes again' "$(waits 'retrying https://cdn.example.com/a.js in 12 ms')" '["cdn.example.com","call"]'
same 'timeout by hand: a page that the line refers to is no call' "$(waits 'see https://docs.example.com/errors#E17 for details')" '[null,"other"]'

# climb STEP: 14 reports of one environment, each with STEP MB more.
climb() { local i; for i in $(seq 10 23); do attempt "$i" "$(id "$i")" $((100 + (i - 10) * $1)) ''; done; }
climb 8 >climb.log
same 'memory-creep by hand: 116 to 204 of 512 MB' "$(by_hand memory-creep climb.log '[.findings[] | [.severity, .count, .detail.from_mb, .detail.to_mb, .detail.mb_per_call]]')" '[["low",14,116,204,8]]'
climb 1 >climb.log
same 'memory-creep by hand: 11 MB are no leak' "$(by_hand memory-creep climb.log '.checks[0].verdict')" '"clean"'

{ attempt 00 "$(id 1)" 90 'Status: timeout'; attempt 01 "$(id 2)" 90 ''; } | sed '6s/Duration: 1000.00/Duration: 980.00/' >near.log
same 'near-timeout by hand: 980 of 1000 ms' "$(by_hand near-timeout near.log '[.findings[] | [.severity, .count, .detail.limit_ms, .detail.threshold_ms, .detail.longest_ms]]')" '[["low",1,1000,900,980]]'
attempt 00 "$(id 1)" 90 '' >near.log
{ attempt 00 "$(id 1)" 90 'Status: timeout'; attempt 01 "$(id 2)" 90 "$broken"; } | sed '6s/Duration: 1000.00/Duration: 980.00/' >near.log
same 'near-timeout by hand: what failed in the last tenth is not said to be none' "$(by_hand near-timeout near.log '[.checks[] | .verdict, .why]')" \
    '["clean","none that ended well took more than nine tenths of a known limit"]'
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

# versions FIRST SECOND: 24 inits of version 4 of FIRST ms and some, then 24 of version 5 of SECOND and some.
versions() {
    local i
    for i in $(seq 10 33); do attempt "$i" "$(id "$i")" 90 "Init Duration: $(($1 + i)).00 ms\t" | sed 's/Version: 7/Version: 4/'; done
    for i in $(seq 34 57); do attempt "$i" "$(id "$i")" 90 "Init Duration: $(($2 + i)).00 ms\t" | sed 's/Version: 7/Version: 5/'; done
}
versions 300 900 | sed 's/\\t/\t/g' >versions.log
same 'cold-start by hand: the newer version is slow' "$(by_hand cold-start versions.log '[.findings[] | .count]')" '[24]'
versions 900 300 | sed 's/\\t/\t/g' >versions.log
same 'cold-start by hand: a newer version that is fast accuses no older one' "$(by_hand cold-start versions.log '[.checks[0].verdict]')" '["clean"]'

# ---- what is usual, and what stands out ----

# call TIME ID MILLISECONDS [WORDS]: an invocation of version 7 that ends well, with an error that it handled.
call() {
    printf '%s:00.000Z START RequestId: %s Version: 7\n' "$1" "$2"
    [ -z "${4:-}" ] || printf '%s:00.500Z %s:00.500Z\t%s\tERROR\t%s\n' "$1" "$1" "$2" "$4"
    printf '%s:01.000Z END RequestId: %s\n' "$1" "$2"
    printf '%s:01.000Z REPORT RequestId: %s\tDuration: %s.00 ms\tBilled Duration: %s ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\n' "$1" "$2" "$3" "$3"
}
# errors DAY FIRST-ID FROM TO: invocations in the minutes FROM to TO of 21:00, all but each fifth with the error.
errors() { local i; for i in $(seq "$3" "$4"); do call "2026-03-$1T21:$i" "$(id $(($2 + i)))" 900 "$([ $((i % 5)) -eq 0 ] || echo 'balance is off')"; done; }
{ errors 04 0 10 39; errors 05 100 10 39; } >nightly.log
same 'error-burst by hand: 24 of 30 each night are nothing new' "$(by_hand error-burst nightly.log '.checks[0].verdict')" '"clean"'
same 'error-burst by hand: and the check says what it looked for' "$(by_hand error-burst nightly.log '.checks[0].why')" \
    '"no kind of handled error is new, or five times as frequent in ten minutes as elsewhere"'
{
    call 2026-03-04T20:00 "$(id 900)" 900 'balance is off'
    for i in $(seq 10 59); do call "2026-03-04T20:$i" "$(id $((i + 300)))" 900; call "2026-03-04T20:$i" "$(id $((i + 400)))" 900; done
    errors 04 0 10 24
} >burst.log
same 'error-burst by hand: 8 of 10 in the window are too few' "$(by_hand error-burst burst.log '.checks[0].verdict')" '"clean"'
errors 04 50 10 19 >>burst.log
same 'error-burst by hand: 16 of the 19 from 21:11 to 21:20, 5 of 107 elsewhere' \
    "$(by_hand error-burst burst.log '[.findings[] | .count, .detail.new, .detail.share, .detail.usual_share]')" '[16,false,0.8421,0.0467]'

# night DAY FIRST-ID MILLISECONDS: five invocations.
night() { local i; for i in 11 12 13 14 15; do call "2026-03-$1T21:$i" "$(id $(($2 + i)))" "$3"; done; }
{ for i in $(seq 10 59); do call "2026-03-03T20:$i" "$(id "$i")" 900; done; night 04 100 5000; night 05 200 5000; } >nights.log
slow='.findings[0].detail | [.episode, .above_threshold]'
same 'slow by hand: five and five a day later are no stretch' "$(by_hand slow nights.log "$slow")" '[false,10]'
{ for i in $(seq 10 59); do call "2026-03-03T20:$i" "$(id "$i")" 900; done; night 04 100 5000; night 04 200 5000; night 06 300 5000; } >nights.log
same 'slow by hand: ten together, and five that are told beside them' "$(by_hand slow nights.log "[.findings[0].count] + ($slow)")" '[10,true,15]'

# ways EACH: 50 invocations, of which each EACH-th takes 5 s and not about 0.3 s.
ways() { local i; for i in $(seq 10 59); do call "2026-03-04T20:$i" "$(id "$i")" $((i % $1 ? 300 + i * i % 97 : 5000)); done; }
ways 5 >ways.log
same 'slow by hand: a fifth stands out' "$(by_hand slow ways.log '[.findings[] | .count]')" '[10]'
ways 3 >ways.log
same 'slow by hand: a third is how the function is' "$(by_hand slow ways.log '.checks[0].verdict')" '"clean"'

{
    for i in $(seq 10 2 38) 59; do call "2026-03-04T10:$i" "$(id "$i")" 900; done
    for i in $(seq 100 199); do call "2026-03-04T10:$((40 + i % 5))" "$(id "$i")" 900; done
} >spike.log
same 'invocation-spike by hand: 16 in the 45 minutes outside of the spike' \
    "$(by_hand invocation-spike spike.log '.findings[0].detail | [.minutes, .a_minute, .usual_a_minute]')" '[5,20,0.36]'

{ climb 8; climb 8 | sed 's/T10:/T11:/;s/-0000-4/-0001-4/'; } >climb.log
same 'memory-creep by hand: two lives of one environment' "$(by_hand memory-creep climb.log '.findings[0].detail | [.environments, .lives]')" '[1,2]'

# One environment a file, which names no stream.
mkdir -p one
for i in $(seq 10 19); do attempt "$i" "$(id "$i")" 90 "$broken"; done >one/a.log
for i in $(seq 10 29); do attempt "$i" "$(id "$((i + 100))")" 90 ''; done >one/b.log
same 'poisoned-environment by hand: all failures of one file, and no name that nothing tells' \
    "$(by_hand poisoned-environment one '[.findings[] | .severity, .count, .detail.environment, .title]')" \
    '["medium",10,null,"All 10 failures of f came from one of 2 environments, others went well"]'

# ---- many born at once ----

# in_stream NUMBER: its lines as `aws logs tail` prints them.
in_stream() { sed "s|\.000Z |.000000+00:00 2026/03/04/[7]$(printf '%032x' "$1") |"; }
# born TIME MILLISECONDS NUMBER: an environment whose init begins 3 s before its first START.
born() {
    {
        printf '%s:00.000Z INIT_START Runtime Version: python:3.12.v27\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:a\n' "$1"
        call "$1" "$(id "$3")" 900 | sed "s/:00.000Z/:03.000Z/;s/:01.000Z/:04.000Z/;s/90 MB/90 MB\tInit Duration: $2.00 ms/"
    } | in_stream "$3"
}
storm() { "$COLDCASE" report -q --assume-function f --only cold-start born.log | sed -n 's/^- most environments born within 10 s: //p'; }
{
    for i in $(seq 10 29); do born "2026-03-04T09:$i" 300 "$i"; done
    for i in $(seq 110 119); do born 2026-03-04T10:30 2900 "$i"; done
} >born.log
same 'cold-start by hand: the newborn are no older environments' "$(storm)" \
    '10, from 10:30:03; no other ran in the minute before, so calls came after a pause or all environments were replaced'
for i in 10 11 12; do call 2026-03-04T10:29 "$(id $((i + 200)))" 900 | sed 's/:0\([01]\)\.000Z/:3\1.000Z/' | in_stream "$i"; done >>born.log
same 'cold-start by hand: three ran just before, none of them afterwards' "$(storm)" \
    '10, from 10:30:03; 3 others ran in the minute before and 3 of them ran nothing afterwards, so it was a replacement (a deployment, a runtime patch or a recycling)'

# ---- what an error says ----

# uncaught MINUTE ID: a REPORT without status, as old logs have it, behind the error that nobody caught.
uncaught() {
    attempt "$1" "$2" 90 '' | sed "1a 2026-03-04T10:$1:00.500Z [ERROR] ClientError: You are not <authorized> to 'act' on 17\rTraceback (most recent call last):"
}
told() { "$COLDCASE" report -q --assume-function f --only "$1" told.log; }
{ uncaught 00 "$(id 1)"; uncaught 02 "$(id 1)"; uncaught 05 "$(id 1)"; uncaught 06 "$(id 2)"; attempt 07 "$(id 3)" 90 ''; } >told.log
message='The first says: "You are not &#60;authorized&#62; to '"'act'"' on 17".'
same 'crash by hand: the message to the letter' "$(told crash | grep -c "^From .*$message")" 1
same 'crash by hand: all four of the type count, one of them here' \
    "$(told crash | grep -o '4 of 5 invocations (80.00 %) ended in ClientError, .* this one of 1\.')" \
    '4 of 5 invocations (80.00 %) ended in ClientError, which the program did not catch. Other detectors tell of 3 of them, this one of 1.'
same 'crash by hand: and the title says so' "$(told crash | head -1 | cut -c1-80; told crash | grep -c '^### F1 · low · 1 further invocation of f ')" "# Incident report: nothing at medium or above
1"
same 'retry-storm by hand: the message, and the line that holds it' \
    "$(told retry-storm | grep -c "^From .*$message"; by_hand retry-storm told.log '[.findings[0].evidence[] | .line]')" "1
[2,6,10]"
json='{"timestamp":"2026-03-04T10:00:00.500Z","level":"ERROR","requestId":"%s","message":{"errorType":"TypeError","errorMessage":"no \"items\" of undefined\nat line 3","stackTrace":[]}}\n'
{
    printf '{"time":"2026-03-04T10:00:00.000Z","type":"platform.start","record":{"requestId":"%s","version":"7"}}\n' "$(id 1)"
    printf "$json" "$(id 1)" | sed 's/no "items" of undefined/no \\"items\\" of undefined\\n/'
    printf '{"time":"2026-03-04T10:00:01.000Z","type":"platform.report","record":{"requestId":"%s","metrics":{"durationMs":27.13},"errorType":"TypeError","status":"error"}}\n' "$(id 1)"
} >told.log
same 'crash by hand: in JSON, where the runtime logs it as any error' "$(told crash | grep -o 'The first says: .*'; by_hand crash told.log '[.findings[0].evidence[0].line]')" 'The first says: "no "items" of undefined".
[2]'

# ---- what to do now: only what the evidence knows ----

# verbs DETECTOR PATH: the commands of AWS that the report gives.
verbs() { "$COLDCASE" report -q --assume-function f --only "$1" "$2" | sed -nE 's/^aws lambda ([a-z-]+) .*/\1/p' | tr '\n' ' '; }
retries='get-function-event-invoke-config update-function-event-invoke-config '
attempt 00 "$(id 1)" 90 'Status: timeout' >limit.log
same 'timeout by hand: a published version is published anew' "$(verbs timeout limit.log)" \
    "update-function-configuration wait publish-version update-alias $retries"
sed -i 's/Version: 7/Version: $LATEST/' limit.log
same 'timeout by hand: $LATEST is changed in place, and its destinations stay' "$(verbs timeout limit.log)" "update-function-configuration $retries"
{ attempt 00 "$(id 1)" 90 "$broken"; attempt 02 "$(id 1)" 90 "$broken"; attempt 05 "$(id 1)" 90 "$broken"; } >storm.log
same 'retry-storm by hand: the destinations are read and stay' "$(verbs retry-storm storm.log)" "$retries"

# rolled WELL: 20 attempts of version 31 that end well, WELL of version 32 that do, then 20 of which 10 crash.
rolled() {
    local i well=$1
    for i in $(seq 10 49); do
        status=''
        [ "$i" -lt $((30 + well)) ] || [ $((i % 2)) = 1 ] || status=$broken
        attempt "$i" "$(id "$i")" 90 "$status" | sed "s/Version: 7/Version: $([ "$i" -lt 30 ] && echo 31 || echo 32)/"
    done >rolled.log
    "$COLDCASE" report -q --assume-function f --only crash rolled.log | sed -n 's/^.*--function-version //p'
}
same 'crash by hand: the newer version began well, and the older one never failed' "$(rolled 3)" 31
same 'crash by hand: the newer version ran well before' "$(rolled 14)" ''
same 'crash by hand: and the report does not say that there is no older one' \
    "$("$COLDCASE" report -q --assume-function f --only crash rolled.log | grep -c 'does not tell that an earlier')" 1

"$COLDCASE" report -q "$ROOT/samples/cold-start/evidence" >cold.md
same 'cold-start: the version before comes first, what costs money second' "$(sed -n 's/^aws lambda \([a-z-]*\) .*/\1/p' cold.md | xargs)" \
    'update-alias put-provisioned-concurrency-config'
same 'cold-start: the figures show the inits' "$(sed -n 's/^| init p50 | \([0-9]* ms\) | \([0-9]* ms\) |$/\1 \2/p' cold.md)" '2977 ms 430 ms'

# A burst that the loop itself made: one number caps the function, and the finding below says where it stands.
"$COLDCASE" report -q "$ROOT/samples/runaway-bill/evidence" >capped.md
same 'findings tied to each other set one reserved concurrency' \
    "$(grep -c '^aws lambda put-function-concurrency' capped.md) $(grep -c '^# see F1, which sets this function' capped.md)" '1 1'

# inits VERSION RUNTIME: one invocation that goes well, and one of version 7 whose init fails twice.
inits() {
    mkdir -p inits
    {
        printf '2026-03-04T10:00:00.000Z INIT_START Runtime Version: %s\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:a\n' "$2"
        attempt 00 "$(id 1)" 90 ''
    } | sed "s/Version: 7/Version: $1/" >inits/good.log
    {
        printf '2026-03-04T10:05:00.000Z INIT_START Runtime Version: python:3.12.v28\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:b\n'
        printf '2026-03-04T10:05:00.000Z INIT_REPORT Init Duration: 300.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n'
        printf '2026-03-04T10:05:01.000Z INIT_REPORT Init Duration: 300.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n'
        attempt 05 "$(id 2)" 90 "$broken"
    } >inits/failed.log
    verbs init-failure inits
}
same 'init-failure by hand: the version before, on the same runtime' "$(inits 6 python:3.12.v28)" 'update-alias '
same 'init-failure by hand: and it is named' "$("$COLDCASE" report -q --assume-function f --only init-failure inits | grep -c -- '--function-version 6$')" 1
same 'init-failure by hand: the same version, on the runtime before' "$(inits 7 python:3.12.v27)" 'get-function-configuration put-runtime-management-config '
same 'init-failure by hand: another runtime cannot be chosen so' "$(inits '$LATEST' python:3.11.v90)" 'get-function-configuration '

for scenario in pool-exhausted descriptors; do
    "$GENERATE" --scenario $scenario --seed 7 -o $scenario >/dev/null || not_ok "generate $scenario"
    same "connection-limit in $scenario: their number is an environment's own, so no cap" \
        "$(verbs connection-limit $scenario/evidence | grep -c put-function-concurrency)" 0
done

# ---- what has no time is not nothing ----

for i in 1 2 3; do
    printf 'START RequestId: %s Version: 7\n2026-03-04T10:00:0%s.500Z\t%s\tERROR\tError: ER_CON_COUNT_ERROR: Too many connections\n' "$(id "$i")" "$i" "$(id "$i")"
    printf 'END RequestId: %s\nREPORT RequestId: %s\tDuration: 90.00 ms\tBilled Duration: 90 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\tStatus: error\tError Type: Error\n' "$(id "$i")" "$(id "$i")"
done >untimed.log
"$COLDCASE" report -q --assume-function f --only connection-limit untimed.log >untimed.md
same 'without times: the key figures tell three, and no number of that time' "$(sed -n 's/^| \(invocations of f.*\|without a time.*\|errors.*\)/\1/p' untimed.md)" \
    'invocations of f named by F1 | 3 |
without a time, in the whole evidence | 3 |'
same 'without times: three are hurt' "$(grep '^| `f` ' untimed.md)" '| `f` | 3 | 3 | 0 | 3 | none ran | **hurt**: F1 |'
same 'without times: they failed, it is not known when' "$(grep -c "the evidence does not tell when" untimed.md)" 1

# ---- the time before ends at the first sign ----
same 'the time before the burst holds none of its environments' \
    "$("$COLDCASE" report -q "$ROOT/samples/too-many-connections/evidence" | sed -nE 's/^\| (invocations of|environments|cold starts)[^|]*\|[^|]*\| ([0-9]+).*/\2/p' | xargs)" '39 1 1'

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

# Slow inits that share the folder of their S3 object: 25 of 310.1 to 334.1 ms, 5 of 2935.1 to 2939.1 ms. The median of all
# is (324.1 + 325.1) / 2; callers paid 5 * (2937.1 - 324.6) ms more.
mkdir -p shared/aws/lambda/f
for i in $(seq 10 39); do
    key=small/$i.jpg init=$((300 + i))
    [ "$i" -lt 35 ] || { key=big/$i.tif init=$((2900 + i)); }
    printf '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-03-04T10:%s:00.000Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"in"},"object":{"key":"%s","size":1}}}]}\n' "$i" "$key" >>shared/records.json
    { attempt "$i" "$(id "$i")" 90 "Init Duration: $init.10 ms"$'\t' | sed -n 1p
      printf '2026-03-04T10:%s:00.100Z 2026-03-04T10:%s:00.100Z\t%s\tINFO\treading s3://in/%s\n' "$i" "$i" "$(id "$i")" "$key"
      attempt "$i" "$(id "$i")" 90 "Init Duration: $init.10 ms"$'\t' | tail -n +2; } >"shared/aws/lambda/f/$i.txt"
done
same 'cold-start by hand: the folder of the object, and what callers paid' \
    "$("$COLDCASE" report -q --only cold-start shared | grep -o '5 took 649 ms or more.*none' | head -1)" \
    '5 took 649 ms or more, the slowest 2939 ms. Callers waited 13.1 s more than with the median. All of them were about objects under in/big/; of the other 25 cold starts none'

# A function whose log changed from text to JSON, which has no END: each environment keeps its format.
mkdir -p 'formats/2026-03-04-[7]00000000000000000000000000000001' 'formats/2026-03-04-[8]00000000000000000000000000000002'
for i in $(seq 10 49); do attempt "$i" "$(id "$i")" 90 ''; done >'formats/2026-03-04-[7]00000000000000000000000000000001/log'
for i in 50 52; do attempt "$i" "$(id "$i")" 90 '' | grep -v END; done >'formats/2026-03-04-[8]00000000000000000000000000000002/log'
same 'incomplete: an environment without any END logs in JSON' "$(by_hand incomplete formats '.checks[0].verdict')" '"clean"'
sed -i '/END RequestId: 00000020/d' 'formats/2026-03-04-[7]00000000000000000000000000000001/log'
same 'incomplete: an END that its neighbours have' "$(by_hand incomplete formats '[.findings[0] | .count, .detail.missing_end]')" '[1,1]'

# Logs of three days, months apart: the evidence has the gaps, not the functions.
for seed in 1 2 3; do "$GENERATE" --scenario quiet-day --seed $seed -o days/$seed >/dev/null || not_ok 'generate quiet-day'; done
same 'silent-gap: none where all of the evidence is silent' "$("$COLDCASE" report -q --only silent-gap --format json days | jq -c '.checks[0].verdict')" '"clean"'
finish
