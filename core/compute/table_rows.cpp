#include "table_rows.h"

#include <vector>

#include "creation.h"
#include "scatter.h"

namespace retrograd::detail {

std::shared_ptr<Deferred> TableRows::make(const Tensor& g, const Tensor& indices, const Shape& shape) {
  constexpr std::int64_t kSmall = 4096;
  if (shape.size() < kSmall || indices.size() > shape[0] / 2 || indices.size() == 0) return nullptr;
  return std::allocate_shared<TableRows>(PoolAllocator<TableRows>(), g, indices, shape);
}

TableRows::TableRows(const Tensor& g, const Tensor& indices, const Shape& shape)
    : Deferred(g.dtype(), shape), g_(sole_owner(g) ? g : copy_values(g)), indices_(copy_values(indices)) {}

const Tensor& TableRows::value() {
  const std::lock_guard lock(mutex_);
  if (!value_.defined()) {
    Tensor whole = zeros(shape(), dtype());
    add_rows(whole, g_, indices_, 0);
    value_ = std::move(whole);
  }
  return value_;
}

const TableRows::Sums& TableRows::sums() {
  const std::lock_guard lock(mutex_);
  if (sums_.rows.defined()) return sums_;
  constexpr std::int64_t kUnseen = -1;
  const auto count = static_cast<std::size_t>(indices_.size());
  std::vector<std::int64_t, PoolAllocator<std::int64_t>> numbers(static_cast<std::size_t>(shape()[0]), kUnseen), places;
  places.reserve(count);
  const Tensor own = Tensor::empty({indices_.size()}, int64);  // for each term the number of its row
  for (std::size_t j = 0; j < count; ++j) {
    const std::int64_t place = indices_.data<std::int64_t>()[j];
    std::int64_t& number = numbers[static_cast<std::size_t>(place)];
    if (number == kUnseen) {
      number = static_cast<std::int64_t>(places.size());
      places.push_back(place);
    }
    values<std::int64_t>(own)[j] = number;
  }
  Shape occurring = shape();
  occurring[0] = static_cast<std::int64_t>(places.size());
  Tensor rows = zeros(occurring, dtype());
  add_rows(rows, g_, own, 0);
  sums_.places = from_bytes(places.data(), places.size(), {occurring[0]}, int64);
  sums_.rows = std::move(rows);
  return sums_;
}

}  // namespace retrograd::detail
