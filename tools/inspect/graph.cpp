#include "graph.h"

#include <chrono>
#include <cstring>
#include <string_view>

#include "../../core/base/storage.h"
#include "../../core/base/text.h"
#include "../../core/tensor/format.h"

namespace retrograd::tools {

namespace {

constexpr std::uint32_t kUnknown = UINT32_MAX;

std::string label_of(const Tensor& x) {
  const std::string* label = x.body().label.load(std::memory_order_acquire);
  return label ? *label : "";
}

// "layers.0.weight" and "layers.0.bias" belong to "layers.0"; a name without a dot is its own layer.
std::string layer_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(0, dot);
}

}  // namespace

std::int64_t Graph::now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool Graph::shows(const detail::Log& log) const { return log.serial.load(std::memory_order_relaxed) == serial_; }

// True for events of the tape that is shown; switches to this tape if the previous one has closed.
bool Graph::begins(detail::Log& log) {
  if (shows(log)) return true;
  if (serial_ != 0 && detail::log_of(serial_).serial.load(std::memory_order_relaxed) == serial_) return false;
  serial_ = log.serial.load(std::memory_order_relaxed);
  nodes_.clear();
  places_.clear();
  constants_.clear();
  saved_for_.clear();
  sweeping_ = false;
  swept_ = kUnknown;
  for (const detail::Watched& one : log.watched) place_of(log, one.node, one.key);
  return true;
}

std::uint32_t Graph::add(GraphNode node, const Tensor& value) {
  node.shape = value.shape();
  node.dtype = value.dtype();
  if (node.kind != GraphNode::Kind::op || !node.is_view)
    node.bytes = value.size() * static_cast<std::int64_t>(size_of(value.dtype()));
  nodes_.push_back(std::move(node));
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

GraphNode* Graph::known(std::uint32_t node) {
  return node < places_.size() && places_[node] != kUnknown ? &nodes_[places_[node]] : nullptr;
}

// The position of a node of the tape, which is added if it was recorded before the Graph was opened.
std::uint32_t Graph::place_of(detail::Log& log, std::uint32_t node, const Tensor& x) {
  if (places_.size() <= node) places_.resize(node + 1, kUnknown);
  if (places_[node] != kUnknown) return places_[node];
  GraphNode fresh;
  fresh.is_watched = log.nodes[node].watched;
  if (log.nodes[node].kind == detail::NodeKind::watched) fresh.kind = GraphNode::Kind::variable;
  if (fresh.kind == GraphNode::Kind::op) fresh.op = log.nodes[node].op;
  if (fresh.is_watched) fresh.name = label_of(x);
  const std::uint32_t place = add(std::move(fresh), x);
  return places_[node] = place;
}

std::uint32_t Graph::constant(const Tensor& x) {
  GraphNode fresh;
  fresh.kind = GraphNode::Kind::constant;
  if (x.size() == 1) {  // not shared: 2·x and 2·y have nothing in common
    fresh.name = fmt::format("{:.6g}", x.item<double>());
    return add(std::move(fresh), x);
  }
  if (const auto known = constants_.find(&x.body()); known != constants_.end()) return known->second.place;
  fresh.name = label_of(x);
  const std::uint32_t place = add(std::move(fresh), x);
  constants_.emplace(&x.body(), Constant{x, place});
  return place;
}

void Graph::watched(detail::Log& log, std::uint32_t node, const Tensor& x) {
  if (!begins(log)) return;
  GraphNode& seen = nodes_[place_of(log, node, x)];
  seen.is_watched = true;
  seen.name = label_of(x);
  last_ = now();
}

void Graph::recorded(detail::Log& log, std::uint32_t node, const Tensor& y, std::span<const Tensor* const> inputs) {
  const std::int64_t ns = now() - last_;
  if (!begins(log)) return;
  GraphNode fresh;
  fresh.op = log.nodes[node].op;
  fresh.in_sweep = sweeping_;
  fresh.forward_ns = ns;
  fresh.saved_bytes = saved_by(log, node);
  if (sweeping_) recorded_ns_ += ns;
  for (const Tensor* x : inputs) {
    // After an in-place sum into a constant, the constant's tensor is already this very node.
    const bool is_tracked = detail::tracked(&log, *x) && x->body().tape.node < node;
    const std::uint32_t place = is_tracked ? place_of(log, x->body().tape.node, *x) : constant(*x);
    fresh.inputs.push_back(place);
    const GraphNode& input = nodes_[place];
    fresh.is_view = fresh.is_view || x->body().base == y.body().base;
    if (!fresh.layer.empty()) continue;
    if (input.is_watched)
      fresh.layer = layer_of(input.name);
    else if (input.is_view)  // a view of a parameter carries its layer
      fresh.layer = input.layer;
  }
  const std::uint32_t place = add(std::move(fresh), y);
  if (places_.size() <= node) places_.resize(node + 1, kUnknown);
  places_[node] = place;
  last_ = now();
}

void Graph::sweeping(detail::Log& log, std::uint32_t node, const Tensor&) {
  if (!shows(log)) return;
  GraphNode* seen = known(node);
  if (seen && (swept_ == kUnknown || node >= swept_)) seen->is_loss = true;  // sweeps go down, so this is a new one
  swept_ = node;
  sweeping_ = true;
  recorded_ns_ = 0;
  sweep_began_ = last_ = now();
}

void Graph::swept(detail::Log& log, std::uint32_t node) {
  if (!shows(log)) return;
  const std::int64_t ns = now() - sweep_began_ - recorded_ns_;
  if (GraphNode* seen = known(node)) seen->backward_ns += ns;
  sweeping_ = false;
  last_ = now();
}

// Once nothing is saved, another tensor may get the same address.
void Graph::forgetting(detail::Log& log, std::uint32_t node) {
  if (!shows(log)) return;
  detail::for_each_saved(log.nodes[node], [&](const Tensor& x) {
    if (!x.defined()) return;
    const auto entry = saved_for_.find(x.body().base);
    if (entry != saved_for_.end() && entry->second == node) saved_for_.erase(entry);
  });
  last_ = now();
}

std::int64_t Graph::saved_by(detail::Log& log, std::uint32_t node) {
  std::int64_t bytes = 0;
  detail::for_each_saved(log.nodes[node], [&](const Tensor& x) {
    if (!x.defined()) return;
    const bool is_watched = detail::tracked(&log, x) && log.nodes[x.body().tape.node].watched;
    const detail::Body* base = x.body().base;
    if (!is_watched && saved_for_.emplace(base, node).second)
      bytes += static_cast<std::int64_t>(detail::kBlockHead + detail::bytes_of_class(base->size_class));
  });
  return bytes;
}

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string size_of_value(const GraphNode& node) {
  return fmt::format("{} {} · {}", to_string(node.shape), node.dtype,
                     node.is_view ? "view" : detail::bytes_text(node.bytes));
}

// A title over a smaller second line.
std::string two_lines(const std::string& title, const std::string& below, const char* color, const char* below_color) {
  return fmt::format(
      R"(label=<<table border="0" cellborder="0" cellspacing="0" cellpadding="1"><tr><td><font color="{}"><b>{}</b></font></td></tr>)"
      R"(<tr><td><font point-size="9" color="{}">{}</font></td></tr></table>>)",
      color, escaped(title), below_color, escaped(below));
}

// Ops that the loss does not depend on are pale; without a sweep there is no loss.
std::string op_statement(const GraphNode& node, bool is_idle) {
  const std::string below = (node.is_watched && !node.name.empty() ? node.name + " · " : "") +
                            (node.is_loss ? "loss · " : "") + size_of_value(node);
  if (is_idle) return "color=\"#b3b3b3\", " + two_lines(node.op, below, "#8c8c8c", "#8c8c8c");
  const std::string style = node.is_loss    ? "peripheries=2, style=filled, fillcolor=\"#fbe3cf\", color=\"#b5651d\", "
                            : node.in_sweep ? "style=dashed, color=\"#808080\", "
                            : node.is_watched ? "style=filled, fillcolor=\"#dce9f7\", color=\"#4a78ab\", "
                                              : "";
  return style + two_lines(node.op, below, "#000000", "#4d4d4d");
}

std::string statement(const GraphNode& node, bool is_idle) {
  switch (node.kind) {
    case GraphNode::Kind::variable:
      return "shape=ellipse, style=filled, fillcolor=\"#dce9f7\", color=\"#4a78ab\", margin=\"0,0\", " +
             two_lines(node.name.empty() ? "watched" : node.name, size_of_value(node), "#000000", "#4d4d4d");
    case GraphNode::Kind::constant: {
      const std::string text = node.shape.size() == 1
                                   ? node.name
                                   : fmt::format("{}{}{} {}<br/>{}", escaped(node.name), node.name.empty() ? "" : " ",
                                                 to_string(node.shape), node.dtype, detail::bytes_text(node.bytes));
      return "shape=plain, fontsize=9, fontcolor=\"#8c8c8c\", margin=\"0.04,0.02\", label=<" + text + ">";
    }
    case GraphNode::Kind::op:
      break;
  }
  return op_statement(node, is_idle);
}

bool is_commutative(std::string_view op) {
  return op == "add" || op == "mul" || op == "maximum" || op == "minimum" || op == "+=";
}

}  // namespace

std::string Graph::dot() const {
  std::string out =
      "digraph tape {\n"
      "  graph [rankdir=TB, nodesep=0.25, ranksep=0.35, fontname=\"Helvetica\"];\n"
      "  node [shape=box, fontname=\"Helvetica\", fontsize=11, color=\"#333333\", margin=\"0.1,0.03\", height=0.3];\n"
      "  edge [color=\"#555555\", arrowsize=0.6, fontname=\"Helvetica\", fontsize=8, fontcolor=\"#707070\"];\n";
  std::vector<bool> leads_to_loss(nodes_.size(), false);
  bool has_loss = false;
  for (std::size_t place = nodes_.size(); place-- > 0;) {
    leads_to_loss[place] = leads_to_loss[place] || nodes_[place].is_loss;
    has_loss = has_loss || nodes_[place].is_loss;
    if (leads_to_loss[place])
      for (std::uint32_t input : nodes_[place].inputs) leads_to_loss[input] = true;
  }
  for (std::size_t place = 0; place < nodes_.size(); ++place)
    out += fmt::format("  n{} [{}];\n", place, statement(nodes_[place], has_loss && !leads_to_loss[place]));
  for (std::size_t place = 0; place < nodes_.size(); ++place) {
    const GraphNode& node = nodes_[place];
    std::size_t unnamed = 0;
    for (std::uint32_t input : node.inputs)
      unnamed += nodes_[input].kind != GraphNode::Kind::variable || nodes_[input].name.empty();
    // Inputs are identified by the names of parameters, or else by their positions.
    const bool is_labeled = unnamed > 1 && !is_commutative(node.op);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const GraphNode& input = nodes_[node.inputs[i]];
      // Edges between ops are drawn straight, and parameters enter from the sides.
      const bool is_idle = has_loss && !leads_to_loss[place];
      const bool is_parameter = input.kind == GraphNode::Kind::variable || (input.is_view && !input.layer.empty());
      const bool is_constant = input.kind == GraphNode::Kind::constant;
      out += fmt::format(
          "  n{} -> n{} [weight={}{}{}];\n", node.inputs[i], place, is_idle || is_parameter || is_constant ? 1 : 8,
          is_idle || is_constant ? ", color=\"#b3b3b3\"" : "", is_labeled ? fmt::format(", label=\" {}\"", i) : "");
    }
  }
  return out + "}\n";
}

}  // namespace retrograd::tools
