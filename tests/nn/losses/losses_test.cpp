#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>

#include "loss_cases.h"

namespace retrograd::tests {

namespace {

using nn::Reduction;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const Tensor kClasses = tensor({2, 0, 1, 2});

void check_close(const Tensor& found, const std::vector<double>& expected, double tolerance) {
  const std::vector<double> values = found.to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(values[i] - expected[i]) <= tolerance * std::max(1.0, std::abs(expected[i])));
  }
}

// The names of the ops that are recorded while it lives.
class Names final : public detail::Observer {
 public:
  std::vector<std::string> seen;

 private:
  void recorded(detail::Log& log, std::uint32_t node, const Tensor&, std::span<const Tensor* const>) override {
    seen.push_back(log.nodes[node].op);
  }
};

}  // namespace

TEST_CASE("losses have the values of PyTorch 1.13.1 under every reduction") {
  const Tensor x = sines({4, 3}, 1), y = sines({4, 3}, 0.5);
  for (const LossCase& one : loss_cases()) {
    CAPTURE(one.name);
    double total = 0;
    for (double loss : one.none) total += loss;
    check_close(one.loss(x, y, Reduction::none), one.none, one.tolerance);
    check_close(one.loss(x, y, Reduction::sum), {total}, one.tolerance);
    check_close(one.loss(x, y, Reduction::mean), {one.mean}, one.tolerance);
    CHECK(one.loss(x, y, Reduction::mean).shape() == Shape{});
    CHECK(one.loss(x, y, Reduction::sum).shape() == Shape{});
    CHECK(one.loss(x, y, Reduction::none).size(0) == 4);
  }
}

TEST_CASE("losses have right first and second derivatives in outputs and targets") {
  const Tensor x = sines({4, 3}, 1), y = sines({4, 3}, 0.5);
  for (const LossCase& one : loss_cases()) {
    CAPTURE(one.name);
    for (Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
      const auto loss = [&](const Tensor& a, const Tensor& b) { return one.loss(a, b, reduction); };
      const auto report = tools::gradcheck(loss, {x, y}, {.order = 2});
      CAPTURE(to_string(report));
      CHECK(report.passed());
    }
  }
}

TEST_CASE("losses of float32 are those of float64") {
  const Tensor x = sines({4, 3}, 1), y = sines({4, 3}, 0.5);
  const auto single = [](const Tensor& a) { return astype(a, float32); };
  for (const LossCase& one : loss_cases()) {
    CAPTURE(one.name);
    for (Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
      // Where differences of large numbers are small only their size counts, so the whole is compared.
      const Tensor exact = one.loss(x, y, reduction), rounded = one.loss(single(x), single(y), reduction);
      CHECK(rounded.dtype() == float32);
      CHECK(norm(astype(rounded, float64) - exact).item<double>() <= 1e-5 * norm(exact).item<double>());
      const auto slope = [&](const Tensor& a, const Tensor& b) {
        return grad([&](const Tensor& at) { return sum(one.loss(at, b, reduction)); })(a);
      };
      const Tensor exact_slope = slope(x, y), rounded_slope = slope(single(x), single(y));
      CHECK(norm(astype(rounded_slope, float64) - exact_slope).item<double>() <=
            1e-5 * norm(exact_slope).item<double>());
    }
  }
}

TEST_CASE("losses without options are the fused ops") {
  const Tensor x = sines({4, 3}, 1), y = sines({4, 3}, 0.5);
  const auto ops = [&](const auto& loss) {
    const Names names;
    Tape tape;
    tape.watch(x);
    loss();
    return names.seen;
  };
  using Ops = std::vector<std::string>;
  const Ops watched = ops([] {});
  const auto with = [&](const char* op) {
    Ops all = watched;
    all.push_back(op);
    return all;
  };
  CHECK(ops([&] { nn::mse(x, y); }) == with("mse"));
  CHECK(ops([&] { nn::euclidean(x, kClasses, {}); }) == with("euclidean"));
  const Ops classified = ops([&] { overrides::softmax_cross_entropy(x, kClasses); });
  CHECK(classified.back() == "softmax_cross_entropy");
  CHECK(ops([&] { nn::softmax_cross_entropy(x, kClasses); }) == classified);
  CHECK(ops([&] { nn::softmax_cross_entropy(x, kClasses, {.reduction = Reduction::mean}); }) == classified);
}

TEST_CASE("euclidean gives half the squared distance of each row") {
  const Tensor y = tensor<double>({{1, 2}, {0, -1}}, float64), t = tensor<double>({{0, 1}, {3, -1}}, float64);
  check_close(nn::euclidean(y, t, {.reduction = Reduction::none}), {1, 4.5}, 0);
  check_close(nn::euclidean(y, t, {.reduction = Reduction::sum}), {5.5}, 0);
  check_close(nn::euclidean(y, t), {2.75}, 0);
  check_close(nn::euclidean(y, tensor({1, 1}), {.reduction = Reduction::none}), {1, 2}, 0);
  for (Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const auto report = tools::gradcheck(
        [&](const Tensor& a, const Tensor& b) { return nn::euclidean(a, b, {.reduction = reduction}); }, {y, t},
        {.order = 2});
    CAPTURE(to_string(report));
    CHECK(report.passed());
  }
}

TEST_CASE("class weights are differentiable") {
  const Tensor x = sines({4, 3}, 1), w = tensor(kClassWeights, {3}, float64);
  const auto report = tools::gradcheck(
      [](const Tensor& logits, const Tensor& weight) {
        return nn::softmax_cross_entropy(logits, kClasses, {.label_smoothing = 0.1, .weight = weight}) +
               nn::nll(logits, kClasses, {.weight = weight});
      },
      {x, w}, {.order = 2});
  CAPTURE(to_string(report));
  CHECK(report.passed());
}

TEST_CASE("one-hot rows and class indices have the same loss") {
  const Tensor x = sines({4, 3}, 1), rows = one_hot(kClasses, 3, float64);
  for (Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none})
    for (double smoothing : {0.0, 0.3})
      check_close(nn::softmax_cross_entropy(x, rows, {.label_smoothing = smoothing, .reduction = reduction}),
                  nn::softmax_cross_entropy(x, kClasses, {.label_smoothing = smoothing, .reduction = reduction})
                      .to_vector<double>(),
                  1e-15);
}

TEST_CASE("ignored rows leave no trace whatever stands in them") {
  const Tensor x = tensor<double>({{1, 2, 3}, {NAN, kInfinity, 0}, {0, 1, 0}}, float64), t = tensor({1, 255, 0});
  const Tensor w = tensor({1.0, 2.0, 3.0}, float64), only = tensor<double>({{1, 2, 3}, {0, 1, 0}}, float64);
  for (Reduction reduction : {Reduction::mean, Reduction::sum}) {
    const auto loss = [&](const Tensor& logits, const Tensor& targets) {
      return nn::softmax_cross_entropy(logits, targets, {.weight = w, .ignore_index = 255, .reduction = reduction}) +
             nn::nll(logits, targets, {.weight = w, .ignore_index = 255, .reduction = reduction});
    };
    const auto [value, slope] = value_and_grad([&](const Tensor& at) { return loss(at, t); })(x);
    const auto [expected, rest] = value_and_grad([&](const Tensor& at) { return loss(at, tensor({1, 0})); })(only);
    CHECK(value.item<double>() == expected.item<double>());
    CHECK(array_equal(slope, concatenate({rest[range(0, 1)], zeros({1, 3}, float64), rest[range(1, 2)]})));
  }
}

TEST_CASE("where all targets are ignored the sum is 0 and there is no mean") {
  const Tensor x = sines({2, 3}, 1), t = tensor({-100, -100});
  for (Reduction reduction : {Reduction::sum, Reduction::none}) {
    const auto loss = [&](const Tensor& at) {
      return sum(nn::softmax_cross_entropy(at, t, {.ignore_index = -100, .reduction = reduction}) +
                 nn::nll(at, t, {.ignore_index = -100, .reduction = reduction}));
    };
    const auto [value, slope] = value_and_grad(loss)(x);
    CHECK(value.item<double>() == 0);
    CHECK(array_equal(slope, zeros({2, 3}, float64)));
  }
  CHECK(nn::nll(x, t, {.ignore_index = -100, .reduction = Reduction::none}).shape() == Shape{2});
  CHECK_THROWS_WITH_AS(
      nn::softmax_cross_entropy(x, t, {.ignore_index = -100}),
      "softmax_cross_entropy: all 2 targets are the ignored class -100, so the mean loss is undefined; "
      "Reduction::sum gives 0",
      Error);
}

TEST_CASE("bce_with_logits is exact far out with its first and second derivative") {
  for (Dtype dtype : {float32, float64}) {
    const Tensor x = tensor({1e4, 1e4, -1e4, -1e4, 50.0, -50.0, 0.0}, dtype),
                 t = tensor({0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0}, dtype);
    const auto loss = [&](const Tensor& at) { return nn::bce_with_logits(at, t, {.reduction = Reduction::sum}); };
    const double tail = std::exp(-50.0), tolerance = dtype == float32 ? 1e-6 : 1e-14;
    const std::vector<double> losses = {1e4, 0, 0, 1e4, tail, tail, std::log(2.0)},
                              slopes = {1, 0, 0, -1, -tail, tail, -0.5}, curves = {0, 0, 0, 0, tail, tail, 0.25};
    const auto close = [&](const Tensor& found, const std::vector<double>& expected) {
      const auto values = found.to_vector<double>();
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(std::abs(values[i] - expected[i]) <= tolerance * std::abs(expected[i]));  // relative, also of e^-50
      }
    };
    close(nn::bce_with_logits(x, t, {.reduction = Reduction::none}), losses);
    close(grad(loss)(x), slopes);
    close(hvp(loss, x, ones_like(x)), curves);
  }
}

TEST_CASE("cross-entropies are finite for extreme logits under every option") {
  for (Dtype dtype : {float32, float64}) {
    const Tensor x = tensor<double>({{1e4, -1e4, 0}, {-1e4, 1e4, 1e4}}, dtype), t = tensor({1, 2});
    const nn::CrossEntropyOptions smoothed = {.label_smoothing = 0.3, .weight = ones({3}, dtype)};
    const auto [value, slope] =
        value_and_grad([&](const Tensor& at) { return nn::softmax_cross_entropy(at, t, smoothed); })(x);
    // Row 0: 0.8 of 2e4 and 0.1 of 1e4, row 1: ln 2 for the two that tie and 0.1 of 2e4.
    CHECK(value.item<double>() == doctest::Approx((17000 + 2000 + std::log(2.0)) / 2).epsilon(1e-6));
    check_close(slope, {0.45, -0.4, -0.05, -0.05, 0.2, -0.15}, 1e-6);
    check_close(nn::softmax_cross_entropy(x, t, {.reduction = Reduction::none}), {20000, std::log(2.0)}, 1e-6);
  }
}

TEST_CASE("a masked logit costs nothing where the target has no share in it") {
  const Tensor x = tensor<double>({{0, -kInfinity, 0}}, float64);
  for (Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const auto [value, slope] = value_and_grad([&](const Tensor& at) {
      return sum(nn::softmax_cross_entropy(at, one_hot(tensor({2}), 3, float64), {.reduction = reduction}));
    })(x);
    CHECK(value.item<double>() == doctest::Approx(std::log(2.0)).epsilon(1e-15));
    check_close(slope, {0.5, 0, -0.5}, 1e-15);
  }
}

TEST_CASE("kl_div of a target of 0 is without that term in value and derivatives") {
  const Tensor x = tensor<double>({{-1, -2, -kInfinity}}, float64), t = tensor<double>({{0.25, 0.75, 0}}, float64);
  const auto loss = [](const Tensor& outputs, const Tensor& targets) { return nn::kl_div(outputs, targets); };
  const auto [value, slopes] = value_and_grad(loss)(x, t);
  CHECK(value.item<double>() ==
        doctest::Approx(0.25 * (std::log(0.25) + 1) + 0.75 * (std::log(0.75) + 2)).epsilon(1e-15));
  check_close(std::get<0>(slopes), {-0.25, -0.75, 0}, 0);
  check_close(std::get<1>(slopes), {std::log(0.25) + 2, std::log(0.75) + 3, 0}, 1e-15);
}

TEST_CASE("losses with a kink take the derivative 0 there") {
  const Tensor zero = zeros({1, 2}, float64), one = ones({1, 2}, float64);
  check_close(grad([&](const Tensor& y) { return nn::l1(y, zero); })(zero), {0, 0}, 0);
  check_close(grad([&](const Tensor& y) { return nn::hinge(y, one); })(one), {0, 0}, 0);
  check_close(grad([&](const Tensor& a) { return nn::triplet(a, a, a); })(one), {0, 0}, 0);
  const auto away = grad([&](const Tensor& a) { return nn::triplet(a, zero, one, {.margin = 2}); })(zero);
  check_close(away, {std::sqrt(0.5), std::sqrt(0.5)}, 1e-15);
}

TEST_CASE("cosine_similarity works along any axis and broadcasts") {
  const Tensor x = sines({4, 3}, 1), y = sines({4, 3}, 0.5);  // PyTorch 1.13.1
  check_close(nn::cosine_similarity(x, y),
              {0.8891225322064341, 0.8897993382363523, 0.8895913012367448, 0.8885081404704309}, 1e-14);
  check_close(nn::cosine_similarity(x, y, 0), {0.9439034338006111, 0.9966928500967851, 0.9640579643662615}, 1e-14);
  check_close(nn::cosine_similarity(x, x[2])[range(2, 3)], {1}, 1e-15);
  check_close(nn::cosine_similarity(zeros({3}, float64), x[0]), {0}, 0);
  check_close(nn::cosine_similarity(full({3}, 1e30), full({3}, -1e30)), {-1}, 1e-6);
  const auto report = tools::gradcheck([](const Tensor& a, const Tensor& b) { return nn::cosine_similarity(a, b, 0); },
                                       {x, y}, {.order = 2});
  CAPTURE(to_string(report));
  CHECK(report.passed());
}

TEST_CASE("cosine_similarity takes its axis and its norms after broadcasting") {
  CHECK(allclose(nn::cosine_similarity(ones({2, 4}), ones({2, 1})), ones({2})));
  const Tensor line = tensor({1.f, 2.f, 3.f, 4.f});
  CHECK(allclose(nn::cosine_similarity(ones({3, 4}), line, 0), ones({4})));
  CHECK(allclose(nn::cosine_similarity(ones({3, 4}), ones({4}), 1), ones({3})));
  CHECK_THROWS_WITH_AS(nn::cosine_similarity(line, ones({4}, int64)),
                       "cosine_similarity: dtypes differ: float32 and int64; convert with astype", DtypeError);
}

TEST_CASE("a masked logit is the same to cross-entropy's definition and to its fused form") {
  const Tensor logits = tensor({{-std::numeric_limits<double>::infinity(), 1.0, 2.0}}, float64);
  const auto loss = [](const Tensor& x) { return nn::softmax_cross_entropy(x, tensor({1})); };
  const double expected = std::log1p(std::exp(1.0));
  for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked}) {
    const OverrideScope scope(mode);
    CHECK(std::abs(loss(logits).item<double>() - expected) < 1e-12);
    CHECK(all(isfinite(grad(loss)(logits))).item<bool>());
  }
}

TEST_CASE("huber near 0 is half the square and far out a straight line") {
  const Tensor y = tensor({0.5, -3.0, 1e200, 2.0}, float64), t = zeros({4}, float64);
  check_close(nn::huber(y, t, {.delta = 2, .reduction = Reduction::none}), {0.125, 4, 2e200, 2}, 1e-15);
  const auto slope =
      grad([&](const Tensor& at) { return nn::huber(at, t, {.delta = 2, .reduction = Reduction::sum}); });
  check_close(slope(y), {0.5, -2, 2, 2}, 1e-15);
}

TEST_CASE("losses in overridden modes agree") {
  const Tensor x = sines({4, 3}, 1), y = sines({4, 3}, 0.5);
  for (const LossCase& one : loss_cases()) {
    CAPTURE(one.name);
    const OverrideScope scope{OverrideMode::checked};
    CHECK_NOTHROW(grad([&](const Tensor& at) { return sum(one.loss(at, y, Reduction::mean)); })(x));
  }
}

TEST_CASE("each misuse of a loss is answered by a sentence") {
  struct Misuse {
    std::function<void()> call;
    std::string message;
  };
  const Tensor x = zeros({2, 3}), t = tensor({0, 2}), v = zeros({2}), d = zeros({2, 3}, float64);
  const auto weight = [](std::vector<double> values) {
    return tensor(values, {static_cast<std::int64_t>(values.size())});
  };
  const std::vector<Misuse> misuses = {
      {[&] { nn::mse(x, v, {.reduction = Reduction::none}); },
       "mse: the targets (2,) differ in shape from the outputs (2, 3)"},
      {[&] { nn::l1(x, d); }, "l1: dtypes differ: outputs float32, targets float64; convert with astype"},
      {[&] { nn::l1(t, t); }, "l1: expects float32 or float64, got int64; convert with astype"},
      {[&] { nn::huber(x, x, {.delta = 0}); }, "huber: delta must be finite and above 0, got 0"},
      {[&] { nn::huber(zeros({0}), zeros({0})); },
       "huber: outputs (0,) are empty, so the mean loss is undefined; Reduction::sum gives 0"},
      {[&] { nn::euclidean(v, v, {.reduction = Reduction::none}); }, "euclidean: needs rows (N, K), got shape (2,)"},
      {[&] {
         nn::softmax_cross_entropy(x, tensor({0, 3}), {.reduction = Reduction::none});
       },
       "softmax_cross_entropy: class index 3 of row 1 is outside 0 … 2"},
      {[&] {
         nn::softmax_cross_entropy(x, tensor({-1, 3}), {.ignore_index = -1});
       },
       "softmax_cross_entropy: class index 3 of row 1 is outside 0 … 2"},
      {[&] { nn::softmax_cross_entropy(x, x, {.ignore_index = 0}); },
       "softmax_cross_entropy: ignore_index 0 requires int64 class indices, got float32 targets"},
      {[&] { nn::softmax_cross_entropy(x, t, {.label_smoothing = 1.5}); },
       "softmax_cross_entropy: label_smoothing must be between 0 and 1, got 1.5"},
      {[&] { nn::softmax_cross_entropy(x, t, {.label_smoothing = NAN}); },
       "softmax_cross_entropy: label_smoothing must be between 0 and 1, got nan"},
      {[&] { nn::softmax_cross_entropy(x, t, {.weight = v}); },
       "softmax_cross_entropy: expects 3 class weights for outputs (2, 3), got shape (2,)"},
      {[&] { nn::softmax_cross_entropy(x, t, {.weight = zeros({3}, float64)}); },
       "softmax_cross_entropy: class weights are float64 but the outputs are float32; convert with astype"},
      {[&] {
         nn::softmax_cross_entropy(x, t, {.weight = weight({1, -1, 1})});
       },
       "softmax_cross_entropy: class weights must be finite and not negative, got -1 at position 1"},
      {[&] {
         nn::softmax_cross_entropy(x, t, {.weight = weight({0, 1, 0})});
       },
       "softmax_cross_entropy: the class weights of all targets are 0, so the mean loss is undefined; Reduction::sum "
       "gives 0"},
      {[&] { nn::nll(x, x); }, "nll: targets must be int64 class indices, got float32"},
      {[&] { nn::nll(x, tensor({0})); }, "nll: (2, 3) needs 2 class indices, got shape (1,)"},
      {[&] {
         nn::nll(x, tensor({0, -100}));
       },
       "nll: class index -100 of row 1 is outside 0 … 2"},
      {[&] { nn::bce_with_logits(x, x - 1); }, "bce_with_logits: targets must be in 0 … 1, got -1 at position 0"},
      {[&] { nn::bce_with_logits(x, x, {.weight = v}); },
       "bce_with_logits: weights (2,) do not broadcast to the outputs (2, 3)"},
      {[&] {
         nn::bce_with_logits(x, x, {.pos_weight = weight({1, 2, INFINITY})});
       },
       "bce_with_logits: pos_weights must be finite and not negative, got inf at position 2"},
      {[&] { nn::hinge(x, x); }, "hinge: targets must be -1 or 1, got 0 at position 0"},
      {[&] { nn::kl_div(x, x - 0.5); }, "kl_div: targets must be probabilities, got -0.5 at position 0"},
      {[&] { nn::kl_div(v, v); }, "kl_div: expects rows (N, K), got shape (2,)"},
      {[&] { nn::cosine_similarity(x, zeros({2})); }, "cosine_similarity: shapes do not broadcast: (2, 3) and (2,)"},
      {[&] { nn::cosine_similarity(x, x, -1, 0); }, "cosine_similarity: epsilon must be positive, got 0"},
      {[&] { nn::cosine_embedding(x, x, v); }, "cosine_embedding: targets must be -1 or 1, got 0 at position 0"},
      {[&] { nn::cosine_embedding(x, d, v); },
       "cosine_embedding: dtypes differ: float32 and float64; convert with astype"},
      {[&] { nn::cosine_embedding(x, x, t); }, "cosine_embedding: targets must be float32 like the rows, got int64"},
      {[&] { nn::cosine_embedding(x, x, zeros({3})); },
       "cosine_embedding: rows (2, 3) require 2 targets, got shape (3,)"},
      {[&] { nn::cosine_embedding(x, x, v, {.margin = 2}); },
       "cosine_embedding: the margin must be between -1 and 1, got 2"},
      {[&] {
         nn::triplet(x, x, zeros({3, 3}));
       },
       "triplet: shapes differ: (2, 3) and (3, 3)"},
      {[&] { nn::triplet(v, v, v); }, "triplet: expects rows (N, D), got shape (2,)"},
      {[&] { nn::triplet(x, x, x, {.margin = -1}); }, "triplet: the margin must be finite and not negative, got -1"},
      {[&] { nn::triplet(x, x, x, {.p = 3}); }, "triplet: p must be 1, 2 or infinity, got 3"},
  };
  for (const Misuse& misuse : misuses) CHECK_THROWS_WITH_AS(misuse.call(), misuse.message.c_str(), Error);
}

}  // namespace retrograd::tests
