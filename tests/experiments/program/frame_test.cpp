#include "../../../experiments/program/frame.h"

#include <doctest/doctest.h>

#include "../../../experiments/report/wording.h"
#include "../../scratch.h"

using namespace retrograd::experiments;
using namespace retrograd::tests;

namespace {

View two_jobs() {
  View view;
  view.running = {{"2SS seed 11", 7, 100, 0.1234, 0.96, 0.9512, 0.065, 75.0},
                  {"1RE seed 0", 1, 100, {}, {}, {}, 0, {}}};
  view.finished = 3;
  view.total = 8;
  view.done = 0.5;
  view.seconds_left = 3700;
  return view;
}

}  // namespace

TEST_CASE("a frame shows each running job and the whole") {
  const auto lines = frame(two_jobs(), {120, 24, false});
  REQUIRE(lines.size() == 3);
  CHECK(holds(lines[0], {"2SS seed 11 [", "epoch   7/100", "loss 0.1234", "acc 0.9600", "test 0.9512", "1:15 left"}));
  CHECK(holds(lines[1], {"1RE seed 0  [", "epoch   1/100", "loss -", "test -"}));
  CHECK(lines[2] == "3 of 8 done, 2 running  50 %  1:01:40 left");
}

TEST_CASE("no line is wider than the terminal and all fit its height") {
  for (std::size_t columns : {1u, 5u, 20u, 60u, 80u, 81u, 100u, 200u}) {
    for (const std::string& line : frame(two_jobs(), {columns, 24, false})) {
      CHECK(line.size() <= std::max<std::size_t>(columns - 1, 1));
    }
  }
  View many = two_jobs();
  many.running.resize(40, many.running.front());
  CHECK(frame(many, {80, 10, false}).size() == 9);
  CHECK(holds(frame(two_jobs(), {80, 24, false})[0], {"1:15 left"}));
}

TEST_CASE("colors come only where they are welcome") {
  CHECK(frame(two_jobs(), {80, 24, false})[0].find('\x1b') == std::string::npos);
  CHECK(frame(two_jobs(), {80, 24, true})[0].rfind("\x1b[1m2SS seed 11\x1b[0m", 0) == 0);
}

TEST_CASE("numbers are short") {
  CHECK(decimal(0.039) == "0.0390");
  CHECK(decimal(12.34, 1) == "12.3");
  CHECK(decimal(4119766016.0) == "4.12e+09");
}

TEST_CASE("durations are read as clocks are") {
  CHECK(duration(0) == "0 s");
  CHECK(duration(58.2) == "59 s");
  CHECK(duration(60) == "1:00");
  CHECK(duration(3723) == "1:02:03");
}
