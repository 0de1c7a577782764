// What a tape recorded, to look at: a drawing (Graphviz), a table of bytes and times, and a summary by op. A Graph is a
// scope that sees its thread record and sweep, and keeps what it saw: the tape that recorded last, from its opening or
// the Graph's on. Watching changes no values, but gradients that would wait to be computed are computed in the sweep.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "../../core/base/text.h"
#include "../../core/tape/log.h"
#include "../../core/tape/observer.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// A value on the tape, or a constant that went into one.
struct GraphNode {
  /// What a node is: the value of an op, a watched tensor, or a tensor that no tape tracks.
  enum class Kind { op, variable, constant };
  Kind kind = Kind::op;               ///< what this one is
  std::string op;                     ///< of an op
  std::string name;                   ///< the dotted name of a watched tensor, the value of a constant scalar, or ""
  std::string layer;                  ///< of an op: what the names of its watched inputs begin with, "layers.0", or ""
  Shape shape;                        ///< of the value
  Dtype dtype = float32;              ///< of the value
  bool is_watched = false;            ///< the tape gives its gradient
  bool is_view = false;               ///< the value shares the storage of an input
  bool is_loss = false;               ///< a sweep began here
  bool in_sweep = false;              ///< recorded by a sweep: part of a derivative
  std::vector<std::uint32_t> inputs;  ///< positions in Graph::nodes()
  std::int64_t bytes = 0;             ///< of the values; 0 of an op that is a view
  /// Bytes that came free when the sweep let go of the op's rules, heads of blocks and all: what they alone had kept
  /// alive. A tensor that several ops saved counts at the one recorded first. -1 where no sweep consumed the op (a
  /// persistent or nested tape).
  std::int64_t saved_bytes = -1;
  /// Since the last record, watch or swept op on this thread, so with whatever the caller did in between.
  std::int64_t forward_ns = 0;
  /// In its rules, and adding up what they return, over all sweeps; without the ops that its rules recorded, which are
  /// ops of their own.
  std::int64_t backward_ns = 0;
};

/// One kind of op: those of one name, layer, shape and dtype.
struct GraphRow {
  std::string op;            ///< its name
  std::string layer;         ///< GraphNode::layer
  Shape shape;               ///< of the values
  Dtype dtype;               ///< of the values
  std::int64_t count;        ///< how many there are
  std::int64_t bytes;        ///< GraphNode::bytes, summed over all
  std::int64_t saved_bytes;  ///< GraphNode::saved_bytes, summed over all; -1 where none was consumed
  std::int64_t forward_ns;   ///< GraphNode::forward_ns, summed over all
  std::int64_t backward_ns;  ///< GraphNode::backward_ns, summed over all
};
/// The ops in the order of their first recording, and their sum. Prints through fmt.
struct GraphTable {
  std::vector<GraphRow> rows;  ///< one for each kind of op
  GraphRow total;              ///< the sums over all rows
};
/// All ops of one name.
struct GraphShare {
  std::string op;      ///< its name
  std::int64_t count;  ///< how many there are
  std::int64_t ns;     ///< forward and backward
  double share;        ///< of the time of all ops, 0 … 1
};
/// Ops by name, the longest first. Prints through fmt.
struct GraphSummary {
  std::vector<GraphShare> rows;  ///< one for each name
};

/// Scopes close in the order opposite to their opening. What was seen can be asked for at any time, also after the tape
/// has closed.
class [[nodiscard]] Graph final : private detail::Observer {
 public:
  Graph() = default;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;

  /// Every node seen, inputs before what is made of them.
  std::span<const GraphNode> nodes() const { return nodes_; }
  /// A drawing for Graphviz (`dot -Tsvg`): ops are boxes, watched tensors ellipses with their dotted names, constants
  /// small and gray. The loss is framed twice, what no loss depends on is pale, what a sweep recorded is dashed.
  std::string dot() const;
  /// The ops, added up by name, layer, shape and dtype.
  GraphTable table() const;
  /// The ops, added up by name.
  GraphSummary summary() const;

 private:
  static std::int64_t now();  // in nanoseconds
  void watched(detail::Log& log, std::uint32_t node, const Tensor& x) override;
  void recorded(detail::Log& log, std::uint32_t node, const Tensor& y, std::span<const Tensor* const> inputs) override;
  void sweeping(detail::Log& log, std::uint32_t node, const Tensor& g) override;
  void swept(detail::Log& log, std::uint32_t node) override;
  void forgot(detail::Log& log, std::uint32_t node) override;

  bool shows(const detail::Log& log) const;
  bool begins(detail::Log& log);
  std::uint32_t add(GraphNode node, const Tensor& value);
  std::uint32_t place_of(detail::Log& log, std::uint32_t node, const Tensor& x);
  std::uint32_t constant(const Tensor& x);
  GraphNode* known(std::uint32_t node);

  std::uint64_t serial_ = 0;  // of the tape that is shown
  std::vector<GraphNode> nodes_;
  std::vector<std::uint32_t> places_;  // in nodes_, of the tape's nodes, by number
  struct Constant {
    Tensor held;  // so that no other takes its place in memory, and passes for it
    std::uint32_t place;
  };
  std::unordered_map<const detail::Body*, Constant> constants_;
  std::int64_t last_ = now();  // the end of the last event
  std::int64_t sweep_began_ = 0;
  std::int64_t live_bytes_ = 0;   // at the last event of a sweep
  std::int64_t recorded_ns_ = 0;  // in the ops that the rules now running recorded
  bool sweeping_ = false;
  std::uint32_t swept_ = UINT32_MAX;  // the node that was swept last
};

/// A line for each row, and one for the sums.
std::string to_string(const GraphTable& table);
/// A line for each op, the longest first.
std::string to_string(const GraphSummary& summary);

}  // namespace retrograd::tools

template <>
struct fmt::formatter<retrograd::tools::GraphTable> : retrograd::detail::TextFormatter {
  auto format(const retrograd::tools::GraphTable& table, fmt::format_context& context) const {
    return write(retrograd::tools::to_string(table), context);
  }
};
template <>
struct fmt::formatter<retrograd::tools::GraphSummary> : retrograd::detail::TextFormatter {
  auto format(const retrograd::tools::GraphSummary& summary, fmt::format_context& context) const {
    return write(retrograd::tools::to_string(summary), context);
  }
};
