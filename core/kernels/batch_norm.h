// Batch normalization; each kernel processes the groups of channels in [first, last). Not a public header.
#pragma once
#include <algorithm>

#include "kernel.h"

namespace retrograd::detail {

/// x as (n, channels, length): a channel is n rows of `length` elements, or a column if length is 1.
struct Channels {
  std::int64_t n, channels, length;
  /// The number of channels that a thread processes together: one, or if they are columns, whole cache lines.
  std::int64_t group() const { return length == 1 ? 64 : 1; }
  std::int64_t groups() const { return (channels + group() - 1) / group(); }
  /// The first channel of a group.
  std::int64_t first_of(std::int64_t at) const { return std::min(at * group(), channels); }
};
struct BatchNormKernels {
  /// Per channel: the mean and its rounding error `rest`, the variance, r = 1/√(σ² + ε); y = h·weight + bias with h =
  /// (x − μ)·r.
  ByDtype<void (*)(const void* x, const void* weight, const void* bias, double epsilon, void* mean, void* rest,
                   void* var, void* r, void* y, Channels layout, std::int64_t first, std::int64_t last)>
      normal;
  /// From a cotangent g of y, with q = g − mean(g): to_bias = Σ g, to_weight = Σ q∘h, to_x = weight·r·(q −
  /// h·mean(q∘h)), which may be null. With g in place of q, the rounding error of μ would matter, since Σ h is only 0
  /// up to that error.
  ByDtype<void (*)(const void* g, const void* x, const void* weight, const void* mean, const void* rest, const void* r,
                   void* to_x, void* to_weight, void* to_bias, Channels layout, std::int64_t first, std::int64_t last)>
      gradient;
};
const BatchNormKernels& batch_norm_kernels();

}  // namespace retrograd::detail
