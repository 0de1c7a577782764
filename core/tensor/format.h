// Formatting of shapes, dtypes and tensors with fmt and streams: NumPy's layout, at most eight digits after the point,
// large tensors abbreviated. Meant for people, not for saving.
#pragma once
#include <iosfwd>
#include <string>
#include <string_view>

#include "../base/text.h"
#include "tensor.h"

namespace retrograd {

/// The values in NumPy's layout: rows break at 75 columns, and axes longer than six are abbreviated when there are more
/// than 1000 values.
std::string to_string(const Tensor& x);

/// Writes to_string(x).
std::ostream& operator<<(std::ostream& stream, const Tensor& x);

}  // namespace retrograd

template <>
struct fmt::formatter<retrograd::Tensor> : retrograd::detail::TextFormatter {
  auto format(const retrograd::Tensor& x, fmt::format_context& context) const {
    return write(retrograd::to_string(x), context);
  }
};
