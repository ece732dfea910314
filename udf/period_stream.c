/* period_stream: periods of an ordered stream, for executable(). The computation is in
 * stream/period_scan. */
#include "period_command.h"
#include "program.h"
#include "stream_program.h"
#include "version.h"

static const char usage[] = "usage: period_stream --keys N --time NAME --gap TICKS [options]\n"
                            "       period_stream --help | --version\n";

static const char help[] =
    "Periods of a stream that is grouped by key and ascending in time within the key.\n"
    "ClickHouse starts it: SELECT ... FROM executable('period_stream ...', Native, ...)\n"
    "\n"
    "  --keys N            the first N columns are the key, of any type\n"
    "  --time NAME         the time column: an integer, a date or a time; the tick is its raw\n"
    "                      integer\n"
    "  --gap TICKS         a new period begins when t - previous > TICKS\n"
    "  --max-span TICKS    ... or when t - first > TICKS; 0, the default: no cap\n"
    "  --restart NAME      ... or where this UInt8 or Bool column is not 0\n"
    "  --emit rows         all input columns, then period_id UInt64, period_number UInt32,\n"
    "                      is_first_in_period UInt8 (the default)\n"
    "    --lengths         and period_length UInt64, unique_period_length UInt64, period_first "
    "and\n"
    "                      period_last of the time column's type; rows wait for their period's "
    "end\n"
    "  --emit periods      the key, then period_id, period_number, period_first, period_last,\n"
    "                      period_length, unique_period_length: a row per period\n"
    "    --sum NAME        and NAME_sum\n"
    "    --moments NAME    and NAME_moments Tuple(n UInt64, mean Float64, m2 Float64)\n"
    "    --exact NAME      and NAME_exact, the same to the last bit whatever the order of the "
    "rows\n"
    "  --keys-unordered    keys may come in any order, as long as equal ones are adjacent\n";

static int run(const struct period_options *options, const struct stream_settings *settings)
{
    static struct stream_wires wires;
    struct err err = {0};
    stream_program_open(&wires, settings, period_scan_writes_behind(options));
    enum status status = program_prepare(settings->max_memory_bytes, &err);
    if (status == STATUS_OK)
        status = period_scan_run(options, wires.input, wires.output, &err);
    return stream_program_end("period_stream", status, &err, &wires);
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct period_command command = {0};
    struct stream_settings settings = {.max_memory_bytes = PROGRAM_MAX_MEMORY_BYTES,
                                       .patience_s = STREAM_PATIENCE_S};
    const struct options options[] = {period_command_options(&command),
                                      stream_settings_options(&settings)};
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return program_print("period_stream", "%s\n%s%s", usage, help, stream_settings_help);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return program_print("period_stream", "period_stream (Saltwell) %s\n", SALTWELL_VERSION);
    enum status status = options_parse(argc, argv, options, 2, &err);
    if (status == STATUS_OK)
        status = period_command_check(&command, &err);
    if (status == STATUS_OK)
        status = stream_program_key_count(command.keys, &command.options.n_keys, &err);
    if (status != STATUS_OK)
        return stream_program_misused("period_stream", err.message, usage);
    return run(&command.options, &settings);
}
