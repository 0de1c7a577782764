// The gradient of a table of which rows were taken: zeros but for these rows. An optimizer that leaves elements without
// gradient as they are needs only those. Invariant: it owns what it is computed from. Not a public header, except for
// what Gradients holds.
#pragma once
#include <memory>
#include <mutex>

#include "deferred.h"

namespace retrograd::detail {

class TableRows final : public Deferred {
 public:
  /// The rows g[j] added at indices[j], in a table of this shape, along its first axis. Null if that is not worth
  /// deferring: for small tables, and for rows that fill much of it.
  static std::shared_ptr<Deferred> make(const Tensor& g, const Tensor& indices, const Shape& shape);
  /// Use `make`.
  TableRows(const Tensor& g, const Tensor& indices, const Shape& shape);

  const Tensor& value() override;
  TableRows* as_rows() override { return this; }

  /// Each row that occurs, once, and its gradient, bitwise equal to that row of the value.
  struct Sums {
    Tensor places;  ///< int64, (n)
    Tensor rows;    ///< (n, …)
  };
  const Sums& sums();

 private:
  std::mutex mutex_;
  const Tensor g_, indices_;
  Tensor value_;
  Sums sums_;
};

}  // namespace retrograd::detail
