#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

TEST_CASE("dropout leaves out a share of p and scales the rest in training alone") {
  const Tensor x = ones({100, 100}, float64);
  const nn::Dropout layer{0.3};
  CHECK(layer(x).to_vector<float>() == x.to_vector<float>());
  Rng rng(8);
  const std::vector<double> first = [&] {
    const nn::Training training{rng};
    return layer(x).to_vector<double>();
  }();
  double kept = 0;
  for (double v : first) {
    CHECK((v == 0 || v == 1 / 0.7));
    kept += v > 0;
  }
  CHECK(kept / 1e4 == doctest::Approx(0.7).epsilon(0.03));
  const nn::Training training{rng};
  CHECK(layer(x).to_vector<double>() != first);
  Rng same(8);
  const nn::Training again{same};
  CHECK(layer(x).to_vector<double>() == first);
}

TEST_CASE("dropout of everything gives zeros and of nothing the same and draws nothing") {
  Rng rng(8), other(9);
  const Tensor x = normal({3, 4}, 0, 1, other);
  {
    const nn::Training training{rng};
    CHECK(nn::Dropout{1}(x).to_vector<float>() == std::vector<float>(12, 0.0f));
    CHECK(nn::Dropout{0}(x).to_vector<float>() == x.to_vector<float>());
  }
  CHECK(rng.bits() == Rng(8).bits());
  const nn::Training training{rng};
  CHECK(nn::Dropout{0.5}(zeros({0, 3})).shape() == Shape{0, 3});
}

TEST_CASE("dropout of everything leaves nothing of infinity") {
  Rng rng(1);
  const nn::Training training{rng};
  CHECK(array_equal(nn::Dropout{1}(full({2}, std::numeric_limits<double>::infinity(), float64)), zeros({2}, float64)));
}

TEST_CASE("dropout refuses shares that are none and integers") {
  CHECK_THROWS_WITH_AS(nn::Dropout{1.5}, "Dropout: p must be between 0 and 1, got 1.5", Error);
  CHECK_THROWS_AS(nn::Dropout{std::nan("")}, Error);
  CHECK_THROWS_AS(nn::Dropout{0.5}(zeros({3}, int64)), DtypeError);
}

}  // namespace retrograd::tests
