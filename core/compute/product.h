// Matrix products of tensors: immediate or deferred. The gradient of a weight is a product that is often never needed
// as a whole: an optimizer consumes it tile by tile, each while it is in cache. So it can be held deferred, and is
// computed on the first request for its value. Invariant: a deferred product has the value it had when it was
// created, since a write to its operands computes it first. Not a public header, except for what Gradients holds.
#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

#include "../blas/gemm.h"
#include "../tensor/tensor.h"
#include "deferred.h"

namespace retrograd::detail {

/// c = a · b + beta · c for matrices, into a contiguous buffer owned by the caller; not recorded.
void matmul_into(const Tensor& a, const Tensor& b, double beta, Tensor& c, const TileEpilogue* after = nullptr);
/// c = a · b for each pair of matrices on the last two axes, into a contiguous buffer owned by the caller; the other
/// axes broadcast to those of c. Not recorded.
void batched_matmul_into(const Tensor& a, const Tensor& b, Tensor& c);

/// x itself if BLAS can read the matrices on its last two axes in place, else a packed copy.
Tensor blas_readable(const Tensor& x);
/// The first matrix of such a tensor, of dtype T; all of them have the same layout.
template <class T>
MatrixIn<T> matrix_of(const Tensor& x);

/// The product a · b of two matrices, not computed yet.
class DeferredProduct final : public Deferred, public std::enable_shared_from_this<DeferredProduct> {
 public:
  /// Null if deferring does not pay off: for small products, for long sums (computing dominates then, and the operands
  /// take the memory), or if the operands may be written unnoticed.
  static std::shared_ptr<DeferredProduct> make(const Tensor& a, const Tensor& b);
  /// Use `make`.
  DeferredProduct(const Tensor& a, const Tensor& b) : Deferred(a.dtype(), {a.shape()[0], b.shape()[1]}), a_(a), b_(b) {}
  ~DeferredProduct() override;

  const Tensor& value() override;
  DeferredProduct* as_product() override { return this; }

  /// For consuming the product tile by tile: while the lock is held, no thread computes it or writes to its operands.
  /// The functions below are only for the holder.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }
  bool is_computed() const { return is_computed_.load(std::memory_order_acquire); }
  TileGrid tiles() const;
  /// Computes one tile of the product, the rows and columns of `at`, into `out` in row-major order. Does not throw.
  void tile(const TileRange& at, std::byte* out) const;

 private:
  friend void compute_readers(const Body& base);
  bool reads(const Body& base) const { return a_.body().base == &base || b_.body().base == &base; }
  void enter_list();
  void leave_list();
  std::mutex mutex_;  // held while a_ and b_ are used
  Tensor a_, b_, value_;
  std::atomic<bool> is_computed_{false};
  DeferredProduct *before_ = nullptr, *after_ = nullptr;  // in the list of pending products
};

/// Computes all pending products that read these values, before they are written.
void compute_readers(const Body& base);

}  // namespace retrograd::detail
