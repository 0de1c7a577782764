// Convolution layers: the functions of ops/image/convolution.h with filters of their own. Weights are laid out as
// PyTorch's and ONNX's, and start as PyTorch's do.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "../../ops/image/convolution.h"
#include "../base/initializers.h"

namespace retrograd::nn {

/// How a convolution layer slides and what it has; Size is Size2d for images, a whole number for sequences.
template <class Size>
struct ConvolutionOptions {
  Size stride = 1;          ///< from one window to the next
  Size padding = 0;         ///< zeros added at either end
  Size dilation = 1;        ///< from one element of a window to the next
  std::int64_t groups = 1;  ///< channels and filters fall into as many groups, each convolved on its own
  bool bias = true;         ///< false for a layer without one
};

/// Images x (N, in, H, W) with `out` filters of kernel (KH, KW), to (N, out, H', W'); see rg::conv2d.
struct Conv2d {
  Tensor weight;          ///< (out, in/groups, KH, KW)
  Tensor bias;            ///< (out); an empty handle where the layer has none
  Conv2dOptions options;  ///< as rg::conv2d takes them

  /// The weight is drawn first, then the bias; a unit sums over in/groups · KH · KW inputs. ShapeError where sizes are
  /// not positive or groups do not divide them. Conv2d{3, 16, 3, rng, {.stride = 2, .padding = {1, 0}}}
  Conv2d(std::int64_t in, std::int64_t out, Size2d kernel, Rng& rng, const ConvolutionOptions<Size2d>& options = {},
         const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// Names the parameters.
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    if (self.bias.defined()) visit("bias", self.bias);
  }
};

/// Sequences x (N, in, L) with `out` filters of kernel (K), to (N, out, L'); see rg::conv1d.
struct Conv1d {
  Tensor weight;          ///< (out, in/groups, K)
  Tensor bias;            ///< (out); an empty handle where the layer has none
  Conv1dOptions options;  ///< as rg::conv1d takes them

  /// As Conv2d's.
  Conv1d(std::int64_t in, std::int64_t out, std::int64_t kernel, Rng& rng,
         const ConvolutionOptions<std::int64_t>& options = {}, const Initializer& initializer = FanInUniform{},
         Dtype dtype = default_dtype());
  /// ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// Names the parameters.
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    if (self.bias.defined()) visit("bias", self.bias);
  }
};

/// How a transposed convolution layer slides over its result, and what it has.
struct ConvolutionTransposeOptions {
  Size2d stride = 1;          ///< from one window to the next
  Size2d padding = 0;         ///< rows and columns taken off the result at either end
  Size2d output_padding = 0;  ///< more of them at its lower and right end; less than the stride or the dilation
  Size2d dilation = 1;        ///< from one element of a window to the next
  std::int64_t groups = 1;    ///< channels fall into as many groups, each convolved on its own
  bool bias = true;           ///< false for a layer without one
};

/// Images x (N, in, H, W) to larger ones (N, out, H', W'), each element a filter of kernel (KH, KW) that is added to
/// the result; see rg::conv_transpose2d.
struct ConvTranspose2d {
  Tensor weight;                   ///< (in, out/groups, KH, KW)
  Tensor bias;                     ///< (out); an empty handle where the layer has none
  ConvTranspose2dOptions options;  ///< as rg::conv_transpose2d takes them

  /// As Conv2d's, but that a unit counts as having out/groups · KH · KW inputs, as in PyTorch.
  ConvTranspose2d(std::int64_t in, std::int64_t out, Size2d kernel, Rng& rng,
                  const ConvolutionTransposeOptions& options = {}, const Initializer& initializer = FanInUniform{},
                  Dtype dtype = default_dtype());
  /// ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// Names the parameters.
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    if (self.bias.defined()) visit("bias", self.bias);
  }
};

}  // namespace retrograd::nn
