// Tensors over the caller's memory, without a copy: aligned for its type, read-only if it is const. The call states who
// owns the memory; it is released exactly once, when the last handle and the last view are gone, on the thread that
// drops it. Results of ops never reuse such memory.
#pragma once
#include <concepts>
#include <memory>
#include <utility>

#include "tensor.h"

namespace retrograd {

struct Borrowed {};
/// `wrap(memory, shape, rg::borrowed)`: the caller keeps the memory valid as long as a handle, a view or a tape needs
/// it.
inline constexpr Borrowed borrowed{};

namespace detail {
Tensor wrap_memory(const void* memory, Dtype dtype, bool read_only, const Shape& shape,
                   std::shared_ptr<const void>&& owner);
}  // namespace detail

/// A tensor of shape.size() values at `memory` in row-major order. Through a const pointer it is read-only: writing is
/// an Error. Writes from outside are visible to the tensor but not to a tape. In-place sums into it are rejected if a
/// tape is affected. Error if memory is null or misaligned for T.
template <class T>
requires Element<std::remove_const_t<T>> Tensor wrap(T* memory, const Shape& shape, Borrowed) {
  return detail::wrap_memory(memory, dtype_of<std::remove_const_t<T>>, std::is_const_v<T>, shape, {});
}
/// The same for memory that `owner` keeps alive as long as it is needed.
template <class T>
requires Element<std::remove_const_t<T>> Tensor wrap(T* memory, const Shape& shape, std::shared_ptr<const void> owner) {
  return detail::wrap_memory(memory, dtype_of<std::remove_const_t<T>>, std::is_const_v<T>, shape, std::move(owner));
}
/// The same for memory that the tensor owns from now on: release(memory) is called once, when it is no longer needed,
/// and also if this call throws. It must not throw.
template <class T, std::invocable<T*> Release>
requires Element<std::remove_const_t<T>> Tensor wrap(T* memory, const Shape& shape, Release release) {
  return wrap(memory, shape, std::shared_ptr<const void>(std::shared_ptr<T>(memory, std::move(release))));
}

}  // namespace retrograd
