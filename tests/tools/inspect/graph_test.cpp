#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace retrograd::tests {

namespace {

using tools::Graph;
using tools::GraphNode;

const GraphNode& op_named(const Graph& graph, const std::string& op) {
  for (const GraphNode& node : graph.nodes())
    if (node.op == op) return node;
  FAIL("no op " << op);
  return graph.nodes().front();
}
std::int64_t count_of(const Graph& graph, GraphNode::Kind kind) {
  return std::count_if(graph.nodes().begin(), graph.nodes().end(),
                       [&](const GraphNode& node) { return node.kind == kind; });
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a graph shows the training step of a network") {
  Rng rng(1);
  const nn::Mlp model({6, 5, 4, 3}, nn::Activation::relu, rng);
  const Tensor x = ones({2, 6}), targets = tensor({0, 2});
  const Graph graph;
  Tape tape;
  tape.watch(model);
  tape.gradients(nn::softmax_cross_entropy(model(x), targets));

  CHECK(count_of(graph, GraphNode::Kind::variable) == 6);
  CHECK(count_of(graph, GraphNode::Kind::constant) == 2);
  CHECK(count_of(graph, GraphNode::Kind::op) == 5);
  CHECK(graph.nodes()[0].name == "layers.0.weight");
  const GraphNode& first = op_named(graph, "linear_relu");
  CHECK(first.layer == "layers.0");
  CHECK(first.shape == Shape{2, 5});
  CHECK(first.bytes == 40);
  CHECK(first.inputs.size() == 3);
  CHECK(graph.nodes()[first.inputs[0]].shape == Shape{2, 6});
  CHECK(graph.nodes()[first.inputs[2]].name == "layers.0.bias");
  CHECK(graph.nodes().back().is_loss);
  for (const GraphNode& node : graph.nodes())
    if (node.kind == GraphNode::Kind::op) {
      CHECK(node.forward_ns > 0);
      CHECK((node.backward_ns > 0) == (node.op != "softmax"));  // whose value the loss saves, and no rule asks
      CHECK(node.saved_bytes >= 0);
    }

  const std::string dot = graph.dot();
  CHECK(dot.find("digraph tape {") == 0);
  CHECK(has(dot, "<b>linear_relu</b>"));
  CHECK(has(dot, "(2, 5) float32 · 40 B"));
  CHECK(has(dot, "<b>layers.2.bias</b>"));
  CHECK(has(dot, "peripheries=2"));
  CHECK(std::count(dot.begin(), dot.end(), '\n') == 5 + 13 + 12);

  const tools::GraphTable table = graph.table();
  CHECK(table.rows.size() == 5);
  CHECK(table.rows[1].layer == "layers.1");
  CHECK(table.total.count == 5);
  CHECK(table.total.bytes == 40 + 32 + 24 + 24 + 4);
  const std::string text = fmt::format("{}", table);
  CHECK(text.find("op                     layer     value   dtype    count") == 0);
  CHECK(has(text, "\nlinear_relu            layers.1  (2, 4)  float32      1   32 B"));
  const std::string summary = fmt::format("{}", graph.summary());
  CHECK(has(summary, "linear_relu                2"));
  CHECK(has(summary, " %"));
}

TEST_CASE("what an op saves counts once, and watched tensors do not") {
  const Tensor x = full({1000}, 0.5);
  const std::int64_t block = 4096 + detail::kBlockHead;  // the class of 4000 bytes
  const Graph graph;
  Tape tape;
  tape.watch(x);
  const Tensor y = sum(tanh(tanh(x) + 1.0));
  tape.gradients(y);
  std::vector<std::int64_t> saved;
  for (const GraphNode& node : graph.nodes())
    if (node.kind == GraphNode::Kind::op) saved.push_back(node.saved_bytes);
  CHECK(saved == std::vector<std::int64_t>{block, 0, block, 0});  // tanh saves its value; a sum saves nothing
  CHECK(graph.table().total.saved_bytes == 2 * block);
}

TEST_CASE("equal ops are one row of the table, with their count") {
  const Tensor x = full({8}, 0.5);
  const Graph graph;
  Tape tape;
  tape.watch(x);
  Tensor y = x;
  for (int i = 0; i < 100; ++i) y = tanh(y) * 2.0;
  CHECK(graph.table().rows.size() == 2);
  CHECK(graph.table().rows[0].count == 100);
  CHECK(graph.table().rows[0].bytes == 3200);
  CHECK(graph.table().rows[0].saved_bytes == 100 * 192);  // tanh its value
  CHECK(graph.table().rows[1].saved_bytes == 100 * 192);  // a product its constant
  CHECK(graph.summary().rows.size() == 2);
  double share = 0;
  for (const tools::GraphShare& row : graph.summary().rows) share += row.share;
  CHECK(share == doctest::Approx(1));
}

TEST_CASE("a graph keeps the tape that recorded last") {
  const Tensor x = ones({2});
  const Graph graph;
  for (int step = 0; step < 3; ++step) {
    Tape tape;
    tape.watch(x);
    tape.gradients(sum(x * static_cast<double>(step)));
  }
  CHECK(count_of(graph, GraphNode::Kind::op) == 2);
  CHECK(has(graph.dot(), "label=<2>"));
}

TEST_CASE("a graph opened within a tape sees what comes after, and tapes inside rules are not mixed in") {
  const Tensor x = full({3}, 0.5), unused = ones({2});
  Tape tape;
  tape.watch(x);
  tape.watch(unused);
  const Tensor y = exp(x);
  const Graph graph;
  const Tensor z = y * x;
  {
    const NoTape pause;
    Tape other;  // its own
    const Tensor w = ones({4});
    other.watch(w);
    other.gradients(sum(log(w)));
  }
  const Tensor loss = sum(z);
  CHECK(op_named(graph, "exp").inputs.empty());
  CHECK(op_named(graph, "mul").inputs.size() == 2);
  CHECK(count_of(graph, GraphNode::Kind::op) == 3);
  CHECK(count_of(graph, GraphNode::Kind::variable) == 2);  // the unused too
  CHECK(!graph.nodes().back().is_loss);
  tape.gradients(loss);
  CHECK(graph.nodes().back().is_loss);
}

TEST_CASE("a graph shows a nested sweep, its loss, and what it recorded") {
  const Tensor x = full({3}, 0.5);
  const Graph graph;
  Tape outer;
  outer.watch(x);
  Tensor slope;
  {
    Tape inner;
    inner.watch(x);
    slope = inner.gradients(sum(x * x * x))[x];
  }
  outer.gradients(sum(slope));
  std::int64_t losses = 0, in_sweep = 0;
  for (const GraphNode& node : graph.nodes()) losses += node.is_loss, in_sweep += node.in_sweep;
  CHECK(losses == 2);
  CHECK(in_sweep > 2);
  CHECK(has(graph.dot(), "dashed"));
}

TEST_CASE("a graph tells views, running sums and constants apart") {
  const Tensor x = full({2, 2}, 0.5), c = full({2, 2}, 3);
  Tensor total = zeros({});
  const Graph graph;
  Tape tape;
  tape.watch(x);
  const Tensor y = transpose(x) * c - c / x;
  total += sum(y);
  total += sum(y);
  CHECK(op_named(graph, "transpose").is_view);
  CHECK(op_named(graph, "transpose").bytes == 0);
  CHECK(has(graph.dot(), "· view"));
  std::int64_t constants = 0;
  for (const GraphNode& node : graph.nodes())
    constants += node.kind == GraphNode::Kind::constant && node.shape.rank() == 2;
  CHECK(constants == 1);  // c, though used twice
  const GraphNode& last = graph.nodes().back();
  CHECK(last.op == "+=");
  CHECK(graph.nodes()[last.inputs[0]].op == "+=");
  CHECK(has(graph.dot(), "label=\" 0\""));  // which one is the numerator
}

TEST_CASE("an empty graph prints as one") {
  const Graph graph;
  CHECK(graph.nodes().empty());
  CHECK(graph.dot().find("digraph tape {") == 0);
  CHECK(has(fmt::format("{}", graph.table()), "total"));
  CHECK(fmt::format("{}", graph.summary()) == "op  count  time  share");
}

}  // namespace retrograd::tests
