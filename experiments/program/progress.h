// The course of all jobs, shown on stderr: redrawn ten times a second on a terminal, as plain lines elsewhere.
// Invariant: a job's thread only stores a few numbers now and then; drawing happens on a thread of its own, and no line
// of text is torn by another. Refuses to know: how a job trains, and what its results are for.
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
  sparse,     // ten lines a job, and one when it ends
  intervals,  // a line every display_every iterations, as the paper's program prints
};

class Progress {
 public:
  /// `names` of the jobs to come, each of that many epochs of that many iterations.
  Progress(std::vector<std::string> names, std::int64_t epochs, std::int64_t iterations_per_epoch, ProgressStyle style);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Removes the live display.
  ~Progress();

  /// Marks the job as running, and is told of its course through what is returned.
  Watcher& start(std::size_t job);
  /// Marks the job as ended, and says how; of an unfinished one nothing is said.
  void end(std::size_t job, const Outcome& outcome);
  /// A line of its own, above the live display.
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
  std::size_t drawn_ = 0;  // lines of the display that are on the screen
  std::condition_variable_any wake_;
  std::jthread painter_;  // last: it uses all of the above
};

}  // namespace retrograd::experiments
