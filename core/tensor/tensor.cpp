#include "tensor.h"

#include <bit>
#include <cstring>
#include <thread>

#include "../base/error.h"
#include "../base/text.h"
#include "../kernels/copy.h"
#include "boxes.h"

namespace retrograd {

namespace detail {

namespace {

bool strides_are_row_major(const Shape& shape, const Strides& strides) {
  std::int64_t expected = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    if (shape[axis] != 1 && strides[static_cast<std::size_t>(axis)] != expected) return false;
    expected *= shape[axis];
  }
  return true;
}

// The payload of a body made by `spread`: strides of 0, at the position they have in a view, the value, and later the
// block of all elements.
struct Spread {
  Strides strides;
  alignas(8) std::byte value[8];
  std::atomic<Block*> elements;
};
Spread& spread_in(Body& body) { return *reinterpret_cast<Spread*>(body.payload()); }

void give_body(Body* body) noexcept {
  if (body->memory.spread)
    if (Block* elements = spread_in(*body).elements.load(std::memory_order_acquire)) give_block(elements);
  give_block(body);
}

}  // namespace

void release_body(Body* body) noexcept {
  if (Body* base = body->base; base != body) {
    base->memory.views.fetch_sub(1, std::memory_order_relaxed);
    if (base->memory.wrapped)
      (*reinterpret_cast<ReleaseWrapped*>(base->payload()))(base);
    else if (drop_reference(base))
      give_body(base);
  }
  give_body(body);
}

Tensor spread(const Tensor& x) {
  const Body& like = x.body();
  Body* body = new_body(sizeof(Spread), like.shape, like.size, like.dtype);
  auto* own = new (body->payload()) Spread{};
  std::memcpy(own->value, like.data, size_of(like.dtype));
  body->data = own->value;
  body->contiguous.store(false, std::memory_order_relaxed);
  body->memory.spread = true;
  return Tensor::adopt(body);
}

// If several threads do this at once, the memory of the first is kept, and the others wait for it to be in its place. A
// thread that reads the body meanwhile sees strides of 0 with either pointer, which give the same values.
void write_out(Body& body) {
  if (!body.memory.spread || body.contiguous) return;
  Spread& own = spread_in(body);
  const std::size_t width = size_of(body.dtype);
  Block* elements = own.elements.load(std::memory_order_acquire);
  const auto first = [](Block* block) { return reinterpret_cast<std::byte*>(block) + kBlockHead; };
  if (!elements) {
    Block* const made = take_block(static_cast<std::size_t>(body.size) * width);
    parallel_for(body.size, 1, [&](std::int64_t begin, std::int64_t end) {
      copy_kernels().of(width)(own.value, 0, 0, first(made) + begin * static_cast<std::int64_t>(width), 0, 1, 1,
                               end - begin);
    });
    if (own.elements.compare_exchange_strong(elements, made, std::memory_order_acq_rel)) {
      __atomic_store_n(&body.data, first(made), __ATOMIC_RELAXED);
      body.contiguous.store(true, std::memory_order_release);
      return;
    }
    give_block(made);
  }
  while (!body.contiguous.load(std::memory_order_acquire)) std::this_thread::yield();
}

void fail_empty_handle() {
  fail("tensor: this handle is empty (a default-constructed Tensor has no shape and no values)");
}

void fail_dtype_access(Dtype asked, Dtype is) {
  fail<DtypeError>("data: asked for {}, but the tensor is {}", asked, is);
}

void fail_not_contiguous(const char* op, const Tensor& x) {
  fail<ShapeError>("{}: this {} view is not contiguous; to_vector copies", op, x.shape());
}

constinit std::atomic<WriteGuard> write_guard{nullptr};

namespace {
void check_write(const Tensor& x, const char* op, bool is_recorded) {
  if (const WriteGuard guard = write_guard.load(std::memory_order_acquire)) guard(x, op, is_recorded);
  write_out(x.body());
  if (x.body().base->memory.read_only) fail("{}: this {} tensor is read-only", op, described(x));
  for (int axis = 0; !x.is_contiguous() && x.size() > 0 && axis < x.rank(); ++axis)
    if (x.strides()[static_cast<std::size_t>(axis)] == 0 && x.shape()[axis] > 1)
      fail<ShapeError>("{}: elements of this {} view share their values along axis {}", op, described(x), axis);
}
}  // namespace

void check_in_place(const Tensor& x, const char* op) { check_write(x, op, true); }
void check_overwritable(const Tensor& x, const char* op) { check_write(x, op, false); }

void check_writable(const Tensor& x, const char* op) {
  check_overwritable(x, op);
  if (!x.is_contiguous())
    fail<ShapeError>("{}: only contiguous tensors can be written, and this {} view is not", op, described(x));
}

std::string described(const Tensor& x) { return described(x.shape(), x.body().label.load(std::memory_order_acquire)); }

void check_floating(const char* op, const Tensor& x) {
  if (!is_floating(x.dtype()))
    fail<DtypeError>("{}: expects float32 or float64, got {}; convert with astype", op, x.dtype());
}

Strides row_major(const Shape& shape) {
  Strides strides{};
  std::int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  return strides;
}

Tensor make_view(const Tensor& base, const Shape& shape, const Strides& strides, std::int64_t offset) {
  Body& from = base.body();
  const bool contiguous = strides_are_row_major(shape, strides);
  Body* body = new_body(contiguous ? 0 : sizeof(Strides), shape, shape.size(), from.dtype);
  if (!contiguous) body->view_strides() = strides;
  body->contiguous.store(contiguous, std::memory_order_relaxed);
  body->data = from.data + offset * static_cast<std::int64_t>(size_of(from.dtype));
  body->base = from.base;
  from.base->refs.fetch_add(1, std::memory_order_relaxed);
  from.base->memory.views.fetch_add(1, std::memory_order_relaxed);
  return Tensor::adopt(body);
}

void write_view(const Tensor& view, const Tensor& x) {
  const CopyBox copy = copy_kernels().of(size_of(x.dtype()));
  constexpr std::int64_t kFew = 4096;
  if (const int rank = view.rank(); rank > 0 && rank <= 2 && view.size() <= kFew && x.shape() == view.shape()) {
    const Strides to = view.strides(), from = x.strides();
    const std::size_t inner = static_cast<std::size_t>(rank - 1);
    return copy(x.body().data, from[0], from[inner], view.body().data, to[0], to[inner],
                rank == 2 ? view.shape()[0] : 1, view.shape()[rank - 1]);
  }
  for_each_box<2>(view.shape(), {&view, &x}, [copy](const Box<2>& box) {
    copy(box.at[1], box.row_step[1], box.column_step[1], const_cast<std::byte*>(box.at[0]), box.row_step[0],
         box.column_step[0], box.rows, box.columns);
  });
}

Tensor packed(const Tensor& x) { return x.is_contiguous() ? x : copy_values(x); }

Tensor copy_values(const Tensor& x) {
  Tensor out = Tensor::empty(x.shape(), x.dtype());
  if (!x.is_contiguous()) {
    write_view(out, x);
    return out;
  }
  std::byte *to = out.body().data, *from = x.body().data;
  const std::size_t width = size_of(x.dtype());
  parallel_for(x.size(), 1, [&](std::int64_t begin, std::int64_t end) {
    const std::size_t at = static_cast<std::size_t>(begin) * width;
    std::memcpy(to + at, from + at, static_cast<std::size_t>(end - begin) * width);
  });
  return out;
}

}  // namespace detail

Tensor Tensor::empty(const Shape& shape, Dtype dtype) { return detail::empty_for("empty", shape, dtype); }

namespace {
// The number of bytes; inline, since it is computed for every result.
inline std::int64_t bytes_of(const char* op, const Shape& shape, Dtype dtype) {
  auto bytes = static_cast<std::int64_t>(size_of(dtype));
  for (std::int64_t size : shape)
    if (__builtin_mul_overflow(bytes, size, &bytes))
      detail::fail<ShapeError>("{}: a {} tensor of shape {} has more bytes than fit in 64 bits", op, dtype, shape);
  return bytes;
}
}  // namespace

std::int64_t detail::check_bytes(const char* op, const Shape& shape, Dtype dtype) { return bytes_of(op, shape, dtype); }

Tensor detail::empty_for(const char* op, const Shape& shape, Dtype dtype) {
  const std::int64_t bytes = bytes_of(op, shape, dtype);
  const std::int64_t size = bytes >> std::countr_zero(size_of(dtype));
  Body* body = new_body(static_cast<std::size_t>(bytes), shape, size, dtype);
  body->data = body->payload();
  return Tensor::adopt(body);
}

template <class T>
T Tensor::item_value() const {
  if (size() != 1) detail::fail<ShapeError>("item: needs a tensor of size 1, got shape {}", shape());
  return detail::dispatch(dtype(), [&]<class From>() { return static_cast<T>(*data<From>()); });
}

template <class T>
std::vector<T> Tensor::to_vector() const {
  const Tensor values = detail::packed(*this);
  std::vector<T> out;
  out.reserve(static_cast<std::size_t>(size()));
  detail::dispatch(dtype(), [&]<class From>() {
    const From* from = values.data<From>();
    for (std::int64_t i = 0; i < size(); ++i) out.push_back(static_cast<T>(from[i]));
  });
  return out;
}

template float Tensor::item_value() const;
template double Tensor::item_value() const;
template std::int64_t Tensor::item_value() const;
template int Tensor::item_value() const;
template bool Tensor::item_value() const;
template std::uint8_t Tensor::item_value() const;
template std::vector<float> Tensor::to_vector() const;
template std::vector<double> Tensor::to_vector() const;
template std::vector<std::int64_t> Tensor::to_vector() const;
template std::vector<int> Tensor::to_vector() const;
template std::vector<bool> Tensor::to_vector() const;
template std::vector<std::uint8_t> Tensor::to_vector() const;

}  // namespace retrograd
