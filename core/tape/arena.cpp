#include "arena.h"

#include <algorithm>

namespace retrograd::detail {

std::byte* Arena::next_chunk(std::size_t bytes) {
  constexpr std::size_t kChunkBytes = 64 * 1024;
  std::size_t chunk = next_ ? chunk_ + 1 : chunk_;
  while (chunk < chunks_.size() && chunks_[chunk].size < bytes) ++chunk;
  if (chunk == chunks_.size()) {
    const std::size_t size = std::max(kChunkBytes, bytes);
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  }
  chunk_ = chunk;
  next_ = chunks_[chunk].memory.get();
  end_ = next_ + chunks_[chunk].size;
  return next_;
}

std::size_t Arena::used() const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; next_ && i <= chunk_; ++i) bytes += chunks_[i].size;
  return bytes;
}

void Arena::clear(std::size_t keep) noexcept {
  chunk_ = 0;
  next_ = end_ = nullptr;
  std::size_t count = 0;
  for (; count < chunks_.size() && chunks_[count].size <= keep; ++count) keep -= chunks_[count].size;
  if (count < chunks_.size()) chunks_.resize(count);
  if (count == 0) std::vector<Chunk>().swap(chunks_);
}

}  // namespace retrograd::detail
