// Whether the processor has the instructions that the program was built for.
#ifndef CPROCESSOR_H
#define CPROCESSOR_H

#include <stddef.h>

/// A bit for each set of instructions that the compiler was allowed to use, in the order of processor_lacks.
extern const unsigned processor_needs;

/// The first set of instructions that the program was built for and the processor has not; NULL when it has all.
///
/// Inline: it becomes a part of the caller, which is compiled for any processor.
static inline const char *processor_lacks(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#define CHECK(bit, name) \
  if ((processor_needs >> (bit) & 1) && !__builtin_cpu_supports(name)) return name
  CHECK(0, "avx");
  CHECK(1, "avx2");
  CHECK(2, "fma");
  CHECK(3, "bmi");
  CHECK(4, "bmi2");
  CHECK(5, "avx512f");
  CHECK(6, "avx512bw");
  CHECK(7, "avx512cd");
  CHECK(8, "avx512dq");
  CHECK(9, "avx512vl");
#undef CHECK
#endif
  return NULL;
}

#endif
