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
finish
