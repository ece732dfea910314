#!/bin/sh
# Tests of build/saltwell-local: queries, and the life of a server. BUILD names the build folder.
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
local_program=$BUILD/saltwell-local
work=$(mktemp -d)
server=
failures=0

# Only a server that this script started is ended, by its process id.
cleanup() {
	[ -z "$server" ] || kill -KILL "$server" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# check NAME FOUND EXPECTED: they are equal.
check() {
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1: expected '$3', found '$2'"
		failures=$((failures + 1))
	fi
}

# check_has NAME TEXT PART: TEXT contains PART.
check_has() {
	case $2 in
	*"$3"*) echo "ok $1" ;;
	*)
		echo "not ok $1: expected '$3' in '$2'"
		failures=$((failures + 1))
		;;
	esac
}

# Runs the launcher; leaves $status, $out and $err. Nothing comes on standard input.
run() {
	timeout 60 "$local_program" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}

# stop SIGNAL: ends $server and leaves the exit status in $status.
stop() {
	kill "-$1" "$server"
	wait "$server"
	status=$?
	server=
}

if [ ! -x "$local_program" ]; then
	echo "not ok saltwell_local: no $local_program, run make"
	exit 1
fi
if [ -z "${SALTWELL_ENGINE:-}" ] && ! ls "$BUILD"/engine/node_modules/@chdb/*/libchdb.so >/dev/null 2>&1; then
	echo "skip saltwell_local: no engine in $BUILD/engine, run make engine"
	exit 0
fi

# ---- queries ----
run --query "SELECT 40 + 2"
check query "$status $out" "0 42"
run --query "SELECT 1" --query "SELECT 2"
check query_repeated "$status $(echo "$out" | tr '\n' ' ')" "0 1 2 "
check query_stdin "$(echo "SELECT 7" | timeout 60 "$local_program")" 7
echo "SELECT 8" >"$work/q.sql"
run --queries-file "$work/q.sql"
check queries_file "$status $out" "0 8"
check stdin_closed "$(timeout 60 "$local_program" --query "SELECT 9" <&-)" 9
run "SELECT 11"
check query_as_a_word "$status $out" "0 11"
run --query "-- a comment
SELECT 12"
check query_begins_with_comment "$status $out" "0 12"
run --query "SELECT no_such_column"
check error_status "$status $out" "1 "
check_has error_on_stderr "$err" "Unknown expression identifier \`no_such_column\`"
run --query "SELECT 1 WHERE 0"
check empty_result "$status $out" "0 "
run --query "SELECT '--serve', '--help'"
check option_in_query "$status $out" "0 --serve	--help"
run --query "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'" \
	-- --max_server_memory_usage=4000000000
check override_appended "$status $out" "0 4000000000"
echo "<clickhouse><macros><shard>s7</shard></macros></clickhouse>" >"$work/config.xml"
run --config-file "$work/config.xml" --query "SELECT substitution FROM system.macros"
check config_file "$status $out" "0 s7"
run --query "SELECT count() FROM numbers(1000000)" --max_block_size 7 --max_threads 1
check settings_pass "$status $out" "0 1000000"
run --nonsense --query "SELECT 1"
check unknown_option "$status" 1
check_has unknown_option_message "$err" "saltwell-local: Code: 552. DB::Exception: Unrecognized option '--nonsense'"
run --interactive
check_has interactive_without_terminal "$status $err" "2 saltwell-local: the prompt: expected a terminal, found none as standard input"
SALTWELL_ENGINE=$work/none run --query "SELECT 1"
check_has engine_missing "$status $err" "1 saltwell-local: no engine at $work/none: run"
run --help
check_has help "$status $out" "0 usage: saltwell-local"
run --version
check_has version "$status $out" "engine ClickHouse 26."

# ---- nothing to run ----
# nothing NAME STATUS MESSAGE [OPTION…]: the call is refused with one line.
nothing() {
	name=$1 wanted=$2 message=$3
	shift 3
	run "$@"
	check "nothing_$name" "$status $out$err" "$wanted saltwell-local: $message"
}
no_sql='expected SQL in --query, in --queries-file or on standard input, found an empty standard input'
: >"$work/empty.sql"
printf ' \n\t\n' >"$work/blank.sql"
nothing stdin 2 "$no_sql"
nothing stdin_with_options 2 "$no_sql" --path "$work/made" --max_threads 1
check nothing_makes_nothing "$([ -e "$work/made" ] && echo made)" ""
nothing query_alone 2 "--query: expected SQL, found nothing after it" --query
nothing q_alone 2 "-q: expected SQL, found nothing after it" -q
nothing query_before_config 2 "--query: expected SQL, found nothing after it" --query -- --a=b
nothing query_before_option 2 "--query: expected SQL, found the option --format" --query --format CSV
nothing query_empty 2 "--query: expected SQL, found an empty text" --query ''
nothing query_equals 2 "--query: expected SQL, found an empty text" --query=
nothing query_blank 2 "--query: expected SQL, found an empty text" --query ' '
nothing second_query_empty 2 "--query: expected SQL, found an empty text" --query 'SELECT 1' --query ''
nothing file_alone 2 "--queries-file: expected a file, found nothing after it" --queries-file
nothing file_unnamed 2 "--queries-file: expected a file, found an empty text" --queries-file ''
nothing file_missing 1 "--queries-file: cannot read $work/none.sql: No such file or directory" \
	--queries-file "$work/none.sql"
nothing file_is_folder 1 "--queries-file: cannot read $work: it is a folder" --queries-file "$work"
nothing file_empty 2 "--queries-file: expected SQL in $work/empty.sql, found an empty file" \
	--queries-file "$work/empty.sql"
nothing file_blank 2 "--queries-file: expected SQL in $work/blank.sql, found an empty file" \
	--queries-file="$work/blank.sql"
nothing path_empty 2 "--path: expected a folder, found an empty text" --path '' --query 'SELECT 1'
nothing serve_path_empty 2 "--path: expected a folder, found an empty text" --serve --path=
nothing format_alone 2 "--format: expected a format, found nothing after it" --query 'SELECT 1' --format
# stdin COMMAND…: what saltwell-local says of the command's output on its standard input.
stdin() {
	"$@" | timeout 60 "$local_program" 2>&1
	echo "$?"
}
check stdin_closed_without_query "$(timeout 60 "$local_program" 2>&1 <&-)" "saltwell-local: $no_sql"
check stdin_file_blank "$(timeout 60 "$local_program" 2>&1 <"$work/blank.sql")" "saltwell-local: $no_sql"
check stdin_pipe_empty "$(stdin true)" "saltwell-local: $no_sql
2"
check stdin_pipe_blank "$(stdin cat "$work/blank.sql")" "saltwell-local: $no_sql
2"
check stdin_blank_then_sql "$(stdin printf '\n \nSELECT 13')" "13
0"
from_socket='import socket, subprocess, sys
ours, its = socket.socketpair()
ours.sendall(sys.argv[2].encode())
ours.shutdown(socket.SHUT_WR)
done = subprocess.run(sys.argv[1], stdin=its, capture_output=True, text=True, timeout=60)
print(done.returncode, done.stdout + done.stderr)'
check stdin_socket_blank "$(python3 -c "$from_socket" "$local_program" ' ')" "2 saltwell-local: $no_sql"
check stdin_socket "$(python3 -c "$from_socket" "$local_program" ' SELECT 15')" "0 15"
check stdin_late "$(stdin sh -c 'sleep 0.3; echo SELECT 14')" "14
0"

# ---- --help ----
run --help
check help_width "$(awk 'length($0) > 80' "$work/out")" ""
# Every option of the first part is one that the engine takes; those of the server are tested below.
echo "a,b" >"$work/t.csv"
(cd "$work" && timeout 60 "$local_program" -q "SELECT {p:String}, y FROM tt FORMAT TSV" --param_p v -d default -F t.csv \
	-N tt -S "x String, y String" --input-format CSV --output-format CSV -E --echo --progress=off --stacktrace -m \
	--history_file "$work/history" --max_threads 4 -C "$work/config.xml" -- --max_server_memory_usage=4000000000) \
	>"$work/out" 2>"$work/err" </dev/null
check help_options "$? $(tail -n 1 "$work/out")" "0 v	b"

# ---- the plugin set ----
mkdir -p "$work/set/bin" "$work/set/xml" "$work/set/user_defined"
printf '#!/bin/sh\nexec cat\n' >"$work/set/bin/echo_back"
chmod +x "$work/set/bin/echo_back"
echo "CREATE FUNCTION plusSeven AS x -> x + 7" >"$work/set/user_defined/function_plusSeven.sql"
cat >"$work/set/xml/echo_function.xml" <<'EOF'
<functions><function><type>executable</type><name>echoBack</name><return_type>String</return_type>
<argument><type>String</type></argument><format>TabSeparated</format><command>echo_back</command></function></functions>
EOF
run --plugins "$work/set" --query "SELECT plusSeven(1), echoBack('a')"
check plugins "$status $out" "0 8	a"
mkdir -p "$work/temporary"
TMPDIR=$work/temporary run --plugins "$work/set" --query "SELECT 1"
check scratch_removed "$status $(ls -A "$work/temporary")" "0 "
TMPDIR=$work/temporary "$local_program" --plugins "$work/set" \
	--query "SELECT sleepEachRow(1) FROM numbers(60) SETTINGS function_sleep_max_microseconds_per_block = 0" </dev/null &
server=$!
sleep 0.7
stop TERM
check scratch_removed_on_signal "$status $(ls -A "$work/temporary")" "143 "
run --plugins "$work/no-such-set" --query "SELECT 1"
check plugins_empty_set "$status $out" "0 1"

# ---- the data folder ----
run --path "$work/kept" --query "CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x; INSERT INTO t VALUES (5)"
run --path "$work/kept" --query "SELECT x, (SELECT engine FROM system.databases WHERE name = 'default') FROM t"
check path_keeps "$status $out" "0 5	Atomic"

# ---- usage of --serve ----
for case in "no_path|--serve|--serve needs --path DIR" \
	"bad_port|--serve --path $work/x --http-port 0|not a port between 1 and 65535: 0" \
	"bad_tcp_port|--serve --path $work/x --tcp-port 9x|not a port between 1 and 65535: 9x" \
	"same_ports|--serve --path $work/x --http-port 9000|--http-port and --tcp-port are both 9000" \
	"unknown|--serve --path $work/x --bogus|unrecognized option '--bogus'" \
	"argument|--serve --path $work/x word|--serve takes no argument: word" \
	"not_loopback|--serve --path $work/x --no-password --listen-host 0.0.0.0|expected a password, found --no-password" \
	"whose_users|--serve --path $work/x --no-password --users-config $work/x|expected one of them, found both"; do
	options=${case#*|}
	# Word splitting is wanted: the options of the case.
	# shellcheck disable=SC2086
	run ${options%%|*}
	check_has "serve_usage_${case%%|*}" "$status $err" "${case##*|}"
	check "serve_usage_${case%%|*}_status" "$status" 2
done
check serve_usage_makes_nothing "$([ -e "$work/x" ] && echo made)" ""

# ---- the server ----
# Two ports that are free now, from the process id so that two runs at once rarely meet.
port=$((20000 + $$ % 9000))
port_is_free() {
	! curl -s -m 1 "telnet://127.0.0.1:$1" </dev/null >/dev/null 2>&1
}
while ! port_is_free $port || ! port_is_free $((port + 1)); do port=$((port + 2)); done
native=$((port + 1))

# serve DATA [OPTION…]: starts a server and waits for its first line.
serve() {
	data=$1
	shift
	: >"$work/server"
	"$local_program" --serve --path "$work/$data" --http-port $port --tcp-port $native "$@" >"$work/server" 2>&1 </dev/null &
	server=$!
	n=0
	while [ ! -s "$work/server" ] && [ $n -lt 600 ]; do
		sleep 0.1
		n=$((n + 1))
	done
}
sql() {
	curl -s -m 30 "http://127.0.0.1:$port/" --data-binary "$1"
}

serve data --no-password --plugins "$work/set"
check ready_line "$(grep -v 'no Landlock' "$work/server")" \
	"saltwell-local: ready: HTTP 127.0.0.1:$port, native 127.0.0.1:$native, data in $work/data, no password"
check http_query "$(sql "SELECT 40 + 2")" 42
run --query "SELECT 1 FROM remote('127.0.0.1:$native', system, one)"
check native_protocol "$status $out" "0 1"
check serve_plugins "$(sql "SELECT plusSeven(1), echoBack('a')")" "8	a"
sql "CREATE TABLE t (x UInt32) ENGINE = MergeTree ORDER BY x"
sql "INSERT INTO t SELECT number FROM numbers(1000)"
sql "CREATE FUNCTION plusEight AS x -> x + 8"
sql "CREATE MATERIALIZED VIEW mv REFRESH EVERY 1 YEAR (c UInt64) ENGINE = MergeTree ORDER BY c AS SELECT count() AS c FROM default.t"
sql "SYSTEM REFRESH VIEW mv"
sql "SYSTEM WAIT VIEW mv"
check refreshable_view "$(sql "SELECT c FROM mv")" 1000
sql "SYSTEM FLUSH LOGS"
check query_log "$(sql "SELECT count() > 0 FROM system.query_log WHERE query LIKE '%CREATE FUNCTION plusEight%'")" 1

run --serve --path "$work/data" --http-port $((native + 1)) --tcp-port $((native + 2))
check folder_taken_to_serve "$status $err" "1 saltwell-local: $work/data is in use by another process"
run --serve --path "$work/other" --http-port $port --tcp-port $((native + 1))
check_has http_port_taken "$status $err" "1 saltwell-local: cannot listen on 127.0.0.1:$port: Address already in use"
run --serve --path "$work/other" --http-port $((native + 1)) --tcp-port $native
check_has native_port_taken "$status $err" "1 saltwell-local: cannot listen on 127.0.0.1:$native: Address already in use"
run --path "$work/data" --query "SELECT 1"
check_has folder_taken "$status $err" "Another server instance in same directory is already running"

stop TERM
check sigterm "$status" 0
serve data --no-password
check kept_table "$(sql "SELECT count(), sum(x) FROM t")" "1000	499500"
check kept_function "$(sql "SELECT plusEight(1)")" 9
check kept_view "$(sql "SELECT c FROM mv")" 1000
sql "SYSTEM FLUSH LOGS" >/dev/null
check query_log_begins_anew "$(sql "SELECT count() > 0, countIf(query LIKE '%CREATE FUNCTION plusEight%') FROM system.query_log")" "1	0"
stop INT
check sigint "$status" 0

cat >"$work/users.xml" <<'EOF'
<clickhouse>
<profiles><default/></profiles>
<quotas><default/></quotas>
<users>
<default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
<analyst><password>secret</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></analyst>
</users>
</clickhouse>
EOF
serve users --listen-host 0.0.0.0 --users-config "$work/users.xml"
check_has users_config_ready "$(cat "$work/server")" "saltwell-local: ready: HTTP 0.0.0.0:$port"
check_has users_config_named "$(cat "$work/server")" "data in $work/users, users of $work/users.xml"
check users_config_user "$(curl -s -m 30 -u analyst:secret "http://127.0.0.1:$port/?query=SELECT+currentUser()")" analyst
check_has users_config_refuses "$(curl -s -m 30 -u analyst:wrong "http://127.0.0.1:$port/?query=SELECT+1")" "Authentication failed"
stop TERM
check users_config_sigterm "$status" 0

[ $failures = 0 ]
