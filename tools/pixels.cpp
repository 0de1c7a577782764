#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tools/pixels.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

// A plain loop: the compiler vectorises it for each target.
void decode(const std::uint8_t* HWY_RESTRICT from, float* HWY_RESTRICT to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = (static_cast<float>(from[i]) - 128.0f) / 255.0f;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "pixels.h"

namespace retrograd {

namespace {
HWY_EXPORT(decode);
}  // namespace

void detail::decode_pixels(const std::uint8_t* from, float* to, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(decode)(from, to, n);
}

}  // namespace retrograd
#endif  // HWY_ONCE
