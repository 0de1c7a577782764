// Displays what a tape recorded: a drawing (Graphviz), a table of bytes and times, and a summary by op. A Graph is a
// scope that observes recording and sweeps on its thread, and keeps the nodes of the tape that recorded last, from when
// that tape or the Graph was opened. Observing changes no values, but gradients that would be computed lazily are
// computed in the sweep.
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

/// A value on the tape, or a constant that an op read.
struct GraphNode {
  /// The kind of a node: the value of an op, a watched tensor, or a tensor that no tape tracks.
  enum class Kind { op, variable, constant };
  Kind kind = Kind::op;               ///< the kind of this node
  std::string op;                     ///< the name of the op, if it is one
  std::string name;                   ///< the dotted name of a watched tensor, the value of a constant scalar, or ""
  std::string layer;                  ///< for an op: the prefix of the names of its watched inputs, "layers.0", or ""
  Shape shape;                        ///< of the value
  Dtype dtype = float32;              ///< of the value
  bool is_watched = false;            ///< the tape returns its gradient
  bool is_view = false;               ///< the value shares the storage of an input
  bool is_loss = false;               ///< a sweep began here
  bool in_sweep = false;              ///< recorded by a sweep, as part of a derivative
  std::vector<std::uint32_t> inputs;  ///< positions in Graph::nodes()
  std::int64_t bytes = 0;             ///< of the values; 0 for a view
  /// Bytes of the tensors that the op's rules save, including block headers. A tensor that several ops save counts for
  /// the one recorded first; watched tensors do not count, nor tensors that a rule captured without listing them. -1
  /// for an op recorded before the Graph was opened.
  std::int64_t saved_bytes = -1;
  /// Time since the last recorded, watched or swept op on this thread, so including what the caller did in between.
  std::int64_t forward_ns = 0;
  /// Time in its rules and in accumulating their results, over all sweeps; without the ops that the rules recorded,
  /// which have their own entries.
  std::int64_t backward_ns = 0;
};

/// The ops of one name, layer, shape and dtype.
struct GraphRow {
  std::string op;            ///< its name
  std::string layer;         ///< GraphNode::layer
  Shape shape;               ///< of the values
  Dtype dtype;               ///< of the values
  std::int64_t count;        ///< the number of ops
  std::int64_t bytes;        ///< GraphNode::bytes, summed over all
  std::int64_t saved_bytes;  ///< GraphNode::saved_bytes, summed over all; -1 if none is known
  std::int64_t forward_ns;   ///< GraphNode::forward_ns, summed over all
  std::int64_t backward_ns;  ///< GraphNode::backward_ns, summed over all
};
/// The ops, in the order of their first recording, and their sum. Prints through fmt.
struct GraphTable {
  std::vector<GraphRow> rows;  ///< one per name, layer, shape and dtype
  GraphRow total;              ///< the sums over all rows
};
/// All ops of one name.
struct GraphShare {
  std::string op;      ///< its name
  std::int64_t count;  ///< the number of ops
  std::int64_t ns;     ///< forward and backward
  double share;        ///< the fraction of the time of all ops, 0 … 1
};
/// Ops by name, the longest first. Prints through fmt.
struct GraphSummary {
  std::vector<GraphShare> rows;  ///< one per name
};

/// Scopes close in the reverse order of opening. The results remain available after the tape has closed.
class [[nodiscard]] Graph final : private detail::Observer {
 public:
  Graph() = default;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;

  /// All nodes, inputs before the nodes that use them.
  std::span<const GraphNode> nodes() const { return nodes_; }
  /// A drawing for Graphviz (`dot -Tsvg`): ops are boxes, watched tensors ellipses with their dotted names, constants
  /// small and gray. The loss has a double frame, ops that no loss depends on are pale, and those recorded by a sweep
  /// are dashed.
  std::string dot() const;
  /// The ops, grouped by name, layer, shape and dtype.
  GraphTable table() const;
  /// The ops, grouped by name.
  GraphSummary summary() const;

 private:
  static std::int64_t now();  // in nanoseconds
  void watched(detail::Log& log, std::uint32_t node, const Tensor& x) override;
  void recorded(detail::Log& log, std::uint32_t node, const Tensor& y, std::span<const Tensor* const> inputs) override;
  void sweeping(detail::Log& log, std::uint32_t node, const Tensor& g) override;
  void swept(detail::Log& log, std::uint32_t node) override;
  void forgetting(detail::Log& log, std::uint32_t node) override;

  bool shows(const detail::Log& log) const;
  bool begins(detail::Log& log);
  std::uint32_t add(GraphNode node, const Tensor& value);
  std::uint32_t place_of(detail::Log& log, std::uint32_t node, const Tensor& x);
  std::uint32_t constant(const Tensor& x);
  std::int64_t saved_by(detail::Log& log, std::uint32_t node);
  GraphNode* known(std::uint32_t node);

  std::uint64_t serial_ = 0;  // of the tape shown
  std::vector<GraphNode> nodes_;
  std::vector<std::uint32_t> places_;  // indices into nodes_, by node number of the tape
  struct Constant {
    Tensor held;  // kept alive, so that no other tensor gets the same address
    std::uint32_t place;
  };
  std::unordered_map<const detail::Body*, Constant> constants_;
  std::unordered_map<const detail::Body*, std::uint32_t> saved_for_;  // the nodes that saved these values first
  std::int64_t last_ = now();                                         // the end of the last event
  std::int64_t sweep_began_ = 0;
  std::int64_t recorded_ns_ = 0;  // in ops recorded by the rules that are running
  bool sweeping_ = false;
  std::uint32_t swept_ = UINT32_MAX;  // the last node swept
};

/// A line for each row, and one for the total.
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
