// The columns of windows, and images from columns. Not a public header.
#pragma once
#include "kernel.h"
#include "windows.h"

namespace retrograd::detail {

/// The columns of the positions from begin to before end of one image, whose planes are `channels`: channels · KH · KW
/// rows of end − begin elements, `stride` apart. T is float or double.
template <class T>
void im2col(const Windows& windows, const T* image, std::int64_t channels, std::int64_t begin, std::int64_t end,
            T* columns, std::int64_t stride);
/// Its transpose: adds such columns to the image. Where windows have more than kFewTerms elements, `totals` has room
/// for a plane.
template <class T>
void col2im(const Windows& windows, const T* columns, std::int64_t stride, std::int64_t channels, std::int64_t begin,
            std::int64_t end, T* image, double* totals);

/// Adds many terms to each of n values by add(doubles), in the room of `totals`, and rounds what is then there.
template <class T, class Add>
void with_totals(T* to, std::int64_t n, double* totals, Add&& add) {
  std::copy(to, to + n, totals);
  add(totals);
  for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(totals[i]);
}

/// The same for the planes from first to before last, each with all of its positions.
struct Im2colKernels {
  ByDtype<void (*)(const void* image, void* columns, const Windows& windows, std::int64_t first, std::int64_t last)>
      unfold;
  ByDtype<void (*)(const void* columns, void* image, double* totals, const Windows& windows, std::int64_t first,
                   std::int64_t last)>
      fold;
};
const Im2colKernels& im2col_kernels();

}  // namespace retrograd::detail
