// Unfolds images into columns of windows and folds them back. Not a public header.
#pragma once
#include "kernel.h"
#include "windows.h"

namespace retrograd::detail {

/// The columns of the positions in [begin, end) of one image with `channels` planes: channels · KH · KW rows of end −
/// begin elements, `stride` apart. T is float or double.
template <class T>
void im2col(const Windows& windows, const T* image, std::int64_t channels, std::int64_t begin, std::int64_t end,
            T* columns, std::int64_t stride);
/// The transpose of im2col: adds such columns to the image. If windows have more than kFewTerms elements, `totals` must
/// have room for a plane.
template <class T>
void col2im(const Windows& windows, const T* columns, std::int64_t stride, std::int64_t channels, std::int64_t begin,
            std::int64_t end, T* image, double* totals);

/// Lets add(doubles) accumulate many terms into n values, using `totals` as scratch, and rounds the results.
template <class T, class Add>
void with_totals(T* to, std::int64_t n, double* totals, Add&& add) {
  std::copy(to, to + n, totals);
  add(totals);
  for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(totals[i]);
}

/// im2col and col2im for the planes in [first, last), each with all of its positions.
struct Im2colKernels {
  ByDtype<void (*)(const void* image, void* columns, const Windows& windows, std::int64_t first, std::int64_t last)>
      unfold;
  ByDtype<void (*)(const void* columns, void* image, double* totals, const Windows& windows, std::int64_t first,
                   std::int64_t last)>
      fold;
};
const Im2colKernels& im2col_kernels();

}  // namespace retrograd::detail
