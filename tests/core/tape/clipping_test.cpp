#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

struct Two {
  Tensor a, b, unused;
  static void fields(auto& self, auto&& visit) {
    visit("a", self.a);
    visit("b", self.b);
    visit("unused", self.unused);
  }
};

// Gradients of these values, and none for the last.
struct Swept {
  explicit Swept(Dtype dtype, double last = 8) : model{zeros({2, 2}, dtype), zeros({3}, dtype), zeros({1}, dtype)} {
    Tape tape;
    tape.watch(model);
    g = tape.gradients_or_none(sum(model.a * tensor({{3.0, -4.0}, {0.5, 1.0}}, dtype)) +
                               sum(model.b * tensor({2.0, -0.25, last}, dtype)));
  }
  Two model;
  Gradients g;
  std::vector<double> values() const {
    auto all = g[model.a].to_vector<double>();
    for (double value : g[model.b].to_vector<double>()) all.push_back(value);
    return all;
  }
};

void check_close(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(std::abs(found[i] - expected[i]) <= tolerance * std::abs(expected[i]));
}

}  // namespace

// Values: PyTorch 1.13.1, clip_grad_norm_ and clip_grad_value_ in float64.
TEST_CASE("clipping by the norm and by value follows PyTorch") {
  for (Dtype dtype : {float64, float32}) {
    const double tolerance = dtype == float64 ? 1e-15 : 2e-7;
    Swept swept(dtype);
    CHECK(swept.g.clip_norm(100) == doctest::Approx(9.711462299777516).epsilon(1e-15));
    CHECK(swept.values() == std::vector<double>{3, -4, 0.5, 1, 2, -0.25, 8});
    CHECK(swept.g.clip_norm(2.5) == doctest::Approx(9.711462299777516).epsilon(1e-15));
    check_close(swept.values(),
                {0.7722832047536875, -1.0297109396715833, 0.12871386745894792, 0.25742773491789583, 0.5148554698357917,
                 -0.06435693372947396, 2.0594218793431667},
                tolerance);
    CHECK(!swept.g.contains(swept.model.unused));
    Swept by_value(dtype);
    by_value.g.clip_value(1.5);
    CHECK(by_value.values() == std::vector<double>{1.5, -1.5, 0.5, 1, 1.5, -0.25, 1.5});
    CHECK(!by_value.g.contains(by_value.model.unused));
  }
}

TEST_CASE("a norm that is not finite is refused by the name of the gradient and nothing is scaled") {
  for (double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    Swept swept(float32, bad);
    CHECK_THROWS_WITH_AS(
        swept.g.clip_norm(1),
        (std::string("clip_norm: the norm of the gradient of b (float32 (3,)) is ") + (std::isnan(bad) ? "nan" : "inf"))
            .c_str(),
        Error);
    CHECK(swept.g[swept.model.a].to_vector<double>() == std::vector<double>{3, -4, 0.5, 1});
    swept.g.clip_value(2);
    const double clipped = swept.values().back();
    CHECK((std::isnan(bad) ? std::isnan(clipped) : clipped == std::copysign(2, bad)));
  }
  Swept swept(float32);
  CHECK_THROWS_WITH_AS(swept.g.clip_norm(NAN), "clip_norm: the maximum norm must be positive, got nan", Error);
  CHECK_THROWS_WITH_AS(swept.g.clip_value(0), "clip_value: the limit must be positive, got 0", Error);
  CHECK_THROWS_WITH_AS(swept.g.clip_value(NAN), "clip_value: the limit must be positive, got nan", Error);
  Gradients none;
  CHECK(none.clip_norm(1) == 0);
}

TEST_CASE("gradients whose norm is infinite only together are refused and stay") {
  const std::vector<Tensor> model{zeros({1}, float64), zeros({1}, float64)};
  Tape tape;
  tape.watch(model);
  Gradients g = tape.gradients(sum(1.3e308 * (model[0] + model[1])));
  CHECK_THROWS_WITH_AS(g.clip_norm(1), "clip_norm: the joint norm of the gradients is inf", Error);
  for (const Tensor& one : model) CHECK(g[one].item<double>() == 1.3e308);
}

TEST_CASE("gradients whose squares overflow or vanish have a norm and are clipped by it") {
  for (const auto& [dtype, size] :
       {std::pair{float64, 1.2e200}, {float64, 1.2e-200}, {float32, 3e38}, {float32, 1e-44}}) {
    CAPTURE(size);
    const std::vector<Tensor> model{zeros({3}, dtype), zeros({1}, dtype)};
    Tape tape;
    tape.watch(model);
    Gradients g = tape.gradients(sum(model[0]) + sum(model[1]));
    const double held = full({}, size, dtype).to_vector<double>()[0];
    g *= size;
    CHECK(g.norm() == doctest::Approx(2 * held).epsilon(1e-15));
    if (size < 1) continue;
    CHECK(g.clip_norm(1) == doctest::Approx(2 * held).epsilon(1e-15));
    for (const Tensor& one : model)
      for (double value : g[one].to_vector<double>()) CHECK(value == doctest::Approx(0.5).epsilon(1e-6));
  }
}

TEST_CASE("a norm counts every element of large tensors and of those that wait as products") {
  Rng rng(1);
  std::vector<Tensor> model{normal({300, 401}, 0, 1, rng)};
  const Tensor x = normal({50, 300}, 0, 1, rng);
  Tape tape;
  tape.watch(model);
  Gradients g = tape.gradients(sum(square(matmul(x, model[0]))));
  REQUIRE(g.begin()->deferred);
  double sum_of_squares = 0;
  Gradients same = g;
  for (double value : same[model[0]].to_vector<double>()) sum_of_squares += value * value;
  CHECK(g.norm() == doctest::Approx(std::sqrt(sum_of_squares)).epsilon(1e-13));
  const double before = g.clip_norm(1);
  CHECK(g.norm() == doctest::Approx(1).epsilon(1e-6));
  CHECK(before == doctest::Approx(std::sqrt(sum_of_squares)).epsilon(1e-13));
}

TEST_CASE("the gradients of micro-batches add up to those of one large batch") {
  for (Dtype dtype : {float64, float32}) {
    Rng rng(1);
    nn::Mlp model{{5, 7, 3}, nn::Activation::tanh, rng, nn::FanInUniform{}, dtype};
    const Tensor x = normal({12, 5}, 0, 1, rng, dtype), labels = randint({12}, 0, 3, rng);
    const auto sweep = [&](std::int64_t begin, std::int64_t end) {
      Tape tape;
      tape.watch(model);
      return tape.gradients(nn::softmax_cross_entropy(model(x[range(begin, end)]), labels[range(begin, end)]));
    };
    const Gradients large = sweep(0, 12);
    Gradients sum;
    for (std::int64_t k = 0; k < 4; ++k) sum += sweep(3 * k, 3 * k + 3);
    sum *= 1.0 / 4;
    REQUIRE(sum.size() == large.size());
    for (const Parameter& one : parameters(model)) {
      CAPTURE(one.name);
      const auto found = sum[one.tensor].to_vector<double>(), expected = large[one.tensor].to_vector<double>();
      for (std::size_t i = 0; i < found.size(); ++i)
        CHECK(std::abs(found[i] - expected[i]) <= (dtype == float64 ? 1e-15 : 1e-7));
    }
    optim::Optimizer optimizer{optim::Adam{}};
    CHECK_NOTHROW(optimizer.step(model, sum));
  }
}

TEST_CASE("a sum of gradients starts empty and takes values not handles") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  const auto sweep = [&] {
    Tape tape;
    tape.watch(x);
    return tape.gradients(sum(square(x)));
  };
  const Gradients first = sweep();
  Gradients total;
  total += first;
  total += first;
  CHECK(total[x].to_vector<double>() == std::vector<double>{4, 8});
  CHECK(first[x].to_vector<double>() == std::vector<double>{2, 4});
  CHECK_THROWS_AS(total += Gradients(), TapeError);
}

}  // namespace retrograd::tests
