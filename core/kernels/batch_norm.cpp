#define HWY_TARGET_INCLUDE "core/kernels/batch_norm.cpp"
#include "batch_norm.h"

#include <cmath>

#include "centering.h"
#include "columns-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::Channels;

// The statistics of a batch, one element per channel.
template <class T>
struct Places {
  T *mean, *rest, *var, *r;
};
template <class T>
struct Known {
  const T *mean, *rest, *r;
};

// Sets the statistics of channel c from Σ d and Σ d² with d = x − mean; the mean has been stored already.
template <class T>
void set_statistics(const Places<T>& to, std::int64_t c, double sum, double squares, double epsilon, const T* x,
                    Channels layout) {
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
void normal_columns(const T* x_rows, const T* weight, const T* bias, double epsilon, const Places<T>& to, T* y_rows,
                    Channels layout, std::int64_t first, std::int64_t last) {
  const auto count = static_cast<double>(layout.n);
  const std::int64_t step = layout.channels;
  for (std::int64_t c = first; c < last; c += kStrip) {
    const std::int64_t width = std::min(kStrip, last - c);
    const T* x = x_rows + c;
    T* y = y_rows + c;
    double sums[kStrip], squares[kStrip];
    column_sums<T>(layout.n, width, sums,
                   [=](auto d, std::int64_t row, std::int64_t i) HWY_ATTR { return hn::LoadU(d, x + row * step + i); });
    T* const mean = to.mean + c;
    for (std::int64_t k = 0; k < width; ++k) mean[k] = static_cast<T>(sums[k] / count);
    two_column_sums<T>(layout.n, width, sums, squares, [=](auto d, std::int64_t row, std::int64_t i) HWY_ATTR {
      const auto away = hn::Sub(hn::LoadU(d, x + row * step + i), hn::LoadU(d, mean + i));
      return two(away, hn::Mul(away, away));
    });
    for (std::int64_t k = 0; k < width; ++k) set_statistics(to, c + k, sums[k], squares[k], epsilon, x_rows, layout);
    const T *rest = to.rest + c, *r = to.r + c, *slope = weight + c, *shift = bias + c;
    for (std::int64_t row = 0; row < layout.n; ++row)
      each_vector<T>(0, width, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto away =
            hn::Sub(hn::Sub(hn::LoadU(d, x + row * step + i), hn::LoadU(d, mean + i)), hn::LoadU(d, rest + i));
        const auto normal = hn::Mul(away, hn::LoadU(d, r + i));
        hn::StoreU(hn::MulAdd(normal, hn::LoadU(d, slope + i), hn::LoadU(d, shift + i)), d, y + row * step + i);
      });
  }
}

template <class T>
void gradient_columns(const T* g_rows, const T* x_rows, const T* weight, const Known<T>& of, T* to_x, T* to_weight,
                      T* to_bias, Channels layout, std::int64_t first, std::int64_t last) {
  const auto count = static_cast<double>(layout.n);
  const std::int64_t step = layout.channels;
  for (std::int64_t c = first; c < last; c += kStrip) {
    const std::int64_t width = std::min(kStrip, last - c);
    const T *g = g_rows + c, *x = x_rows + c, *mean = of.mean + c, *rest = of.rest + c, *r = of.r + c;
    double sums[kStrip], along[kStrip];
    T flat[kStrip], more[kStrip], tilt[kStrip], slope[kStrip];
    column_sums<T>(layout.n, width, sums,
                   [=](auto d, std::int64_t row, std::int64_t i) HWY_ATTR { return hn::LoadU(d, g + row * step + i); });
    for (std::int64_t k = 0; k < width; ++k) {
      to_bias[c + k] = static_cast<T>(sums[k]);
      flat[k] = static_cast<T>(sums[k] / count);
    }
    const auto normal_at = [=](auto d, std::int64_t row, std::int64_t i) HWY_ATTR {
      const auto away =
          hn::Sub(hn::Sub(hn::LoadU(d, x + row * step + i), hn::LoadU(d, mean + i)), hn::LoadU(d, rest + i));
      return hn::Mul(away, hn::LoadU(d, r + i));
    };
    two_column_sums<T>(layout.n, width, sums, along, [=, &flat](auto d, std::int64_t row, std::int64_t i) HWY_ATTR {
      const auto q = hn::Sub(hn::LoadU(d, g + row * step + i), hn::LoadU(d, flat + i));
      return two(q, hn::Mul(q, normal_at(d, row, i)));
    });
    for (std::int64_t k = 0; k < width; ++k) {
      to_weight[c + k] = static_cast<T>(along[k]);
      more[k] = static_cast<T>(sums[k] / count);
      tilt[k] = static_cast<T>(along[k] / count);
      slope[k] = weight[c + k] * r[k];
    }
    if (!to_x) continue;
    T* out = to_x + c;
    for (std::int64_t row = 0; row < layout.n; ++row)
      each_vector<T>(0, width, [=, &flat, &more, &tilt, &slope](auto d, std::int64_t i) HWY_ATTR {
        const auto q =
            hn::Sub(hn::Sub(hn::LoadU(d, g + row * step + i), hn::LoadU(d, flat + i)), hn::LoadU(d, more + i));
        const auto left = hn::NegMulAdd(normal_at(d, row, i), hn::LoadU(d, tilt + i), q);
        hn::StoreU(hn::Mul(hn::LoadU(d, slope + i), left), d, out + row * step + i);
      });
  }
}

// Calls visit(offset) for each row of a channel.
template <class Visit>
HWY_INLINE void each_row(Channels layout, std::int64_t c, const Visit& visit) {
  for (std::int64_t i = 0; i < layout.n; ++i) visit((i * layout.channels + c) * layout.length);
}

template <class T>
void normal_channels(const void* x_rows, const void* weights, const void* biases, double epsilon, void* means,
                     void* rests, void* vars, void* scales, void* y_rows, Channels layout, std::int64_t first,
                     std::int64_t last) {
  const T *x = static_cast<const T*>(x_rows), *weight = static_cast<const T*>(weights),
          *bias = static_cast<const T*>(biases);
  T* y = static_cast<T*>(y_rows);
  const Places<T> to = {static_cast<T*>(means), static_cast<T*>(rests), static_cast<T*>(vars), static_cast<T*>(scales)};
  const std::int64_t begin = layout.first_of(first), end = layout.first_of(last);
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
void gradient_channels(const void* g_rows, const void* x_rows, const void* weights, const void* means,
                       const void* rests, const void* scales, void* to_x_rows, void* to_weights, void* to_biases,
                       Channels layout, std::int64_t first, std::int64_t last) {
  const T *g = static_cast<const T*>(g_rows), *x = static_cast<const T*>(x_rows),
          *weight = static_cast<const T*>(weights);
  T *to_x = static_cast<T*>(to_x_rows), *to_weight = static_cast<T*>(to_weights), *to_bias = static_cast<T*>(to_biases);
  const Known<T> of = {static_cast<const T*>(means), static_cast<const T*>(rests), static_cast<const T*>(scales)};
  const std::int64_t begin = layout.first_of(first), end = layout.first_of(last);
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

constexpr detail::BatchNormKernels kTable = {
    .normal = detail::floats(normal_channels<float>, normal_channels<double>),
    .gradient = detail::floats(gradient_channels<float>, gradient_channels<double>),
};

RETROGRAD_END_KERNELS(BatchNormKernels, batch_norm_kernels);
