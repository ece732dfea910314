/* merge_partials: one row per key of an ordered stream, for executable(). The computation is
 * in stream/merge_scan. */
#include "merge_command.h"
#include "program.h"
#include "stream_program.h"
#include "version.h"

static const char usage[] = "usage: merge_partials --keys N [options]\n"
                            "       merge_partials --help | --version\n";

static const char help[] =
    "Merges the adjacent rows of a stream that have equal keys into one row.\n"
    "ClickHouse starts it: SELECT ... FROM executable('merge_partials ...', Native, ...)\n"
    "\n"
    "  --keys N            the first N columns are the key, of any type\n"
    "  --op NAME=OP        what becomes of the column NAME: sum, min, max, any, last, count,\n"
    "                      moments, exact, exact_state or activity. The first five take values,\n"
    "                      count says how many are not NULL. The others build from values, and\n"
    "                      merge states: moments gives Tuple(n UInt64, mean Float64, m2\n"
    "                      Float64); exact gives one, to the last bit, also of the states in a\n"
    "                      String; exact_state and activity give such a String. By default:\n"
    "                      numbers are summed (an integer that overflows is an error),\n"
    "                      Tuple(n UInt64, mean Float64, m2 Float64) merges as a Welford state,\n"
    "                      AggregateFunction(varSampStable, Float64) as the same,\n"
    "                      SimpleAggregateFunction(f, T) by its f,\n"
    "                      String as the activity or exact state that it holds;\n"
    "                      other types need an --op\n"
    "  --op OUT=OP(NAME)   the same as the column OUT, as often as wanted for one NAME; a sum is\n"
    "                      then 64 bits wide or wider\n"
    "  --op OUT=count()    the number of rows\n"
    "  --keys-unordered    keys may come in any order, as long as equal ones are adjacent\n";

static int run(const struct merge_options *options, const struct stream_settings *settings)
{
    static struct stream_wires wires;
    struct err err = {0};
    stream_program_open(&wires, settings, false);
    enum status status = program_prepare(settings->max_memory_bytes, &err);
    if (status == STATUS_OK)
        status = merge_scan_run(options, wires.input, wires.output, &err);
    return stream_program_end("merge_partials", status, &err, &wires);
}

int main(int argc, char **argv)
{
    static struct merge_command command;
    struct err err = {0};
    struct stream_settings settings = {.max_memory_bytes = PROGRAM_MAX_MEMORY_BYTES,
                                       .patience_s = STREAM_PATIENCE_S};
    const struct options options[] = {merge_command_options(&command),
                                      stream_settings_options(&settings)};
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return program_print("merge_partials", "%s\n%s%s", usage, help, stream_settings_help);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return program_print("merge_partials", "merge_partials (Saltwell) %s\n", SALTWELL_VERSION);
    enum status status = options_parse(argc, argv, options, 2, &err);
    if (status == STATUS_OK)
        status = merge_command_check(&command, &err);
    if (status == STATUS_OK)
        status = stream_program_key_count(command.keys, &command.options.n_keys, &err);
    if (status != STATUS_OK)
        return stream_program_misused("merge_partials", err.message, usage);
    return run(&command.options, &settings);
}
