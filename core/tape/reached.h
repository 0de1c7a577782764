// Determines which nodes a sweep must visit. Depends only on the numbers and edges of nodes, not on what passes along
// them. Not a public header.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "log.h"

namespace retrograd::detail {

// The nodes that a nested sweep must visit: those that depend on something its own tape watched. In an outermost log
// all nodes do, and no list is needed.
class Reached {
 public:
  Reached(Log& log, std::uint32_t mark, std::uint32_t last, std::span<const Watched> watched, bool outermost)
      : log_(log.nodes), mark_(mark) {
    if (outermost) return;
    nested_ = true;
    if (last >= mark) nodes_.assign(last + 1 - mark, false);
    for (const Watched& one : watched) {
      if (one.node >= mark && one.node <= last) nodes_[one.node - mark] = true;
      if (one.node < mark) before_mark_.push_back(one.node);
    }
    std::sort(before_mark_.begin(), before_mark_.end());
    for (std::uint32_t i = mark; i <= last && i < log.nodes.size(); ++i)
      for (const Edge* e = log_[i].edges; e && !nodes_[i - mark]; e = e->next) nodes_[i - mark] = contains(e->parent);
  }
  bool contains(std::uint32_t node) const {
    if (!nested_) return true;
    if (node >= mark_) return nodes_[node - mark_];
    return std::binary_search(before_mark_.begin(), before_mark_.end(), node);
  }

 private:
  Nodes& log_;
  std::uint32_t mark_;
  bool nested_ = false;
  std::vector<bool> nodes_;
  std::vector<std::uint32_t> before_mark_;
};

}  // namespace retrograd::detail
