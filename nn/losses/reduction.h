// How the losses of elements or rows are reduced: averaged, summed, or returned as they are; and checks that several
// losses share. Does not depend on any loss.
#pragma once
#include <cstddef>
#include <span>

#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// How a loss function reduces its individual losses.
enum class Reduction {
  mean,  ///< their mean, of size 1; functions that take weights document the divisor. ShapeError for an empty batch,
         ///< for which PyTorch returns NaN
  sum,   ///< their sum, of size 1; 0 for an empty batch
  none   ///< all of them
};

/// The options of losses that have no others: mse(outputs, targets, {.reduction = Reduction::sum}).
struct LossOptions {
  Reduction reduction = Reduction::mean;  ///< how the individual losses are reduced
};

}  // namespace retrograd::nn

namespace retrograd::detail {
/// The losses, reduced. ShapeError where the mean would be over none.
Tensor reduced(const char* op, const Tensor& losses, nn::Reduction reduction);
[[noreturn]] void fail_value(const char* op, const char* what, const char* rule, double value, std::size_t position);
/// Error where a value of x, of floating dtype, does not fit: "op: what must be `rule`, got -1 at position 3".
template <class Fits>
void check_values(const char* op, const char* what, const Tensor& x, const char* rule, Fits fits) {
  const Tensor from = packed(x);
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    const std::span<const T> values = from.span<T>();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!fits(values[i])) fail_value(op, what, rule, static_cast<double>(values[i]), i);
  });
}
/// The same for weights, which must be finite and nonnegative; DtypeError or ShapeError where they differ in dtype from
/// x or do not broadcast to it.
void check_weights(const char* op, const char* what, const Tensor& weights, const Tensor& x);
}  // namespace retrograd::detail
