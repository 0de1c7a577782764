// Writes to a tensor, visible through every handle and view of its storage: arithmetic assignment, and filling with
// constants. A TapeError wherever an open tape needs the values that would be lost. Views with gaps and permuted axes
// can be written like any tensor; a view whose elements share memory is a ShapeError.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

// On a tape, x becomes the result as far as derivatives of any order are concerned. TapeError if a rule needs the old
// values of x (it was watched, used in another op, or the result of one), if views share them and the write is
// recorded, and, for products and quotients, if a tape that is paused or encloses this one differentiates x. ShapeError
// if b does not broadcast to x, DtypeError if dtypes differ.

/// Adds b to the values of x; float32, float64, int64.
Tensor& operator+=(Tensor& x, const Operand& b);
/// The same for a temporary view: x[0] += row. Returns the view.
inline Tensor operator+=(Tensor&& view, const Operand& b) { return view += b; }
/// Subtracts b; float32, float64, int64.
Tensor& operator-=(Tensor& x, const Operand& b);
/// The same for a temporary view.
inline Tensor operator-=(Tensor&& view, const Operand& b) { return view -= b; }
/// Multiplies by b; float32, float64, int64. If the tape differentiates b, the old values of x are copied first.
Tensor& operator*=(Tensor& x, const Operand& b);
/// The same for a temporary view.
inline Tensor operator*=(Tensor&& view, const Operand& b) { return view *= b; }
/// Divides by b, with the same copy; float32, float64.
Tensor& operator/=(Tensor& x, const Operand& b);
/// The same for a temporary view.
inline Tensor operator/=(Tensor&& view, const Operand& b) { return view /= b; }

/// Sets every element of x to the value; DtypeError if the dtype cannot hold it, TapeError if an open tape tracks x.
/// Any dtype.
void fill(Tensor& x, Scalar value);
/// The same for a temporary view: fill(x[0], 1).
inline void fill(Tensor&& view, Scalar value) { fill(view, value); }
/// Copies the values of `from`, which must have the dtype of x and broadcast to x, as constants: TapeError if an open
/// tape tracks x or differentiates `from` (x = from keeps the derivative, detach(from) drops it). Any dtype.
void copy_into(Tensor& x, const Tensor& from);
/// The same for a temporary view: copy_into(x[0], row).
inline void copy_into(Tensor&& view, const Tensor& from) { copy_into(view, from); }

}  // namespace retrograd
