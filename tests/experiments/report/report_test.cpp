#include "../../../experiments/report/report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "../../../experiments/report/json.h"
#include "../../../experiments/report/table.h"
#include "../../scratch.h"
#include "../samples.h"

using namespace retrograd::experiments;
using namespace retrograd::tests;

namespace {

Options options_for(const std::vector<std::uint64_t>& seeds) {
  Options options;
  options.cases = {find_case("1RE"), find_case("2RS")};
  options.seeds = seeds;
  return options;
}

}  // namespace

TEST_CASE("the table shows the paper's figures beside the last and the best epoch") {
  const std::vector<Outcome> outcomes{finished("1RE", {0.9, 0.98, 0.97}, 12.34)};
  CHECK(results_table(summarize(outcomes), Digits::mnist) ==
        "| case | paper accuracy | paper loss | accuracy |   loss | best accuracy | at epoch | seconds |\n"
        "| ---- | -------------: | ---------: | -------: | -----: | ------------: | -------: | ------: |\n"
        "| 1RE  |          0.975 |      0.039 |   0.9700 | 0.0300 |        0.9800 |        2 |    12.3 |\n");
  CHECK(holds(results_table(summarize(outcomes), Digits::fashion),
              {"| 1RE  |              – |          – |   0.9700 |"}));
}

TEST_CASE("several seeds give a mean and a standard deviation") {
  const std::vector<Outcome> outcomes{finished("1RE", {0.9, 0.98}, 10, 0), finished("1RE", {0.97, 0.96}, 14, 1)};
  CHECK(holds(results_table(summarize(outcomes), Digits::mnist),
              {"| 0.9700 ± 0.0141 |", "| 0.9750 ± 0.0071 |", "1–2", "12.0 ± 2.8"}));
}

TEST_CASE("a case that failed is shown as such, and says why") {
  const std::vector<Outcome> outcomes{finished("1RE", {0.9}), failed("2RS", "2RS, seed 0: the loss is nan at epoch 1")};
  const std::string text = report(outcomes, options_for({0}), Setting{});
  CHECK(holds(text, {"| 2RS  |          0.981 |      0.065 |   failed |", "| 1RE  ",
                     "Failed: 2RS, seed 0: the loss is nan at epoch 1."}));
  const auto json = nlohmann::json::parse(results_json(outcomes));
  REQUIRE(json.size() == 2);
  CHECK(json[1]["accuracy"].is_null());
  CHECK(json[1]["failure"] == "2RS, seed 0: the loss is nan at epoch 1");
}

TEST_CASE("where some seeds failed the table says over how many it speaks") {
  const std::vector<Outcome> outcomes{finished("2RS", {0.9}, 10, 0), failed("2RS", "…", 1)};
  CHECK(holds(results_table(summarize(outcomes), Digits::mnist), {"0.9000 (1 of 2 seeds)"}));
}

TEST_CASE("table json lists what has finished, by case and seed") {
  std::vector<Outcome> outcomes{finished("1RE", {0.9, 0.95}, 1.5, 4), finished("2RS", {0.75}, 2, 5)};
  outcomes.push_back({});
  outcomes.back().which = find_case("2SS");
  const auto json = nlohmann::json::parse(results_json(outcomes));
  REQUIRE(json.size() == 2);
  CHECK(json[0].size() == 7);
  CHECK(json[0]["case"] == "1RE");
  CHECK(json[0]["seed"] == 4);
  CHECK(json[0]["accuracy"] == 0.95);
  CHECK(json[0]["loss"].get<double>() == doctest::Approx(0.05));
  CHECK(json[0]["best_accuracy"] == 0.95);
  CHECK(json[0]["best_epoch"] == 2);
  CHECK(json[0]["seconds"] == 1.5);
  CHECK(json[1]["case"] == "2RS");
}

TEST_CASE("config json holds every option and what the run stood on") {
  Setting setting = setting_of_engine();
  setting.train_images = 60;
  const auto json = nlohmann::json::parse(config_json(options_for({1, 2}), setting));
  CHECK(json["cases"] == std::vector<std::string>{"1RE", "2RS"});
  CHECK(json["seeds"] == std::vector<int>{1, 2});
  CHECK(json["learning_rate"] == 0.1);
  CHECK(json["weight_decay"] == 0.0001);
  CHECK(json["momentum"] == 0.001);
  CHECK(json["batch_size"] == 100);
  CHECK(json["epochs"] == 100);
  CHECK(json["display_every"] == 50);
  CHECK(json["overrides"] == "fused");
  CHECK(json["dataset"] == "mnist");
  CHECK(json["train_images"] == 60);
  CHECK(json["version"] == retrograd::version());
  CHECK_FALSE(json["blas_core"].get<std::string>().empty());
}
