// Nodes: what a tape keeps for each op. A node has one edge for each tracked input, with its rule and the tensors saved
// for it, or one joint rule for all inputs; and the shape and dtype of the value, to check cotangents. Rules and what
// they save are stored in an Arena, nodes in chunks that never move, since a sweep that is itself recorded appends
// while it reads. Does not depend on what rules compute.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../tensor/tensor.h"
#include "arena.h"
#include "cotangent.h"

namespace retrograd::detail {

/// The operations of a rule type, and the tensors saved for a rule.
struct RuleKind {
  /// Returns the cotangent of the input for that of the value; null if the rule passes it on uncomputed by `give`.
  Tensor (*call)(void* rule, Tensor&& cotangent);
  /// Passes the cotangent of input `input` to `out`; null if `call` returns it.
  void (*give)(void* rule, Tensor&& cotangent, Cotangents& out, std::size_t input);
  std::span<const Tensor> (*saved)(const void* rule);
  void (*destroy)(void* rule) noexcept;  // null if trivial
  std::uint32_t offset;                  // from an edge to its rule, in bytes
  bool captures;                         // it may hold tensors besides the saved ones
};

/// One tracked input of a node. A node with a joint rule has edges without rules of their own (`kind` is null).
/// The rule follows it in the same allocation.
struct Edge {
  const RuleKind* kind;
  Edge* next;
  std::uint32_t parent;
  std::uint32_t input;  // its position among the inputs of the op

  void* rule() const { return const_cast<std::byte*>(reinterpret_cast<const std::byte*>(this)) + kind->offset; }
};

/// What can be done with a rule for all inputs of a node.
struct JointKind {
  void (*call)(void* rule, Tensor&& cotangent, Cotangents& out);
  std::span<const Tensor> (*saved)(const void* rule);
  void (*destroy)(void* rule) noexcept;
  std::uint32_t offset;  // from the Joint to the rule
  bool captures;
};

/// A rule for all inputs of a node; the rule follows it in the same allocation.
struct Joint {
  const JointKind* kind;

  void* rule() { return reinterpret_cast<std::byte*>(this) + kind->offset; }
  void destroy() noexcept { kind->destroy(rule()); }
};

/// Destroys the rules of a list of edges.
inline void forget_edges(Edge* edge) noexcept {
  for (; edge; edge = edge->next)
    if (edge->kind && edge->kind->destroy) edge->kind->destroy(edge->rule());
}

enum class NodeKind : std::uint8_t {
  op,        ///< the value of an op
  in_place,  ///< like op, for an op that wrote to its first input
  watched    ///< a leaf
};

struct Node {
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  const char* op;
  Edge* edges;
  Joint* joint;
  const std::int64_t* sizes;  // the shape of the value, for cotangents that must be summed down to it
  std::uint8_t rank;
  Dtype dtype;
  NodeKind kind;
  bool watched;
  std::uint32_t place;  // its last position in the list of watched tensors; kNowhere if none

  Shape shape() const { return Shape(std::span(sizes, rank)); }
  bool has_shape(const Shape& other) const {
    if (other.rank() != rank) return false;
    for (int axis = 0; axis < rank; ++axis)
      if (other[axis] != sizes[axis]) return false;
    return true;
  }
};

/// Calls f with each tensor that the rules of a node were recorded with; there may be empty handles among them.
template <class F>
void for_each_saved(const Node& node, F f) {
  const auto all = [&](std::span<const Tensor> saved) {
    for (const Tensor& one : saved) f(one);
  };
  for (const Edge* edge = node.edges; edge; edge = edge->next)
    if (edge->kind) all(edge->kind->saved(edge->rule()));
  if (node.joint) all(node.joint->kind->saved(node.joint->rule()));
}

/// Nodes by number.
class Nodes {
 public:
  static constexpr std::uint32_t kChunk = 1024;
  Node& operator[](std::uint32_t i) { return chunks_[i / kChunk][i % kChunk]; }
  std::uint32_t size() const { return size_; }
  Node& push() {
    if (next_ == end_) next_chunk();
    ++size_;
    return *next_++;
  }
  /// Ensures that the next push does not throw. TapeError if the number of nodes has reached the thread's limit.
  void make_room() {
    if (next_ == end_) next_chunk();
  }
  /// Removes all nodes, and frees the chunks beyond `keep`.
  void clear(std::size_t keep) noexcept;
  /// Removes all nodes from this number on.
  void cut(std::uint32_t size);
  /// "add (500000 times, 122 MiB), …": the ops with the largest values and, if they differ, the most frequent.
  std::string largest_ops();

 private:
  void next_chunk();
  std::vector<std::unique_ptr<Node[]>> chunks_;
  std::uint32_t size_ = 0;
  Node *next_ = nullptr, *end_ = nullptr;  // in the current chunk
};

}  // namespace retrograd::detail
