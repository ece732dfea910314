# shellcheck shell=sh
# Makes the bytes of Native blocks. Sourced after lib.sh, whose `bytes` takes hexadecimal digits.

# le WIDTH NUMBER...: each number as WIDTH little-endian bytes; negative ones in two's complement.
le() {
    le_width=$1
    shift
    for le_number; do
        le_at=0
        while [ "$le_at" -lt "$le_width" ]; do
            # shellcheck disable=SC2059 # the format is the byte
            printf "\\$(printf %03o $(((le_number >> (8 * le_at)) & 255)))"
            le_at=$((le_at + 1))
        done
    done
}

# varuint NUMBER
varuint() {
    varuint_rest=$1
    while [ "$varuint_rest" -ge 128 ]; do
        le 1 $((varuint_rest & 127 | 128))
        varuint_rest=$((varuint_rest >> 7))
    done
    le 1 "$varuint_rest"
}

# text STRING: its length in bytes, then the bytes.
text() {
    varuint "$(printf %s "$1" | wc -c)"
    printf %s "$1"
}

# column NAME TYPE: what stands before the column's values.
column() {
    text "$1"
    text "$2"
}

# answer NAME TYPE: the same of a column that a program made. Its type's length takes two bytes.
answer() {
    text "$1"
    answer_bytes=$(printf %s "$2" | wc -c)
    le 1 $((answer_bytes & 127 | 128)) $((answer_bytes >> 7))
    printf %s "$2"
}

# dimensions COLUMNS ROWS: what a block begins with.
dimensions() {
    varuint "$1"
    varuint "$2"
}
