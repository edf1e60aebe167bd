#!/bin/bash
# What users and scripts rely on at the edges: exit status, messages, output that is whole or not there.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

log() {
    printf '2024-01-27T17:12:44.%sZ %s\n\n' 122 'START RequestId: ab684dea-74fb-5a44-8ea8-13c54f3cabf4 Version: $LATEST' \
        262 "2024-01-27T17:12:44.262Z	ab684dea-74fb-5a44-8ea8-13c54f3cabf4	INFO	hello" \
        300 'END RequestId: ab684dea-74fb-5a44-8ea8-13c54f3cabf4' \
        301 'REPORT RequestId: ab684dea-74fb-5a44-8ea8-13c54f3cabf4	Duration: 177.10 ms	Billed Duration: 178 ms	Memory Size: 512 MB	Max Memory Used: 90 MB	'
}
mkdir good && log | gzip -n >good/000000.gz
mkdir fails && { log | sed '/REPORT/s/$/Status: timeout/' | gzip -n; } >fails/000000.gz

# ---- 0 and 1 ----
exits 'report of good evidence: 0' 0 "$COLDCASE" report good
exits 'report, a finding and no --fail-on: 0' 0 "$COLDCASE" report fails
exits 'report --fail-on never: 0' 0 "$COLDCASE" report --fail-on never fails
exits 'report --fail-on medium with a medium finding: 1' 1 "$COLDCASE" report --fail-on medium fails
exits 'report --fail-on high with a medium finding: 0' 0 "$COLDCASE" report --fail-on high fails
exits 'timeline: 0' 0 "$COLDCASE" timeline good
exits 'show: 0' 0 "$COLDCASE" show ab684dea-74fb-5a44-8ea8-13c54f3cabf4 good
exits 'detectors: 0' 0 "$COLDCASE" detectors
exits 'formats: 0' 0 "$COLDCASE" formats
exits '--version: 0' 0 "$COLDCASE" --version
exits '--help: 0' 0 "$COLDCASE" --help
for c in report timeline show detectors formats; do
    exits "$c --help: 0" 0 "$COLDCASE" $c --help
    same "$c --help teaches on standard output" "$(grep -c '^usage: coldcase' out)" 1
done

# ---- 2: some evidence is not whole ----
mkdir cut && head -c $(($(stat -c %s good/000000.gz) - 12)) good/000000.gz >cut/000000.gz
exits 'a gzip that ends early: 2' 2 "$COLDCASE" report cut
same 'its report is written' "$(grep -c '^# Incident report' out)" 1
same 'its anomaly has kind and byte' \
    "$(report cut | jq -c '.evidence.sources[0].anomalies[0] | [.kind, .offset, .count]')" "[\"gzip-truncated\",$(stat -c %s cut/000000.gz),1]"
same 'every line before the damage counts' "$(timeline cut | jq -c 'map([.duration_ms, .status])')" '[[177.1,"ok"]]'
exits 'a file that is not there, beside good ones: 2' 2 "$COLDCASE" report good nowhere
same 'the missing file is named in the report' "$(grep -c '`nowhere` | unreadable' out)" 1

# ---- 3: not done ----
exits 'no path: 3' 3 "$COLDCASE" report
exits 'no command: 3' 3 "$COLDCASE"
exits 'an unknown command: 3' 3 "$COLDCASE" reprot good
exits 'an unknown option: 3' 3 "$COLDCASE" report --fial-on high good
same 'it names the nearest one' "$(grep -c 'did you mean --fail-on' err)" 1
exits 'a bad severity: 3' 3 "$COLDCASE" report --fail-on grave good
exits 'a bad time: 3' 3 "$COLDCASE" report --from yesterday good
exits '--from behind --to: 3' 3 "$COLDCASE" report --from 2026-01-02T00:00:00Z --to 2026-01-01T00:00:00Z good
same 'it says what to do' "$(head -1 err)" 'coldcase report: --from is later than --to, so nothing lies between; exchange them'
exits '--from and --to of one moment: 0' 0 "$COLDCASE" report --from 2026-01-01T00:00:00Z --to 2026-01-01T00:00:00Z good
exits 'a bad format: 3' 3 "$COLDCASE" report --format html good
exits 'an unknown request id: 3' 3 "$COLDCASE" show 00000000-0000-0000-0000-000000000000 good
exits 'nothing readable: 3' 3 "$COLDCASE" report nowhere -o never.md
same 'one clear line on standard error' "$(wc -l <err)" 1
same 'and no output file' "$(ls never.md 2>/dev/null)" ''
echo 'dear diary' >diary.txt
exits 'nothing recognised: 3' 3 "$COLDCASE" report diary.txt -o never.md
same 'and no output file either' "$(ls never.md 2>/dev/null)" ''
mkdir empty
exits 'an empty folder: 3' 3 "$COLDCASE" report empty

# ---- output ----
exits 'an output that cannot be written: 3' 3 "$COLDCASE" report good -o nowhere/out.md
exits '-o writes the file' 0 "$COLDCASE" report good -o out.md
same_files 'the same bytes as standard output' out.md <("$COLDCASE" report good)
echo before >kept.md
exits 'a failed run' 3 "$COLDCASE" report nowhere -o kept.md
same 'leaves the old file alone' "$(cat kept.md)" before
same 'and nothing beside it' "$(ls kept.md.* 2>/dev/null)" ''
exits 'a full device: 3' 3 "$COLDCASE" report good -o /dev/full
deep=
while [ ${#deep} -lt 4000 ]; do deep+=$(printf '%0199d' 0)/; done
deep+=$(printf '%0*d' $((4095 - ${#deep})) 0) # as long as a name may be
mkdir -p "${deep%/*}" && echo kept >"$deep"
exits 'a name too long for a file beside it: 3' 3 "$COLDCASE" timeline good -o "$deep"
same 'and the file is left alone' "$(cat "$deep")" kept
exits '-o /dev/null' 0 "$COLDCASE" report good -o /dev/null
same '/dev/null is still a device' "$(test -c /dev/null && echo yes)" yes
ln -s kept.md link.md && echo old >kept.md && chmod 600 kept.md
exits '-o through a link' 0 "$COLDCASE" timeline good -o link.md
same 'writes the file behind it, whose mode stays' "$(readlink link.md) $(stat -c %a kept.md) $(wc -l <kept.md)" 'kept.md 600 1'
(ulimit -f 1; "$COLDCASE" report good -o limited.md 2>/dev/null; echo "$? $(ls limited* 2>/dev/null)") >out
same 'a limit on the size of files: 3, and nothing is left' "$(cat out)" '3 '
exits 'help that cannot be written: 3' 3 bash -c '"$1" --help >/dev/full' - "$COLDCASE"
exits 'a version that cannot be written: 3' 3 bash -c '"$1" --version >&-' - "$COLDCASE"
exits 'detectors reads nothing: 3' 3 "$COLDCASE" detectors good
exits 'explain: 1 where the report would' 1 "$COLDCASE" explain --fail-on info F1 fails
same 'progress only on a terminal' "$("$COLDCASE" report good 2>&1 >/dev/null)" ''
same 'a pipe that closes early ends quietly' "$("$COLDCASE" timeline good 2>&1 >/dev/null | head -1)" ''

# ---- streams ----
same 'standard input' "$(zcat good/000000.gz | "$COLDCASE" timeline - | jq -c .duration_ms)" 177.1
same 'standard input, gzipped' "$("$COLDCASE" timeline - <good/000000.gz | jq -r .source.file)" -

exits 'standard input that is closed, and good evidence: 2' 2 bash -c '"$1" report -q - good <&-' - "$COLDCASE"
exits 'standard input that is closed, alone: 3' 3 bash -c '"$1" report -q - <&-' - "$COLDCASE"

# ---- folders ----
mkdir -p round/in && cp good/000000.gz round/in && ln -s . round/one && ln -s .. round/in/two
same 'links that lead back are not followed' "$(report round | jq -c '[.totals.invocations, .evidence.duplicates, (.evidence.sources | length)]')" '[1,0,1]'
mkfifo round/pipe
exits 'a pipe in a folder is not waited for: 2' 2 timeout 20 "$COLDCASE" report -q round
same 'and said' "$(report round | jq -c '[.evidence.sources[] | .anomalies[] | .kind]')" '["unreadable"]'
cp good/000000.gz "$(printf 'ba\033d\377.gz')"
same 'a name is escaped in CSV' "$("$COLDCASE" timeline --format csv ba*.gz | tail -1 | grep -c 'ba\\u001bd\\xff.gz')" 1
echo nothing >"$(printf 'no\033evidence')"
same 'and in an error' "$("$COLDCASE" report -q no*evidence 2>&1 | grep -c 'no\\x1bevidence')" 1

# ---- filters ----
same '--assume-function names what has no name' "$(timeline --assume-function orders good | jq -c 'map(.function)')" '["orders"]'
same 'an unknown function is said to be so' "$(timeline good | jq -c 'map(.function)')" '["unknown (good)"]'
same '--function keeps only that one' "$(timeline --assume-function orders --function other good)" '[]'
same '--from excludes' "$(timeline --from 2024-01-27T17:12:45Z good)" '[]'
same '--from includes its own millisecond' "$(timeline --from 2024-01-27T17:12:44.122Z good | jq length)" 1
same '--to includes its own millisecond' "$(timeline --to 2024-01-27T17:12:44.122Z good | jq length)" 1
same '--to excludes' "$(timeline --to 2024-01-27T17:12:44.121Z good)" '[]'
same '--only runs one check' "$(report --only timeout fails | jq -c '[.checks[].detector]')" '["timeout"]'
same '--min-severity hides' "$(report --min-severity high fails | jq -c '.findings')" '[]'

# ---- numbers keep their decimals ----
same 'a duration comes out as it went in' "$("$COLDCASE" timeline good | grep -o '"duration_ms":[^,]*')" '"duration_ms":177.10'
same 'csv has the columns of ndjson, the source as three' "$("$COLDCASE" timeline --format csv good | head -1 | tr -d '\r')" \
    "$("$COLDCASE" timeline good | jq -r 'del(.source) | keys_unsorted | join(",")'),source_file,source_line,source_offset"
finish
