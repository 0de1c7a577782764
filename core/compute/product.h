// Matrix products of tensors: at once, or later. A gradient of a weight is a product that often nobody needs as a
// whole: an optimizer uses it up tile by tile while each is in a cache. So it can wait as a Deferred, which computes it
// on the first request for its value. Invariant: a deferred product has the value it had when it was made, since a
// write to what it reads computes it first. Not a public header but for what Gradients holds.
#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

#include "../blas/gemm.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// c = a · b + beta · c for matrices, into a contiguous buffer the caller owns; unrecorded.
void matmul_into(const Tensor& a, const Tensor& b, double beta, Tensor& c, const TileEpilogue* after = nullptr);
/// c = a · b matrix by matrix, of the last two axes, into a contiguous buffer the caller owns; the axes before them
/// broadcast to those of c. Unrecorded.
void batched_matmul_into(const Tensor& a, const Tensor& b, Tensor& c);

/// x itself if BLAS can read the matrices on its last two axes in place, else a packed copy.
Tensor blas_readable(const Tensor& x);
/// The first of the matrices of such a tensor, of dtype T; all of them lie alike.
template <class T>
MatrixIn<T> matrix_of(const Tensor& x);

/// a · b of two matrices, not computed yet.
class Deferred : public std::enable_shared_from_this<Deferred> {
 public:
  /// Null where waiting does not pay: a small product, long sums (it is the products then that take the time, and the
  /// operands that take the memory), or operands into which somebody may write unseen.
  static std::shared_ptr<Deferred> make(const Tensor& a, const Tensor& b);
  /// Use `make`.
  Deferred(const Tensor& a, const Tensor& b) : dtype_(a.dtype()), shape_{a.shape()[0], b.shape()[1]}, a_(a), b_(b) {}
  ~Deferred();
  Deferred(const Deferred&) = delete;
  Deferred& operator=(const Deferred&) = delete;

  Dtype dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  /// The whole product, computed now if it was not yet.
  const Tensor& value();

  /// For using the product tile by tile: while the lock is held, no thread computes it and no thread writes to its
  /// operands. What follows is only for the holder.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }
  bool is_computed() const { return is_computed_.load(std::memory_order_acquire); }
  TileGrid tiles() const;
  /// One tile of the product, of the rows and columns of `at`, row by row into `out`. Does not throw.
  void tile(const TileRange& at, std::byte* out) const;

 private:
  friend void compute_readers(const Body& base);
  bool reads(const Body& base) const { return a_.body().base == &base || b_.body().base == &base; }
  void enter_list();
  void leave_list();
  const Dtype dtype_;
  const Shape shape_;
  std::mutex mutex_;  // held while a_ and b_ are used
  Tensor a_, b_, value_;
  std::atomic<bool> is_computed_{false};
  Deferred *before_ = nullptr, *after_ = nullptr;  // in the list of those that are not computed yet
};

/// Computes what still waits and reads these values, before they are written.
void compute_readers(const Body& base);

}  // namespace retrograd::detail
