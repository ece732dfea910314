# Fills in a template of SQL: awk -v mart=NAME -f template.awk DESCRIPTION... /dev/stdin
# Later descriptions count more than earlier ones.
#
#   [[metric: TEXT]]   TEXT once per metric, with {metric}, its name, and {value}, its expression
#   [[entity: TEXT]]   TEXT once per mart of one column, with what stands below
#   {mart} {table} {columns} {types} {n_keys}   of the mart NAME; {types} has names and types, {n_keys} counts the date too
#   {entity} {name} {key}   of a mart of one column: its name, its column, and the number that its periods' ids
#                      come from; for other marts a line with one of them is left out
#   \ at a line's end  joins it with the next

/^(#.*)?$/ && FILENAME != "/dev/stdin" { next }
FILENAME != "/dev/stdin" {
    kind = $1
    name = $2
    rest = $0
    sub(/^[a-z]+ +[a-z_]+ +/, "", rest)
    if (kind == "metric") {
        metrics[++n_metrics] = name
        values[name] = rest
    } else if (kind == "text") {
        texts[name] = rest
    } else {
        tables[name] = $3
        sub(/^[a-z_]+ +/, "", rest)
        types[name] = rest
        if (rest !~ /,/)
            entities[++n_entities] = name
    }
    next
}
{ template = template $0 "\n" }
END {
    for (name in texts)
        template = put(template, "{" name "}", texts[name])
    template = of_mart(of_metrics(of_entities(template)), mart)
    gsub(/ *\\\n */, " ", template)
    printf "%s", template
}

function put(text, from, to,    at, done) {
    while ((at = index(text, from)) > 0) {
        done = done substr(text, 1, at - 1) to
        text = substr(text, at + length(from))
    }
    return done text
}

# The text between the next `open` and its ]], which stays in `before` and `after`.
function cut(text, open,    at, stop) {
    at = index(text, open)
    before = substr(text, 1, at - 1)
    text = substr(text, at + length(open))
    stop = index(text, "]]")
    after = substr(text, stop + 2)
    return substr(text, 1, stop - 1)
}

function of_metrics(text,    part, i, all) {
    while (index(text, "[[metric: ") > 0) {
        part = cut(text, "[[metric: ")
        all = ""
        for (i = 1; i <= n_metrics; i++)
            all = all (i > 1 ? " " : "") put(put(part, "{metric}", metrics[i]), "{value}", values[metrics[i]])
        text = before all after
    }
    return text
}

function of_entities(text,    part, i, all) {
    while (index(text, "[[entity: ") > 0) {
        part = cut(text, "[[entity: ")
        all = ""
        for (i = 1; i <= n_entities; i++)
            all = all of_mart(part, entities[i])
        text = before all after
    }
    return text
}

function of_mart(text, mart,    columns, n_columns, lines, n, i, done) {
    n_columns = split(types[mart], lines, /, /)
    for (i = 1; i <= n_columns; i++)
        columns = columns (i > 1 ? ", " : "") substr(lines[i], 1, index(lines[i], " ") - 1)
    if (mart == "" || columns ~ /,/) {
        n = split(text, lines, "\n")
        for (i = 1; i <= n; i++)
            if (mart == "" || lines[i] !~ /\{(entity|name|key)\}/)
                done = done lines[i] (i < n ? "\n" : "")
        text = done
    } else {
        text = put(put(text, "{entity}", mart), "{name}", columns)
        text = put(text, "{key}", types[mart] ~ / UInt64$/ ? columns : "xxh3(CAST(" columns ", 'String'))")
    }
    if (mart == "")
        return text
    text = put(put(put(text, "{mart}", mart), "{table}", tables[mart]), "{columns}", columns)
    return put(put(text, "{types}", types[mart]), "{n_keys}", n_columns + 1)
}
