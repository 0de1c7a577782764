#include "../../../experiments/report/conclusions.h"

#include <doctest/doctest.h>

#include "../../scratch.h"
#include "../samples.h"

using namespace retrograd::experiments;
using namespace retrograd::tests;

namespace {

std::vector<Conclusion> judged(const std::vector<Outcome>& outcomes, std::int64_t images = 10000) {
  return reexamine(summarize(outcomes), images);
}

}  // namespace

TEST_CASE("a conclusion holds, or does not, as the numbers say") {
  const Outcome better = finished("1RE", {0.9, 0.965, 0.97}), worse = finished("1SE", {0.5, 0.8, 0.95});
  const auto holding = judged({better, worse})[0].claims;
  CHECK(holding[0].verdict == Verdict::holds);
  CHECK(holding[0].evidence == "1 of 1 pair");
  CHECK(holding[1].verdict == Verdict::holds);
  CHECK(holding[2].verdict == Verdict::holds);
  const auto refuted = judged({finished("1RE", {0.5, 0.8, 0.95}), finished("1SE", {0.9, 0.965, 0.97})})[0].claims;
  CHECK(refuted[0].verdict == Verdict::does_not_hold);
  CHECK(refuted[1].verdict == Verdict::does_not_hold);
  CHECK(refuted[2].verdict == Verdict::does_not_hold);
}

TEST_CASE("a conclusion that some pairs bear out holds in part, and names the others") {
  const auto claims = judged({finished("1RE", {0.97}), finished("1SE", {0.95}), finished("1RS", {0.95}),
                              finished("1SS", {0.97}), finished("2RS", {0.97}), finished("2SS", {0.9701})})[0]
                          .claims;
  CHECK(claims[0].verdict == Verdict::holds_in_part);
  CHECK(claims[0].evidence == "1 of 3 pairs; no: 1RS against 1SS; too close to tell: 2RS against 2SS");
}

TEST_CASE("a difference within the noise of the test set decides nothing") {
  const std::vector<Outcome> outcomes{finished("2RE", {0.972}), finished("1RE", {0.97})};
  CHECK(judged(outcomes, 10000)[1].claims[0].verdict == Verdict::undecided);
  CHECK(judged(outcomes, 1000000)[1].claims[0].verdict == Verdict::holds);
}

TEST_CASE("what has no pair in the run is not measured") {
  for (const Conclusion& one : judged({finished("1RE", {0.97}), failed("1SE", "…"), finished("2SS", {0.9})})) {
    for (const Claim& claim : one.claims) CHECK(claim.verdict == Verdict::not_measured);
  }
  CHECK(holds(conclusions_text(judged({})), {"3.3.1", "3.3.2", "3.3.3", "**not measured**"}));
}

TEST_CASE("reaching the level beats never reaching it, and two that never do are not compared") {
  CHECK(judged({finished("1RE", {0.9, 0.95}), finished("1SE", {0.9, 0.94})})[0].claims[1].verdict == Verdict::holds);
  CHECK(judged({finished("1RE", {0.9}), finished("1SE", {0.8})})[0].claims[1].verdict == Verdict::not_measured);
}

TEST_CASE("two layers are compared with one by accuracy, time and overfitting") {
  const auto claims = judged({finished("2SE", {0.97}, 20), finished("1SE", {0.95}, 10)})[1].claims;
  CHECK(claims[0].verdict == Verdict::holds);
  CHECK(claims[1].verdict == Verdict::holds);
  CHECK(judged({finished("2SE", {0.97}, 14), finished("1SE", {0.95}, 10)})[1].claims[1].verdict ==
        Verdict::does_not_hold);
}

TEST_CASE("the rougher curve is the one that changes more from epoch to epoch") {
  const Outcome smooth = finished("1RS", {0.1, 0.5, 0.9, 0.9, 0.901, 0.902, 0.903, 0.904});
  const Outcome rough = finished("1RE", {0.1, 0.5, 0.9, 0.9, 0.94, 0.88, 0.94, 0.909});
  const auto claims = judged({smooth, rough})[2].claims;
  CHECK(claims[0].verdict == Verdict::holds);
  CHECK(claims[1].verdict == Verdict::holds);
  CHECK(judged({finished("1RS", {0.1, 0.5}), finished("1RE", {0.9, 0.1})})[2].claims[0].verdict ==
        Verdict::not_measured);
}

TEST_CASE("summaries count epochs from 1 and speak of finished seeds only") {
  const auto summaries = summarize(
      {finished("1RE", {0.5, 0.96, 0.95}, 2, 0), finished("1RE", {0.95, 0.9, 0.97}, 4, 1), failed("1RE", "…", 2)});
  REQUIRE(summaries.size() == 1);
  CHECK(summaries[0].seeds == 3);
  CHECK(summaries[0].count == 2);
  CHECK(summaries[0].failed == 1);
  CHECK(summaries[0].first_best == 2);
  CHECK(summaries[0].last_best == 3);
  CHECK(summaries[0].epochs_to_95 == 1.5);
  CHECK(summaries[0].epochs_to_final == 2.5);
  CHECK(summaries[0].seconds.mean == 3);
  CHECK(summaries[0].gap == doctest::Approx(0.01));
  CHECK_FALSE(summaries[0].roughness.has_value());
}
