#include "frame.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "../report/wording.h"

namespace retrograd::experiments {
namespace {

constexpr std::size_t kBar = 20, kShortBar = 8;  // a shorter bar is omitted

/// " [####....]", as long as `room` allows.
std::string bar(double done, std::size_t room) {
  const std::size_t length = std::min(kBar, std::max<std::size_t>(room, 3) - 3);
  if (length < kShortBar) return "";
  const auto full = static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * static_cast<double>(length));
  return " [" + std::string(full, '#') + std::string(length - full, '.') + "]";
}

std::string number(const std::optional<double>& value) { return value ? decimal(*value) : "-"; }

std::string left(const std::optional<double>& seconds) { return seconds ? duration(*seconds) + " left" : ""; }

/// Truncated to the screen, with the first `strong` characters bold. All text here is ASCII, so bytes are columns.
std::string fitted(std::string line, std::size_t strong, const Screen& screen) {
  // The last column stays free, since some terminals wrap a line as soon as it is full.
  line.resize(std::min(line.size(), std::max<std::size_t>(screen.columns, 2) - 1));
  strong = std::min(strong, line.size());
  if (!screen.color) return line;
  return "\x1b[1m" + line.substr(0, strong) + "\x1b[0m" + line.substr(strong);
}

std::string job_line(const JobView& job, std::size_t name_width, const Screen& screen) {
  const std::string name = fmt::format("{:<{}}", job.name, name_width);
  const std::string numbers = fmt::format("  epoch {:>{}}/{}  loss {:<7} acc {:<7} test {:<7} {}", job.epoch,
                                          fmt::formatted_size("{}", job.epochs), job.epochs, number(job.loss),
                                          number(job.accuracy), number(job.test_accuracy), left(job.seconds_left));
  const std::size_t used = name.size() + numbers.size() + 1;
  return name + bar(job.done, screen.columns - std::min(used, screen.columns)) + numbers;
}

}  // namespace

std::vector<std::string> frame(const View& view, const Screen& screen) {
  std::size_t name_width = 0;
  for (const JobView& job : view.running) name_width = std::max(name_width, job.name.size());
  const std::size_t room = std::max<std::size_t>(screen.rows, 3) - 2;  // one line for the total, one for the cursor
  std::vector<std::string> lines;
  for (const JobView& job : view.running) {
    if (lines.size() == room) break;
    lines.push_back(fitted(job_line(job, name_width, screen), job.name.size(), screen));
  }
  std::string whole = fmt::format("{} of {} done", view.finished, view.total);
  const std::size_t strong = whole.size();
  if (view.failed > 0) whole += fmt::format(", {} failed", view.failed);
  whole += fmt::format(", {} running", view.running.size());
  whole += fmt::format("  {:.0f} %  {}", std::floor(100 * view.done), left(view.seconds_left));
  lines.push_back(fitted(whole, strong, screen));
  return lines;
}

}  // namespace retrograd::experiments
