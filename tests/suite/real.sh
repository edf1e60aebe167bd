#!/bin/bash
# Real data, written by nobody here, with the numbers that its SOURCES.md states as truth or that are arithmetic from
# the lines themselves. Read where it lies; never copied.
. "$(dirname "$0")/lib.sh"
[ -n "$SHARED" ] && [ -d "$SHARED/real" ] || { skip real "../shared/real is absent"; finish; }
cd "$SHARED/real" || exit 1

# truth FILE FILTER DUE: a jq filter over the array of the file's timeline.
truth() { same "$1: $2" "$(timeline "$1" | jq -c "$2")" "$3"; }
# claims FILE FILTER DUE: a jq filter over the report.
claims() { same "$1: $2" "$(report "$1" | jq -c "$2")" "$3"; }

# ---- the export ----
calo=bilaltariq+Calo-Balance-Logs-MVP
timeline $calo >"$work/calo.json"
calo() { same "$calo: $1" "$(jq -c "$1" "$work/calo.json")" "$2"; }
calo 'length' 5382
calo 'map(.request_id) | unique | length' 5382
calo 'map(select(.init_ms)) | length' 776
calo 'map(select(.cold)) | length' 829
calo 'map(select(.status == "init-failed")) | length' 53
calo 'map(select(.cold and .init_ms == null)) | map(.status) | unique' '["init-failed"]'
calo 'map(.trace_id | select(.)) | unique | length' 490
calo 'map(.start and .end and .duration_ms) | all' true
report $calo >"$work/calo-report.json"
calor() { same "$calo report: $1" "$(jq -c "$1" "$work/calo-report.json")" "$2"; }
calor '.evidence.files' 787
calor '.evidence.unrecognised_lines' 0
calor '[.evidence.events | .start, .end, .report, ."init-start", ."init-report"]' '[5382,5382,5382,803,72]'
calor '[.evidence.sources[].anomalies[]] | length' 0
calor '.findings[0] | [.detector, .severity, .count, .detail.failed_inits, .detail.first_try, .detail.repeated, .detail.environments, .detail.runtime]' \
    '["init-failure","high",53,72,19,53,3,"nodejs:20.v13"]'
# The first INIT_REPORT and the last REPORT of the lines themselves: a second burst follows at 21:19.
calor '.findings[0] | [.first_seen, .last_seen]' '["2023-12-28T21:01:03.056Z","2023-12-28T21:19:31.040Z"]'
calor '.findings[0].evidence[0].text | contains("Cannot find module")' true
calor '[.findings[1:][] | select(.severity == "critical" or .severity == "high" or .severity == "medium")] | length' 0

# ---- console and tool exports ----
a=Alokkodzz+S3BucketIdentifier/log-events-viewer-result.csv
truth $a 'length' 3
truth $a '[.[0] | .duration_ms, .init_ms, .cold]' '[10866.62,null,true]'
claims $a '[.findings[] | select(.detector == "init-failure") | .detail.timeouts]' '[1]'
truth 'Alokkodzz+S3BucketIdentifier/log-events-viewer-result (1).csv' '[.[0] | .init_ms, .billed_ms]' '[2528.39,2591]'
c=caputdraconis050630+aws-lambda-logs-dataset/slack_invitor_logs@bf32217.csv
truth $c 'length' 1133
truth $c 'map(select(.init_ms)) | length' 569
claims $c '.evidence.events."init-start"' 589
c=caputdraconis050630+aws-lambda-logs-dataset/slack_invitor_invite_all_logs.csv
truth $c '[length, (map(select(.init_ms)) | length), (map(.max_memory_mb) | max), (map(.billed_ms) | add), (map(.duration_ms) | add * 100 | round)]' \
    '[12,7,110,117348,11734209]'
p=pankajsao11+aws-ec2-autosheduler/log-events-viewer-result.csv
truth $p 'map(.status)' '["timeout","error","error","error","error"]'
truth $p '[.[0] | .duration_ms, .init_ms, .billed_ms]' '[3000,294.24,3000]'
truth $p 'map(select(.request_id | startswith("d8685655")) | [.attempt, .duration_ms])' '[[1,567.23],[2,786.97],[3,557.15]]'
claims $p '[.findings[] | select(.detector == "timeout") | .detail.limit_ms, .detail.cold]' '[3000,1]'
truth lucaster+sls-off-mdnsr/log-events-viewer-result.csv 'length' 1
claims lucaster+sls-off-mdnsr/log-events-viewer-result.csv '[.findings[] | select(.detector == "init-failure") | .severity, .count,
    .detail.failed_inits, .detail.error_type, .evidence_total]' '["low",3,3,"Error",3]'
z=ZainZia0341+Lambda-Artillery-loadTest/old-work/new-old-work/artifacts/2025-08-18_17-20-29Z/lambda-logs.json
truth $z '[length, (map(select(.init_ms)) | length)]' '[4,4]'
truth mxcheung+python-lambda/cloudwatch.log '.[0] | [.duration_ms, .init_ms, .billed_ms]' '[1.66,131.31,2]'
truth mxcheung+python-lambda/execution_result '.[0] | [.duration_ms, .billed_ms]' '[1.28,2]'

# ---- fixtures of other tools ----
e=elastic+integrations/packages/aws/data_stream/lambda_logs/_dev/test/pipeline
truth $e/test-awslambda-platform-json.log 'map(select(.init_ms) | [.init_ms, .status])' '[[772.443,"ok"]]'
truth $e/test-awslambda-powershell-plain.log '.[0] | [.duration_ms, .billed_ms, .init_ms]' '[3906.38,4000,5960.19]'
claims $e/test-awslambda-nodejs-json.log '.evidence.events.application' 4
d=DataDog+datadog-serverless-functions/aws/logs_monitoring/tools/integration_tests/snapshots
truth $d/cloudwatch_log_timeout.json 'map([.function, .status, (.init_ms != null)])' '[["storms-cloudwatch-event","timeout",true]]'
truth $d/cloudwatch_log_coldstart.json '.[0] | [.duration_ms, .init_ms]' '[1.76,120.96]'
truth $d/cloudwatch_log_lambda_invocation.json '[length, (map(.trace_id) | map(select(.)) | length)]' '[1,1]'
truth DataDog+datadog-lambda-python/tests/integration/snapshots/logs/async-metrics_python39.log 'map(.duration_ms | select(.))' '[]'
claims SumoLogic+sumologic-aws-lambda/cloudwatchlogs-with-dlq/testevent.json '.evidence.events.application' 2
k=aws-powertools+powertools-lambda-python/tests/events/kinesisStreamCloudWatchLogsEvent.json
truth $k '[length, (map(select(.init_ms)) | length), (map(.trace_id | select(.)) | length)]' '[2,1,2]'

# ---- S3 records, whatever wraps them ----
records() { claims "$1" '.totals.s3_records' "$2"; }
records aws-powertools+powertools-lambda-python/tests/events/s3Event.json 1
records aws-powertools+powertools-lambda-python/tests/events/s3EventDecodedKey.json 1
records aws-powertools+powertools-lambda-python/tests/events/s3EventGlacier.json 1
records aws-powertools+powertools-lambda-python/tests/events/s3EventBridgeNotificationObjectCreatedEvent.json 1
records aws+aws-lambda-dotnet/Libraries/test/EventsTests.Shared/s3-event.json 2
records aws+aws-lambda-dotnet/Libraries/test/EventsTests.Shared/cloudwatchevents-s3objectcreated.json 1
records aws+aws-lambda-go/events/testdata/s3-event.json 1
records aws+aws-lambda-go/events/testdata/s3-event-with-decoded.json 1
records aws+aws-lambda-go/events/testdata/s3-lifecycle-event.json 1
records aws+aws-lambda-go/events/testdata/s3-replication-event.json 1
records aws+aws-lambda-java-libs/aws-lambda-java-tests/src/test/resources/s3_event.json 1
records DataDog+datadog-lambda-python/tests/event_samples/s3.json 1
records DataDog+datadog-serverless-functions/aws/logs_monitoring/tests/events/sqs_s3.json 1
records grafana+lambda-promtail/testdata/events/s3-event-generated-tags.json 1
records grafana+lambda-promtail/testdata/events/s3-event.json 1
records grafana+lambda-promtail/testdata/events/s3-test-event.json 0

# ---- lines pasted in issue threads ----
t() { truth "issues/$1.txt" "$2" "$3"; }
timeouts='[.[] | select(.status == "timeout")] | length'
for f in azul-5622 capture-35088453317 capture-42735808333 cloudfront-samples-30 datadog-forwarder-55 kube-config-4 \
    lambda-dotnet-269 otel-lambda-2098 redshift-loader-80; do
    t $f "$timeouts" 1
done
limit() { claims "issues/$1.txt" '[.findings[] | select(.detector == "timeout") | .detail.limit_ms]' "$2"; }
limit redshift-loader-80 '[120000]'
limit lambda-dotnet-269 '[30000]'
limit azul-5622 '[31000]'
limit kube-config-4 '[3000]'
limit capture-35088453317 '[5000]'
limit cloudfront-samples-30 '[300000]'
limit datadog-forwarder-55 '[30000]'
t kube-config-4 '.[0] | [.init_ms, .duration_ms, .billed_ms]' '[1294.01,3031.25,4326]'
t otel-lambda-2098 '.[0] | [.init_ms, .billed_ms]' '[578.07,5579]'
t cloudfront-samples-30 '.[0] | [.init_ms, .cold]' '[170.57,true]'
t capture-17111041281 '.[0] | [.restore_ms, .duration_ms, .billed_ms, .version]' '[511.25,306.34,610,"56"]'
t capture-28503938680 '.[0] | [.restore_ms, .billed_ms]' '[325.93,154]'
t capture-63185736698 '.[0] | [.restore_ms, .cold]' '[1326.77,true]'
t capture-7929031696 '[.[] | select(.cold) | .init_ms]' '[null]'
t capture-56646377898 '.[0] | [.duration_ms, .init_ms, .billed_ms]' '[18711.65,898.45,19611]'
t capture-62393275166 '.[0] | [.duration_ms, .error_type]' '[1012.45,"Runtime.Unknown"]'
t capture-8901166741 '.[0] | [.duration_ms, .billed_ms, .init_ms]' '[917.62,918,189.88]'
t cargo-lambda-572 'map([.request_id, .error_type, .duration_ms])' '[["123","Runtime.ExitError",1687.96]]'
t wazuh-25330 'map([.attempt, .duration_ms])' '[[1,2642.34],[2,2592.97]]'
t globaldothealth-1188 length 1
t lambda-extensions-47 length 1
inits() { claims "issues/$1.txt" '[.findings[] | select(.detector == "init-failure") | .detail.failed_inits]' "$2"; }
inits capture-42735808333 '[2]'
inits capture-54349803804 '[2]'
inits cargo-lambda-572 '[2]'
inits capture-53411170031 '[1]'
inits capture-59639204281 '[1]'
inits datadog-extension-263 '[1]'
claims issues/aws-examples-10.txt '[.findings[] | select(.detector == "crash") | .count]' '[1]'
refused() { claims "issues/$1.txt" '[.findings[] | select(.detector == "connection-limit") | [.detail.engine, .count]]' "$2"; }
refused mysql2-1915 '[["mysql",1]]'
refused poduptime-20 '[["postgres",1]]'
refused texera-3525 '[["postgres",2]]'
refused mariadb-nodejs-43 '[["mysql",1]]'
refused serverless-mysql-93 '[]'
# Lines of database servers are no invocations.
claims issues/texera-3525.txt '[.totals.invocations, .findings[0].title]' '[0,"PostgreSQL refused connections: 2 log lines of unknown (issues)"]'
claims issues/poduptime-20.txt '[.totals.invocations, .findings[0].title]' '[0,"PostgreSQL refused connections: 1 log line of unknown (issues)"]'
claims issues/mariadb-nodejs-43.txt '[.totals.invocations, .findings[0].title]' '[0,"MySQL refused connections: 1 log line of unknown (issues)"]'

# ---- everything at once ----
status=0
"$COLDCASE" report . -o "$work/all.md" || status=$?
same 'report over all of it: some files of the JSON suite are broken on purpose' "$status" 2
status=0
"$COLDCASE" timeline . >"$work/all.ndjson" || status=$?
same 'timeline over all of it' "$status" 2
finish
