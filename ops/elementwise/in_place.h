// Writing into a tensor, through every handle and view of its storage: the arithmetic operators, and constants. Refused
// with a TapeError wherever an open tape needs the values that would be lost. Views with gaps and turned axes are
// written like any tensor; a view whose elements share memory is refused with a ShapeError.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

// Under a tape, x becomes the result as far as derivatives are concerned, to every order. TapeError where a rule needs
// the old values of x (what was watched, or used in another op, or came out of one), where views share them and the
// write is recorded, and, for products and quotients, where a tape that is paused or outside this one differentiates x.
// ShapeError where b does not broadcast to x, DtypeError where dtypes differ.

/// Adds b to the values of x; float32, float64, int64.
Tensor& operator+=(Tensor& x, const Operand& b);
/// The same of a view that is made on the spot: x[0] += row. Returns the view.
inline Tensor operator+=(Tensor&& view, const Operand& b) { return view += b; }
/// Subtracts b; float32, float64, int64.
Tensor& operator-=(Tensor& x, const Operand& b);
/// The same of a view that is made on the spot.
inline Tensor operator-=(Tensor&& view, const Operand& b) { return view -= b; }
/// Multiplies by b; float32, float64, int64. Where the tape differentiates b, the old values of x are copied first.
Tensor& operator*=(Tensor& x, const Operand& b);
/// The same of a view that is made on the spot.
inline Tensor operator*=(Tensor&& view, const Operand& b) { return view *= b; }
/// Divides by b, with the same copy; float32, float64.
Tensor& operator/=(Tensor& x, const Operand& b);
/// The same of a view that is made on the spot.
inline Tensor operator/=(Tensor&& view, const Operand& b) { return view /= b; }

/// Gives every element of x the value; DtypeError where the dtype cannot hold it, TapeError where an open tape tracks
/// x. Of any dtype.
void fill(Tensor& x, Scalar value);
/// The same of a view that is made on the spot: fill(x[0], 1).
inline void fill(Tensor&& view, Scalar value) { fill(view, value); }
/// Gives x the values of `from`, which broadcasts to x and is of its dtype, as constants: TapeError where an open tape
/// tracks x, or where the tape differentiates `from` (x = from keeps the derivative, detach(from) drops it). Of any
/// dtype.
void copy_into(Tensor& x, const Tensor& from);
/// The same into a view that is made on the spot: copy_into(x[0], row).
inline void copy_into(Tensor&& view, const Tensor& from) { copy_into(view, from); }

}  // namespace retrograd
