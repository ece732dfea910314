#include "executable.h"

#include "../mem_fail.h"
#include "native_read.h"
#include "sandbox.h"
#include "stream_program.h"

#include <sys/mman.h>
#include <unistd.h>

#undef main

/* The linker puts these in the place of the functions that can be called once in a process only. */
enum status __wrap_sandbox_enter(size_t max_memory_bytes, struct err *err);
void __wrap_stream_program_open(struct stream_wires *wires, const struct stream_settings *settings,
                                bool writes_behind);
void __real_stream_program_open(struct stream_wires *wires, const struct stream_settings *settings,
                                bool writes_behind);

enum status __wrap_sandbox_enter(size_t max_memory_bytes, struct err *err)
{
    (void)max_memory_bytes;
    (void)err;
    return STATUS_OK;
}

static struct stream_wires *open_wires;

void __wrap_stream_program_open(struct stream_wires *wires, const struct stream_settings *settings,
                                bool writes_behind)
{
    open_wires = wires;
    __real_stream_program_open(wires, settings, writes_behind);
}

/* In a process of its own the system does that. */
static void close_wires(void)
{
    if (open_wires == NULL)
        return;
    io_behind_end(&open_wires->behind);
    buf_free(&open_wires->held.parts);
    buf_free(&open_wires->pipe.aside);
    buf_free(&open_wires->beat.block);
    open_wires = NULL;
}

/* Where a sanitizer writes while standard error is the program's. */
extern void __sanitizer_set_report_fd(void *descriptor) __attribute__((weak));

enum { N_DESCRIPTORS = 3, MAX_WORDS = 32, MAX_COMMAND_BYTES = 512 };

/* An empty file in the place of each standard descriptor, kept from run to run. */
static struct {
    int own[N_DESCRIPTORS]; /* the fuzzer's */
    int files[N_DESCRIPTORS];
    bool are_open;
} descriptors;

static void open_descriptors(void)
{
    for (int i = 0; i < N_DESCRIPTORS && !descriptors.are_open; i++) {
        descriptors.own[i] = dup(i);
        descriptors.files[i] = memfd_create("wire", 0);
        REQUIRE(descriptors.own[i] >= 0 && descriptors.files[i] >= 0);
    }
    descriptors.are_open = true;
    if (__sanitizer_set_report_fd != NULL)
        __sanitizer_set_report_fd((void *)(intptr_t)descriptors.own[STDERR_FILENO]);
}

static void put_input(const uint8_t *data, size_t size_bytes)
{
    for (int i = 0; i < N_DESCRIPTORS; i++) {
        REQUIRE(ftruncate(descriptors.files[i], 0) == 0);
        REQUIRE(lseek(descriptors.files[i], 0, SEEK_SET) == 0);
        REQUIRE(dup2(descriptors.files[i], i) == i);
    }
    REQUIRE(write(descriptors.files[STDIN_FILENO], data, size_bytes) == (ssize_t)size_bytes);
    REQUIRE(lseek(descriptors.files[STDIN_FILENO], 0, SEEK_SET) == 0);
}

static void take_output(int descriptor, struct buf *bytes)
{
    off_t size_bytes = lseek(descriptors.files[descriptor], 0, SEEK_END);
    REQUIRE(size_bytes >= 0 && buf_reserve(bytes, (size_t)size_bytes + 1, NULL) == STATUS_OK);
    REQUIRE(pread(descriptors.files[descriptor], bytes->data, (size_t)size_bytes, 0) == size_bytes);
    bytes->size_bytes = (size_t)size_bytes;
    bytes->data[size_bytes] = '\0';
}

static int run_command(const char *command)
{
    char words[MAX_COMMAND_BYTES];
    char *argv[MAX_WORDS + 1] = {0};
    int argc = 0;
    REQUIRE(snprintf(words, sizeof(words), "%s", command) < MAX_COMMAND_BYTES);
    for (char *rest = words, *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        REQUIRE(argc < MAX_WORDS);
        argv[argc++] = word;
    }
    int status = executable_main(argc, argv);
    close_wires();
    return status;
}

void executable_start(const uint8_t *data, size_t size_bytes, unsigned long starved_call,
                      struct executable_run *run)
{
    *run = (struct executable_run){0};
    open_descriptors();
    put_input(data + 1, size_bytes - 1);
    (void)mem_fail_call(starved_call);
    run->status = run_command(executable_command(data[0]));
    run->has_starved = mem_fail_call(0) == 0 && starved_call > 0;
    for (int i = 0; i < N_DESCRIPTORS; i++)
        REQUIRE(dup2(descriptors.own[i], i) == i);
    take_output(STDOUT_FILENO, &run->output);
    take_output(STDERR_FILENO, &run->complaint);
}

void executable_free(struct executable_run *run)
{
    buf_free(&run->output);
    buf_free(&run->complaint);
}

/* Whether the output is whole blocks. */
static bool is_whole(const struct buf *output)
{
    struct io_memory memory = {output->data, output->size_bytes, 0};
    struct native_reader reader = native_reader_init(io_input_of_memory(&memory), 0);
    const struct native_block *block = NULL;
    enum status status;
    do
        status = native_read_block(&reader, &block, NULL);
    while (status == STATUS_OK && block != NULL);
    native_reader_free(&reader);
    return status == STATUS_OK;
}

/* saltwell_sql answers text with text. */
static bool is_statement(const struct buf *output)
{
    static const char begin[] = "SELECT *\nFROM ";
    return output->size_bytes > sizeof(begin) &&
           memcmp(output->data, begin, sizeof(begin) - 1) == 0;
}

void executable_judge(const struct executable_run *run)
{
    bool is_right = is_whole(&run->output) || is_statement(&run->output);
    const char *complaint = (const char *)run->complaint.data;
    REQUIRE(run->status == 0 || run->status == 1 || run->status == 2);
    REQUIRE((run->status == 0) == (run->complaint.size_bytes == 0));
    REQUIRE(run->status == 0 || strchr(complaint, '\n') != NULL);
    REQUIRE(is_right == (run->status == 0 || !executable_poisons));
    if (run->status != 0 && executable_poisons)
        REQUIRE(memmem(run->output.data, run->output.size_bytes, "AggregateFunction(`", 19) !=
                NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct executable_run run;
    if (size_bytes == 0)
        return 0;
    executable_start(data, size_bytes, 0, &run);
    executable_judge(&run);
    executable_free(&run);
    return 0;
}
