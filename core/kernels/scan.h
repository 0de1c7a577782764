// Scans along lines: recurrences, shifts, products of all other elements. Each kernel processes the blocks of lines in
// [first, last). Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"

namespace retrograd::detail {

struct ScanKernels {
  /// sₖ = bₖ + aₖ·sₖ₋₁ (reversed sₖ₊₁) from 0.
  ByDtype<void (*)(const void* a, const void* b, void* s, Lines lines, bool reverse, std::int64_t first,
                   std::int64_t last)>
      recurrence;
  /// yₖ = xₖ₋₁ (reversed xₖ₊₁), with `fill` at the vacated end; for the outer lines in [first, last).
  ByDtype<void (*)(const void* x, void* y, Lines lines, bool reverse, double fill, std::int64_t first,
                   std::int64_t last)>
      shift;
  /// yᵢ = Π xⱼ over j ≠ i; `room` needs kBytesOfProduct per element.
  static constexpr std::int64_t kBytesOfProduct = 24;
  ByDtype<void (*)(const void* x, void* y, void* room, Lines lines, std::int64_t first, std::int64_t last)>
      product_of_others;
};
const ScanKernels& scan_kernels();

}  // namespace retrograd::detail
