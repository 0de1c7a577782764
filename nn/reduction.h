// How many losses become one: the losses of elements or rows, each function says which, are averaged, added up, or
// left as they are. What is common to the losses; knows none of them.
#pragma once
#include "../core/function_ref.h"
#include "../core/tensor.h"

namespace retrograd::nn {

/// What a loss function returns of its single losses.
enum class Reduction {
  mean,  ///< their mean, of size 1; where targets have weights each function says what it divides by
  sum,   ///< their sum, of size 1
  none   ///< all of them
};

/// The options of losses that have no others: mse(outputs, targets, {.reduction = Reduction::sum}).
struct LossOptions {
  Reduction reduction = Reduction::mean;  ///< what is returned of the single losses
};

}  // namespace retrograd::nn

namespace retrograd::detail {
/// The losses, averaged or added up as the reduction says.
Tensor reduced(const Tensor& losses, nn::Reduction reduction);
/// Error where a value of x, which is floating, does not fit: "op: what must be `rule`, got -1 at position 3".
void check_values(const char* op, const char* what, const Tensor& x, const char* rule, FunctionRef<bool(double)> fits);
/// The same for weights, which must be finite and not negative; DtypeError or ShapeError where they have not the dtype
/// of x or do not broadcast to x.
void check_weights(const char* op, const char* what, const Tensor& weights, const Tensor& x);
}  // namespace retrograd::detail
