#include "progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "../report/wording.h"
#include "terminal.h"

namespace retrograd::experiments {
namespace {

using namespace std::chrono_literals;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
enum class Phase { waiting, running, finished, failed };

std::optional<double> known(double value) { return value == value ? std::optional(value) : std::nullopt; }

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Extrapolated from the time that the finished fraction has taken.
std::optional<double> time_left(double elapsed, double done) {
  if (done <= 0) return std::nullopt;
  return elapsed * (1 - done) / done;
}

}  // namespace

/// The progress of one job, stored by its thread and read by the painter. The values are not synchronized with each
/// other, which a display does not need.
class Progress::Job final : public Watcher {
 public:
  Job(Progress& progress, std::string name) : name_(std::move(name)), progress_(progress) {}

  void displayed(std::int64_t epoch, std::int64_t iteration, double loss, double accuracy) override {
    epoch_ = epoch;
    iteration_ = iteration;
    loss_ = loss;
    accuracy_ = accuracy;
    if (progress_.style_ != ProgressStyle::intervals) return;
    progress_.message(fmt::format("{}: epoch {}/{}, iteration {}, train loss {}, train accuracy {:.4f}", name_, epoch,
                                  progress_.epochs_, iteration, decimal(loss), accuracy));
  }

  void tested(std::int64_t epoch, double loss, double accuracy) override {
    iteration_ = epoch * progress_.iterations_per_epoch_;
    test_accuracy_ = accuracy;
    epoch_ = std::min(epoch + 1, progress_.epochs_);
    const std::int64_t every =
        progress_.style_ == ProgressStyle::intervals ? 1 : std::max<std::int64_t>(1, progress_.epochs_ / 10);
    if (progress_.style_ == ProgressStyle::live || epoch % every != 0 || epoch == progress_.epochs_) return;
    progress_.message(fmt::format("{}: epoch {}/{}, test loss {}, test accuracy {:.4f}, {} left", name_, epoch,
                                  progress_.epochs_, decimal(loss), accuracy, duration(*view().seconds_left)));
  }

  void begin() {
    start_ = Clock::now();
    phase_ = Phase::running;
  }
  void end(Phase phase) { phase_ = phase; }
  Phase phase() const { return phase_; }
  const std::string& name() const { return name_; }

  /// The fraction of the job's iterations that is finished.
  double done() const {
    if (phase_ == Phase::finished || phase_ == Phase::failed) return 1;
    return static_cast<double>(iteration_) / static_cast<double>(progress_.epochs_ * progress_.iterations_per_epoch_);
  }

  JobView view() const {
    JobView view{name_, epoch_, progress_.epochs_, known(loss_), known(accuracy_), known(test_accuracy_), done(), {}};
    view.seconds_left = time_left(seconds_since(start_), view.done);
    return view;
  }

 private:
  const std::string name_;
  Progress& progress_;
  Clock::time_point start_;
  std::atomic<Phase> phase_{
      Phase::waiting};  // stored after start_, so that a reader that sees it running also sees the start
  std::atomic<std::int64_t> epoch_{1}, iteration_{0};
  std::atomic<double> loss_{kNothing}, accuracy_{kNothing}, test_accuracy_{kNothing};
};

Progress::Progress(std::vector<std::string> names, std::int64_t epochs, std::int64_t iterations_per_epoch,
                   ProgressStyle style)
    : epochs_(epochs), iterations_per_epoch_(iterations_per_epoch), style_(style) {
  for (std::string& name : names) jobs_.push_back(std::make_unique<Job>(*this, std::move(name)));
  if (style == ProgressStyle::live) painter_ = std::jthread([this](std::stop_token stop) { draw_until_stopped(stop); });
}

Progress::~Progress() {
  if (!painter_.joinable()) return;
  painter_.request_stop();
  painter_.join();
}

Watcher& Progress::start(std::size_t job) {
  jobs_[job]->begin();
  return *jobs_[job];
}

void Progress::end(std::size_t job, const Outcome& outcome) {
  jobs_[job]->end(outcome.finished() ? Phase::finished : Phase::failed);
  if (outcome.state == State::unfinished) return;
  if (!outcome.finished()) return message(fmt::format("experiments: {}; this case stops", outcome.failure));
  message(fmt::format("{}: {} in {:.1f} s, test accuracy {:.4f}, loss {}; best accuracy {:.4f} after epoch {}",
                      jobs_[job]->name(), epochs_ == 1 ? "1 epoch" : fmt::format("{} epochs", epochs_), outcome.seconds,
                      outcome.accuracy(), decimal(outcome.loss()), outcome.best_accuracy(), outcome.best_epoch()));
}

void Progress::message(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (style_ == ProgressStyle::live) {
    pending_ += line + "\n";
  } else {
    write_stderr(line + "\n");
  }
}

View Progress::view() const {
  View view;
  view.total = jobs_.size();
  for (const auto& job : jobs_) {
    const Phase phase = job->phase();
    view.finished += phase == Phase::finished;
    view.failed += phase == Phase::failed;
    view.done += job->done() / static_cast<double>(jobs_.size());
    if (phase == Phase::running) view.running.push_back(job->view());
  }
  view.seconds_left = time_left(seconds_since(start_), view.done);
  return view;
}

void Progress::draw_until_stopped(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    draw(frame(view(), stderr_screen()));
    wake_.wait_for(lock, stop, 100ms, [] { return false; });
  }
  draw({});
}

void Progress::draw(const std::vector<std::string>& lines) {
  std::string text;
  if (drawn_ > 0) text = fmt::format("\x1b[{}A\r", drawn_);
  if (!pending_.empty() || lines.size() < drawn_) text += "\x1b[J";
  text += std::exchange(pending_, {});
  for (const std::string& line : lines) text += line + "\x1b[K\n";
  drawn_ = lines.size();
  write_stderr(text);
}

}  // namespace retrograd::experiments
