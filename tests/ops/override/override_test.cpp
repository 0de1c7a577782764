#include <doctest/doctest.h>

#include <cmath>

#include "../op_table.h"

namespace retrograd::tests {

namespace {

double relative_l2(const Tensor& a, const Tensor& b) {
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  double distance = 0, norm = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    distance += (x[i] - y[i]) * (x[i] - y[i]);
    norm += y[i] * y[i];
  }
  return norm > 0 ? std::sqrt(distance / norm) : std::sqrt(distance);
}

// Sample inputs of each override; one without a row fails the suite.
std::vector<Tensors> samples_of(const std::string& name, Dtype dtype) {
  Rng rng(3);
  const auto draw_one = [&](const Shape& shape, double scale = 1) {
    return astype(normal(shape, 0, scale, rng, float64), dtype);
  };
  const auto targets = [&](std::int64_t rows, std::int64_t columns) {
    Tensor logits = normal({rows, columns}, 0, 1, rng);
    return argmax(logits, 1);
  };
  if (name == "relu" || name == "sigmoid")
    return {{draw_one({})}, {draw_one({7})}, {draw_one({5, 9})}, {draw_one({3, 4}, 10)}, {transpose(draw_one({4, 3}))}};
  if (name.starts_with("linear"))
    return {{draw_one({5, 4}), draw_one({3, 4}), draw_one({3})},
            {draw_one({1, 1}), draw_one({1, 1}), draw_one({1})},
            {draw_one({10, 70}), draw_one({33, 70}), draw_one({33})},
            {draw_one({2, 3, 4}), draw_one({5, 4}), draw_one({5})},
            {draw_one({100, 784}), draw_one({128, 784}), draw_one({128})},
            {transpose(draw_one({4, 5})), transpose(draw_one({4, 3})), draw_one({3})}};
  if (name == "mse")
    return {{draw_one({}), draw_one({})}, {draw_one({7}), draw_one({7})}, {draw_one({2, 3, 5}), draw_one({2, 3, 5})}};
  if (name == "euclidean" || name == "softmax_cross_entropy")
    return {{draw_one({4, 10}), one_hot(targets(4, 10), 10, dtype)},
            {draw_one({100, 10}, 5), targets(100, 10)},
            {draw_one({1, 2}), targets(1, 2)},
            {draw_one({3, 5}), abs(draw_one({3, 5}))}};
  const auto along = [](std::int64_t axis) { return tensor(axis); };
  if (name == "softmax" || name == "log_softmax" || name == "logsumexp")
    return {{draw_one({5, 9}), along(1)},           {draw_one({7}, 0.3), along(0)},     {draw_one({4, 1}), along(-1)},
            {draw_one({1, 1300}), along(1)},        {draw_one({100, 10}, 3), along(1)}, {draw_one({3, 33}), along(1)},
            {draw_one({300, 17}), along(1)},        {draw_one({3, 4, 5}), along(1)},    {draw_one({6, 3}), along(0)},
            {transpose(draw_one({4, 3})), along(1)}};
  if (name == "batch_norm") {
    const auto with = [&](const Tensor& x, double epsilon) {
      const Shape own = {x.shape()[1]};
      return Tensors{x, draw_one(own), draw_one(own), tensor(epsilon, float64)};
    };
    return {with(draw_one({5, 9}), 1e-5),           with(draw_one({3, 2, 5}), 1e-3),
            with(draw_one({2, 3, 4, 5}, 4), 1e-5),  with(draw_one({300, 17}), 0),
            with(draw_one({2, 20, 40, 40}), 1e-5),  with(draw_one({1, 3, 7}), 1e-5),
            with(transpose(draw_one({4, 3})), 1e-5)};
  }
  if (name == "layer_norm") {
    const auto with = [&](const Tensor& x, const Shape& own, double epsilon) {
      return Tensors{x, draw_one(own), draw_one(own), tensor(epsilon, float64)};
    };
    return {with(draw_one({5, 9}), {9}, 1e-5),          with(draw_one({7}), {7}, 1e-3),
            with(draw_one({2, 3, 4}), {3, 4}, 1e-5),    with(draw_one({2, 3, 4}), {4}, 0),
            with(draw_one({2, 1300}, 5), {1300}, 1e-5), with(transpose(draw_one({4, 3})), {4}, 1e-5)};
  }
  return {};
}

struct Outcome {
  Tensor value;
  Tensors gradients;
};
Outcome run(const Override& op, OverrideMode mode, const Tensors& inputs) {
  const OverrideScope scope{mode};
  Tape tape;
  for (const Tensor& x : inputs)
    if (is_floating(x.dtype())) tape.watch(x);
  const Tensor y = op(inputs);
  Rng rng(9);
  const Gradients g = tape.gradients(y, uniform(y.shape(), 0.5, 1.5, rng, y.dtype()));
  Outcome outcome{y, {}};
  for (const Tensor& x : inputs)
    if (is_floating(x.dtype())) outcome.gradients.push_back(g.get_or_zeros(x));
  return outcome;
}

Tensor doubled_composed(const Tensor& x) { return x + x; }
Tensor doubled_wrong_value(const Tensor& x) { return 2.001 * x; }
Tensor doubled_wrong_rule(const Tensor& x) {
  return record("doubled", detach(2 * x),
                wrt(x, [](const Tensor& g) { return 2 * g * where(g > 0, 1.0, 1.5 + 0 * g); }));
}
Tensor doubled_wrong_shape(const Tensor& x) { return sum(2 * x); }
const Override kWrongValue{"wrong_value", doubled_composed, doubled_wrong_value};
const Override kWrongRule{"wrong_rule", doubled_composed, doubled_wrong_rule};
const Override kWrongShape{"wrong_shape", doubled_composed, doubled_wrong_shape};

}  // namespace

TEST_CASE("every override in the registry equals its composition, value and all gradients") {
  for (const Override* op : overrides::all()) {
    CAPTURE(op->name());
    for (Dtype dtype : {float32, float64}) {
      CAPTURE(name(dtype));
      // The composition of batch_norm adds up g∘h, whose terms cancel; the fused op takes the mean off g first.
      const bool cancels = op == &overrides::batch_norm;
      const double tolerance = dtype == float64 ? 1e-13 : cancels ? 4e-6 : 1e-6;
      const std::vector<Tensors> samples = samples_of(op->name(), dtype);
      REQUIRE_MESSAGE(!samples.empty(), "this override has no sample inputs");
      for (const Tensors& inputs : samples) {
        CAPTURE(inputs[0].shape());
        const Outcome fused = run(*op, OverrideMode::fused, inputs),
                      composed = run(*op, OverrideMode::composed, inputs);
        CHECK(relative_l2(fused.value, composed.value) <= tolerance);
        for (std::size_t i = 0; i < fused.gradients.size(); ++i) {
          CAPTURE(i);
          CHECK(relative_l2(fused.gradients[i], composed.gradients[i]) <= tolerance);
        }
        CHECK_NOTHROW(run(*op, OverrideMode::checked, inputs));
      }
    }
  }
}

TEST_CASE("overrides differentiate twice, fused and checked, like their compositions") {
  for (const Override* op : overrides::all()) {
    CAPTURE(op->name());
    const Tensors inputs = samples_of(op->name(), float64)[0];
    const auto second = [&](OverrideMode mode) {
      const OverrideScope scope{mode};
      return grad([&](const Tensor& v) {
        const auto first = grad([&](const Tensor& x) {
          Tensors with = inputs;
          with[0] = x;
          const Tensor y = (*op)(with);
          Rng rng(7);  // the squares of what is normalized add up to a constant: weigh them
          return sum(square(y) * uniform(y.shape(), 0.5, 1.5, rng, y.dtype()));
        });
        return sum(square(first(v)));
      })(inputs[0]);
    };
    CHECK(relative_l2(second(OverrideMode::fused), second(OverrideMode::composed)) <= 1e-12);
    CHECK(relative_l2(second(OverrideMode::checked), second(OverrideMode::composed)) <= 1e-12);
  }
}

TEST_CASE("checked mode survives extreme inputs") {
  const OverrideScope scope{OverrideMode::checked};
  for (double extreme : {1e4, -1e4, 0.0, 50.0}) {
    CAPTURE(extreme);
    for (Dtype dtype : {float32, float64}) {
      const Tensor x = tensor<double>({extreme, -extreme, 1.0, extreme}, dtype);
      for (auto op : {relu, sigmoid}) CHECK_NOTHROW(grad([&](const Tensor& v) { return sum(op(v)); })(x));
      const Tensor logits = reshape(x, {2, 2});
      CHECK_NOTHROW(grad([](const Tensor& v) { return nn::softmax_cross_entropy(v, tensor({0, 1})); })(logits));
      CHECK_NOTHROW(grad([](const Tensor& v) { return nn::euclidean(v, tensor({0, 1})); })(logits));
      for (auto op : {softmax, log_softmax})
        CHECK_NOTHROW(grad([&](const Tensor& v) { return sum(op(v, 1)); })(logits));
      CHECK_NOTHROW(grad([](const Tensor& v) { return sum(logsumexp(v, 1)); })(logits));
      CHECK_NOTHROW(grad([](const Tensor& v) { return sum(layer_norm(v, ones_like(v), v)); })(logits));
    }
  }
}

TEST_CASE("a wrong override is caught and named") {
  const Tensor x = tensor({1.0, -2.0, 3.0}, float64);
  const OverrideScope scope{OverrideMode::checked};
  CHECK_THROWS_WITH_AS(kWrongValue(x),
                       doctest::Contains("override wrong_value: the value differs most at [2]: fused 6.00"),
                       OverrideMismatch);
  CHECK_THROWS_WITH_AS(
      kWrongShape(x),
      doctest::Contains("override wrong_shape: the value is float64 () fused, but float64 (3,) composed"),
      OverrideMismatch);
  // Wrong only where the cotangent is negative: ones would let it pass.
  CHECK_NOTHROW(grad([](const Tensor& v) { return sum(kWrongRule(v)); })(x));
  CHECK_THROWS_WITH_AS(
      grad([](const Tensor& v) {
        return sum(kWrongRule(v) * tensor({1.0, -1.0, 1.0}, float64));
      })(x),
      doctest::Contains("override wrong_rule: the gradient of input 0 differs most at [1]: fused -3, composed -2"),
      OverrideMismatch);
}

TEST_CASE("a mismatch in the sweep leaves the recording state as it was") {
  const OverrideScope scope{OverrideMode::checked};
  const Tensor x = tensor({1.0, -2.0, 3.0}, float64);
  {
    Tape tape;
    tape.watch(x);
    const Tensor y = sum(kWrongRule(x) * tensor({1.0, -1.0, 1.0}, float64));
    CHECK_THROWS_AS(tape.gradients(y), OverrideMismatch);
  }
  CHECK(override_mode() == OverrideMode::checked);
  CHECK(grad([](const Tensor& v) { return sum(square(v)); })(x).to_vector<double>() == std::vector<double>{2, -4, 6});
}

TEST_CASE("scopes of modes nest and end") {
  CHECK(override_mode() == OverrideMode::fused);
  {
    const OverrideScope outer{OverrideMode::composed};
    {
      const OverrideScope inner{OverrideMode::checked};
      CHECK(override_mode() == OverrideMode::checked);
    }
    CHECK(override_mode() == OverrideMode::composed);
  }
  CHECK(override_mode() == OverrideMode::fused);
}

TEST_CASE("an override says how many tensors it takes") {
  CHECK_THROWS_WITH_AS(overrides::linear(zeros({2, 2})), "linear: expects 3 tensors, got 1", Error);
}

TEST_CASE("checked mode accepts right ops where the terms of a value cancel") {
  const OverrideScope scope{OverrideMode::checked};
  Rng rng(4);
  for (Dtype dtype : {float32, float64}) {
    for (double x : {-8.0, -12.0, -20.0, -80.0}) CHECK_NOTHROW(sigmoid(full({4}, x, dtype)));
    for (int i = 0; i < 100; ++i) {
      const Tensor logits = astype(normal({1, 32}, 0, 5, rng, float64), dtype);
      CHECK_NOTHROW(nn::softmax_cross_entropy(logits, argmax(logits, 1)));  // a confident single row
      const Tensor x = astype(normal({1, 64}, 0, 1, rng, float64), dtype),
                   w = astype(normal({1, 64}, 0, 1, rng, float64), dtype);
      CHECK_NOTHROW(linear(x, w, -sum(x * w, 1)));  // what is left is rounding
    }
  }
}

TEST_CASE("overrides refuse bad input themselves, in either form") {
  for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed}) {
    const OverrideScope scope{mode};
    CHECK_THROWS_AS(overrides::linear(zeros({1, 3}), zeros({2, 3}), zeros({4000})), ShapeError);
    CHECK_THROWS_AS(overrides::softmax_cross_entropy(zeros({1, 3}), tensor({5})), ShapeError);
    CHECK_THROWS_AS(overrides::euclidean(zeros({1, 3}), zeros({3, 1})), ShapeError);
  }
}

}  // namespace retrograd::tests
