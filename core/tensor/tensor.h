// Tensor: a cheap handle with value semantics. One pointer to a reference-counted body (shape, place in the tape, and
// the values right behind), which views share. Copying copies the handle; assigning rebinds it; values are written only
// through functions that say so, and never under an open tape that tracks them. Does not depend on what ops compute;
// the one exception is operator[], a recorded op, which is defined in core/tape/linear.
#pragma once
#include <array>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../base/default_dtype.h"
#include "../base/dtype.h"
#include "../base/index.h"
#include "../base/shape.h"
#include "../base/storage.h"

/// Tensors, the tape, derivatives, and the ops; the layers, optimizers and tools have namespaces of their own in it.
namespace retrograd {

class Tensor;

namespace detail {

/// Where the tape has a tensor, and what it protects. Knows the logs of tapes by their serials alone.
struct TapePlace {
  std::uint32_t node;                  // its number in that log; only the log's own thread reads or writes it
  std::atomic<std::uint32_t> waiting;  // of base: gradients not computed yet that read the values
  std::atomic<std::uint64_t> serial;   // of the log it was last recorded on, 0 for none
  std::atomic<std::uint64_t> stamp;  // of base: of the log that saved the values last, for the write guard; 0 for none
};

/// Who may hold and write the memory of values; of base.
struct Ownership {
  std::atomic<std::uint32_t> views;  // views on these values
  std::atomic<bool> exposed;         // a pointer to write through has been handed out
  bool wrapped;                      // the values lie in memory of the caller's (wrap.h)
  bool read_only;                    // they may not be written
};

/// What handles share: the head of a block whose rest holds the values (or, of a view, its strides). The place in the
/// log lives here and not in the handle, so that a closure which captured y before y was recorded still sees it. What
/// most ops touch stands on the first cache line.
struct alignas(64) Body : Block {
  TapePlace tape;
  std::byte* data;
  Body* base;  // whose values it looks at: itself, or of a view another
  std::int64_t size;
  Ownership memory;
  Dtype dtype;
  bool contiguous;
  std::atomic<const std::string*> label;  // the name under which it was last watched, or null
  Shape shape;

  std::byte* payload() { return reinterpret_cast<std::byte*>(this) + kBlockHead; }
  Strides& view_strides() { return *reinterpret_cast<Strides*>(payload()); }
};

static_assert(sizeof(Body) == kBlockHead);

/// A contiguous body with room for `bytes` behind it.
inline Body* new_body(std::size_t bytes, const Shape& shape, std::int64_t size, Dtype dtype) {
  Body* body = static_cast<Body*>(take_block(bytes));
  body->memory.views.store(0, std::memory_order_relaxed);
  body->tape.serial.store(0, std::memory_order_relaxed);
  body->tape.stamp.store(0, std::memory_order_relaxed);
  body->tape.waiting.store(0, std::memory_order_relaxed);
  body->label.store(nullptr, std::memory_order_relaxed);
  body->base = body;
  body->size = size;
  body->dtype = dtype;
  body->contiguous = true;
  body->memory.exposed.store(false, std::memory_order_relaxed);
  body->memory.wrapped = body->memory.read_only = false;
  body->shape = shape;
  return body;
}

/// Takes a view's reference from a base whose values lie in memory of the caller's. Its payload begins with one.
using ReleaseWrapped = void (*)(Body* base) noexcept;
void release_body(Body* body) noexcept;
/// Row-major strides of a shape.
Strides row_major(const Shape& shape);
[[noreturn]] void fail_empty_handle();
[[noreturn]] void fail_dtype_access(Dtype asked, Dtype is);
[[noreturn]] void fail_not_contiguous(const char* op, const Tensor& x);
/// Asked before values are written: throws where an open tape would not allow it. Null until a tape has been open.
using WriteGuard = void (*)(const Tensor& x, const char* op, bool is_recorded);
extern constinit std::atomic<WriteGuard> write_guard;
/// What the guard throws, ShapeError where elements of x share memory, Error where its memory is read-only.
void check_overwritable(const Tensor& x, const char* op);
/// The same for those who write through a pointer: ShapeError also where x is not contiguous.
void check_writable(const Tensor& x, const char* op);
/// As check_overwritable, for a write that is itself recorded.
void check_in_place(const Tensor& x, const char* op);
/// described(shape, label) of x.
std::string described(const Tensor& x);
/// DtypeError unless x is float32 or float64.
void check_floating(const char* op, const Tensor& x);

}  // namespace detail

/// A handle on an array of numbers of one dtype, of up to eight axes. Copies and views share the values.
class Tensor {
 public:
  /// An empty handle: no shape, no values; every use but assignment and `defined` is an error.
  Tensor() = default;
  /// Another handle on the same values.
  Tensor(const Tensor& other) noexcept : body_(other.body_) {
    if (body_) body_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  /// Takes over the handle; `other` is empty then.
  Tensor(Tensor&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  /// Rebinds this handle to the values of `other`; what it held before is not written. So `x[0] = row` would do
  /// nothing, and does not compile: copy_into(x[0], row) writes.
  Tensor& operator=(const Tensor& other) & noexcept { return *this = Tensor(other); }
  /// The same, by exchanging the handles.
  Tensor& operator=(Tensor&& other) & noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  Tensor& operator=(const Tensor& other) && = delete;
  Tensor& operator=(Tensor&& other) && = delete;
  ~Tensor() {
    if (body_ && detail::drop_reference(body_)) detail::release_body(body_);
  }

  /// A contiguous tensor whose values are not set.
  static Tensor empty(const Shape& shape, Dtype dtype = default_dtype());
  /// One of the shape of x, which is contiguous, and of this dtype.
  static Tensor empty_like(const Tensor& x, Dtype dtype);
  /// The same of the dtype of x.
  static Tensor empty_like(const Tensor& x) { return empty_like(x, x.dtype()); }

  /// False of an empty handle.
  bool defined() const { return body_ != nullptr; }
  /// The sizes along the axes.
  const Shape& shape() const { return body().shape; }
  /// The number of axes, 0 of a scalar.
  int rank() const { return body().shape.rank(); }
  /// The number of elements.
  std::int64_t size() const { return body().size; }
  /// The size along one axis, counted from the end when negative.
  std::int64_t size(int axis) const { return shape()[detail::normal_axis("size", axis, rank())]; }
  /// The type of the elements.
  Dtype dtype() const { return body().dtype; }
  /// Steps between neighbors along each axis, in elements; only the first rank() are meaningful. 0 where an axis is
  /// broadcast.
  Strides strides() const { return body().contiguous ? detail::row_major(body_->shape) : body_->view_strides(); }
  /// True where the elements lie in row-major order without gaps.
  bool is_contiguous() const { return body().contiguous; }

  /// The first element; DtypeError unless T is the tensor's own type.
  template <Element T>
  const T* data() const {
    if (dtype() != dtype_of<T>) detail::fail_dtype_access(dtype_of<T>, dtype());
    return reinterpret_cast<const T*>(body_->data);
  }
  /// The first element, to write through every handle and view of this storage; TapeError where an open tape tracks it,
  /// ShapeError where the tensor is not contiguous, Error where the memory was wrapped to be read only.
  template <Element T>
  T* mutable_data() {
    detail::check_writable(*this, "mutable_data");
    body_->base->memory.exposed.store(true, std::memory_order_relaxed);
    return const_cast<T*>(data<T>());
  }
  /// All values in row-major order, without a copy; ShapeError where the tensor is not contiguous, DtypeError unless T
  /// is its own type.
  template <Element T>
  std::span<const T> span() const {
    const T* first = data<T>();
    if (!is_contiguous()) detail::fail_not_contiguous("span", *this);
    return {first, static_cast<std::size_t>(size())};
  }
  /// The part of the tensor at a place or a range of its first axis: a view, x[-1] the last row, x[range(1, 3)] two of
  /// them. ShapeError where it is out of range.
  Tensor operator[](const Index& index) const;
  /// The same along the first axes, one index each: x(1, range(0, 2)). Axes without an index stay whole.
  template <class... Indices>
  requires(sizeof...(Indices) > 0 && (std::convertible_to<Indices, Index> && ...)) Tensor operator()(
      Indices... indices) const {
    const Index list[] = {Index(indices)...};
    return at(list);
  }
  /// The one value of a tensor of size 1, converted to T; ShapeError otherwise.
  template <class T>
  T item() const {
    return static_cast<T>(item_value<T>());
  }
  /// All values in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector() const;

  /// For the engine: what the handles share; Error on an empty handle.
  detail::Body& body() const {
    if (!body_) detail::fail_empty_handle();
    return *body_;
  }
  /// For the engine: the same, null of an empty handle.
  detail::Body* body_or_null() const { return body_; }
  /// For the engine: a handle that takes over a reference to the body.
  static Tensor adopt(detail::Body* body) {
    Tensor handle;
    handle.body_ = body;
    return handle;
  }

 private:
  template <class T>
  T item_value() const;
  Tensor at(std::span<const Index> indices) const;
  detail::Body* body_ = nullptr;
};

inline Tensor Tensor::empty_like(const Tensor& x, Dtype dtype) {
  const detail::Body& like = x.body();
  if (size_of(dtype) > size_of(like.dtype)) return empty(like.shape, dtype);  // which counts its bytes
  detail::Body* body =
      detail::new_body(static_cast<std::size_t>(like.size) * size_of(dtype), like.shape, like.size, dtype);
  body->data = body->payload();
  return adopt(body);
}

namespace detail {

/// How many bytes such a tensor takes; ShapeError names `op` where that is more than fit in 64 bits.
std::int64_t check_bytes(const char* op, const Shape& shape, Dtype dtype);
/// Tensor::empty for an op, which a ShapeError names.
Tensor empty_for(const char* op, const Shape& shape, Dtype dtype);
/// Another window on the storage of `base`: `offset` elements from its first, untracked.
Tensor make_view(const Tensor& base, const Shape& shape, const Strides& strides, std::int64_t offset = 0);
/// The first element of a buffer that the engine itself fills.
template <class T>
T* values(const Tensor& x) {
  return const_cast<T*>(x.data<T>());
}
/// The same values in row-major order: x itself where it is contiguous, else a copy. Not recorded.
Tensor packed(const Tensor& x);
/// The same in memory of its own.
Tensor copy_values(const Tensor& x);
/// True where this handle is the only one on contiguous storage, so that it may be overwritten unseen.
inline bool sole_owner(const Tensor& x) {
  const Body& body = x.body();
  return body.contiguous && body.refs.load(std::memory_order_acquire) == 1 &&
         (body.base == &body || body.base->refs.load(std::memory_order_acquire) == 1);
}
/// True where both are contiguous and of one shape: their elements lie in pairs.
inline bool are_parallel(const Tensor& a, const Tensor& b) {
  const Body &p = a.body(), &q = b.body();
  return p.contiguous && q.contiguous && p.shape == q.shape;
}

}  // namespace detail
}  // namespace retrograd
