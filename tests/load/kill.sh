# shellcheck shell=sh disable=SC2034,SC2154 # the caller's variables
# Kills a script, or a server, at one of the script's own statements: the program that sends them, curl or psql,
# is found on the PATH before the real one, looks at what is sent, and kills right after it was answered or, with
# `during`, while it is being answered.
# Read after lib.sh.

# kill_begin PROGRAM...: these are watched; they are first on the PATH $kill_path.
kill_begin() {
    mkdir -p "$TMPDIR/killer"
    kill_path=$TMPDIR/killer:$PATH
    for program in "$@"; do
        cat >"$TMPDIR/killer/$program" <<END
#!/bin/sh
# Statements come as a file, @FILE or FILE.sql, or as an argument.
said=''
for word in "\$@"; do
    case \$word in
    @*) said="\$said \$(cat "\${word#@}")" ;;
    *.sql) said="\$said \$(cat "\$word")" ;;
    *) said="\$said \$word" ;;
    esac
done
said=\$(printf '%s' "\$said" | tr '\n' ' ')
printf '%s\n' "\$said" >>"$TMPDIR/said"
stage=\$(cat "$TMPDIR/stage")
matched=0
[ -z "\$stage" ] || ! printf '%s' "\$said" | grep -q -- "\$stage" || matched=1
if [ \$matched -eq 1 ] && [ -e "$TMPDIR/during" ]; then
    (sleep "\$(cat "$TMPDIR/during")" && rm -f "$TMPDIR/stage" && : >"$TMPDIR/stage" && kill -9 "\$(cat "$TMPDIR/victim")") >/dev/null 2>&1 &
fi
status=0
$(command -v "$program") "\$@" || status=\$?
if [ \$matched -eq 1 ] && [ ! -e "$TMPDIR/during" ]; then
    : >"$TMPDIR/stage"
    kill -9 "\$(cat "$TMPDIR/victim")"
fi
exit \$status
END
        chmod +x "$TMPDIR/killer/$program"
    done
    : >"$TMPDIR/stage"
    : >"$TMPDIR/said"
    rm -f "$TMPDIR/during"
}

# kill_at STAGE VICTIM COMMAND...: runs the command, whose output goes to $TMPDIR/killed.log, and kills the process
# VICTIM, or the command itself where it is `script`, at the first statement that the pattern STAGE matches;
# `during:SECONDS:STAGE` kills so long after the statement was sent. $killed is 1 if it came to that.
kill_at() {
    stage=$1 victim=$2
    shift 2
    rm -f "$TMPDIR/during"
    case $stage in
    during:*)
        stage=${stage#during:}
        echo "${stage%%:*}" >"$TMPDIR/during"
        stage=${stage#*:}
        ;;
    esac
    printf '%s\n' "$stage" >"$TMPDIR/stage"
    # The process is in the file before it begins.
    # shellcheck disable=SC2016 # for the inner shell
    env PATH="$kill_path" setsid sh -c '[ "$1" != script ] || set -- $$ "$2" "$@"; echo "$1" >"$2/victim"; while [ "$1" != -- ]; do shift; done; shift; exec "$@"' \
        kill_at "$victim" "$TMPDIR" -- "$@" >"$TMPDIR/killed.log" 2>&1 &
    kill_status=0
    wait $! || kill_status=$?
    killed=1
    [ ! -s "$TMPDIR/stage" ] || killed=0
    : >"$TMPDIR/stage"
}
