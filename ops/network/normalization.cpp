#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/network/normalization.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../reduction/rows-inl.h"

#ifndef RETROGRAD_OPS_NORMALIZATION_KERNELS
#define RETROGRAD_OPS_NORMALIZATION_KERNELS
namespace retrograd {
// h = (x − μ)/√(σ² + ε) row by row, r = 1/√(σ² + ε) of each row, y = h·weight + bias.
using NormalRows = void (*)(const void* x, const void* weight, const void* bias, double epsilon, void* h, void* r,
                            void* y, std::int64_t rows, std::int64_t columns);
using NormalGradientRows = void (*)(const void* q, const void* h, const void* r, void* out, std::int64_t rows,
                                    std::int64_t columns);
struct NormalizationKernels {
  NormalRows normal;
  NormalGradientRows gradient;
};
}  // namespace retrograd
#endif

#include <cmath>

#include "../reduction/centering.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

template <class T>
void normal_rows(const void* x_rows, const void* weights, const void* biases, double epsilon, void* h_rows,
                 void* r_rows, void* y_rows, std::int64_t rows, std::int64_t columns) {
  const T *weight = static_cast<const T*>(weights), *bias = static_cast<const T*>(biases);
  const auto count = static_cast<double>(columns);
  for (std::int64_t n = 0; n < rows; ++n) {
    const T* x = static_cast<const T*>(x_rows) + n * columns;
    T *h = static_cast<T*>(h_rows) + n * columns, *y = static_cast<T*>(y_rows) + n * columns;
    const T level = static_cast<T>(
        row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, x + i); }) / count);
    const Two<double> sums = row_sums<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR {
      const auto away = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, level));
      return two(away, hn::Mul(away, away));
    });
    detail::Center<T> center = {level, static_cast<T>(sums.a / count), 0, detail::variance_of(sums.a, sums.b, count)};
    if (detail::is_moderate<T>(center.variance, epsilon))
      center.inverse = static_cast<T>(1 / std::sqrt(center.variance + epsilon));
    else
      center = detail::careful_center<T>(columns, epsilon, [=](std::int64_t i) { return x[i]; });
    static_cast<T*>(r_rows)[n] = center.inverse;
    each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
      const auto away = hn::Sub(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, center.mean)), hn::Set(d, center.rest));
      const auto normal = hn::Mul(away, hn::Set(d, center.inverse));
      hn::StoreU(normal, d, h + i);
      hn::StoreU(hn::MulAdd(normal, hn::LoadU(d, weight + i), hn::LoadU(d, bias + i)), d, y + i);
    });
  }
}

// r·(q − mean(q) − h·mean(q∘h))
template <class T>
void normal_gradient_rows(const void* q_rows, const void* h_rows, const void* r_rows, void* out_rows, std::int64_t rows,
                          std::int64_t columns) {
  const auto count = static_cast<double>(columns);
  for (std::int64_t n = 0; n < rows; ++n) {
    const T *q = static_cast<const T*>(q_rows) + n * columns, *h = static_cast<const T*>(h_rows) + n * columns;
    T* out = static_cast<T*>(out_rows) + n * columns;
    const T scale = static_cast<const T*>(r_rows)[n];
    const T mean = static_cast<T>(
        row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, q + i); }) / count);
    const Two<double> sums = row_sums<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR {
      const auto level = hn::Sub(hn::LoadU(d, q + i), hn::Set(d, mean));
      return two(level, hn::Mul(level, hn::LoadU(d, h + i)));
    });
    const T rest = static_cast<T>(sums.a / count), along = static_cast<T>(sums.b / count);
    each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
      const auto level = hn::Sub(hn::Sub(hn::LoadU(d, q + i), hn::Set(d, mean)), hn::Set(d, rest));
      hn::StoreU(hn::Mul(hn::Set(d, scale), hn::NegMulAdd(hn::LoadU(d, h + i), hn::Set(d, along), level)), d, out + i);
    });
  }
}

const NormalizationKernels* normalization_kernels(bool single) {
  static constexpr NormalizationKernels kSingle = {normal_rows<float>, normal_gradient_rows<float>},
                                        kDouble = {normal_rows<double>, normal_gradient_rows<double>};
  return single ? &kSingle : &kDouble;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../reduction/statistics.h"
#include "../shape/along.h"
#include "normalization.h"

namespace retrograd {

namespace {

const NormalizationKernels& kernels(Dtype dtype) {
  return *RETROGRAD_DISPATCH(normalization_kernels)(dtype == float32);
}

// x as rows: (rows, columns), of which a row has the shape of the weight.
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
    fail<ShapeError>("layer_norm: the weight {} does not have the innermost axes of {}", weight.shape(), x.shape());
  if (!(bias.shape() == weight.shape()))
    fail<ShapeError>("layer_norm: the weight {} and the bias {} differ in shape", weight.shape(), bias.shape());
  if (epsilon.dtype() != float64 || epsilon.size() != 1)
    fail<DtypeError>("layer_norm: epsilon must be one float64, got {} of shape {}", epsilon.dtype(), epsilon.shape());
  const auto value = epsilon.item<double>();
  if (!(value >= 0)) fail("layer_norm: epsilon must be 0 or more, got {}", value);
  return value;
}

Tensor layer_norm_composed(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  if (x.size() == 0) return x * weight + bias;
  const Tensor rows = reshape(x, rows_of(x, weight));
  const Tensor away = detail::centered(rows, 1);
  const Tensor normal = away / detail::root_mean_square("deviation", away, 1, static_cast<double>(weight.size()), e);
  return reshape(normal, x.shape()) * weight + bias;
}

// With h = (x − μ)·r and r = 1/√(σ² + ε): Σ qᵢdhᵢ = Σ r·(qᵢ − mean(q) − hᵢ·mean(q∘h))·dxᵢ
Tensor normal_gradient(const Tensor& q, const Tensor& h, const Tensor& r, const Shape& rows) {
  if (!is_recorded(q, h, r)) {
    const Tensor from = detail::packed(q);
    const Tensor out = Tensor::empty(q.shape(), q.dtype());
    const auto width = static_cast<std::int64_t>(size_of(q.dtype()));
    const NormalGradientRows run = kernels(q.dtype()).gradient;
    detail::parallel_rows(rows[0], rows[1], [&](std::int64_t first, std::int64_t count) {
      const std::int64_t row = first * rows[1] * width;
      run(from.body().data + row, h.body().data + row, r.body().data + first * width, out.body().data + row, count,
          rows[1]);
    });
    return out;
  }
  const Tensor g = reshape(q, rows), normal = reshape(h, rows);
  const Tensor level = detail::centered(g, 1);
  return reshape(r * (level - normal * mean(level * normal, 1, true)), q.shape());
}

Tensor layer_norm_fused(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  if (x.size() == 0) return x * weight + bias;
  const Shape rows = rows_of(x, weight);
  const Tensor from = detail::packed(x), scale = detail::packed(weight), shift = detail::packed(bias);
  Tensor h = Tensor::empty(x.shape(), x.dtype()), r = Tensor::empty({rows[0], 1}, x.dtype()),
         y = Tensor::empty(x.shape(), x.dtype());
  const auto width = static_cast<std::int64_t>(size_of(x.dtype()));
  const NormalRows run = kernels(x.dtype()).normal;
  detail::parallel_rows(rows[0], rows[1], [&](std::int64_t first, std::int64_t count) {
    const std::int64_t row = first * rows[1] * width;
    run(from.body().data + row, scale.body().data, shift.body().data, e, h.body().data + row,
        r.body().data + first * width, y.body().data + row, count, rows[1]);
  });
  if (!is_recorded(x, weight, bias)) return y;
  // h and r are recorded beside y, so that the rules differentiate again. dr = −r²/n·Σ hᵢdxᵢ.
  r = record("inverse_deviation", r, wrt(x, [h, r, rows, shape = x.shape()](const Tensor& g) {
               const Tensor slope = g * square(r) / -static_cast<double>(rows[1]);
               return reshape(slope * reshape(h, rows), shape);
             }));
  h = record("normal", h, wrt(x, [h, r, rows](const Tensor& q) { return normal_gradient(q, h, r, rows); }));
  return record("layer_norm", y, wrt(h, [weight](const Tensor& g) { return g * weight; }),
                wrt(weight, [h](const Tensor& g) { return g * h; }), wrt(bias, [](Tensor g) { return g; }));
}

}  // namespace

constinit const Override overrides::layer_norm{"layer_norm", layer_norm_composed, layer_norm_fused};

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  return overrides::layer_norm(x, weight, bias, tensor(epsilon, float64));
}

}  // namespace retrograd
#endif  // HWY_ONCE
