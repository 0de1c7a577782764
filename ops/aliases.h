// Aliases of ops. An op has NumPy's name if NumPy has it; these are the names that users of PyTorch, or of NumPy's
// longer forms, look for. Each is one line, and errors name the op it calls. No family of ops includes this header.
#pragma once
#include <initializer_list>
#include <span>

#include "elementwise/arithmetic.h"
#include "elementwise/comparison.h"
#include "elementwise/powers.h"
#include "elementwise/rounding.h"
#include "linalg/linalg.h"
#include "shape/indexing.h"
#include "shape/joining.h"
#include "shape/shaping.h"
#include "shape/views.h"

namespace retrograd {

/// concatenate(xs, axis).
inline Tensor cat(std::span<const Tensor> xs, int axis = 0) { return concatenate(xs, axis); }
/// concatenate(xs, axis).
inline Tensor cat(std::initializer_list<Tensor> xs, int axis = 0) { return concatenate(xs, axis); }
/// clip(x, low, high).
inline Tensor clamp(const Tensor& x, const Operand& low, const Operand& high) { return clip(x, low, high); }
/// take_along_axis(x, indices, axis).
inline Tensor gather(const Tensor& x, const Tensor& indices, int axis) { return take_along_axis(x, indices, axis); }
/// take(x, indices, axis).
inline Tensor index_select(const Tensor& x, const Tensor& indices, int axis) { return take(x, indices, axis); }
/// where(mask, value, x).
inline Tensor masked_fill(const Tensor& x, const Tensor& mask, const Operand& value) { return where(mask, value, x); }
/// transpose(x, axes).
inline Tensor permute(const Tensor& x, std::span<const int> axes) { return transpose(x, axes); }
/// transpose(x, axes).
inline Tensor permute(const Tensor& x, std::initializer_list<int> axes) { return transpose(x, axes); }
/// expand_dims(x, axis).
inline Tensor unsqueeze(const Tensor& x, int axis) { return expand_dims(x, axis); }
/// detach(x).
inline Tensor stop_gradient(const Tensor& x) { return detach(x); }
/// inverse(a).
inline Tensor inv(const Tensor& a) { return inverse(a); }
/// sub(a, b).
inline Tensor subtract(const Operand& a, const Operand& b) { return sub(a, b); }
/// mul(a, b).
inline Tensor multiply(const Operand& a, const Operand& b) { return mul(a, b); }
/// div(a, b).
inline Tensor divide(const Operand& a, const Operand& b) { return div(a, b); }
/// neg(x).
inline Tensor negative(const Tensor& x) { return neg(x); }
/// pow(a, b).
inline Tensor power(const Operand& a, const Operand& b) { return pow(a, b); }

}  // namespace retrograd
