#include "random.h"

#include "error.h"
#include "normal_quantile.h"

namespace retrograd {

namespace {

std::array<std::uint32_t, 4> philox(std::uint64_t counter, std::uint64_t stream, std::uint64_t key) {
  std::uint32_t c0 = static_cast<std::uint32_t>(counter), c1 = static_cast<std::uint32_t>(counter >> 32);
  std::uint32_t c2 = static_cast<std::uint32_t>(stream), c3 = static_cast<std::uint32_t>(stream >> 32);
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0, p1 = std::uint64_t{0xCD9E8D57u} * c2;
    const auto high0 = static_cast<std::uint32_t>(p0 >> 32), high1 = static_cast<std::uint32_t>(p1 >> 32);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = static_cast<std::uint32_t>(p1);
    c3 = static_cast<std::uint32_t>(p0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {c0, c1, c2, c3};
}

}  // namespace

std::uint32_t Rng::bits() {
  if (left_ == 0) {
    block_ = philox(counter_++, stream_, seed_);
    left_ = 4;
  }
  return block_[4 - left_--];
}

double Rng::uniform() {
  const std::uint64_t high = bits() >> 5, low = bits() >> 6;  // 27 + 26 bits
  return static_cast<double>(high << 26 | low) * 0x1p-53;
}

double Rng::normal() {
  // The midpoint of one of 2^52 equal cells, exact in a double: never 0 or 1, where the quantile is infinite.
  const std::uint64_t high = bits() >> 6, low = bits() >> 6;
  return detail::NormalQuantile::at((static_cast<double>(high << 26 | low) + 0.5) * 0x1p-52);
}

std::uint64_t Rng::below(std::uint64_t n) {
  if (n == 0) detail::fail("below: n must be positive");
  // Rejects the draws that would make some results likelier than others.
  const std::uint64_t limit = ~std::uint64_t{0} - ~std::uint64_t{0} % n;
  for (;;) {
    const std::uint64_t high = bits(), draw = high << 32 | bits();
    if (draw < limit) return draw % n;
  }
}

void Rng::set_state(const std::array<std::uint64_t, 4>& state) {
  const auto [seed, stream, counter, left] = state;
  if (left > 3 || (left > 0 && counter == 0))
    detail::fail("set_state: expected at most 3 unused numbers of a generated block, got {} with counter {}", left,
                 counter);
  seed_ = seed;
  stream_ = stream;
  counter_ = counter;
  left_ = static_cast<unsigned>(left);
  if (left > 0) block_ = philox(counter - 1, stream, seed);
}

}  // namespace retrograd
