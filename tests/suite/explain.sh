#!/bin/bash
# `coldcase explain` of one finding of every detector: the rule with its thresholds, the arithmetic with the numbers of
# the case, the fact with its source, what would disprove it, and the lines. And the manual's entry: its thresholds as
# numbers, each with its source.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

# scenario_of DETECTOR: one whose label knows it.
scenario_of() {
    case $1 in
    recursive-trigger) echo loop-by-count ;;
    connection-limit) echo postgres-slots ;;
    timeout) echo timeout-connect ;;
    throttle | retry-storm | near-timeout | error-burst | poisoned-environment | silent-gap | crash | cold-start) echo "$1" ;;
    gateway-timeout | init-failure | out-of-memory) echo "$1" ;;
    memory-creep) echo memory-leak ;;
    slow) echo slow-dependency ;;
    invocation-spike) echo heavy-traffic ;;
    incomplete) echo lost-lines ;;
    cost) echo costly-quarter ;;
    esac
}

# part TITLE: what stands under it, until the next title.
part() { awk -v title="$1" 'index($0, title) == 1 { on = 1; next } /^[^ ]/ { on = 0 } on && NF' explained; }
entry() { awk -v it=".It Sy $1" '$0 == it { on = 1; next } /^\.It Sy / || /^\.El/ { on = 0 } on' "$ROOT/man/coldcase.1"; }

for detector in $("$COLDCASE" detectors | awk '{ print $1 }'); do
    scenario=$(scenario_of "$detector")
    rm -rf case && "$GENERATE" --scenario "$scenario" --seed 6 -o case >/dev/null || not_ok "generate $scenario"
    id=$("$COLDCASE" report -q --format json case/evidence | jq -r --arg d "$detector" 'first(.findings[] | select(.detector == $d)).id')
    "$COLDCASE" explain "$id" case/evidence >explained 2>&1 || not_ok "explain $detector"
    same "$detector: the rule has its thresholds" "$(part 'The rule' | grep -c '[0-9]')" 1
    same "$detector: arithmetic with numbers" "$(($(part 'The numbers' | grep -c '[0-9].* \(=\|>=\|<=\|>\|<\|/\|of\) .*[0-9]') > 0))" 1
    same "$detector: a fact with its source" "$(part 'The fact behind it' | grep -c 'field guide\|design')" 1
    same "$detector: what would disprove it" "$(part 'What would disprove it' | wc -l)" 1
    same "$detector: each line at its place" "$(part 'The lines' | awk '/^  [^ ]/ { places++ } /^    / { lines++ } END { print (places > 0 && places == lines) }')" 1
    same "$detector: the manual's numbers and their sources" \
        "$(entry "$detector" | grep -c '[0-9]' | awk '{ print ($1 > 0) }') $(entry "$detector" | grep -c 'chosen\|AWS\|field guide' | awk '{ print ($1 > 0) }')" '1 1'
done
finish
