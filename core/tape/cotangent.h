// What rules hand to a sweep: for each input that it wants, a tensor, or a cotangent that need not be computed yet. The
// sweep alone decides whether that one is computed, added to a sum that is waiting, or waits itself. Knows nothing of
// where a sweep keeps its sums.
#pragma once
#include <concepts>
#include <cstddef>
#include <memory>

#include "../compute/product.h"
#include "../tensor/tensor.h"

namespace retrograd {

namespace detail {

/// A cotangent that is not computed yet, such as a product of two matrices.
class Lazy {
 public:
  /// The cotangent, computed by recorded ops. Called at most once, last.
  virtual Tensor value() = 0;
  /// sum += value(), in a buffer that nobody else holds, with nothing recorded; false where these shapes need value().
  virtual bool add_to(Tensor& /*sum*/) { return false; }
  /// The same as a product deferred until its value is requested; null where deferring gains nothing.
  virtual std::shared_ptr<Deferred> defer() { return nullptr; }

 protected:
  Lazy() = default;
  Lazy(const Lazy&) = default;
  Lazy(Lazy&&) = default;
  Lazy& operator=(const Lazy&) = default;
  Lazy& operator=(Lazy&&) = default;
  ~Lazy() = default;
};
template <class T>
concept IsLazy = std::derived_from<T, Lazy>;

}  // namespace detail

/// Receives the cotangents that a joint rule was asked for.
class Cotangents {
 public:
  /// True where the cotangent of this input is asked for.
  virtual bool wants(std::size_t input) const = 0;
  /// Passes the cotangent of an input to the sweep; one that is not wanted is dropped.
  virtual void give(std::size_t input, Tensor cotangent) = 0;
  /// The same of one that is not computed yet.
  virtual void give(std::size_t input, detail::Lazy&& cotangent) = 0;

 protected:
  Cotangents() = default;
  Cotangents(const Cotangents&) = delete;
  Cotangents& operator=(const Cotangents&) = delete;
  ~Cotangents() = default;
};

}  // namespace retrograd
