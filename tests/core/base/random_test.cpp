#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <cmath>

namespace retrograd::tests {

TEST_CASE("the generator is Philox4x32-10, by its authors' known answers") {
  // Random123's kat_vectors: counter and key zero.
  Rng zero(0);
  for (std::uint32_t expected : {0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}) CHECK(zero.bits() == expected);
}

TEST_CASE("a seed means the same numbers everywhere") {
  Rng rng(42);
  const std::vector<double> draws = {rng.uniform(), rng.normal(), static_cast<double>(rng.below(1000))};
  Rng again(42);
  CHECK(again.uniform() == draws[0]);
  CHECK(again.normal() == draws[1]);
  CHECK(static_cast<double>(again.below(1000)) == draws[2]);
  Rng other(43);
  CHECK(other.uniform() != draws[0]);
  CHECK(rng.split(1).bits() != rng.split(2).bits());
  CHECK(rng.split(1).bits() == again.split(1).bits());
}

TEST_CASE("uniform and normal draws have their moments") {
  Rng rng(7);
  const Tensor u = uniform({200'000}, -1, 3, rng, float64), z = normal({200'000}, 2, 0.5, rng, float64);
  CHECK(mean(u).item<double>() == doctest::Approx(1).epsilon(0.01));
  CHECK(mean(square(u - 1)).item<double>() == doctest::Approx(16.0 / 12).epsilon(0.01));
  CHECK(mean(z).item<double>() == doctest::Approx(2).epsilon(0.002));
  CHECK(mean(square(z - 2)).item<double>() == doctest::Approx(0.25).epsilon(0.01));
  CHECK(mean(square(square((z - 2) / 0.5))).item<double>() == doctest::Approx(3).epsilon(0.03));
  const auto values = u.to_vector<double>();
  CHECK(*std::min_element(values.begin(), values.end()) >= -1);
  CHECK(*std::max_element(values.begin(), values.end()) < 3);
}

TEST_CASE("the normal quantile holds at the edges") {
  // A tail of 2e5 draws reaches beyond four standard deviations and stays finite.
  Rng rng(11);
  const auto values = normal({200'000}, 0, 1, rng, float64).to_vector<double>();
  const double largest = *std::max_element(values.begin(), values.end());
  CHECK(largest > 4);
  CHECK(largest < 7);
  CHECK(static_cast<double>(std::count_if(values.begin(), values.end(), [](double v) { return v > 1.959964; })) / 2e5 ==
        doctest::Approx(0.025).epsilon(0.05));
}

TEST_CASE("a permutation holds every index once, in an order that depends on the seed") {
  Rng rng(1);
  auto order = permutation(1000, rng).to_vector<std::int64_t>();
  const auto other = permutation(1000, rng).to_vector<std::int64_t>();
  CHECK(order != other);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) REQUIRE(order[i] == static_cast<std::int64_t>(i));
}

TEST_CASE("bad arguments of draws are refused") {
  Rng rng(1);
  CHECK_THROWS_AS(rng.below(0), Error);
  CHECK_THROWS_AS(normal({2}, 0, -1, rng), Error);
  CHECK_THROWS_AS(uniform({2}, 1, 0, rng), Error);
  CHECK_THROWS_WITH_AS(normal({2}, 0, 1, rng, int64), "normal: the dtype must be float32 or float64, got int64",
                       DtypeError);
}

TEST_CASE("uniform draws stay below high in float32 too") {
  Rng rng(3);
  const Tensor u = uniform({100'000}, 0.99999, 1.0, rng);
  CHECK(max(u).item<double>() < 1.0);
}

TEST_CASE("a generator with the state of another draws what it draws") {
  for (int drawn = 0; drawn < 9; ++drawn) {
    Rng rng = Rng(~std::uint64_t{0}, 5).split(3), other(0);
    for (int i = 0; i < drawn; ++i) rng.bits();
    other.set_state(rng.state());
    CHECK(other.state() == rng.state());
    for (int i = 0; i < 9; ++i) CHECK(other.bits() == rng.bits());
    CHECK(other.normal() == rng.normal());
    CHECK(other.split(2).bits() == rng.split(2).bits());
  }
}

TEST_CASE("a state that no generator has is refused") {
  Rng rng(1);
  rng.bits();
  const auto before = rng.state();
  CHECK(before == std::array<std::uint64_t, 4>{1, 0, 1, 3});
  CHECK_THROWS_WITH_AS(rng.set_state({1, 0, 1, 4}), doctest::Contains("at most 3 unused numbers"), Error);
  CHECK_THROWS_AS(rng.set_state({1, 0, 0, 1}), Error);
  CHECK(rng.state() == before);
}

}  // namespace retrograd::tests
