/*
 * Numbers of any of ClickHouse's types as UInt64, Int64 or Float64: the values that the accurate
 * cast of a newer server gives, and where that one refuses a value, so does this.
 *
 * Whole numbers keep their value or are refused, into Float64 too. Floats become whole numbers
 * where they are whole. Float32 and BFloat16 become Float64 unchanged. Date, Date32, DateTime,
 * Time, Bool, Enum and Interval are the whole numbers that they are stored as. DateTime64, Time64
 * and Decimal lose their fraction (towards zero) in a whole number and are divided by their scale
 * for Float64.
 */
#ifndef SALTWELL_NATIVE_NUMBER_H
#define SALTWELL_NATIVE_NUMBER_H

#include "native_type.h"

enum native_number_target { NATIVE_TO_UINT64, NATIVE_TO_INT64, NATIVE_TO_FLOAT64 };

struct native_numbers {
    const uint8_t *data; /* n values of `type`, at any address */
    uint64_t n;
    const struct native_type *type; /* NATIVE_FIXED */
};

/* Writes 8 bytes a value to `to` and returns how many it wrote: fewer than n where the one after
 * them does not fit. */
typedef uint64_t native_conversion(const struct native_numbers *from, uint8_t *to);

/* The conversion from a type to a target, or NULL: not a number, Decimal of more than 38 digits, or
 * an IPv4 as anything but UInt64. */
native_conversion *native_conversion_find(const struct native_type *from,
                                          enum native_number_target target);

/* Writes a value for a message: exactly where it has 64 bits, else to 17 digits. text_bytes: 32 are
 * enough. */
void native_number_print(const struct native_type *type, const uint8_t *value, char *text,
                         size_t text_bytes);

#endif
