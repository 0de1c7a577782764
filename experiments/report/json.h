// The machine-readable results of a run: table.json, config.json. In a separate file because the JSON library takes
// longer to compile than all of its users. Invariant: every finished or failed outcome is listed. Does not depend on
// where the text goes.
#pragma once
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"
#include "report.h"

namespace retrograd::experiments {

/// A list of {case, seed, accuracy, loss, best_accuracy, best_epoch, seconds}, one per finished outcome. A failed one
/// has nulls and the reason in "failure"; unfinished ones are omitted.
std::string results_json(const std::vector<Outcome>& outcomes);

/// All options and the setting.
std::string config_json(const Options& options, const Setting& setting);

}  // namespace retrograd::experiments
