// A list of named tensors to load from: each must be taken exactly once, by name, shape and dtype. Not a public header.
#pragma once
#include <span>
#include <string>
#include <unordered_map>

#include "../core/tensor/fields.h"

namespace retrograd::optim::detail {

class NamedTensors {
 public:
  /// Error where a name occurs twice.
  explicit NamedTensors(std::span<const Parameter> from);
  /// The tensor of this name. Error where it is missing, ShapeError or DtypeError where it differs.
  const Tensor& take(const std::string& name, const Shape& shape, Dtype dtype);
  /// A count: an int64 scalar from 0 to 2^53.
  std::int64_t take_count(const std::string& name);
  /// Error where a tensor was not taken.
  void end() const;

 private:
  std::span<const Parameter> from_;
  std::unordered_map<std::string, const Tensor*> left_;
};

}  // namespace retrograd::optim::detail
