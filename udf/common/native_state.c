#include "native_state.h"

/* Functions whose states are laid out by the same rule. */
enum family {
    COUNT,          /* varuint */
    SUM,            /* the sum in the type that it widens to */
    SUM_AND_COUNT,  /* the same, varuint */
    WEIGHTED,       /* the sum, and the weights' sum: varuint where they are unsigned */
    OWN_WIDTH,      /* a number of the argument's type */
    FLOATS,         /* n Float64 */
    MOMENTS,        /* n Float64, or Float32 where all arguments are that */
    COUNTED_FLOATS, /* varuint, n Float64 */
    VALUE,          /* one value of each argument */
    SET,            /* values, or hashes of 16 bytes in place of wide ones */
    UNIQ,           /* a byte, hashes of 4 bytes */
    LIST,           /* values */
};

/* What Nullable arguments change. */
enum nullable {
    REFUSED,
    IGNORED, /* NULLs are skipped and leave no trace */
    GATED,   /* a byte before the state: 0 = there was none but NULLs, and nothing follows */
};

struct function_entry {
    const char *name;
    enum family family;
    enum nullable nullable;
    uint32_t n_floats;
    size_t n_arguments; /* 0: any number */
};

/* Not here although its size is known: singleValueOrNull, whose states ClickHouse 26.7 itself reads
 * back as other values than it wrote. */
static const struct function_entry entries[] = {
    {"count", COUNT, IGNORED, 0, 0},
    {"sum", SUM, GATED, 0, 1},
    {"sumWithOverflow", OWN_WIDTH, GATED, 0, 1},
    {"sumKahan", FLOATS, GATED, 2, 1},
    {"sumCount", SUM_AND_COUNT, IGNORED, 0, 1},
    {"avg", SUM_AND_COUNT, GATED, 0, 1},
    {"avgWeighted", WEIGHTED, GATED, 0, 2},
    {"groupBitAnd", OWN_WIDTH, GATED, 0, 1},
    {"groupBitOr", OWN_WIDTH, GATED, 0, 1},
    {"groupBitXor", OWN_WIDTH, GATED, 0, 1},
    {"min", VALUE, GATED, 0, 1},
    {"max", VALUE, GATED, 0, 1},
    {"any", VALUE, GATED, 0, 1},
    {"anyLast", VALUE, GATED, 0, 1},
    {"argMin", VALUE, REFUSED, 0, 2},
    {"argMax", VALUE, REFUSED, 0, 2},
    {"varSamp", MOMENTS, GATED, 3, 1},
    {"varPop", MOMENTS, GATED, 3, 1},
    {"stddevSamp", MOMENTS, GATED, 3, 1},
    {"stddevPop", MOMENTS, GATED, 3, 1},
    {"skewSamp", MOMENTS, GATED, 4, 1},
    {"skewPop", MOMENTS, GATED, 4, 1},
    {"kurtSamp", MOMENTS, GATED, 5, 1},
    {"kurtPop", MOMENTS, GATED, 5, 1},
    {"covarSamp", MOMENTS, GATED, 4, 2},
    {"covarPop", MOMENTS, GATED, 4, 2},
    {"corr", MOMENTS, GATED, 6, 2},
    {"varSampStable", COUNTED_FLOATS, GATED, 2, 1},
    {"varPopStable", COUNTED_FLOATS, GATED, 2, 1},
    {"stddevSampStable", COUNTED_FLOATS, GATED, 2, 1},
    {"stddevPopStable", COUNTED_FLOATS, GATED, 2, 1},
    {"covarSampStable", COUNTED_FLOATS, GATED, 3, 2},
    {"covarPopStable", COUNTED_FLOATS, GATED, 3, 2},
    {"corrStable", COUNTED_FLOATS, GATED, 5, 2},
    {"uniqExact", SET, GATED, 0, 0},
    {"uniq", UNIQ, GATED, 0, 0},
    {"groupArray", LIST, IGNORED, 0, 1},
    {"groupUniqArray", LIST, IGNORED, 0, 1},
};

static bool add_step(struct native_type *state, enum native_step_kind kind, uint32_t width_bytes)
{
    if (state->n_steps == NATIVE_MAX_STEPS)
        return false;
    state->steps[state->n_steps++] = (struct native_step){kind, width_bytes};
    return true;
}

/* Numbers, and what ClickHouse takes for numbers: dates, times, enums. */
static bool is_number(const struct native_type *type)
{
    return type->kind == NATIVE_FIXED &&
           (type->order == NATIVE_ORDER_UNSIGNED || type->order == NATIVE_ORDER_SIGNED ||
            type->order == NATIVE_ORDER_FLOAT);
}

/* DateTime64 and Time64 are decimals to ClickHouse. */
static bool is_decimal(const struct native_type *type)
{
    return type->class == NATIVE_CLASS_DECIMAL || type->class == NATIVE_CLASS_DATETIME64 ||
           type->class == NATIVE_CLASS_TIME64;
}

/* What the sets and lists of values hold as it is: other types are hashed or written as Strings. */
static bool is_held_plainly(const struct native_type *type)
{
    switch (type->class) {
    case NATIVE_CLASS_INTEGER:
    case NATIVE_CLASS_FLOAT:
    case NATIVE_CLASS_BOOL:
    case NATIVE_CLASS_ENUM:
    case NATIVE_CLASS_DATE:
    case NATIVE_CLASS_DATETIME:
        return true;
    case NATIVE_CLASS_IP:
        return type->width_bytes == 4;
    default:
        return false;
    }
}

/* sum and avg add up in 64 bits at least, those of decimals in 128. */
static bool add_sum(struct native_type *state, const struct native_type *argument)
{
    uint32_t narrowest_bytes = is_decimal(argument) ? 16 : 8;
    uint32_t width_bytes = argument->width_bytes;
    return is_number(argument) &&
           add_step(state, NATIVE_STEP_BYTES,
                    width_bytes < narrowest_bytes ? narrowest_bytes : width_bytes);
}

static bool add_weighted(struct native_type *state, const struct native_type *value,
                         const struct native_type *weight)
{
    bool is_counted = weight->order == NATIVE_ORDER_UNSIGNED && weight->width_bytes <= 8;
    return is_number(value) && is_number(weight) && !is_decimal(value) && !is_decimal(weight) &&
           add_step(state, NATIVE_STEP_BYTES, is_counted ? 8 : 16) &&
           (!is_counted || add_step(state, NATIVE_STEP_VARUINT, 0));
}

static bool add_floats(struct native_type *state, const struct function_entry *entry,
                       const struct native_type *const *arguments, size_t n_arguments)
{
    uint32_t width_bytes = entry->family == MOMENTS ? 4 : 8;
    for (size_t i = 0; i < n_arguments; i++) {
        /* sumKahan adds up the widest decimals in another way. */
        if (!is_number(arguments[i]) || (entry->family == FLOATS && is_decimal(arguments[i])))
            return false;
        if (!native_type_is(arguments[i], NATIVE_CLASS_FLOAT, 4))
            width_bytes = 8;
    }
    return add_step(state, NATIVE_STEP_BYTES, entry->n_floats * width_bytes);
}

static bool add_values(struct native_type *state, const struct native_type *const *arguments,
                       size_t n_arguments)
{
    for (size_t i = 0; i < n_arguments; i++) {
        bool is_string = arguments[i]->kind == NATIVE_STRING;
        bool is_fixed = arguments[i]->class != NATIVE_CLASS_NONE;
        if (!is_string && !is_fixed)
            return false;
        if (!add_step(state, is_string ? NATIVE_STEP_TEXT : NATIVE_STEP_OPTIONAL,
                      arguments[i]->width_bytes))
            return false;
    }
    return true;
}

static bool add_set(struct native_type *state, const struct native_type *const *arguments,
                    size_t n_arguments)
{
    enum { HASH_BYTES = 16 };
    bool is_plain = n_arguments == 1 &&
                    (is_held_plainly(arguments[0]) || arguments[0]->class == NATIVE_CLASS_DATE32);
    return n_arguments > 0 &&
           add_step(state, NATIVE_STEP_LIST, is_plain ? arguments[0]->width_bytes : HASH_BYTES);
}

static bool add_list(struct native_type *state, const struct native_type *argument)
{
    if (is_held_plainly(argument))
        return add_step(state, NATIVE_STEP_LIST, argument->width_bytes);
    return (argument->kind == NATIVE_FIXED || argument->kind == NATIVE_STRING) &&
           add_step(state, NATIVE_STEP_STRINGS, 0);
}

static bool add_family(struct native_type *state, const struct function_entry *entry,
                       const struct native_type *const *arguments, size_t n_arguments)
{
    switch (entry->family) {
    case COUNT:
        return add_step(state, NATIVE_STEP_VARUINT, 0);
    case SUM:
        return add_sum(state, arguments[0]);
    case SUM_AND_COUNT:
        return add_sum(state, arguments[0]) && add_step(state, NATIVE_STEP_VARUINT, 0);
    case WEIGHTED:
        return add_weighted(state, arguments[0], arguments[1]);
    case OWN_WIDTH:
        return is_number(arguments[0]) &&
               add_step(state, NATIVE_STEP_BYTES, arguments[0]->width_bytes);
    case FLOATS:
    case MOMENTS:
        return add_floats(state, entry, arguments, n_arguments);
    case COUNTED_FLOATS:
        return add_step(state, NATIVE_STEP_VARUINT, 0) &&
               add_floats(state, entry, arguments, n_arguments);
    case VALUE:
        return add_values(state, arguments, n_arguments);
    case SET:
        return add_set(state, arguments, n_arguments);
    case UNIQ:
        return n_arguments > 0 && add_step(state, NATIVE_STEP_BYTES, 1) &&
               add_step(state, NATIVE_STEP_LIST, 4);
    case LIST:
        return add_list(state, arguments[0]);
    }
    return false;
}

static const struct function_entry *find_entry(const char *name, size_t name_bytes)
{
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        if (text_equals(entries[i].name, name, name_bytes))
            return &entries[i];
    return NULL;
}

/* Takes the combinator off the end of the name. */
static bool cut_suffix(const char *name, size_t *name_bytes, const char *suffix)
{
    size_t n = strlen(suffix);
    if (*name_bytes <= n || memcmp(name + *name_bytes - n, suffix, n) != 0)
        return false;
    *name_bytes -= n;
    return true;
}

/* A function's call while its combinators are taken off, the outermost first. */
struct call {
    const struct native_type *arguments[NATIVE_STATE_MAX_ARGUMENTS];
    size_t n_arguments;
    uint32_t tail_bytes; /* -OrNull and -OrDefault put a byte behind the state */
    bool is_combined;    /* with something other than a single -If */
};

static bool cut_if(const char *name, size_t *name_bytes, struct call *call)
{
    if (call->n_arguments == 0)
        return false;
    const struct native_type *condition = call->arguments[call->n_arguments - 1];
    if (condition->kind != NATIVE_FIXED || !cut_suffix(name, name_bytes, "If"))
        return false;
    call->n_arguments--;
    return true;
}

static bool cut_array(const char *name, size_t *name_bytes, struct call *call)
{
    if (!cut_suffix(name, name_bytes, "Array"))
        return false;
    for (size_t i = 0; i < call->n_arguments; i++) {
        if (call->arguments[i]->kind != NATIVE_ARRAY)
            return false;
        call->arguments[i]++;
    }
    return true;
}

/* Arrives at the function itself, or NULL. */
static const struct function_entry *cut_combinators(const char *name, size_t name_bytes,
                                                    struct call *call)
{
    for (;;) {
        const struct function_entry *entry = find_entry(name, name_bytes);
        if (entry != NULL)
            return entry;
        if (cut_if(name, &name_bytes, call)) {
            /* countIf of a Nullable is not laid out as count of it. */
            call->is_combined |= text_equals("count", name, name_bytes);
            continue;
        }
        call->is_combined = true;
        if (cut_suffix(name, &name_bytes, "OrNull") || cut_suffix(name, &name_bytes, "OrDefault"))
            call->tail_bytes++;
        else if (!cut_array(name, &name_bytes, call))
            return NULL;
    }
}

/* What the arguments are where they are not NULL. False: no layout is known for Nullable ones. */
static bool open_nullables(const struct function_entry *entry, struct call *call,
                           struct native_type *state)
{
    bool any = false;
    for (size_t i = 0; i < call->n_arguments; i++) {
        if (call->arguments[i]->kind != NATIVE_NULLABLE)
            continue;
        any = true;
        call->arguments[i]++;
    }
    if (!any || (entry->nullable == IGNORED && !call->is_combined))
        return true;
    return entry->nullable == GATED && !call->is_combined && add_step(state, NATIVE_STEP_GATE, 0);
}

bool native_state_layout(const char *name, size_t name_bytes,
                         const struct native_type *const *arguments, size_t n_arguments,
                         struct native_type *state)
{
    struct call call = {.n_arguments = n_arguments};
    if (n_arguments > NATIVE_STATE_MAX_ARGUMENTS)
        return false;
    memcpy(call.arguments, arguments, n_arguments * sizeof(*arguments));
    state->n_steps = 0;
    const struct function_entry *entry = cut_combinators(name, name_bytes, &call);
    if (entry == NULL || (entry->n_arguments != 0 && call.n_arguments != entry->n_arguments))
        return false;
    return open_nullables(entry, &call, state) &&
           add_family(state, entry, call.arguments, call.n_arguments) &&
           (call.tail_bytes == 0 || add_step(state, NATIVE_STEP_BYTES, call.tail_bytes));
}
