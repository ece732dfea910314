#include "native_type_table.h"

#define FIXED(name, width_bytes, order)                                  \
    {                                                                    \
        name, NATIVE_FORM_FIXED, width_bytes, NATIVE_ORDER_##order, NULL \
    }
#define FORM(name, form)                                      \
    {                                                         \
        name, NATIVE_FORM_##form, 0, NATIVE_ORDER_BYTES, NULL \
    }
#define ALIAS(name, layout)                                    \
    {                                                          \
        name, NATIVE_FORM_ALIAS, 0, NATIVE_ORDER_BYTES, layout \
    }
#define REFUSED(name, why)                                    \
    {                                                         \
        name, NATIVE_FORM_REFUSED, 0, NATIVE_ORDER_BYTES, why \
    }

static const struct native_type_entry entries[] = {
    FIXED("UInt8", 1, UNSIGNED),
    FIXED("UInt16", 2, UNSIGNED),
    FIXED("UInt32", 4, UNSIGNED),
    FIXED("UInt64", 8, UNSIGNED),
    FIXED("UInt128", 16, UNSIGNED),
    FIXED("UInt256", 32, UNSIGNED),
    FIXED("Int8", 1, SIGNED),
    FIXED("Int16", 2, SIGNED),
    FIXED("Int32", 4, SIGNED),
    FIXED("Int64", 8, SIGNED),
    FIXED("Int128", 16, SIGNED),
    FIXED("Int256", 32, SIGNED),
    FIXED("BFloat16", 2, FLOAT),
    FIXED("Float32", 4, FLOAT),
    FIXED("Float64", 8, FLOAT),
    FORM("Decimal", DECIMAL),
    FIXED("Bool", 1, UNSIGNED),
    FORM("String", STRING),
    FORM("FixedString", FIXED_STRING),
    FIXED("UUID", 16, UUID),
    FIXED("IPv4", 4, UNSIGNED),
    FIXED("IPv6", 16, BYTES),
    FIXED("Enum8", 1, SIGNED),
    FIXED("Enum16", 2, SIGNED),
    FIXED("Date", 2, UNSIGNED),
    FIXED("Date32", 4, SIGNED),
    FIXED("DateTime", 4, UNSIGNED),
    FIXED("DateTime64", 8, SIGNED),
    FIXED("Time", 4, SIGNED),
    FIXED("Time64", 8, SIGNED),
    FIXED("IntervalNanosecond", 8, SIGNED),
    FIXED("IntervalMicrosecond", 8, SIGNED),
    FIXED("IntervalMillisecond", 8, SIGNED),
    FIXED("IntervalSecond", 8, SIGNED),
    FIXED("IntervalMinute", 8, SIGNED),
    FIXED("IntervalHour", 8, SIGNED),
    FIXED("IntervalDay", 8, SIGNED),
    FIXED("IntervalWeek", 8, SIGNED),
    FIXED("IntervalMonth", 8, SIGNED),
    FIXED("IntervalQuarter", 8, SIGNED),
    FIXED("IntervalYear", 8, SIGNED),
    FIXED("Nothing", 1, BYTES), /* a placeholder byte a value */
    FORM("Nullable", NULLABLE),
    FORM("Array", ARRAY),
    FORM("Tuple", TUPLE),
    FORM("Map", ARRAY_OF_TUPLES),
    FORM("Nested", ARRAY_OF_TUPLES),
    FORM("LowCardinality", LOW_CARDINALITY),
    FORM("SimpleAggregateFunction", SIMPLE_AGGREGATE),
    FORM("AggregateFunction", AGGREGATE),
    FORM("Variant", VARIANT),
    FORM("JSON", JSON),
    FORM("QBit", QBIT),
    REFUSED("Dynamic", "expected a type whose layout is the same in every block (CAST the column "
                       "to one), found Dynamic"),
    ALIAS("Point", "Tuple(Float64, Float64)"),
    ALIAS("Ring", "Array(Point)"),
    ALIAS("LineString", "Array(Point)"),
    ALIAS("MultiLineString", "Array(LineString)"),
    ALIAS("Polygon", "Array(Ring)"),
    ALIAS("MultiPolygon", "Array(Polygon)"),
    ALIAS("Geometry", "Variant(LineString, MultiLineString, MultiPolygon, Point, Polygon, Ring)"),
};

const struct native_type_entry *native_type_find(const char *name, size_t name_bytes)
{
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        if (strlen(entries[i].name) == name_bytes && memcmp(entries[i].name, name, name_bytes) == 0)
            return &entries[i];
    return NULL;
}
