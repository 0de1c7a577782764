// Bump allocation in chunks, aligned to 8 bytes unless more is requested: allocating never moves existing data, and
// clearing keeps the chunks for the next step. Does not depend on what is stored in it, and runs no destructors.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace retrograd::detail {

class Arena {
 public:
  static constexpr std::size_t kAlignment = 8;
  template <std::size_t alignment = kAlignment>
  void* allocate(std::size_t bytes) {
    static_assert(alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    std::byte* begin = next_;
    if constexpr (alignment > kAlignment) begin += -reinterpret_cast<std::uintptr_t>(begin) % alignment;
    const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    if (end_ < begin || static_cast<std::size_t>(end_ - begin) < rounded) [[unlikely]]
      begin = next_chunk(rounded);
    next_ = begin + rounded;
    return begin;
  }
  /// Ensures that allocating this many bytes, at once or in pieces, does not throw.
  void make_room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - next_) < bytes) next_chunk(bytes);
  }
  /// Bytes of the chunks used since it was cleared.
  std::size_t used() const;
  /// Releases everything, and frees the chunks beyond `keep` bytes in total.
  void clear(std::size_t keep) noexcept;
  /// A position to return to: everything allocated after it is released together.
  struct Place {
    std::size_t chunk;
    std::byte *next, *end;
  };
  Place place() const { return {chunk_, next_, end_}; }
  void cut(const Place& at) {
    chunk_ = at.chunk;
    next_ = at.next;
    end_ = at.end;
  }

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };
  std::byte* next_chunk(std::size_t bytes);
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // the chunk in use
  std::byte *next_ = nullptr, *end_ = nullptr;
};

}  // namespace retrograd::detail
