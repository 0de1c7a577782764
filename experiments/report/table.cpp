#include "table.h"

#include <fmt/core.h>

#include <algorithm>

#include "wording.h"

namespace retrograd::experiments {
namespace {

/// Width on a screen: the number of code points, since no wider characters are printed here.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string with_spread(const Spread& value, int count, int digits) {
  if (count == 1) return decimal(value.mean, digits);
  return decimal(value.mean, digits) + " ± " + decimal(value.deviation, digits);
}

std::string best_epochs(const Summary& one) {
  if (one.first_best == one.last_best) return fmt::format("{}", one.first_best);
  return fmt::format("{}–{}", one.first_best, one.last_best);
}

std::vector<std::string> row(const Summary& one, Digits dataset) {
  const bool comparable = dataset == Digits::mnist;
  std::vector<std::string> cells{std::string(one.which->name),
                                 comparable ? fmt::format("{:.3f}", one.which->paper_accuracy) : "–",
                                 comparable ? fmt::format("{:.3f}", one.which->paper_loss) : "–"};
  if (!one.measured()) {
    cells.insert(cells.end(), {one.failed > 0 ? "failed" : "not finished", "–", "–", "–", "–"});
    return cells;
  }
  cells.insert(cells.end(), {with_spread(one.accuracy, one.count, 4), with_spread(one.loss, one.count, 4),
                             with_spread(one.best_accuracy, one.count, 4), best_epochs(one),
                             with_spread(one.seconds, one.count, 1)});
  if (one.count < one.seeds) cells[3] += fmt::format(" ({} of {} seeds)", one.count, one.seeds);
  return cells;
}

}  // namespace

std::string markdown_table(const std::vector<std::vector<std::string>>& rows, std::size_t left) {
  std::vector<std::size_t> widths(rows.front().size(), 3);
  for (const auto& cells : rows) {
    for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = std::max(widths[c], width_of(cells[c]));
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < widths.size(); ++c) {
      const std::string padding(widths[c] - width_of(rows[r][c]), ' ');
      text += c < left ? "| " + rows[r][c] + padding + " " : "| " + padding + rows[r][c] + " ";
    }
    text += "|\n";
    if (r > 0) continue;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      text += c < left ? "| " + std::string(widths[c], '-') + " " : "| " + std::string(widths[c] - 1, '-') + ": ";
    }
    text += "|\n";
  }
  return text;
}

std::string results_table(const std::vector<Summary>& summaries, Digits dataset) {
  std::vector<std::vector<std::string>> rows{
      {"case", "paper accuracy", "paper loss", "accuracy", "loss", "best accuracy", "at epoch", "seconds"}};
  for (const Summary& one : summaries) rows.push_back(row(one, dataset));
  return markdown_table(rows, 1);
}

}  // namespace retrograd::experiments
