#include "../../../experiments/paper/options.h"

#include <doctest/doctest.h>

#include <vector>

#include "../../scratch.h"

using namespace retrograd::experiments;
using namespace retrograd::tests;

namespace {

Options parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "experiments");
  return parse(static_cast<int>(arguments.size()), arguments.data());
}

/// What the command line is refused with; empty where it is taken.
std::string refusal(const std::vector<const char*>& arguments) {
  try {
    parsed(arguments);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("without arguments the options are the paper's") {
  const Options options = parsed({});
  CHECK(options.cases.size() == 8);
  CHECK(options.cases.front()->name == "1RE");
  CHECK(options.cases.back()->name == "2SS");
  CHECK(options.seeds == std::vector<std::uint64_t>{0});
  CHECK(options.configuration.learning_rate == 0.1);
  CHECK(options.configuration.weight_decay == 0.0001);
  CHECK(options.configuration.momentum == 0.001);
  CHECK(options.configuration.batch_size == 100);
  CHECK(options.configuration.epochs == 100);
  CHECK(options.configuration.display_every == 50);
  CHECK(options.configuration.overrides == Overrides::fused);
  CHECK_FALSE(options.display_every_given);
  CHECK(options.dataset == Digits::mnist);
  CHECK(options.data.empty());
  CHECK(options.out == "out");
  CHECK(options.jobs >= 1);
  CHECK(options.threads == 1);
}

TEST_CASE("every option arrives") {
  const Options options = parsed({"--cases",
                                  "2SS,1RE",
                                  "--seeds=3,18446744073709551615",
                                  "--epochs",
                                  "7",
                                  "--learning-rate",
                                  "1e-2",
                                  "--weight-decay",
                                  "0",
                                  "--momentum",
                                  "0.9",
                                  "--batch-size",
                                  "32",
                                  "--display-every",
                                  "10",
                                  "--overrides",
                                  "checked",
                                  "--dataset",
                                  "fashion",
                                  "--data",
                                  "d",
                                  "--out",
                                  "o",
                                  "--jobs",
                                  "3",
                                  "--threads",
                                  "2"});
  CHECK(options.cases == std::vector<const Case*>{find_case("1RE"), find_case("2SS")});
  CHECK(options.seeds == std::vector<std::uint64_t>{3, 18446744073709551615u});
  CHECK(options.configuration.epochs == 7);
  CHECK(options.configuration.learning_rate == 0.01);
  CHECK(options.configuration.weight_decay == 0);
  CHECK(options.configuration.momentum == 0.9);
  CHECK(options.configuration.batch_size == 32);
  CHECK(options.configuration.display_every == 10);
  CHECK(options.display_every_given);
  CHECK(options.configuration.overrides == Overrides::checked);
  CHECK(options.dataset == Digits::fashion);
  CHECK(options.data == "d");
  CHECK(options.out == "o");
  CHECK(options.jobs == 3);
  CHECK(options.threads == 2);
}

TEST_CASE("a case that does not exist is refused with those that do") {
  CHECK(refusal({"--cases", "1RE,3RE"}) ==
        "--cases: unknown case \"3RE\"; the cases are 1RE,1SE,1RS,1SS,2RE,2SE,2RS,2SS");
  CHECK(holds(refusal({"--cases="}), {"unknown case \"\""}));
  CHECK(refusal({"--cases", "1RE,1RE"}) == "--cases: 1RE is listed twice");
}

TEST_CASE("what is not the number an option wants is refused in its name") {
  CHECK(refusal({"--epochs", "ten"}) == "--epochs: \"ten\" is not a whole number");
  CHECK(refusal({"--epochs", "1.5"}) == "--epochs: \"1.5\" is not a whole number");
  CHECK(refusal({"--epochs", "0"}) == "--epochs: 0 is out of range, expected 1 to 1000000");
  CHECK(refusal({"--batch-size", "-1"}) == "--batch-size: -1 is out of range, expected 1 to 1000000000");
  CHECK(refusal({"--jobs", "0"}) == "--jobs: 0 is out of range, expected 1 to 1024");
  CHECK(refusal({"--threads", "99999999999"}) == "--threads: 99999999999 is out of range");
  CHECK(refusal({"--display-every", "0"}) == "--display-every: 0 is out of range, expected 1 to 1000000000");
  CHECK(refusal({"--seeds", "1,,2"}) == "--seeds: \"\" is not a whole number");
  CHECK(refusal({"--seeds", "-1"}) == "--seeds: \"-1\" is not a whole number");
  CHECK(refusal({"--seeds", "4,4"}) == "--seeds: 4 is listed twice");
  CHECK(refusal({"--learning-rate", "0.1x"}) == "--learning-rate: \"0.1x\" is not a number");
  CHECK(refusal({"--learning-rate", "nan"}) == "--learning-rate: nan is not a finite nonnegative number");
  CHECK(refusal({"--weight-decay", "-0.1"}) == "--weight-decay: -0.1 is not a finite nonnegative number");
  CHECK(refusal({"--momentum", "1"}) == "--momentum: 1 is out of range, expected 0 to below 1");
}

TEST_CASE("an unknown word, option or stray argument is refused") {
  CHECK(refusal({"--overrides", "both"}) == "--overrides: \"both\" is not one of fused, composed, checked");
  CHECK(refusal({"--dataset", "cifar"}) == "--dataset: \"cifar\" is neither mnist nor fashion");
  CHECK(refusal({"--out="}) == "--out: the folder name is empty");
  CHECK(refusal({"1RE"}) == "unexpected argument \"1RE\"");
  CHECK(holds(refusal({"--speed"}), {"speed"}));
  CHECK(holds(refusal({"--epochs"}), {"epochs"}));
}

TEST_CASE("help and version are given whatever else is asked") {
  CHECK(parsed({"--help", "--epochs", "0"}).help);
  CHECK(parsed({"--version", "--cases", "x"}).version);
  CHECK(holds(help_text(), {"--cases", "--epochs", "--seeds", "--jobs", "--threads", "--overrides", "--dataset",
                            "--data", "--out", "--help", "--version", "--learning-rate", "--weight-decay", "--momentum",
                            "--batch-size", "--display-every", "(default: 0.1)"}));
}
