// The linear ops that sweeps and transforms need, each with its rule: addition (cotangents accumulate), broadcasting
// and its transpose (cotangents are summed down to a broadcast input), reshaping, stacking, scaling, the two
// identities, and windows: views that step evenly through a tensor, with their transpose, which puts a cotangent in its
// place among zeros. They are closed under differentiation. Everything else is an op of the folder above.
#pragma once
#include <span>

#include "../tensor/fields.h"
#include "../tensor/operand.h"
#include "../tensor/tensor.h"
#include "cotangent.h"
#include "record.h"

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
/// The same with the sizes in braces; one of them may be -1.
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

namespace detail {
/// x in memory of its own; the derivative passes through.
Tensor copied(const Tensor& x);
/// x itself where nobody else holds its values, else a copy: what a function may return as a result of its own.
inline Tensor owned(Tensor x) { return sole_owner(x) ? x : copied(x); }
/// into += x, in place, unrecorded, on a buffer the caller owns; shapes broadcast to `into`.
void add_into(Tensor& into, const Tensor& x);
/// into *= factor, a scalar tensor, in the same way.
void scale_into(Tensor& into, const Tensor& factor);

/// The position of a window in a tensor: its steps along each of its axes and its first element. No element of the
/// tensor stands twice in a window.
struct Layout {
  Strides strides{};
  std::int64_t offset = 0;
};

/// x at its place in a tensor of this shape whose other elements are `fill`.
Tensor place(const char* op, const Tensor& x, const Shape& shape, const Layout& at, Scalar fill = 0);

/// The cotangent of what a window looks at: g at its place in a tensor of this shape, among zeros.
class Placed final : public Lazy {
 public:
  Placed(Tensor g, const Shape& shape, const Layout& at) : g_(std::move(g)), shape_(shape), at_(at) {}
  Tensor value() override;
  bool add_to(Tensor& sum) override;

 private:
  Tensor g_;
  Shape shape_;  // of the row-major tensor that the layout speaks of
  Layout at_;
};

/// A view of this shape on x, recorded as `op`; layout(strides of x) says where it stands.
template <class F>
Tensor window(const char* op, const Tensor& x, const Shape& shape, F layout) {
  const Layout own = layout(x.strides()), row_major_at = x.is_contiguous() ? own : layout(row_major(x.shape()));
  return record(op, make_view(x, shape, own.strides, own.offset), wrt(x, [whole = x.shape(), row_major_at](Tensor g) {
                  return Placed(std::move(g), whole, row_major_at);
                }));
}

/// How many places lie at begin, begin + step, … before end.
constexpr std::int64_t places_in(std::int64_t begin, std::int64_t end, std::int64_t step) {
  return begin < end ? (end - begin - 1) / step + 1 : 0;
}

}  // namespace detail
}  // namespace retrograd
