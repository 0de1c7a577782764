// Tensor: a cheap handle with value semantics. One pointer to a body (shape, strides, place in the tape) which shares
// reference-counted storage with its views. Copying copies the handle; assigning rebinds it; values are written only
// through functions that say so, and never under an open tape that tracks them. Knows nothing of what ops compute.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dtype.h"
#include "shape.h"
#include "storage.h"

namespace retrograd {

class Tensor;
using Strides = std::array<std::int64_t, kMaxRank>;

namespace detail {

/// What handles share. The place in the log lives here and not in the handle, so that a closure which captured y before
/// y was recorded still sees it.
struct Body {
  std::atomic<std::uint32_t> refs;
  Dtype dtype;
  bool contiguous;
  std::uint32_t node;                 // its number in that log; only the log's own thread reads or writes it
  std::atomic<std::uint64_t> serial;  // of the log it was last recorded on, 0 for none
  Block* storage;
  std::byte* data;
  std::int64_t size;
  Shape shape;
  Strides strides;  // in elements; 0 where an axis is broadcast
};

void release_body(Body* body) noexcept;
[[noreturn]] void fail_empty_handle();
[[noreturn]] void fail_dtype_access(Dtype asked, Dtype is);
/// TapeError where an open tape tracks x or needs its values, ShapeError where x is not contiguous.
void check_writable(const Tensor& x, const char* op);
/// The same for a write that is itself recorded.
void check_in_place(const Tensor& x, const char* op);

}  // namespace detail

class Tensor {
 public:
  /// An empty handle: no shape, no values; every use but assignment and `defined` is an error.
  Tensor() = default;
  Tensor(const Tensor& other) noexcept : body_(other.body_) {
    if (body_) body_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  Tensor(Tensor&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  Tensor& operator=(const Tensor& other) noexcept { return *this = Tensor(other); }
  Tensor& operator=(Tensor&& other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~Tensor() {
    if (body_ && body_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) detail::release_body(body_);
  }

  /// A contiguous tensor whose values are not set.
  static Tensor empty(const Shape& shape, Dtype dtype = float32);

  bool defined() const { return body_ != nullptr; }
  const Shape& shape() const { return body().shape; }
  int rank() const { return body().shape.rank(); }
  /// The number of elements.
  std::int64_t size() const { return body().size; }
  /// The size along one axis, counted from the end when negative.
  std::int64_t size(int axis) const { return shape()[normal_axis("size", axis, rank())]; }
  Dtype dtype() const { return body().dtype; }
  /// Steps between neighbours along each axis, in elements.
  std::span<const std::int64_t> strides() const { return {body().strides.data(), static_cast<std::size_t>(rank())}; }
  /// True where the elements lie in row-major order without gaps.
  bool is_contiguous() const { return body().contiguous; }

  /// The first element; DtypeError unless T is the tensor's own type.
  template <class T>
  const T* data() const {
    if (dtype() != dtype_of<T>) detail::fail_dtype_access(dtype_of<T>, dtype());
    return reinterpret_cast<const T*>(body_->data);
  }
  /// The first element, to write through every handle and view of this storage; TapeError where an open tape tracks it,
  /// ShapeError where the tensor is not contiguous.
  template <class T>
  T* mutable_data() {
    detail::check_writable(*this, "mutable_data");
    return const_cast<T*>(data<T>());
  }
  /// The one value of a tensor of size 1, converted to T; ShapeError otherwise.
  template <class T>
  T item() const {
    return static_cast<T>(item_value<T>());
  }
  /// All values in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector() const;

  // Used by the engine; `body` throws on an empty handle.
  detail::Body& body() const {
    if (!body_) detail::fail_empty_handle();
    return *body_;
  }
  detail::Body* body_or_null() const { return body_; }
  static Tensor adopt(detail::Body* body) {
    Tensor handle;
    handle.body_ = body;
    return handle;
  }

 private:
  template <class T>
  T item_value() const;
  detail::Body* body_ = nullptr;
};

namespace detail {

/// Another window on the storage of `base`: `offset` elements from its first, untracked.
Tensor make_view(const Tensor& base, const Shape& shape, const Strides& strides, std::int64_t offset = 0);
/// Row-major strides of a shape.
Strides row_major(const Shape& shape);
/// The same values in row-major order: x itself where it is contiguous, else a copy. Not recorded.
Tensor packed(const Tensor& x);
/// True where this handle is the only one on contiguous storage, so that it may be overwritten unseen.
bool sole_owner(const Tensor& x);

}  // namespace detail
}  // namespace retrograd
