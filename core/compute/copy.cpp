#include "copy.h"

#include "../tensor/boxes.h"

namespace retrograd::detail {

void add_to_view(const Tensor& view, const Tensor& x) {
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    for_each_box<2>(x.shape(), {&view, &x}, [](const Box<2>& box) {
      const auto [into_row, from_row] = box.row_step;
      const auto [into_step, from_step] = box.column_step;
      for (std::int64_t row = 0; row < box.rows; ++row) {
        T* into = reinterpret_cast<T*>(const_cast<std::byte*>(box.at[0])) + row * into_row;
        const T* from = reinterpret_cast<const T*>(box.at[1]) + row * from_row;
        if (into_step == 1 && from_step == 1)
          for (std::int64_t i = 0; i < box.columns; ++i) into[i] += from[i];
        else
          for (std::int64_t i = 0; i < box.columns; ++i) into[i * into_step] += from[i * from_step];
      }
    });
  });
}

}  // namespace retrograd::detail
