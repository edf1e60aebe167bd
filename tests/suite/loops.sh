#!/usr/bin/env bash
# Loops through queues and topics, and what only looks like one. The evidence is written here by hand after the field
# guide (traces 5.1-5.4, api-gateway-and-queues 6.4); the expected values follow from it. The golden cases of whole
# incidents stand in tests/cases/loop-* (UPDATE=1 rewrites them; they are reviewed as diffs).
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
by_hand() { "$COLDCASE" report -q --only recursive-trigger --format json "${@:2}" | jq -c "$1"; }
verdict='[.checks[0].verdict, (.findings[] | [.count, .detail.generations, .detail.proof, .detail.queues, .detail.topics])]'

# ---- logs: a function prints its event ----

request() { printf '%08d-0000-4000-8000-000000000000' "$1"; }
message() { printf '%08d-1111-4111-8111-111111111111' "$1"; }
# call MINUTE REQUEST MESSAGE SENDER RECEIVES SENT-MINUTE [ROOT [LINEAGE]]: an invocation of `worker` by one message.
call() {
    local at=2026-03-04T10:$1 header=
    [ -z "${7:-}" ] || header="\"AWSTraceHeader\":\"Root=$7;Parent=53995c3f42cd8ad8;Sampled=0${8:+;Lineage=$8}\","
    printf '%s:00.000Z START RequestId: %s Version: 7\n' "$at" "$(request "$2")"
    printf '%s:00.010Z %s:00.010Z\t%s\tINFO\t{"Records":[{"messageId":"%s","body":"{}","attributes":{"ApproximateReceiveCount":"%s",%s"SentTimestamp":"%s","SenderId":"%s"},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:111122223333:jobs"}]}\n' \
        "$at" "$at" "$(request "$2")" "$(message "$3")" "$5" "$header" "$(date -u -d "2026-03-04T10:$6:30Z" +%s)000" "$4"
    printf '%s:31.000Z END RequestId: %s\n' "$at" "$(request "$2")"
    printf '%s:31.000Z REPORT RequestId: %s\tDuration: 31000.00 ms\tBilled Duration: 31000 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n' \
        "$at" "$(request "$2")"
}
self=AROAEXAMPLEWORKERROLE:worker
mkdir -p loop/aws/lambda/worker again/aws/lambda/worker two/aws/lambda/worker
{ call 10 1 1 AIDAEXAMPLEUSER 1 09; call 11 2 2 $self 1 10; call 12 3 3 $self 1 11; call 13 4 4 $self 1 12; } >loop/aws/lambda/worker/log.txt
same 'each message is sent by the call before: a loop of 4 calls' "$(by_hand "$verdict" loop)" '["found",[4,4,"principal",["jobs"],[]]]'
same 'its root, and what it goes through' "$(by_hand '.findings[0].detail | [.root.bucket, .root.key, .root.principal, .edges[0]]' loop)" \
    "[\"queue jobs\",\"$(message 1)\",\"AIDAEXAMPLEUSER\",{\"from\":\"queue jobs\",\"to\":\"worker\",\"count\":4}]"
same 'it costs 4 x 31 s x 0.5 GB, 4 calls, and 3 messages sent, 4 received and deleted' "$(by_hand '.findings[0].detail.cost_usd' loop)" 0.001039
same 'the user may expect it' "$(by_hand '[.findings[].severity]' --expected-loop jobs loop)" '["info"]'
same 'another name is not that queue' "$(by_hand '[.findings[].severity]' --expected-loop job loop)" '["critical"]'

{ call 10 1 1 $self 1 09; call 12 2 1 $self 2 09; call 14 3 1 $self 3 09; call 16 4 1 $self 4 09; } >again/aws/lambda/worker/log.txt
same 'one message given out four times is no loop' "$(by_hand "$verdict" again)" '["clean"]'
{ call 10 1 1 AIDAEXAMPLEUSER 1 09; call 11 2 2 $self 1 10; } >two/aws/lambda/worker/log.txt
same 'sent back once is no loop' "$(by_hand "$verdict" two)" '["clean"]'

# A message of the loop that is given out again by the call that failed to send: the chain goes on from there.
{ call 10 1 1 AIDAEXAMPLEUSER 1 09; call 11 2 2 $self 1 10; call 12 3 2 $self 2 10; call 13 4 3 $self 1 12; call 14 5 4 $self 1 13; } \
    >loop/aws/lambda/worker/log.txt
same 'a call that is tried again belongs to the loop, and is no hop more' "$(by_hand "$verdict" loop)" '["found",[5,4,"principal",["jobs"],[]]]'

# One trace through calls that a workflow makes one after the other, each of which sends to a queue read elsewhere.
{
    for i in 1 2 3 4 5; do
        printf '2026-03-04T10:1%s:00.000Z START RequestId: %s Version: 7\n2026-03-04T10:1%s:31.000Z END RequestId: %s\n' $i "$(request $i)" $i "$(request $i)"
        printf '2026-03-04T10:1%s:31.000Z REPORT RequestId: %s\tDuration: 31000.00 ms\tBilled Duration: 31000 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\nXRAY TraceId: 1-69a80000-111111111111111111111111\tSegmentId: 000000000000000%s\tSampled: true\n' $i "$(request $i)" $i
    done
} >again/aws/lambda/worker/log.txt
for i in 1 2 3 4 5; do
    printf '{"Records":[{"messageId":"%s","body":"{}","attributes":{"AWSTraceHeader":"Root=1-69a80000-111111111111111111111111","SentTimestamp":"%s","SenderId":"%s"},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:111122223333:jobs"}]}\n' \
        "$(message $i)" "$(date -u -d "2026-03-04T10:1$i:30Z" +%s)000" $self
done >again/queue.json
same 'a workflow that calls a function in one trace is no loop' "$(by_hand "$verdict" again)" '["clean"]'

# ---- traces: no log line at all ----

# hop N QUEUE-URL SENT-OPERATION [LINKED-ROOT | PARENT-SPAN]: the two segments of an invocation that sends a message.
root() { printf '1-69a8%04x-11111111111111111111%04x' "$1" "$1"; }
hop() { # N TRACE LINK PARENT OPERATION RESOURCE
    jq -n -c --argjson n "$1" --arg trace "$2" --arg link "$3" --arg parent "$4" --arg operation "$5" --arg resource "$6" \
        --arg request "$(request "$1")" 'def id($k): ("00000000000000" + ($n * 16 + $k | tostring))[-16:];
        (1772600000 + $n * 10) as $t
        | ({id: id(1), name: "relay", trace_id: $trace, start_time: $t, end_time: ($t + 3), origin: "AWS::Lambda",
            aws: {request_id: $request}, resource_arn: "arn:aws:lambda:eu-west-1:123456789012:function:relay"}
            + if $parent == "" then {} else {parent_id: $parent} end),
          ({id: id(2), parent_id: id(1), name: "relay", trace_id: $trace, start_time: ($t + 0.1), end_time: ($t + 2.9),
            origin: "AWS::Lambda::Function", subsegments: [{id: id(3), name: "## handler", start_time: ($t + 1), end_time: ($t + 2.8),
            subsegments: [{id: id(4), name: "call", namespace: "aws", start_time: ($t + 2.5), end_time: ($t + 2.6),
                aws: ({operation: $operation} + if $operation == "Publish" then {topic_arn: $resource} else {queue_url: $resource} end)}]}]}
            + if $link == "" then {} else {links: [{trace_id: $link, id: "53995c3f42cd8ad8"}]} end)'
}
document() { jq -c -n '{Traces: [inputs | {Id: .trace_id, Segments: [{Id: .id, Document: tojson}]}]}' "$1"; }
queue=https://sqs.eu-west-1.amazonaws.com/123456789012/hops
for i in 1 2 3 4; do hop $i "$(root $i)" "$([ $i = 1 ] || root $((i - 1)))" '' SendMessage $queue; done >segments
document segments >queue-traces.json
same 'links between traces: a loop through a queue' "$(by_hand "$verdict" queue-traces.json)" '["found",[4,4,"trace",["hops"],[]]]'
for i in 1 2 3 4; do hop $i "$(root $i)" '' '' SendMessage $queue; done >segments
document segments >apart.json
same 'the same calls without links are no loop' "$(by_hand "$verdict" apart.json)" '["clean"]'

span() { printf '%016d' $((($1) * 16 + 4)); }
for i in 1 2 3 4; do hop $i "$(root 1)" '' "$([ $i = 1 ] || span $((i - 1)))" Publish arn:aws:sns:eu-west-1:123456789012:news; done >segments
document segments >topic-traces.json
same 'each call stands below the one that published: a loop through a topic' "$(by_hand "$verdict" topic-traces.json)" \
    '["found",[4,4,"trace",[],["news"]]]'
for i in 1 2 3 4; do hop $i "$(root 1)" '' "$([ $i = 1 ] || span 1)" Publish arn:aws:sns:eu-west-1:123456789012:news; done >segments
document segments >fan.json
same 'three calls below one are a fan-out' "$(by_hand "$verdict" fan.json)" '["clean"]'

# ---- calls of functions ----

# The Invoke call's own request id is that of the invocation which it made; here nothing else ties them.
for i in 1 2 3 4; do
    hop $i "$(root $i)" '' '' Invoke '' |
        jq -c --arg next "$(request $((i + 1)))" 'if .subsegments then .subsegments[0].subsegments[0].aws += {function_name: "relay", request_id: $next} | del(.subsegments[0].subsegments[0].aws.queue_url) else . end'
done >segments
document segments >invokes.json
calls='[.checks[0].verdict, (.findings[] | [.title, .count, .detail.generations, .detail.proof, .detail.confidence, .detail.calls])]'
same 'the request id of a call is that of the next invocation: a loop of 4' "$(by_hand "$calls" invokes.json)" \
    '["found",["relay invokes itself",4,4,"trace","strong",["relay"]]]'
jq -c '.Traces[].Segments[].Document |= (fromjson | if .subsegments then del(.subsegments[0].subsegments[0].aws.request_id) else . end | tojson)' invokes.json >silent.json
same 'without it they are no loop' "$(by_hand "$verdict" silent.json)" '["clean"]'

# A container calls the function four times, one call behind the other: its own span begins the trace.
for i in 1 2 3 4; do
    hop $i "$(root 1)" '' "$(span $((i + 8)))" SendMessage $queue |
        jq -c --argjson n $i 'def closer: . - $n * 6.5; .start_time |= closer | .end_time |= closer | del(.subsegments)'
done >segments
jq -n -c --arg trace "$(root 1)" '[range(1; 5) | {n: ., id: ("00000000000000" + ((. + 8) * 16 + 4 | tostring))[-16:]}]
    | {id: "a000000000000001", name: "batch", trace_id: $trace, start_time: 1772600001, end_time: 1772600020, origin: "AWS::ECS::Container",
        subsegments: map({id, name: "Lambda", namespace: "aws", start_time: (1772600000 + .n * 3.5 - 0.1), end_time: (1772600000 + .n * 3.5 + 3),
            aws: {operation: "Invoke", function_name: "relay", request_id: "0000000\(.n)-0000-4000-8000-000000000000"}})}' >>segments
document segments >container.json
same 'what a container calls is called by no function' "$(by_hand "$verdict" container.json)" '["clean"]'

# CloudTrail: who called, whom, and the request id; the logs tell the rest.
invoke() { # SECOND SESSION FUNCTION REQUEST
    printf '{"eventVersion":"1.10","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLEWORKERROLE:%s"},"eventTime":"2026-03-04T10:10:%02dZ","eventSource":"lambda.amazonaws.com","eventName":"Invoke","requestParameters":{"functionName":"%s"},"requestID":"%s","eventCategory":"Data"}\n' \
        "$2" "$1" "$3" "$(request "$4")"
}
run() { # SECOND REQUEST: an invocation of two seconds
    printf '2026-03-04T10:10:%02d.000Z START RequestId: %s Version: 7\n2026-03-04T10:10:%02d.900Z END RequestId: %s\n' "$1" "$(request "$2")" $(($1 + 1)) "$(request "$2")"
    printf '2026-03-04T10:10:%02d.900Z REPORT RequestId: %s\tDuration: 1900.00 ms\tBilled Duration: 1900 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n' $(($1 + 1)) "$(request "$2")"
}
mkdir -p trail/aws/lambda/worker
for i in 1 2 3 4; do run $((i * 3)) $i; done >trail/aws/lambda/worker/log.txt
arn=arn:aws:lambda:eu-west-1:111122223333:function:worker
{ invoke 2 admin $arn 1; invoke 4 worker worker:7 2; invoke 7 worker $arn:7 3; invoke 10 worker 111122223333:function:worker 4; } >trail/calls.json
same 'CloudTrail names the caller: a loop of 4, whatever the way in which the function is named' "$(by_hand "$calls" trail)" \
    '["found",["worker invokes itself",4,4,"principal","very strong",["worker"]]]'
same 'who began it' "$(by_hand '.findings[0].detail | [.root.principal, .edges]' trail)" \
    '["AROAEXAMPLEWORKERROLE:admin",[{"from":"worker","to":"worker","count":3}]]'
same 'a document a line: its place is that line' "$(by_hand '[.findings[0].evidence[] | select(.file == "trail/calls.json") | .line]' trail)" '[1,2,3,4]'
{ invoke 2 admin $arn 1; invoke 4 states $arn 2; invoke 7 states $arn 3; invoke 10 states $arn 4; } >trail/calls.json
same 'a state machine that calls it four times is no loop' "$(by_hand "$verdict" trail)" '["clean"]'
{ invoke 2 admin $arn 1; invoke 4 worker worker:7 2; invoke 7 worker $arn:7 3; invoke 10 worker $arn 4; } |
    jq -c '.sourceIPAddress = "s3.amazonaws.com"' >trail/calls.json
same 'what a service calls is for others to tell' "$(by_hand '.checks[0].verdict' trail)" '"not-run"'
{ invoke 4 worker other 91; invoke 7 worker other 92; invoke 10 worker other 93; } >trail/calls.json
same 'nor is a function that calls another' "$(by_hand "$verdict" trail)" '["clean"]'

# Trace headers alone: no record, no message, but a count of hops that grows from call to call.
mkdir -p hops/aws/lambda/worker
headed() { # SECOND REQUEST HOPS [LAST-SECOND]
    local last=${4:-$(($1 + 1))}
    printf '2026-03-04T10:10:%02d.000Z START RequestId: %s Version: 7\n2026-03-04T10:10:%02d.100Z 2026-03-04T10:10:%02d.100Z\t%s\tINFO\theader Root=1-69a80000-111111111111111111111111;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:a87bd80c:%s\n' \
        "$1" "$(request "$2")" "$1" "$1" "$(request "$2")" "$3"
    printf '2026-03-04T10:10:%02d.900Z END RequestId: %s\n2026-03-04T10:10:%02d.900Z REPORT RequestId: %s\tDuration: %s900.00 ms\tBilled Duration: %s900 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\nXRAY TraceId: 1-69a80000-111111111111111111111111\tSegmentId: 000000000000000%s\tSampled: true\n' \
        "$last" "$(request "$2")" "$last" "$(request "$2")" $((last - $1)) $((last - $1)) "$2"
}
for i in 1 2 3 4; do headed $((i * 3)) $i $((i - 1)); done >hops/aws/lambda/worker/log.txt
same 'headers that count on: a loop of 4, in an unknown way' "$(by_hand "$calls" hops)" \
    '["found",["worker invokes itself, in a way that the evidence does not hold",4,4,"lineage","very strong",[]]]'
for i in 1 2 3 4; do headed $((i * 3)) $i $((i - 1)) | grep -v ^XRAY; done >hops/aws/lambda/worker/log.txt
same 'the header names the trace: no XRAY line is needed' "$(by_hand "$calls" hops)" \
    '["found",["worker invokes itself, in a way that the evidence does not hold",4,4,"lineage","very strong",[]]]'
awk '/Root=/ { sub(/Root=[^;]*/, sprintf("Root=1-69a80000-%024d", NR)) } 1' hops/aws/lambda/worker/log.txt >apart && mv apart hops/aws/lambda/worker/log.txt
same 'headers of different traces are no chain' "$(by_hand '.findings' hops)" '[]'
for i in 1 2 3 4; do headed $((i * 3)) $i 0; done >hops/aws/lambda/worker/log.txt
same 'calls of a workflow in one trace count the same: no loop' "$(by_hand '.findings' hops)" '[]'
for i in 1 2 3 4; do headed $((i * 3)) $i $((i * 2)); done >hops/aws/lambda/worker/log.txt
same 'hops that lack calls between them are none' "$(by_hand '.findings' hops)" '[]'
rm hops/aws/lambda/worker/log.txt
tier() { # FUNCTION SECOND REQUEST HOPS LAST-SECOND
    mkdir -p "hops/aws/lambda/$1"
    headed "$2" "$3" "$4" "$5" >>"hops/aws/lambda/$1/log.txt"
}
for i in 1 2 3 4; do
    tier step-$i $((i * 4)) $i $i $((i * 4 + 15))
    tier audit $((i * 4 + 1)) $((i + 4)) $i $((i * 4 + 1))
done
same 'each step calls audit, then the next step: audit does not call itself' "$(by_hand '.findings' hops)" '[]'
rm -r hops/aws/lambda/*
for i in 1 2 3 4; do
    tier worker $((i * 4)) $i $i $((i * 4 + 15))
    tier audit $((i * 4 + 1)) $((i + 4)) $i $((i * 4 + 1))
done
same 'a function that waits for itself and calls audit on the way: a loop of 4' "$(by_hand "$calls" hops)" \
    '["found",["worker invokes itself, in a way that the evidence does not hold",4,4,"lineage","very strong",[]]]'

# ---- clocks ----

# The records of a scenario as an S3 tells them whose clock is ahead by SECONDS.
ahead() { # SCENARIO SECONDS
    rm -rf "$1" && "$GENERATE" --scenario "$1" --seed 5 -o "$1" >/dev/null || not_ok "generate $1"
    find "$1/evidence" -path '*s3-events*' -name '*.gz' | while read -r file; do
        zcat "$file" | jq -c --argjson by "$2" '.Records[0].eventTime |= ((.[:19] + "Z" | fromdate + $by | todate)[:19] + .[19:])' |
            gzip -n >"$file.new" && mv "$file.new" "$file"
    done
}
calls=$("$GENERATE" --scenario runaway-bill --seed 5 -o as-it-is >/dev/null && jq '.expected[0].count' as-it-is/truth.json)
hops=$(by_hand '.findings[0].detail.generations' as-it-is/evidence)
for seconds in 20 3600 -3600; do
    ahead runaway-bill $seconds
    # A call that writes two objects names three keys, of which two are kept: a hop may be missing for each.
    same "S3's clock is off by $seconds s: names tell the loop" \
        "$(by_hand "[.checks[0].verdict, (.findings[0] | .count, .detail.proof, .detail.root.key, $hops - .detail.generations <= 3)]" runaway-bill/evidence)" \
        "[\"found\",$calls,\"principal\",\"cat 1.jpg\",true]"
    ahead loop-by-count $seconds
    same "S3's clock is off by $seconds s: without names nothing is claimed, and nothing is clean" \
        "$(by_hand '[.checks[0].verdict, (.findings | length), (.checks[0].why | test("the clocks differ"))]' loop-by-count/evidence)" \
        '["not-run",0,true]'
    ahead own-state $seconds
    same "S3's clock is off by $seconds s: a schedule that reads its last object is no loop" "$(by_hand '.findings' own-state/evidence)" '[]'
    ahead polled-state $seconds
    same "S3's clock is off by $seconds s: nor is a caller that waits" "$(by_hand '.findings' polled-state/evidence)" '[]'
done
same 'the report says how far it is off' "$(ahead runaway-bill 3600; "$COLDCASE" report -q runaway-bill/evidence | grep -cE "S3's clock is about (59 min 5[0-9] s|1 h 0 min) ahead")" 1
same 'what is left open stands in the summary' \
    "$("$GENERATE" --scenario state-machine --seed 5 -o turns >/dev/null; "$COLDCASE" report -q turns/evidence | sed -n '/^## Summary/,/^## /p' | grep -c 'recursive-trigger cannot tell: 180 calls of draft and review')" 1

# A call a minute writes one record; the first record is of the call before the evidence.
mkdir -p early/aws/lambda/worker
{
    for i in 11 12 13 14 15 16 17 18; do
        printf '2026-03-04T10:%s:00.000Z START RequestId: %s Version: 7\n2026-03-04T10:%s:02.%s00Z END RequestId: %s\n' $i "$(request $i)" $i $((i % 3)) "$(request $i)"
        printf '2026-03-04T10:%s:02.%s00Z REPORT RequestId: %s\tDuration: 2%s00.00 ms\tBilled Duration: 2%s00 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n' $i $((i % 3)) "$(request $i)" $((i % 3)) $((i % 3))
    done
} >early/aws/lambda/worker/log.txt
for i in 10 11 12 13 14 15 16 17; do
    printf '{"Records":[{"eventSource":"aws:s3","eventTime":"2026-03-04T10:%s:01.500Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:%s"},"s3":{"bucket":{"name":"out"},"object":{"key":"minute-%s.csv","sequencer":"%016X"}}}]}\n' $i $self $i $i
done >early/records.json
same 'a record of the call before the evidence puts no clock off' "$(by_hand '.checks[0].verdict' early)" '"clean"'

# A program uploads a first file, calls, waits for the answer, which the call writes too, and calls again. The calls
# follow the files one to one, as those of a loop do; that the first of all follows an upload shows no trigger.
mkdir -p asked/aws/lambda/worker
awk -v log_file=asked/aws/lambda/worker/log.txt -v records=asked/records.json '
    function time(ms) { return sprintf("2026-03-04T10:%02d:%06.3fZ", ms / 60000, ms % 60000 / 1000) }
    function put(key, by, ms) {
        printf "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventTime\":\"%s\",\"eventName\":\"ObjectCreated:Put\",\"userIdentity\":{\"principalId\":\"AWS:AROAEXAMPLE:%s\"},\"s3\":{\"bucket\":{\"name\":\"out\"},\"object\":{\"key\":\"%s\",\"sequencer\":\"%016X\"}}}]}\n", time(ms), by, key, ms >records
    }
    BEGIN {
        put("first.csv", "admin", 700)
        for (begin = 1000; i < 60; i++) {
            run = 200 + i * 7919 % 2800
            id = sprintf("%08d-0000-4000-8000-000000000000", i)
            printf "%s START RequestId: %s Version: 7\n%s END RequestId: %s\n", time(begin), id, time(begin + run), id >log_file
            printf "%s REPORT RequestId: %s\tDuration: %d.00 ms\tBilled Duration: %d ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n", time(begin + run), id, run, run >log_file
            put("part-" i ".csv", "worker", begin + run - 5 - i * 31 % 55)
            begin += run + 20 + i * 113 % 380
        }
    }'
same 'who uploads first and then waits for each answer is not taken for a bucket' "$(by_hand '[.checks[0].verdict, (.checks[0].why | .[:41])]' asked)" \
    '["not-run","60 calls of worker each follow a write of"]'

# Users upload, and each call reads the list that the call before wrote, then what was uploaded, and writes the list
# again. Its lines name the list first, and it reads what it wrote, but nothing that it writes invokes it.
mkdir -p list/aws/lambda/agg
awk -v log_file=list/aws/lambda/agg/log.txt -v records=list/records.json '
    function time(ms) { return sprintf("2026-03-04T10:%02d:%06.3fZ", ms / 60000, ms % 60000 / 1000) }
    function put(key, by, ms) {
        printf "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventTime\":\"%s\",\"eventName\":\"ObjectCreated:Put\",\"userIdentity\":{\"principalId\":\"AWS:AROAEXAMPLE:%s\"},\"s3\":{\"bucket\":{\"name\":\"data\"},\"object\":{\"key\":\"%s\",\"sequencer\":\"%016X\"}}}]}\n", time(ms), by, key, ms >records
    }
    function say(ms, text) { printf "%s %s\t%s\tINFO\t%s\n", time(ms), time(ms), id, text >log_file }
    BEGIN {
        for (begin = 10000; i < 20; i++) {
            run = 1500 + i * 7919 % 2800
            id = sprintf("%08d-0000-4000-8000-000000000000", i)
            put("in/" i ".csv", "admin", begin - 500 - i * 113 % 600)
            printf "%s START RequestId: %s Version: 7\n", time(begin), id >log_file
            say(begin + 20, "loaded out/manifest.json")
            say(begin + 30, "adding in/" i ".csv")
            printf "%s END RequestId: %s\n", time(begin + run), id >log_file
            printf "%s REPORT RequestId: %s\tDuration: %d.00 ms\tBilled Duration: %d ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n", time(begin + run), id, run, run >log_file
            put("out/manifest.json", "agg", begin + run - 5 - i * 31 % 55)
            begin += run + 1600 + i * 1931 % 4000
        }
    }'
same 'a list that is read again is no loop, although it is named first' "$(by_hand '.findings' list)" '[]'
newest_first() { jq -R -s -c '{events: (split("\n") | map(select(. != "")) | reverse | map({timestamp: ((.[:19] + "Z" | fromdate * 1000) + (.[20:23] | tonumber)), message: .[25:], logStreamName: "s"}))}'; }
newest_first <list/aws/lambda/agg/log.txt >lines.json && rm list/aws/lambda/agg/log.txt && mv lines.json list/aws/lambda/agg.json
same 'nor when the newest line stands first' "$(by_hand '.findings' list)" '[]'
same 'of which each is read' "$(timeline list | jq -c '[length, (map(select(.status == "ok" and .lines == 2)) | length)]')" '[20,20]'

# S3 invokes the function through a queue, a topic, or a topic and a queue: the event that it prints carries S3's.
# wrapped KIND WRITER: five calls a second apart, each invoked by a key that WRITER wrote during the call before.
wrapped() {
    rm -rf wrapped && mkdir -p wrapped/aws/lambda/worker
    jq -n -r --arg kind "$1" --arg writer "$2" 'def at($ms): "2026-03-04T10:00:" + ($ms / 1000 | floor | tostring | "0"[length - 1:] + .) + "." + ($ms % 1000 | tostring | "000"[length:] + .) + "Z";
        def sns($i): {Type: "Notification", MessageId: "c38650f5-b954-4132-b643-bf39c0ec9cc\($i)", TopicArn: "arn:aws:sns:eu-west-1:111122223333:t", Message: tojson, Timestamp: at($i * 2000 - 600)};
        def sqs($i): {messageId: "9e882a94-ee0e-4411-aaa8-9d1981de74a\($i)", body: tojson, attributes: {ApproximateReceiveCount: "1", SenderId: "AIDAEXAMPLES3", SentTimestamp: "\(1772618400000 + $i * 2000 - 500)"}, eventSource: "aws:sqs", eventSourceARN: "arn:aws:sqs:eu-west-1:111122223333:q"};
        range(1; 6) as $i | ($i * 2000) as $t | "0000000\($i)-0000-4000-8000-000000000000" as $id
        | {Records: [{eventVersion: "2.1", eventSource: "aws:s3", eventTime: at($t - 700), eventName: "ObjectCreated:Put", userIdentity: {principalId: (if $i == 1 then "AWS:AIDAUSER" else $writer end)}, s3: {bucket: {name: "docs"}, object: {key: (if $writer == "AWS:AROAEXAMPLE:worker" then "in/a" + ".x" * $i else "in/\($i * 7919)" end), sequencer: "0069A802B521D82B4\($i)"}}}]}
        | {Records: [if $kind == "sqs" then sqs($i) elif $kind == "sns" then {EventSource: "aws:sns", EventVersion: "1.0", Sns: sns($i)} else sns($i) | sqs($i) end]}
        | "\(at($t)) START RequestId: \($id) Version: 7", "\(at($t + 10)) \(at($t + 10))\t\($id)\tINFO\t\(tojson)",
          "\(at($t + 1500)) END RequestId: \($id)", "\(at($t + 1500)) REPORT RequestId: \($id)\tDuration: 1500.00 ms\tBilled Duration: 1500 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t"' >wrapped/aws/lambda/worker/log.txt
    by_hand '[.checks[0].verdict, (.findings[] | [.count, .detail.proof, .detail.root.bucket, (.detail.edges[] | [.from, .to, .count])])]' wrapped
}
for kind in sqs sns both; do
    same "S3's event in a printed message: $kind" "$(wrapped $kind AWS:AROAEXAMPLE:worker)" '["found",[5,"principal","docs",["docs","worker",5],["worker","docs",4]]]'
    same "what others write is no loop: $kind" "$(wrapped $kind AWS:AROAEXAMPLE:uploader)" '["clean"]'
done
same "the messages are there as before" "$(report wrapped | jq -c '[.totals.s3_records, .totals.invocations]')" '[5,5]'

# Whole seconds: hops of one second come in the order of the chain.
"$GENERATE" --scenario loop-lineage --seed 3 -o whole >/dev/null
hops=$(by_hand '.findings[0].detail.generations' whole/evidence)
find whole/evidence -path '*s3-events*' -name '*.gz' | while read -r file; do
    zcat "$file" | sed -E 's/("eventTime":"[^".]*)[.][0-9]+Z/\1.000Z/' | gzip -n >"$file.new" && mv "$file.new" "$file"
done
same 'whole seconds: as many hops' "$(by_hand '.findings[0].detail.generations' whole/evidence)" "$hops"

# ---- golden ----
rm -rf loop-by-count
for scenario in loop-queue loop-topic loop-queue-and-bucket loop-by-count; do
    "$GENERATE" --scenario $scenario --seed 1 -o $scenario >/dev/null || not_ok "generate $scenario"
    cd $scenario || exit 1
    for threads in 1 2 8; do by_hand '.findings' -j$threads evidence >findings-$threads; done
    same_files "$scenario: 2 threads find the same" findings-2 findings-1
    same_files "$scenario: 8 threads find the same" findings-8 findings-1
    jq '.[0] | del(.request_ids, .evidence[4:])' findings-1 >findings.json
    if [ -n "${UPDATE:-}" ]; then
        mkdir -p "$ROOT/tests/cases/$scenario"
        cp findings.json "$ROOT/tests/cases/$scenario/findings.json"
    fi
    same_files "$scenario: as in tests/cases" findings.json "$ROOT/tests/cases/$scenario/findings.json"
    cd ..
done
finish
