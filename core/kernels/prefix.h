// Running sums and products along lines. Each kernel processes the blocks of lines in [first, last). Integers wrap
// around. Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"

namespace retrograd::detail {

struct PrefixKernels {
  /// yₖ = Σ xⱼ, or Π xⱼ, over j ≤ k; reversed, over j ≥ k.
  using Scan = void (*)(const void* x, void* y, Lines lines, bool reverse, std::int64_t first, std::int64_t last);
  ByDtype<Scan> sum, product;
};
const PrefixKernels& prefix_kernels();

}  // namespace retrograd::detail
