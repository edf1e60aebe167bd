#!/usr/bin/env bash
# What a report says must follow from the evidence: sentences, verdicts and figures on evidence that is filtered, cut or
# crowded. The evidence is written here, so that each number can be counted by eye.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

id() { printf '%08d-0000-4000-8000-000000000000' "$1"; }
# start TIME N [VERSION], report_of TIME N [TAIL]: lines of the export format.
start() { printf '%s START RequestId: %s Version: %s\n' "$1" "$(id "$2")" "${3:-7}"; }
report_of() { printf '%s REPORT RequestId: %s\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB%s\n' "$1" "$(id "$2")" "${3:-}"; }
verdict() { report "$2" | jq -r --arg d "$1" '.checks[] | select(.detector == $d) | "\(.verdict): \(.why)"'; }
error=$'\tStatus: error\tError Type: TypeError'

# ---- all at once ----
for i in $(seq 30); do start 2026-03-04T10:00:00.000Z "$i"; report_of 2026-03-04T10:00:01.000Z "$i"; done >once.log
exits "thirty invocations in one millisecond" 0 "$COLDCASE" report -q once.log

# ---- no end in sight ----
for i in $(seq 12); do start "2026-03-04T10:$((i + 10)):00.000Z" "$i"; done >starts.log
same "without ends nothing crashed or was complete" \
    "$(for d in crash out-of-memory; do verdict $d starts.log; done | sort -u)" "not-run: no invocation whose end is in the evidence"
few='not-run: no function with 10 invocations whose end is in the evidence'
same "without ends none is torn" "$(verdict incomplete starts.log)" "$few"
for i in $(seq 9); do start "2026-03-04T10:$((i + 10)):00.000Z" "$i"; report_of "2026-03-04T10:$((i + 10)):01.000Z" "$i"; done >nine.log
same "nine are too few to tell what is torn" "$(verdict incomplete nine.log)" "$few"
same "the summary says so" "$("$COLDCASE" report -q starts.log | grep -c '12 without an end in the evidence')" 1
same "what was not billed has no cost" "$(report starts.log | jq -c '.functions[0] | [.gb_seconds, .cost_usd]')" '[null,null]'
{ for i in $(seq 12); do start "2026-03-04T10:$((i + 10)):00.000Z" "$i"; [ $((i % 3)) = 0 ] || report_of "2026-03-04T10:$((i + 10)):01.000Z" "$i"; done; start 2026-03-04T10:40:00.000Z 99; } >holes.log
same "a third of the reports is missing" "$(report holes.log | jq -c '[.findings[] | select(.detector == "incomplete") | .detail.missing_report]')" '[4]'

# ---- words for what is no incident ----
{ start 2026-03-04T10:00:00.000Z 1; report_of 2026-03-04T10:00:01.000Z 1 "$error"; } >one.log
"$COLDCASE" report -q one.log >out
same "one failure is not nothing" "$(grep -c 'calls for action' out)/$(grep -c 'checks that ran found nothing at medium or above, 1 below it' out)" 0/1

# ---- the time before ----
mkdir -p hour/aws/lambda/f
{ for i in $(seq 0 9); do start "2026-03-04T10:0$i:00.000Z" "$i"; report_of "2026-03-04T10:0$i:01.000Z" "$i"; done
    for i in $(seq 10 19); do start "2026-03-04T10:$((i + 20)):00.000Z" "$i"; report_of "2026-03-04T10:$((i + 20)):01.000Z" "$i" "$error"; done; } >hour/aws/lambda/f/log.txt
"$COLDCASE" report -q hour >out
same "the figures name the time that there is" "$(grep -F '|  | incident |' out)" '|  | incident | the 30 min before |'
"$COLDCASE" report -q --from 2026-03-04T10:30:00Z hour >out
same "and compare with nothing where there is none" "$(grep -F '|  | incident |' out)" '|  | incident |'
same "a window narrows what is shown" "$(report --from 2026-03-04T10:30:00Z --to 2026-03-04T10:32:00Z hour | jq -c '[.window.start, .totals.invocations]')" '["2026-03-04T10:30:00.000Z",3]'
same "the footer can be typed again" "$(grep -o '`coldcase report[^`]*`' out)" '`coldcase report --from 2026-03-04T10:30:00.000Z hour`'
mkdir -p two/aws/lambda/f two/aws/lambda/g && cp hour/aws/lambda/f/log.txt two/aws/lambda/f/ && sed 's/-4000-8000-/-4000-9000-/' hour/aws/lambda/f/log.txt >two/aws/lambda/g/log.txt
same "one function is one function" "$(report --function f two | jq -c '[.totals.functions, .totals.environments, .totals.invocations]')" '[1,1,20]'
mkdir -p 'a b/[$LATEST]' && cp one.log 'a b/[$LATEST]/000000'
same "a path with signs is quoted" "$("$COLDCASE" report -q 'a b' | grep -o '`coldcase report[^`]*`')" "\`coldcase report 'a b'\`"

# ---- one environment of another version ----
canary() { # VERSION STREAM N TAIL: 20 invocations
    mkdir -p "canary/2026-03-04-[$1]$2"
    for i in $(seq 20); do start "2026-03-04T10:$((i + 10)):00.000Z" $(($3 + i)) "$1"; report_of "2026-03-04T10:$((i + 10)):01.000Z" $(($3 + i)) "$4"; done >"canary/2026-03-04-[$1]$2/000000"
}
canary 7 00000000000000000000000000000001 100 ''
canary 7 00000000000000000000000000000002 200 ''
canary 8 00000000000000000000000000000003 300 "$error"
same "a bad version poisons no environment" "$(report canary | jq -c '[.findings[].detector] | index("poisoned-environment")')" null
rm -r canary/*8* && canary 7 00000000000000000000000000000003 300 "$error"
same "an environment of the same version is poisoned" "$(report canary | jq -c '[.findings[].detector] | index("poisoned-environment") != null')" true

# ---- a query for the message alone ----
{ echo @message; start x 1 | cut -c3-; printf '"{""level"":""ERROR"",""errorType"":""TypeError"",""requestId"":""%s"",""timestamp"":""2026-03-04T10:00:00.500Z""}"\n' "$(id 1)"; report_of x 1 | cut -c3-; } >message.csv
same "a CSV of messages alone" "$(report message.csv | jq -c '[.evidence.sources[0].format, .totals.invocations, .evidence.events.application, .evidence.unrecognised_lines]')" '["csv",1,1,0]'

# Two files that hold the same lines, of which several stand in one millisecond: each counts once. What one file holds
# twice is two.
mkdir -p twice
said() { # LINE...: a subscription document with these messages, all of one millisecond
    jq -n -c '{messageType: "DATA_MESSAGE", owner: "1", logGroup: "/aws/lambda/f", logStream: "2026/03/04/[7]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        subscriptionFilters: ["x"], logEvents: [$ARGS.positional | to_entries[] | {id: "\(.key)", timestamp: 1772618400000,
            message: "2026-03-04T10:00:00.000Z undefined ERROR \(.value)"}]}' --args "$@"
}
many='Error: ER_CON_COUNT_ERROR: Too many connections' full='ReplyError: ERR max number of clients reached'
refused() { "$COLDCASE" report -q --only connection-limit --format json twice | jq -c '[.findings[] | [.detail.engine, .count]] | sort'; }
said "$many" "$full" >twice/a.json
cp twice/a.json twice/b.json
same 'lines of one millisecond that two files hold' "$(refused)" '[["mysql",1],["redis",1]]'
said "$many" "$full" "$many" >twice/b.json
same 'a line that the second file holds twice' "$(refused)" '[["mysql",2],["redis",1]]'
mv twice/b.json twice/0.json
same 'and when its name comes first' "$(refused)" '[["mysql",2],["redis",1]]'

# ---- a window or a name that nothing is in ----
# Three lines before the first START, in one run, and one in each of two invocations.
verdict_of() { local d=$1; shift; report "$@" | jq -r --arg d "$d" '.checks[] | select(.detector == $d) | "\(.verdict) \(.examined)"'; }
app() { printf '%s %s\t%s\tINFO\tall is well\n' "$1" "$1" "$(id "$2")"; }
mkdir -p some/aws/lambda/f
{ for s in 1 2 3; do printf '2026-03-04T09:00:0%s.000Z warming up\n' $s; done; for i in 1 2; do start "2026-03-04T1$i:00:00.000Z" $i; app "2026-03-04T1$i:00:00.500Z" $i; report_of "2026-03-04T1$i:00:01.000Z" $i; done; } >some/aws/lambda/f/log.txt
same "without filters all lines are looked at" "$(verdict_of connection-limit some)" 'clean 5'
for d in connection-limit throttle error-burst retry-storm; do
    same "$d: nothing is clean under a name that is not there" "$(verdict_of $d --function typo some)" 'not-run 0'
    same "$d: nor in a year without a line" "$(verdict_of $d --from 2030-01-01T00:00:00Z some)" 'not-run 0'
done
same "lines of the function that was asked for" "$(verdict_of throttle --function f some)" 'clean 5'
same "lines of invocations in the window" "$(verdict_of throttle --from 2026-03-04T10:30:00Z some)" 'clean 2'
same "lines of no invocation in the window" "$(verdict_of throttle --to 2026-03-04T09:30:00Z some)" 'clean 3'
same "of a run that the window cuts one line is sure" "$(verdict_of throttle --to 2026-03-04T09:00:02Z some)" 'clean 1'
same "between two lines nothing is known" "$(verdict_of throttle --from 2026-03-04T09:00:01.500Z --to 2026-03-04T09:00:02.500Z some)" 'not-run 0'
sed -i '2s/warming up/Error: ER_CON_COUNT_ERROR: Too many connections/' some/aws/lambda/f/log.txt
same "but for a line that tells of an error" "$(verdict_of connection-limit --from 2026-03-04T09:00:01.500Z --to 2026-03-04T09:00:02.500Z some)" 'found 1'
record='{"version":"1.0","timestamp":"2026-03-04T10:00:00.000Z","requestContext":{"requestId":"00000001-0000-4000-8000-000000000000","functionArn":"arn:aws:lambda:eu-west-1:123456789012:function:g:7","condition":"Success","approximateInvokeCount":1},"requestPayload":{},"responseContext":{"statusCode":200,"executedVersion":"7"},"responsePayload":{}}'
echo "$record" >done.json
same "a record of Lambda is looked at" "$(verdict_of retry-storm done.json)" 'clean 1'
same "where it is not hidden" "$(verdict_of retry-storm --function typo done.json)" 'not-run 0'

# ---- calls of a gateway in a window ----
# Given up after 29 s, once at 10:00 and once at 11:00; the second call begins in one window and ends behind it.
call() { # HOUR N
    local group=API-Gateway-Execution-Logs_abc123/prod at=2026-03-04T$1
    jq -n -c --arg id "$(id "$2")" --arg at "$at" --arg group "$group" '{messageType: "DATA_MESSAGE", owner: "1", logGroup: $group, logStream: "s",
        subscriptionFilters: ["x"], logEvents: [["00:00Z", "Starting execution for request: \($id)"],
            ["00:00Z", "Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:f/invocations"],
            ["00:29Z", "Execution failed due to a timeout error"], ["00:29Z", "Method completed with status: 504"]]
            | [to_entries[] | {id: "\(.key)", timestamp: ("\($at):\(.value[0])" | fromdate * 1000), message: "(\($id)) \(.value[1])"}]}'
}
{ call 10 1; call 11 2; } >gateway.json
given_up() { report --only gateway-timeout "$@" gateway.json | jq -c '[.checks[0].examined, [.findings[].detail.pairs[].gateway_request_id[0:8]]]'; }
same "two calls were given up" "$(given_up)" '[8,["00000001","00000002"]]'
same "one of them in the window" "$(given_up --from 2026-03-04T10:30:00Z)" '[4,["00000002"]]'
same "a call that began in the window stays whole" "$(given_up --from 2026-03-04T10:30:00Z --to 2026-03-04T11:00:10Z)" '[4,["00000002"]]'
same "one that began before it is out" "$(given_up --from 2026-03-04T10:00:10Z --to 2026-03-04T10:30:00Z)" '[0,[]]'
exits "and does not fail the run" 0 "$COLDCASE" report -q --fail-on info --from 2030-01-01T00:00:00Z gateway.json

# ---- a row of the Incident and Timeline tables cites the line of its time ----
# rows FILE.md: TIME and PLACE of each row with a time of the day, but for the peak, which is a minute.
rows() { sed -n '/^## Incident/,/^## Findings/p' "$1" | grep -v '^| peak ' | sed -nE 's/^\|( [a-z, ]+ \|)?( [-0-9]{10})? ([0-9:]{8}\.[0-9]{3}) \|.* \| `([^`]*):([0-9]+)` \|$/\3\t\4\t\5/p'; }
# short: paths as reports show them.
short() { sed -E 'h;/^.{57}/{s|^.*/([^/]*/[^/]*)$|…/\1|;s/([0-9a-f]{8})[0-9a-f]{24}/\1…/;};G;s/\n/\t/'; }
# cites FOLDER: the rows of its report whose line does not hold their time, as hh:mm:ss.mmm or ms since 1970. Files of one
# JSON document are left out, for their lines are no records.
cites() {
    local time place line file
    "$COLDCASE" report -q "$1" >cites.md
    [ "$(rows cites.md | wc -l)" -ge 2 ] || echo "too few rows"
    find "$1" -type f | short >paths
    while IFS=$'\t' read -r time place line; do
        file=$(awk -F'\t' -v place="$place" '$1 == place { print $2 }' paths)
        case $file in *.json | */subscription/*) continue ;; esac
        zcat -f "$file" | sed -n "${line}p" | awk -v time="$time" '
            { n = index($0, time); while (!n && match($0, /[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]/)) { t = substr($0, RSTART, 13); $0 = substr($0, RSTART + 13); s = substr(t, 1, 10) % 86400
                n = time == sprintf("%02d:%02d:%02d.%s", s / 3600, s / 60 % 60, s % 60, substr(t, 11)) } }
            END { exit !n }' || echo "$time $place:$line"
    done < <(rows cites.md)
}
for name in gateway-timeout runaway-bill too-many-connections; do
    same "samples/$name: rows cite the lines of their times" "$(cites "$ROOT/samples/$name/evidence")" ''
done
for name in connections-then-timeouts crash init-failure loop-and-connections loop-queue memory-leak near-timeout out-of-memory poisoned-environment two-incidents; do
    "$GENERATE" --scenario $name --seed 1 -o "cited-$name" >/dev/null || not_ok "generate $name"
    same "$name: rows cite the lines of their times" "$(cites "cited-$name/evidence")" ''
done
same "a loop's rows begin with its first write" "$("$COLDCASE" report -q --only recursive-trigger cited-loop-and-connections/evidence |
    sed -nE 's/^\| [0-9:.]+ \| (first event|thumbnailer starts|thumbnailer writes|last call).*/\1/p' | tr '\n' ,)" \
    'first event,thumbnailer starts,thumbnailer writes,last call,'
same "its first event is the one that the summary tells" "$("$COLDCASE" report -q --only recursive-trigger cited-loop-and-connections/evidence |
    grep -oE 'images-bucket/[^,|]*, by AWS:[A-Z0-9]*' | sort -u | wc -l)" 1

# ---- what is drawn as healthy ----
# healthy PATH: name, begin and end of each bar.
healthy() { "$COLDCASE" report -q "$1" | sed -n '/section healthy/,/^```/{s/^ *\([^ ]*\) :done, /\1 /p}'; }
mkdir -p drawn/aws/lambda/{bad,good,early,low,open}
{ for i in $(seq 10 30); do start "2026-03-04T10:$i:00.000Z" $i; report_of "2026-03-04T10:$i:01.000Z" $i "$error"; done; } >drawn/aws/lambda/bad/log.txt
{ for i in 05 59; do start "2026-03-04T10:$i:00.000Z" 1$i; report_of "2026-03-04T10:$i:01.000Z" 1$i; done; } >drawn/aws/lambda/good/log.txt
{ start 2026-03-04T10:01:00.000Z 200; report_of 2026-03-04T10:01:01.000Z 200; } >drawn/aws/lambda/early/log.txt
{ start 2026-03-04T10:01:00.000Z 300; report_of 2026-03-04T10:01:01.000Z 300 "$error"; } >drawn/aws/lambda/low/log.txt
start 2026-03-04T10:01:00.000Z 400 >drawn/aws/lambda/open/log.txt
same "healthy are those without failure and finding, as long as they log" "$(healthy drawn)" \
    'early 2026-03-04 10:01:00, 2026-03-04 10:01:01
good 2026-03-04 10:05:00, 2026-03-04 10:59:01'

# ---- the worst minute ----
peak() { "$COLDCASE" report -q "$1" | sed -nE 's/^\| peak \| ([0-9:]*) \| (.*) \| .*/\1 \2/p'; }
failures() { local m; for m in "$@"; do start "2026-03-04T10:$m:00.000Z" $((n += 1)); report_of "2026-03-04T10:$m:01.000Z" $n "$error"; done; }
n=500
failures 10 11 12 13 14 >peak.log
same "minutes that tie" "$(peak peak.log)" '10:10 1 of the 5 failed invocations ended in this minute; 4 other minutes had as many'
failures 12 12 14 >>peak.log
same "a minute alone" "$(peak peak.log)" '10:12 3 of the 8 failed invocations ended in this minute; no other had as many'
n=500
failures 10 10 10 10 10 >peak.log
same "all in one minute" "$(peak peak.log)" '10:10 all 5 failed invocations ended in this minute'
same "none of them failed" "$(peak "$ROOT/samples/cold-start/evidence")" \
    '13:49 2 of the 12 invocations that findings name and that did not fail ended in this minute; 5 other minutes had as many'

# ---- titles without a finding that matters ----
title() { "$COLDCASE" report -q "$@" | head -1; }
same "the only invocation failed" "$(title one.log)" '# Incident report: the only invocation failed; nothing at medium or above'
mkdir -p both/aws/lambda/f both/aws/lambda/g
failures 10 >both/aws/lambda/f/log.txt
failures 12 >both/aws/lambda/g/log.txt
same "all failed, too few for medium" "$(title both)" '# Incident report: all 2 invocations failed; nothing at medium or above'
echo '{"Records":[{"eventVersion":"1.08","userIdentity":{"type":"IAMUser"},"eventTime":"2026-03-04T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"ListUsers","eventID":"1","eventType":"AwsApiCall"}]}' >trail.json
same "nothing was checked" "$(title trail.json)" '# Incident report: nothing could be checked'
same "what was read all the same" "$("$COLDCASE" report -q trail.json | grep -A2 '^## Summary' | tail -1)" \
    'Nothing could be checked: 1 record of 1 file could be read, and none says what a check needs; what each check lacks stands below.'

# ---- what a program said ----
printf '2026-03-04T10:00:00.000Z 2026-03-04T10:00:00.000Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"libz.so.1: version %s not found","stack":[]}\n' "'ZLIB_1.2.9'" >said.log
start 2026-03-04T10:00:01.000Z 1 >>said.log
report_of 2026-03-04T10:00:02.000Z 1 "$error" >>said.log
same "an init's error is quoted as it stands" "$("$COLDCASE" report -q said.log | grep -o "own error: .*not found" | head -1)" "own error: \"libz.so.1: version 'ZLIB_1.2.9' not found"

# ---- words for one and for some ----
"$COLDCASE" report -q one.log >out
same "one invocation" "$(grep -o 'none of 1 invocation timed out\|1 of 1 invocation ([0-9.]* %) ended in TypeError' out | sort)" '1 of 1 invocation (100.00 %) ended in TypeError
none of 1 invocation timed out'
cp one.log again.log
jq -n -c '{messageType: "DATA_MESSAGE", owner: "1", logGroup: "/aws/lambda/f", logStream: "s", subscriptionFilters: ["x"], logEvents: [{id: "1", timestamp: 1772618400000, message: "hello"}]}' >entry.json
cp entry.json entry2.json
same "one entry came twice" "$("$COLDCASE" report -q entry.json entry2.json | grep -o '1 .* twice and .* once')" '1 entry came twice and counts once'
echo '{"time":"2026-03-04T10:00:00.000Z","type":"platform.logsDropped","record":{"reason":"slow","droppedRecords":123,"droppedBytes":12345}}' >dropped.json
same "lines that never came are a gap" "$("$COLDCASE" report -q dropped.json one.log | grep -c '1 record of the platform says that lines were lost')" 1
{ start 2026-03-04T10:00:00.000Z 1; report_of 2026-03-04T10:00:05.737Z 1 $'\tStatus: error'; } >late.log
same "an error without a type" "$("$COLDCASE" report -q late.log | grep -o 'ended in an error ([a-z ]*)')" 'ended in an error (no type given)'
finish
