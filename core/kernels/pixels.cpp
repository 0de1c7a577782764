#define HWY_TARGET_INCLUDE "core/kernels/pixels.cpp"
#include "pixels.h"

#include "targets-inl.h"

RETROGRAD_BEGIN_KERNELS();

float decoded(std::uint8_t byte) { return (static_cast<float>(byte) - 128.0f) / 255.0f; }

void decode(const std::uint8_t* HWY_RESTRICT from, float* HWY_RESTRICT to, std::int64_t n) {
  std::int64_t i = 0;
#if HWY_NATIVE_FMA
  // A division costs tens of cycles. The product with the reciprocal, corrected by its own remainder, is exactly the
  // same for all 256 bytes (P. Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor",
  // 1990).
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> integers;
  const hn::Rebind<std::uint8_t, decltype(d)> bytes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto half = hn::Set(integers, 128);
  const auto divisor = hn::Set(d, 255.0f), reciprocal = hn::Set(d, 1.0f / 255.0f);
  for (; i + lanes <= n; i += lanes) {
    const auto x = hn::ConvertTo(d, hn::Sub(hn::PromoteTo(integers, hn::LoadU(bytes, from + i)), half));
    const auto quotient = hn::Mul(x, reciprocal);
    hn::StoreU(hn::MulAdd(hn::NegMulAdd(quotient, divisor, x), reciprocal, quotient), d, to + i);
  }
#endif
  for (; i < n; ++i) to[i] = decoded(from[i]);
}

constexpr detail::PixelKernels kTable = {
    .decode = decode,
};

RETROGRAD_END_KERNELS(PixelKernels, pixel_kernels);
