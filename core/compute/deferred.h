// A gradient that is not computed yet: a product of matrices (product.h), or rows of a table (table_rows.h). It is
// computed on the first request for its value; an optimizer may use it in another way before. Not a public header,
// except for what Gradients holds.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

class DeferredProduct;
class TableRows;

class Deferred {
 public:
  Deferred(Dtype dtype, const Shape& shape) : dtype_(dtype), shape_(shape) {}
  Deferred(const Deferred&) = delete;
  Deferred& operator=(const Deferred&) = delete;
  virtual ~Deferred() = default;

  Dtype dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  /// The whole gradient, computed now if necessary. Several threads may ask at once.
  virtual const Tensor& value() = 0;
  /// This gradient as what it is, or null.
  virtual DeferredProduct* as_product() { return nullptr; }
  virtual TableRows* as_rows() { return nullptr; }

 private:
  const Dtype dtype_;
  const Shape shape_;
};

}  // namespace retrograd::detail
