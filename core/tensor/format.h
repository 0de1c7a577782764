// How shapes, dtypes and tensors print through fmt and streams: NumPy's layout, eight digits after the point at most,
// large tensors abbreviated. Printing is for people; saving is another room.
#pragma once
#include <fmt/format.h>

#include <iosfwd>
#include <string>
#include <string_view>

#include "tensor.h"

namespace retrograd {

/// The values in NumPy's layout: rows break at 75 columns, and axes longer than six are abbreviated when there are more
/// than 1000 values.
std::string to_string(const Tensor& x);

/// Writes to_string(x).
std::ostream& operator<<(std::ostream& stream, const Tensor& x);

}  // namespace retrograd

template <>
struct fmt::formatter<retrograd::Tensor> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const retrograd::Tensor& x, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(retrograd::to_string(x), context);
  }
};
