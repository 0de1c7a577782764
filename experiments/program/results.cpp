#include "results.h"

#include <algorithm>
#include <utility>

#include "../report/activations.h"
#include "../report/curves.h"
#include "../report/figures.h"
#include "../report/files.h"
#include "../report/gnuplot.h"
#include "../report/json.h"
#include "../report/networks.h"
#include "../report/table.h"

namespace retrograd::experiments {

Results::Results(const Options& options, const Setting& setting, std::function<void(const std::string&)> complain)
    : options_(options), setting_(setting), complain_(std::move(complain)) {
  for (const Case* which : options.cases) {
    for (std::uint64_t seed : options.seeds) {
      Outcome& outcome = outcomes_.emplace_back();
      outcome.which = which;
      outcome.seed = seed;
    }
  }
}

void Results::require_drawing() {
  try {
    require_gnuplot();
  } catch (const GnuplotMissing& error) {
    cannot_draw(error.what());
  }
}

void Results::add(std::size_t place, Outcome outcome) {
  if (outcome.state == State::unfinished) return;
  // Without the train curves: sixty thousand iterations for every case and seed would add up.
  Outcome kept = outcome;
  kept.curves.train_loss = {};
  kept.curves.train_accuracy = {};
  {
    const std::lock_guard lock(mutex_);
    trouble_ = trouble_ || outcome.state == State::failed;
    outcomes_[place] = std::move(kept);
  }
  // The most important files come first, in case the disk fills up.
  write_tables();
  attempt([&] { write_curves(options_.out, outcome, options_.seeds.size() > 1); });
  if (outcome.finished() && outcome.seed == options_.seeds.front()) draw(case_figures(outcome, options_.dataset));
}

void Results::draw_comparisons() {
  std::vector<const Outcome*> of_first_seed;
  for (const Outcome& one : outcomes_) {
    if (one.finished() && one.seed == options_.seeds.front()) of_first_seed.push_back(&one);
  }
  draw(activation_figures());
  draw(network_figures());
  draw(comparison_figures(of_first_seed, options_.dataset));
}

std::size_t Results::finished() const {
  return static_cast<std::size_t>(
      std::count_if(outcomes_.begin(), outcomes_.end(), [](const Outcome& one) { return one.finished(); }));
}

std::string Results::text() const { return report(outcomes_, options_, setting_); }

void Results::complain(const std::string& sentence) {
  {
    const std::lock_guard lock(mutex_);
    trouble_ = true;
  }
  complain_(sentence);
}

void Results::attempt(const std::function<void()>& write) {
  try {
    write();
  } catch (const OutputError& error) {
    complain(error.what());
  }
}

void Results::cannot_draw(const std::string& reason) {
  const bool first = [&] {
    const std::lock_guard lock(mutex_);
    return std::exchange(can_draw_, false);
  }();
  if (first) complain(reason);
}

void Results::draw(const std::vector<Figure>& figures) {
  for (const Figure& figure : figures) {
    {
      const std::lock_guard lock(mutex_);
      if (!can_draw_) return;
    }
    try {
      const std::string picture = run_gnuplot(figure.script);
      attempt([&] { write_file(options_.out / figure.file, picture); });
    } catch (const GnuplotMissing& error) {
      cannot_draw(error.what());
    } catch (const GnuplotError& error) {
      complain(figure.file + ": " + error.what());
    }
  }
}

void Results::write_tables() {
  // One thread at a time, so that an older table never replaces a newer one.
  const std::lock_guard writing(tables_mutex_);
  std::string config, json, markdown;
  {
    const std::lock_guard lock(mutex_);
    config = config_json(options_, setting_);
    json = results_json(outcomes_);
    markdown = text();
  }
  attempt([&] { write_file(options_.out / "table.json", json); });
  attempt([&] { write_file(options_.out / "table.md", markdown); });
  attempt([&] { write_file(options_.out / "config.json", config); });
}

}  // namespace retrograd::experiments
