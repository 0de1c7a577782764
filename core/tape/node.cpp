#include "node.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "../base/text.h"
#include "limit.h"

namespace retrograd::detail {

void Nodes::next_chunk() {
  // Node numbers have 32 bits, whatever the limit.
  if (size_ > 0) check_node_limit(size_, UINT32_MAX - kChunk, [this] { return largest_ops(); });
  if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique_for_overwrite<Node[]>(kChunk));
  next_ = &chunks_[size_ / kChunk][0];
  end_ = next_ + kChunk;
}

void Nodes::clear(std::size_t keep) noexcept {
  size_ = 0;
  next_ = end_ = nullptr;
  if (chunks_.size() > keep) chunks_.resize(keep);
  if (keep == 0) std::vector<std::unique_ptr<Node[]>>().swap(chunks_);
}

void Nodes::cut(std::uint32_t size) {
  size_ = size;
  const std::uint32_t within = size % kChunk;
  next_ = within ? &chunks_[size / kChunk][within] : nullptr;
  end_ = within ? next_ + (kChunk - within) : nullptr;
}

std::string Nodes::largest_ops() {
  struct Total {
    std::string op;
    std::int64_t count = 0, bytes = 0;
  };
  std::unordered_map<std::string, Total> by_op;
  for (std::uint32_t i = 0; i < size_; ++i) {
    const Node& node = (*this)[i];
    Total& total = by_op[node.op];
    total.op = node.op;
    ++total.count;
    total.bytes += node.shape().size() * static_cast<std::int64_t>(size_of(node.dtype));
  }
  std::vector<Total> totals;
  totals.reserve(by_op.size());
  for (auto& [op, total] : by_op) totals.push_back(std::move(total));
  std::sort(totals.begin(), totals.end(), [](const Total& a, const Total& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.count != b.count ? a.count > b.count : a.op < b.op;
  });
  std::string text;
  for (std::size_t i = 0; i < totals.size() && i < 3; ++i)
    text += fmt::format("{}{} ({} times, {})", text.empty() ? "" : ", ", totals[i].op, totals[i].count,
                        bytes_text(totals[i].bytes));
  return text;
}

}  // namespace retrograd::detail
