// The ops that the tape itself needs, each with its rule: addition (cotangents accumulate), broadcasting and its
// transpose (cotangents are summed down to a broadcast input), reshaping, stacking, scaling, and the two identities.
// They are linear, and closed under differentiation. Everything else is an op of the floor above.
#pragma once
#include <span>

#include "../tensor/fields.h"
#include "../tensor/operand.h"
#include "../tensor/tensor.h"

namespace retrograd {

/// a + b with broadcasting; float32, float64, int64.
Tensor add(const Operand& a, const Operand& b);
/// add(a, b).
inline Tensor operator+(const Operand& a, const Operand& b) { return add(a, b); }

/// A view of x with axes repeated to `shape` without a copy (NumPy's rule: align right, sizes equal or 1).
Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// The transpose of broadcast_to: sums x over the axes along which `shape` would be broadcast to x's.
Tensor sum_to(const Tensor& x, const Shape& shape);
/// The same elements in another shape of the same size; one size may be -1 and is computed. A view where x is
/// contiguous.
Tensor reshape(const Tensor& x, const Shape& shape);
/// The same with the sizes in braces, of which one may be -1.
Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> sizes);
/// Tensors of one shape and dtype, joined along a new outermost axis.
Tensor stack(std::span<const Tensor> xs);
/// A view of row i of x along its outermost axis, without that axis: the inverse of stack.
Tensor unstack(const Tensor& x, std::int64_t i);
/// x · factor; float32 and float64.
Tensor scaled(const Tensor& x, double factor);
/// A view of x that is a variable of its own: the derivative passes through, the identity does not.
Tensor alias(const Tensor& x);
/// A copy of the model whose parameters are aliases, with the same values, in the same storage, but a place of their
/// own in the log: several threads may each watch an alias of one model. What one optimizer writes all of them see.
/// Buffers are the model's own.
template <HasFields Model>
Model alias(const Model& model) {
  return detail::rebound(model, detail::Fields::parameters, [](const Tensor& x) { return alias(x); });
}
/// The same values as a constant: a view of x that no tape tracks.
Tensor detach(const Tensor& x);
/// detach under the name that JAX and TensorFlow give it.
inline Tensor stop_gradient(const Tensor& x) { return detach(x); }

namespace detail {
/// x in memory of its own; the derivative passes through.
Tensor copied(const Tensor& x);
/// x itself where nobody else holds its values, else a copy: what a function may return as a result of its own.
inline Tensor owned(Tensor x) { return sole_owner(x) ? x : copied(x); }
/// into += x, in place, unrecorded, on a buffer the caller owns; shapes broadcast to `into`.
void add_into(Tensor& into, const Tensor& x);
/// into *= factor, a scalar tensor, in the same way.
void scale_into(Tensor& into, const Tensor& factor);
}  // namespace detail
}  // namespace retrograd
