#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/network/batch_norm.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../reduction/columns-inl.h"

#ifndef RETROGRAD_OPS_BATCH_NORM_KERNELS
#define RETROGRAD_OPS_BATCH_NORM_KERNELS
namespace retrograd {
// x as (n, channels, length): a channel is n rows of `length`, or of length 1 a column.
struct Layout {
  std::int64_t n, channels, length;
};
// What a batch is like, by channel: the mean and what is left of it, the variance, r = 1/√(σ² + ε).
struct Statistics {
  void *mean, *rest, *var, *r;
};
// For the channels [begin, end): h = (x − μ)·r, y = h·weight + bias.
using NormalChannels = void (*)(const void* x, const void* weight, const void* bias, double epsilon,
                                const Statistics& to, void* y, Layout layout, std::int64_t begin, std::int64_t end);
// Of a cotangent g of y, and q = g − mean(g): bias = Σ g, weight = Σ q∘h, x = weight·r·(q − h·mean(q∘h)), which may be
// null. With g in place of q the rounding of μ would count, since Σ h is 0 but for that.
using NormalGradientChannels = void (*)(const void* g, const void* x, const void* weight, const Statistics& of,
                                        void* to_x, void* to_weight, void* to_bias, Layout layout, std::int64_t begin,
                                        std::int64_t end);
struct BatchNormKernels {
  NormalChannels normal;
  NormalGradientChannels gradient;
};
}  // namespace retrograd
#endif

#include <cmath>

#include "../reduction/centering.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

template <class T>
struct Places {
  T *mean, *rest, *var, *r;
  explicit Places(const Statistics& at)
      : mean(static_cast<T*>(at.mean)),
        rest(static_cast<T*>(at.rest)),
        var(static_cast<T*>(at.var)),
        r(static_cast<T*>(at.r)) {}
};

// The statistics of channel c from Σ d and Σ d² with d = x − mean, which stands there already.
template <class T>
void set_statistics(const Places<T>& to, std::int64_t c, double sum, double squares, double epsilon, const T* x,
                    Layout layout) {
  const std::int64_t n = layout.n * layout.length;
  const auto count = static_cast<double>(n);
  detail::Center<T> center = {to.mean[c], static_cast<T>(sum / count), 0, detail::variance_of(sum, squares, count)};
  if (detail::is_moderate<T>(center.variance, epsilon))
    center.inverse = static_cast<T>(1 / std::sqrt(center.variance + epsilon));
  else
    center = detail::careful_center<T>(n, epsilon, [=](std::int64_t i) {
      return x[(i / layout.length * layout.channels + c) * layout.length + i % layout.length];
    });
  to.mean[c] = center.mean, to.rest[c] = center.rest, to.r[c] = center.inverse;
  to.var[c] = static_cast<T>(center.variance);
}

template <class T>
void normal_columns(const T* x, const T* weight, const T* bias, double epsilon, const Places<T>& to, T* y,
                    Layout layout, std::int64_t begin, std::int64_t end) {
  const auto count = static_cast<double>(layout.n);
  const std::int64_t step = layout.channels;
  each_vector<T>(begin, end, [=, &to](auto d, std::int64_t c) HWY_ATTR {
    const Totals totals =
        column_sums(d, layout.n, [=](auto, std::int64_t i) HWY_ATTR { return hn::LoadU(d, x + i * step + c); });
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    for (std::int64_t k = 0; k < lanes; ++k) to.mean[c + k] = static_cast<T>(totals.of[k] / count);
    const auto level = hn::LoadU(d, to.mean + c);
    const Two<Totals> away = two_column_sums(d, layout.n, [=](auto, std::int64_t i) HWY_ATTR {
      const auto from_mean = hn::Sub(hn::LoadU(d, x + i * step + c), level);
      return two(from_mean, hn::Mul(from_mean, from_mean));
    });
    for (std::int64_t k = 0; k < lanes; ++k) set_statistics(to, c + k, away.a.of[k], away.b.of[k], epsilon, x, layout);
    const auto mean = hn::LoadU(d, to.mean + c), rest = hn::LoadU(d, to.rest + c), r = hn::LoadU(d, to.r + c),
               slope = hn::LoadU(d, weight + c), shift = hn::LoadU(d, bias + c);
    for (std::int64_t i = 0; i < layout.n; ++i) {
      const auto normal = hn::Mul(hn::Sub(hn::Sub(hn::LoadU(d, x + i * step + c), mean), rest), r);
      hn::StoreU(hn::MulAdd(normal, slope, shift), d, y + i * step + c);
    }
  });
}

template <class T>
void gradient_columns(const T* g, const T* x, const T* weight, const Places<T>& of, T* to_x, T* to_weight, T* to_bias,
                      Layout layout, std::int64_t begin, std::int64_t end) {
  const auto count = static_cast<double>(layout.n);
  const std::int64_t step = layout.channels;
  each_vector<T>(begin, end, [=, &of](auto d, std::int64_t c) HWY_ATTR {
    const auto mean = hn::LoadU(d, of.mean + c), rest = hn::LoadU(d, of.rest + c), r = hn::LoadU(d, of.r + c);
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    T flats[kMostLanes], rests[kMostLanes];
    const Totals totals =
        column_sums(d, layout.n, [=](auto, std::int64_t i) HWY_ATTR { return hn::LoadU(d, g + i * step + c); });
    for (std::int64_t k = 0; k < lanes; ++k) {
      to_bias[c + k] = static_cast<T>(totals.of[k]);
      flats[k] = static_cast<T>(totals.of[k] / count);
    }
    const auto flat = hn::LoadU(d, flats);
    const Two<Totals> sums = two_column_sums(d, layout.n, [=](auto, std::int64_t i) HWY_ATTR {
      const auto normal = hn::Mul(hn::Sub(hn::Sub(hn::LoadU(d, x + i * step + c), mean), rest), r);
      const auto q = hn::Sub(hn::LoadU(d, g + i * step + c), flat);
      return two(q, hn::Mul(q, normal));
    });
    for (std::int64_t k = 0; k < lanes; ++k) {
      to_weight[c + k] = static_cast<T>(sums.b.of[k]);
      rests[k] = static_cast<T>(sums.a.of[k] / count);
      flats[k] = static_cast<T>(sums.b.of[k] / count);
    }
    if (!to_x) return;
    const auto slope = hn::Mul(hn::LoadU(d, weight + c), r), tilt = hn::LoadU(d, flats), more = hn::LoadU(d, rests);
    for (std::int64_t i = 0; i < layout.n; ++i) {
      const auto normal = hn::Mul(hn::Sub(hn::Sub(hn::LoadU(d, x + i * step + c), mean), rest), r);
      const auto q = hn::Sub(hn::Sub(hn::LoadU(d, g + i * step + c), flat), more);
      hn::StoreU(hn::Mul(slope, hn::NegMulAdd(normal, tilt, q)), d, to_x + i * step + c);
    }
  });
}

// Calls visit(offset) for the rows of one channel.
template <class Visit>
HWY_INLINE void each_row(Layout layout, std::int64_t c, const Visit& visit) {
  for (std::int64_t i = 0; i < layout.n; ++i) visit((i * layout.channels + c) * layout.length);
}

template <class T>
void normal_channels(const void* x_rows, const void* weights, const void* biases, double epsilon,
                     const Statistics& statistics, void* y_rows, Layout layout, std::int64_t begin, std::int64_t end) {
  const T *x = static_cast<const T*>(x_rows), *weight = static_cast<const T*>(weights),
          *bias = static_cast<const T*>(biases);
  T* y = static_cast<T*>(y_rows);
  const Places<T> to(statistics);
  if (layout.length == 1) return normal_columns(x, weight, bias, epsilon, to, y, layout, begin, end);
  const auto count = static_cast<double>(layout.n * layout.length);
  for (std::int64_t c = begin; c < end; ++c) {
    double total = 0, squares = 0;
    each_row(layout, c, [&](std::int64_t at) HWY_ATTR {
      total += row_sum<T>(layout.length, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, x + at + i); });
    });
    const T level = to.mean[c] = static_cast<T>(total / count);
    total = 0;
    each_row(layout, c, [&](std::int64_t at) HWY_ATTR {
      const auto sums = row_sums<T>(layout.length, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto away = hn::Sub(hn::LoadU(d, x + at + i), hn::Set(d, level));
        return two(away, hn::Mul(away, away));
      });
      total += sums.a;
      squares += sums.b;
    });
    set_statistics(to, c, total, squares, epsilon, x, layout);
    const T mean = to.mean[c], rest = to.rest[c], r = to.r[c], slope = weight[c], shift = bias[c];
    each_row(layout, c, [&](std::int64_t at) HWY_ATTR {
      each_vector<T>(at, at + layout.length, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto away = hn::Sub(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean)), hn::Set(d, rest));
        hn::StoreU(hn::MulAdd(hn::Mul(away, hn::Set(d, r)), hn::Set(d, slope), hn::Set(d, shift)), d, y + i);
      });
    });
  }
}

template <class T>
void gradient_channels(const void* g_rows, const void* x_rows, const void* weights, const Statistics& statistics,
                       void* to_x_rows, void* to_weights, void* to_biases, Layout layout, std::int64_t begin,
                       std::int64_t end) {
  const T *g = static_cast<const T*>(g_rows), *x = static_cast<const T*>(x_rows),
          *weight = static_cast<const T*>(weights);
  T *to_x = static_cast<T*>(to_x_rows), *to_weight = static_cast<T*>(to_weights), *to_bias = static_cast<T*>(to_biases);
  const Places<T> of(statistics);
  if (layout.length == 1) return gradient_columns(g, x, weight, of, to_x, to_weight, to_bias, layout, begin, end);
  const auto count = static_cast<double>(layout.n * layout.length);
  for (std::int64_t c = begin; c < end; ++c) {
    const T mean = of.mean[c], rest = of.rest[c], r = of.r[c];
    double total = 0, along = 0;
    each_row(layout, c, [&](std::int64_t at) HWY_ATTR {
      total += row_sum<T>(layout.length, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, g + at + i); });
    });
    to_bias[c] = static_cast<T>(total);
    const T flat = static_cast<T>(total / count);
    total = 0;
    each_row(layout, c, [&](std::int64_t at) HWY_ATTR {
      const auto sums = row_sums<T>(layout.length, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto away = hn::Sub(hn::Sub(hn::LoadU(d, x + at + i), hn::Set(d, mean)), hn::Set(d, rest));
        const auto q = hn::Sub(hn::LoadU(d, g + at + i), hn::Set(d, flat));
        return two(q, hn::Mul(q, hn::Mul(away, hn::Set(d, r))));
      });
      total += sums.a;
      along += sums.b;
    });
    to_weight[c] = static_cast<T>(along);
    if (!to_x) continue;
    const T more = static_cast<T>(total / count), tilt = static_cast<T>(along / count), slope = weight[c] * r;
    each_row(layout, c, [&](std::int64_t at) HWY_ATTR {
      each_vector<T>(at, at + layout.length, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto away = hn::Sub(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean)), hn::Set(d, rest));
        const auto q = hn::Sub(hn::Sub(hn::LoadU(d, g + i), hn::Set(d, flat)), hn::Set(d, more));
        const auto left = hn::NegMulAdd(hn::Mul(away, hn::Set(d, r)), hn::Set(d, tilt), q);
        hn::StoreU(hn::Mul(hn::Set(d, slope), left), d, to_x + i);
      });
    });
  }
}

const BatchNormKernels* batch_norm_kernels(bool single) {
  static constexpr BatchNormKernels kSingle = {normal_channels<float>, gradient_channels<float>},
                                    kDouble = {normal_channels<double>, gradient_channels<double>};
  return single ? &kSingle : &kDouble;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <array>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../reduction/statistics.h"
#include "../shape/along.h"
#include "batch_norm.h"

namespace retrograd {

namespace {

const BatchNormKernels& kernels(Dtype dtype) { return *RETROGRAD_DISPATCH(batch_norm_kernels)(dtype == float32); }

Layout layout_of(const Tensor& x) {
  Layout layout = {x.shape()[0], x.shape()[1], 1};
  for (int axis = 2; axis < x.rank(); ++axis) layout.length *= x.shape()[axis];
  return layout;
}
Shape shape_of(Layout layout) { return {layout.n, layout.channels, layout.length}; }

// Calls tile(begin, end) for shares of the channels, which depend on the shape alone; as columns, in whole cache lines.
template <class F>
void parallel_channels(Layout layout, F tile) {
  constexpr std::int64_t kLine = 16;
  const std::int64_t group = layout.length == 1 ? kLine : 1;
  detail::parallel_rows((layout.channels + group - 1) / group, layout.n * layout.length * group,
                        [&](std::int64_t first, std::int64_t groups) {
                          tile(first * group, std::min((first + groups) * group, layout.channels));
                        });
}

double checked_epsilon(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  detail::check_floating("batch_norm", x);
  detail::check_dtypes("batch_norm", {{"x", x}, {"weight", weight}, {"bias", bias}});
  if (x.rank() < 2) fail<ShapeError>("batch_norm: x must be (N, C, …), got {}", x.shape());
  const Shape expected = {x.shape()[1]};
  if (!(weight.shape() == expected) || !(bias.shape() == expected))
    fail<ShapeError>("batch_norm: the weight {} and the bias {} do not fit the channels of {}", weight.shape(),
                     bias.shape(), x.shape());
  if (epsilon.dtype() != float64 || epsilon.size() != 1)
    fail<DtypeError>("batch_norm: epsilon must be one float64, got {} of shape {}", epsilon.dtype(), epsilon.shape());
  const auto value = epsilon.item<double>();
  if (!(value >= 0)) fail("batch_norm: epsilon must be 0 or more, got {}", value);
  return value;
}

Tensor along_channels(const Tensor& x) { return reshape(x, {1, x.size(), 1}); }

Tensor batch_norm_composed(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  const Tensor rows = reshape(x, shape_of(layout_of(x)));
  const Tensor away = detail::centered(rows, {0, 2});
  const Tensor normal =
      away / detail::root_mean_square("deviation", away, {0, 2}, static_cast<double>(rows.size() / rows.shape()[1]), e);
  return reshape(normal * along_channels(weight) + along_channels(bias), x.shape());
}

// With h = (x − μ)·r, r = 1/√(σ² + ε) and q = g − mean(g): towards x weight·r·(q − h·mean(q∘h)), towards the weight
// Σ q∘h, towards the bias Σ g.
struct BatchNormRule {
  Tensor x, weight, packed_x, means, rests, scales;
  double epsilon;

  void operator()(const Tensor& g, Cotangents& out) const {
    const Layout layout = layout_of(x);
    if (is_recorded(g, x, weight)) return differentiable(g, layout, out);
    const Tensor from = detail::packed(g), slopes = detail::packed(weight);
    Tensor to_x, to_weight = Tensor::empty_like(means), to_bias = Tensor::empty_like(means);
    if (out.wants(0)) to_x = Tensor::empty(x.shape(), x.dtype());
    const NormalGradientChannels run = kernels(x.dtype()).gradient;
    parallel_channels(layout, [&](std::int64_t begin, std::int64_t end) {
      run(from.body().data, packed_x.body().data, slopes.body().data,
          {means.body().data, rests.body().data, nullptr, scales.body().data},
          to_x.defined() ? to_x.body().data : nullptr, to_weight.body().data, to_bias.body().data, layout, begin, end);
    });
    if (to_x.defined()) out.give(0, std::move(to_x));
    if (out.wants(1)) out.give(1, std::move(to_weight));
    if (out.wants(2)) out.give(2, std::move(to_bias));
  }

  // The same by ops, on an open tape.
  void differentiable(const Tensor& cotangent, Layout layout, Cotangents& out) const {
    const Tensor g = reshape(cotangent, shape_of(layout)), rows = reshape(x, shape_of(layout));
    const Tensor away = detail::centered(rows, {0, 2});
    const auto count = static_cast<double>(rows.size() / rows.shape()[1]);
    const Tensor scale = 1 / detail::root_mean_square("deviation", away, {0, 2}, count, epsilon);
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
  const Layout layout = layout_of(x);
  const Tensor from = detail::packed(x), slopes = detail::packed(weight), levels = detail::packed(bias);
  const Tensor means = Tensor::empty({layout.channels}, x.dtype()), rests = Tensor::empty_like(means),
               vars = Tensor::empty_like(means), scales = Tensor::empty_like(means);
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const NormalChannels run = kernels(x.dtype()).normal;
  parallel_channels(layout, [&](std::int64_t begin, std::int64_t end) {
    run(from.body().data, slopes.body().data, levels.body().data, e,
        {means.body().data, rests.body().data, vars.body().data, scales.body().data}, y.body().data, layout, begin,
        end);
  });
  if (statistics) {
    const NoTape compute_only;
    *statistics = {means + rests, vars};
  }
  if (!is_recorded(x, weight, bias)) return y;
  const std::array<Tensor, 3> inputs = {x, weight, bias};
  return record_joint("batch_norm", std::move(y), inputs, BatchNormRule{x, weight, from, means, rests, scales, e});
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
#endif  // HWY_ONCE
