#include "batch_norm.h"

#include <array>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/batch_norm.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../reduction/statistics.h"

namespace retrograd {

namespace {

using detail::Channels;

Channels layout_of(const Tensor& x) {
  Channels layout = {x.shape()[0], x.shape()[1], 1};
  for (int axis = 2; axis < x.rank(); ++axis) layout.length *= x.shape()[axis];
  return layout;
}
Shape shape_of(Channels layout) { return {layout.n, layout.channels, layout.length}; }
detail::Rows rows_of(Channels layout) { return {layout.groups(), layout.n * layout.length * layout.group()}; }

double checked_epsilon(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  detail::check_floating("batch_norm", x);
  detail::check_dtypes("batch_norm", {{"x", x}, {"weight", weight}, {"bias", bias}});
  if (x.rank() < 2) detail::fail<ShapeError>("batch_norm: x must be (N, C, …), got {}", x.shape());
  const Shape expected = {x.shape()[1]};
  if (!(weight.shape() == expected) || !(bias.shape() == expected))
    detail::fail<ShapeError>("batch_norm: the weight {} and the bias {} do not fit the channels of {}", weight.shape(),
                             bias.shape(), x.shape());
  if (epsilon.dtype() != float64 || epsilon.size() != 1)
    detail::fail<DtypeError>("batch_norm: epsilon must be a float64 scalar, got {} of shape {}", epsilon.dtype(),
                             epsilon.shape());
  const auto value = epsilon.item<double>();
  if (!(value >= 0)) detail::fail("batch_norm: epsilon must be 0 or more, got {}", value);
  return value;
}

Tensor along_channels(const Tensor& x) { return reshape(x, {1, x.size(), 1}); }

Tensor batch_norm_composed(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  const Tensor rows = reshape(x, shape_of(layout_of(x)));
  const Tensor away = detail::centered(rows, {0, 2});
  const Tensor normal = away / detail::root_mean_square("deviation", away, {0, 2}, true,
                                                        static_cast<double>(rows.size() / rows.shape()[1]), e);
  return reshape(normal * along_channels(weight) + along_channels(bias), x.shape());
}

// With h = (x − μ)·r, r = 1/√(σ² + ε) and q = g − mean(g): the cotangents are weight·r·(q − h·mean(q∘h)) of x, Σ q∘h of
// the weight, and Σ g of the bias.
struct BatchNormRule {
  double epsilon;

  void operator()(const Tensor& g, Cotangents& out, const Tensor& x, const Tensor& weight, const Tensor& packed_x,
                  const Tensor& means, const Tensor& rests, const Tensor& scales) const {
    const Channels layout = layout_of(x);
    if (is_recorded(g, x, weight)) return differentiable(g, x, weight, layout, out);
    Tensor to_x, to_weight = Tensor::empty_like(means), to_bias = Tensor::empty_like(means);
    if (out.wants(0)) to_x = Tensor::empty(x.shape(), x.dtype());
    const auto kernel = detail::kernel_for("batch_norm", detail::batch_norm_kernels().gradient, x.dtype());
    detail::run_rows(rows_of(layout), kernel, detail::packed(g), packed_x, detail::packed(weight), means, rests, scales,
                     to_x, to_weight, to_bias, layout);
    if (to_x.defined()) out.give(0, std::move(to_x));
    if (out.wants(1)) out.give(1, std::move(to_weight));
    if (out.wants(2)) out.give(2, std::move(to_bias));
  }

  // The same composed of ops, for an open tape.
  void differentiable(const Tensor& cotangent, const Tensor& x, const Tensor& weight, Channels layout,
                      Cotangents& out) const {
    const Tensor g = reshape(cotangent, shape_of(layout)), rows = reshape(x, shape_of(layout));
    const Tensor away = detail::centered(rows, {0, 2});
    const auto count = static_cast<double>(rows.size() / rows.shape()[1]);
    const Tensor scale = 1 / detail::root_mean_square("deviation", away, {0, 2}, true, count, epsilon);
    const Tensor normal = away * scale, q = detail::centered(g, {0, 2});
    if (out.wants(0)) {
      const Tensor left = q - normal * mean(q * normal, {0, 2}, true);
      out.give(0, reshape(along_channels(weight) * scale * left, x.shape()));
    }
    if (out.wants(1)) out.give(1, sum(q * normal, {0, 2}));
    if (out.wants(2)) out.give(2, sum(g, {0, 2}));
  }
};

Tensor batch_norm_with(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon,
                       BatchStatistics* statistics) {
  if (x.size() == 0) return batch_norm_composed(x, weight, bias, epsilon);
  const double e = checked_epsilon(x, weight, bias, epsilon);
  const Channels layout = layout_of(x);
  const Tensor from = detail::packed(x);
  const Tensor means = Tensor::empty({layout.channels}, x.dtype()), rests = Tensor::empty_like(means),
               vars = Tensor::empty_like(means), scales = Tensor::empty_like(means);
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const auto kernel = detail::kernel_for("batch_norm", detail::batch_norm_kernels().normal, x.dtype());
  detail::run_rows(rows_of(layout), kernel, from, detail::packed(weight), detail::packed(bias), e, means, rests, vars,
                   scales, y, layout);
  if (statistics) {
    const NoTape compute_only;
    *statistics = {means + rests, vars};
  }
  const std::array<Tensor, 3> inputs = {x, weight, bias};
  return record_joint("batch_norm", std::move(y), inputs, BatchNormRule{e}, x, weight, from, means, rests, scales);
}

Tensor batch_norm_fused(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  return batch_norm_with(x, weight, bias, epsilon, nullptr);
}

}  // namespace

constinit const Override overrides::batch_norm{"batch_norm", batch_norm_composed, batch_norm_fused};

Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon,
                  BatchStatistics* statistics) {
  const Tensor e = tensor(epsilon, float64);
  if (override_mode() == OverrideMode::fused) return batch_norm_with(x, weight, bias, e, statistics);
  Tensor y = overrides::batch_norm(x, weight, bias, e);
  if (statistics && x.size() > 0) {
    const NoTape compute_only;
    const Tensor rows = reshape(x, shape_of(layout_of(x)));
    *statistics = {mean(rows, {0, 2}), var(rows, {0, 2})};
  }
  return y;
}

}  // namespace retrograd
