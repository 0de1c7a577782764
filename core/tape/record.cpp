#include "record.h"

#include <vector>

namespace retrograd::detail {

void make_own(Log* log, Tensor& y) {
  if (tracked(log, y)) y = make_view(y, y.shape(), y.strides());
}

}  // namespace retrograd::detail
