// A list of named tensors that something is loaded from: each is asked for once, by name, shape and dtype, and none may
// be left. Not a room of its own.
#pragma once
#include <span>
#include <string>
#include <unordered_map>

#include "../core/tensor/fields.h"

namespace retrograd::optim::detail {

class NamedTensors {
 public:
  /// Error where a name stands twice.
  explicit NamedTensors(std::span<const Parameter> from);
  /// The tensor of this name. Error where there is none, ShapeError or DtypeError where it is another.
  const Tensor& take(const std::string& name, const Shape& shape, Dtype dtype);
  /// A number of times: an int64 scalar from 0 to 2^53.
  std::int64_t take_count(const std::string& name);
  /// Error where one was not asked for.
  void end() const;

 private:
  std::span<const Parameter> from_;
  std::unordered_map<std::string, const Tensor*> left_;
};

}  // namespace retrograd::optim::detail
