// Sums of a million float32 terms that are all the same: added one by one they are off by a percent, since each step
// rounds the same way. Whatever adds many terms is held here to a bound that does not know how many they are.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <functional>

namespace retrograd::tests {

namespace {

constexpr std::int64_t kMany = 1'000'000;
constexpr float kTerm = 0.1f;
constexpr double kSum = static_cast<double>(kTerm) * kMany;

// The largest error of any element, relative to what each should be.
double error_of(const Tensor& y, double expected) {
  double worst = 0;
  for (double value : y.to_vector<double>()) {
    const double error = std::abs(value / expected - 1);
    worst = error <= worst ? worst : error;  // NaN is worse
  }
  return worst;
}
#define CHECK_SUM(y, expected) CHECK(error_of(y, expected) < 5e-6)

Tensor terms(const Shape& shape) { return full(shape, kTerm); }

// The gradient at x of Σ kTerm·f(x): each element of f's result hands a term back.
Tensor gradient_of(const Tensor& x, const std::function<Tensor(const Tensor&)>& f) {
  Tape tape;
  tape.watch(x);
  const Tensor y = f(x);
  return tape.gradients(y, full(y.shape(), static_cast<double>(kTerm), y.dtype()))[x];
}

}  // namespace

TEST_CASE("the error of a product does not grow with the length of its sums, whatever its shape and layout") {
  for (const std::int64_t m : {1, 2, 7, 16, 17, 40})
    for (const std::int64_t n : {1, 3, 15, 16, 17, 33, 110}) {
      CAPTURE(m);
      CAPTURE(n);
      const std::int64_t k = 100'003;
      const Tensor a = terms({m, k}), down = terms({k, m}), b = ones({k, n}), across = ones({n, k});
      const double expected = static_cast<double>(kTerm) * static_cast<double>(k);
      CHECK_SUM(matmul(a, b), expected);
      CHECK_SUM(matmul(a, transpose(across)), expected);
      CHECK_SUM(matmul(transpose(down), b), expected);
      CHECK_SUM(matmul(transpose(down), transpose(across)), expected);
    }
  CHECK_SUM(matmul(terms({1, kMany}), ones({kMany, 16})), kSum);
  CHECK_SUM(matmul(terms({kMany}), ones({kMany})), kSum);
  CHECK_SUM(matmul(terms({3, 2, kMany}), ones({3, kMany, 5})), kSum);
  CHECK_SUM(matmul(terms({70, 70'000}), ones({70'000, 70})), static_cast<double>(kTerm) * 70'000);
  CHECK_SUM(einsum("bij,bjk->ik", {terms({1000, 2, 1000}), ones({1000, 1000, 2})}), kSum);
}

TEST_CASE("gradients of weights do not grow less exact with the batch") {
  const Tensor weight = ones({3, 2}), bias = ones({3}), x = ones({kMany, 2});
  CHECK_SUM(gradient_of(weight, [&](const Tensor& w) { return linear(x, w, bias); }), kSum);
  CHECK_SUM(gradient_of(bias, [&](const Tensor& b) { return linear(x, weight, b); }), kSum);
  CHECK_SUM(gradient_of(weight, [&](const Tensor& w) { return matmul(x, transpose(w)); }), kSum);
  CHECK_SUM(gradient_of(bias, [&](const Tensor& b) { return b + zeros({kMany, 3}); }), kSum);
  CHECK_SUM(gradient_of(bias, [&](const Tensor& b) { return b * ones({kMany, 3}); }), kSum);
  CHECK_SUM(gradient_of(bias, [&](const Tensor& b) { return broadcast_to(b, {kMany, 3}); }), kSum);
  CHECK_SUM(gradient_of(bias, [&](const Tensor& b) { return repeat(reshape(b, {1, 3}), kMany, 0); }), kSum);
  CHECK_SUM(gradient_of(ones({}), [&](const Tensor& b) { return b + zeros({100, 100, 100}); }), kSum);
}

TEST_CASE("a tensor that is used many times gets an exact sum of gradients") {
  constexpr std::int64_t kUses = 100'000;
  const double expected = static_cast<double>(kTerm) * kUses;
  const Tensor x = ones({2});
  const auto used = [&](const std::function<Tensor(const Tensor&)>& use) {
    return gradient_of(x, [&](const Tensor& w) {
      Tensor y = zeros({2});
      for (std::int64_t i = 0; i < kUses; ++i) y = y + use(w);
      return y;
    });
  };
  CHECK_SUM(used([](const Tensor& w) { return w; }), expected);
  CHECK_SUM(used([](const Tensor& w) { return w * ones({2}); }), expected);
  CHECK_SUM(used([](const Tensor& w) { return reshape(matmul(ones({1, 1}), reshape(w, {1, 2})), {2}); }), expected);
}

TEST_CASE("a row that is taken many times gets an exact sum of gradients") {
  const Tensor table = ones({3, 2}), indices = zeros({kMany}, int64), places = zeros({kMany, 2}, int64);
  const auto first_row = [](const Tensor& g) { return g[0]; };
  CHECK_SUM(first_row(gradient_of(table, [&](const Tensor& x) { return take(x, indices, 0); })), kSum);
  CHECK_SUM(first_row(gradient_of(table, [&](const Tensor& x) { return take_along_axis(x, places, 0); })), kSum);
  CHECK_SUM(scatter_add(zeros({3, 2}), places, terms({kMany, 2}), 0)[0], kSum);
  const Tensor mixed = tensor(std::vector<std::int64_t>(100, 1), {100});
  const Tensor twice = gradient_of(table, [&](const Tensor& x) { return take(take(x, mixed, 0), tensor({7, 7}), 0); });
  CHECK(twice[1].to_vector<double>()[0] == doctest::Approx(0.2));
  CHECK(twice[0].to_vector<double>()[0] == 0);
}

TEST_CASE("reductions over many terms are exact along any axes") {
  CHECK_SUM(sum(terms({kMany})), kSum);
  CHECK_SUM(sum(terms({kMany, 3}), 0), kSum);
  CHECK_SUM(sum(terms({3, kMany}), 1), kSum);
  CHECK_SUM(sum(terms({100, 100, 100, 3}), {0, 1, 2}), kSum);
  CHECK_SUM(sum(terms({100, 3, 100, 2, 100}), {0, 2, 4}), kSum);
  CHECK_SUM(sum(transpose(terms({100, 3, 100, 100}), {1, 3, 0, 2}), {1, 2, 3}), kSum);
  CHECK_SUM(mean(terms({100, 100, 100, 3}), {0, 1, 2}), static_cast<double>(kTerm));
  CHECK_SUM(cumsum(terms({kMany, 2}), 0)[kMany - 1], kSum);
  CHECK_SUM(norm(terms({kMany, 2}), 2, 0), static_cast<double>(kTerm) * 1000);
  CHECK_SUM(norm(terms({kMany, 2}), 1, 0), kSum);
  CHECK_SUM(logsumexp(zeros({kMany, 2}), 0), std::log(1e6));
  CHECK_SUM(softmax(zeros({kMany}), 0), 1e-6);
  CHECK_SUM(softmax(zeros({kMany, 2}), 0), 1e-6);
  CHECK_SUM(trace(broadcast_to(tensor({kTerm}), {30'000, 30'000})), static_cast<double>(kTerm) * 30'000);
}

TEST_CASE("means of long windows and their gradients are exact") {
  CHECK_SUM(avg_pool2d(terms({1, 2, 1000, 1000}), 1000), static_cast<double>(kTerm));
  CHECK_SUM(adaptive_avg_pool2d(terms({1, 2, 1000, 1000}), 1), static_cast<double>(kTerm));
  CHECK_SUM(adaptive_avg_pool2d(terms({1, 2, 1, kMany}), 1), static_cast<double>(kTerm));
  CHECK_SUM(gradient_of(ones({1, 1, 1, 1}), [](const Tensor& x) { return adaptive_avg_pool2d(x, 1000); }), kSum);
  const auto middle = [](const Tensor& g, std::int64_t at) { return reshape(g, Shape{g.size()})[at]; };
  const Tensor line = ones({1, 1, 30'001});
  const double expected = static_cast<double>(kTerm) * 10'001;
  CHECK_SUM(middle(gradient_of(line, [](const Tensor& x) { return avg_pool1d(x, 10'001, {.stride = 1}); }), 15'000),
            static_cast<double>(kTerm));
  Tensor peak = zeros({1, 1, 30'001});
  peak.mutable_data<float>()[15'000] = 1;
  CHECK_SUM(middle(gradient_of(peak, [](const Tensor& x) { return max_pool1d(x, 10'001, {.stride = 1}); }), 15'000),
            expected);
}

TEST_CASE("convolutions with many terms and their gradients are exact") {
  const Tensor kernel = ones({1, 1, 1, 10'001}), line = ones({1, 1, 1, 30'001});
  const double expected = static_cast<double>(kTerm) * 10'001;
  CHECK_SUM(conv2d(terms({1, 1, 1, 30'001}), kernel), expected);
  const Tensor to_line = gradient_of(line, [&](const Tensor& x) { return conv2d(x, kernel); });
  CHECK_SUM(reshape(to_line, {30'001})[15'000], expected);
  CHECK_SUM(reshape(fold(terms({1, 10'001, 20'001}), {1, 30'001}, {1, 10'001}), {30'001})[15'000], expected);
  const Tensor weight = ones({2, 1, 3, 3}), images = ones({20'000, 1, 9, 9}), bias = ones({2});
  const double terms_of_weight = static_cast<double>(kTerm) * 20'000 * 49;
  CHECK_SUM(gradient_of(weight, [&](const Tensor& w) { return conv2d(images, w); }), terms_of_weight);
  CHECK_SUM(gradient_of(bias, [&](const Tensor& b) { return conv2d(images, weight, b); }), terms_of_weight);
  const Tensor one_image = ones({1, 1, 1002, 1002});
  CHECK_SUM(gradient_of(weight, [&](const Tensor& w) { return conv2d(one_image, w); }), kSum);
}

TEST_CASE("statistics and losses over many values are exact") {
  const Tensor steps = reshape(terms({kMany}) * where(arange(kMany) < kMany / 2, ones({kMany}), -1), {kMany, 1});
  const double square = static_cast<double>(kTerm) * static_cast<double>(kTerm);
  CHECK_SUM(var(steps), square);
  CHECK_SUM(std(steps), static_cast<double>(kTerm));
  CHECK_SUM(nn::mse(steps, zeros({kMany, 1})), square);
  CHECK_SUM(nn::euclidean(steps, zeros({kMany, 1})), square / 2);
  CHECK_SUM(nn::l1(steps, zeros({kMany, 1})), static_cast<double>(kTerm));
  CHECK_SUM(nn::huber(steps, zeros({kMany, 1})), square / 2);
  CHECK_SUM(nn::bce_with_logits(zeros({kMany, 1}), zeros({kMany, 1})), std::log(2.0));
  CHECK_SUM(nn::softmax_cross_entropy(zeros({kMany, 2}), zeros({kMany}, int64)), std::log(2.0));
  CHECK_SUM(nn::softmax_cross_entropy(zeros({1, kMany}), zeros({1}, int64)), std::log(1e6));
  const Tensor x = ones({kMany});
  Tape tape;
  tape.watch(x);
  CHECK(tape.gradients(x, terms({kMany})).norm() == doctest::Approx(static_cast<double>(kTerm) * 1000).epsilon(1e-12));
}

TEST_CASE("a product is exact however many factors it has") {
  const float factor = 1 + 0x1p-20f;
  const double expected = std::pow(static_cast<double>(factor), 300'000);
  CHECK(error_of(prod(full({300'000}, factor)), expected) < 1e-7);
  CHECK(error_of(prod(full({300'000, 2}, factor), 0), expected) < 1e-7);
  CHECK(error_of(cumprod(full({300'000, 2}, factor), 0)[299'999], expected) < 1e-7);
  const double close_to_one = 1 + 0x1p-30;
  const double end = std::exp(1e6 * std::log1p(0x1p-30));
  CHECK(error_of(prod(full({kMany}, close_to_one, float64)), end) < 1e-15);
}

TEST_CASE("a product that overflows or vanishes on the way comes to its end, and so does its gradient") {
  for (const Dtype dtype : {float32, float64}) {
    const double tolerance = dtype == float32 ? 1e-6 : 1e-13;
    const double huge = dtype == float32 ? 1e30 : 1e300;
    for (const double first : {huge, 1 / huge}) {
      CAPTURE(first);
      const Tensor x = concatenate({full({200}, first, dtype), full({200}, 1 / first, dtype)}, 0);
      CHECK(error_of(prod(x), 1) < 200 * tolerance);
      CHECK(error_of(cumprod(x, 0)[399], 1) < 200 * tolerance);
      CHECK(error_of(prod(reshape(x, {2, 1, 200})), 1) < 200 * tolerance);
      CHECK(error_of(prod(reshape(x, {2, 1, 200}), {0, 2}), 1) < 200 * tolerance);
      Tape tape;
      tape.watch(x);
      const Tensor g = tape.gradients(prod(x))[x];
      CHECK(error_of(g[range(0, 200)], 1 / first) < 200 * tolerance);
      CHECK(error_of(g[range(200, 400)], first) < 200 * tolerance);
    }
  }
  CHECK(prod(tensor({1e30f, 1e30f})).item<float>() == INFINITY);
  CHECK(prod(tensor({-1e-30f, 1e-30f, 1.0f})).item<float>() == 0);
  CHECK(prod(tensor({INFINITY, 2.0f, -1.0f})).item<float>() == -INFINITY);
  CHECK(std::isnan(prod(tensor({INFINITY, 0.0f})).item<float>()));
  CHECK(std::isnan(prod(tensor({NAN, 0.0f})).item<float>()));
  CHECK(prod(tensor({5e-324, 0.5, 4.0}, float64)).item<double>() == 1e-323);
}

TEST_CASE("in float64 a sum of a million terms keeps its digits") {
  const auto close = [](const Tensor& y, double expected) { return error_of(y, expected) < 2e-15; };
  const Tensor x = full({kMany}, 0.1, float64);
  CHECK(close(sum(x), 1e5));
  CHECK(error_of(matmul(reshape(x, {1, kMany}), ones({kMany, 16}, float64)), 1e5) < 1e-14);
  CHECK(close(cumsum(x, 0)[kMany - 1], 1e5));
  CHECK(
      close(gradient_of(ones({1}, float64), [](const Tensor& t) { return take(t, zeros({kMany}, int64), 0); }), kSum));
  CHECK(close(nn::mse(x, zeros({kMany}, float64)), 0.01));
}

}  // namespace retrograd::tests
