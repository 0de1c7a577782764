// A tensor's shape viewed along one axis, or along adjacent axes merged into one. Not a public header.
#pragma once
#include "../base/shape.h"
#include "../kernels/lines.h"

namespace retrograd::detail {

/// Merges the axes first … last into one.
inline Lines lines_of(const Shape& shape, int first, int last) {
  Lines lines;
  for (int axis = 0; axis < shape.rank(); ++axis)
    (axis < first ? lines.outer : axis <= last ? lines.n : lines.inner) *= shape[axis];
  return lines;
}
inline Lines lines_of(const Shape& shape, int axis) { return lines_of(shape, axis, axis); }

}  // namespace retrograd::detail
