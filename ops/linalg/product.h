// What the derivatives of matrix products are made of. A product as a cotangent that is not computed yet: the gradient
// of a weight is used tile by tile by an optimizer, or added to a sum that is waiting. Not a public header.
#pragma once
#include <memory>
#include <utility>

#include "../../core/tape/cotangent.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::detail {

/// a · b, of matrices of one dtype that fit each other.
class Product final : public Lazy {
 public:
  Product(Tensor a, Tensor b) : a_(std::move(a)), b_(std::move(b)) {}
  Tensor value() override;
  bool add_to(Tensor& sum) override;
  std::shared_ptr<Deferred> defer() override;

 private:
  Tensor a_, b_;
};

/// Aᵢ·Bᵢᵀ, summed over the matrices: one product of long rows.
Tensor sum_of_products(const Tensor& a, const Tensor& b);

}  // namespace retrograd::detail
