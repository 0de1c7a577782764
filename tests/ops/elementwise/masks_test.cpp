// A mask or a weight of 0 chooses, it does not multiply: what it leaves out may be infinite or NaN.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

constexpr double kInf = INFINITY;
using Values = std::vector<double>;

struct Loss {
  double value;
  Values slope;
};
template <class F>
Loss loss_at(const Tensor& x, F f) {
  Tape tape;
  tape.watch(x);
  const Tensor y = f(x);
  return {y.template to_vector<double>()[0], tape.gradients(y)[x].template to_vector<double>()};
}
bool are_finite(const Values& values) {
  for (double v : values)
    if (!std::isfinite(v)) return false;
  return true;
}

}  // namespace

TEST_CASE("a certain answer that is right costs nothing, and its slope is finite") {
  for (const Dtype dtype : {float32, float64}) {
    const Tensor certain = tensor({-kInf, kInf}, dtype), targets = tensor({0.0, 1.0}, dtype);
    const Loss bce = loss_at(certain, [&](const Tensor& x) { return nn::bce_with_logits(x, targets); });
    CHECK(bce.value == 0);
    CHECK(bce.slope == Values{0, 0});
    const Tensor none = zeros({2}, dtype);
    const Loss unweighted = loss_at(tensor({kInf, -kInf}, dtype),
                                    [&](const Tensor& x) { return nn::bce_with_logits(x, targets, {.weight = none}); });
    CHECK(unweighted.value == 0);
    CHECK(are_finite(unweighted.slope));
    const Loss positive = loss_at(tensor({-kInf, -kInf}, dtype), [&](const Tensor& x) {
      return nn::bce_with_logits(x, targets, {.pos_weight = none});
    });
    CHECK(positive.value == 0);
    CHECK(are_finite(positive.slope));
    const Loss kl = loss_at(reshape(tensor({0.0, -kInf}, dtype), {1, 2}), [&](const Tensor& x) {
      return nn::kl_div(x, reshape(tensor({1.0, 0.0}, dtype), {1, 2}));
    });
    CHECK(kl.value == 0);
    CHECK(are_finite(kl.slope));
  }
}

TEST_CASE("a class of weight 0 and one that is ignored cost nothing, however certain the answer") {
  const Tensor logs = reshape(tensor({-INFINITY, 0.0f, -1.0f, -2.0f}), {2, 2}), targets = tensor({0, 1}),
               weight = tensor({0.0f, 1.0f});
  const Loss nll = loss_at(logs, [&](const Tensor& x) { return nn::nll(x, targets, {.weight = weight}); });
  CHECK(nll.value == 2);
  CHECK(are_finite(nll.slope));
  for (const nn::Reduction reduction : {nn::Reduction::mean, nn::Reduction::sum}) {
    const Loss entropy = loss_at(logs, [&](const Tensor& x) {
      return nn::softmax_cross_entropy(x, targets, {.weight = weight, .reduction = reduction});
    });
    CHECK(entropy.value == doctest::Approx(std::log1p(std::exp(1.0))));
    CHECK(are_finite(entropy.slope));
    const Loss ignored = loss_at(logs, [&](const Tensor& x) {
      return nn::softmax_cross_entropy(x, targets, {.ignore_index = 0, .reduction = reduction});
    });
    CHECK(ignored.value == doctest::Approx(std::log1p(std::exp(1.0))));
    CHECK(are_finite(ignored.slope));
  }
}

TEST_CASE("dropout drops infinite values and infinite cotangents") {
  Rng rng(1);
  const nn::Training training{rng};
  const Tensor x = full({1000}, INFINITY);
  Tape tape;
  tape.watch(x);
  const Tensor y = nn::Dropout(0.5)(x);
  const Values values = y.to_vector<double>(), slopes = tape.gradients(y, x)[x].to_vector<double>();
  int dropped = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK((values[i] == 0 || values[i] == kInf));
    CHECK(slopes[i] == values[i]);
    dropped += values[i] == 0;
  }
  CHECK(dropped > 400);
}

TEST_CASE("the slope of huber is the bound where the difference is infinite") {
  const Loss huber = loss_at(tensor({INFINITY, -INFINITY}), [](const Tensor& x) {
    return nn::huber(x, zeros({2}), {.delta = 2, .reduction = nn::Reduction::sum});
  });
  CHECK(huber.slope == Values{2, -2});
}

TEST_CASE("an average that keeps nothing of what was replaces a NaN") {
  Rng rng(2);
  const nn::Training training{rng};
  nn::BatchNorm1d layer(2, {.momentum = 1});
  fill(layer.running_mean.tensor, NAN);
  fill(layer.running_var.tensor, NAN);
  layer(reshape(tensor({1.0f, 2.0f, 3.0f, 6.0f}), {2, 2}));
  CHECK(layer.running_mean.tensor.to_vector<double>() == Values{2, 4});
  CHECK(layer.running_var.tensor.to_vector<double>() == Values{2, 8});
  nn::BatchNorm1d still(2, {.momentum = 0});
  still(full({3, 2}, NAN));
  CHECK(still.running_mean.tensor.to_vector<double>() == Values{0, 0});
}

TEST_CASE("the gradient of a largest and a smallest value of a line with a NaN is NaN") {
  const Tensor x = reshape(tensor({1.0f, NAN, 3.0f, 4.0f, 5.0f, 5.0f}), {2, 3});
  for (const bool is_max : {true, false}) {
    const auto f = [&](const Tensor& v) { return sum(is_max ? max(v, 1) : min(v, 1)); };
    const Values slope = grad(f)(x).to_vector<double>();
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::isnan(slope[i]));
    CHECK(Values(slope.begin() + 3, slope.end()) == (is_max ? Values{0, 0.5, 0.5} : Values{1, 0, 0}));
  }
  CHECK(std::isnan(grad([](const Tensor& v) { return norm(v, INFINITY); })(x).to_vector<double>()[1]));
}

}  // namespace retrograd::tests
