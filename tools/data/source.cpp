#include "source.h"

#include <cstring>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

void check_equally_many(const Tensor& first, const Tensor& other) {
  if (first.rank() == 0 || other.rank() == 0) fail<ShapeError>("batches: a scalar has no axis of samples");
  if (first.shape()[0] != other.shape()[0])
    fail<ShapeError>("batches: {} and {} differ in the number of samples", first.shape(), other.shape());
}

void check_sample_count(std::int64_t samples) {
  if (samples < 0) fail("Source: the number of samples cannot be negative, got {}", samples);
}

void put_sample(std::vector<Tensor>& stack, std::size_t k, std::int64_t i, std::int64_t count, const Tensor& part,
                std::int64_t row) {
  if (i == 0) {
    Shape shape{count};
    for (const std::int64_t size : part.shape()) shape.push_back(size);
    stack.push_back(Tensor::empty(shape, part.dtype()));
  }
  const Tensor& whole = stack[k];
  const Shape expected(std::span(whole.shape().begin() + 1, whole.shape().end()));
  if (part.dtype() != whole.dtype())
    fail<DtypeError>("batches: part {} of sample {}: expected {} like the previous samples, found {}", k, row,
                     whole.dtype(), part.dtype());
  if (!(part.shape() == expected))
    fail<ShapeError>("batches: part {} of sample {}: expected {} like the previous samples, found {}", k, row, expected,
                     part.shape());
  const std::size_t bytes = static_cast<std::size_t>(part.size()) * size_of(part.dtype());
  if (bytes > 0) std::memcpy(whole.body().data + static_cast<std::size_t>(i) * bytes, packed(part).body().data, bytes);
}

}  // namespace retrograd::detail
