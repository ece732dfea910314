/*
 * The golden files: blobs of version 1 that every later build must read, and blobs that it must
 * refuse. MANIFEST.tsv says what each holds; SALTWELL_REWRITE_GOLDEN=1 writes all of them anew.
 */
#include "activity_history.h"
#include "exact_sums.h"
#include "test_golden_cases.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER "tests/golden/"
#define MAX_FILE_BYTES 4096
#define N_COLUMNS 5

static const char *const status_names[] = {"OK",    "IO",       "TRUNCATED", "FORMAT", "VERSION",
                                           "LIMIT", "CHECKSUM", "MISMATCH",  "NOMEM",  "USAGE"};

struct manifest_row {
    char file[64];
    char kind[16];
    char status[16];
    char content[160]; /* of a good blob; of a bad one, a fragment of the message */
    char exercises[96];
};

/* The file's bytes in memory of exactly that size; the caller frees blob.data with buf_free. */
static struct buf read_blob(const char *file)
{
    char path[128];
    uint8_t bytes[MAX_FILE_BYTES];
    struct buf blob = {0};
    snprintf(path, sizeof(path), FOLDER "%s", file);
    FILE *stream = fopen(path, "rb");
    cr_assert_not_null(stream, "cannot open %s", path);
    size_t n = fread(bytes, 1, sizeof(bytes), stream);
    cr_assert(n > 0 && n < sizeof(bytes), "%s has %zu bytes", path, n);
    fclose(stream);
    blob = (struct buf){malloc(n), n, n};
    memcpy(blob.data, bytes, n);
    return blob;
}

static void write_blob(const char *file, const struct buf *blob)
{
    char path[128];
    snprintf(path, sizeof(path), FOLDER "%s", file);
    FILE *stream = fopen(path, "wb");
    cr_assert_not_null(stream, "cannot write %s", path);
    cr_assert_eq(fwrite(blob->data, 1, blob->size_bytes, stream), blob->size_bytes);
    cr_assert_eq(fclose(stream), 0);
}

/* "ticks=… events=… first=… last=…", the events modulo 2^64. */
static enum status describe_activity(const uint8_t *payload, size_t payload_bytes, char *text,
                                     size_t text_bytes, struct err *err)
{
    struct activity_reader reader;
    int64_t tick = 0;
    int64_t first = 0;
    uint64_t count = 0;
    uint64_t n_events = 0;
    size_t n_ticks = 0;
    bool found = true;
    activity_reader_init(&reader, payload, payload_bytes);
    for (;;) {
        TRY(activity_reader_next(&reader, &tick, &count, &found, err));
        if (!found)
            break;
        first = n_ticks++ == 0 ? tick : first;
        n_events += count;
    }
    snprintf(text, text_bytes, "ticks=%zu events=%llu first=%lld last=%lld", n_ticks,
             (unsigned long long)n_events, (long long)first, (long long)tick);
    return STATUS_OK;
}

/* "n=… mean=… m2=…", the doubles in hexadecimal. */
static enum status describe_exact(const uint8_t *payload, size_t payload_bytes, char *text,
                                  size_t text_bytes, struct err *err)
{
    struct exact state;
    struct moments moments;
    exact_reset(&state);
    TRY(exact_merge_payload(&state, payload, payload_bytes, err));
    exact_final(&state, &moments);
    snprintf(text, text_bytes, "n=%llu mean=%a m2=%a", (unsigned long long)moments.n, moments.mean,
             moments.m2);
    return STATUS_OK;
}

/* Decodes a blob and everything in it. */
static enum status describe_blob(enum blob_kind kind, const uint8_t *blob, size_t blob_bytes,
                                 char *text, size_t text_bytes, struct err *err)
{
    struct buf scratch = {0};
    const uint8_t *payload = NULL;
    size_t payload_bytes = 0;
    enum status status =
        blob_decode(kind, blob, blob_bytes, &scratch, &payload, &payload_bytes, err);
    if (status == STATUS_OK)
        status = kind == BLOB_ACTIVITY
                     ? describe_activity(payload, payload_bytes, text, text_bytes, err)
                     : describe_exact(payload, payload_bytes, text, text_bytes, err);
    buf_free(&scratch);
    return status;
}

static void write_golden(FILE *manifest, const struct golden_case *golden)
{
    struct buf payload = {0};
    struct buf blob = {0};
    char file[64];
    char text[160] = "";
    golden->make_payload(&payload);
    cr_assert_eq(blob_encode(golden->kind, payload.data, payload.size_bytes, &blob, NULL),
                 STATUS_OK);
    cr_assert_eq(describe_blob(golden->kind, blob.data, blob.size_bytes, text, sizeof(text), NULL),
                 STATUS_OK);
    snprintf(file, sizeof(file), "v1/%s.blob", golden->name);
    write_blob(file, &blob);
    fprintf(manifest, "%s\t%s\tOK\t%s\t%s\n", file, blob_kind_name(golden->kind), text,
            golden->exercises);
    buf_free(&payload);
    buf_free(&blob);
}

static void write_rejected(FILE *manifest, const struct rejected_case *rejected)
{
    struct buf blob = {0};
    char file[64];
    rejected->make_blob(&blob);
    snprintf(file, sizeof(file), "rejected/%s.blob", rejected->name);
    write_blob(file, &blob);
    fprintf(manifest, "%s\t%s\t%s\t%s\t%s\n", file, blob_kind_name(rejected->kind),
            status_names[rejected->status], rejected->fragment, rejected->exercises);
    buf_free(&blob);
}

static void rewrite_all(void)
{
    FILE *manifest = fopen(FOLDER "MANIFEST.tsv", "w");
    cr_assert_not_null(manifest, "cannot write the manifest");
    fprintf(manifest, "file\tkind\tstatus\tcontent or message\texercises\n");
    for (size_t i = 0; i < n_golden_cases; i++)
        write_golden(manifest, &golden_cases[i]);
    for (size_t i = 0; i < n_rejected_cases; i++)
        write_rejected(manifest, &rejected_cases[i]);
    cr_assert_eq(fclose(manifest), 0);
}

/* Cuts a line at its tabs into the row's columns. */
static void parse_row(char *line, struct manifest_row *row)
{
    char *columns[N_COLUMNS] = {row->file, row->kind, row->status, row->content, row->exercises};
    const size_t rooms[N_COLUMNS] = {sizeof(row->file), sizeof(row->kind), sizeof(row->status),
                                     sizeof(row->content), sizeof(row->exercises)};
    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < N_COLUMNS; i++) {
        cr_assert_not_null(line, "a row of the manifest has %zu columns instead of 5", i);
        char *end = strchr(line, '\t');
        size_t n = end == NULL ? strlen(line) : (size_t)(end - line);
        cr_assert_lt(n, rooms[i]);
        memcpy(columns[i], line, n);
        columns[i][n] = '\0';
        line = end == NULL ? NULL : end + 1;
    }
}

static enum blob_kind row_kind(const struct manifest_row *row)
{
    return strcmp(row->kind, blob_kind_name(BLOB_EXACT)) == 0 ? BLOB_EXACT : BLOB_ACTIVITY;
}

/* Calls `visit` for each row and asserts that there are as many as cases. */
static void for_each_row(void (*visit)(const struct manifest_row *row))
{
    char line[512];
    size_t n_rows = 0;
    FILE *manifest = fopen(FOLDER "MANIFEST.tsv", "r");
    cr_assert_not_null(manifest,
                       "cannot open the manifest: the tests run in the repository's root");
    cr_assert_not_null(fgets(line, sizeof(line), manifest));
    while (fgets(line, sizeof(line), manifest) != NULL) {
        struct manifest_row row;
        parse_row(line, &row);
        visit(&row);
        n_rows++;
    }
    fclose(manifest);
    cr_assert_eq(n_rows, n_golden_cases + n_rejected_cases);
}

static void check_content(const struct manifest_row *row)
{
    char text[160] = "";
    struct err err = {.code = STATUS_OK, .message = ""};
    struct buf blob = read_blob(row->file);
    enum status status =
        describe_blob(row_kind(row), blob.data, blob.size_bytes, text, sizeof(text), &err);
    cr_assert_str_eq(status_names[status], row->status, "%s: %s", row->file, err.message);
    if (status == STATUS_OK)
        cr_assert_str_eq(text, row->content, "%s: %s", row->file, text);
    else
        cr_assert_not_null(strstr(err.message, row->content), "%s: '%s' lacks '%s'", row->file,
                           err.message, row->content);
    buf_free(&blob);
}

Test(golden, every_file_is_read_or_refused_as_the_manifest_says)
{
    if (getenv("SALTWELL_REWRITE_GOLDEN") != NULL)
        rewrite_all();
    for_each_row(check_content);
}

/* The payload, since another libzstd may compress the same payload to other bytes. */
Test(golden, this_build_writes_the_same_payloads)
{
    for (size_t i = 0; i < n_golden_cases; i++) {
        const struct golden_case *golden = &golden_cases[i];
        struct buf payload = {0};
        struct buf scratch = {0};
        const uint8_t *stored = NULL;
        size_t stored_bytes = 0;
        char file[64];
        snprintf(file, sizeof(file), "v1/%s.blob", golden->name);
        struct buf blob = read_blob(file);
        golden->make_payload(&payload);
        cr_assert_eq(blob_decode(golden->kind, blob.data, blob.size_bytes, &scratch, &stored,
                                 &stored_bytes, NULL),
                     STATUS_OK);
        cr_assert_eq(payload.size_bytes, stored_bytes, "%s", file);
        cr_assert_arr_eq(payload.data, stored, stored_bytes, "%s", file);
        cr_assert_eq(blob.data[6] & 1, strncmp(golden->exercises, "zstd", 4) == 0 ? 1 : 0, "%s",
                     file);
        buf_free(&payload);
        buf_free(&scratch);
        buf_free(&blob);
    }
}

/* What a blob with one flipped bit must be refused with, from where the bit is. */
static enum status flipped_status(const struct buf *blob, size_t at)
{
    bool is_zstd = (blob->data[6] & 1) != 0;
    uint64_t decoded_bytes = load_u64(blob->data + 8);
    uint64_t stored_bytes = is_zstd ? load_u64(blob->data + 16) : decoded_bytes;
    uint64_t expected_bytes = stored_bytes + (is_zstd ? 32 : 24);
    if (at == 4)
        return STATUS_VERSION;
    if (at < 8 && (at != 6 || blob->data[6] > 1))
        return STATUS_FORMAT;
    if (at >= (is_zstd ? 24 : 16))
        return STATUS_CHECKSUM;
    if (decoded_bytes == 0)
        return STATUS_FORMAT;
    if (decoded_bytes > BLOB_MAX_DECODED_BYTES)
        return STATUS_LIMIT;
    if (is_zstd && blob->size_bytes < 32)
        return STATUS_TRUNCATED;
    if (is_zstd && stored_bytes >= decoded_bytes)
        return STATUS_FORMAT;
    if (is_zstd && decoded_bytes / 32768 > stored_bytes)
        return STATUS_LIMIT;
    if (expected_bytes != blob->size_bytes)
        return expected_bytes > blob->size_bytes ? STATUS_TRUNCATED : STATUS_FORMAT;
    return STATUS_CHECKSUM;
}

static void expect_refusal(const struct manifest_row *row, const struct buf *blob,
                           enum status expected, size_t place)
{
    char text[160] = "";
    struct err err = {.code = STATUS_OK, .message = ""};
    enum status status =
        describe_blob(row_kind(row), blob->data, blob->size_bytes, text, sizeof(text), &err);
    cr_assert_eq(status, expected, "%s at %zu: %s instead of %s: %s", row->file, place,
                 status_names[status], status_names[expected], err.message);
    cr_assert(strlen(err.message) > 10, "%s at %zu: no message", row->file, place);
}

static void flip_every_bit(const struct manifest_row *row)
{
    if (strcmp(row->status, "OK") != 0)
        return;
    struct buf blob = read_blob(row->file);
    for (size_t bit = 0; bit < blob.size_bytes * 8; bit++) {
        blob.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        expect_refusal(row, &blob, flipped_status(&blob, bit / 8), bit);
        blob.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_free(&blob);
}

Test(golden, every_flipped_bit_is_refused)
{
    for_each_row(flip_every_bit);
}

static void cut_at_every_length(const struct manifest_row *row)
{
    if (strcmp(row->status, "OK") != 0)
        return;
    struct buf whole = read_blob(row->file);
    for (size_t size_bytes = 1; size_bytes < whole.size_bytes; size_bytes++) {
        struct buf cut = {malloc(size_bytes), size_bytes, size_bytes};
        memcpy(cut.data, whole.data, size_bytes);
        expect_refusal(row, &cut, STATUS_TRUNCATED, size_bytes);
        buf_free(&cut);
    }
    buf_free(&whole);
}

Test(golden, every_truncation_is_refused)
{
    for_each_row(cut_at_every_length);
}
