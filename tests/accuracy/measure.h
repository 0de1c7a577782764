// Errors of a function and its derivatives, in units in the last place (ulps) of the exact result: below the smallest
// normal number, and where a result is 0, in units of the smallest subnormal number. Exact derivatives are differences
// of the exact function over steps so small, with so many bits, that they equal the limit to every digit used. Where a
// value overflows, its derivatives are not measured.
#pragma once
#include <array>
#include <cstdint>

#include "function.h"

/// The largest error, and where it occurs.
struct Error {
  double ulps = 0;
  double x = 0, y = 0;
  double found = 0, right = 0;
};

/// The result for one function in one dtype.
struct Errors {
  std::array<Error, kOrders> of;
  std::int64_t points = 0;
};

/// Measures f at its points in T: `random` random ones and every `stride`-th of the fixed ones, on `threads` threads.
template <class T>
Errors measure(const Function& f, std::int64_t random, std::int64_t stride, int threads);
