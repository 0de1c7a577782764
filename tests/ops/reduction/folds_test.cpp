// Reductions of sizes around the widths and tiles of their kernels: values against plain loops, and bits that depend
// neither on the number of threads nor on the SIMD target.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "../../simd_targets.h"

namespace retrograd::tests {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

using Call = std::pair<std::string, std::function<Tensor(const Tensor&, const Axes&)>>;
const std::vector<Call>& calls() {
  static const std::vector<Call> list = {
      {"sum", [](const Tensor& x, const Axes& axes) { return sum(x, axes); }},
      {"mean", [](const Tensor& x, const Axes& axes) { return mean(x, axes); }},
      {"max", [](const Tensor& x, const Axes& axes) { return max(x, axes); }},
      {"min", [](const Tensor& x, const Axes& axes) { return min(x, axes); }},
      {"prod", [](const Tensor& x, const Axes& axes) { return prod(x, axes); }},
      {"norm", [](const Tensor& x, const Axes& axes) { return norm(x, 2, axes); }},
      {"var", [](const Tensor& x, const Axes& axes) { return var(x, axes); }},
      {"std", [](const Tensor& x, const Axes& axes) { return retrograd::std(x, axes); }},
      {"count_nonzero", [](const Tensor& x, const Axes& axes) { return count_nonzero(x, axes); }},
      {"all", [](const Tensor& x, const Axes& axes) { return all(x, axes); }},
      {"any", [](const Tensor& x, const Axes& axes) { return any(x, axes); }},
  };
  return list;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() &&
         std::memcmp(a.body().data, b.body().data, static_cast<std::size_t>(a.size()) * size_of(a.dtype())) == 0;
}

struct Threads {
  int before = threads();
  ~Threads() { set_threads(before); }
};

// Equal bits on every SIMD target and for several numbers of threads.
void check_bits(const std::function<Tensor()>& f) {
  const Threads restore;
  set_threads(1);
  const Tensor expected = f();
  for_each_simd_target([&] {
    CAPTURE(simd_target());
    for (const int count : {1, 2, 3, 8}) {
      CAPTURE(count);
      set_threads(count);
      CHECK(same_bits(f(), expected));
    }
  });
}

// Σ over axes by a plain loop, in long double.
double plain_sum(const Tensor& x) {
  long double total = 0;
  for (const double value : x.to_vector<double>()) total += value;
  return static_cast<double>(total);
}

}  // namespace

TEST_CASE("a fold has the same bits on every SIMD target and for any number of threads") {
  Rng rng(1);
  for (const Dtype dtype : {float32, float64}) {
    CAPTURE(name(dtype));
    for (const Shape& shape : {Shape{1, 1, 1}, Shape{3, 1, 5}, Shape{2, 7, 16}, Shape{5, 4, 17}, Shape{2, 63, 65},
                               Shape{1, 129, 31}, Shape{3, 300, 2}, Shape{1, 1, 5000}, Shape{2, 2500, 3}}) {
      const Tensor x = uniform(shape, -2, 2, rng, dtype);
      for (const auto& [name, call] : calls())
        for (const Axes& axes : {Axes{}, Axes{0}, Axes{1}, Axes{2}, Axes{0, 2}, Axes{1, 2}}) {
          CAPTURE(name);
          check_bits([&] { return call(x, axes); });
        }
    }
  }
}

TEST_CASE("a fold that threads share has the same bits on every SIMD target and for any number of threads") {
  Rng rng(2);
  for (const Dtype dtype : {float32, float64})
    for (const Shape& shape : {Shape{1, 1, 300'001}, Shape{1, 70'001, 3}, Shape{1, 301, 1001}, Shape{3, 5, 20'011}}) {
      const Tensor x = uniform(shape, -2, 2, rng, dtype);
      for (const auto& [name, call] : calls())
        for (const Axes& axes : {Axes{}, Axes{1}, Axes{2}, Axes{0, 2}}) {
          CAPTURE(name);
          check_bits([&] { return call(x, axes); });
        }
    }
}

TEST_CASE("a fold reads whatever layout it is given") {
  Rng rng(3);
  const Tensor x = uniform({7, 33, 18}, -2, 2, rng, float64);
  const Tensor wide = uniform({7, 66, 40}, -2, 2, rng, float64);
  const Tensor views[] = {transpose(x, {2, 0, 1}),
                          transpose(x, {0, 2, 1}),
                          wide[range(0, 7, 2)],
                          wide(range(), range(0, 66, 2), range(3, 21)),
                          wide(range(), range(), range(0, 40, 2)),
                          broadcast_to(x(range(), range(0, 1), range()), {7, 5, 18})};
  for (const Tensor& view : views)
    for (const auto& [name, call] : calls())
      for (const Axes& axes : {Axes{}, Axes{0}, Axes{1}, Axes{2}, Axes{0, 2}, Axes{0, 1}}) {
        CAPTURE(name);
        CHECK(same_bits(call(view, axes), call(detail::packed(view), axes)));
      }
}

TEST_CASE("sums of every length are those of a plain loop") {
  Rng rng(4);
  for (const Dtype dtype : {float32, float64, int64, uint8})
    for (const std::int64_t n :
         {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 255, 257, 2047, 2049, 65'537, 300'000}) {
      CAPTURE(n);
      const Tensor x = astype(uniform({n}, 0, 100, rng, float64), dtype);
      CHECK(sum(x).item<double>() == doctest::Approx(plain_sum(x)).epsilon(dtype == float32 ? 1e-6 : 1e-14));
      const Tensor columns = broadcast_to(reshape(x, {n, 1}), {n, 3});
      const auto sums = sum(columns, 0).to_vector<double>();
      for (const double value : sums)
        CHECK(value == doctest::Approx(plain_sum(x)).epsilon(dtype == float32 ? 1e-6 : 1e-14));
      CHECK(max(x).item<double>() == sort(x)[-1].item<double>());
      CHECK(min(x).item<double>() == sort(x)[0].item<double>());
    }
}

TEST_CASE("extremes see NaN wherever it stands, and infinities, on every SIMD target") {
  for_each_simd_target([] {
    for (const Dtype dtype : {float32, float64})
      for (const std::int64_t n : {1, 2, 5, 16, 17, 40, 64, 65, 200, 70'000})
        for (const std::int64_t at : {std::int64_t{0}, n / 2, n - 1}) {
          CAPTURE(n);
          std::vector<double> values(static_cast<std::size_t>(n));
          for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * 7 % 11);
          const auto with = [&](double value) {
            values[static_cast<std::size_t>(at)] = value;
            return tensor(values, dtype);
          };
          for (const Tensor& x : {with(kNan)}) {
            CHECK(std::isnan(max(x).item<double>()));
            CHECK(std::isnan(min(x).item<double>()));
            CHECK(std::isnan(max(reshape(x, {n, 1}), 0).to_vector<double>()[0]));
            CHECK(argmax(x).item<std::int64_t>() == at);
            CHECK(argmin(x).item<std::int64_t>() == at);
          }
          CHECK(max(with(kInf)).item<double>() == kInf);
          CHECK(argmax(with(kInf)).item<std::int64_t>() == at);
          CHECK(min(with(-kInf)).item<double>() == -kInf);
          CHECK(argmin(with(-kInf)).item<std::int64_t>() == at);
          CHECK(sum(with(kInf)).item<double>() == kInf);
          CHECK(norm(with(-kInf)).item<double>() == kInf);
        }
  });
}

TEST_CASE("a variance keeps its digits where the first number lies far from the others") {
  for (const Dtype dtype : {float32, float64}) {
    Rng rng(5);
    Tensor x = astype(randint({100'000}, 0, 2, rng), dtype);
    copy_into(x[0], full({}, 1e6, dtype));
    long double mean_of = 0, squares = 0;
    const auto values = x.to_vector<double>();
    for (const double value : values) mean_of += value / 1e5;
    for (const double value : values) squares += (value - mean_of) * (value - mean_of);
    CHECK(var(x).item<double>() ==
          doctest::Approx(static_cast<double>(squares / 1e5)).epsilon(dtype == float32 ? 1e-6 : 1e-12));
  }
}

}  // namespace retrograd::tests
