// A table of learned vectors, read by index.
#pragma once
#include <cstdint>
#include <optional>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "../base/initializers.h"

namespace retrograd::nn {

/// The options of an Embedding.
struct EmbeddingOptions {
  std::optional<std::int64_t> padding_idx = std::nullopt;  ///< a row for padding: initially zero, and never trained
};

/// A lookup table of rows: indices (…), int64 in 0 … count − 1, → (…, dim).
struct Embedding {
  Tensor weight;                            ///< (count, dim)
  std::optional<std::int64_t> padding_idx;  ///< the row that gets no gradient, if any

  /// The weight is drawn from the standard normal distribution unless an initializer is given. ShapeError where sizes
  /// are not positive or padding_idx is out of range. Embedding{100, 16, rng, {.padding_idx = 0}}
  Embedding(std::int64_t count, std::int64_t dim, Rng& rng, const EmbeddingOptions& options = {},
            const Initializer& initializer = Normal{0, 1}, Dtype dtype = default_dtype());
  /// DtypeError where the indices are not int64, ShapeError where one is out of range; negative indices are.
  Tensor operator()(const Tensor& indices) const;
  /// The parameter.
  static void fields(auto& self, auto&& visit) { visit("weight", self.weight); }
};

}  // namespace retrograd::nn
