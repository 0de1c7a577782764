// Bytes to floats, as fast as memory allows. Not a public header.
#pragma once
#include <cstdint>

namespace retrograd::detail {

/// to[i] = (from[i] − 128) / 255.
void decode_pixels(const std::uint8_t* from, float* to, std::int64_t n);

}  // namespace retrograd::detail
