# shellcheck shell=sh disable=SC2154
# What the doctor found; read by doctor.sh. $scratch/report has a line for each check: status, name, what was
# found, what mends it, with tabs between them.

# report STATUS NAME FOUND [MEND]: ok, warn (it works, but look), fail, or skip (it cannot be seen).
report() {
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$(one_line "$3")" "${4:-}" >>"$scratch/report"
    [ -n "$json" ] || printf '%-4s  %-9s %s\n' "$1" "$2" "$(one_line "$3")${4:+; to mend it: $4}"
}

one_line() {
    printf '%s' "$1" | tr '\n\t' '  '
}

report_json() {
    awk -F '\t' -v version="$version" '
    function quoted(text) {
        gsub(/\\/, "\\\\", text)
        gsub(/"/, "\\\"", text)
        gsub(/[\001-\037]/, " ", text)
        return "\"" text "\""
    }
    $1 == "fail" { failed++ }
    {
        checks = checks (NR > 1 ? ",\n    " : "") "{\"check\": " quoted($2) ", \"status\": " quoted($1) ", \"found\": " quoted($3) \
            ($4 != "" ? ", \"mend\": " quoted($4) : "") "}"
    }
    END {
        printf "{\"version\": %s, \"failed\": %d, \"checks\": [\n    %s\n]}\n", quoted(version), failed, checks
    }' "$scratch/report"
}
