#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "../../core/base/text.h"
#include "../../core/tensor/format.h"
#include "graph.h"

namespace retrograd::tools {

namespace {

std::string time_text(std::int64_t ns) {
  const auto amount = static_cast<double>(ns);
  if (ns < 1000) return fmt::format("{} ns", ns);
  if (amount < 1e6) return fmt::format("{:.1f} µs", amount / 1e3);
  if (amount < 1e9) return fmt::format("{:.2f} ms", amount / 1e6);
  return fmt::format("{:.2f} s", amount / 1e9);
}

// The number of columns that the text occupies: the bytes that start a character.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Aligns lines of cells in columns; the first `left` columns to the left, the others to the right.
std::string columns(const std::vector<std::vector<std::string>>& lines, std::size_t left) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string gap(widths[i] - width_of(line[i]), ' ');
      text += (i ? "  " : "") + (i < left ? line[i] + gap : gap + line[i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += (out.empty() ? "" : "\n") + text;
  }
  return out;
}

void count_in(GraphRow& row, const GraphNode& node) {
  ++row.count;
  row.bytes += node.bytes;
  if (node.saved_bytes >= 0) row.saved_bytes = std::max<std::int64_t>(row.saved_bytes, 0) + node.saved_bytes;
  row.forward_ns += node.forward_ns;
  row.backward_ns += node.backward_ns;
}

}  // namespace

GraphTable Graph::table() const {
  GraphTable table{{}, {"", "", {}, float32, 0, 0, -1, 0, 0}};
  std::map<std::tuple<std::string, std::string, std::string, Dtype>, std::size_t> rows;
  for (const GraphNode& node : nodes_) {
    if (node.kind != GraphNode::Kind::op) continue;
    const auto [at, is_new] =
        rows.try_emplace({node.op, node.layer, to_string(node.shape), node.dtype}, table.rows.size());
    if (is_new) table.rows.push_back({node.op, node.layer, node.shape, node.dtype, 0, 0, -1, 0, 0});
    count_in(table.rows[at->second], node);
    count_in(table.total, node);
  }
  return table;
}

GraphSummary Graph::summary() const {
  std::map<std::string, GraphShare> shares;
  std::int64_t total = 0;
  for (const GraphNode& node : nodes_) {
    if (node.kind != GraphNode::Kind::op) continue;
    GraphShare& share = shares[node.op];
    share.op = node.op;
    ++share.count;
    share.ns += node.forward_ns + node.backward_ns;
    total += node.forward_ns + node.backward_ns;
  }
  GraphSummary summary;
  for (auto& [op, share] : shares) {
    share.share = total > 0 ? static_cast<double>(share.ns) / static_cast<double>(total) : 0;
    summary.rows.push_back(share);
  }
  std::stable_sort(summary.rows.begin(), summary.rows.end(),
                   [](const GraphShare& a, const GraphShare& b) { return a.ns > b.ns; });
  return summary;
}

std::string to_string(const GraphTable& table) {
  std::vector<std::vector<std::string>> lines = {
      {"op", "layer", "value", "dtype", "count", "bytes", "saved", "forward", "backward"}};
  const auto numbers = [](const GraphRow& row) {
    return std::vector<std::string>{std::to_string(row.count), detail::bytes_text(row.bytes),
                                    row.saved_bytes < 0 ? "–" : detail::bytes_text(row.saved_bytes),
                                    time_text(row.forward_ns), time_text(row.backward_ns)};
  };
  const auto append = [&](std::vector<std::string> line, const GraphRow& row) {
    for (std::string& cell : numbers(row)) line.push_back(std::move(cell));
    lines.push_back(std::move(line));
  };
  for (const GraphRow& row : table.rows)
    append({row.op, row.layer, to_string(row.shape), std::string(name(row.dtype))}, row);
  append({"total", "", "", ""}, table.total);
  return columns(lines, 4);
}

std::string to_string(const GraphSummary& summary) {
  std::vector<std::vector<std::string>> lines = {{"op", "count", "time", "share"}};
  for (const GraphShare& row : summary.rows)
    lines.push_back({row.op, std::to_string(row.count), time_text(row.ns), fmt::format("{:.1f} %", 100 * row.share)});
  return columns(lines, 1);
}

}  // namespace retrograd::tools
