// Rng: a counter-based generator (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
// with its own uniform, normal and shuffle, so that a seed yields the same numbers on every platform. An object, never
// a global.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace retrograd {

/// A random number generator; its seed and stream determine everything it will ever draw.
class Rng {
 public:
  /// Generators with the same seed and different streams are independent.
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// 32 random bits.
  std::uint32_t bits();
  /// Uniform over [0, 1), a multiple of 2^-53.
  double uniform();
  /// From the standard normal distribution.
  double normal();
  /// Uniform over 0 … n-1; n must be positive.
  std::uint64_t below(std::uint64_t n);
  /// Shuffles the values (Fisher and Yates).
  template <class T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }
  /// An independent generator: the same seed, another stream. Drawing from one does not affect the other.
  Rng split(std::uint64_t stream) const { return Rng(seed_, stream_ * 0x9E3779B97F4A7C15u + stream + 1); }
  /// The complete state: the seed, the stream, the number of blocks of four numbers generated, and how many numbers of
  /// the last block are unused. The same on every machine.
  std::array<std::uint64_t, 4> state() const { return {seed_, stream_, counter_, left_}; }
  /// Continues from this state; Error if no generator can have it.
  void set_state(const std::array<std::uint64_t, 4>& state);

 private:
  std::uint64_t seed_, stream_, counter_ = 0;
  std::array<std::uint32_t, 4> block_{};
  unsigned left_ = 0;
};

}  // namespace retrograd
