// One frame of the live display as lines of text: a line for each running job, one for the whole.
// Invariant: no line is wider than the terminal, nor are there more lines than it has; colors take no width.
// Refuses to know: clocks, threads, where the text goes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retrograd::experiments {

/// What is shown of a running job.
struct JobView {
  std::string name;
  std::int64_t epoch = 1, epochs = 1;
  std::optional<double> loss, accuracy;  // of the last batches, once there are some
  std::optional<double> test_accuracy;   // after the last full epoch
  double done = 0;                       // a fraction
  std::optional<double> seconds_left;
};

/// What is shown.
struct View {
  std::vector<JobView> running;
  std::size_t finished = 0, failed = 0, total = 0;
  double done = 0;
  std::optional<double> seconds_left;
};

struct Screen {
  std::size_t columns = 80, rows = 24;
  bool color = false;
};

/// The lines to show, without line ends.
std::vector<std::string> frame(const View& view, const Screen& screen);

}  // namespace retrograd::experiments
