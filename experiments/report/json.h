// What a run leaves for programs to read: table.json, config.json. Apart from the rest, since the library of JSON takes
// longer to compile than all that uses it.
// Invariant: every finished or failed outcome is listed. Refuses to know: where the text goes.
#pragma once
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"
#include "report.h"

namespace retrograd::experiments {

/// A list of {case, seed, accuracy, loss, best_accuracy, best_epoch, seconds}, one a finished outcome. A failed
/// one has nulls and says why in "failure"; one that was not finished is left out.
std::string results_json(const std::vector<Outcome>& outcomes);

/// Every option and the setting.
std::string config_json(const Options& options, const Setting& setting);

}  // namespace retrograd::experiments
