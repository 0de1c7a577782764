#define HWY_TARGET_INCLUDE "core/kernels/normalization.cpp"
#include "normalization.h"

#include <cmath>

#include "centering.h"
#include "rows-inl.h"

RETROGRAD_BEGIN_KERNELS();

template <class T>
void normal_rows(const void* x_rows, const void* weights, const void* biases, double epsilon, void* h_rows,
                 void* r_rows, void* y_rows, std::int64_t columns, std::int64_t first, std::int64_t last) {
  const T *weight = static_cast<const T*>(weights), *bias = static_cast<const T*>(biases);
  const auto count = static_cast<double>(columns);
  for (std::int64_t n = first; n < last; ++n) {
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
void normal_gradient_rows(const void* q_rows, const void* h_rows, const void* r_rows, void* out_rows,
                          std::int64_t columns, std::int64_t first, std::int64_t last) {
  const auto count = static_cast<double>(columns);
  for (std::int64_t n = first; n < last; ++n) {
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

constexpr detail::NormalizationKernels kTable = {
    .rows = detail::floats(normal_rows<float>, normal_rows<double>),
    .rows_gradient = detail::floats(normal_gradient_rows<float>, normal_gradient_rows<double>),
};

RETROGRAD_END_KERNELS(NormalizationKernels, normalization_kernels);
