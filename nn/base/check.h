// What a layer's arguments must be, checked before anything is computed: their dtype, and a shape of which some sizes
// are given and others are the caller's choice. Not a public header.
#pragma once
#include <cstdint>
#include <initializer_list>

#include "../../core/tensor/tensor.h"

namespace retrograd::detail {

/// One size of a shape: this number, or any number, for which a letter stands.
struct ExpectedSize {
  std::int64_t number = 0;
  const char* letter = nullptr;
  ExpectedSize(std::int64_t size) : number(size) {}
  ExpectedSize(const char* any) : letter(any) {}
};

/// DtypeError or ShapeError, which names the layer and the argument, unless x has the dtype of `like` and these sizes:
/// "Lstm: x must be (N, T, 3), got (4, 3)".
void check_argument(const char* layer, const char* argument, const Tensor& x, const Tensor& like,
                    std::initializer_list<ExpectedSize> sizes);

}  // namespace retrograd::detail
