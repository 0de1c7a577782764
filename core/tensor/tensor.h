// Tensor: a cheap handle with value semantics. It is one pointer to a reference-counted body (shape, position on the
// tape, and the values right after), which views share. Copying copies the handle; assigning rebinds it; values are
// written only by functions that say so, and never while an open tape tracks them. Does not depend on what ops compute;
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

/// Tensors, the tape, derivatives and ops; layers, optimizers and tools are in nested namespaces.
namespace retrograd {

class Tensor;

namespace detail {

/// A tensor's position on the tape, and what protects its values. Refers to logs only by serial number.
struct TapePlace {
  std::uint32_t node;                  // its number in that log; accessed only by the log's thread
  std::atomic<std::uint32_t> waiting;  // base only: number of pending products that read the values
  std::atomic<std::uint64_t> serial;   // serial of the log it was last recorded on, or 0
  std::atomic<std::uint64_t> stamp;  // base only: serial of the last log to save the values, for the write guard; or 0
};

/// Who may hold and write the values; base only.
struct Ownership {
  std::atomic<std::uint32_t> views;  // number of views of these values
  std::atomic<bool> exposed;         // a pointer for writing has been handed out
  bool wrapped;                      // the memory belongs to the caller (wrap.h)
  bool read_only;                    // the values may not be written
  bool spread;                       // made by `spread`
};

/// The state that handles share: the header of a block whose payload holds the values (or the strides of a view). The
/// position on the log is here and not in the handle, so that a closure that captured y before y was recorded still
/// sees it. The fields that most ops use are on the first cache line. The sizes come last, and those beyond the third
/// are in the memory of the payload where the rank is no higher: a short header is worth more than a simple one to
/// tapes that hold many small tensors.
struct Body : Block {
  TapePlace tape;
  std::byte* data;
  Body* base;  // owner of the values: itself, or the tensor that a view refers to
  std::int64_t size;
  Ownership memory;
  Dtype dtype;
  std::atomic<bool> contiguous;           // set after `data`, where a body is written out
  std::atomic<const std::string*> label;  // the name under which it was last watched, or null
  Shape shape;

  static constexpr int kNearSizes = 3;
  /// Bytes of the payload that belong to the header of a tensor of this rank; a multiple of 64.
  static constexpr std::size_t more_head(int rank) { return rank <= kNearSizes ? 0 : 64; }
  std::byte* payload() { return reinterpret_cast<std::byte*>(this) + kBlockHead + more_head(shape.rank()); }
  Strides& view_strides() { return *reinterpret_cast<Strides*>(payload()); }
};

static_assert(sizeof(Body) == kBlockHead + sizeof(std::int64_t) * (kMaxRank - Body::kNearSizes));
static_assert(sizeof(Body) <= kBlockHead + Body::more_head(kMaxRank));

/// Creates a contiguous body with `bytes` of payload.
inline Body* new_body(std::size_t bytes, const Shape& shape, std::int64_t size, Dtype dtype) {
  Body* body = static_cast<Body*>(take_block(bytes + Body::more_head(shape.rank())));
  body->memory.views.store(0, std::memory_order_relaxed);
  body->tape.serial.store(0, std::memory_order_relaxed);
  body->tape.stamp.store(0, std::memory_order_relaxed);
  body->tape.waiting.store(0, std::memory_order_relaxed);
  body->label.store(nullptr, std::memory_order_relaxed);
  body->base = body;
  body->size = size;
  body->dtype = dtype;
  body->contiguous.store(true, std::memory_order_relaxed);
  body->memory.exposed.store(false, std::memory_order_relaxed);
  body->memory.wrapped = body->memory.read_only = body->memory.spread = false;
  body->shape = shape;
  return body;
}

/// Drops a view's reference to a base that wraps the caller's memory. The base's payload begins with such a function.
using ReleaseWrapped = void (*)(Body* base) noexcept;
void release_body(Body* body) noexcept;
/// Row-major strides of a shape.
Strides row_major(const Shape& shape);
[[noreturn]] void fail_empty_handle();
[[noreturn]] void fail_dtype_access(Dtype asked, Dtype is);
[[noreturn]] void fail_not_contiguous(const char* op, const Tensor& x);
/// Called before values are written: throws if an open tape forbids it. Null until the first tape is opened.
using WriteGuard = void (*)(const Tensor& x, const char* op, bool is_recorded);
extern constinit std::atomic<WriteGuard> write_guard;
/// Throws what the guard throws, ShapeError if elements of x share memory, Error if its memory is read-only.
void check_overwritable(const Tensor& x, const char* op);
/// The same for writes through a pointer: also ShapeError if x is not contiguous.
void check_writable(const Tensor& x, const char* op);
/// Like check_overwritable, for a write that is itself recorded.
void check_in_place(const Tensor& x, const char* op);
/// described(shape, label) of x.
std::string described(const Tensor& x);
/// Writes out the elements of a body made by `spread`, if it was not done before. Does nothing to other bodies.
void write_out(Body& body);
/// DtypeError unless x is float32 or float64.
void check_floating(const char* op, const Tensor& x);

}  // namespace detail

/// A handle to an array of numbers of one dtype with up to eight axes. Copies and views share the values.
class Tensor {
 public:
  /// An empty handle: no shape, no values; any use except assignment and `defined` is an error.
  Tensor() = default;
  /// Another handle to the same values.
  Tensor(const Tensor& other) noexcept : body_(other.body_) {
    if (body_) body_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  /// Takes over the handle; `other` becomes empty.
  Tensor(Tensor&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  /// Rebinds this handle to the values of `other`; the previous values are not written. So `x[0] = row` would do
  /// nothing, and does not compile: use copy_into(x[0], row).
  Tensor& operator=(const Tensor& other) & noexcept { return *this = Tensor(other); }
  /// The same, by swapping the handles.
  Tensor& operator=(Tensor&& other) & noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  Tensor& operator=(const Tensor& other) && = delete;
  Tensor& operator=(Tensor&& other) && = delete;
  ~Tensor() {
    if (body_ && detail::drop_reference(body_)) detail::release_body(body_);
  }

  /// A contiguous tensor with uninitialized values.
  static Tensor empty(const Shape& shape, Dtype dtype = default_dtype());
  /// A tensor with the shape of x, which must be contiguous, and this dtype.
  static Tensor empty_like(const Tensor& x, Dtype dtype);
  /// The same with the dtype of x.
  static Tensor empty_like(const Tensor& x) { return empty_like(x, x.dtype()); }

  /// False for an empty handle.
  bool defined() const { return body_ != nullptr; }
  /// The sizes along the axes.
  const Shape& shape() const { return body().shape; }
  /// The number of axes; 0 for a scalar.
  int rank() const { return body().shape.rank(); }
  /// The number of elements.
  std::int64_t size() const { return body().size; }
  /// The size along one axis, counted from the end when negative.
  std::int64_t size(int axis) const { return shape()[detail::normal_axis("size", axis, rank())]; }
  /// The type of the elements.
  Dtype dtype() const { return body().dtype; }
  /// Steps between neighbors along each axis, in elements; only the first rank() are meaningful. Broadcast axes have 0.
  Strides strides() const { return body().contiguous ? detail::row_major(body_->shape) : body_->view_strides(); }
  /// True if the elements are in row-major order without gaps.
  bool is_contiguous() const { return body().contiguous; }

  /// The first element; DtypeError unless T matches the dtype.
  template <Element T>
  const T* data() const {
    if (dtype() != dtype_of<T>) detail::fail_dtype_access(dtype_of<T>, dtype());
    if (!body_->contiguous) [[unlikely]]
      detail::write_out(*body_);
    return reinterpret_cast<const T*>(body_->data);
  }
  /// The first element, for writing through every handle and view of this storage; TapeError if an open tape tracks it,
  /// ShapeError if the tensor is not contiguous, Error if the memory was wrapped as read-only.
  template <Element T>
  T* mutable_data() {
    detail::check_writable(*this, "mutable_data");
    body_->base->memory.exposed.store(true, std::memory_order_relaxed);
    return const_cast<T*>(data<T>());
  }
  /// All values in row-major order, without a copy; ShapeError if the tensor is not contiguous, DtypeError unless T
  /// matches the dtype.
  template <Element T>
  std::span<const T> span() const {
    const T* first = data<T>();
    if (!is_contiguous()) detail::fail_not_contiguous("span", *this);
    return {first, static_cast<std::size_t>(size())};
  }
  /// A view at a position or range of the first axis: x[-1] is the last row, x[range(1, 3)] two rows. ShapeError if it
  /// is out of range.
  Tensor operator[](const Index& index) const;
  /// The same along the first axes, one index each: x(1, range(0, 2)). Axes without an index are kept whole.
  template <class... Indices>
  requires(sizeof...(Indices) > 0 && (std::convertible_to<Indices, Index> && ...)) Tensor operator()(
      Indices... indices) const {
    const Index list[] = {Index(indices)...};
    return at(list);
  }
  /// The value of a tensor of size 1, converted to T; ShapeError for other sizes.
  template <class T>
  T item() const {
    return static_cast<T>(item_value<T>());
  }
  /// All values in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector() const;

  /// Internal: the shared body; Error for an empty handle.
  detail::Body& body() const {
    if (!body_) detail::fail_empty_handle();
    return *body_;
  }
  /// Internal: the body, or null for an empty handle.
  detail::Body* body_or_null() const { return body_; }
  /// Internal: a handle that takes over a reference to the body.
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
  if (size_of(dtype) > size_of(like.dtype)) return empty(like.shape, dtype);  // which checks the number of bytes
  detail::Body* body =
      detail::new_body(static_cast<std::size_t>(like.size) * size_of(dtype), like.shape, like.size, dtype);
  body->data = body->payload();
  return adopt(body);
}

namespace detail {

/// The number of bytes of such a tensor; ShapeError naming `op` if it does not fit in 64 bits.
std::int64_t check_bytes(const char* op, const Shape& shape, Dtype dtype);
/// Tensor::empty for an op; a ShapeError names `op`.
Tensor empty_for(const char* op, const Shape& shape, Dtype dtype);
/// A view of the storage of `base`, starting at element `offset`; untracked.
Tensor make_view(const Tensor& base, const Shape& shape, const Strides& strides, std::int64_t offset = 0);
/// A new tensor of the shape of x in which every element equals the first element of x. The value is stored once, with
/// strides of 0, until a pointer to the elements or a view is requested or they are written.
Tensor spread(const Tensor& x);
/// The first element of a buffer that the engine fills.
template <class T>
T* values(const Tensor& x) {
  return const_cast<T*>(x.data<T>());
}
/// The same values in row-major order: x itself if it is contiguous, otherwise a copy. Not recorded.
Tensor packed(const Tensor& x);
/// A copy of the values in new memory.
Tensor copy_values(const Tensor& x);
/// Writes x, which must broadcast to the shape of the view, to a view whose values the caller owns; both have the same
/// dtype and must not overlap.
void write_view(const Tensor& view, const Tensor& x);
/// True if this is the only handle to contiguous storage, so that overwriting it is unobservable.
inline bool sole_owner(const Tensor& x) {
  const Body& body = x.body();
  return body.contiguous && body.refs.load(std::memory_order_acquire) == 1 &&
         (body.base == &body || body.base->refs.load(std::memory_order_acquire) == 1);
}
/// True if both are contiguous and have the same shape, so that their elements correspond by offset.
inline bool are_parallel(const Tensor& a, const Tensor& b) {
  const Body &p = a.body(), &q = b.body();
  return p.contiguous && q.contiguous && p.shape == q.shape;
}

}  // namespace detail
}  // namespace retrograd
