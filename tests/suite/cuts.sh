#!/bin/bash
# Cutting any file in two at any line changes nothing but the places.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

rows() { timeline "$1" | jq -c '.[] | del(.source)'; }
claims() { report "$1" | jq -S 'del(.evidence, .findings[].evidence, .checks[].examined)'; }

# cut_at FILE LINE FOLDER: the two halves as pieces named like those of split, gzipped when the file was.
cut_at() {
    local base
    base=$(basename "$1" .gz)
    rm -rf "$3" && mkdir -p "$3"
    if [[ $1 == *.gz ]]; then
        zcat "$1" | head -n "$2" | gzip -n >"$3/$base-0.gz"
        zcat "$1" | tail -n +$(($2 + 1)) | gzip -n >"$3/$base-1.gz"
    else
        head -n "$2" "$1" >"$3/$base-0"
        tail -n +$(($2 + 1)) "$1" >"$3/$base-1"
    fi
}

# check NAME FILE STEP: the file whole against all its cuts, every STEP lines.
check() {
    local name=$1 file=$2 step=$3 lines line bad=0
    rm -rf whole && mkdir -p whole/same && cp "$file" whole/same/
    rows whole/same >rows-whole
    claims whole/same >claims-whole
    lines=$(if [[ $file == *.gz ]]; then zcat "$file"; else cat "$file"; fi | wc -l)
    for ((line = 1; line < lines; line += step)); do
        cut_at "$file" $line cut/same
        rows cut/same >rows-cut
        claims cut/same >claims-cut
        if ! cmp -s rows-cut rows-whole || ! cmp -s claims-cut claims-whole; then
            not_ok "$name cut behind line $line of $lines"
            { diff rows-whole rows-cut; diff claims-whole claims-cut; } | head -8 | cut -c1-300
            bad=$((bad + 1))
            [ $bad -lt 3 ] || break
        fi
    done
    [ $bad != 0 ] || ok "$name, $(((lines - 2) / step + 1)) cuts"
}

# One environment whose lines hold every trap: errors over many lines, an XRAY line alone, a time-out, blank lines.
cat >trap.txt <<'LOG'
2023-12-28T21:01:02.756Z INIT_START Runtime Version: nodejs:20.v13	Runtime Version ARN: arn:aws:lambda:us-east-1::runtime:6fb7e564fae3347add879359ec92013de1e84ce02488f36ec21448277c28707c

2023-12-28T21:01:03.100Z START RequestId: 3bdf06fc-9b05-5970-8653-58fb7f48f3c9 Version: $LATEST

2023-12-28T21:01:03.150Z 2023-12-28T21:01:03.150Z	3bdf06fc-9b05-5970-8653-58fb7f48f3c9	INFO	event {
  a: 1,
  b: [ 'x' ]
}

2023-12-28T21:01:03.200Z 2023-12-28T21:01:03.200Z	3bdf06fc-9b05-5970-8653-58fb7f48f3c9	ERROR	Invoke Error 	{
    "errorType": "Error",
    "errorMessage": "Too many connections",
    "code": "ER_CON_COUNT_ERROR",
    "errno": 1040,
    "stack": [
        "Error: Too many connections",
        "    at Packet.asError (/var/task/node_modules/mysql2/lib/packets/packet.js:728:17)"
    ]
}

2023-12-28T21:01:03.210Z END RequestId: 3bdf06fc-9b05-5970-8653-58fb7f48f3c9

2023-12-28T21:01:03.211Z REPORT RequestId: 3bdf06fc-9b05-5970-8653-58fb7f48f3c9	Duration: 110.72 ms	Billed Duration: 111 ms	Memory Size: 512 MB	Max Memory Used: 41 MB	Init Duration: 340.51 ms	
XRAY TraceId: 1-658de20e-2603edfae5454c70c5ac4881	SegmentId: 5fe246d742cce1d4	Sampled: true	

2023-12-28T21:01:04.000Z START RequestId: 665886ec-2ec4-5c6f-9181-d8ebc8fcf08d Version: $LATEST

2023-12-28T21:01:04.010Z calling https://api.example.org/v1/orders/17

2023-12-28T21:01:07.010Z 2023-12-28T21:01:07.010Z 665886ec-2ec4-5c6f-9181-d8ebc8fcf08d Task timed out after 3.01 seconds


2023-12-28T21:01:07.010Z END RequestId: 665886ec-2ec4-5c6f-9181-d8ebc8fcf08d

2023-12-28T21:01:07.010Z REPORT RequestId: 665886ec-2ec4-5c6f-9181-d8ebc8fcf08d	Duration: 3010.44 ms	Billed Duration: 3000 ms	Memory Size: 512 MB	Max Memory Used: 44 MB	

LOG
check 'export text' trap.txt 1
gzip -nk trap.txt
check 'export, gzipped' trap.txt.gz 3

"$GENERATE" --scenario too-many-connections --seed 5 --invocations 60 --container filter -o filter >/dev/null
file=$(find filter/evidence -name '*.json*' | head -1)
if [[ $file == *.gz ]]; then zcat "$file"; else cat "$file"; fi | jq . >events.json
check 'filter-log-events, pretty' events.json 37
jq -c '.events[]' events.json >events.ndjson
check 'events, one a line' events.ndjson 17
{
    echo timestamp,message
    jq -r '.events[] | [.timestamp, .message] | "\(.[0]),\"\(.[1] | gsub("\""; "\"\""))\""' events.json
} >events.csv
check 'console CSV' events.csv 23
finish
