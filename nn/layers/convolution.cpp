#include "convolution.h"

#include "../../core/base/error.h"

namespace retrograd::nn {

namespace {

void check_sizes(const char* layer, std::int64_t in, std::int64_t out, std::int64_t groups, Size2d kernel) {
  if (in < 1 || out < 1) detail::fail<ShapeError>("{}: sizes must be positive, got {} in, {} out", layer, in, out);
  if (groups < 1 || in % groups != 0 || out % groups != 0)
    detail::fail<ShapeError>("{}: groups = {} must divide {} in and {} out", layer, groups, in, out);
  if (kernel.rows < 1 || kernel.columns < 1)
    detail::fail<ShapeError>("{}: kernel sizes must be positive, got ({}, {})", layer, kernel.rows, kernel.columns);
}

// Makes the weight, whose fan-in is the size of a row of the given shape, and the bias.
template <class Layer>
void draw(Layer& layer, const Shape& weight, std::int64_t out, bool has_bias, Rng& rng, const Initializer& initializer,
          Dtype dtype) {
  const std::int64_t fan_in = weight.size() / weight[0];
  layer.weight = initializer(weight, fan_in, rng, dtype);
  if (has_bias) layer.bias = initializer({out}, fan_in, rng, dtype);
}

}  // namespace

Conv2d::Conv2d(std::int64_t in, std::int64_t out, Size2d kernel, Rng& rng, const ConvolutionOptions<Size2d>& how,
               const Initializer& initializer, Dtype dtype)
    : options{how.stride, how.padding, how.dilation, how.groups} {
  check_sizes("Conv2d", in, out, how.groups, kernel);
  const Shape shape = {out, in / how.groups, kernel.rows, kernel.columns};
  draw(*this, shape, out, how.bias, rng, initializer, dtype);
}

Tensor Conv2d::operator()(const Tensor& x) const {
  return bias.defined() ? conv2d(x, weight, bias, options) : conv2d(x, weight, options);
}

Conv1d::Conv1d(std::int64_t in, std::int64_t out, std::int64_t kernel, Rng& rng,
               const ConvolutionOptions<std::int64_t>& how, const Initializer& initializer, Dtype dtype)
    : options{how.stride, how.padding, how.dilation, how.groups} {
  check_sizes("Conv1d", in, out, how.groups, {1, kernel});
  const Shape shape = {out, in / how.groups, kernel};
  draw(*this, shape, out, how.bias, rng, initializer, dtype);
}

Tensor Conv1d::operator()(const Tensor& x) const {
  return bias.defined() ? conv1d(x, weight, bias, options) : conv1d(x, weight, options);
}

ConvTranspose2d::ConvTranspose2d(std::int64_t in, std::int64_t out, Size2d kernel, Rng& rng,
                                 const ConvolutionTransposeOptions& how, const Initializer& initializer, Dtype dtype)
    : options{how.stride, how.padding, how.output_padding, how.dilation, how.groups} {
  check_sizes("ConvTranspose2d", in, out, how.groups, kernel);
  const Shape shape = {in, out / how.groups, kernel.rows, kernel.columns};
  draw(*this, shape, out, how.bias, rng, initializer, dtype);
}

Tensor ConvTranspose2d::operator()(const Tensor& x) const {
  return bias.defined() ? conv_transpose2d(x, weight, bias, options) : conv_transpose2d(x, weight, options);
}

}  // namespace retrograd::nn
