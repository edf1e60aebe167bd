#!/bin/bash
# Evidence that wants to harm: nothing crashes or hangs, everything around it still counts, and no text from a log
# breaks the report. tests/hostile/ holds further inputs, each with what it showed in its name.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

id=ab684dea-74fb-5a44-8ea8-13c54f3cabf4
entry() { printf '2024-01-27T17:12:%s.000Z %s\n\n' "$1" "$2"; }
around() { # around TEXT: an invocation whose application line is TEXT
    entry 44 "START RequestId: $id Version: \$LATEST"
    printf '2024-01-27T17:12:45.000Z '
    printf '%b' "$1"
    printf '\n'
    entry 46 "END RequestId: $id"
    entry 46 "REPORT RequestId: $id	Duration: 2000.00 ms	Billed Duration: 2000 ms	Memory Size: 512 MB	Max Memory Used: 90 MB	Status: timeout"
}

# counts NAME: the invocation in ./in survives whatever stands in it.
counts() {
    local status=0
    timeout 60 "$COLDCASE" report --format json in >out 2>err || status=$?
    same "$1: read to the end" "$(jq -c '[.totals.invocations, .totals.timeouts]' out 2>/dev/null)" '[1,1]'
    [ $status -le 2 ] || not_ok "$1: status $status"
}

around 'NUL \0 bytes \0' >in && counts 'NUL bytes'
around '\xff\xfe\xc3( bad UTF-8 \xed\xa0\x80' >in && counts 'bad UTF-8'
{ around 'x' | head -c -1; } >in && counts 'a last line without end'
{ around 'x' | tr '\n' '\r' | sed 's/\r/\r\n/g'; } >in && counts 'CRLF'
{
    entry 44 "START RequestId: $id Version: \$LATEST"
    printf '2024-01-27T17:12:45.000Z '
    head -c 9000000 /dev/zero | tr '\0' 'x'
    printf '\n'
    entry 46 "REPORT RequestId: $id	Duration: 2000.00 ms	Billed Duration: 2000 ms	Memory Size: 512 MB	Max Memory Used: 90 MB	Status: timeout"
} >in && counts 'a line of 9 MB'
same 'the long line is an anomaly' "$(jq -c '[.evidence.sources[0].anomalies[].kind]' out)" '["too-long"]'

awk 'BEGIN { for (i = 0; i < 400000; i++) printf "START RequestId: %08d-0000-4000-8000-000000000000 Version: 7\n", i }' >in
exits '400,000 invocations that begin and never end are shown in time' 0 \
    timeout 20 "$COLDCASE" show -q 00000005-0000-4000-8000-000000000000 in

# Ids whose halves a and b keep a * 0x9e3779b97f4a7c15 + b at 0: a hash without a secret put all of them in one place.
awk 'BEGIN {
    for (j = 0; j < 2; j++)
        for (i = 0; i < 65536; i++) {
            t = (65536 - i * 31765 % 65536 + j * 25032) % 65536
            printf "START RequestId: 0%d000000-0000-%02x%02x-%s%02x%02x Version: 7\n", j, i % 256, int(i / 256),
                j ? "eb83-b5804686" : "0000-00000000", t % 256, int(t / 256)
        } }' >in
exits '131,072 ids that were made to collide' 0 timeout 20 "$COLDCASE" report -q -o /dev/null in

# gzip in the wrapped gzip of sixty records: each inflates to little, all of them to 12 GB.
inner=$(head -c 209715200 /dev/zero | gzip -9n | gzip -9n | base64 -w0)
for i in $(seq 60); do printf '{"eventSource":"aws:kinesis","eventID":"%s","kinesis":{"data":"%s"}}\n' "$i" "$inner"; done | jq -cs '{Records: .}' >in
exits 'gzip in wrapped gzip is bounded over a file: 2' 2 timeout 20 "$COLDCASE" report -q --format json in
same 'and said' "$(jq -c '[.evidence.sources[0].anomalies[].kind]' out)" '["archive"]'

# One id again and again: attempts FROM UNTIL, one each two seconds; each ends as TAIL says, and with EACH has an id of its
# own. More than 65,535 led the walk over them past its end, so that it went round for ever; each that timed out walked over
# all others: 20,000 took 25 s.
again() {
    awk -v from="$1" -v until="$2" -v tail="$3" -v each="${4:-}" 'BEGIN {
        for (i = from; i < until; i++) {
            id = sprintf("%08d-0000-4000-8000-000000000000", each ? i + 1 : 1)
            at = sprintf("2026-03-%02dT%02d:%02d:%02d", 2 + int(i / 43200), int(i / 1800) % 24, int(i / 30) % 60, i % 30 * 2)
            print at ".000Z START RequestId: " id " Version: 7"
            print at ".500Z " at ".500Z\t" id "\tINFO\tneedle in call " i
            print at ".900Z REPORT RequestId: " id "\tDuration: 900.00 ms\tBilled Duration: 900 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB" tail
        } }'
}
again 0 66000 '' >in
exits '66,000 attempts of one id: report' 0 timeout 20 "$COLDCASE" report -q -o /dev/null in
exits '66,000 attempts of one id: show' 0 timeout 20 "$COLDCASE" show -q 00000001-0000-4000-8000-000000000000 in
same 'the first fifty are shown' "$(grep -o 'attempt [0-9]*' out | paste -sd' ')" "$(seq -f 'attempt %g' 50 | paste -sd' ')"
same 'each with its own line' "$(grep -o 'needle in call .*' out)" "$(seq -f 'needle in call %g' 0 49)"
same 'all have their numbers' "$(timeout 20 "$COLDCASE" timeline -q --format ndjson in | jq -c .attempt | cmp - <(seq 66000) && echo yes)" yes
exits 'a line of the last' 0 timeout 20 "$COLDCASE" show -q 'needle in call 65999' in
same 'is that of the last' "$(grep -o 'attempt [0-9]*' out)" 'attempt 66000'
again 0 65999 "$(printf '\tStatus: timeout')" >in && again 65999 66000 '' >>in
timeout 20 "$COLDCASE" report -q --format json in >out
same 'all but the last timed out' "$(jq -c '[.findings[] | select(.detector == "timeout") | .count, .detail.retried, .detail.retry_succeeded]' out)" '[65999,65999,65999]'
same 'and its end is that of the request' "$(jq -c '[.findings[] | select(.detector == "retry-storm")]' out)" '[]'
again 0 20000 "$(printf '\tStatus: timeout')" >in
exits '20,000 attempts of one id that time out' 0 timeout 10 "$COLDCASE" report -q -o /dev/null in

# Each line that holds a word looked at all invocations for its own: 150,000 took 32 s.
again 0 150000 '' each >in
exits 'a word in each of 150,000 invocations' 0 timeout 10 "$COLDCASE" show -q 'needle in' in
same 'the first hundred are its own' "$(tail -1 out)" 'and 50 more invocations; their ids are in `coldcase timeline`'
exits 'a word in the lines of eleven' 0 timeout 10 "$COLDCASE" show -q 'needle in call 14999' in
same 'finds them' "$(grep -c ' attempt 1: ok' out)" 11

# A line that names another invocation's id stands inside of the one that logs it: it is no attempt, and the id's other
# one is the first. It was the second, and the search for a first one before it read what is before the list.
call() { # ID SECOND TEXT
    printf '2026-03-22T10:00:%s.000Z START RequestId: %s Version: 1\n' "$2" "$1"
    printf '2026-03-22T10:00:%s.100Z %s\n' "$2" "$3"
    printf '2026-03-22T10:00:%s.200Z END RequestId: %s\n' "$2" "$1"
    printf '2026-03-22T10:00:%s.200Z REPORT RequestId: %s\tDuration: 200.00 ms\tBilled Duration: 200 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\n' "$2" "$1"
}
other=00000000-0000-4000-8000-000000000002
streams='calls/aws/lambda/f/55e16a87-5fdb-4145-9c75-f7d78eadf3da/2026-03-22-[1]'
mkdir -p "${streams}145b2f039e55afbbecb358962b8d1e0c" "${streams}245b2f039e55afbbecb358962b8d1e0c"
call "$id" 01 "{\"level\":\"INFO\",\"requestId\":\"$other\",\"message\":\"calls\"}" >"${streams}145b2f039e55afbbecb358962b8d1e0c/000000"
call "$other" 02 hello >"${streams}245b2f039e55afbbecb358962b8d1e0c/000000"
timeline calls >out
same 'a line inside of another invocation is no first attempt' "$(jq -c 'map([.request_id, .attempt])' out)" "[[\"$id\",1],[\"$other\",1]]"
exits 'nor is one looked for' 0 "$COLDCASE" show -q "$other" calls

# ---- gzip ----
around x | gzip -n >whole.gz
{ cat whole.gz; printf 'trailing rubbish'; } >in && counts 'bytes behind the last member'
same 'they are an anomaly' "$(jq -c '[.evidence.sources[0].anomalies[] | [.kind, .offset]]' out)" "[[\"gzip-trailing-bytes\",$(stat -c %s whole.gz)]]"
{ cat whole.gz; head -c 1000 /dev/zero; } >in && counts 'zero padding behind it'
same 'padding is none' "$(jq -c '[.evidence.sources[0].anomalies[].kind]' out)" '[]'
gzip -n <whole.gz >in && counts 'gzip of gzip'
{ printf '' | gzip -n; cat whole.gz; printf '' | gzip -n; } >in && counts 'empty members around'
around x | while IFS= read -r line; do printf '%s\n' "$line" | gzip -n; done >in && counts 'a member a line'
size=$(stat -c %s whole.gz)
crashed=0
for ((i = 0; i < size; i += 1)); do
    head -c $i whole.gz >in
    timeout 20 "$COLDCASE" report in >/dev/null 2>&1
    [ $? -le 3 ] || crashed=$i
done
same 'cut at every byte: no crash' $crashed 0

# ---- JSON ----
doc() { printf '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/f","logStream":"s","logEvents":[{"id":"%s","timestamp":1706375564000,"message":"%s"}]}' "$1" "$2"; }
report_line="REPORT RequestId: $id\\\\tDuration: 2000.00 ms\\\\tBilled Duration: 2000 ms\\\\tMemory Size: 512 MB\\\\tMax Memory Used: 90 MB\\\\tStatus: timeout"
good=$(doc 1 "$(printf '%b' "$report_line")")
bad=$(doc 2 "START RequestId: $id Version: 1")
{ printf '%s' "$bad" | head -c 150; printf '\n%s\n' "$good"; } >in && counts 'a document cut in the middle of a string, then a good one on the next line'
same 'the cut one is an anomaly' "$(jq -c '[.evidence.sources[0].anomalies[].kind] | length' out)" 1
{ printf '%s' "$bad" | head -c 150; printf '%s' "$good"; } >in && counts 'the same without a line end between'
{ printf '%s' "$good"; printf '%s' "$bad" | head -c 150; } >in && counts 'a document that ends early behind a good one'
{ printf '%s}}}]' "$good"; printf '\n'; } >in && counts 'brackets too many'
{ printf '%s\n' "$good"; head -c 300000 /dev/zero | tr '\0' '['; } >in && counts '300,000 opening brackets'
{ printf '{"a":"%s","logEvents":1}\n' "$(head -c 200000 /dev/zero | tr '\0' '\\')"; printf '%s' "$good"; } >in && counts 'backslashes'
# What a string may not hold is read all the same, and told: the event, and those before and behind it, count.
events() { printf '{"events":[{"timestamp":1706375564000,"message":"START RequestId: %s Version: 1"},{"timestamp":1706375564100,"message":"a%bb"},{"timestamp":1706375564200,"message":"%b"}]}\n' $id "$1" "$report_line"; }
odd() { same "$1: all is read" "$(jq -c '[.evidence.events.application, .evidence.unrecognised_lines, (.evidence.sources[0].anomalies[] | [.kind, .line, .offset, .count])]' out)" "[1,0,[\"json-string\",$2,$3,1]]"; }
events '\n' >in && counts 'a raw line end in a message' && odd 'a raw line end' 1 155
{ printf '\n'; events '\n{ \n'; } >in && counts 'raw line ends and a bracket' && odd 'raw line ends' 2 156
events '\001' >in && counts 'a raw control byte' && odd 'a control byte' 1 155
events '\\x1b[0m' >in && counts 'an escape that is none' && odd 'no escape' 1 156
# Damage inside of a list costs the event in which it stands.
events '"' >in && counts 'a quote inside a message'
same 'the events round it count' "$(jq -c '[.evidence.events.application, (.evidence.sources[0].anomalies[] | [.kind, .offset])]' out)" '[0,["json-damaged",156]]'
# A page of filter-log-events without line ends: places in it took the square of its events.
{ printf '{"events":['; awk 'BEGIN { for (i = 0; i < 600000; i++) print "{\"timestamp\":1706375564000,\"message\":\"m\"}," }' | tr -d '\n'
  printf '{"timestamp":1706375564000,"message":"%b"}]}\n' "$report_line"; } >in && counts '600,000 events in one line'
same 'they have one line' "$(jq -c '[.evidence.lines, .evidence.events.application]' out)" '[1,600000]'
# A segment with so many subsegments one in the other.
segment='"id":"24ddd1434624a637","name":"f","start_time":1706375564,"trace_id":"1-6437350a-775b7afb3067811a4c6daade"'
deep() { printf "{$segment,\"subsegments\":[%.0s" $(seq "$1"); printf '{%s}' "$segment"; printf ']}%.0s' $(seq "$1"); }
deep 32 >in && exits 'subsegments 32 deep' 0 "$COLDCASE" report in
deep 33 >in && exits 'one deeper than the limit' 2 "$COLDCASE" report in
same 'what is left out is an anomaly' "$(report in | jq -c '[.evidence.sources[0].anomalies[].kind]')" '["nested-too-deep"]'

# ---- text that wants out ----
evil='</table><script>alert(1)</script> | x | `code` **bold** [link](http://evil) @everyone \\033[2J\\033]0;t\\007 \xe2\x80\xae | ```\\n# h'
around "ERROR $evil Error: Too many connections" >in && counts 'markup in a line'
"$COLDCASE" report in >evil.md
same 'no escape byte in the report' "$(grep -c $'\033' evil.md)" 0
same 'no bidi mark in the report' "$(grep -c $'\u202e' evil.md)" 0
if command -v cmark-gfm >/dev/null; then
    cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tasklist evil.md >evil.html
    same 'no script in the page' "$(grep -c '<script' evil.html)" 0
    same 'no link from a log' "$(grep -c 'href="http' evil.html)" 0
    same 'no table broken: each row has the cells of its head' \
        "$(awk '/<tr>/{n=0} /<t[hd]/{n++} /<\/tr>/{if(h==0)h=n; if(n!=h)print NR} /<\/table>/{h=0}' evil.html)" ''
else
    skip 'the rendered page' 'cmark-gfm is not installed'
fi
mkdir -p $'csv/aws/lambda/f"\033[2J'
around x >$'csv/aws/lambda/f"\033[2J/log'
"$COLDCASE" timeline --format csv csv >evil.csv
same 'no escape byte in CSV' "$(grep -c $'\033' evil.csv)" 0
same 'quotes and control bytes in CSV' "$(grep -c '"f""\\u001b\[2J"' evil.csv)" 1
name='x`|<b>@a'
mkdir -p "exportedlogs/aws/lambda/$name" && around x >"exportedlogs/aws/lambda/$name/log"
"$COLDCASE" report exportedlogs >evil.md
same 'a hostile function name reaches no command' "$(sed -n '/^```sh/,/^```$/p' evil.md | grep -c '<b>')" 0
same 'a placeholder stands for it' "$(sed -n '/^```sh/,/^```$/p' evil.md | grep -c -- '--function-name NAME')" "$(sed -n '/^```sh/,/^```$/p' evil.md | grep -c -- '--function-name')"
rm -rf exportedlogs && mkdir -p 'exportedlogs/aws/lambda/odd$(name)' && around x >'exportedlogs/aws/lambda/odd$(name)/log'
"$COLDCASE" report exportedlogs >odd.md
same 'an odd one is quoted, so that a shell repeats it' "$(sed -n '/^```sh/,/^```$/p' odd.md | grep -c -- "--function-name 'odd\$(name)'")" \
    "$(sed -n '/^```sh/,/^```$/p' odd.md | grep -c -- '--function-name')"

# ---- inputs that once showed a fault ----
for file in "$ROOT"/tests/hostile/*; do
    [ -f "$file" ] || continue
    status=0
    timeout 60 "$COLDCASE" report --format json "$file" >out 2>err || status=$?
    if [ $status -le 3 ]; then ok "$(basename "$file")"; else not_ok "$(basename "$file"): status $status"; fi
done
finish
