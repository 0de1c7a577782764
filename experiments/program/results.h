// The outcomes of a run as they come in, kept and written: after each one the folder holds everything finished so far.
// Invariant: nothing is written before the first outcome, so a run that finishes nothing leaves an earlier run's files
// alone; trouble with one file or figure is reported and remembered, and stops no training.
// Refuses to know: threads' number, screens.
#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"
#include "../report/plot.h"
#include "../report/report.h"

namespace retrograd::experiments {

class Results {
 public:
  /// `complain` is told, a sentence each, of what could not be written or drawn; it may be called from any thread.
  Results(const Options& options, const Setting& setting, std::function<void(const std::string&)> complain);

  /// Complains at once, before hours of training, where figures will not be drawn.
  void require_drawing();
  /// Takes the outcome of that place in `outcomes` and writes its curves, its figures and the tables. Any
  /// thread.
  void add(std::size_t place, Outcome outcome);
  /// Draws what compares cases, and what belongs to none. After the last `add`.
  void draw_comparisons();

  /// One for each case and seed, by case, then seed; those that have not come in are unfinished.
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  /// How many have finished.
  std::size_t finished() const;
  /// Whether an outcome has failed, or something could not be written or drawn.
  bool trouble() const { return trouble_; }
  /// The text of table.md.
  std::string text() const;

 private:
  void complain(const std::string& sentence);
  void attempt(const std::function<void()>& write);
  void cannot_draw(const std::string& reason);
  void draw(const std::vector<Figure>& figures);
  void write_tables();

  const Options& options_;
  const Setting& setting_;
  std::function<void(const std::string&)> complain_;
  std::mutex tables_mutex_;
  std::mutex mutex_;  // guards all below
  std::vector<Outcome> outcomes_;
  bool trouble_ = false;
  bool can_draw_ = true;
};

}  // namespace retrograd::experiments
