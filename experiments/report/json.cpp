#include "json.h"

#include <nlohmann/json.hpp>

namespace retrograd::experiments {

std::string results_json(const std::vector<Outcome>& outcomes) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Outcome& one : outcomes) {
    if (one.state == State::unfinished) continue;
    nlohmann::ordered_json entry{{"case", one.which->name}, {"seed", one.seed}};
    if (one.finished()) {
      entry["accuracy"] = one.accuracy();
      entry["loss"] = one.loss();
      entry["best_accuracy"] = one.best_accuracy();
      entry["best_epoch"] = one.best_epoch();
      entry["seconds"] = one.seconds;
    } else {
      for (const char* key : {"accuracy", "loss", "best_accuracy", "best_epoch", "seconds"}) entry[key] = nullptr;
      entry["failure"] = one.failure;
    }
    list.push_back(std::move(entry));
  }
  return list.dump(2) + "\n";
}

std::string config_json(const Options& options, const Setting& setting) {
  const Configuration& paper = options.configuration;
  std::vector<std::string> cases;
  for (const Case* one : options.cases) cases.emplace_back(one->name);
  const nlohmann::ordered_json config{{"cases", cases},
                                      {"seeds", options.seeds},
                                      {"dataset", name_of(options.dataset)},
                                      {"data", options.data},
                                      {"train_images", setting.train_images},
                                      {"test_images", setting.test_images},
                                      {"epochs", paper.epochs},
                                      {"learning_rate", paper.learning_rate},
                                      {"weight_decay", paper.weight_decay},
                                      {"momentum", paper.momentum},
                                      {"batch_size", paper.batch_size},
                                      {"display_every", paper.display_every},
                                      {"overrides", name_of(paper.overrides)},
                                      {"jobs", options.jobs},
                                      {"threads", options.threads},
                                      {"version", setting.version},
                                      {"blas_core", setting.blas_core},
                                      {"simd_target", setting.simd_target}};
  // Folder names need not be UTF-8, but JSON must be.
  return config.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace retrograd::experiments
