/*
 * How a block begins. The server writes Native to its programs in the revision of its protocol that
 * the client of the query asked for: 0 for most, anything over HTTP with the parameter
 * client_protocol_version, which clickhouse-connect sends. It reads their answers in revision 0
 * whatever the client. The revisions differ in this, and in nothing else that a program of ours
 * reads (ClickHouse's NativeWriter and BlockInfo, and what 26.7 was seen to send in each revision):
 *
 *   0      columns, rows, and per column its name, its type and its values
 *   1      BlockInfo before that: fields of a number and a value, up to a 0.
 *          1 = is_overflows (a byte), 2 = bucket_num (Int32)
 *   54454  after each type a byte: 0 = the values are laid out as always
 *   54480  BlockInfo has a field 3, a list of Int32
 *
 * What a revision lacks (LowCardinality before 54405, a DateTime's time zone before 54337) the
 * types' names say themselves.
 */
#ifndef SALTWELL_NATIVE_REVISION_H
#define SALTWELL_NATIVE_REVISION_H

#include "native_read.h"

/*
 * Reads the BlockInfo, if there is one; the block's first byte is at hand. *revision_out: what it
 * says, NATIVE_REVISION_INFO also for NATIVE_REVISION_KINDS, whose BlockInfo is the same.
 * STATUS_FORMAT: a field that no revision so far has. Else as native_need.
 */
CHECKED enum status native_read_info(struct native_reader *reader,
                                     enum native_revision *revision_out, struct err *err);

/* Whether what is left unparsed can be the start of another block of that revision, or is nothing.
 */
bool native_info_follows(const struct native_reader *reader);

#endif
