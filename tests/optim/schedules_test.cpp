#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

using optim::Schedule;

// The values are those of PyTorch 1.13.1's schedulers, whose calls are named; base rate 0.1, steps from 0.
void check_follows(const Schedule& rate, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(rate(static_cast<std::int64_t>(i)) - expected[i]) <= 1e-15);
  }
}

}  // namespace

TEST_CASE("schedules follow PyTorch") {
  SUBCASE("StepLR(3, 0.5)") {
    check_follows(optim::step(0.1, 3, 0.5), {0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125});
  }
  SUBCASE("MultiStepLR of 2, 5, 9 and 0.3") {
    check_follows(optim::multi_step(0.1, {2, 5, 9}, 0.3),
                  {0.1, 0.1, 0.03, 0.03, 0.03, 0.009, 0.009, 0.009, 0.009, 0.0026999999999999997});
  }
  SUBCASE("ExponentialLR(0.9)") {
    check_follows(optim::exponential(0.1, 0.9),
                  {0.1, 0.09000000000000001, 0.08100000000000002, 0.07290000000000002, 0.06561000000000002,
                   0.05904900000000002, 0.05314410000000002, 0.04782969000000002});
  }
  SUBCASE("PolynomialLR(10, 2.0)") {
    check_follows(optim::polynomial(0.1, 10, 2),
                  {0.1, 0.08100000000000002, 0.06400000000000002, 0.048999999999999995, 0.036000000000000004,
                   0.025000000000000005, 0.016000000000000007, 0.009000000000000008, 0.004, 0.001, 0.0, 0.0, 0.0});
  }
  SUBCASE("CosineAnnealingLR(10, 0.001), and then its minimum") {
    check_follows(optim::cosine(0.1, 10, 0.001), {0.1, 0.09757729755661011, 0.0905463412215599, 0.07959536998847742,
                                                  0.0657963412215599, 0.0505, 0.03520365877844011, 0.02140463001152259,
                                                  0.010453658778440109, 0.0034227024433899004, 0.001, 0.001});
  }
  SUBCASE("OneCycleLR(0.1, total_steps=14)") {
    check_follows(
        optim::one_cycle(0.1, 14),
        {0.0040000000000000036, 0.0253326288150591, 0.0703688047535243, 0.09907769345935506, 0.09836474969297887,
         0.09190443762697106, 0.0811745653949763, 0.06726838364805451, 0.051602772468267256, 0.035773877573965704,
         0.021394481417223554, 0.00992967918932656, 0.0025476024606159702, 4e-07, 4e-07});
  }
  SUBCASE("OneCycleLR(0.1, total_steps=14, pct_start=0.5, div_factor=10, final_div_factor=100)") {
    check_follows(optim::one_cycle(0.1, 14, {.rise = 0.5, .first_divisor = 10, .last_divisor = 100}),
                  {0.009999999999999995, 0.016028856829700247, 0.0325, 0.055, 0.07749999999999999, 0.09397114317029975,
                   0.1, 0.09505339495172584, 0.08119331560284375, 0.06116492065111791, 0.0389350793488821,
                   0.018906684397156263, 0.005046605048274169, 0.0001});
  }
  SUBCASE("OneCycleLR(1, total_steps=3), whose top would be before the first step") {
    check_follows(optim::one_cycle(1, 3), {0.9944154354509117, 0.46263710266697505, 4e-06, 4e-06});
  }
  SUBCASE("OneCycleLR(1, total_steps=10, pct_start=0)") {
    check_follows(optim::one_cycle(1, 10, {.rise = 0}),
                  {0.9755283560345442, 0.904508879153485, 0.793893450575732, 0.654509879153485, 0.500002,
                   0.3454941208465151, 0.20611054942426807, 0.09549512084651508, 0.024475643965455825, 4e-06});
  }
  SUBCASE("SequentialLR of ConstantLR(1.0, 1) and ExponentialLR(0.9) at 4") {
    check_follows(optim::chain(optim::constant(0.1), 4, optim::exponential(0.1, 0.9)),
                  {0.1, 0.1, 0.1, 0.1, 0.1, 0.09000000000000001, 0.08100000000000002, 0.07290000000000002});
  }
  SUBCASE("SequentialLR of LinearLR(0.2, 1.0, 5) and CosineAnnealingLR(8, 0.001) at 5") {
    check_follows(optim::warm_up(5, optim::cosine(0.1, 8, 0.001), 0.2),
                  {0.020000000000000004, 0.03600000000000001, 0.05200000000000002, 0.06800000000000002,
                   0.08400000000000003, 0.1, 0.0962320368593087, 0.0855017856687341, 0.06944282990207196, 0.0505,
                   0.03155717009792806, 0.0154982143312659, 0.004767963140691306, 0.001});
  }
}

TEST_CASE("schedules reach their ends, and stay there") {
  CHECK(optim::cosine(0.1, 10)(10) == 0);
  CHECK(optim::cosine(0.1, 10)(1000000) == 0);
  CHECK(optim::polynomial(0.1, 10, 1, 0.02)(10) == 0.02);
  CHECK(optim::polynomial(0.1, 10, 1, 0.02)(11) == 0.02);
  CHECK(optim::polynomial(0.02, 10, 1, 0.1)(5) == doctest::Approx(0.06));
  CHECK(optim::warm_up(4, optim::constant(0.1))(0) == 0);
  CHECK(optim::warm_up(4, optim::constant(0.1))(4) == 0.1);
  CHECK(optim::constant(0)(5) == 0);
  CHECK(optim::one_cycle(1, 10, {.rise = 0.1})(0) == 1);
  CHECK(optim::one_cycle(1, 10, {.rise = 1})(9) == 1);
  CHECK(optim::one_cycle(1, 10, {.rise = 1})(50) == 1);
  CHECK(optim::one_cycle(1, 2)(1) == 1.0 / 25 / 10000);
  CHECK(optim::multi_step(0.1, {})(100) == 0.1);
}

TEST_CASE("a schedule drives an optimizer, and any function can be chained") {
  const Schedule rate = optim::warm_up(
      2, optim::chain(optim::constant(0.5), 1, [](std::int64_t step) { return 1.0 / static_cast<double>(step + 4); }));
  std::vector<Tensor> model{tensor({1.0}, float64)};
  optim::Optimizer sgd{optim::Sgd{}};
  std::vector<double> at;
  for (int i = 0; i < 5; ++i) {
    sgd.rule.learning_rate = rate(sgd.steps());
    Tape tape;
    tape.watch(model);
    sgd.step(model, tape.gradients(sum(model[0])));
    at.push_back(model[0].item<double>());
  }
  CHECK(at == std::vector<double>{1, 0.75, 0.25, 0, -0.2});
}

TEST_CASE("schedules refuse what makes no sense") {
  CHECK_THROWS_WITH_AS(optim::constant(-1), "constant: the rate cannot be negative or infinite, got -1", Error);
  CHECK_THROWS_WITH_AS(optim::step(0.1, 0), "step: the number of steps must be positive, got 0", Error);
  CHECK_THROWS_WITH_AS(optim::step(NAN, 1), "step: the rate cannot be negative or infinite, got nan", Error);
  CHECK_THROWS_WITH_AS(optim::multi_step(0.1, {3, 3}), "multi_step: the milestones must be increasing, got 3 after 3",
                       Error);
  CHECK_THROWS_WITH_AS(optim::multi_step(0.1, {3}, 0), "multi_step: the factor must be positive, got 0", Error);
  CHECK_THROWS_WITH_AS(optim::exponential(0.1, -1), "exponential: the factor must be positive, got -1", Error);
  CHECK_THROWS_WITH_AS(optim::polynomial(0.1, 5, 0), "polynomial: the power must be positive, got 0", Error);
  CHECK_THROWS_WITH_AS(optim::cosine(0.1, -5), "cosine: the number of steps must be positive, got -5", Error);
  CHECK_THROWS_WITH_AS(optim::cosine(0.1, 5, -1), "cosine: the last rate cannot be negative or infinite, got -1",
                       Error);
  CHECK_THROWS_WITH_AS(optim::warm_up(5, nullptr), "warm_up: the schedule is empty", Error);
  CHECK_THROWS_WITH_AS(optim::warm_up(5, optim::constant(1), 2), "warm_up: the start must be from 0 to 1, got 2",
                       Error);
  CHECK_THROWS_WITH_AS(optim::chain(optim::constant(1), 0, optim::constant(1)),
                       "chain: the number of steps must be positive, got 0", Error);
  CHECK_THROWS_WITH_AS(optim::one_cycle(0.1, 1), "one_cycle: the number of steps must be at least 2, got 1", Error);
  CHECK_THROWS_WITH_AS(optim::one_cycle(0.1, 9, {.rise = 2}),
                       "one_cycle: the rising fraction must be from 0 to 1, got 2", Error);
  CHECK_THROWS_WITH_AS(optim::one_cycle(0.1, 9, {.first_divisor = 0}), "one_cycle: divisors must be at least 1, got 0",
                       Error);
  for (const Schedule& rate : {optim::constant(0.1), optim::step(0.1, 2), optim::cosine(0.1, 5), optim::one_cycle(1, 9),
                               optim::warm_up(5, optim::constant(1))})
    CHECK_THROWS_WITH_AS(rate(-1), doctest::Contains(": the step cannot be negative, got -1"), Error);
}

}  // namespace retrograd::tests
