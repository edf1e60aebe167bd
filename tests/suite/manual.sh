#!/bin/bash
# The manual and the README against the program: nothing that it has is missing there, and what stands there runs.
. "$(dirname "$0")/lib.sh"
page=$ROOT/man/coldcase.1
readme=$ROOT/README.md
cd "$work" || exit 1

# ---- the page itself ----
same 'mandoc has nothing to say' "$(mandoc -Tlint -Wwarning "$page" 2>&1)" ''
# As a reader sees it, without overstrikes, each example on one line.
mandoc -T ascii -O width=400 "$page" | sed 's/.\x08//g' >page

# section SOURCE-HEADING: its lines of the mdoc source.
section() { awk -v heading="$1" '/^\.S[hs] /{ on = $0 == heading } on' "$page"; }

# none_missing NAME MISSING
none_missing() { same "$1" "$2" ''; }

# absent SECTION PATTERN WORD...: prints those words whose pattern (with WORD in it) stands in no line of the section.
absent() {
    local text pattern=$2 word
    text=$(section "$1")
    for word in "${@:3}"; do
        grep -qE -- "${pattern/WORD/$word}" <<<"$text" || echo "$word"
    done
}

# ---- entries ----
mapfile -t detectors < <("$COLDCASE" detectors | awk '{ print $1 }')
mapfile -t formats < <("$COLDCASE" formats | awk '{ print $1 }')
mapfile -t commands < <("$COLDCASE" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
same 'the lists of the program are not empty' "$((${#detectors[@]} > 4 && ${#formats[@]} > 9 && ${#commands[@]} > 4))" 1
none_missing 'every detector has an entry' "$(absent '.Sh DETECTORS' '^\.It Sy WORD$' "${detectors[@]}")"
same 'and in the order of the program' "$(section '.Sh DETECTORS' | sed -n 's/^\.It Sy //p' | xargs)" "${detectors[*]}"
none_missing 'every format has an entry' "$(absent '.Ss Formats' '^\.It Sy WORD$' "${formats[@]}")"
same 'no entry of a format that is gone' "$(section '.Ss Formats' | sed -n 's/^\.It Sy //p' | sort | xargs)" \
    "$(printf '%s\n' "${formats[@]}" | sort | xargs)"
none_missing 'every command stands in the synopsis' "$(absent '.Sh SYNOPSIS' '^\.Cm WORD$' "${commands[@]}")"

# long_options COMMAND: as its --help lists them.
long_options() { "$COLDCASE" "$1" --help | sed -n 's/^  \(-.,\|   \) --\([a-z-]*\).*/\2/p'; }
for command in "${commands[@]}"; do
    mapfile -t options < <(long_options "$command")
    same "$command: --help lists options" "$((${#options[@]} > 3))" 1
    none_missing "$command: every option stands in its section" \
        "$(absent ".Ss $command" 'Fl Fl WORD( |$)' "${options[@]}")"
    same "$command: no option stands there that it does not take" \
        "$(section ".Ss $command" | grep -oE '^\.Op .*Fl Fl [a-z-]+' | sed 's/.*Fl Fl //' | sort | xargs)" \
        "$(printf '%s\n' "${options[@]}" | sort | xargs)"
    none_missing "$command: every option is explained" \
        "$(absent '.Sh OPTIONS' '^\.It .*Fl Fl WORD( |$)' "${options[@]}")"
done

# ---- limits: name and value ----
limits() {
    sed -nE -e 's/^#define (LIMIT_[A-Z_]+) (.*)/\1 \2/p' -e 's/^.*(LIMIT_[A-Z_]+) = ([0-9]+).*/\1 \2/p' \
        "$ROOT/parsers/limits.h" | sed 's/(size_t)//' |
        while read -r name value; do echo "$name = $((value))"; done
}
same 'every limit is named with its value, and no other' \
    "$(section '.Sh LIMITS' | sed -nE 's/^\.It Dv (LIMIT_[A-Z_]+) No = ([0-9]+)$/\1 = \2/p' | sort)" "$(limits | sort)"
same 'the limits were found' "$(($(limits | wc -l) == $(grep -cE '^(#define|enum \{) LIMIT_' "$ROOT/parsers/limits.h")))" 1

# ---- the row of the signatures file ----
grep -o 'acme-quota<TAB>.*' page | sed 's/<TAB>/\t/g' >row.tsv
exits 'the example of a signature is one' 0 "$COLDCASE" report --signatures row.tsv "$ROOT/samples/quiet-day/evidence"
same 'and a row at all' "$(wc -l <row.tsv)" 1

# ---- examples ----
# A folder as a reader has it: the program, the samples, and one of them as `evidence`.
mkdir -p run
ln -s "$COLDCASE" run/coldcase
ln -s "$ROOT/samples" run/samples
ln -s "$ROOT/samples/runaway-bill/evidence" run/evidence

# runs EXAMPLE: in that folder; leaves its output in run.out. Pipes end with the first status that is not 0.
runs() {
    local status=0
    (cd run && PATH=$PWD:$PATH bash -o pipefail -c "$1") >run.out 2>run.err || status=$?
    # `head` closes its pipe early: 141 is no failure of the example.
    if [ $status -le 2 ] || { [ $status = 141 ] && [ -s run.out ]; }; then
        ok "$1"
    else
        not_ok "$1"
        printf '  status %s: ' $status && head -5 run.err
    fi
}

examples=0
while IFS= read -r line; do
    runs "$line"
    examples=$((examples + 1))
done < <(sed -n '/^EXAMPLES/,/^SEE ALSO/s/^ *\$ //p' page)
same 'the manual has examples' "$((examples > 7))" 1

# The README shows outputs, too: where it shows one, all of it.
examples=0
: >shown
whole() { [ ! -s shown ] || same_files "README: the output of $example" run.out shown; }
while IFS= read -r line; do
    case $line in
    '$ '*)
        whole
        example=${line#'$ '}
        : >shown
        runs "$example"
        examples=$((examples + 1))
        ;;
    *) printf '%s\n' "$line" >>shown ;;
    esac
done < <(awk '/^```/ { on = $0 == "```console"; next } on' "$readme")
whole
same 'the README has examples' "$((examples > 4))" 1
same 'the README is short enough to be read' "$(($(wc -l <"$readme") < 250))" 1

# ---- the version ----
same 'the newest version of the changelog is that of the program' \
    "coldcase $(sed -nE 's/^## ([0-9]+\.[0-9]+\.[0-9]+)( .*)?$/\1/p' "$ROOT/CHANGELOG.md" | head -1)" "$("$COLDCASE" --version)"
finish
