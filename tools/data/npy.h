// Tensors in .npy files, NumPy's format for a single array: a magic number, a version, a header that is a Python dict
// literal, the values. Every field is checked, no memory is allocated on the strength of a header alone, and the file
// must end where its header says. Does not support .npz, pickled objects or big-endian values.
#pragma once
#include <string>

#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// Reads a file of version 1.0, 2.0 or 3.0 with float32, float64, int64, uint8 or boolean values in C or Fortran order;
/// other integers are converted to int64, which holds them all (uint64 is refused). The tensor is contiguous.
/// FileError, "path: what: expected …, found …", on anything else.
Tensor read_npy(const std::string& file);
/// Writes the values in C order, as numpy.save does. FileError where the file cannot be written completely (an existing
/// file is then unchanged).
void write_npy(const Tensor& x, const std::string& file);

}  // namespace retrograd::tools
