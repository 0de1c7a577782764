// Convolution layers: the functions of ops/image/convolution.h with filters as parameters. Weights have the layout of
// PyTorch and ONNX and are initialized as in PyTorch.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "../../ops/image/convolution.h"
#include "../base/initializers.h"

namespace retrograd::nn {

/// The options of a convolution layer; Size is Size2d for images, an integer for sequences.
template <class Size>
struct ConvolutionOptions {
  Size stride = 1;          ///< from one window to the next
  Size padding = 0;         ///< zeros added at either end
  Size dilation = 1;        ///< from one element of a window to the next
  std::int64_t groups = 1;  ///< the number of groups of channels and filters, each convolved separately
  bool bias = true;         ///< false for a layer without one
};

/// Images x (N, in, H, W) with `out` filters of kernel (KH, KW), to (N, out, H', W'); see rg::conv2d.
struct Conv2d {
  Tensor weight;          ///< (out, in/groups, KH, KW)
  Tensor bias;            ///< (out); an empty handle without a bias
  Conv2dOptions options;  ///< passed to rg::conv2d

  /// The weight is drawn first, then the bias; the fan-in is in/groups · KH · KW. ShapeError where sizes are
  /// not positive or groups does not divide them. Conv2d{3, 16, 3, rng, {.stride = 2, .padding = {1, 0}}}
  Conv2d(std::int64_t in, std::int64_t out, Size2d kernel, Rng& rng, const ConvolutionOptions<Size2d>& options = {},
         const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// The parameters.
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    if (self.bias.defined()) visit("bias", self.bias);
  }
};

/// Sequences x (N, in, L) with `out` filters of kernel (K), to (N, out, L'); see rg::conv1d.
struct Conv1d {
  Tensor weight;          ///< (out, in/groups, K)
  Tensor bias;            ///< (out); an empty handle without a bias
  Conv1dOptions options;  ///< passed to rg::conv1d

  /// As for Conv2d.
  Conv1d(std::int64_t in, std::int64_t out, std::int64_t kernel, Rng& rng,
         const ConvolutionOptions<std::int64_t>& options = {}, const Initializer& initializer = FanInUniform{},
         Dtype dtype = default_dtype());
  /// ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// The parameters.
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    if (self.bias.defined()) visit("bias", self.bias);
  }
};

/// The options of a transposed convolution layer; windows slide over its result.
struct ConvolutionTransposeOptions {
  Size2d stride = 1;   ///< from one window to the next
  Size2d padding = 0;  ///< rows and columns removed from the result at either end
  Size2d output_padding =
      0;                    ///< rows and columns added at its lower and right end; less than the stride or the dilation
  Size2d dilation = 1;      ///< from one element of a window to the next
  std::int64_t groups = 1;  ///< the number of groups of channels, each convolved separately
  bool bias = true;         ///< false for a layer without one
};

/// Images x (N, in, H, W) to larger ones (N, out, H', W'): each element scales a filter of kernel (KH, KW) that is
/// added to the result; see rg::conv_transpose2d.
struct ConvTranspose2d {
  Tensor weight;                   ///< (in, out/groups, KH, KW)
  Tensor bias;                     ///< (out); an empty handle without a bias
  ConvTranspose2dOptions options;  ///< passed to rg::conv_transpose2d

  /// As for Conv2d, except that the fan-in is out/groups · KH · KW, as in PyTorch.
  ConvTranspose2d(std::int64_t in, std::int64_t out, Size2d kernel, Rng& rng,
                  const ConvolutionTransposeOptions& options = {}, const Initializer& initializer = FanInUniform{},
                  Dtype dtype = default_dtype());
  /// ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// The parameters.
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    if (self.bias.defined()) visit("bias", self.bias);
  }
};

}  // namespace retrograd::nn
