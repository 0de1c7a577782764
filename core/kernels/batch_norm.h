// Normalization of channels; each kernel does the groups of them from `first` to before `last`. Not a public header.
#pragma once
#include <algorithm>

#include "kernel.h"

namespace retrograd::detail {

/// x as (n, channels, length): a channel is n rows of `length`, or of length 1 a column.
struct Channels {
  std::int64_t n, channels, length;
  /// Channels that one thread takes together: as columns, those of whole cache lines.
  std::int64_t group() const { return length == 1 ? 16 : 1; }
  std::int64_t groups() const { return (channels + group() - 1) / group(); }
  /// Where a group begins.
  std::int64_t first_of(std::int64_t at) const { return std::min(at * group(), channels); }
};
struct BatchNormKernels {
  /// By channel the mean and what is left of it, the variance, r = 1/√(σ² + ε); with h = (x − μ)·r, y = h·weight +
  /// bias.
  ByDtype<void (*)(const void* x, const void* weight, const void* bias, double epsilon, void* mean, void* rest,
                   void* var, void* r, void* y, Channels layout, std::int64_t first, std::int64_t last)>
      normal;
  /// Of a cotangent g of y, and q = g − mean(g): bias = Σ g, weight = Σ q∘h, x = weight·r·(q − h·mean(q∘h)), which may
  /// be null. With g in place of q the rounding of μ would count, since Σ h is 0 but for that.
  ByDtype<void (*)(const void* g, const void* x, const void* weight, const void* mean, const void* rest, const void* r,
                   void* to_x, void* to_weight, void* to_bias, Channels layout, std::int64_t first, std::int64_t last)>
      gradient;
};
const BatchNormKernels& batch_norm_kernels();

}  // namespace retrograd::detail
