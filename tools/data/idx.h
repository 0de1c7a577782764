// Reads idx files, the format of MNIST and similar sets: two zero bytes, a type code, a rank, the sizes as big-endian
// 32-bit words, then the values. Every field is checked, no memory is allocated on the strength of a header alone, and
// the file must end where its header says. Does not depend on images or labels, or on where files come from.
#pragma once
#include <string>

#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// The contents of an idx file of unsigned bytes, plain or gzipped, as a uint8 tensor of the shape in its header, which
/// must have `rank` axes. FileError, "path: what: expected …, found …", on anything else.
Tensor read_idx(const std::string& path, int rank);

}  // namespace retrograd::tools
