#!/bin/sh
# examples/incremental_load: what is wrong is said in one clear line, and `load --check` lists it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/load/load.sh
. "$ROOT/tests/load/load.sh"

begin_load 'the messages of the load'
both=127.0.0.1:$http1,127.0.0.1:$http2
create_codes
add_codes '2024-09-01 20:00:00' 60 20 1
write_settings "$both"
"$here/load" --settings "$work/load.conf" schema || not_ok schema 'failed'

load() {
    run "$here/load" --settings "$work/load.conf" "$@"
}

dead=127.0.0.1:$(free_port)
printf '[gone]\nurl = http://127.0.0.1:%s/\n' "$(free_port)" >>"$work/plugins/bin/phoenix_sources.conf"
# refused NAME LINE SETTING OPTION...
refused() {
    name=$1 line=$2
    write_settings "$both" STEP_MIN=60 "$3"
    shift 3
    load "$@"
    check_equal "$name" "1 1 1" "$status $(echo "$stderr" | wc -l) $(echo "$stderr" | grep -c "$line")$(echo "$stderr" | grep -v "$line")"
}
refused 'an unknown setting' "^load: .*: unknown setting 'STEP_MIM'; did you mean STEP_MIN?" STEP_MIM=5 --check
refused 'an old setting' "^load: .*: 'overlap_minutes' is called PHX_QUERY_OVERLAP_MINUTES now" overlap_minutes=5 --check
refused 'not a number' "^load: .*: STEP_MIN: expected a whole number above 0, found 'ten'" STEP_MIN=ten --check
refused 'an unknown table' "^load: the slice .*phoenix_scan: source trace: .*NO_SUCH" PHX_TABLE=NO_SUCH --since 2024-09-01 --until 2024-09-02
refused 'a type that is too narrow' "^load: the slice .*phoenix_scan: source trace: .*column id: expected a value of Int8, found " "MAIN_COLUMNS=c LowCardinality(String), t String, opd DateTime64(3, 'UTC'), id Int8" --since 2024-09-01 --until 2024-09-03
# What --check, below, and the tests of phoenix_scan see as well.
if [ "${STAGES:-}" = all ]; then
    refused 'an unknown column' "^load: the slice .*No such column nothing in table stg.daily_codes_history_raw_all" "MAIN_COLUMNS=c String, t String, opd DateTime64(3, 'UTC'), nothing String" --since 2024-09-01 --until 2024-09-02
    refused 'a wrong type' "^load: the slice .*phoenix_scan: source trace: column participant: Phoenix's type VARCHAR cannot become Int32" "MAIN_COLUMNS=c String, t String, opd DateTime64(3, 'UTC'), participant Int32" --since 2024-09-01 --until 2024-09-02
    refused 'a NULL where none may be' "^load: the slice .*phoenix_scan: source trace: .*column participant: expected a value of String, found a NULL" "MAIN_COLUMNS=c String, t String, opd DateTime64(3, 'UTC'), participant String" --since 2024-09-01 --until 2024-09-03
fi
refused 'an unknown source' "^load: the slice .*phoenix_scan: .*nowhere" PHX_SOURCE=nowhere --since 2024-09-01 --until 2024-09-02
refused 'Phoenix cannot be reached' '^load: the slice .*: phoenix_scan: source gone: ' PHX_SOURCE=gone --since 2024-09-01 --until 2024-09-02
refused 'no server' "^load: no server of CH_HOSTS=$dead that answers" "CH_HOSTS=$dead" --since 2024-09-01 --until 2024-09-02
refused 'not a time' "^load: expected a time, such as 2024-09-01 or '2024-09-01 12:30', found 'yesterday evening'" STEP_MIN=60 --since 'yesterday evening'
write_settings "$both" "PG_DSN=postgresql://etl@$dead/postgres" JOURNAL_WAIT_SECONDS=0
load --since 2024-09-01
check_contains 'no journal' 'load: the journal: connection to server at "127.0.0.1"' "$stderr"
write_settings "$dead,$both" "MAIN_COLUMNS=c String, t String, opd DateTime64(3, 'Europe/Moscow'), id Nullable(Int64), st Nullable(Int64), participant String, amount Nullable(Decimal(18, 4))"
load --check
check_equal '--check: a server that does not answer' '1 1' "$status $(grep -c "^WRONG $dead: does not answer" "$TMPDIR/stdout")"
check_contains '--check: a type that is not the table'"'"'s' "WRONG 127.0.0.1:$http1: stg.daily_codes_history: columns: expected" "$(cat "$TMPDIR/stdout")"
check_contains '--check: a type that is not Phoenix'"'"'s' "WRONG 127.0.0.1:$http1: Phoenix: st: expected Int64, found Int32" "$(cat "$TMPDIR/stdout")"
check_contains '--check: what may be NULL' "WRONG 127.0.0.1:$http1: Phoenix: participant: expected String, found String and may be NULL" "$(cat "$TMPDIR/stdout")"
write_settings "$both" "MAIN_COLUMNS=c String, t String, opd DateTime64(3, 'Europe/Moscow'), nothing String"
load --check
check_equal '--check: a column that Phoenix has not' 2 "$(grep -c 'WRONG .*: Phoenix: phoenix_scan: source trace: .*NOTHING' "$TMPDIR/stdout")"
