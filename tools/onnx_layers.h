// The ONNX forms of the library's own layers and functions. Not a public header.
#pragma once
#include <span>

#include "onnx_graph.h"

namespace retrograd::detail {

/// One entry for each type of layer, and for each function that stands in a Sequential as it is.
std::span<const tools::OnnxLayer> onnx_layers();

}  // namespace retrograd::detail
