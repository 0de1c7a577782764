#include "check.h"

#include <string>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"

namespace retrograd {

void detail::check_argument(const char* layer, const char* argument, const Tensor& x, const Tensor& like,
                            std::initializer_list<ExpectedSize> sizes) {
  if (x.dtype() != like.dtype())
    detail::fail<DtypeError>("{}: {} must be {} like the parameters, got {}; convert with astype", layer, argument,
                             like.dtype(), x.dtype());
  bool fits = x.rank() == static_cast<int>(sizes.size());
  int axis = 0;
  for (const ExpectedSize& size : sizes) {
    fits = fits && (size.letter != nullptr || size.number == x.shape()[axis]);
    ++axis;
  }
  if (fits) return;
  std::string expected;
  for (const ExpectedSize& size : sizes)
    expected += (expected.empty() ? "" : ", ") + (size.letter ? std::string(size.letter) : std::to_string(size.number));
  detail::fail<ShapeError>("{}: {} must be ({}), got {}", layer, argument, expected, described(x));
}

}  // namespace retrograd
