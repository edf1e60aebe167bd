#!/bin/bash
# The same evidence gives the same bytes, whatever the threads, the order of the paths and the run.
. "$(dirname "$0")/lib.sh"

"$GENERATE" --scenario two-incidents --seed 7 --invocations 4000 --files 6 -o "$work/case" >/dev/null || not_ok 'the generator'
"$GENERATE" --scenario runaway-bill --seed 3 --invocations 1500 -o "$work/loop" >/dev/null || not_ok 'the generator'
cd "$work" || exit 1

for set in case/evidence loop/evidence "$ROOT/samples/too-many-connections"; do
    name=$(echo "$set" | sed 's|.*/samples/|samples/|')
    for format in markdown json; do
        "$COLDCASE" report --format $format -j1 "$set" >one
        for n in 2 3 8; do
            "$COLDCASE" report --format $format -j$n "$set" >many
            same_files "$name: report --format $format, -j$n as -j1" many one
        done
    done
    "$COLDCASE" timeline --format ndjson -j1 "$set" >one
    "$COLDCASE" timeline --format ndjson -j8 "$set" >many
    same_files "$name: timeline, -j8 as -j1" many one
done

# The parts of a folder in any order, and one of them twice.
mapfile -t files < <(find case/evidence -type f | sort)
mapfile -t shuffled < <(find case/evidence -type f | sort -R --random-source=<(yes))
"$COLDCASE" report --format json "${files[@]}" >one
"$COLDCASE" report --format json "${shuffled[@]}" >many
same_files 'files in any order' many one
"$COLDCASE" report --format json "${shuffled[@]}" "${shuffled[0]}" >many
same_files 'a file named twice is read once' many one
"$COLDCASE" timeline case/evidence >one
"$COLDCASE" timeline "${shuffled[@]}" >many
same_files 'timeline of the files in any order as of the folder' many one

# Three files that hold some of the same lines, out of time order, under each other's names: which of them comes first
# must not show. Of eight lines five are different, three of them the program's.
id=8f6c2b1e-0d5c-4c1e-9a53-5e5f0f1c41d0
start="2020-11-24T12:27:15.400Z START RequestId: $id Version: 7"
ended="2020-11-24T12:27:16.501Z REPORT RequestId: $id	Duration: 1100.20 ms	Billed Duration: 1101 ms	Memory Size: 128 MB	Max Memory Used: 50 MB"
step() { printf '2020-11-24T12:27:%sZ 2020-11-24T12:27:%sZ\t%s\tINFO\t%s\n' "$1" "$1" $id "$2"; }
pieces=("$start
$(step 15.450 one)
$(step 15.460 two)" "$ended
$(step 16.000 three)" "$ended
$start
$(step 15.450 one)")

# The same of two marks of an environment in one millisecond, and of records that a queue delivers again.
init='2020-11-24T12:27:15.000Z INIT_START Runtime Version: nodejs:20.v1	Runtime Version ARN: arn:aws:lambda:eu-west-1::runtime:0'
fault='2020-11-24T12:27:15.000Z INIT_REPORT Init Duration: 90.10 ms	Phase: init	Status: error	Error Type: Runtime.ExitError'
begins=("$init
$fault" "$init" "$fault")
record() { printf '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2020-11-24T12:27:15.000Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"%s"},"object":{"key":"in/orders-17.csv","size":5}}}]}\n' "$1"; }
deliveries=("$(record inbox)
$(record outbox)" "$(record inbox)" "$(record outbox)
$(record inbox)")

# permuted NAME DUE PIECE PIECE PIECE: duplicates, invocations, lines of the first one, S3 records.
permuted() {
    local name=$1 due=$2 order threads
    shift 2
    for order in 123 132 213 231 312 321; do
        mkdir -p p/aws/lambda/f
        for i in 0 1 2; do local n=${order:i:1}; echo "${!n}" >p/aws/lambda/f/$i; done
        for threads in 1 2 3; do
            report -j$threads p >one
            same "$name, order $order, -j$threads" "$(jq -c '[.evidence.duplicates, .totals.invocations, .totals.s3_records]' one)$(
                timeline -j$threads p | jq -c 'map(.lines)')" "$due"
        done
    done
}
permuted 'three files with the same lines' '[3,1,0][3]' "${pieces[@]}"
permuted 'three files with the same inits' '[2,0,0][]' "${begins[@]}"
permuted 'three files with the same records' '[3,0,2][]' "${deliveries[@]}"

# An invocation without START whose END and REPORT, the last of its file, share a millisecond; the next file begins inside
# of an entry. Which worker reads which file is chance: 30 runs.
mkdir torn
id=0de3e980-a793-5898-91ef-b7816c6da6d6
printf '%s\n\n' "2023-12-24T06:03:53.108Z END RequestId: $id" "2023-12-24T06:03:53.108Z REPORT RequestId: $id	Duration: 132.27 ms	Billed Duration: 133 ms	Memory Size: 128 MB	Max Memory Used: 90 MB	" >torn/0-000000
{
    echo '  at the end of something'
    for n in 1 2 3 4 5 6 7 8; do printf '2023-12-24T06:03:5%d.200Z START RequestId: 0de3e980-a793-5898-91ef-b7816c6da6d%d Version: 1\n\n' $n $n; done
} >torn/1-000000
same 'END and REPORT of one millisecond, then a torn file: line 1, whoever reads' \
    "$(for _ in $(seq 30); do timeline -j2 torn | jq -c '.[] | select(.request_id == "'$id'" and .duration_ms) | .source.line'; done | sort -u)" 1

# Enough invocations for threads to share the work of ordering, counting and looking through them.
"$GENERATE" --scenario costly-quarter --seed 3 --invocations 20000 --container export --files 3 -o crowd >/dev/null
"$COLDCASE" report --format json -j1 crowd/evidence >due
same 'the large case has findings' "$(jq '.findings | length > 0' due)" true
for threads in 2 3; do
    "$COLDCASE" report --format json -j$threads crowd/evidence >got
    same_files "20,000 invocations, -j$threads as -j1" got due
done

# Records are written in pieces of a megabyte: each once, wherever they go.
"$COLDCASE" timeline --format ndjson crowd/evidence >due
same 'a record for each of 20,000 invocations and more' "$([ "$(wc -c <due)" -gt 10000000 ] && jq -c '[.request_id, .attempt]' due | sort | uniq -d | wc -l)" 0
"$COLDCASE" timeline --format ndjson -o got crowd/evidence
same_files 'timeline, -o as standard output' got due
"$COLDCASE" timeline --format ndjson crowd/evidence >/dev/full 2>/dev/null
same 'timeline, nowhere to write: status' $? 3

# One file of some megabytes, with damage in it, is hashed and checked by one thread and read by another.
mkdir ahead
{ find crowd/evidence -name '*.gz' -print0 | sort -z | xargs -0 zcat
    printf '2026-01-01T00:00:00.000Z \377 is no UTF-8, \0 no text, and the last line has no end'; } >ahead/plain.txt
gzip -c ahead/plain.txt >ahead/packed.gz
for file in plain.txt packed.gz; do
    "$COLDCASE" report --format json -j1 ahead/$file >due
    same "$file: its own hash" "$(jq -r '.evidence.sources[0].sha256' due)" "$(sha256sum <ahead/$file | cut -d ' ' -f 1)"
    same "$file: what is wrong with it" "$(jq -c '[.evidence.sources[0].anomalies[].kind] | sort' due)" '["bad-utf8","no-line-end","nul-bytes"]'
    "$COLDCASE" report --format json -j2 ahead/$file >got
    same_files "$file: -j2 as -j1" got due
done

# Lines that nothing recognises count once, wherever a read ends; one of 5 MB, over the limit, is one.
mkdir odd
cp "${files[0]}" odd
awk 'BEGIN { for (i = 0; i < 30000; i++) { printf "%*s nothing that anybody knows\n", i % 300, ""; n++ }
    for (i = 0; i < 5000000; i++) printf "#"
    print ""; printf "the last has no end" }' >odd/words.txt
for threads in 1 2 8; do
    same "each unrecognised line once, -j$threads" "$("$COLDCASE" report --format json -j$threads odd | jq .evidence.unrecognised_lines)" 30002
done
finish
