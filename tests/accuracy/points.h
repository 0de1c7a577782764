// Where functions are measured: every power of two, subnormals, zeros, neighbors of branch points, and random numbers,
// half of them uniform in the exponent.
#pragma once
#include <cstdint>
#include <vector>

#include "function.h"

/// Points in the domain of f, representable in T; if there is a second argument, one value of it for each.
template <class T>
struct Points {
  std::vector<T> x, y;
};

/// `random` points drawn with `seed`, after every `stride`-th of the fixed ones.
template <class T>
Points<T> points_of(const Function& f, std::int64_t random, std::int64_t stride, std::uint64_t seed);
