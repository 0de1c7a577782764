// One frame of the live display as lines of text: a line for each running job, and one for the total. Invariant: lines
// fit the terminal in width and number; color codes do not count as width. Does not depend on clocks, threads or where
// the text goes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retrograd::experiments {

/// The displayed state of a running job.
struct JobView {
  std::string name;
  std::int64_t epoch = 1, epochs = 1;
  std::optional<double> loss, accuracy;  // of the last batches, once available
  std::optional<double> test_accuracy;   // after the last full epoch
  double done = 0;                       // a fraction
  std::optional<double> seconds_left;
};

/// The displayed state of a run.
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
