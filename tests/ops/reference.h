// What rows are written with: plain loops over plain numbers that say what an op's value is, the usual sample inputs,
// and makers of the rows that many ops share. Nothing here uses an op of the library to compute.
#pragma once
#include "op_table.h"

namespace retrograd::tests {

using Index = std::vector<std::int64_t>;
using Reference = std::function<Plain(const std::vector<Plain>&)>;

std::int64_t size_of_shape(const Index& shape);
/// Where the flat-th element in row-major order stands.
Index index_of(std::int64_t flat, const Index& shape);
/// Plain numbers of this shape, each by its index.
Plain make(const Index& shape, const std::function<double(const Index&)>& value);
/// The shape two operands broadcast to, and the element of an operand that is met at an index of it.
Index broadcast(const Index& a, const Index& b);
double at_broadcast(const Plain& x, const Index& index);

/// References of ops that work element by element, on one and on two inputs.
Reference each(double (*f)(double));
Reference both(double (*f)(double, double));
/// x folded from `start` over the axes listed, which vanish, or stay with size 1 where `keepdims`.
Plain fold(const Plain& x, const std::vector<std::size_t>& axes, bool keepdims, double start,
           double (*f)(double, double));
/// Each line of x along an axis replaced by what f makes of it, of any one length.
Plain lines(const Plain& x, std::size_t axis, const std::function<std::vector<double>(std::vector<double>)>& f);
double plus(double a, double b);
double larger(double a, double b);

/// Shapes that every unary and every binary op is tried on: scalar, size 1, zero-size, odd, broadcast on either side.
extern const std::vector<Sample> kUnarySamples, kBinarySamples;
/// The same shapes with values drawn from [low, high).
std::vector<Sample> within(double low, double high, std::vector<Sample> samples = kUnarySamples);

/// A row of a unary op on floating tensors that refuses uint8 and the empty handle.
Row unary(const char* name, Tensor (*op)(const Tensor&), double (*f)(double),
          std::vector<Sample> samples = kUnarySamples);
/// The same, also checked to third order.
Row smooth(const char* name, Tensor (*op)(const Tensor&), double (*f)(double),
           std::vector<Sample> samples = kUnarySamples);
/// The same row of a call with something special about it, under a name that says what.
Row named(std::string name, Row row);
/// A row of a binary op with broadcasting that refuses what does not fit.
Row binary(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double),
           std::vector<Sample> samples = kBinarySamples);
/// The same without a derivative, also tried where values are equal.
Row comparison(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double));

}  // namespace retrograd::tests
