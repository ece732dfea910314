#include "options.h"

#include "buf.h"

#include <errno.h>
#include <stdlib.h>

/* getopt's answers for the options of all sets begin here: below are a word and what is wrong. */
enum { FIRST_OPTION = 256 };

static enum status join_lists(const struct options *sets, size_t n_sets, struct buf *joined,
                              struct err *err)
{
    int val = FIRST_OPTION;
    for (size_t i = 0; i < n_sets; i++) {
        for (const struct option *option = sets[i].list; option->name != NULL; option++) {
            struct option entry = {option->name, option->has_arg, NULL, val++};
            TRY(buf_append(joined, &entry, sizeof(entry), err));
        }
    }
    return buf_append(joined, &(struct option){0}, sizeof(struct option), err);
}

/* Hands the option to the set in whose list it is. */
static enum status take_option(const struct options *set, int at, const char *value,
                               struct err *err)
{
    const struct option *option = set->list;
    for (;; option++) {
        while (option->name == NULL)
            option = (++set)->list;
        if (at-- == 0)
            break;
    }
    return set->take(set->context, option->val, value, err);
}

static enum status take_word(const struct options *set, const char *word, struct err *err)
{
    if (set->takes_words)
        return set->take(set->context, OPTIONS_WORD, word, err);
    return err_set(err, STATUS_USAGE, "expected options only, found '%s'", word);
}

static enum status take_all(int argc, char **argv, const struct option *joined,
                            const struct options *sets, struct err *err)
{
    static const char words_in_order[] = "-"; /* whatever the environment says */
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int option = getopt_long(argc, argv, words_in_order, joined, NULL);
        if (option == -1)
            break;
        if (option >= FIRST_OPTION)
            TRY(take_option(sets, option - FIRST_OPTION, optarg, err));
        else if (option == 1)
            TRY(take_word(sets, optarg, err));
        else
            return err_set(err, STATUS_USAGE, "expected an option and its value, found '%s'",
                           argv[at]);
    }
    for (; optind < argc; optind++) /* after "--" */
        TRY(take_word(sets, argv[optind], err));
    return STATUS_OK;
}

enum status options_parse(int argc, char **argv, const struct options *sets, size_t n_sets,
                          struct err *err)
{
    struct buf joined = {0};
    enum status status = join_lists(sets, n_sets, &joined, err);
    if (status == STATUS_OK)
        status = take_all(argc, argv, (const struct option *)(const void *)joined.data, sets, err);
    buf_free(&joined);
    return status;
}

enum status options_number(const char *option, const char *text, const char *what, uint64_t least,
                           uint64_t most, uint64_t *number_out, struct err *err)
{
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || number < least ||
        number > most)
        return err_set(err, STATUS_USAGE, "%s: expected %s of %llu to %llu, found '%s'", option,
                       what, (unsigned long long)least, (unsigned long long)most, text);
    *number_out = number;
    return STATUS_OK;
}

enum status options_size(const char *option, const char *text, size_t *size_bytes_out,
                         struct err *err)
{
    static const char suffixes[] = "KMG";
    char *end = NULL;
    errno = 0;
    unsigned long long size = strtoull(text, &end, 10);
    unsigned shift = 0;
    const char *suffix = *end == '\0' ? NULL : strchr(suffixes, *end);
    if (suffix != NULL) {
        shift = 10 * (unsigned)(suffix - suffixes + 1);
        end++;
    }
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || size == 0 ||
        size > SIZE_MAX >> shift)
        return err_set(err, STATUS_USAGE, "%s: expected a size as 64K, 16M or 8G, found '%s'",
                       option, text);
    *size_bytes_out = (size_t)size << shift;
    return STATUS_OK;
}
