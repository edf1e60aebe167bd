#!/bin/bash
# One incident, whichever way it left CloudWatch: the same timeline and the same findings.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

# What a container may decide: where the evidence stands, and what the container itself names (group, stream, event ids).
rows() { timeline "$1" | jq -c '.[] | del(.source, .log_group, .log_stream)'; }
claims() { report "$1" | jq -S 'del(.evidence, .findings[].evidence, .checks[].examined)'; }

for scenario in too-many-connections runaway-bill cold-start timeout-http init-failure gateway-timeout quiet-day; do
    for container in export subscription filter; do
        "$GENERATE" --scenario $scenario --seed 11 --container $container -o $scenario-$container >/dev/null || not_ok "generate $scenario"
    done
    rows $scenario-export/evidence >rows-export
    claims $scenario-export/evidence >claims-export
    same "$scenario: the export holds invocations" "$(test -s rows-export && echo yes)" yes
    for container in subscription filter; do
        rows $scenario-$container/evidence >rows
        claims $scenario-$container/evidence >claims
        same_files "$scenario: timeline of $container as of export" rows rows-export
        same_files "$scenario: findings of $container as of export" claims claims-export
    done
done
finish
