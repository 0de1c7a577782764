// Errors of a function and its derivatives, in units in the last place (ulps) of the exact result: below the smallest
// normal number, and where a result is 0, in units of the smallest subnormal number. Derivatives are exact through
// differences of the exact function over steps so small, with so many bits, that nothing but the limit is left; where a
// value overflows, its derivatives do not count.
#pragma once
#include <array>
#include <cstdint>

#include "function.h"

/// The largest error found, and where.
struct Error {
  double ulps = 0;
  double x = 0, y = 0;
  double found = 0, right = 0;
};

/// What was found for one function in one dtype.
struct Errors {
  std::array<Error, kOrders> of;
  std::int64_t points = 0;
};

/// The errors of f at its points in T: `random` drawn ones and every `stride`-th of the fixed ones, on `threads`.
template <class T>
Errors measure(const Function& f, std::int64_t random, std::int64_t stride, int threads);
