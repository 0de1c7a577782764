#include "losses.h"

#include <cmath>
#include <limits>
#include <vector>

#include "../../core/compute/creation.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/indices.h"
#include "../../core/kernels/losses.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/comparison.h"
#include "../elementwise/convert.h"
#include "../elementwise/logic.h"
#include "../reduction/reductions.h"
#include "../reduction/softmax.h"

namespace retrograd {

namespace {
bool are_indices(const Tensor& targets) { return targets.dtype() == int64; }
}  // namespace

void detail::check_rows(const char* op, const Tensor& y, const Tensor& targets, std::optional<std::int64_t> ignored) {
  check_floating(op, y);
  if (y.rank() != 2 || y.shape()[1] == 0)
    detail::fail<ShapeError>("{}: needs rows (N, K), got shape {}", op, y.shape());
  if (are_indices(targets)) {
    if (!(targets.shape() == Shape{y.shape()[0]}))
      detail::fail<ShapeError>("{}: {} needs {} class indices, got shape {}", op, y.shape(), y.shape()[0],
                               targets.shape());
    const Tensor indices = packed(targets);
    const auto* index = indices.data<std::int64_t>();
    const std::int64_t n = first_outside(index, targets.size(), 0, y.shape()[1], ignored ? &*ignored : nullptr);
    if (n < targets.size())
      detail::fail<ShapeError>("{}: class index {} of row {} is outside 0 … {}", op, index[n], n, y.shape()[1] - 1);
  } else if (targets.shape() == Shape{y.shape()[0]}) {
    detail::fail<DtypeError>("{}: class indices are int64, got {} {}; convert with astype", op, targets.dtype(),
                             targets.shape());
  } else if (targets.dtype() != y.dtype()) {
    detail::fail<DtypeError>("{}: targets must be one-hot rows of {} or int64 class indices, got {}", op, y.dtype(),
                             targets.dtype());
  } else if (!(targets.shape() == y.shape())) {
    detail::fail<ShapeError>("{}: one-hot targets {} differ in shape from the outputs {}", op, targets.shape(),
                             y.shape());
  }
}

void detail::check_pairs(const char* op, const Tensor& y, const Tensor& targets) {
  check_floating(op, y);
  check_dtypes(op, {{"outputs", y}, {"targets", targets}});
  if (!(targets.shape() == y.shape()))
    detail::fail<ShapeError>("{}: the targets {} differ in shape from the outputs {}", op, targets.shape(), y.shape());
}

void detail::check_mean(const char* op, const Tensor& y) {
  if (y.size() == 0)
    detail::fail<ShapeError>("{}: outputs {} are empty, so the mean loss is undefined; Reduction::sum gives 0", op,
                             y.shape());
}

Tensor detail::target_rows(const Tensor& targets, const Tensor& like) {
  return are_indices(targets) ? one_hot(targets, like.shape()[1], like.dtype()) : targets;
}

Tensor detail::shared_logs(const Tensor& shares, const Tensor& logs) {
  return shares * where((shares == 0) & isinf(logs), 0, logs);
}

namespace {

using detail::check_mean;
using detail::check_pairs;
using detail::check_rows;
using detail::target_rows;
const detail::LossKernels& kernels() { return detail::loss_kernels(); }

// A loss as a scalar tensor; a value beyond the range of float32 becomes infinite, as if summed in float32.
Tensor loss_of(double loss, Dtype dtype) {
  if (dtype == float32 && std::abs(loss) > std::numeric_limits<float>::max()) loss = std::copysign(INFINITY, loss);
  return full({}, loss, dtype);
}
double batch_of(const Tensor& y) { return static_cast<double>(y.shape()[0]); }

// r = (a − t)·s/n for targets t (rows, or class indices) and a scalar s: the backward formula of all losses, in one
// pass.
Tensor residual(const Tensor& a, const Tensor& targets, const Tensor& s, double n) {
  Tensor r = Tensor::empty(a.shape(), a.dtype());
  const Tensor from = detail::packed(a), t = detail::packed(targets);
  if (are_indices(targets)) {
    const std::int64_t columns = a.shape()[1];
    const auto kernel = detail::kernel_for("residual", kernels().residual_of_indices, a.dtype());
    detail::run_rows({a.shape()[0], columns}, kernel, from, t, s, n, r, columns);
  } else {
    detail::run_rows({a.size(), 1}, detail::kernel_for("residual", kernels().residual, a.dtype()), from, t, s, n, r);
  }
  return record(
      "residual", std::move(r),
      wrt(
          a, [n](const Tensor& gg, const Tensor& scale) { return gg * (scale / n); }, s),
      wrt(
          targets, [n](const Tensor& gg, const Tensor& scale) { return -(gg * (scale / n)); }, s),
      wrt(
          s, [n](const Tensor& gg, const Tensor& u, const Tensor& v) { return sum(gg * (u - target_rows(v, u))) / n; },
          a, targets));
}

Tensor softmax_cross_entropy_composed(const Tensor& x, const Tensor& targets) {
  check_rows("softmax_cross_entropy", x, targets);
  check_mean("softmax_cross_entropy", x);
  const Tensor rows = target_rows(targets, x), logs = detail::log_softmax_composed(x, 1);
  return -sum(detail::shared_logs(rows, logs)) / batch_of(x);  // eq. 2.10, 2.11
}

// Eq. 2.16: dE/dx = (h − t)/N, for rows of targets that sum to one; in general (h·Σₖ tₖ − t)/N. h is recorded as well
// as E, so that the rule can be differentiated through the softmax.
Tensor softmax_cross_entropy_fused(const Tensor& x, const Tensor& targets) {
  check_rows("softmax_cross_entropy", x, targets);
  check_mean("softmax_cross_entropy", x);
  const std::int64_t rows = x.shape()[0], columns = x.shape()[1];
  const Tensor from = detail::packed(x), t = detail::packed(targets);
  std::vector<double, detail::PoolAllocator<double>> log_sum(static_cast<std::size_t>(rows));
  Tensor h = detail::softmax_rows(from, log_sum.data());
  const double loss =
      are_indices(targets)
          ? detail::run_whole(
                detail::kernel_for("softmax_cross_entropy", kernels().cross_entropy_of_indices, x.dtype()), from, t,
                log_sum.data(), rows, columns)
          : detail::run_whole(detail::kernel_for("softmax_cross_entropy", kernels().cross_entropy, x.dtype()), from, t,
                              log_sum.data(), rows, columns);
  // dh = h ∘ (dx − Σₖ hₖ dxₖ), eq. 2.14
  h = record(
      "softmax", std::move(h),
      wrt(
          x, [](const Tensor& g, const Tensor& value) { return value * (g - sum(g * value, 1, true)); }, Result{}));
  return record(
      "softmax_cross_entropy", loss_of(loss / batch_of(x), x.dtype()),
      wrt(
          x,
          [](const Tensor& g, const Tensor& shares, const Tensor& wanted) {
            return residual(are_indices(wanted) ? shares : shares * sum(wanted, 1, true), wanted, g, batch_of(shares));
          },
          h, targets),
      wrt(
          targets, [](const Tensor& g, const Tensor& at) { return log_softmax(at, 1) * (-g / batch_of(at)); }, x));
}

// Σ (y − t)²
double squared_distance(const Tensor& y, const Tensor& targets) {
  const Tensor from = detail::packed(y), t = detail::packed(targets);
  if (are_indices(targets))
    return detail::run_whole(detail::kernel_for("euclidean", kernels().squared_distance_of_indices, y.dtype()), from, t,
                             y.shape()[0], y.shape()[1]);
  const std::int64_t one_row = 1;
  return detail::run_whole(detail::kernel_for("mse", kernels().squared_distance, y.dtype()), from, t, one_row,
                           y.size());
}

// Σ (y − t)²/2n, whose derivative is (y − t)/n.
Tensor half_squares(const char* op, const Tensor& y, const Tensor& targets, double n) {
  return record(
      op, loss_of(squared_distance(y, targets) / (2 * n), y.dtype()),
      wrt(
          y, [n](const Tensor& g, const Tensor& value, const Tensor& t) { return residual(value, t, g, n); }, y,
          targets),
      wrt(
          targets, [n](const Tensor& g, const Tensor& value, const Tensor& t) { return -residual(value, t, g, n); }, y,
          targets));
}

Tensor euclidean_composed(const Tensor& y, const Tensor& targets) {
  check_rows("euclidean", y, targets);
  check_mean("euclidean", y);
  return sum(square(y - target_rows(targets, y))) / (2 * batch_of(y));  // eq. 2.7
}
// Eq. 2.8: dE/dy = (y − t)/N.
Tensor euclidean_fused(const Tensor& y, const Tensor& targets) {
  check_rows("euclidean", y, targets);
  check_mean("euclidean", y);
  return half_squares("euclidean", y, targets, batch_of(y));
}

Tensor mse_composed(const Tensor& y, const Tensor& targets) {
  check_pairs("mse", y, targets);
  check_mean("mse", y);
  return mean(square(y - targets));
}
Tensor mse_fused(const Tensor& y, const Tensor& targets) {
  check_pairs("mse", y, targets);
  check_mean("mse", y);
  return half_squares("mse", y, targets, static_cast<double>(y.size()) / 2);
}

}  // namespace

constinit const Override overrides::euclidean{"euclidean", euclidean_composed, euclidean_fused};
constinit const Override overrides::mse{"mse", mse_composed, mse_fused};
constinit const Override overrides::softmax_cross_entropy{"softmax_cross_entropy", softmax_cross_entropy_composed,
                                                          softmax_cross_entropy_fused};

}  // namespace retrograd
