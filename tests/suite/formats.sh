#!/bin/bash
# One golden case for each row of `coldcase formats`, made from the field guide's samples: the format that the
# report names, what it counts, and that no line is lost. Then the corpus: which files hold nothing, and why.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

id=ab684dea-74fb-5a44-8ea8-13c54f3cabf4
stream='2023/06/02/[72]88ab0123456789abcdef0123456789ab'
start="START RequestId: $id Version: \$LATEST"
report="REPORT RequestId: $id	Duration: 12.34 ms	Billed Duration: 13 ms	Memory Size: 128 MB	Max Memory Used: 64 MB"
# As in JSON.
jreport=${report//	/\\t}
notice='{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2021-02-18T19:23:27.498Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AROAX:f"},"s3":{"bucket":{"name":"b"},"object":{"key":"k","sequencer":"00602EBEAF9C397C40"}}}'
segment='{"id":"24ddd1434624a637","name":"f","start_time":1.681339658203E9,"trace_id":"1-6437350a-775b7afb3067811a4c6daade","end_time":1.681339658261E9,"aws":{"request_id":"04b18ae7-3d34-4c77-9382-60c2532fcdae"},"origin":"AWS::Lambda"}'
trail='{"eventVersion":"1.10","userIdentity":{"type":"AssumedRole","principalId":"AROAX:f"},"eventTime":"2026-05-21T23:02:23Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","requestParameters":{"bucketName":"b","key":"k"},"requestID":"R"}'
span='"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","name":"h","startTimeUnixNano":"1544712660000000000"'
owner=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be

# golden FORMAT INVOCATIONS S3-RECORDS: the text on standard input is recognised, nothing of it is lost.
golden() {
    cat >case
    echo "$1" >>seen
    same "$1" "$(report case | jq -c '[.evidence.sources[0].format, .totals.invocations, .totals.s3_records,
        .evidence.unrecognised_lines, (.evidence.sources[0].anomalies | length)]')" "[\"$1\",$2,$3,0,0]"
    same "$1: timeline and show" "$(for one in $("$COLDCASE" timeline --format ndjson case 2>/dev/null | jq -r .request_id); do
        "$COLDCASE" show "$one" case | head -1 | grep -c "^$one  attempt 1"
    done | grep -c '^1$')" "$2"
}

# ---- lines ----
printf '2024-01-27T17:12:44.122Z %s\n\n2024-01-27T17:12:44.200Z %s\n\n' "$start" "$report" | golden cloudwatch-export 1 0
printf 'timestamp,message\n1689878257729,"%s\n"\n1689878258515,"%s\n"\n' "$start" "$report" | golden csv 1 0
printf '%s 2023-07-05T10:16:34.013000 %s\n%s 2023-07-05T10:16:35.013000 %s\n' "$stream" "$start" "$stream" "$report" | golden sam-logs 1 0
printf '/aws/lambda/f %s %s\n/aws/lambda/f %s %s\n' "$stream" "$start" "$stream" "$report" | golden awslogs 1 0
printf '2023-06-02T11:27:22 - /aws/lambda/f - %s - %s\n2023-06-02T11:27:23 - /aws/lambda/f - %s - %s\n' "$stream" "$start" "$stream" "$report" | golden cw 1 0
printf '2023-06-02T11:27:22.355000+00:00 %s %s\n2023-06-02T11:27:23+00:00 %s %s\n' "$stream" "$start" "$stream" "$report" | golden aws-logs-tail 1 0
printf '%s\n2023-06-02 11:27:22.355 (+02:00)\t%s\tINFO\thello\n%s\n' "$start" $id "$report" | golden serverless-logs 1 0
printf '%s\nhello\n%s\n' "$start" "$report" | golden lambda-text 1 0
event=$(printf %056d 7)
printf 'EVENTS\t%s\t1706375564190\t%s\t%s\n\t1706375564122\nEVENTS\t%s\t1706375564190\t%s\t%s\t1706375564135\nSEARCHEDLOGSTREAMS\t%s\tTrue\n' $event "$stream" "$start" ${event%7}8 "$stream" "$report" "$stream" | golden cli-text 1 0
printf '%s b [06/Feb/2019:00:01:57 +0000] 192.0.2.3 %s R REST.PUT.OBJECT k "PUT /b/k HTTP/1.1" 200 - - 44 1 1 "-" "S3Console/0.4" - h\n' $owner $owner | golden s3-access-log 0 1
printf '1.2.3.4 - - [01/Apr/2021:21:58:32 +0000]"GET /hello HTTP/1.1" 504 41 8a699106-8d59-11e8-905d-b3747276ed60 KXt\n' | golden access-log 0 0
# A table that wraps its text loses what it wraps, and says so.
printf '+------+----+\n| timestamp | message |\n+------+----+\n| 1682768195221 | %s |\n| 1682768195230 | REPORT RequestId: %s Duration: |\n|               | 1.66 ms |\n' "$start" $id >case
echo table >>seen
same table "$(report case | jq -c '[.evidence.sources[0].format, .totals.invocations, .evidence.events.report, .evidence.unrecognised_lines]')" '["table",1,0,3]'

# ---- documents ----
golden subscription 1 0 <<<"{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\":\"/aws/lambda/f\",\"logStream\":\"$stream\",\"logEvents\":[{\"id\":\"1\",\"timestamp\":1706375564122,\"message\":\"$start\\n\"},{\"id\":\"2\",\"timestamp\":1706375564135,\"message\":\"$jreport\\n\"}]}"
data=$(printf '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/f","logStream":"s","logEvents":[{"id":"1","timestamp":1706375564122,"message":"%s"}]}' "$start" | gzip -n | base64 -w0)
golden awslogs-event 1 0 <<<"{\"awslogs\":{\"data\":\"$data\"}}"
golden cli-events 1 0 <<<"{\"events\":[{\"logStreamName\":\"s\",\"timestamp\":1706375564122,\"message\":\"$start\"}],\"nextToken\":\"a\"}
{\"events\":[{\"logStreamName\":\"s\",\"timestamp\":1706375564135,\"message\":\"$jreport\"}]}"
golden live-tail 1 0 <<<"{\"sessionStart\":{\"requestId\":\"x\"}}
{\"sessionUpdate\":{\"sessionResults\":[{\"logStreamName\":\"s\",\"logGroupIdentifier\":\"123456789012:/aws/lambda/f\",\"message\":\"$start\",\"timestamp\":1706375564122}]}}"
golden insights-results 1 0 <<<"{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2024-03-13 18:56:24.046\"},{\"field\":\"@message\",\"value\":\"$jreport\"}]],\"status\":\"Complete\"}"
golden insights-rows 1 0 <<<"[{\"@timestamp\":\"2024-03-13 18:56:24.046\",\"@message\":\"$jreport\"}]"
golden log-messages 1 0 <<<"{\"log_group\":\"/aws/lambda/f\",\"log_stream\":\"s\",\"message\":\"$start\",\"timestamp\":\"2024-01-27T17:12:44.122Z\"}"
golden shipped-logs 1 0 <<<"{\"id\":\"AgAA\",\"content\":{\"timestamp\":\"2024-01-27T17:12:44.122Z\",\"message\":\"$start\"}}"
golden log-strings 1 0 <<<"\"$start\\n\"
\"$jreport\\n\""
golden invoke-result 1 0 <<<"{\"StatusCode\":200,\"LogResult\":\"$(printf '%s\nhello\n  more\n%s\n' "$start" "$report" | base64 -w0)\"}"
golden lambda-json 1 0 <<<"{\"time\":\"2026-10-08T07:30:29.470Z\",\"type\":\"platform.start\",\"record\":{\"requestId\":\"$id\",\"version\":\"\$LATEST\"}}"
golden records 0 1 <<<"{\"Records\":[$notice]}"
golden sqs-messages 0 1 <<<"{\"Messages\":[{\"MessageId\":\"m\",\"ReceiptHandle\":\"h\",\"Body\":$(jq -cn --arg b "{\"Records\":[$notice]}" '$b')}]}"
golden sns-notification 0 1 <<<"{\"Type\":\"Notification\",\"MessageId\":\"m\",\"TopicArn\":\"arn:aws:sns:x:1:t\",\"Message\":$(jq -cn --arg b "{\"Records\":[$notice]}" '$b')}"
golden eventbridge 0 1 <<<'{"version":"0","id":"i","detail-type":"Object Created","source":"aws.s3","time":"2021-11-12T00:00:00Z","detail":{"bucket":{"name":"b"},"object":{"key":"k","sequencer":"617f08299329d189"},"reason":"PutObject"}}'
golden s3-test-event 0 0 <<<'{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z","Bucket":"b","RequestId":"5582815E1AEA5ADF","HostId":"h"}'
golden s3-object-lambda 0 0 <<<'{"xAmzRequestId":"r","getObjectContext":{"inputS3Url":"u"},"userIdentity":{"type":"IAMUser"},"protocolVersion":"1.00"}'
golden destination 0 1 <<<"{\"version\":\"1.0\",\"timestamp\":\"2019-11-14T18:16:05.568Z\",\"requestContext\":{\"requestId\":\"$id\",\"functionArn\":\"arn:aws:lambda:x:1:function:f:\$LATEST\",\"condition\":\"RetriesExhausted\",\"approximateInvokeCount\":3},\"requestPayload\":{\"Records\":[$notice]}}"
golden cloudtrail 0 1 <<<"{\"Records\":[$trail]}"
golden xray-segments 1 0 <<<"{\"format\":\"json\",\"version\":1}
$segment"
golden xray-traces 1 0 <<<"{\"Traces\":[{\"Id\":\"1-6437350a-775b7afb3067811a4c6daade\",\"Duration\":0.058,\"LimitExceeded\":false,\"Segments\":[{\"Id\":\"24ddd1434624a637\",\"Document\":$(jq -cn --arg b "$segment" '$b')}]}],\"UnprocessedTraceIds\":[]}"
golden xray-summaries 0 0 <<<'{"TraceSummaries":[{"Id":"1-6437350a-775b7afb3067811a4c6daade","Duration":2.5,"HasFault":false}],"TracesProcessedCount":1}'
golden xray-graph 0 0 <<<'{"Services":[{"ReferenceId":0,"Name":"f","Edges":[]}]}'
golden otlp-spans 0 0 <<<"{\"resourceSpans\":[{\"resource\":{\"attributes\":[]},\"scopeSpans\":[{\"spans\":[{$span}]}]}]}"
golden otlp-logs 1 0 <<<"{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"faas.name\",\"value\":{\"stringValue\":\"f\"}}]},\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1544712660300000000\",\"body\":{\"stringValue\":\"$start\"}}]}]}]}"
golden otlp-metrics 0 0 <<<'{"resourceMetrics":[]}'
golden aws-spans 1 0 <<<"{\"resource\":{\"attributes\":{}},$span,\"attributes\":{\"faas.invocation_id\":\"$id\"},\"status\":{\"code\":\"UNSET\"}}"
golden front-calls 0 0 <<<'{"requestId":"8a699106-8d59-11e8-905d-b3747276ed60","ip":"1.2.3.4","requestTime":"01/Apr/2021:21:58:32 +0000","httpMethod":"GET","resourcePath":"/hello","status":"504","integrationLatency":"29000"}'
golden http-event 0 0 <<<'{"version":"2.0","rawPath":"/","requestContext":{"domainName":"x.lambda-url.eu-west-1.on.aws","requestId":"i"}}'
golden cli-lists 0 0 <<<'{"logGroups":[{"logGroupName":"/aws/lambda/f","storedBytes":1}]}'

# The Lambda layer of OpenTelemetry words the platform's events in its own way.
body() { printf '%s{"timeUnixNano":"1544712660%s00000000","body":{"stringValue":"%s"}}' "$@"; }
{
    printf '{"resourceLogs":[{"resource":{"attributes":[{"key":"faas.name","value":{"stringValue":"f"}}]},"scopeLogs":[{"logRecords":['
    body '' 0 'INIT_START Runtime Version: nodejs:20.v40 Runtime Version ARN: arn:aws:lambda:us-east-1::runtime:abc'
    body , 1 'INIT_RUNTIME_DONE Status: error'
    body , 2 'INIT_REPORT Initialization Type: on-demand Phase: init Status: error Duration: 250.75 ms'
    body , 3 'RESTORE_REPORT Status: success Duration: 120.50 ms'
    body , 4 "$start"
    body , 5 "END RequestId: $id Version: \$LATEST"
    body , 6 'LOGS_DROPPED DroppedRecords: 40 DroppedBytes: 12000 Reason: Consumer seems to have fallen behind'
    body , 7 'TELEMETRY: collector Subscribed Types: [platform function]'
    echo ']}]}]}'
} >case
same "OpenTelemetry's words for the platform's events" "$(report case | jq -c '[(.evidence.events | .application, .end, .["init-report"], .["restore-report"], .["logs-dropped"]),
    (.findings[] | .detector, .detail.failed_inits)]')" '[0,1,1,1,1,"init-failure",1]'
printf %s "$(cat case)" >lines
same "a document's last line counts without a line end" "$(report case lines | jq -c '[.evidence.sources[].lines]')" '[1,1]'

# ---- an event that a function prints ----
printed() {
    printf '%s\n%s\n%s\n' "$start" "$1" "$report" >case
    report case | jq -c '[.totals.s3_records, .totals.invocations, .evidence.unrecognised_lines]'
}
python() { sed "s/\"/'/g; s/:'/: '/g" <<<"$1"; }
same "as JSON" "$(printed "{\"Records\":[$notice]}")" '[1,1,0]'
same "as a dict of Python" "$(printed "$(python "{\"Records\":[$notice,${notice/97C40/97C41}]}" | sed "s/'s3':/'x': None, 'y': True, 'z': (1,), 's3':/")")" '[2,1,0]'
same "behind words, by Python 2" "$(printed "[INFO]	2024-01-27T17:12:44.122Z	$id	event: $(python "{\"Records\":[$notice]}" | sed "s/\([{ ]\)'/\1u'/g")")" '[1,1,0]'
same "a dict that is cut" "$(printed "$(python "{\"Records\":[$notice,$notice]}" | head -c 500)")" '[1,1,0]'

# ---- what stands round a document ----
printf '$ aws logs filter-log-events \\\n> --log-group-name f\n{"events":[{"logStreamName":"s","timestamp":1706375564122,"message":"%s"}]}\n' "$start" >case
same "a prompt before a document is no damage" "$(report case | jq -c '[.totals.invocations, .evidence.unrecognised_lines, (.evidence.sources[0].anomalies | length)]')" '[1,2,0]'
printf 'stamp":1706375564100,"message":"x"}]}\n{"events":[{"logStreamName":"s","timestamp":1706375564122,"message":"%s"}]}\n' "$start" >case
same "the end of a document is" "$(report case | jq -c '[.totals.invocations, (.evidence.sources[0].anomalies[] | .kind)]')" '[1,"json-damaged"]'
echo "{\"LogResult\":\"$(printf '%s\nhello\n  more\n%s\tStatus: timeout\n' "$start" "$report" | base64 -w0)\"}" >case
same "lines in base64 keep their order" "$(report case | jq -c '[.findings[] | select(.detector == "timeout") | .detail.last_words[].pattern]')" '["hello"]'
echo "{\"LogResult\":[\"$start\",\"hello\",\"$jreport\"]}" >case
same "an invocation's log as a list of lines" "$(timeline case | jq -c 'map([.request_id, .lines, .duration_ms])')" "[[\"$id\",1,12.34]]"
printf '{"StatusCode":200,"LogResult":"U1RB*"}\n{"LogResult":["%s",""]}\n' "$start" >case
same "a log that is no base64 is an anomaly" "$(report case | jq -c '[.totals.invocations, .evidence.events.application, .evidence.sources[0].anomalies[].kind]')" '[1,0,"bad-base64"]'
jq -cn --arg b "$segment" '[{Document: $b, Id: "24ddd1434624a637"}]' >case
same "a trace's segments, cut out" "$(report case | jq -c '[.evidence.sources[0].format, .totals.invocations, (.evidence.sources[0].anomalies | length)]')" '["xray-traces",1,0]'

# ---- a gateway's execution log, whose group no export names ----
call=a55fdf68-0c12-4de1-ae1c-2f6ae0a1c9f1
steps() { printf '%s (%s) Starting execution for request: %s\n%s (%s) Method completed with status: 504\n' "$1" $call $call "$2" $call; }
gateway() { report "$@" | jq -c '[.evidence.events.gateway, .evidence.events.application, (.checks[] | select(.detector == "gateway-timeout") | .verdict)]'; }
steps 2024-01-27T17:12:44.122Z 2024-01-27T17:13:13.122Z >case
same "a gateway's lines in an export" "$(gateway case)" '[2,0,"clean"]'
steps 2024-01-27T17:12:44 2024-01-27T17:13:13 >case
same "a gateway's lines as aws logs tail prints them" "$(gateway case)" '[2,0,"clean"]'
printf 'timestamp,message\n1706375564122,"(%s) Execution failed due to a timeout error\n"\n' $call >case
same "a gateway's lines in CSV" "$(gateway case)" '[1,0,"found"]'
printf '2024-01-27T17:12:44.122Z (%s) order shipped\n' $call >case
same "an id in brackets makes no gateway" "$(gateway case)" '[0,1,"not-run"]'
# Pasted from the console, without times: what needs none is known.
{ printf '(%s) Endpoint response headers: {x-amzn-RequestId=%s, Date=x}\n(%s) Execution failed due to a timeout error\n' $call $id $call; printf '(%s) Method completed with status: 504\n' $call; } >case
same "a gateway's lines without times" "$(gateway case)" '[3,0,"found"]'
same "no line of it is lost" "$(report case | jq -c '[.evidence.sources[0].format, .evidence.unrecognised_lines, .findings[0].first_seen, .findings[0].detail.limit_ms]')" '["lambda-text",0,null,null]'
echo "$start" >lines
same "its call finds the invocation" "$("$COLDCASE" show $call case lines | grep -c "^$id  attempt 1")" 1
same "that the function went on is not said without times" "$(report case lines | jq -c '.findings[0] | [.title, .request_ids]')" "[\"API Gateway gave up on 1 call of unknown (.)\",[\"$id\"]]"
printf '(%s) Method completed with status: 504\n' $call >case
same "nor a time-out from a status" "$(gateway case)" '[1,0,"clean"]'
mkdir -p "g/2024-01-27-[7]88ab0123456789abcdef0123456789ab"
steps 2024-01-27T17:12:44.122Z 2024-01-27T17:13:13.122Z >"$(echo g/2024*)/000000"
same "nor do a gateway's words in a function's stream" "$(gateway g)" '[0,2,"not-run"]'

# ---- an answer that was saved ----
echo "{\"errorMessage\":\"2023-06-02T11:27:22.355Z $id Task timed out after 3.00 seconds\"}" >case
answer() { jq -c '[.[] | .request_id, .status, .error_type, .start]' <<<"$(timeline "$@")"; }
same "an answer that says time-out is one" "$(answer case)" "[\"$id\",\"timeout\",null,null]"
same "with its limit" "$(report case | jq -c '[.evidence.sources[0].format, .evidence.unrecognised_lines, .findings[0].detail.limit_ms]')" '["lambda-json",0,3000]'
same "show has its line" "$("$COLDCASE" show $id case | grep -c 'line 1 .*Task timed out')" 1
{ printf '%s\n%s\n' "$start" "$report"; cat case; } >mixed
same "below the log that it ends" "$(answer mixed)" "[\"$id\",\"timeout\",null,null]"
echo "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: $id Error: Task timed out after 3.00 seconds\"}" >case
same "as today's Lambda words it" "$(answer case)" "[\"$id\",\"timeout\",\"Sandbox.Timedout\",null]"
echo "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: $id Error: Runtime exited with error: exit status 1\"}" >case
same "a crash" "$(answer case)" "[\"$id\",\"error\",\"Runtime.ExitError\",null]"
mkdir -p "caller/2024-01-27-[7]88ab0123456789abcdef0123456789ab"
printf '2024-01-27T17:12:44.122Z START RequestId: 5ce26135-95b1-4617-88f7-cc080b453e2d Version: 7\n2024-01-27T17:12:44.222Z {"errorMessage":"2023-06-02T11:27:22.355Z %s Task timed out after 3.00 seconds"}\n' $id >"$(echo caller/2024*)/000000"
same "in a function's log it is another's" "$(answer caller)" '["5ce26135-95b1-4617-88f7-cc080b453e2d","incomplete",null,"2024-01-27T17:12:44.122Z"]'

# ---- an error's type ----
# Node logs in JSON what nobody caught as what was caught: the platform says whether the call failed.
logged() {
    printf '{"time":"2024-01-27T17:12:44.122Z","type":"platform.start","record":{"requestId":"%s","version":"7"}}\n' $id
    printf '{"timestamp":"2024-01-27T17:12:44.%sZ","level":"ERROR","requestId":"%s","message":{"errorType":"%s","errorMessage":"x","stackTrace":["a"]}}\n' 200 $id RangeError 250 $id TypeError
    printf '{"time":"2024-01-27T17:12:44.322Z","type":"platform.report","record":{"requestId":"%s","status":"%s"%s,"metrics":{"durationMs":1,"billedDurationMs":1,"memorySizeMB":128,"maxMemoryUsedMB":64}}}\n' $id "$@"
}
typed() { timeline case | jq -c '[.[] | .status, .error_type, .lines]'; }
logged error >case
same "that of the last error logged, where the call failed" "$(typed)" '["error","TypeError",2]'
logged error ',"errorType":"Runtime.OutOfMemory"' >case
same "the platform's own word comes first" "$(typed)" '["error","Runtime.OutOfMemory",2]'
logged success >case
same "what was caught is no call's error" "$(typed)" '["ok",null,2]'
# Node before 10 logs what callback() got, as its answer and without a level.
old() { printf '%s\n2018-10-12T09:08:39.744Z\t%s\t%s{"errorMessage":"Access Denied"%s}\n%s\n' "$start" $id "$@" "$report" >case; }
answer='"errorType":"AccessDenied","stackTrace":["handler (/var/task/index.js:3:17)"]'
old '' ",$answer"
same "callback(err) of Node before 10" "$(typed)" '["error","AccessDenied",1]'
old '' ''
same "callback() with a string" "$(typed)" '["error",null,1]'
old "INFO	" ",$answer"
same "behind a level it is the program's own" "$(typed)" '["ok",null,1]'

# ---- inits that fail ----
# The Telemetry API of July 2022 has the status in initRuntimeDone alone, today's in both: an init counts once.
init() { printf '{"time":"2022-10-12T00:%s","type":"platform.%s","record":{"initializationType":"on-demand","phase":"init"%s}}\n' "$@"; }
failed() { report case | jq -c '[(.checks[] | select(.detector == "init-failure") | .verdict), (.findings[] | .detail.failed_inits, .detail.error_type)]'; }
{ init 00:15.000Z initStart '' && init 00:15.500Z initRuntimeDone ',"status":"error"' && init 00:15.520Z initReport ',"metrics":{"durationMs":125.33}'; } >case
same "by the runtime's word" "$(failed)" '["found",1,null]'
same "its line is the proof" "$(report case | jq -c '[.findings[].evidence[] | [.line, .timestamp]]')" '[[2,"2022-10-12T00:00:15.500Z"]]'
{ init 00:15.000Z initStart '' && init 00:15.500Z initRuntimeDone ',"status":"error","errorType":"Runtime.ImportModuleError"'; } >case
same "with no report of it" "$(failed)" '["found",1,"Runtime.ImportModuleError"]'
for minute in 01 02; do
    init $minute:15.000Z initStart '' && init $minute:15.500Z initRuntimeDone ',"status":"error","errorType":"Runtime.Unknown"'
    init $minute:15.520Z initReport ',"status":"error","metrics":{"durationMs":125.33}'
done >case
same "two, each told twice" "$(failed)" '["found",2,"Runtime.Unknown"]'
{ init 00:15.000Z initStart '' && init 00:15.500Z initRuntimeDone ',"status":"success"' && init 00:15.520Z initReport ',"metrics":{"durationMs":125.33}'; } >case
same "one that ended well" "$(failed)" '["clean"]'

# ---- times ----
# A query without @timestamp, whose JSON a tool has sorted by keys: the platform's record says when.
record() { jq -cn --arg type "platform.$1" --arg id $id --arg time "2026-10-08T07:30:$2Z" '{record: {requestId: $id, metrics: {durationMs: 1000, billedDurationMs: 1000}, version: "7"}, time: $time, type: $type} | tojson | [{field: "@message", value: .}]'; }
echo "{\"results\":[$(record start 29.470),$(record report 30.470)]}" >case
same "Insights without @timestamp" "$(timeline case | jq -c '[.[] | .start, .end, .duration_ms]')" '["2026-10-08T07:30:29.470Z","2026-10-08T07:30:30.470Z",1000]'

# ---- forms of one event that other tools print ----
# form NAME FUNCTION: each holds the same START and REPORT at 17:12:44.122 and .135.
form() {
    cat >case
    same "$1" "$(timeline case | jq -c '[.[] | .start, .end, .duration_ms, .function]')" \
        "[\"2024-01-27T17:12:44.122Z\",\"2024-01-27T17:12:44.135Z\",12.34,\"$2\"]"
}
at=2024-01-27T17:12:44.122Z until=2024-01-27T17:12:44.135Z unknown='unknown (.)'
two() { printf "$1" "$at" "$start" "$until" "$report"; }
jtwo() { printf "$1" "$at" "$start" "$until" "$jreport"; } # in JSON
form "get-log-events as text" "$unknown" < <(printf 'EVENTS\t1706375564190\t%s\n\t1706375564122\nEVENTS\t1706375564190\t%s\n\t1706375564135\nb/37/s\nf/37/s\n' "$start" "$report")
form "times in lines of their own" "$unknown" < <(two '%s\n%s\n%s\n%s\n')
same "their lines are where the text stands" "$(timeline case | jq -c '.[].source | [.line, .offset]')" '[2,25]'
form "a table of Markdown" "$unknown" < <(two '| @timestamp | @message |\n| --- | --- |\n| %s | %s |\n| %s | %s |\n')
form "Splunk's CSV" "$unknown" < <(two '_time,_raw\n%s,"%s"\n%s,"%s"\n')
form "Grafana's CSV" "$unknown" < <(two '"Time","Line"\n"%s","%s"\n"%s","%s"\n')
form "Splunk's JSON" "$unknown" < <(jtwo '{"result":{"_time":"%s","_raw":"%s"}}\n{"result":{"_time":"%s","_raw":"%s"}}\n')
form "Splunk's event collector" "$unknown" < <(printf '{"time":1706375564.122,"event":"%s"}\n{"time":1706375564.135,"event":"%s"}\n' "$start" "$jreport")
form "Fluent Bit with its group" f < <(printf '{"date":1706375564.122,"log":"%s","log_group":"/aws/lambda/f"}\n{"date":1706375564.135,"log":"%s","log_group":"/aws/lambda/f"}\n' "$start" "$jreport")
form "Datadog's archive" f < <(jtwo '{"date":"%s","message":"%s","attributes":{"aws":{"awslogs":{"logGroup":"/aws/lambda/f"}}}}\n{"date":"%s","message":"%s","attributes":{"aws":{"awslogs":{"logGroup":"/aws/lambda/f"}}}}\n')
form "Elastic's hits" f < <(jtwo '{"_source":{"@timestamp":"%s","message":"%s","aws":{"cloudwatch":{"log_group":"/aws/lambda/f"}}}}\n{"_source":{"@timestamp":"%s","message":"%s","aws":{"cloudwatch":{"log_group":"/aws/lambda/f"}}}}\n')
form "Logstash" "$unknown" < <(jtwo '{"@timestamp":"%s","message":"%s"}\n{"@timestamp":"%s","message":"%s"}\n')
form "get-log-record" "$unknown" < <(printf '{"logRecord":{"@timestamp":"1706375564122","@message":"%s"}}\n{"logRecord":{"@timestamp":"1706375564135","@message":"%s"}}\n' "$start" "$jreport")
form "logcli" "$unknown" < <(two '%s {__aws_cloudwatch_log_group="/aws/lambda/f"} %s\n%s {__aws_cloudwatch_log_group="/aws/lambda/f"} %s\n')
form "a container runtime's files" "$unknown" < <(two '%s stdout F %s\n%s stdout F %s\n')
form "grep -n, mail and system logs" "$unknown" < <(printf 'app.log:3:%s %s\n> [pod/a-1/main] %s\nJan 27 17:12:44 h lambda[12]: %s %s\n' "$at" "$start" "END RequestId: $id" "$until" "$report")
data() { printf '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/f","logStream":"s","logEvents":[{"id":"%s","timestamp":%s,"message":"%s"}]}' "$@" | gzip -n | base64 -w0; }
one=$(data 1 1706375564122 "$start") two=$(data 2 1706375564135 "$jreport")
form "aws kinesis get-records" f <<<"{\"Records\":[{\"SequenceNumber\":\"1\",\"Data\":\"$one\"},{\"SequenceNumber\":\"2\",\"Data\":\"$two\"}]}"
form "the event of a Firehose transformation" f <<<"{\"invocationId\":\"i\",\"records\":[{\"recordId\":\"1\",\"data\":\"$one\"},{\"recordId\":\"2\",\"data\":\"$two\"}]}"

# ---- names, columns, times ----
subscription() { printf '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/f","logStream":"2024/01/27/[7]a","logEvents":[{"id":"1","timestamp":1706375564122,"message":"%s"}]}' "$start"; }
subscription >case && subscription | sed 's,/,\\/,g' >lines
same "PHP's slashes: the same names" "$(timeline lines | jq -c 'map([.function, .log_group, .log_stream])')" '[["f","/aws/lambda/f","2024/01/27/[7]a"]]'
same "and the same event" "$(timeline case lines | jq length)" 1
wide() { { echo "@timestamp,$(seq -s, "$1"),@message"; echo "2024-01-27 17:12:44.122,$(seq -s, "$1"),$start"; } >case; }
wide 70
same "a CSV of 72 columns" "$(report case | jq -c '[.totals.invocations, (.evidence.sources[0].anomalies | length)]')" '[1,0]'
wide 1100
same "one of more than are read says so" "$(report case | jq -c '[.evidence.sources[0].anomalies[].kind]')" '["csv-damaged","no-message"]'
exits "with status 2" 2 "$COLDCASE" report -q case
echo "{\"Traces\":[{\"Id\":\"1-6437350a-775b7afb3067811a4c6daade\",\"LimitExceeded\":true,\"Segments\":[{\"Document\":$segment}]}]}" >case
same "a trace over the limit of X-Ray is read and noted" "$(report case | jq -c '[.totals.invocations, [.evidence.sources[0].anomalies[].kind]]')" '[1,["trace-limited"]]'
printf '%s %s\n' 9999999999999 "$start" 1706375564122 "END RequestId: $id" >case
same "a number that is no time" "$(timeline case | grep -c 0000-00-00)" 0
printf '@timestamp,@message,@log\n2024-01-27 17:12:44.122,%s,123456789012:/aws/lambda/f\n' "$start" >case
same "the account before a group is not part of it" "$(timeline case | jq -c 'map([.function, .log_group])')" '[["f","/aws/lambda/f"]]'
query() { echo "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2024-03-13 18:56:24.046\"},{\"field\":\"@message\",\"value\":\"$jreport\"}]],\"statistics\":{\"recordsMatched\":$1,\"recordsScanned\":9.0},\"status\":\"Complete\"}" >case; }
query 5.0
same "a query that matched more lines than it gives" "$(report case | jq -c '[.evidence.sources[0].anomalies[].kind]')" '["rows-limited"]'
query 1.0
same "one that gives all" "$(report case | jq -c '[.evidence.sources[0].anomalies[].kind]')" '[]'

# ---- several functions in a file that names no group ----
platform() { printf '{"time":"2025-05-05T04:01:%s","type":"platform.%s","record":{"requestId":"%s"%s}}\n' "$@"; }
{
    platform 20.000Z start 01ad0e05-0000-0000-0000-000000000001 ',"functionArn":"arn:aws:lambda:x:1:function:alpha"'
    platform 20.100Z start 01ad0e05-0000-0000-0000-000000000002 ',"functionArn":"arn:aws:lambda:x:1:function:beta"'
    echo '{"time":"2025-05-05T04:01:20.200Z","level":"ERROR","message":"of the one met last"}'
    platform 20.300Z report 01ad0e05-0000-0000-0000-000000000001 ',"status":"success","metrics":{"durationMs":300}'
    platform 30.100Z report 01ad0e05-0000-0000-0000-000000000002 ',"status":"timeout","metrics":{"durationMs":10000}'
    platform 40.000Z start 01ad0e05-0000-0000-0000-000000000003 ''
    platform 41.000Z report 01ad0e05-0000-0000-0000-000000000003 ',"status":"success","metrics":{"durationMs":1000}'
} >case
same "each invocation has the name of its own line" "$(timeline case | jq -c 'map([.request_id[-1:], .function[0:7], .lines])')" '[["1","alpha",0],["2","beta",1],["3","unknown",0]]'
same "as many environments" "$(report case | jq -c '[.totals.functions, .totals.environments]')" '[3,3]'
same "also from two files of the same lines" "$(cp case other && timeline case other | jq -c 'map([.request_id[-1:], .function[0:7]])')" '[["1","alpha"],["2","beta"],["3","unknown"]]'
head -n 5 case | grep -v beta >case.one && mv case.one case
same "one name is that of all" "$(timeline case | jq -c 'map(.function)')" '["alpha","alpha"]'
resource() { printf '{"resource":{"attributes":[{"key":"faas.name","value":{"stringValue":"%s"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"%s000000","body":{"stringValue":"%s"}},{"timeUnixNano":"%s000000","body":{"stringValue":"%s"}}]}]}' "$@"; }
echo "{\"resourceLogs\":[$(resource beta 1706375564122 "$start" 1706375564135 "$jreport"),$(resource alpha 1706375565122 "${start/$id/01ad0e05-0000-0000-0000-000000000001}" 1706375565135 "${jreport/$id/01ad0e05-0000-0000-0000-000000000001}")]}" >case
same "two resources of OpenTelemetry without an instance" "$(timeline case | jq -c 'map(.function)')" '["beta","alpha"]'

# ---- signatures of an invocation: all of them, by name ----
for n in $(seq 10 49); do printf 'word-%s\tword%s\t\tSRV\tacme\tAsk.\n' "$n" "$n"; done >words.tsv
{ echo "$start" && seq -f 'ERROR word%g' 49 -1 10 && echo "END RequestId: $id" && echo "$report"; } >case
same "forty of one invocation" "$("$COLDCASE" timeline -q --format ndjson --signatures words.tsv case | jq -r '.signatures[]')" "$(seq -f 'word-%g' 10 49)"

# ---- ids ----
# The newer `serverless logs` prints no request id: no invocation is made of its lines, and the report says so.
printf 'START\n2023-06-02 11:27:22.355\tINFO\thello\nEND Duration: 3.69 ms (init: 171.20 ms) Memory Used: 57 MB\n' >case
same "reports without a request id" "$(report case | jq -c '[.totals.invocations, .evidence.unrecognised_lines,
    (.evidence.sources[0].anomalies[] | [.kind, .line])]')" '[0,0,["no-request-id",3]]'
# A word where the runtimes write the request id is none, unless the platform names it.
word() { printf '2024-01-27T17:12:44.122Z START RequestId: %s Version: $LATEST\n2024-01-27T17:12:44.150Z 2024-01-27T17:12:44.150Z\tworker-1\tstarted\n2024-01-27T17:12:44.200Z REPORT RequestId: %s\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\n' "$1" "$1"; }
word $id >case
same "a word is no request id" "$(timeline case | jq -c 'map([.request_id, .lines])')" "[[\"$id\",1]]"
# The request id that a program logs may be that of its caller.
printf "2024-01-27T17:12:44.122Z START RequestId: %s Version: 7\n2024-01-27T17:12:44.150Z {\"level\":\"INFO\",\"request_id\":\"11111111-2222-4333-8444-555555555555\"}\n2024-01-27T17:12:44.200Z REPORT RequestId: %s\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\n" $id $id >000000
mkdir -p "t/2024-01-27-[7]88ab0123456789abcdef0123456789ab" && mv 000000 t/2024*
same "another system's id makes no invocation" "$(timeline t | jq -c 'map([.request_id, .lines])')" "[[\"$id\",1]]"
word worker-1 >case
same "the platform's id need not be a UUID" "$(timeline case | jq -c 'map([.request_id, .lines])')" '[["worker-1",1]]'

# ---- order ----
# Text without times: a REPORT above the START is that of the attempt before.
printf '%s\n%s\n' "$report" "$start" >case
same "a retry in text without times" "$(timeline case | jq -c 'map([.attempt, .duration_ms, .version])')" '[[1,12.34,null],[2,null,"$LATEST"]]'
# Times of whole seconds: a failed init belongs to the START behind its line, an init under a START without REPORT to that.
second() { printf '2026-03-04T01:07:07 INIT_REPORT Init Duration: 1534.89 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.Unknown\n2026-03-04T01:07:07 START RequestId: %s Version: $LATEST\n2026-03-04T01:07:07 END RequestId: %s\n2026-03-04T01:07:07 REPORT RequestId: %s\tDuration: 1553.73 ms\tBilled Duration: 1554 ms\tMemory Size: 128 MB\tMax Memory Used: 113 MB\tStatus: error\tError Type: Runtime.Unknown\n' $1 $1 $1; }
{ second $id; second 5ce26135-95b1-4617-88f7-cc080b453e2d; } >case
same "failed inits within a second" "$(timeline case | jq -c 'map(.status)')" '["init-failed","init-failed"]'
printf '2026-03-04T01:07:01.000Z START RequestId: %s Version: 7\n2026-03-04T01:07:01.100Z END RequestId: %s\n2026-03-04T01:08:00.000Z INIT_REPORT Init Duration: 10.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.Unknown\n2026-03-04T01:08:00.001Z START RequestId: 5ce26135-95b1-4617-88f7-cc080b453e2d Version: 7\n' $id $id >case
same "an invocation that has ended pays no later init" "$(timeline case | jq -c 'map(.status)')" '["incomplete","init-failed"]'

# A line torn inside of its request id is no invocation of its own.
printf '%s\n%s\nEND RequestId: %s' "$start" "$report" ${id%?} >case
same "a torn request id" "$(timeline case | jq -c 'map(.request_id)')" "[\"$id\"]"
# Two limits are both told; the last one is the one that stands.
limit() { printf '2026-06-25T2%s:00:00.000Z REPORT RequestId: %s\tDuration: %s000.00 ms\tBilled Duration: %s000 ms\tMemory Size: 128 MB\tMax Memory Used: 100 MB\tStatus: timeout\n' $1 $2 $3 $3; }
{ limit 2 $id 5; limit 3 5ce26135-95b1-4617-88f7-cc080b453e2d 180; } >case
same "two limits" "$(report case | jq -c '.findings[] | select(.detector == "timeout") | .detail.limit_ms')" 180000
"$COLDCASE" report case >out
same "are both told, in summary and finding" "$(grep -c 'ran into the limit of 5 s to 3 min (it was changed)' out)" 2

# ---- stacks ----
# In text without a container a stack at the margin stays with the line that ends in its class.
printf '%s\nno more: java.lang.Error\njava.lang.Error: no more\n\tat a.B.c(B.java:3)\n%s\n' "$start" "$report" >case
same "Java's own report of an error" "$(timeline case | jq -c 'map([.status, .error_type, .lines])')" '[["error","java.lang.Error",1]]'
printf '%s\nno more: AggregateException\nat A.B.C()\nat A.B.D()\n%s\n' "$start" "$report" >case
same ".NET's own report of an error" "$(timeline case | jq -c 'map([.status, .error_type, .lines])')" '[["error","AggregateException",1]]'

# ---- the list itself ----
"$COLDCASE" formats >formats
same "each format is listed once" "$(awk '{print $1}' formats | sort | uniq -d)" ""
same "each format has a case" "$(awk '$1 != "json" {print $1}' formats | sort | tr '\n' ' ')" "$(sort seen | tr '\n' ' ')"
same "each format has a line of its own" "$(awk 'NF < 4 {print $1}' formats)" ""

# ---- the corpus ----
[ -n "$SHARED" ] && [ -d "$SHARED/real" ] || { skip corpus "../shared/real is absent"; finish; }
cd "$SHARED/real" || exit 1
report . >"$work/corpus"
# Files that nothing recognises, with the reason; those of the JSON conformance suite hold no evidence by design.
unknown() {
    jq -r '.evidence.sources[] | select(.format == "unrecognised" or .format == "json") | .path' "$work/corpus" |
        sed 's,^\./,,' | grep -v '^nst+JSONTestSuite/' | sort
}
same "files that nothing recognises" "$(unknown)" "$(sort <<'FILES' | sed 's/  *#.*//'
SOURCES.md                                                            # prose about the corpus
ZainZia0341+Lambda-Artillery-loadTest/old-work/new-old-work/artifacts/2025-08-18_17-20-29Z/lambda-metrics.json # a script's table of figures; the lines are in lambda-logs.json beside it
localstack+localstack/tests/aws/services/lambda_/test_lambda.snapshot.json                     # a test's templates: ids and figures are <name:n>
localstack+localstack/tests/aws/services/logs/test_logs_events.snapshot.json                   # the same
localstack+localstack/tests/aws/services/s3/test_s3_notifications_eventbridge.snapshot.json    # the same
localstack+localstack/tests/aws/services/s3/test_s3_notifications_sqs.snapshot.json            # the same
maxday+lambda-perf/data/2026-06-16.json                               # mean start times a runtime, no event
FILES
)"
# Lines that nothing recognises in files of a known format: the four comment lines that SOURCES.md's collectors put
# before what was pasted, and half a document.
lost() {
    jq -r '.evidence.sources[] | select(.format != "unrecognised" and .format != "json" and .unrecognised_lines > 0)
        | "\(.unrecognised_lines) \(.path)"' "$work/corpus" | sed 's, \./, ,' | grep -v ' nst+JSONTestSuite/' | sort -k2
}
same "lines that nothing recognises" "$(lost | grep -v '^4 issues/')" "6 issues/capture-35088453317.txt"
same "comment lines are all that is lost elsewhere" "$(lost | grep '^4 issues/' | cut -d' ' -f2 | xargs head -qn 4 | grep -vc '^#')" 0
finish
