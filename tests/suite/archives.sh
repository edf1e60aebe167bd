#!/bin/bash
# Bundles and other compressions than gzip: the same findings and timeline as the folder, only paths differ; and what is
# damaged, nested, absurd or hostile in them ends with a located anomaly while everything else counts.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
for tool in tar zip zstd bzip2 xz lz4; do
    command -v $tool >/dev/null || { skip "archives" "no $tool"; finish; }
done

# What must not change, however the evidence is packed.
gist() {
    report "$@" | jq -c '{totals, window, checks, findings: [.findings[] | .evidence |= map(del(.file))], lines: .evidence.lines}'
    timeline "$@" | jq -c 'map(del(.source.file))'
}
anomalies() { report "$@" | jq -c '[.evidence.sources[] | select(.anomalies != []) | [.path, ([.anomalies[].kind] | unique | join(","))]]'; }
sum() { sha256sum | cut -d' ' -f1; }

# ---- the samples in every wrapping ----
for name in cold-start too-many-connections runaway-bill gateway-timeout quiet-day; do
    mkdir -p "plain/$name" && cp -r "$ROOT/samples/$name/evidence" "plain/$name/"
done
tar -cf bundle.tar plain
gzip -n <bundle.tar >bundle.tar.gz
bzip2 <bundle.tar >bundle.tar.bz2
xz -0 <bundle.tar >bundle.tar.xz
zstd -q <bundle.tar >bundle.tar.zst
lz4 -q <bundle.tar >bundle.tar.lz4
zip -qr bundle.zip plain
zip -q0 nested.zip bundle.tar.gz
tar -cf nested.tar nested.zip
gzip -n <bundle.zip >bundle.zip.gz
gist plain >due
same 'the samples have findings' "$(head -1 due | jq '.findings | length >= 4')" true
for kind in tar tar.gz tar.bz2 tar.xz tar.zst tar.lz4 zip zip.gz; do
    gist bundle.$kind >got
    same_files "bundle.$kind: as the folder" got due
done
gist nested.tar >got
same_files 'a tar.gz in a zip in a tar: as the folder' got due
streamed() { "$COLDCASE" timeline - | jq -s -c 'map(del(.source.file))'; }
tail -1 due >rows
same_files 'a zip on standard input: as the folder' <(streamed <bundle.zip) rows
same_files 'a tar.gz through a pipe: as the folder' <(cat bundle.tar.gz | streamed) rows
same_files 'a zip as <(…): as the folder' <(timeline <(cat bundle.zip) | jq -c 'map(del(.source.file))') rows
cp bundle.tar.gz "no name at all"
gist "no name at all" >got
same_files 'content, not name, tells an archive' got due

# Each file of the folder by itself, with no gzip left, under its own name.
cp -r plain text && find text -name '*.gz' -exec gunzip {} +
for tool in 'zstd -q --rm' bzip2 'xz -0' 'lz4 -q -m --rm'; do
    rm -rf packed && cp -r text packed
    # shellcheck disable=SC2086
    find packed -type f -exec $tool {} +
    find packed -type f | while IFS= read -r file; do mv "$file" "${file%.*}"; done
    gist packed >got
    same_files "each file under ${tool%% *}: as the folder" got due
done
tar -cf packed.tar packed
gist packed.tar >got
same_files 'the last of them in a tar: as the folder' got due
same 'the compression is named' "$(report packed | jq -c '[.evidence.sources[].container] | unique')" '["lz4"]'
"$COLDCASE" report --format json -j1 bundle.tar.gz >j1
"$COLDCASE" report --format json -j8 bundle.tar.gz >j8
same_files 'one thread, eight threads: the same bytes' j8 j1
id=$(timeline bundle.zip | jq -r '.[0].request_id')
exits 'show finds its lines in a member' 0 "$COLDCASE" show "$id" bundle.zip
same 'and says where' "$(($(grep -c 'bundle.zip!/plain/' out) > 0))" 1

# ---- places and chain of custody ----
entry() { printf '2024-01-09T17:12:%s.000Z %s\n\n' "$1" "$2"; }
log() { # log ID: one invocation, 4 lines with the blank ones
    entry 44 "START RequestId: $1 Version: \$LATEST"
    entry 46 "REPORT RequestId: $1	Duration: 2000.00 ms	Billed Duration: 2000 ms	Memory Size: 512 MB	Max Memory Used: 90 MB"
}
a=ab684dea-74fb-5a44-8ea8-13c54f3cabf4 b=bb684dea-74fb-5a44-8ea8-13c54f3cabf4 c=cb684dea-74fb-5a44-8ea8-13c54f3cabf4
hex=0123456789abcdef0123456789abcdef
folder="exportedlogs/aws/lambda/orders/5a1b0c2d-0000-4000-8000-000000000000/2024-01-09-[\$LATEST]$hex"
mkdir -p "$folder" && log $a | gzip -n >"$folder/000000.gz"
tar -czf export.tar.gz exportedlogs
same 'function and stream come from the path of the member' "$(timeline export.tar.gz | jq -c '.[0] | [.function, .log_stream, .source.file]')" \
    "[\"orders\",\"2024/01/09/[\$LATEST]$hex\",\"export.tar.gz!/$folder/000000.gz\"]"
same 'archive and member are sources, each with its SHA-256' \
    "$(report export.tar.gz | jq -c '[.evidence.sources[] | [.path, .format, .container, .lines, .sha256]]')" \
    "[[\"export.tar.gz\",\"archive\",\"gzip, tar\",0,\"$(sum <export.tar.gz)\"],[\"export.tar.gz!/$folder/000000.gz\",\"cloudwatch-export\",\"gzip\",4,\"$(sum <"$folder/000000.gz")\"]]"
same 'the archive is not unrecognised' "$(report export.tar.gz | jq -c '[.evidence.unrecognised_lines, .evidence.lines]')" '[0,4]'
log $a >one.log && log $b >two.log
tar -cf inner.tar one.log && zip -q outer.zip inner.tar two.log
same 'nested: every archive is listed' "$(report outer.zip | jq -c '[.evidence.sources[] | [.path, .format, .lines]]')" \
    '[["outer.zip","archive",0],["outer.zip!/inner.tar","archive",0],["outer.zip!/inner.tar!/one.log","cloudwatch-export",4],["outer.zip!/two.log","cloudwatch-export",4]]'
same 'nested: the SHA-256 of the inner one' "$(report outer.zip | jq -r '.evidence.sources[1].sha256')" "$(sum <inner.tar)"
same 'nothing is left on the disk' "$(ls -d one inner 2>/dev/null)" ''

# ---- names ----
printf 'hidden' >.hidden
tar -cPf names.tar --transform='s,^one,../../../etc/one,;s,^two,/tmp/two,' one.log two.log .hidden
same 'names that climb or begin at the root are labels' "$(timeline names.tar | jq -c '[.[] | [.request_id, .source.file]]')" \
    "[[\"$a\",\"names.tar!/../../../etc/one.log\"],[\"$b\",\"names.tar!//tmp/two.log\"]]"
same 'dot files are left out, as in folders' "$(report names.tar | jq '.evidence.sources | length')" 3
log $c >later.log
tar -cf twice.tar one.log && tar -rf twice.tar --transform='s,later,one,' later.log
same 'a name that occurs twice is two sources' "$(timeline twice.tar | jq -c '[.[] | [.request_id, .source.file]]')" \
    "[[\"$a\",\"twice.tar!/one.log\"],[\"$c\",\"twice.tar!2/one.log\"]]"
ln -s one.log link.log && ln two.log hard.log
tar -cf links.tar one.log two.log link.log hard.log
same 'links are no further sources' "$(report links.tar | jq '.evidence.sources | length')" 3
(ulimit -f 0 && "$COLDCASE" timeline twice.tar names.tar) 2>&1 >/dev/null | head -1 >err
same 'nothing is written' "$(cat err)" ''

# ---- damage ----
noise() { awk -v x="$1" 'BEGIN { for (n = 0; n < 1900; n++) { s = ""; for (i = 0; i < 8; i++) { x = (x * 16807) % 2147483647; s = s sprintf(" %08x", x) }
    print "2024-01-09T17:12:45.000Z" s } }'; }
for n in 1 2 3 4 5 6 7 8; do
    { log "${a%?}$n"; noise $n; } >"part$n.log"
done
tar -cf parts.tar part?.log
gzip -n <parts.tar >parts.tar.gz
head -c $(($(stat -c %s parts.tar.gz) / 2)) parts.tar.gz >cut.tar.gz
exits 'a tar.gz that ends early: 2' 2 "$COLDCASE" report cut.tar.gz
whole=$(timeline cut.tar.gz | jq length)
same 'members before the damage count, and the one it is in' "$((whole >= 4 && whole <= 5))" 1
same 'archive and member say so' "$(anomalies cut.tar.gz)" "[[\"cut.tar.gz\",\"archive,gzip-truncated\"],[\"cut.tar.gz!/part$whole.log\",\"archive,no-line-end\"]]"
same 'the archive says where' "$(report cut.tar.gz | jq -c '.evidence.sources[0].anomalies | map(.offset > 0)')" '[true,true]'
head -c $((512 * 3)) parts.tar >head.tar # a header and two blocks of its member
exits 'a tar that ends in its first member: 2' 2 "$COLDCASE" timeline head.tar
same 'its beginning counts' "$(timeline head.tar | jq -c 'map(.request_id)')" "[\"${a%?}1\"]"
zip -q parts.zip part?.log
cp parts.zip bad.zip # in the compressed data of the first member
printf '\377\377\377\377\377\377\377\377' | dd of=bad.zip bs=1 seek=20000 conv=notrunc status=none
exits 'a damaged zip: 2' 2 "$COLDCASE" report bad.zip
same 'the damaged member says so, no other' "$(anomalies bad.zip | jq -c 'map(.[1] |= contains("archive"))')" '[["bad.zip!/part1.log",true]]'
same 'the others count' "$(timeline bad.zip | jq -c 'map(.request_id[-1:]) | map(select(. != "1"))')" '["2","3","4","5","6","7","8"]'
zip -q -P secret locked.zip one.log && zip -q locked.zip two.log
exits 'a member under a password: 2' 2 "$COLDCASE" report locked.zip
same 'it says so' "$(anomalies locked.zip)" '[["locked.zip!/one.log","archive"]]'
same 'the other one counts' "$(timeline locked.zip | jq -c 'map(.request_id)')" "[\"$b\"]"
{ zstd -q <one.log | head -c 12; printf 'this is no zstd'; } >bad.zst
zstd -q <two.log | head -c 60 >short.zst
# What stands behind the 12 bytes passes for the head of a long block.
tar -cf mixed.tar bad.zst short.zst one.log
exits 'members that cannot be decompressed: 2' 2 "$COLDCASE" report mixed.tar
same 'they say so' "$(anomalies mixed.tar)" '[["mixed.tar!/bad.zst","compressed-truncated"],["mixed.tar!/short.zst","compressed-truncated"]]'
same 'the good one counts' "$(timeline mixed.tar | jq -c 'map(.request_id)')" "[\"$a\"]"
# Small blocks: of the one that is cut nothing can be read.
for tool in 'zstd -q' 'bzip2 -1' 'xz -0' 'lz4 -q -B4'; do
    $tool <parts.tar >whole && head -c $(($(stat -c %s whole) * 3 / 4)) whole >cut
    exits "a cut file under ${tool%% *}: 2" 2 "$COLDCASE" report cut
    same 'what stands before the cut counts' "$(($(timeline cut | jq length) >= 4))" 1
    same 'the anomaly says where the text ends' "$(report cut | jq -c '.evidence.sources[0].anomalies[] | select(.kind == "compressed-truncated") | .offset > 0')" true
    { head -c $(($(stat -c %s whole) * 3 / 4)) whole; printf 'damage in the middle of it'; tail -c +$(($(stat -c %s whole) * 3 / 4 + 27)) whole; } >hurt
    exits "a damaged file under ${tool%% *}: 2" 2 "$COLDCASE" report hurt
    same 'it says so' "$(anomalies hurt | jq -c '.[0][1] | contains("compressed-damaged")')" true
    same 'what stands before the damage counts' "$(($(timeline hurt | jq length) >= 4))" 1
    printf '' | $tool >nothing
    same 'a stream of nothing is whole' "$(anomalies nothing one.log)" '[]'
done
crashed=0
for kind in tar.gz zip; do
    tar -czf tiny.tar.gz one.log two.log && zip -q tiny.zip one.log two.log
    for ((i = 1; i < $(stat -c %s tiny.$kind); i += 23)); do
        head -c $i tiny.$kind >cut
        timeout 20 "$COLDCASE" report cut >/dev/null 2>&1
        [ $? -le 3 ] || crashed=$i
    done
done
same 'cut anywhere: no crash' $crashed 0

# A text that has "ustar" where a tar has it: no checksum, no archive.
{ log $a; printf '2024-01-09T17:12:47.000Z '; } >ustar.log
head -c $((257 - $(stat -c %s ustar.log) % 257)) /dev/zero | tr '\0' x >>ustar.log
printf 'ustar\n' >>ustar.log
same 'text with the word ustar stays text' "$(timeline ustar.log | jq length)" 1

# ---- bombs ----
# Of gzip members, so that 3 GiB take no time to make: a header whose member is 3 GiB, and the zeros.
times() { for ((i = 0; i < $1; i++)); do cat "$2"; done; }
head -c 64M /dev/zero | gzip -1 >zeros64.gz
times 48 zeros64.gz >zeros.gz
truncate -s 3G zeros
{
    tar -cf - one.log | head -c 1024 | gzip
    tar -cf - zeros 2>/dev/null | head -c 512 | gzip
    cat zeros.gz
    tar -cf - two.log | gzip
} >bomb.tar.gz
tar -cSf sparse.tar one.log zeros two.log
truncate -s 600M zeros && zip -q1 bomb.zip one.log zeros two.log && rm zeros
sanitized=$(grep -qE '__[at]san_init' "$COLDCASE" && echo yes)
for bomb in bomb.tar.gz bomb.zip sparse.tar; do
    exits "$bomb, zeros: 2" 2 timeout 120 "$COLDCASE" report --format json $bomb
    same "$bomb: the member says so" "$(jq -c '[.evidence.sources[] | select(.anomalies != []).path] - ["'$bomb'"]' out)" "[\"$bomb!/zeros\"]"
    # A sanitizer maps terabytes.
    same "$bomb: what stands before counts, in little memory" \
        "$([ "$sanitized" ] || ulimit -v 1500000; "$COLDCASE" timeline -j1 $bomb 2>/dev/null | head -1 | jq -r .request_id)" $a
done
gzip -9 <zeros.gz | gzip -9 | gzip -9 >zeros.gz.gz.gz.gz
cp one.log beside.log
exits 'zeros under gzip four times: 2' 2 timeout 60 "$COLDCASE" report zeros.gz.gz.gz.gz beside.log
head -c 64M /dev/zero | zstd -q >zeros64.zst && times 48 zeros64.zst >zeros.zst
exits 'zeros under zstd: 2' 2 timeout 60 "$COLDCASE" report zeros.zst beside.log
same 'both say so' "$(anomalies zeros.gz.gz.gz.gz zeros.zst beside.log | jq -c 'map(.[1] | contains("archive"))')" '[true,true]'
cp one.log deep.log && tar -cf deep0.tar deep.log
for n in 1 2 3 4 5; do tar -cf deep$n.tar deep$((n - 1)).tar two.log; done
same 'archives in archives, four: read' "$(timeline deep3.tar | jq -c 'map(.request_id) | unique')" "[\"$a\",\"$b\"]"
exits 'archives in archives, six: 2' 2 "$COLDCASE" report deep5.tar
same 'the one too deep says so' "$(anomalies deep5.tar)" '[["deep5.tar!/deep4.tar!/deep3.tar!/deep2.tar!/deep1.tar","nested-too-deep"]]'
same 'what is around it counts' "$(timeline deep5.tar | jq -c 'map(.request_id) | unique')" "[\"$b\"]"

# ---- where libarchive is not installed ----
# A sanitizer wants to be the first library of all.
if [ "$sanitized" ]; then
    skip 'without libarchive' 'built with a sanitizer'
else
    echo 'void *dlopen(const char *name, int flags) { return (void)name, (void)flags, (void *)0; }' >none.c
    ${CC:-cc} -shared -fPIC -o none.so none.c
    zstd -q <one.log >one.zst
    for packed in deep0.tar bomb.zip one.zst; do
        exits "$packed without libarchive: 3" 3 env LD_PRELOAD=./none.so "$COLDCASE" report $packed
        same "$packed: the message says what to install" "$(grep -c 'libarchive13' err)" 1
    done
    exits 'beside a file that can be read: 2' 2 env LD_PRELOAD=./none.so "$COLDCASE" report --format json deep0.tar one.log
    same 'the report says so' "$(jq -c '[.evidence.sources[] | select(.anomalies != []) | .path, .anomalies[0].kind]' out)" '["deep0.tar","archive"]'
fi

# ---- a slow pipe ----
same 'a pipe that waits' "$( (head -2 one.log; sleep 0.2; tail -2 one.log) | "$COLDCASE" timeline - | jq -c '[.request_id, .duration_ms, .source.line]')" "[\"$a\",2000,1]"
finish
