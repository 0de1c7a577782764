// The linear ops that sweeps and transforms need, with their rules: addition (cotangents accumulate), broadcasting and
// its transpose (cotangents are summed down to a broadcast input), reshaping, stacking, scaling, the two identities,
// and windows: strided views, whose transpose places a cotangent among zeros. They are closed under differentiation.
// All other ops are in ops/.
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

/// A view of x broadcast to `shape` without a copy (NumPy's rule: align right, sizes equal or 1).
Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// The transpose of broadcast_to: sums x over the axes along which `shape` would be broadcast to x.shape().
Tensor sum_to(const Tensor& x, const Shape& shape);
/// The same elements in another shape of the same size; one size may be -1 and is computed. A view if x is contiguous,
/// otherwise a copy.
Tensor reshape(const Tensor& x, const Shape& shape);
/// The same with the sizes in braces; one of them may be -1.
Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> sizes);
/// Joins tensors of the same shape and dtype along a new outermost axis.
Tensor stack(std::span<const Tensor> xs);
/// A view of row i of x along its outermost axis, without that axis: the inverse of stack.
Tensor unstack(const Tensor& x, std::int64_t i);
/// x · factor; float32 and float64.
Tensor scaled(const Tensor& x, double factor);
/// A view of x that is a separate variable: derivatives pass through, but gradients are kept apart.
Tensor alias(const Tensor& x);
/// A copy of the model whose parameters are aliases: the same values in the same storage, but recorded separately, so
/// that several threads can each watch an alias of one model. What an optimizer writes is visible to all of them.
/// Buffers are shared with the model.
template <HasFields Model>
Model alias(const Model& model) {
  return detail::rebound(model, detail::Fields::parameters, [](const Tensor& x) { return alias(x); });
}
/// The same values as a constant: a view of x that is not tracked by any tape.
Tensor detach(const Tensor& x);

namespace detail {
/// A copy of x in new memory; the derivative passes through.
Tensor copied(const Tensor& x);
/// x itself if its values have no other handle, otherwise a copy: for results that must not share memory.
inline Tensor owned(Tensor x) { return sole_owner(x) ? x : copied(x); }
/// into += x, in place, not recorded, on a buffer owned by the caller; x broadcasts to `into`.
void add_into(Tensor& into, const Tensor& x);
/// into *= factor, a scalar tensor, likewise.
void scale_into(Tensor& into, const Tensor& factor);

/// The position of a window in a tensor: its step along each axis and its first element. No element of the tensor
/// occurs twice in a window.
struct Layout {
  Strides strides{};
  std::int64_t offset = 0;
};

/// Places x in a tensor of this shape whose other elements are `fill`.
Tensor place(const char* op, const Tensor& x, const Shape& shape, const Layout& at, Scalar fill = 0);

/// The cotangent of the tensor under a window: g at its position in a tensor of this shape, among zeros.
class Placed final : public Lazy {
 public:
  Placed(Tensor g, const Shape& shape, const Layout& at) : g_(std::move(g)), shape_(shape), at_(at) {}
  Tensor value() override;
  bool add_to(Tensor& sum) override;

 private:
  Tensor g_;
  Shape shape_;  // of the row-major tensor that the layout refers to
  Layout at_;
};

/// A view of x with this shape, recorded as `op`; layout(strides of x) returns its position.
template <class F>
Tensor window(const char* op, const Tensor& x, const Shape& shape, F layout) {
  write_out(x.body());
  const Layout own = layout(x.strides()), row_major_at = x.is_contiguous() ? own : layout(row_major(x.shape()));
  return record(op, make_view(x, shape, own.strides, own.offset), wrt(x, [whole = x.shape(), row_major_at](Tensor g) {
                  return Placed(std::move(g), whole, row_major_at);
                }));
}

/// The number of positions begin, begin + step, … before end.
constexpr std::int64_t places_in(std::int64_t begin, std::int64_t end, std::int64_t step) {
  return begin < end ? (end - begin - 1) / step + 1 : 0;
}

}  // namespace detail
}  // namespace retrograd
