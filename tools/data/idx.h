// Reading idx files, the format MNIST and its relatives come in: two zero bytes, a type code, a rank, the sizes as
// big-endian 32-bit words, then the values. Every field is checked, nothing is allocated on a header's word alone, and
// the file must end exactly where its header says. Knows nothing of images, labels or where files come from.
#pragma once
#include <string>

#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// The bytes of an idx file of unsigned bytes, plain or gzipped, as a uint8 tensor of the shape its header gives;
/// `rank` is the number of axes it must have. FileError, "path: what, expected …, found …", on anything else.
Tensor read_idx(const std::string& path, int rank);

}  // namespace retrograd::tools
