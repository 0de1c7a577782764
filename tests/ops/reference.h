// Building blocks of rows: plain loops over plain numbers that define the values of ops, common sample inputs, and
// makers of rows that many ops share. Nothing here computes with an op of the library.
#pragma once
#include "op_table.h"

namespace retrograd::tests {

using Index = std::vector<std::int64_t>;
using Reference = std::function<Plain(const std::vector<Plain>&)>;

std::int64_t size_of_shape(const Index& shape);
/// The index of element `flat` in row-major order.
Index index_of(std::int64_t flat, const Index& shape);
/// Plain numbers of this shape, each computed from its index.
Plain make(const Index& shape, const std::function<double(const Index&)>& value);
/// The shape two operands broadcast to, and the element of an operand for an index into it.
Index broadcast(const Index& a, const Index& b);
double at_broadcast(const Plain& x, const Index& index);

/// References of elementwise ops with one and two inputs.
Reference each(double (*f)(double));
Reference both(double (*f)(double, double));
/// x folded from `start` over the listed axes, which are removed, or kept with size 1 if `keepdims`.
Plain fold(const Plain& x, const std::vector<std::size_t>& axes, bool keepdims, double start,
           double (*f)(double, double));
/// Each line of x along an axis replaced by f(line), of any one length.
Plain lines(const Plain& x, std::size_t axis, const std::function<std::vector<double>(std::vector<double>)>& f);
double plus(double a, double b);
double larger(double a, double b);

/// Shapes for every unary and every binary op: scalar, size 1, zero-size, odd, broadcast on either side.
extern const std::vector<Sample> kUnarySamples, kBinarySamples;
/// The same shapes with values drawn from [low, high).
std::vector<Sample> within(double low, double high, std::vector<Sample> samples = kUnarySamples);

/// A row for a unary op on floating tensors that refuses uint8 and the empty handle.
Row unary(const char* name, Tensor (*op)(const Tensor&), double (*f)(double),
          std::vector<Sample> samples = kUnarySamples);
/// The same, also checked to third order.
Row smooth(const char* name, Tensor (*op)(const Tensor&), double (*f)(double),
           std::vector<Sample> samples = kUnarySamples);
/// A row for a special configuration of the same call, named after it.
Row named(std::string name, Row row);
/// A row for a binary op with broadcasting that refuses incompatible shapes and dtypes.
Row binary(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double),
           std::vector<Sample> samples = kBinarySamples);
/// The same without a derivative, also tried on equal values.
Row comparison(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double));

}  // namespace retrograd::tests
