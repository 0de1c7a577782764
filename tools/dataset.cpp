#include "dataset.h"

#include <algorithm>
#include <cstring>

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../core/threads.h"
#include "pixels.h"

namespace retrograd::tools {

namespace {

void check(const Dataset& set) {
  if (set.inputs.rank() == 0 || set.targets.rank() == 0 || set.inputs.shape()[0] != set.targets.shape()[0])
    fail<ShapeError>("dataset: inputs {} and targets {} are not equally many samples", set.inputs.shape(),
                     set.targets.shape());
}

// Asks for memory that will be read soon.
void prefetch(const std::byte* begin, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(begin + at, 0, 2);
}

// `count` rows of x, which is contiguous, in the order given; pixels are decoded. The order goes on to `known` rows:
// those that come soon are brought near meanwhile, since rows in random order come as slowly as memory answers.
Tensor gather(const Tensor& x, const std::int64_t* rows, std::int64_t count, std::int64_t known, bool pixels) {
  Shape shape = x.shape();
  const std::size_t bytes = (shape[0] ? static_cast<std::size_t>(x.size() / shape[0]) : 0) * size_of(x.dtype());
  shape[0] = count;
  constexpr std::int64_t kAhead = 16, kBytesTogether = 32 * 1024;
  constexpr std::size_t kNear = 256 * 1024;  // of a cache, for what is fetched ahead
  const std::byte* from = x.body().data;
  const auto source = [&](std::int64_t i) { return from + static_cast<std::size_t>(rows[i]) * bytes; };
  const bool decodes = pixels && x.dtype() == uint8;
  Tensor out = Tensor::empty(shape, decodes ? float32 : x.dtype());
  const auto copy_row = [&](std::int64_t i) {
    if (i + kAhead < known && kAhead * bytes <= kNear) prefetch(source(i + kAhead), bytes);
    if (decodes)
      detail::decode_pixels(reinterpret_cast<const std::uint8_t*>(source(i)),
                            detail::values<float>(out) + static_cast<std::size_t>(i) * bytes,
                            static_cast<std::int64_t>(bytes));
    else
      std::memcpy(out.body().data + static_cast<std::size_t>(i) * bytes, source(i), bytes);
  };
  const std::int64_t part = std::max<std::int64_t>(kBytesTogether / static_cast<std::int64_t>(bytes + 1), 1);
  detail::parallel_for((count + part - 1) / part, [&](std::int64_t chunk) {
    for (std::int64_t i = chunk * part; i < std::min(count, (chunk + 1) * part); ++i) copy_row(i);
  });
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
  const std::int64_t known = set_.size() - begin;
  return {gather(set_.inputs, rows, count, known, true), gather(set_.targets, rows, count, known, false)};
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
  return {gather(detail::packed(set.inputs), rows, set.size(), set.size(), true),
          gather(detail::packed(set.targets), rows, set.size(), set.size(), false)};
}

}  // namespace retrograd::tools
