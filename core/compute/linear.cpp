#include "linear.h"

#include "kernel_for.h"
#include "product.h"

namespace retrograd::detail {

void linear_into(const Tensor& a, const Tensor& b, const Tensor& bias, const ByDtype<BiasRun>& kernel, Tensor& z,
                 Tensor& y) {
  const BiasRun run = kernel_for("linear", kernel, y.dtype());
  const std::int64_t width = y.shape()[1];
  const std::size_t bytes = size_of(y.dtype());
  const Tensor summand = packed(bias);
  const auto finish = [&](const TileRange& at) {
    for (std::int64_t row = at.row_begin; row < at.row_end; ++row) {
      const std::int64_t begin = row * width + at.column_begin;
      run(advance(z.body().data, begin, bytes), advance(summand.body().data, at.column_begin, bytes),
          advance(y.body().data, begin, bytes), at.column_end - at.column_begin);
    }
  };
  const TileEpilogue after(finish);
  matmul_into(a, b, 0, z, &after);
}

}  // namespace retrograd::detail
