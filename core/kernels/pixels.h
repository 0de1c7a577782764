// Conversion of pixels from bytes to floats, at memory speed. Not a public header.
#pragma once
#include <cstdint>

namespace retrograd::detail {

struct PixelKernels {
  /// to[i] = (from[i] − 128) / 255; the ranges must not overlap.
  void (*decode)(const std::uint8_t* from, float* to, std::int64_t n);
};
const PixelKernels& pixel_kernels();

}  // namespace retrograd::detail
