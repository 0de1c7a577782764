// What runs along lines: running sums and products, positions and gradients of extremes, sorting, dot products; of
// sizes around the widths of their kernels, on every SIMD target and for several numbers of threads.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "../../simd_targets.h"

namespace retrograd::tests {

namespace {

using Doubles = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::int64_t kSizes[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 63, 65, 200, 257, 1000};

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() &&
         std::memcmp(a.body().data, b.body().data, static_cast<std::size_t>(a.size()) * size_of(a.dtype())) == 0;
}

struct Threads {
  int before = threads();
  ~Threads() { set_threads(before); }
};
void check_bits(const std::function<Tensor()>& f) {
  const Threads restore;
  set_threads(1);
  const Tensor expected = f();
  for_each_simd_target([&] {
    CAPTURE(simd_target());
    for (const int count : {1, 2, 3, 8}) {
      set_threads(count);
      CHECK(same_bits(f(), expected));
    }
  });
}

// The gradient at x of Σ wᵢ·f(x)ᵢ.
Tensor gradient_of(const Tensor& x, const Tensor& w, const std::function<Tensor(const Tensor&)>& f) {
  Tape tape;
  tape.watch(x);
  return tape.gradients(sum(f(x) * w))[x];
}

}  // namespace

TEST_CASE("running sums and products are those of a plain loop, from both ends") {
  Rng rng(1);
  for_each_simd_target([&] {
    CAPTURE(simd_target());
    for (const Dtype dtype : {float32, float64})
      for (const std::int64_t n : kSizes) {
        CAPTURE(n);
        const double tolerance = dtype == float32 ? 1e-6 : 1e-13;
        const Tensor x = uniform({n}, 0.5, 1.5, rng, dtype);
        const Doubles values = x.to_vector<double>();
        Doubles sums(values.size()), products(values.size()), rest(values.size());
        std::partial_sum(values.begin(), values.end(), sums.begin());
        std::partial_sum(values.begin(), values.end(), products.begin(), std::multiplies<>());
        const auto is_close = [&](const Tensor& y, const Doubles& expected) {
          const Doubles found = y.to_vector<double>();
          for (std::size_t i = 0; i < found.size(); ++i)
            CHECK(found[i] == doctest::Approx(expected[i]).epsilon(tolerance));
        };
        is_close(cumsum(x, 0), sums);
        is_close(cumprod(x, 0), products);
        const Tensor columns = transpose(broadcast_to(x, {3, n}));
        is_close(transpose(cumsum(columns, 0))[1], sums);
        is_close(transpose(cumprod(columns, 0))[2], products);
        std::partial_sum(values.rbegin(), values.rend(), rest.rbegin());
        is_close(gradient_of(x, x * 1.0, [](const Tensor& v) { return cumsum(v, 0); }), rest);
      }
  });
}

TEST_CASE("a running value depends on the elements up to it alone, and is right beyond the range of its dtype") {
  for_each_simd_target([] {
    CAPTURE(simd_target());
    for (const Dtype dtype : {float32, float64})
      for (const std::int64_t n : {5, 8, 20, 40})
        for (const std::int64_t at : {std::int64_t{0}, n / 2, n - 1})
          for (const double special : {kNan, kInf, 0.0}) {
            Doubles values(static_cast<std::size_t>(n), 2.0);
            values[static_cast<std::size_t>(at)] = special;
            const Tensor x = tensor(values, dtype);
            const Doubles sums = cumsum(x, 0).to_vector<double>(), products = cumprod(x, 0).to_vector<double>();
            double sum = 0, product = 1;
            for (std::size_t i = 0; i < values.size(); ++i) {
              sum += values[i];
              product *= values[i];
              CHECK((sums[i] == sum || (std::isnan(sum) && std::isnan(sums[i]))));
              CHECK((products[i] == product || (std::isnan(product) && std::isnan(products[i]))));
            }
          }
    for (const bool by_columns : {false, true}) {
      // Down to 2^−3000 and up again.
      Doubles values(200, 0x1p-30);
      std::fill(values.begin() + 100, values.end(), 0x1p30);
      const Tensor x = by_columns ? tensor(values) * ones({2, 200}) : reshape(tensor(values), {1, 200});
      const Tensor y = by_columns ? transpose(cumprod(transpose(x), 0)) : cumprod(x, 1);
      CHECK(y[0].to_vector<double>()[2] == 0x1p-90);
      CHECK(y[0].to_vector<double>()[50] == 0);
      CHECK(y[0].to_vector<double>()[150] == 0);
      CHECK(y[0].to_vector<double>()[198] == 0x1p-30);
      CHECK(y[0].to_vector<double>()[199] == 1);
      CHECK(prod(x, 1).to_vector<double>()[0] == 1);
      CHECK(prod(transpose(x), 0).to_vector<double>()[0] == 1);
      CHECK(prod(astype(x, float64), 1).to_vector<double>()[0] == 1);
      CHECK(prod(astype(transpose(x), float64), 0).to_vector<double>()[0] == 1);
    }
  });
}

TEST_CASE("what runs along lines has the same bits on every SIMD target and for any number of threads") {
  Rng rng(2);
  for (const Dtype dtype : {float32, float64})
    for (const Shape& shape :
         {Shape{3, 1, 4}, Shape{2, 17, 1}, Shape{1, 9, 70}, Shape{40, 33, 65}, Shape{300, 700, 1}}) {
      const Tensor x = uniform(shape, -2, 2, rng, dtype), w = uniform({shape[0], 1, shape[2]}, -2, 2, rng, dtype);
      check_bits([&] { return cumsum(x, 1); });
      check_bits([&] { return cumprod(x, 1); });
      check_bits([&] { return argmax(x, 1); });
      check_bits([&] { return argsort(x, 1); });
      check_bits([&] { return gradient_of(x, w, [](const Tensor& v) { return max(v, 1, true); }); });
      check_bits([&] { return dot(reshape(x, {x.size()}), reshape(x, {x.size()})); });
    }
}

TEST_CASE(
    "the gradient of a product is the product of all other factors, beside zeros, infinities and beyond the range") {
  for_each_simd_target([] {
    CAPTURE(simd_target());
    for (const Dtype dtype : {float32, float64})
      for (const Doubles& factors : {Doubles{2, 3, 4}, Doubles{2, 0, 3}, Doubles{0, 5, 0}, Doubles{kInf, 2, 3},
                                     Doubles{0x1p-100, 0x1p-100, 0x1p110}, Doubles{0x1p100, 0x1p100, 0x1p-110}}) {
        Doubles expected;
        for (std::size_t i = 0; i < 3; ++i) expected.push_back(factors[(i + 1) % 3] * factors[(i + 2) % 3]);
        if (dtype == float32)
          for (double& one : expected) one = static_cast<double>(static_cast<float>(one));
        const Tensor x = tensor(factors, dtype), w = ones({2}, dtype);
        const Tensor by_rows = broadcast_to(x, {2, 3}) * 1.0, by_columns = contiguous(transpose(by_rows));
        const auto prods = [](int axis) { return [axis](const Tensor& v) { return prod(v, axis); }; };
        CHECK(gradient_of(by_rows, w, prods(1))[1].to_vector<double>() == expected);
        CHECK(transpose(gradient_of(by_columns, w, prods(0)))[1].to_vector<double>() == expected);
      }
  });
}

TEST_CASE("ties share the gradient of an extreme evenly along any axis, and a line with NaN gets NaN") {
  for_each_simd_target([] {
    for (const Dtype dtype : {float32, float64})
      for (const std::int64_t n : {2, 5, 16, 17, 70, 5000}) {
        Doubles values(static_cast<std::size_t>(n));
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 2);
        const Tensor line = tensor(values, dtype), w = full({3}, 6, dtype);
        for (const bool by_columns : {false, true}) {
          Tensor x = broadcast_to(line, {3, n}) * 1.0;
          Tensor last = x[1][n - 1];
          copy_into(last, full({}, kNan, dtype));
          const auto slope = [&](auto f) {
            const Tensor at = by_columns ? contiguous(transpose(x)) : x;
            const Tensor g = gradient_of(at, w, [&](const Tensor& v) { return f(v, by_columns ? 0 : 1); });
            return by_columns ? contiguous(transpose(g)) : g;
          };
          const Tensor high = slope([](const Tensor&v, int axis) { return max(v, axis); }),
                       low = slope([](const Tensor&v, int axis) { return min(v, axis); });
          const double ones_of = static_cast<double>(n / 2), zeros_of = static_cast<double>(n - n / 2);
          for (std::int64_t i = 0; i < n; ++i) {
            CHECK(high[0][i].item<double>() == doctest::Approx(i % 2 ? 6 / ones_of : 0));
            CHECK(low[2][i].item<double>() == doctest::Approx(i % 2 ? 0 : 6 / zeros_of));
            CHECK(std::isnan(high[1][i].item<double>()));
          }
        }
      }
  });
}

TEST_CASE("positions of extremes are the first along any axis") {
  for_each_simd_target([] {
    for (const Dtype dtype : {float32, float64, int64, uint8, boolean})
      for (const std::int64_t n : {1, 2, 17, 300, 1000})
        for (const std::int64_t at : {std::int64_t{0}, n / 3, n - 1}) {
          Doubles values(static_cast<std::size_t>(n));
          std::fill(values.begin() + at, values.end(), 1.0);  // the largest from there on
          const Tensor line = astype(tensor(values, float64), dtype);
          CHECK(argmax(line).item<std::int64_t>() == at);
          CHECK(argmax(broadcast_to(line, {2, n}), 1)[1].item<std::int64_t>() == at);
          CHECK(argmax(transpose(broadcast_to(line, {70, n})), 0)[69].item<std::int64_t>() == at);
          CHECK(argmin(line).item<std::int64_t>() == 0);
        }
  });
}

TEST_CASE("long lines of every dtype are sorted as short ones are") {
  Rng rng(3);
  for (const Dtype dtype : {float32, float64, int64, uint8, boolean})
    for (const std::int64_t n : {5, 199, 200, 1000, 70'000})
      for (const bool descending : {false, true}) {
        CAPTURE(n);
        const Tensor x = astype(uniform({n}, -100, 100, rng, float64) * (dtype == boolean ? 0.01 : 1.0),
                                dtype == uint8 ? int64 : dtype);
        const Tensor values = dtype == uint8 ? astype(where(x < 0, -x, x), uint8) : x;
        const Doubles plain = values.to_vector<double>();
        std::vector<std::int64_t> expected(static_cast<std::size_t>(n));
        std::iota(expected.begin(), expected.end(), 0);
        std::stable_sort(expected.begin(), expected.end(), [&](std::int64_t a, std::int64_t b) {
          const double p = plain[static_cast<std::size_t>(a)], q = plain[static_cast<std::size_t>(b)];
          return descending ? p > q : p < q;
        });
        CHECK(argsort(values, 0, descending).to_vector<std::int64_t>() == expected);
      }
  Tensor x = normal({500}, 0, 1, rng);
  const auto set = [&x](std::int64_t at, const Tensor& value) {
    Tensor place = x[at];
    copy_into(place, value);
  };
  set(7, full({}, kNan));
  set(100, full({}, -kInf));
  set(101, full({}, -0.0));
  set(300, full({}, kNan));
  const auto order = argsort(x).to_vector<std::int64_t>();
  CHECK(order.front() == 100);
  CHECK(order[498] == 7);
  CHECK(order[499] == 300);
}

TEST_CASE("a dot product is that of a plain loop, of every length") {
  Rng rng(4);
  for (const Dtype dtype : {float32, float64})
    for (const std::int64_t n : {0, 1, 2, 8, 9, 31, 33, 1023, 1025, 65'537, 200'000}) {
      const Tensor a = uniform({n}, 0, 1, rng, dtype), b = uniform({n}, 0, 1, rng, dtype);
      const Doubles p = a.to_vector<double>(), q = b.to_vector<double>();
      const double expected = std::inner_product(p.begin(), p.end(), q.begin(), 0.0);
      CHECK(dot(a, b).item<double>() == doctest::Approx(expected).epsilon(dtype == float32 ? 1e-7 : 1e-13));
      CHECK(matmul(a, b).shape() == Shape{});
    }
}

}  // namespace retrograd::tests
