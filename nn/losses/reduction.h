// How many losses become one: the losses of elements or rows, each function says which, are averaged, added up, or
// left as they are. What is common to the losses; knows none of them.
#pragma once
#include <cstddef>
#include <span>

#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// What a loss function returns of its single losses.
enum class Reduction {
  mean,  ///< their mean, of size 1; where targets have weights each function says what it divides by. ShapeError of an
         ///< empty batch, where PyTorch's is NaN
  sum,   ///< their sum, of size 1; 0 of an empty batch
  none   ///< all of them
};

/// The options of losses that have no others: mse(outputs, targets, {.reduction = Reduction::sum}).
struct LossOptions {
  Reduction reduction = Reduction::mean;  ///< what is returned of the single losses
};

}  // namespace retrograd::nn

namespace retrograd::detail {
/// The losses, averaged or added up as the reduction says. ShapeError where there are none to average.
Tensor reduced(const char* op, const Tensor& losses, nn::Reduction reduction);
[[noreturn]] void fail_value(const char* op, const char* what, const char* rule, double value, std::size_t position);
/// Error where a value of x, which is floating, does not fit: "op: what must be `rule`, got -1 at position 3".
template <class Fits>
void check_values(const char* op, const char* what, const Tensor& x, const char* rule, Fits fits) {
  const Tensor from = packed(x);
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    const std::span<const T> values = from.span<T>();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!fits(values[i])) fail_value(op, what, rule, static_cast<double>(values[i]), i);
  });
}
/// The same for weights, which must be finite and not negative; DtypeError or ShapeError where they have not the dtype
/// of x or do not broadcast to x.
void check_weights(const char* op, const char* what, const Tensor& weights, const Tensor& x);
}  // namespace retrograd::detail
