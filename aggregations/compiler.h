/* The compiler extensions that the project uses, all of them, behind one name each. */
#ifndef SALTWELL_COMPILER_H
#define SALTWELL_COMPILER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if !defined(__GNUC__)
#error "Saltwell is built with gcc or clang"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Saltwell reads ClickHouse's little-endian columns in place; this machine is big-endian"
#endif

/* The caller must look at the result. */
#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_argument) \
    __attribute__((format(printf, format_index, first_argument)))
/* For a function that is compiled anew for each constant that it is called with. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/*
 * The function is also compiled for AVX2, and the program takes that at its start where the
 * processor has it. For loops over integers: what they compute does not depend on the width of a
 * vector. -DMULTIVERSIONED= switches it off, for runtimes that are not there yet when it is made.
 */
#ifdef MULTIVERSIONED
#elif defined(__x86_64__) && defined(__GLIBC__) /* whose loader makes the choice */
#define MULTIVERSIONED __attribute__((target_clones("avx2", "default")))
#else
#define MULTIVERSIONED
#endif

__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;

/* Two doubles that the compiler adds and multiplies side by side. */
typedef double double_pair __attribute__((vector_size(16)));

/* Values inside a block of the wire stand at any address; these read and write them there. */
#define COMPILER_LOAD_STORE(suffix, type)                   \
    static inline type load_##suffix(const void *from)      \
    {                                                       \
        type value;                                         \
        memcpy(&value, from, sizeof(value));                \
        return value;                                       \
    }                                                       \
    static inline void store_##suffix(void *to, type value) \
    {                                                       \
        memcpy(to, &value, sizeof(value));                  \
    }
COMPILER_LOAD_STORE(u16, uint16_t)
COMPILER_LOAD_STORE(u32, uint32_t)
COMPILER_LOAD_STORE(u64, uint64_t)
COMPILER_LOAD_STORE(i64, int64_t)
COMPILER_LOAD_STORE(f32, float)
COMPILER_LOAD_STORE(f64, double)
#undef COMPILER_LOAD_STORE

/* BFloat16: the upper half of a Float32. */
static inline float load_bf16(const void *from)
{
    uint32_t bits = (uint32_t)load_u16(from) << 16;
    return load_f32(&bits);
}

/* A BFloat16, Float32 or Float64, by its width. */
static inline double load_float(const void *from, size_t width_bytes)
{
    return width_bytes == 8   ? load_f64(from)
           : width_bytes == 4 ? (double)load_f32(from)
                              : (double)load_bf16(from);
}

/* An unsigned integer of 1 to 8 bytes. */
static inline uint64_t load_unsigned(const void *from, size_t width_bytes)
{
    uint64_t value = 0;
    memcpy(&value, from, width_bytes);
    return value;
}

/* A signed one. */
static inline int64_t load_signed(const void *from, size_t width_bytes)
{
    unsigned unused_bits = 64 - 8 * (unsigned)width_bytes;
    return (int64_t)(load_unsigned(from, width_bytes) << unused_bits) >> unused_bits;
}

#endif
