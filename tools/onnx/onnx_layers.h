// The ONNX forms of the library's own layers and functions. Not a public header.
#pragma once
#include <span>
#include <vector>

#include "onnx_graph.h"

namespace retrograd::detail {

/// One entry for each type of layer, and for each function that may be in a Sequential.
std::span<const tools::OnnxLayer> onnx_layers();

/// Adds the layers for images and sequences: convolution, pooling, batch normalization, …
void add_image_layers(std::vector<tools::OnnxLayer>& layers);
/// The functions, such as rg::relu.
void add_functions(std::vector<tools::OnnxLayer>& layers);

}  // namespace retrograd::detail
