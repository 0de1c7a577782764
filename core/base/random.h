// Rng: a counter-based generator (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
// with our own uniform, normal and shuffle, so that a seed means the same numbers everywhere. An object, never a
// global.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace retrograd {

/// A generator of random numbers: its seed and stream say all that it will ever draw.
class Rng {
 public:
  /// Generators of one seed and different streams draw independently.
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// 32 random bits.
  std::uint32_t bits();
  /// Evenly from [0, 1), a multiple of 2^-53.
  double uniform();
  /// From the standard normal distribution.
  double normal();
  /// Evenly from 0 … n-1; n must be positive.
  std::uint64_t below(std::uint64_t n);
  /// Puts the values into random order (Fisher and Yates).
  template <class T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }
  /// An independent generator: the same seed, another stream. What is drawn from one does not move the other.
  Rng split(std::uint64_t stream) const { return Rng(seed_, stream_ * 0x9E3779B97F4A7C15u + stream + 1); }
  /// All that decides what is drawn next: the seed, the stream, how many blocks of four numbers were made, and how many
  /// of the last one are left. The same on every machine.
  std::array<std::uint64_t, 4> state() const { return {seed_, stream_, counter_, left_}; }
  /// Goes on where the generator with this state stood; Error where none can have it.
  void set_state(const std::array<std::uint64_t, 4>& state);

 private:
  std::uint64_t seed_, stream_, counter_ = 0;
  std::array<std::uint32_t, 4> block_{};
  unsigned left_ = 0;
};

}  // namespace retrograd
