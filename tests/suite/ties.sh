#!/usr/bin/env bash
# What ties evidence of several kinds together: request id, trace id, a gateway's id, an S3 object, a message. The
# evidence is written here by hand after the field guide; the expected values follow from it.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

id=8f6c2b1e-0d5c-4c1e-9a53-5e5f0f1c41d0
other=c02e1111-2222-4333-8444-555566667777
root=1-5fbcfc1f-4d2e9bed6dc0c41c39dfdb2f
mkdir -p logs/aws/lambda/orders

cat >logs/aws/lambda/orders/log.txt <<LOG
2020-11-24T12:27:15.400Z START RequestId: $id Version: 7
2020-11-24T12:27:15.450Z 2020-11-24T12:27:15.450Z	$id	INFO	stored order 17 for message 059f36b4-87a3-44ab-83d2-661975830a7d
2020-11-24T12:27:45.500Z END RequestId: $id
2020-11-24T12:27:45.501Z REPORT RequestId: $id	Duration: 30100.20 ms	Billed Duration: 30101 ms	Memory Size: 128 MB	Max Memory Used: 50 MB	Init Duration: 300.10 ms
LOG

# The same invocation and one whose log is not at hand, as `aws xray batch-get-traces` writes them. The trace's clock
# is 12 ms ahead of the log's.
segment() { # ID PARENT REQUEST ORIGIN START END SUBSEGMENTS
    jq -n -c --arg id "$1" --arg parent "$2" --arg request "$3" --arg origin "$4" --argjson from "$5" --argjson to "$6" \
        --argjson subsegments "${7:-[]}" --arg root "$root" '{id: $id, name: "orders", trace_id: $root,
            start_time: $from, end_time: $to, origin: $origin, $subsegments,
            resource_arn: "arn:aws:lambda:eu-west-1:123456789012:function:orders"}
        + (if $parent == "" then {} else {parent_id: $parent} end)
        + (if $request == "" then {} else {aws: {request_id: $request}} end)'
}
init='[{"id":"00000000000000b3","name":"Initialization","start_time":1606220847.0,"end_time":1606220847.25}]'
{
    segment 00000000000000a1 '' $id AWS::Lambda 1606220835.4 1606220865.6 ''
    segment 00000000000000a2 00000000000000a1 '' AWS::Lambda::Function 1606220835.412 1606220865.512 ''
    segment 00000000000000b1 '' $other AWS::Lambda 1606220847.2 1606220847.9 ''
    segment 00000000000000b2 00000000000000b1 '' AWS::Lambda::Function 1606220847.3 1606220847.85 "$init"
} >segments
jq -c -n --arg id $root '{Traces: [{Id: $id, Segments: [inputs | {Id: .id, Document: tojson}]}]}' segments >traces.json

timeline traces.json >t
same 'a trace alone tells its invocations' "$(jq -c 'map([.request_id, .function, .start, .duration_ms, .init_ms, .cold, .status])' t)" \
    "[[\"$id\",\"orders\",\"2020-11-24T12:27:15.412Z\",30100,null,false,\"ok\"],[\"$other\",\"orders\",\"2020-11-24T12:27:27.300Z\",550,250,true,\"ok\"]]"
timeline traces.json logs >t
same 'told by log and trace it is one' "$(jq -c 'map([.request_id, .duration_ms, .init_ms, .trace_id])' t)" \
    "[[\"$id\",30100.2,300.1,\"$root\"],[\"$other\",550,250,\"$root\"]]"
report traces.json logs >r
same 'and counts as one duplicate' "$(jq .evidence.duplicates r)" 1
same 'clock skew is measured' "$(jq -c .evidence.clock_skew r)" '{"trace":{"pairs":1,"median_ms":12,"min_ms":12,"max_ms":12},"gateway":null,"s3":null}'
same 'and not applied' "$(jq -r '.[0].start' t)" 2020-11-24T12:27:15.400Z
cp traces.json again.json
report traces.json again.json >r
same 'a trace in two files counts once' "$(jq -c '[.totals.invocations, .evidence.duplicates]' r)" '[2,5]'

shows() { # NAME ID WHAT...
    local name=$1 word=$2 what
    shift 2
    "$COLDCASE" show "$word" logs traces.json s3.json access.log queue.json >out 2>err || { not_ok "$name: $(cat err)"; return; }
    for what in "$@"; do
        grep -q -F -e "$what" out && ok "$name: $what" || { not_ok "$name: $what"; head -5 out; }
    done
}

cat >s3.json <<'S3'
{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2020-11-24T12:27:16.000Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AROAEXAMPLE:orders"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"x"},"s3":{"s3SchemaVersion":"1.0","configurationId":"c","bucket":{"name":"bills","ownerIdentity":{"principalId":"A3"},"arn":"arn:aws:s3:::bills"},"object":{"key":"order+17.pdf","size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","versionId":"L4kqtJlcpXroDTDmpUMLUo","sequencer":"0055AED6DCD90281E5"}}}]}
S3
cat >access.log <<LOG
{"requestId":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee","ip":"1.2.3.4","requestTime":"24/Nov/2020:12:27:15 +0000","requestTimeEpoch":"1606220835390","httpMethod":"POST","path":"/orders","status":"504","protocol":"HTTP/1.1","responseLatency":"29000","integrationRequestId":"$id","xrayTraceId":"$root"}
LOG
cat >queue.json <<Q
{"Records":[{"messageId":"11111111-2222-4333-8444-555555555555","receiptHandle":"x","body":"order 17","attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1606220834000","SenderId":"AROAEXAMPLE:shop","ApproximateFirstReceiveTimestamp":"1606220834100","AWSTraceHeader":"Root=$root;Parent=53995c3f42cd8ad8;Sampled=1"},"messageAttributes":{},"md5OfBody":"e4e68fb7bd0e697a0ae8f1bb342846b3","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:orders","awsRegion":"eu-west-1"}]}
Q
shows 'a request id' $id 'stored order 17' 'span orders' 'gateway call aaaaaaaa' 'message 11111111' 'bills/order 17.pdf'
shows 'a trace id' $root "$id  attempt 1" "$other  attempt 1"
shows 'a trace id of 32 digits' 5fbcfc1f4d2e9bed6dc0c41c39dfdb2f "$id  attempt 1" "$other  attempt 1"
shows "a gateway's id" aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee "$id  attempt 1" 'answered this call of a gateway'
shows 'an object' 'bills/order 17.pdf' "$id  attempt 1" 'wrote this object'
shows 'an object as a URL has it' s3://bills/order+17.pdf "$id  attempt 1"
shows 'a sequencer' 0055AED6DCD90281E5 "$id  attempt 1"
shows "an object's version" L4kqtJlcpXroDTDmpUMLUo "$id  attempt 1" 'wrote this object'
shows "S3's request id" C3D13FE58DE4C810 "$id  attempt 1" 'wrote this object'
shows 'a message' 11111111-2222-4333-8444-555555555555 "$id  attempt 1" 'shares the trace of this message'
shows 'an id in a line' 059f36b4-87a3-44ab-83d2-661975830a7d "$id  attempt 1" 'has it in its lines'
exits 'an id of nothing' 3 "$COLDCASE" show 99999999-2222-4333-8444-555555555555 logs traces.json

report logs access.log >r
same "a gateway's clock is measured" "$(jq -c .evidence.clock_skew.gateway r)" '{"pairs":1,"median_ms":-10,"min_ms":-10,"max_ms":-10}'
same 'an access log tells that the gateway gave up, and on which invocation' \
    "$(jq -c '[.findings[] | select(.detector == "gateway-timeout") | [.function, .count, .request_ids[0], .detail.pairs[0].gateway_request_id]]' r)" \
    "[[\"orders\",1,\"$id\",\"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee\"]]"

# The same line as CloudWatch has it, in a log group of its own.
jq -c -R -s '{events: [{logGroupName: "/aws/apigateway/access", logStreamName: "a", timestamp: 1606220835390, message: ., eventId: "1"}]}' \
    access.log >group.json
report logs group.json >r
same 'and so it does in a log group' \
    "$(jq -c '[.findings[] | select(.detector == "gateway-timeout") | [.function, .count, .request_ids[0]]]' r)" "[[\"orders\",1,\"$id\"]]"

# A function that prints the record it was invoked by: the event lies before its START, unless the clocks differ.
mkdir -p printed/aws/lambda/orders
for i in 1 2; do
    printf '2020-11-24T12:27:1%s.000Z START RequestId: 8f6c2b1e-0d5c-4c1e-9a53-00000000000%s Version: 7\n' $i $i
    printf '2020-11-24T12:27:1%s.100Z 2020-11-24T12:27:1%s.100Z\t8f6c2b1e-0d5c-4c1e-9a53-00000000000%s\tINFO\t' $i $i $i
    jq -c --arg time "2020-11-24T12:27:1$i.030Z" '.Records[0].eventTime = $time' s3.json
    printf '2020-11-24T12:27:1%s.200Z END RequestId: 8f6c2b1e-0d5c-4c1e-9a53-00000000000%s\n' $i $i
done >printed/aws/lambda/orders/log.txt
report printed >r
same "S3's clock is measured" "$(jq -c .evidence.clock_skew r)" '{"trace":null,"gateway":null,"s3":{"pairs":2,"median_ms":30,"min_ms":30,"max_ms":30}}'

# Lines of one invocation in two files.
mkdir -p cut && head -2 logs/aws/lambda/orders/log.txt >cut/000000 && tail -n +3 logs/aws/lambda/orders/log.txt >cut/000001
"$COLDCASE" show --assume-function orders $id cut >out
same 'show finds the lines behind a cut' "$(grep -c -e 'START RequestId' -e 'stored order' -e 'END RequestId' -e 'REPORT RequestId' out)" 4

# ---- lines without time and id ----
p=11111111-2222-4333-8444-00000000000
cat >pasted <<END
START RequestId: ${p}a Version: 1
hello of a
END RequestId: ${p}a
between
START RequestId: ${p}b Version: 1
hello of b
START RequestId: ${p}c Version: 1
of b or c
END RequestId: ${p}b
hello of c
END RequestId: ${p}c
END
said() { "$COLDCASE" show "$p$1" pasted | sed -n 's/.* line [0-9]* *\(.*\)/\1/p' | grep -v RequestId; }
same 'they are those of the only invocation that is open' "$(said a)" 'hello of a'
same 'not where two are' "$(said b; said c)" 'hello of b
hello of c'

# ---- one id, tried again in one stream ----
try() { printf '2024-01-27T17:%s.122Z START RequestId: %s Version: 7\n\n2024-01-27T17:%s.200Z END RequestId: %s\n\n2024-01-27T17:%s.201Z REPORT RequestId: %s\tDuration: 78.00 ms\tBilled Duration: 78 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\n\n2024-01-27T17:%s.201Z 2024-01-27T17:%s.200Z %s Task timed out after 0.08 seconds\n\n' "$1" $id "$1" $id "$1" $id "$1" "$1" $id; }
{ try 12:44; try 13:44; } >tries
same 'what is stamped behind the end is that of the attempt before it' \
    "$("$COLDCASE" show $id tries | sed -n 's/.*  attempt \([0-9]\).*/\1/p; s/.* line \([0-9]*\) .*/\1/p' | paste -sd' ')" '1 1 3 5 7 2 9 11 13 15'

# ---- captures that overlap, of a log whose stream nothing names ----
call() { printf '2024-01-27T17:%s.122Z START RequestId: %s Version: 7\n\n2024-01-27T17:%s.150Z hello\n\n2024-01-27T17:%s.200Z REPORT RequestId: %s\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\n\n' "$1" "$2" "$1" "$1" "$2"; }
{ call 12:44 ${p}a; call 13:44 ${p}b; } >first
{ call 13:44 ${p}b; call 14:44 ${p}c; } >second
call 12:44 ${p}d >third
same 'what both hold counts once' "$(timeline first second | jq -c 'map([.request_id[-1:], .attempt, .lines])')" '[["a",1,1],["b",1,1],["c",1,1]]'
same 'what came twice is told' "$(report first second | jq -c '[.evidence.duplicates, .totals.environments]')" '[3,1]'
same 'the order of the files is nothing' "$(timeline second first)" "$(timeline first second)"
same 'without a call in common they are two' "$(report first third | jq -c '[.evidence.duplicates, .totals.environments]')" '[0,2]'
# ---- lines in any order ----
# One id, tried twice in one stream, and the words before the time-out: pages, documents and chunks come in any order.
mkdir -p order/aws/lambda
begin=1772618400000
line() { printf '{"timestamp":%s,"message":"%s\\n"}\n' $((begin + $1)) "$2"; }
report() { line "$1" "REPORT RequestId: $id\tDuration: $2.00 ms\tBilled Duration: $2 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB${3:+\tStatus: $3}"; }
{
    line 0 "START RequestId: $id Version: 7"
    line 10 "2026-03-04T10:00:00.010Z\t$id\tINFO\tGET https://rates.example.com/x"
    line 3000 "END RequestId: $id"
    report 3000 3000 timeout
    line 63500 "START RequestId: $id Version: 7"
    line 63510 "2026-03-04T10:01:03.510Z\t$id\tINFO\tstored"
    line 63810 "END RequestId: $id"
    report 63810 310 ''
} >lines
attempts='map([.attempt, .status, .start[14:], .end[14:], .duration_ms, .lines])'
due='[[1,"timeout","00:00.000Z","00:03.000Z",3000,1],[2,"ok","01:03.500Z","01:03.810Z",310,1]]'
words='[.findings[] | select(.detector == "timeout") | [.detail.host, .detail.last_words[0].pattern, .detail.causes]]'
told='[["rates.example.com","GET https://rates.example.com/x",[{"class":"call","count":1}]]]'
for order in '1 2 3 4 5 6 7 8' '8 7 6 5 4 3 2 1' '7 8 1 2 3 4 5 6' '5 6 7 8 3 4 1 2'; do
    for n in $order; do sed -n "${n}p" lines; done | jq -c -s '{events: map(. + {logStreamName: "s"})}' >order/aws/lambda/f.json
    same "lines $order: two attempts" "$(timeline order | jq -c "$attempts")" "$due"
    same "lines $order: the words before the time-out" "$("$COLDCASE" report -q --format json order | jq -c "$words")" "$told"
done
# Lines without an id belong to the invocation that began last at their time, also where another's stand before them.
a=aaaaaaaa-0000-4000-8000-000000000001 b=bbbbbbbb-0000-4000-8000-000000000002
{
    line 240000 "START RequestId: $b Version: 7" && line 240009 "order 2"
    line 0 "START RequestId: $a Version: 7" && line 50 "order 1" && line 240050 "order 2 is stored"
    line 240100 "END RequestId: $b" && line 200 "END RequestId: $a"
} | jq -c -s '{events: map(. + {logStreamName: "s"})}' >order/aws/lambda/f.json
same 'lines without an id go by time' "$(timeline order | jq -c 'map([.request_id[:1], .lines])')" '[["a",1],["b",2]]'

# ---- what the platform said of others ----
# A function that ships logs prints lines of other functions as they were: an environment has one invocation at a time.
for n in 1 2 3; do
    at=$((n * 60000))
    id=0000000$n-0d5c-4c1e-9a53-5e5f0f1c41d0
    line $at "START RequestId: $id Version: 7"
    id=${id/0d5c/ffff} && report $((at + 3)) 3000 timeout
    line $((at + 4)) "RequestId: $other Error: Runtime exited with error: exit status 1"
    id=${id/ffff/0d5c} && line $((at + 300)) "END RequestId: $id"
    report $((at + 300)) 300 ''
done >lines
mkdir -p shipped/aws/lambda
for way in . reverse; do
    jq -c -s "$way | {events: map(. + {logStreamName: \"2026/03/04/[7]00000000000000000000000000000001\"})}" lines >shipped/aws/lambda/f.json
    same "printed reports are no invocations ($way)" "$(timeline shipped | jq -c 'map(.status)')" '["ok","ok","ok"]'
    same "nor do they make one fail ($way)" "$("$COLDCASE" report -q --format json shipped | jq -c '[.findings[].title]')" '[]'
done
finish
