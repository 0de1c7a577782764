#include "dataset.h"

#include <algorithm>
#include <cstring>

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "pixels.h"

namespace retrograd::tools {

namespace {

void check(const Dataset& set) {
  if (set.inputs.rank() == 0 || set.targets.rank() == 0 || set.inputs.shape()[0] != set.targets.shape()[0])
    fail<ShapeError>("dataset: inputs {} and targets {} are not equally many samples", set.inputs.shape(),
                     set.targets.shape());
}

// The rows of x, which is contiguous, in the order given; pixels are decoded.
Tensor gather(const Tensor& x, const std::int64_t* rows, std::int64_t count, bool pixels) {
  Shape shape = x.shape();
  const std::int64_t width = shape[0] ? x.size() / shape[0] : 0;
  shape[0] = count;
  if (pixels && x.dtype() == uint8) {
    Tensor out = Tensor::empty(shape, float32);
    const std::uint8_t* bytes = x.data<std::uint8_t>();
    float* to = detail::values<float>(out);
    for (std::int64_t i = 0; i < count; ++i) detail::decode_pixels(bytes + rows[i] * width, to + i * width, width);
    return out;
  }
  Tensor out = Tensor::empty(shape, x.dtype());
  const std::size_t bytes = static_cast<std::size_t>(width) * size_of(x.dtype());
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(out.body().data + static_cast<std::size_t>(i) * bytes,
                x.body().data + static_cast<std::size_t>(rows[i]) * bytes, bytes);
  return out;
}

}  // namespace

Batches::Batches(const Dataset& set, std::int64_t batch_size, Tensor order)
    : set_{detail::packed(set.inputs), detail::packed(set.targets)},
      batch_size_(batch_size),
      order_(std::move(order)) {}

Batch Batches::take(std::int64_t begin) const {
  const std::int64_t count = std::min(batch_size_, set_.size() - begin);
  const std::int64_t* rows = order_.data<std::int64_t>() + begin;
  return {gather(set_.inputs, rows, count, true), gather(set_.targets, rows, count, false)};
}

Batches batches(const Dataset& set, std::int64_t batch_size, Rng& rng) {
  check(set);
  if (batch_size < 1 || batch_size > set.size())
    fail("batches: the batch size must be from 1 to {} (the size of the set), got {}", set.size(), batch_size);
  return Batches(set, batch_size, permutation(set.size(), rng));
}

Batch whole(const Dataset& set) {
  check(set);
  const Tensor order = arange(set.size());
  const std::int64_t* rows = order.data<std::int64_t>();
  return {gather(detail::packed(set.inputs), rows, set.size(), true),
          gather(detail::packed(set.targets), rows, set.size(), false)};
}

}  // namespace retrograd::tools
