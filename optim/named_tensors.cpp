#include "named_tensors.h"

#include "../core/base/error.h"
#include "../core/tensor/format.h"

namespace retrograd::optim::detail {

NamedTensors::NamedTensors(std::span<const Parameter> from) : from_(from) {
  for (const Parameter& one : from)
    if (!left_.emplace(one.name, &one.tensor).second)
      retrograd::detail::fail("load_state: {} is listed twice", one.name);
}

const Tensor& NamedTensors::take(const std::string& name, const Shape& shape, Dtype dtype) {
  const auto found = left_.find(name);
  if (found == left_.end()) retrograd::detail::fail("load_state: {} is missing: expected {} {}", name, dtype, shape);
  const Tensor& x = *found->second;
  if (!(x.shape() == shape))
    retrograd::detail::fail<ShapeError>("load_state: {}: expected {} {}, found {} {}", name, dtype, shape, x.dtype(),
                                        x.shape());
  if (x.dtype() != dtype)
    retrograd::detail::fail<DtypeError>("load_state: {}: expected {} {}, found {} {}", name, dtype, shape, x.dtype(),
                                        x.shape());
  left_.erase(found);
  return x;
}

std::int64_t NamedTensors::take_count(const std::string& name) {
  const auto count = take(name, {}, int64).item<std::int64_t>();
  if (count < 0) retrograd::detail::fail("load_state: {} cannot be negative, got {}", name, count);
  if (constexpr std::int64_t kMost = std::int64_t{1} << 53;
      count > kMost)  // the largest range in which a double holds every integer
    retrograd::detail::fail("load_state: {} cannot be more than 2^53, got {}", name, count);
  return count;
}

void NamedTensors::end() const {
  for (const Parameter& one : from_)
    if (left_.contains(one.name)) retrograd::detail::fail("load_state: unexpected tensor {}", one.name);
}

}  // namespace retrograd::optim::detail
