#include "native_type_table.h"

#define FIXED(name, width_bytes, order, class)                                                 \
    {                                                                                          \
        name, NATIVE_FORM_FIXED, width_bytes, NATIVE_ORDER_##order, NATIVE_CLASS_##class, NULL \
    }
#define FORM(name, form)                                                         \
    {                                                                            \
        name, NATIVE_FORM_##form, 0, NATIVE_ORDER_BYTES, NATIVE_CLASS_NONE, NULL \
    }
#define ALIAS(name, layout)                                                       \
    {                                                                             \
        name, NATIVE_FORM_ALIAS, 0, NATIVE_ORDER_BYTES, NATIVE_CLASS_NONE, layout \
    }
#define REFUSED(name, why)                                                       \
    {                                                                            \
        name, NATIVE_FORM_REFUSED, 0, NATIVE_ORDER_BYTES, NATIVE_CLASS_NONE, why \
    }

static const struct native_type_entry entries[] = {
    FIXED("UInt8", 1, UNSIGNED, INTEGER),
    FIXED("UInt16", 2, UNSIGNED, INTEGER),
    FIXED("UInt32", 4, UNSIGNED, INTEGER),
    FIXED("UInt64", 8, UNSIGNED, INTEGER),
    FIXED("UInt128", 16, UNSIGNED, INTEGER),
    FIXED("UInt256", 32, UNSIGNED, INTEGER),
    FIXED("Int8", 1, SIGNED, INTEGER),
    FIXED("Int16", 2, SIGNED, INTEGER),
    FIXED("Int32", 4, SIGNED, INTEGER),
    FIXED("Int64", 8, SIGNED, INTEGER),
    FIXED("Int128", 16, SIGNED, INTEGER),
    FIXED("Int256", 32, SIGNED, INTEGER),
    FIXED("BFloat16", 2, FLOAT, FLOAT),
    FIXED("Float32", 4, FLOAT, FLOAT),
    FIXED("Float64", 8, FLOAT, FLOAT),
    FORM("Decimal", DECIMAL),
    FIXED("Bool", 1, UNSIGNED, BOOL),
    FORM("String", STRING),
    FORM("FixedString", FIXED_STRING),
    FIXED("UUID", 16, UUID, UUID),
    FIXED("IPv4", 4, UNSIGNED, IP),
    FIXED("IPv6", 16, BYTES, IP),
    FIXED("Enum8", 1, SIGNED, ENUM),
    FIXED("Enum16", 2, SIGNED, ENUM),
    FIXED("Date", 2, UNSIGNED, DATE),
    FIXED("Date32", 4, SIGNED, DATE32),
    FIXED("DateTime", 4, UNSIGNED, DATETIME),
    FIXED("DateTime64", 8, SIGNED, DATETIME64),
    FIXED("Time", 4, SIGNED, TIME),
    FIXED("Time64", 8, SIGNED, TIME64),
    FIXED("IntervalNanosecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalMicrosecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalMillisecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalSecond", 8, SIGNED, INTERVAL),
    FIXED("IntervalMinute", 8, SIGNED, INTERVAL),
    FIXED("IntervalHour", 8, SIGNED, INTERVAL),
    FIXED("IntervalDay", 8, SIGNED, INTERVAL),
    FIXED("IntervalWeek", 8, SIGNED, INTERVAL),
    FIXED("IntervalMonth", 8, SIGNED, INTERVAL),
    FIXED("IntervalQuarter", 8, SIGNED, INTERVAL),
    FIXED("IntervalYear", 8, SIGNED, INTERVAL),
    FIXED("Nothing", 1, BYTES, NONE), /* a placeholder byte a value */
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
        if (text_equals(entries[i].name, name, name_bytes))
            return &entries[i];
    return NULL;
}
