#include "reduction.h"

#include <cmath>

#include "../core/error.h"
#include "../core/format.h"
#include "../ops/reductions.h"

namespace retrograd::detail {

Tensor reduced(const Tensor& losses, nn::Reduction reduction) {
  switch (reduction) {
    case nn::Reduction::mean:
      return mean(losses);
    case nn::Reduction::sum:
      return sum(losses);
    case nn::Reduction::none:
      break;
  }
  return losses;
}

void check_values(const char* op, const char* what, const Tensor& x, const char* rule, FunctionRef<bool(double)> fits) {
  const Tensor from = packed(x);
  dispatch_floating(x.dtype(), [&]<class T>() {
    const T* value = from.data<T>();
    for (std::int64_t i = 0; i < x.size(); ++i)
      if (!fits(static_cast<double>(value[i])))
        fail("{}: {} must be {}, got {} at position {}", op, what, rule, value[i], i);
  });
}

void check_weights(const char* op, const char* what, const Tensor& weights, const Tensor& x) {
  if (weights.dtype() != x.dtype())
    fail<DtypeError>("{}: {} are {}, the outputs {}; astype converts", op, what, weights.dtype(), x.dtype());
  if (!broadcasts_to(weights.shape(), x.shape()))
    fail<ShapeError>("{}: {} {} do not broadcast to the outputs {}", op, what, weights.shape(), x.shape());
  check_values(op, what, weights, "finite and not negative", [](double w) { return w >= 0 && std::isfinite(w); });
}

}  // namespace retrograd::detail
