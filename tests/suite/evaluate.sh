#!/bin/bash
# The score of `make evaluate` on a smaller draw: every kind of case under two seeds that the samples do not use.
# EVALUATE_SEEDS says how many: the builds that are slow, and that find other faults, take one.
. "$(dirname "$0")/lib.sh"

if "$ROOT/tests/evaluate" --seeds "${EVALUATE_SEEDS:-2}" --first 101 >"$work/score" 2>&1; then
    ok 'precision and recall are 1.00 for every detector'
else
    not_ok 'precision and recall are 1.00 for every detector'
    sed 's/^/  /' "$work/score"
fi
kinds=$(sed -nE 's/^([0-9]+) kinds of case.*/\1/p' "$work/score")
same 'at least 24 kinds of case' "$((${kinds:-0} >= 24))" 1
# Each detector but those without a scenario of their own stands in the table: an empty table has no misses, either.
missing=
for detector in $("$COLDCASE" detectors | awk '{ print $1 }'); do
    grep -q "^| $detector " "$work/score" || missing="$missing $detector"
done
same 'every detector has an incident to find' "$missing" ''

# The judge must be able to say no: a label that nobody fulfils, and a finding that no label allows.
mkdir "$work/bin"
cat >"$work/bin/generate" <<GENERATE
#!/bin/bash
"$GENERATE" "\$@" || exit
truth=\${!#}/truth.json
sed -i "\$EDIT" "\$truth"
GENERATE
chmod +x "$work/bin/generate"
judged() { EDIT=$1 GENERATE=$work/bin/generate "$ROOT/tests/evaluate" --seeds 1 crash | sed -n '/^misses/,$p' | tail -n +2 | sed 's/,.*//'; }
same 'a missed finding and a false alarm are told' "$(judged 's/"detector": "crash"/"detector": "timeout"/')" \
    'crash seed 1: false alarm: high crash catalog-api
crash seed 1: missed: timeout catalog-api'
same 'a count that is off is a miss' "$(judged 's/"count": [0-9]*/"count": 3/' | head -1)" 'crash seed 1: false alarm: high crash catalog-api'
same 'the label as it is has neither' "$(judged '')" ''

# The same cases as other exports tell them, under the same labels: S3 records as CloudTrail has them or in whole
# seconds, S3's clock behind that of the logs, and logs that went through a filter for REPORT lines.
cat >"$work/bin/retell" <<RETELL
#!/bin/bash
"$GENERATE" "\$@" || exit
find "\${!#}/evidence" -name '*.gz' | while read -r file; do
    case \$file in
    */s3-events/*) zcat "\$file" | eval "\${RECORDS:-cat}" ;;
    *) zcat "\$file" | eval "\${LINES_KEPT:-cat}" ;;
    esac | gzip -n >"\$file.new" && mv "\$file.new" "\$file"
done
RETELL
chmod +x "$work/bin/retell"
cat >"$work/trail.jq" <<'JQ'
.Records[] | (.userIdentity.principalId | ltrimstr("AWS:")) as $who | {eventVersion: "1.09", userIdentity: {
    type: (if ($who | test(":")) then "AssumedRole" else "IAMUser" end), principalId: $who, accountId: "111122223333"},
    eventTime: (.eventTime[:19] + "Z"), eventSource: "s3.amazonaws.com", eventName: "PutObject", awsRegion,
    requestParameters: {bucketName: .s3.bucket.name, key: (.s3.object.key | gsub("[+]"; " "))},
    requestID: .responseElements["x-amz-request-id"], eventType: "AwsApiCall", eventCategory: "Data"}
JQ
trail="jq -c -f $work/trail.jq"
whole='sed -E '\''s/("eventTime":"[^".]*)[.][0-9]+Z/\1.000Z/'\'
behind='jq -c '\''.Records[0].eventTime |= ((.[:19] + "Z" | fromdate - 5 | todate)[:19] + .[19:])'\'
reports="grep -e platform.report -e REPORT\ RequestId"
retold() { # NAME LOOPS SCENARIO...: so many loops are due, all are found, and no other.
    local name=$1 due=$2
    shift 2
    same "$name" "$(GENERATE=$work/bin/retell "$ROOT/tests/evaluate" --seeds 1 "$@" | awk '$2 == "recursive-trigger" { print $4, $6, $8 }')" \
        "$due $due 0"
}
export RECORDS= LINES_KEPT=
RECORDS=$trail retold 'told by CloudTrail' 1 busy-writer own-state runaway-bill
RECORDS=$whole retold 'told in whole seconds' 1 busy-writer own-state runaway-bill
RECORDS=$behind retold 'told by a clock that is behind' 1 busy-writer runaway-bill
LINES_KEPT=$reports retold 'told by REPORT lines alone' 1 busy-writer pipeline-two-buckets loop-by-count

# What is kept of one bucket's notification must not overwrite that of another; recursion is asked of each function.
"$GENERATE" --scenario loop-two-functions --seed 1 -o "$work/two" >"$work/log" 2>&1
same 'a backup for each bucket, a question for each function' \
    "$("$COLDCASE" report -q "$work/two/evidence" | grep -oE 'notification-backup[a-z-]*|recursion-config --function-name [a-z]+' | sort)" \
    'notification-backup-images-bucket
notification-backup-thumbnails-bucket
recursion-config --function-name optimise
recursion-config --function-name resize'
finish
