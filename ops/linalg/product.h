// Products in the derivatives of matrix products. A Product is a cotangent that is not computed yet: the gradient of a
// weight is consumed tile by tile by an optimizer, or added to an existing sum. Not a public header.
#pragma once
#include <memory>
#include <utility>

#include "../../core/tape/cotangent.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::detail {

/// a · b, for matrices of the same dtype and compatible shapes.
class Product final : public Lazy {
 public:
  Product(Tensor a, Tensor b) : a_(std::move(a)), b_(std::move(b)) {}
  Tensor value() override;
  bool add_to(Tensor& sum) override;
  std::shared_ptr<Deferred> defer() override;

 private:
  Tensor a_, b_;
};

/// Σ Aᵢ·Bᵢᵀ over the matrices, computed as one product with long rows.
Tensor sum_of_products(const Tensor& a, const Tensor& b);

}  // namespace retrograd::detail
