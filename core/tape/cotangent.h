// What rules pass to a sweep: for each input it wants, a tensor, or a cotangent that is not computed yet. The sweep
// alone decides whether that one is computed, added to a pending sum, or kept deferred. Does not depend on where a
// sweep keeps its sums.
#pragma once
#include <concepts>
#include <cstddef>
#include <memory>

#include "../compute/deferred.h"
#include "../tensor/tensor.h"

namespace retrograd {

namespace detail {

/// A cotangent that is not computed yet, such as a product of two matrices.
class Lazy {
 public:
  /// The cotangent, computed by recorded ops. Called at most once, last.
  virtual Tensor value() = 0;
  /// sum += value(), in a buffer with no other handle and without recording; false if these shapes require value().
  virtual bool add_to(Tensor& /*sum*/) { return false; }
  /// The same deferred until its value is requested; null if there is no benefit.
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

/// Receives the cotangents that are requested from a joint rule.
class Cotangents {
 public:
  /// True if the cotangent of this input is requested.
  virtual bool wants(std::size_t input) const = 0;
  /// Passes the cotangent of an input to the sweep; one that is not wanted is dropped.
  virtual void give(std::size_t input, Tensor cotangent) = 0;
  /// The same for a cotangent that is not computed yet.
  virtual void give(std::size_t input, detail::Lazy&& cotangent) = 0;

 protected:
  Cotangents() = default;
  Cotangents(const Cotangents&) = delete;
  Cotangents& operator=(const Cotangents&) = delete;
  ~Cotangents() = default;
};

}  // namespace retrograd
