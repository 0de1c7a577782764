// The progress of all jobs on stderr: redrawn ten times a second on a terminal, plain lines elsewhere. Invariant: a
// job's thread only stores a few numbers now and then; drawing happens on a separate thread, and lines of text are
// never interleaved. Does not depend on how a job trains or what its results are used for.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "../paper/training.h"
#include "frame.h"

namespace retrograd::experiments {

enum class ProgressStyle {
  live,       // a display that is redrawn
  sparse,     // ten lines per job, and one when it ends
  intervals,  // a line every display_every iterations, as the paper's program does
};

class Progress {
 public:
  /// `names` are those of the jobs, each with this many epochs and iterations.
  Progress(std::vector<std::string> names, std::int64_t epochs, std::int64_t iterations_per_epoch, ProgressStyle style);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Removes the live display.
  ~Progress();

  /// Marks the job as running, and returns the watcher that receives its progress.
  Watcher& start(std::size_t job);
  /// Marks the job as ended and prints its result, unless it is unfinished.
  void end(std::size_t job, const Outcome& outcome);
  /// Prints a separate line, above the live display.
  void message(const std::string& line);

 private:
  class Job;
  using Clock = std::chrono::steady_clock;

  View view() const;
  void draw_until_stopped(const std::stop_token& stop);
  void draw(const std::vector<std::string>& lines);

  std::int64_t epochs_, iterations_per_epoch_;
  ProgressStyle style_;
  Clock::time_point start_ = Clock::now();
  std::vector<std::unique_ptr<Job>> jobs_;
  std::mutex mutex_;  // guards the three below
  std::string pending_;
  std::size_t drawn_ = 0;  // lines of the display currently on the screen
  std::condition_variable_any wake_;
  std::jthread painter_;  // last: it uses all of the above
};

}  // namespace retrograd::experiments
