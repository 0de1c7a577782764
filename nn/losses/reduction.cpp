#include "reduction.h"

#include <cmath>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"
#include "../../ops/network/losses.h"
#include "../../ops/reduction/reductions.h"

namespace retrograd::detail {

Tensor reduced(const char* op, const Tensor& losses, nn::Reduction reduction) {
  switch (reduction) {
    case nn::Reduction::mean:
      check_mean(op, losses);
      return mean(losses);
    case nn::Reduction::sum:
      return sum(losses);
    case nn::Reduction::none:
      break;
  }
  return losses;
}

void fail_value(const char* op, const char* what, const char* rule, double value, std::size_t position) {
  fail("{}: {} must be {}, got {:.8g} at position {}", op, what, rule, value, position);
}

void check_weights(const char* op, const char* what, const Tensor& weights, const Tensor& x) {
  if (weights.dtype() != x.dtype())
    fail<DtypeError>("{}: {} are {} but the outputs are {}; convert with astype", op, what, weights.dtype(), x.dtype());
  if (!broadcasts_to(weights.shape(), x.shape()))
    fail<ShapeError>("{}: {} {} do not broadcast to the outputs {}", op, what, weights.shape(), x.shape());
  check_values(op, what, weights, "finite and not negative", [](auto w) { return w >= 0 && std::isfinite(w); });
}

}  // namespace retrograd::detail
