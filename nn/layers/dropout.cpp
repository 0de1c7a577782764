#include "dropout.h"

#include <algorithm>
#include <cstdint>

#include "../../core/base/error.h"
#include "../../core/base/random.h"
#include "../../core/base/threads.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/comparison.h"
#include "../base/training.h"

namespace retrograd::nn {

namespace {

// What is kept: false with probability p. Two draws are the seed of a generator for each chunk, so that chunks are
// drawn side by side and are the same for any number of threads.
Tensor kept_of(const Tensor& x, double p, Rng& rng) {
  constexpr std::int64_t kChunk = 16384;
  const std::uint64_t high = rng.bits(), seed = high << 32 | rng.bits();
  const double threshold = p * 0x1p32;
  Tensor kept = Tensor::empty(x.shape(), boolean);
  bool* to = detail::values<bool>(kept);
  detail::parallel_for((x.size() + kChunk - 1) / kChunk, [&](std::int64_t chunk) {
    Rng own(seed, static_cast<std::uint64_t>(chunk));
    const std::int64_t end = std::min(x.size(), (chunk + 1) * kChunk);
    for (std::int64_t i = chunk * kChunk; i < end; ++i) to[i] = own.bits() >= threshold;
  });
  return kept;
}

}  // namespace

Dropout::Dropout(double share) : p(share) {
  if (!(p >= 0 && p <= 1)) fail("Dropout: p must lie between 0 and 1, got {}", p);
}

Tensor Dropout::operator()(const Tensor& x) const {
  const Tensor y = retrograd::detail::dropped(*this, x);
  return y.body_or_null() == x.body_or_null() ? retrograd::detail::copied(x) : y;
}

}  // namespace retrograd::nn

namespace retrograd {

Tensor detail::dropped(const nn::Dropout& layer, const Tensor& x) {
  check_floating("Dropout", x);
  Rng* rng = nn::training();
  if (!rng || layer.p == 0) return x;
  if (layer.p == 1) return where(zeros(x.shape(), boolean), x, 0);
  // Chosen, not multiplied: a value that is dropped may be infinite.
  return where(nn::kept_of(x, layer.p, *rng), scaled(x, 1 / (1 - layer.p)), 0);
}

}  // namespace retrograd
