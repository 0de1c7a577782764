#define HWY_TARGET_INCLUDE "core/kernels/normalization.cpp"
#include "normalization.h"

#include <cmath>

#include "centering.h"
#include "rows-inl.h"

RETROGRAD_BEGIN_KERNELS();

template <class T>
void normal_rows(const void* x_rows, const void* weights, const void* biases, double epsilon, void* means, void* rests,
                 void* scales, void* y_rows, std::int64_t columns, std::int64_t first, std::int64_t last) {
  const T *weight = static_cast<const T*>(weights), *bias = static_cast<const T*>(biases);
  const auto count = static_cast<double>(columns);
  for (std::int64_t n = first; n < last; ++n) {
    const T* x = static_cast<const T*>(x_rows) + n * columns;
    T* y = static_cast<T*>(y_rows) + n * columns;
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
    static_cast<T*>(means)[n] = center.mean;
    static_cast<T*>(rests)[n] = center.rest;
    static_cast<T*>(scales)[n] = center.inverse;
    each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
      const auto away = hn::Sub(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, center.mean)), hn::Set(d, center.rest));
      const auto normal = hn::Mul(away, hn::Set(d, center.inverse));
      hn::StoreU(hn::MulAdd(normal, hn::LoadU(d, weight + i), hn::LoadU(d, bias + i)), d, y + i);
    });
  }
}

template <class T>
void gradient_rows(const void* g_rows, const void* x_rows, const void* weights, const void* means, const void* rests,
                   const void* scales, void* to_x_rows, void* all_sums, std::int64_t columns, std::int64_t rows,
                   std::int64_t tile, std::int64_t first, std::int64_t last) {
  const T* weight = static_cast<const T*>(weights);
  const auto count = static_cast<double>(columns);
  for (std::int64_t t = first; t < last; ++t) {
    T* to_weight = all_sums ? static_cast<T*>(all_sums) + 2 * t * columns : nullptr;
    T* to_bias = all_sums ? to_weight + columns : nullptr;
    if (all_sums) std::fill_n(to_weight, 2 * columns, T{0});
    const std::int64_t end = std::min(rows, (t + 1) * tile);
    for (std::int64_t n = t * tile; n < end; ++n) {
      const T *g = static_cast<const T*>(g_rows) + n * columns, *x = static_cast<const T*>(x_rows) + n * columns;
      const T mean = static_cast<const T*>(means)[n], rest = static_cast<const T*>(rests)[n],
              scale = static_cast<const T*>(scales)[n];
      const auto normal_at = [=](auto d, std::int64_t i) HWY_ATTR {
        return hn::Mul(hn::Sub(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean)), hn::Set(d, rest)), hn::Set(d, scale));
      };
      const auto add_to_sums = [=](auto d, std::int64_t i, auto normal) HWY_ATTR {
        const auto own = hn::LoadU(d, g + i);
        hn::StoreU(hn::Add(hn::LoadU(d, to_weight + i), hn::Mul(own, normal)), d, to_weight + i);
        hn::StoreU(hn::Add(hn::LoadU(d, to_bias + i), own), d, to_bias + i);
      };
      if (!to_x_rows) {
        each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR { add_to_sums(d, i, normal_at(d, i)); });
        continue;
      }
      T* to_x = static_cast<T*>(to_x_rows) + n * columns;
      const auto q_at = [=](auto d, std::int64_t i)
                            HWY_ATTR { return hn::Mul(hn::LoadU(d, g + i), hn::LoadU(d, weight + i)); };
      const T flat = static_cast<T>(row_sum<T>(columns, q_at) / count);
      const Two<double> sums = row_sums<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto level = hn::Sub(q_at(d, i), hn::Set(d, flat));
        return two(level, hn::Mul(level, normal_at(d, i)));
      });
      const T more = static_cast<T>(sums.a / count), along = static_cast<T>(sums.b / count);
      const bool has_sums = all_sums != nullptr;
      each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto level = hn::Sub(hn::Sub(q_at(d, i), hn::Set(d, flat)), hn::Set(d, more));
        const auto normal = normal_at(d, i);
        if (has_sums) add_to_sums(d, i, normal);
        hn::StoreU(hn::Mul(hn::Set(d, scale), hn::NegMulAdd(normal, hn::Set(d, along), level)), d, to_x + i);
      });
    }
  }
}

constexpr detail::NormalizationKernels kTable = {
    .rows = detail::floats(normal_rows<float>, normal_rows<double>),
    .gradient = detail::floats(gradient_rows<float>, gradient_rows<double>),
};

RETROGRAD_END_KERNELS(NormalizationKernels, normalization_kernels);
