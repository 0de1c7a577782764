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
void normal_columns(const T* x, const T* weight, const T* bias, double epsilon, const Places<T>& to, T* y,
                    Channels layout, std::int64_t begin, std::int64_t end) {
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
void gradient_columns(const T* g, const T* x, const T* weight, const Known<T>& of, T* to_x, T* to_weight, T* to_bias,
                      Channels layout, std::int64_t begin, std::int64_t end) {
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
