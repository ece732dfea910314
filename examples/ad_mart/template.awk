# Fills in a template of SQL: awk -v mart=NAME -v only=NAMES -v folder=DIR/ -f template.awk DESCRIPTION... /dev/stdin
# Later descriptions count more than earlier ones. `only` names the marts that there are, all by default.
#
#   <<FILE STEP>>      the query of that step of DIR/FILE: from its SELECT on
#   [[metric: TEXT]]   TEXT once per metric, with {metric}, its name, and {value}, its expression
#   [[mart: TEXT]]     TEXT once per mart, [[entity: TEXT]] once per mart of one column, with what stands below
#   {mart} {table} {columns} {types} {n_keys}   of the mart NAME; {types} has names and types, {n_keys} counts the date too
#   {entity} {name} {key}   of a mart of one column: its name, its column, and the number that its periods' ids
#                      come from; for other marts a line with one of them is left out
#   \ at a line's end  joins it with the next

FILENAME != "/dev/stdin" {
    what = $1
    name = $2
    if (what == "metric" || what == "text") {
        sub(/^[a-z]+ +[a-z_]+ +/, "")
        if (!((what, name) in texts))
            names[what, ++n[what]] = name
        texts[what, name] = $0
    } else if (what == "mart" && (only == "" || index("," only ",", "," name ","))) {
        tables[name] = $3
        sub(/^mart +[a-z_]+ +[a-z_]+ +/, "")
        types[name] = $0
        names["mart", ++n["mart"]] = name
        if (!/,/)
            names["entity", ++n["entity"]] = name
    }
    next
}
/^<</ { $0 = query(folder substr($1, 3), substr($2, 1, index($2, ">>") - 1)) substr($2, index($2, ">>") + 2) }
{ template = template $0 "\n" }
END {
    for (i = 1; i <= n["text"]; i++)
        template = put(template, "{" names["text", i] "}", texts["text", names["text", i]])
    template = of_mart(each(each(each(template, "metric"), "entity"), "mart"), mart)
    gsub(/ *\\\n */, " ", template)
    printf "%s", template
}

function query(file, step,    line, inside, found) {
    while ((getline line <file) > 0) {
        if (line ~ /^-- step: /)
            inside = line == "-- step: " step ? 1 : 0
        if (inside && line ~ /^SELECT/)
            inside = 2
        if (inside == 2)
            found = found line "\n"
    }
    close(file)
    sub(/[;\n]*$/, "", found)
    return found
}

function put(text, from, to,    at, done) {
    while ((at = index(text, from)) > 0) {
        done = done substr(text, 1, at - 1) to
        text = substr(text, at + length(from))
    }
    return done text
}

# What stands in [[WHAT: ...]], once for each; it holds no other such block.
function each(text, what,    open, at, part, stop, i, all) {
    open = "[[" what ": "
    while ((at = index(text, open)) > 0) {
        part = substr(text, at + length(open))
        stop = index(part, "]]")
        all = ""
        for (i = 1; i <= n[what]; i++)
            all = all (i > 1 ? " " : "") of(what, substr(part, 1, stop - 1), names[what, i])
        text = substr(text, 1, at - 1) all substr(part, stop + 2)
    }
    return text
}

function of(what, text, name) {
    return what == "metric" ? put(put(text, "{metric}", name), "{value}", texts[what, name]) : of_mart(text, name)
}

function of_mart(text, mart,    n_columns, columns, lines, i) {
    if (mart == "")
        return text
    n_columns = split(types[mart], lines, ", ")
    for (i = 1; i <= n_columns; i++)
        columns = columns (i > 1 ? ", " : "") substr(lines[i], 1, index(lines[i], " ") - 1)
    if (n_columns > 1)
        gsub(/[^\n]*\{(entity|name|key)\}[^\n]*\n?/, "", text)
    text = put(put(text, "{entity}", mart), "{name}", columns)
    text = put(text, "{key}", types[mart] ~ / UInt64$/ ? columns : "xxh3(CAST(" columns ", 'String'))")
    text = put(put(put(text, "{mart}", mart), "{table}", tables[mart]), "{columns}", columns)
    return put(put(text, "{types}", types[mart]), "{n_keys}", n_columns + 1)
}
