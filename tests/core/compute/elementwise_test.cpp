// The doors that elements go through, where there are so many that threads share them.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <vector>

namespace retrograd::tests {

namespace {

constexpr std::int64_t kMany = 3 * 65536 + 5;

// Calls f with one thread and with three.
template <class F>
void with_threads(F f) {
  const int before = threads();
  for (int count : {1, 3}) {
    set_threads(count);
    f();
  }
  set_threads(before);
}

Tensor with(Tensor x, std::int64_t at, double value) {
  Tensor place = x[at];
  fill(place, value);
  return x;
}

}  // namespace

TEST_CASE("astype names the first value that does not fit, though threads find others before it") {
  const Tensor x = with(with(with(zeros({kMany}), kMany - 1, 300), 70000, 301), 70001, 302);
  with_threads([&] {
    CHECK_THROWS_WITH_AS(astype(x, uint8), "astype: uint8 cannot hold 301", DtypeError);
    CHECK_THROWS_WITH_AS(astype(astype(x, int64), uint8), "astype: uint8 cannot hold 301", DtypeError);
    CHECK_THROWS_WITH_AS(astype(with(x + 0.0, 5, INFINITY), int64), "astype: int64 cannot hold inf", DtypeError);
    CHECK(array_equal(astype(astype(x, int64), float32), x));
  });
}

TEST_CASE("a divisor of 0 is found at any place, behind a stride too") {
  const Tensor ones_but_one = astype(with(ones({2 * kMany}), 2 * kMany - 2, 0), int64);
  with_threads([&] {
    CHECK_THROWS_WITH_AS(fmod(ones({2 * kMany}, int64), ones_but_one), "fmod: int64 division by 0", Error);
    CHECK_THROWS_WITH_AS(fmod(ones({kMany}, int64), ones_but_one[range(0, 2 * kMany, 2)]), "fmod: int64 division by 0",
                         Error);
    CHECK_NOTHROW(fmod(ones({kMany}, int64), ones_but_one[range(1, 2 * kMany, 2)]));
  });
}

TEST_CASE("where takes masks, tensors and numbers of any layout on any number of threads") {
  Rng rng(3);
  const Tensor a = normal({kMany, 2}, 0, 1, rng), b = normal({kMany, 2}, 0, 1, rng), mask = a < b;
  const std::vector<float> x = a.to_vector<float>(), y = b.to_vector<float>();
  std::vector<float> smaller, positive, mixed;
  for (std::size_t i = 0; i < x.size(); ++i) {
    smaller.push_back(x[i] < y[i] ? x[i] : y[i]);
    positive.push_back(x[i] < y[i] ? x[i] : 0);
    mixed.push_back(x[i] < y[i] ? x[i] : y[i % 2]);
  }
  with_threads([&] {
    CHECK(where(mask, a, b).to_vector<float>() == smaller);
    CHECK(where(mask, a, 0).to_vector<float>() == positive);
    CHECK(where(mask, a, b[0]).to_vector<float>() == mixed);
    CHECK(transpose(where(transpose(mask), transpose(a), transpose(b))).to_vector<float>() == smaller);
    CHECK(where(tensor(std::vector<bool>{true}, {1}), a, b).to_vector<float>() == x);
  });
}

}  // namespace retrograd::tests
