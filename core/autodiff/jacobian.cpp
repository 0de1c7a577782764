#include "jacobian.h"

#include "../base/error.h"
#include "../tensor/format.h"

namespace retrograd::detail {

std::vector<Tensor> jacobians(const char* op, Tape& tape, const Tensor& y, const std::vector<Tensor>& variables) {
  check_floating_value(op, y);
  for (const Tensor& x : variables)
    if (y.rank() + x.rank() > kMaxRank)
      fail<ShapeError>("{}: the shapes {} of the value and {} of x together have more than {} axes", op, y.shape(),
                       x.shape(), kMaxRank);
  std::vector<std::vector<Tensor>> rows(variables.size());
  const std::int64_t count = is_tracked(y) ? y.size() : 0;
  for (std::int64_t i = 0; i < count; ++i) {
    Tensor unit = zeros(y.shape(), y.dtype());
    dispatch(y.dtype(), [&]<class T>() { values<T>(unit)[i] = static_cast<T>(1); });
    const Gradients gradients = tape.gradients_or_none(y, unit);
    for (std::size_t k = 0; k < variables.size(); ++k) rows[k].push_back(gradients.get_or_zeros(variables[k]));
  }
  std::vector<Tensor> out;
  for (std::size_t k = 0; k < variables.size(); ++k) {
    Shape shape = y.shape();
    for (std::int64_t size : variables[k].shape()) shape.push_back(size);
    out.push_back(rows[k].empty() ? zeros(shape, variables[k].dtype()) : reshape(stack(rows[k]), shape));
  }
  return out;
}

}  // namespace retrograd::detail
