/*
 * Periods of an ordered stream: rows come grouped by key and ascending in time within the key, in
 * blocks of any size, and each row's period is known as it comes. Memory does not depend on how
 * long the stream or a key is.
 */
#ifndef SALTWELL_PERIOD_STREAM_H
#define SALTWELL_PERIOD_STREAM_H

#include "fold.h"
#include "period_cut.h"
#include "stream_key.h"

enum period_emit {
    PERIOD_EMIT_ROWS,    /* the input's columns and, behind them, each row's period */
    PERIOD_EMIT_PERIODS, /* a row per period */
};

/* A --sum or --moments. */
struct period_fold_option {
    enum fold_op op;
    const char *column;
};

struct period_options {
    size_t n_keys;
    const char *time;
    const char *restart; /* NULL: none */
    struct period_rule rule;
    enum period_emit emit;
    bool lengths;
    bool keys_unordered;
    struct period_fold_option *folds;
    size_t n_folds;
};

struct period_stream;

/* What happens with the periods, by --emit and --lengths. `row` is a row of the block. */
struct period_emitter {
    bool writes_behind; /* a block is still being written while the next is scanned */
    /* Before the first block: resolves columns. */
    enum status (*open)(struct period_stream *stream, const struct native_block *block,
                        struct err *err);
    /* A block begins, whose periods stream->starts lists. */
    enum status (*begin_block)(struct period_stream *stream, const struct native_block *block,
                               struct err *err);
    /* The open period ends before `row`; stream->run and stream->key still describe it. NULL where
     * nothing waits for a period's end. */
    enum status (*close_period)(struct period_stream *stream, const struct native_block *block,
                                uint64_t row, struct err *err);
    /* All rows of the block are scanned. */
    enum status (*end_block)(struct period_stream *stream, const struct native_block *block,
                             struct err *err);
    /* The input ended, its last period is closed. */
    enum status (*end)(struct period_stream *stream, struct err *err);
};

/* The columns that every emitted row gets, a value a row of the block. */
enum { PERIOD_N_COLUMNS = 3 };
struct period_columns {
    struct native_builder ids, numbers, is_first;
};

struct period_stream {
    const struct period_options *options;
    const struct period_emitter *emitter;
    struct native_reader reader;
    struct native_writer writer;
    struct stream_key key;
    struct period_run run;  /* the open period */
    uint64_t id;            /* its id */
    uint64_t n_rows_before; /* the block */
    size_t time, restart;   /* columns; restart is meaningless without --restart */
    size_t n_columns_out;   /* set by the emitter's open */
    struct period_starts starts;
    struct buf ticks;   /* memory of the block's times where they had to be widened */
    struct buf differs; /* period_distinct.h; where a period's end is waited for */
    struct period_columns columns;
    struct period_columns written; /* those of the last block, where the emitter writes behind */
    struct period_wait *wait;      /* --lengths */
    struct period_list *list;      /* --emit periods */
};

/* Whether the run gains from an output that writes behind its back. */
bool period_stream_writes_behind(const struct period_options *options);

/*
 * Runs the whole stream. STATUS_FORMAT: keys or times go backwards; STATUS_MISMATCH: columns that
 * are not there or of the wrong type; the reader's and writer's statuses; STATUS_LIMIT for a sum or
 * a number of periods that does not fit its type; STATUS_NOMEM. Messages name row and key.
 */
CHECKED enum status period_stream_run(const struct period_options *options, struct io_input input,
                                      struct io_output output, struct err *err);

/* The emitters, each in a file of its own. */
extern const struct period_emitter period_rows_emitter;
extern const struct period_emitter period_wait_emitter;
extern const struct period_emitter period_list_emitter;

/* For emitters: the three columns of --emit rows. Extended, is_first is all 0. */
CHECKED enum status period_columns_open(struct period_columns *columns,
                                        const struct native_block *block, struct err *err);
void period_columns_free(struct period_columns *columns);
CHECKED enum status period_columns_extend(struct period_columns *columns, uint64_t n_rows,
                                          struct err *err);

/* For emitters of rows: announces the block's columns, the three, and n_more of the emitter's own,
 * all of them empty. */
CHECKED enum status period_announce_rows(struct period_stream *stream,
                                         const struct native_block *block,
                                         const struct native_builder *more, size_t n_more,
                                         struct err *err);

/* For emitters: prepares a column of the time column's type, or refuses a name that the block
 * already has. */
CHECKED enum status period_builder_init(struct native_builder *builder,
                                        const struct native_block *block, const char *name,
                                        const char *type, struct err *err);

void period_wait_free(struct period_wait *wait);
void period_list_free(struct period_list *list);

#endif
