#include "tensor.h"

#include <cstring>
#include <new>

#include "error.h"
#include "format.h"
#include "loops.h"
#include "tape_log.h"

namespace retrograd {

namespace detail {

namespace {

Body* new_body(Block* storage, std::byte* data, const Shape& shape, Dtype dtype) {
  Body* body = new (take_block(sizeof(Body))->payload()) Body;
  body->refs.store(1, std::memory_order_relaxed);
  body->dtype = dtype;
  body->serial.store(0, std::memory_order_relaxed);
  body->storage = storage;
  body->data = data;
  body->size = shape.size();
  body->shape = shape;
  return body;
}

bool strides_are_row_major(const Shape& shape, const Strides& strides) {
  std::int64_t expected = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    if (shape[axis] != 1 && strides[static_cast<std::size_t>(axis)] != expected) return false;
    expected *= shape[axis];
  }
  return true;
}

}  // namespace

void release_body(Body* body) noexcept {
  release(body->storage);
  release(Block::of(body));
}

void fail_empty_handle() {
  fail("tensor: this handle is empty (a default-constructed Tensor has no shape and no values)");
}

void fail_dtype_access(Dtype asked, Dtype is) {
  fail<DtypeError>("data: asked for {}, but the tensor is {}", asked, is);
}

void check_in_place(const Tensor& x, const char* op) {
  if (is_live(x.body().storage->stamp.load(std::memory_order_relaxed)))
    fail<TapeError>("{}: an open tape tracks this {} tensor; write after tape.gradients(…) or when the tape is closed",
                    op, x.shape());
  if (!x.is_contiguous())
    fail<ShapeError>("{}: only contiguous tensors are written, and this {} view is not", op, x.shape());
}

void check_writable(const Tensor& x, const char* op) {
  check_in_place(x, op);
  if (is_live(x.body().serial.load(std::memory_order_relaxed)))
    fail<TapeError>("{}: this {} tensor is a running sum that an open tape differentiates", op, x.shape());
}

Strides row_major(const Shape& shape) {
  Strides strides;
  std::int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  return strides;
}

Tensor make_view(const Tensor& base, const Shape& shape, const Strides& strides, std::int64_t offset) {
  Body& from = base.body();
  Body* body =
      new_body(from.storage, from.data + offset * static_cast<std::int64_t>(size_of(from.dtype)), shape, from.dtype);
  retain(from.storage);
  body->strides = strides;
  body->contiguous = strides_are_row_major(shape, strides);
  return Tensor::adopt(body);
}

Tensor packed(const Tensor& x) {
  if (x.is_contiguous()) return x;
  Tensor out = Tensor::empty(x.shape(), x.dtype());
  dispatch(x.dtype(), [&]<class T>() {
    T* to = out.mutable_data<T>();
    for_each_run<1>(x.shape(), {&x},
                    [&](std::array<const void*, 1> from, std::array<std::int64_t, 1> step, std::int64_t n) {
                      const T* source = static_cast<const T*>(from[0]);
                      if (step[0] == 1)
                        std::memcpy(to, source, static_cast<std::size_t>(n) * sizeof(T));
                      else
                        for (std::int64_t i = 0; i < n; ++i) to[i] = source[i * step[0]];
                      to += n;
                    });
  });
  return out;
}

bool sole_owner(const Tensor& x) {
  const Body& body = x.body();
  return body.contiguous && body.refs.load(std::memory_order_acquire) == 1 &&
         body.storage->refs.load(std::memory_order_acquire) == 1;
}

}  // namespace detail

Tensor Tensor::empty(const Shape& shape, Dtype dtype) {
  std::int64_t bytes = static_cast<std::int64_t>(size_of(dtype));
  for (std::int64_t size : shape)
    if (__builtin_mul_overflow(bytes, size, &bytes))
      fail<ShapeError>("empty: a {} tensor of shape {} has more bytes than 64 bits count", dtype, shape);
  detail::Block* storage = detail::take_block(static_cast<std::size_t>(bytes));
  detail::Body* body = detail::new_body(storage, storage->payload(), shape, dtype);
  body->strides = detail::row_major(shape);
  body->contiguous = true;
  return adopt(body);
}

template <class T>
T Tensor::item_value() const {
  if (size() != 1) fail<ShapeError>("item: needs a tensor of size 1, got shape {}", shape());
  return dispatch(dtype(), [&]<class From>() { return static_cast<T>(*data<From>()); });
}

template <class T>
std::vector<T> Tensor::to_vector() const {
  const Tensor values = detail::packed(*this);
  std::vector<T> out;
  out.reserve(static_cast<std::size_t>(size()));
  dispatch(dtype(), [&]<class From>() {
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
