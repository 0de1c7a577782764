// Tensors in .npy files, NumPy's format for one array: a magic number, a version, a header that is the text of a Python
// dict, the values. Every field is checked, nothing is allocated on a header's word alone, and the file must end where
// its header says. Knows nothing of .npz, of pickled objects or of other byte orders.
#pragma once
#include <string>

#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// Reads a file of version 1.0, 2.0 or 3.0 of float32, float64, int64, uint8 or boolean values in C or Fortran order;
/// integers of other sizes become int64, which holds them all (uint64 is refused). The tensor is contiguous. FileError,
/// "path: what: expected …, found …", on anything else.
Tensor read_npy(const std::string& file);
/// Writes the values in C order, as numpy.save does. FileError where the file cannot be written whole (an old one is
/// then untouched).
void write_npy(const Tensor& x, const std::string& file);

}  // namespace retrograd::tools
