#include "normalization.h"

#include <algorithm>
#include <array>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/normalization.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../reduction/statistics.h"

namespace retrograd {

namespace {

// x as rows: (rows, columns), where each row has the shape of the weight.
Shape rows_of(const Tensor& x, const Tensor& weight) {
  std::int64_t rows = 1;
  for (int axis = 0; axis < x.rank() - weight.rank(); ++axis) rows *= x.shape()[axis];
  return {rows, weight.size()};
}

double checked_epsilon(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  detail::check_floating("layer_norm", x);
  detail::check_dtypes("layer_norm", {{"x", x}, {"weight", weight}, {"bias", bias}});
  bool fits = weight.rank() > 0 && weight.rank() <= x.rank();
  for (int axis = 1; fits && axis <= weight.rank(); ++axis)
    fits = weight.shape()[weight.rank() - axis] == x.shape()[x.rank() - axis];
  if (!fits)
    detail::fail<ShapeError>("layer_norm: the weight {} does not have the innermost axes of {}", weight.shape(),
                             x.shape());
  if (!(bias.shape() == weight.shape()))
    detail::fail<ShapeError>("layer_norm: the weight {} and the bias {} differ in shape", weight.shape(), bias.shape());
  if (epsilon.dtype() != float64 || epsilon.size() != 1)
    detail::fail<DtypeError>("layer_norm: epsilon must be a float64 scalar, got {} of shape {}", epsilon.dtype(),
                             epsilon.shape());
  const auto value = epsilon.item<double>();
  if (!(value >= 0)) detail::fail("layer_norm: epsilon must be 0 or more, got {}", value);
  return value;
}

Tensor layer_norm_composed(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  if (x.size() == 0) return x * weight + bias;
  const Tensor rows = reshape(x, rows_of(x, weight));
  const Tensor away = detail::centered(rows, 1);
  const Tensor normal =
      away / detail::root_mean_square("deviation", away, 1, true, static_cast<double>(weight.size()), e);
  return reshape(normal, x.shape()) * weight + bias;
}

// With h = (x − μ)·r, r = 1/√(σ² + ε) and q = g·weight: towards x r·(q − mean(q) − h·mean(q∘h)), towards the weight
// Σ g∘h, towards the bias Σ g.
struct LayerNormRule {
  double epsilon;

  void operator()(const Tensor& g, Cotangents& out, const Tensor& x, const Tensor& weight, const Tensor& packed_x,
                  const Tensor& means, const Tensor& rests, const Tensor& scales) const {
    if (is_recorded(g, x, weight)) return differentiable(g, x, weight, out);
    const Shape shape = rows_of(x, weight);
    const std::int64_t rows = shape[0], columns = shape[1];
    // Rows whose sums are added in the dtype of x; the borders of tiles depend on the shape alone.
    constexpr std::int64_t kElementsOfTile = 65536, kFewestRows = 8, kMostRows = 64;
    const std::int64_t tile = std::clamp(kElementsOfTile / columns, kFewestRows, kMostRows),
                       tiles = (rows + tile - 1) / tile;
    Tensor to_x, sums;
    if (out.wants(0)) to_x = Tensor::empty(x.shape(), x.dtype());
    if (out.wants(1) || out.wants(2)) sums = Tensor::empty({tiles, 2, columns}, x.dtype());
    const auto kernel = detail::kernel_for("layer_norm", detail::normalization_kernels().gradient, x.dtype());
    detail::run_rows({tiles, tile * columns * 2}, kernel, detail::packed(g), packed_x, detail::packed(weight), means,
                     rests, scales, to_x, sums, columns, rows, tile);
    if (to_x.defined()) out.give(0, std::move(to_x));
    if (!sums.defined()) return;
    const Tensor totals = tiles == 1 ? reshape(sums, {2, columns}) : sum(sums, 0);
    if (out.wants(1)) out.give(1, reshape(totals[0], weight.shape()));
    if (out.wants(2)) out.give(2, reshape(totals[1], weight.shape()));
  }

  // The same by recorded ops.
  void differentiable(const Tensor& g, const Tensor& x, const Tensor& weight, Cotangents& out) const {
    const Shape rows = rows_of(x, weight);
    const Tensor away = detail::centered(reshape(x, rows), 1);
    const auto count = static_cast<double>(rows[1]);
    const Tensor scale = 1 / detail::root_mean_square("deviation", away, 1, true, count, epsilon);
    const Tensor normal = away * scale;
    if (out.wants(0)) {
      const Tensor level = detail::centered(reshape(g * weight, rows), 1);
      out.give(0, reshape(scale * (level - normal * mean(level * normal, 1, true)), x.shape()));
    }
    if (out.wants(1)) out.give(1, reshape(sum(reshape(g, rows) * normal, 0), weight.shape()));
    if (out.wants(2)) out.give(2, reshape(sum(reshape(g, rows), 0), weight.shape()));
  }
};

Tensor layer_norm_fused(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  if (x.size() == 0) return x * weight + bias;
  const Shape rows = rows_of(x, weight);
  const Tensor from = detail::packed(x);
  const Tensor means = Tensor::empty({rows[0]}, x.dtype()), rests = Tensor::empty_like(means),
               scales = Tensor::empty_like(means);
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const auto kernel = detail::kernel_for("layer_norm", detail::normalization_kernels().rows, x.dtype());
  detail::run_rows({rows[0], rows[1]}, kernel, from, detail::packed(weight), detail::packed(bias), e, means, rests,
                   scales, y, rows[1]);
  const std::array<Tensor, 3> inputs = {x, weight, bias};
  return record_joint("layer_norm", std::move(y), inputs, LayerNormRule{e}, x, weight, from, means, rests, scales);
}

}  // namespace

constinit const Override overrides::layer_norm{"layer_norm", layer_norm_composed, layer_norm_fused};

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  return overrides::layer_norm(x, weight, bias, tensor(epsilon, float64));
}

}  // namespace retrograd
