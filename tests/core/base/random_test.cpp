#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "../../simd_targets.h"

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

namespace {

// What `make` draws for a tensor of n values against `one` value after the other, and that both leave the generator at
// the same place, wherever in a block it starts.
template <class T, class Make, class One>
void check_drawn_in_turn(std::int64_t n, int skipped, Make make, One one) {
  CAPTURE(n);
  CAPTURE(skipped);
  Rng by_tensor(5, 3);
  for (int i = 0; i < skipped; ++i) by_tensor.bits();
  Rng in_turn = by_tensor;
  std::vector<T> expected;
  for (std::int64_t i = 0; i < n; ++i) expected.push_back(static_cast<T>(one(in_turn)));
  CHECK(make(by_tensor, Shape{n}).template to_vector<T>() == expected);
  CHECK(by_tensor.state() == in_turn.state());
  CHECK(by_tensor.bits() == in_turn.bits());
}

template <class T>
void check_floats_drawn_in_turn(std::int64_t n, int skipped) {
  check_drawn_in_turn<T>(
      n, skipped, [](Rng& rng, const Shape& shape) { return normal(shape, 0.5, 3, rng, dtype_of<T>); },
      [](Rng& rng) { return 0.5 + 3 * rng.normal(); });
  check_drawn_in_turn<T>(
      n, skipped, [](Rng& rng, const Shape& shape) { return bernoulli(shape, 0.3, rng, dtype_of<T>); },
      [](Rng& rng) { return rng.uniform() < 0.3; });
  for (const double low : {-2.0, 0.99999})  // one float32 in 336 of the second rounds up to 1, and is drawn again
    check_drawn_in_turn<T>(
        n, skipped, [&](Rng& rng, const Shape& shape) { return uniform(shape, low, 1, rng, dtype_of<T>); },
        [&](Rng& rng) {
          T value = 1;
          while (!(value < 1)) value = static_cast<T>(low + (1 - low) * rng.uniform());
          return value;
        });
}

}  // namespace

TEST_CASE("tensors hold what the generator draws one by one, on every SIMD target and any number of threads") {
  const int before = threads();
  for_each_simd_target([&] {
    for (const int count : {1, 3}) {
      set_threads(count);
      for (const std::int64_t n : {0, 1, 3, 1023, 1025, 60'000})
        for (int skipped = 0; skipped < 4; ++skipped) {
          check_floats_drawn_in_turn<float>(n, skipped);
          check_floats_drawn_in_turn<double>(n, skipped);
          for (const std::int64_t most :
               {std::int64_t{1}, std::int64_t{7}, std::int64_t{1} << 62, (std::int64_t{3} << 61)})
            check_drawn_in_turn<std::int64_t>(
                n, skipped, [&](Rng& rng, const Shape& shape) { return randint(shape, -5, most - 5, rng); },
                [&](Rng& rng) { return static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(most))) - 5; });
        }
    }
  });
  set_threads(before);
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
