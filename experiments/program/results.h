// Collects the outcomes of a run and writes them: after each one the folder holds everything finished so far.
// Invariant: nothing is written before the first outcome, so a run that finishes nothing leaves the files of an earlier
// run alone; problems with one file or figure are reported and remembered, and stop no training. Does not depend on the
// number of threads or on screens.
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
  /// `complain` receives a sentence for each file that could not be written or drawn; it may be called from any thread.
  Results(const Options& options, const Setting& setting, std::function<void(const std::string&)> complain);

  /// Complains at once, rather than after hours of training, if figures cannot be drawn.
  void require_drawing();
  /// Stores the outcome at that index of `outcomes` and writes its curves, its figures and the tables. May be called
  /// from any thread.
  void add(std::size_t place, Outcome outcome);
  /// Draws the figures that compare cases or belong to none. Call after the last `add`.
  void draw_comparisons();

  /// One for each case and seed, by case, then seed; those not yet added are unfinished.
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  /// The number of finished outcomes.
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
