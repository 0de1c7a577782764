#define HWY_TARGET_INCLUDE "core/kernels/softmax.cpp"
#include "softmax.h"

#include <algorithm>
#include <cmath>

#include "math-inl.h"
#include "rows-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::SoftmaxKind;

// Blocks of rows that fit in the L1 cache: the exponentials of a whole block are computed at once, across row
// boundaries.
constexpr std::int64_t kBlock = 4096, kBlockRows = 256;
std::int64_t rows_of_block(std::int64_t columns) {
  const std::int64_t rows = kBlock / columns;
  return rows < 1 ? 1 : rows > kBlockRows ? kBlockRows : rows;
}

template <class T>
void softmax_rows(SoftmaxKind kind, const void* x_rows, void* y_rows, double* log_sums, std::int64_t columns,
                  std::int64_t first, std::int64_t last) {
  const T* x = static_cast<const T*>(x_rows) + first * columns;
  T* y = static_cast<T*>(y_rows) + first * columns;
  if (log_sums) log_sums += first;
  const std::int64_t rows = last - first;
  const std::int64_t step = rows_of_block(columns);
  T largest[kBlockRows], total[kBlockRows];
  for (std::int64_t begin = 0; begin < rows; begin += step) {
    const std::int64_t count = begin + step < rows ? step : rows - begin;
    const T* from = x + begin * columns;
    T* to = y + begin * columns;
    for (std::int64_t n = 0; n < count; ++n) {
      const T* row = from + n * columns;
      T* shifted = to + n * columns;
      const T top = largest[n] = row_max(row, columns);
      each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Sub(hn::LoadU(d, row + i), hn::Set(d, top)), d, shifted + i);
      });
    }
    map_run<Exp, T>(to, to, count * columns);
    for (std::int64_t n = 0; n < count; ++n) {
      T* out = to + n * columns;
      const double sum = row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, out + i); });
      const T one = total[n] = static_cast<T>(sum);
      if (log_sums) log_sums[begin + n] = static_cast<double>(largest[n]) + std::log(sum);
      if (kind == SoftmaxKind::softmax)
        each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
          hn::StoreU(hn::Div(hn::LoadU(d, out + i), hn::Set(d, one)), d, out + i);
        });
    }
    if (kind != SoftmaxKind::log_softmax) continue;
    map_run<Log, T>(total, total, count);
    for (std::int64_t n = 0; n < count; ++n) {
      const T* row = from + n * columns;
      T* out = to + n * columns;
      const T top = largest[n], log_total = total[n];
      each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Sub(hn::Sub(hn::LoadU(d, row + i), hn::Set(d, top)), hn::Set(d, log_total)), d, out + i);
      });
    }
  }
}

// r = h∘(g − Σ h∘g), which does not change if a constant c is subtracted from g. With c = the cotangent at an h near 1,
// the factor 1 − h there becomes the sum of the other probabilities, without cancellation.
template <class T>
void softmax_gradient_rows(const void* g_rows, const void* h_rows, void* r_rows, std::int64_t columns,
                           std::int64_t first, std::int64_t last) {
  for (std::int64_t n = first; n < last; ++n) {
    const T *g = static_cast<const T*>(g_rows) + n * columns, *h = static_cast<const T*>(h_rows) + n * columns;
    T* r = static_cast<T*>(r_rows) + n * columns;
    T c = 0;
    if (const T top = row_max(h, columns); top > static_cast<T>(0.5)) {
      std::int64_t at = 0;
      while (h[at] != top) ++at;
      c = g[at];
    }
    const T mean = static_cast<T>(row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR {
      return hn::Mul(hn::Sub(hn::LoadU(d, g + i), hn::Set(d, c)), hn::LoadU(d, h + i));
    }));
    each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
      const auto shifted = hn::Sub(hn::LoadU(d, g + i), hn::Set(d, c));
      hn::StoreU(hn::Mul(hn::LoadU(d, h + i), hn::Sub(shifted, hn::Set(d, mean))), d, r + i);
    });
  }
}

// r = g − e^y·Σ g
template <class T>
void log_softmax_gradient_rows(const void* g_rows, const void* y_rows, void* r_rows, std::int64_t columns,
                               std::int64_t first, std::int64_t last) {
  const std::int64_t step = rows_of_block(columns);
  for (std::int64_t begin = first; begin < last; begin += step) {
    const std::int64_t count = begin + step < last ? step : last - begin;
    const T* from = static_cast<const T*>(g_rows) + begin * columns;
    T* to = static_cast<T*>(r_rows) + begin * columns;
    map_run<Exp, T>(static_cast<const T*>(y_rows) + begin * columns, to, count * columns);
    for (std::int64_t n = 0; n < count; ++n) {
      const T* g = from + n * columns;
      T* r = to + n * columns;
      const T sum =
          static_cast<T>(row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, g + i); }));
      each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::NegMulAdd(hn::LoadU(d, r + i), hn::Set(d, sum), hn::LoadU(d, g + i)), d, r + i);
      });
    }
  }
}

using detail::RowPieces;

// Whole rows share a block of exponentials; a longer piece is a row of several blocks.
template <class T>
void log_sums(const void* x_rows, double* sums, RowPieces pieces, std::int64_t first, std::int64_t last) {
  T buffer[kBlock];
  T largest[kBlockRows];
  const std::int64_t step = pieces.columns <= kBlock ? rows_of_block(pieces.columns) : 1;
  for (std::int64_t begin = first; begin < last; begin += step) {
    const std::int64_t count = std::min(step, last - begin), n = pieces.size(begin);
    const T* x = static_cast<const T*>(x_rows) + pieces.offset(begin);
    double total = 0;
    for (std::int64_t k = 0; k < count; ++k) largest[k] = row_max(x + k * n, n);
    for (std::int64_t at = 0; at < n; at += kBlock) {
      const std::int64_t length = std::min(kBlock, n - at);
      for (std::int64_t k = 0; k < count; ++k) {
        const T* from = x + k * n + at;
        T* to = buffer + k * length;
        const T top = largest[k];
        each_vector<T>(0, length, [=](auto d, std::int64_t i) HWY_ATTR {
          hn::StoreU(hn::Sub(hn::LoadU(d, from + i), hn::Set(d, top)), d, to + i);
        });
      }
      map_run<Exp, T>(buffer, buffer, count * length);
      for (std::int64_t k = 0; k < count; ++k) {
        const T* out = buffer + k * length;
        const double sum = row_sum<T>(length, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, out + i); });
        if (n <= kBlock) sums[begin + k] = static_cast<double>(largest[k]) + std::log(sum);
        total += sum;
      }
    }
    if (n > kBlock) sums[begin] = static_cast<double>(largest[0]) + std::log(total);
  }
}

template <class T>
void log_sum_gradient(const void* g_rows, const void* x_rows, const void* y_rows, void* r_rows, RowPieces pieces,
                      std::int64_t first, std::int64_t last) {
  for (std::int64_t piece = first; piece < last; ++piece) {
    const std::int64_t row = piece / pieces.each(), n = pieces.size(piece);
    const T* x = static_cast<const T*>(x_rows) + pieces.offset(piece);
    T* r = static_cast<T*>(r_rows) + pieces.offset(piece);
    const T g = static_cast<const T*>(g_rows)[row], y = static_cast<const T*>(y_rows)[row];
    for (std::int64_t at = 0; at < n; at += kBlock) {
      const std::int64_t length = std::min(kBlock, n - at);
      const T* from = x + at;
      T* to = r + at;
      each_vector<T>(0, length, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Sub(hn::LoadU(d, from + i), hn::Set(d, y)), d, to + i);
      });
      map_run<Exp, T>(to, to, length);
      each_vector<T>(0, length, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Mul(hn::Set(d, g), hn::LoadU(d, to + i)), d, to + i);
      });
    }
  }
}

constexpr detail::SoftmaxKernels kTable = {
    .rows = detail::floats(softmax_rows<float>, softmax_rows<double>),
    .softmax_gradient = detail::floats(softmax_gradient_rows<float>, softmax_gradient_rows<double>),
    .log_softmax_gradient = detail::floats(log_softmax_gradient_rows<float>, log_softmax_gradient_rows<double>),
    .log_sums = detail::floats(log_sums<float>, log_sums<double>),
    .log_sum_gradient = detail::floats(log_sum_gradient<float>, log_sum_gradient<double>),
};

RETROGRAD_END_KERNELS(SoftmaxKernels, softmax_kernels);
