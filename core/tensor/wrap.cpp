#include "wrap.h"

#include "../base/error.h"
#include "format.h"

namespace retrograd::detail {

namespace {
using Owner = std::shared_ptr<const void>;

// The payload of a wrapped base.
struct Wrapped {
  ReleaseWrapped release;
  Owner owner;
};
Wrapped* wrapped_in(Body* base) { return reinterpret_cast<Wrapped*>(base->payload()); }

void release(Body* base) noexcept {
  if (base->refs.fetch_sub(1, std::memory_order_acq_rel) != 2) return;
  wrapped_in(base)->~Wrapped();
  give_block(base);
}
}  // namespace

// Handles are views of a base to which there is no handle. The base holds a reference to itself, so that no view is
// ever its sole owner and its memory is never reused for a result.
Tensor wrap_memory(const void* memory, Dtype dtype, bool read_only, const Shape& shape, Owner&& owner) {
  if (!memory && shape.size() > 0) fail("wrap: null pointer for shape {}", shape);
  if (reinterpret_cast<std::uintptr_t>(memory) % size_of(dtype) != 0)
    fail("wrap: the memory is not aligned for {}, which needs a multiple of {} bytes", dtype, size_of(dtype));
  const Tensor handle = Tensor::adopt(new_body(sizeof(Wrapped), shape, shape.size(), dtype));
  Body& base = handle.body();
  base.data = static_cast<std::byte*>(const_cast<void*>(memory));
  Tensor view = make_view(handle, shape, row_major(shape));
  new (wrapped_in(&base)) Wrapped{release, std::move(owner)};  // nothing throws after this
  base.memory.wrapped = true;
  base.memory.read_only = read_only;
  base.memory.exposed.store(true, std::memory_order_relaxed);  // the caller may write at any time
  base.refs.fetch_add(1, std::memory_order_relaxed);
  return view;
}

}  // namespace retrograd::detail
