// Checks of a layer's arguments before anything is computed: the dtype, and a shape of which some sizes are fixed and
// the others free. Not a public header.
#pragma once
#include <cstdint>
#include <initializer_list>

#include "../../core/tensor/tensor.h"

namespace retrograd::detail {

/// One size of a shape: a fixed number, or a letter for any number.
struct ExpectedSize {
  std::int64_t number = 0;
  const char* letter = nullptr;
  ExpectedSize(std::int64_t size) : number(size) {}
  ExpectedSize(const char* any) : letter(any) {}
};

/// Checks that x has the dtype of `like` and these sizes; otherwise a DtypeError or ShapeError that names the layer and
/// the argument: "Lstm: x must be (N, T, 3), got (4, 3)".
void check_argument(const char* layer, const char* argument, const Tensor& x, const Tensor& like,
                    std::initializer_list<ExpectedSize> sizes);

}  // namespace retrograd::detail
