// Random words (Philox4x32-10) and the numbers made of them, the same on every SIMD target. A value takes two words,
// the first of which is the higher one. Does not know whose words they are or which come next. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct RandomKernels {
  /// The four words of each of so many blocks from `counter` on.
  void (*words)(std::uint64_t counter, std::uint64_t stream, std::uint64_t key, std::uint32_t* to, std::int64_t blocks);
  /// y[i] = low + width·u as of Rng::uniform; false if one of them is not less than `high`.
  ByDtype<bool (*)(const std::uint32_t* words, void* y, std::int64_t n, double low, double width, double high)> uniform;
  /// y[i] = mean + stddev·z as of Rng::normal.
  ByDtype<void (*)(const std::uint32_t* words, void* y, std::int64_t n, double mean, double stddev)> normal;
  /// y[i] = whether Rng::uniform is less than p.
  ByDtype<void (*)(const std::uint32_t* words, void* y, std::int64_t n, double p)> bernoulli;
  /// y[i] = low + Rng::below(count); false if one of the draws has to be repeated.
  bool (*below)(const std::uint32_t* words, std::int64_t* y, std::int64_t n, std::uint64_t low, std::uint64_t count);
  /// y[i] = whether a word is at least `threshold`; one word a value.
  void (*at_least)(const std::uint32_t* words, bool* y, std::int64_t n, double threshold);
};
const RandomKernels& random_kernels();

}  // namespace retrograd::detail
