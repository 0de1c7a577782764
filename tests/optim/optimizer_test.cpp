#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <stdexcept>

namespace retrograd::tests {

namespace {

// p of size 3, whose gradient at every step is A p + c: enough to make each term of an update matter.
struct Quadratic {
  Tensor p = tensor({1.0, -2.0, 0.5}, float64);
  static void fields(auto& self, auto&& visit) { visit("p", self.p); }
  Tensor operator()() const { return sum(tensor({0.5, 1.5, 3.0}, float64) * square(p)) / 2 + sum(p); }
};
std::vector<double> slope(const std::vector<double>& p) { return {0.5 * p[0] + 1, 1.5 * p[1] + 1, 3.0 * p[2] + 1}; }

struct Tied {
  Tensor a = tensor({1.0}, float64), b = a;
  static void fields(auto& self, auto&& visit) {
    visit("a", self.a);
    visit("b", self.b);
  }
};

template <class Rule>
std::vector<double> run(Rule rule, int steps) {
  Quadratic model;
  optim::Optimizer optimizer{rule};
  for (int i = 0; i < steps; ++i) {
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(model()));
  }
  CHECK(optimizer.steps() == steps);
  return model.p.to_vector<double>();
}

void check_close(const std::vector<double>& found, const std::vector<double>& expected, double tolerance = 1e-14) {
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(std::abs(found[i] - expected[i]) <= tolerance * std::max(1.0, std::abs(expected[i])));
}

}  // namespace

TEST_CASE("Sgd follows v = mu v + (g + wd p), p = p - lr v") {
  for (const auto& [lr, mu, wd] :
       std::vector<std::array<double, 3>>{{0.1, 0.001, 1e-4}, {0.05, 0.9, 0}, {0.1, 0, 0.01}, {0.1, 0, 0}}) {
    std::vector<double> p = {1.0, -2.0, 0.5}, v(3);
    for (int step = 0; step < 20; ++step) {
      const auto g = slope(p);
      for (std::size_t i = 0; i < 3; ++i) {
        v[i] = mu * v[i] + (g[i] + wd * p[i]);
        p[i] -= lr * v[i];
      }
    }
    check_close(run(optim::Sgd{.learning_rate = lr, .momentum = mu, .weight_decay = wd}, 20), p);
  }
}

TEST_CASE("Adam follows its paper's algorithm 1") {
  for (double wd : {0.0, 0.1}) {
    const double lr = 0.05, b1 = 0.8, b2 = 0.95, epsilon = 1e-6;
    std::vector<double> p = {1.0, -2.0, 0.5}, m(3), v(3);
    for (int step = 1; step <= 20; ++step) {
      auto g = slope(p);
      for (std::size_t i = 0; i < 3; ++i) {
        g[i] += wd * p[i];
        m[i] = b1 * m[i] + (1 - b1) * g[i];
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
        p[i] -= lr * (m[i] / (1 - std::pow(b1, step))) / (std::sqrt(v[i] / (1 - std::pow(b2, step))) + epsilon);
      }
    }
    check_close(
        run(optim::Adam{.learning_rate = lr, .beta1 = b1, .beta2 = b2, .epsilon = epsilon, .weight_decay = wd}, 20), p,
        1e-13);
  }
}

TEST_CASE("a parameter without a gradient is named, and nothing is written") {
  Rng rng(1);
  nn::Mlp model{{2, 3, 1}, nn::Activation::tanh, rng};
  const auto before = model.layers[0].weight.to_vector<float>();
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1}};
  Tape tape;
  tape.watch(model);
  const Gradients g = tape.gradients(sum(square(model.layers[0].weight)));
  CHECK_THROWS_WITH_AS(optimizer.step(model, g),
                       doctest::Contains("optimizer: no gradient for layers.0.bias (float32 (3,))"), TapeError);
  CHECK(model.layers[0].weight.to_vector<float>() == before);
  CHECK(optimizer.steps() == 0);
}

TEST_CASE("a step under a tape that is not consumed is refused") {
  Quadratic model;
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1}};
  Tape tape(persistent);
  tape.watch(model);
  const Gradients g = tape.gradients(model());
  CHECK_THROWS_WITH_AS(optimizer.step(model, g), doctest::Contains("an open tape tracks"), TapeError);
}

TEST_CASE("a model that changed since the first step is refused") {
  Rng rng(1);
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1, .momentum = 0.9}};
  const auto step = [&](nn::Mlp model) {
    Tape tape;
    tape.watch(model);
    const Tensor x = ones({1, model.layers[0].weight.shape()[1]});
    optimizer.step(model, tape.gradients(sum(model(x))));
  };
  step(nn::Mlp{{2, 3, 1}, nn::Activation::tanh, rng});
  CHECK_THROWS_WITH_AS(step(nn::Mlp{{4, 3, 1}, nn::Activation::tanh, rng}),
                       doctest::Contains("layers.0.weight is float32 (3, 4), but was float32 (3, 2)"), ShapeError);
  CHECK_THROWS_AS(step(nn::Mlp{{2, 3, 3, 1}, nn::Activation::tanh, rng}), ShapeError);
}

TEST_CASE("a shared parameter is updated once") {
  Tied model;
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.5}};
  Tape tape;
  tape.watch(model);
  optimizer.step(model, tape.gradients(sum(model.a + 2 * model.b)));
  CHECK(model.b.item<double>() == 1 - 0.5 * 3);
}

TEST_CASE("rules refuse settings that make no sense") {
  CHECK_THROWS_WITH_AS((optim::Optimizer{optim::Sgd{.learning_rate = -1}}),
                       "Sgd: the learning rate cannot be negative or infinite, got -1", Error);
  CHECK_THROWS_AS((optim::Optimizer{optim::Sgd{.learning_rate = 0.1, .momentum = 1}}), Error);
  CHECK_THROWS_AS((optim::Optimizer{optim::Sgd{.learning_rate = 0.1, .weight_decay = -1}}), Error);
  CHECK_THROWS_AS((optim::Optimizer{optim::Adam{.beta1 = 1}}), Error);
  CHECK_THROWS_AS((optim::Optimizer{optim::Adam{.epsilon = 0}}), Error);
}

TEST_CASE("a model that changed its dtype is refused, and a rule is checked at every step") {
  Quadratic model;
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1, .momentum = 0.9}};
  const auto step = [&] {
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(sum(square(model.p))));
  };
  step();
  model.p = astype(model.p, float32);
  CHECK_THROWS_WITH_AS(step(), doctest::Contains("p is float32 (3,), but was float64 (3,)"), ShapeError);
  model.p = astype(model.p, float64);
  optimizer.rule.learning_rate = NAN;
  CHECK_THROWS_AS(step(), Error);
  CHECK(optimizer.steps() == 1);
}

namespace {
struct Failing {
  bool fails = true;
  optim::StateNames states() const { return {}; }
  void check() const {}
  template <class T>
  void update(const optim::RunOf<T>& run, std::int64_t) const {
    if (fails) detail::fail("this rule fails");
    for (std::int64_t i = 0; i < run.n; ++i) run.parameter[i] -= run.gradient[i];
  }
};
struct Large {
  Tensor w;
  static void fields(auto& self, auto&& visit) { visit("w", self.w); }
};
}  // namespace

TEST_CASE("an exception of a rule reaches the caller from any thread, and the next step is as if it had not been") {
  const int before = threads();
  set_threads(3);
  Rng rng(1);
  Large model{normal({300, 400}, 0, 1, rng)};
  const Tensor start = detail::copy_values(model.w), x = normal({50, 300}, 0, 1, rng);
  optim::Optimizer optimizer{Failing{}};
  const auto step = [&](bool waits) {
    Tape tape;
    tape.watch(model);
    const Tensor loss = waits ? mean(square(matmul(x, model.w))) : sum(model.w);
    const Gradients g = tape.gradients(loss);
    CHECK((g.begin()->deferred != nullptr) == waits);
    optimizer.step(model, g);
  };
  CHECK_THROWS_WITH_AS(step(false), "this rule fails", Error);
  CHECK_THROWS_WITH_AS(step(true), "this rule fails", Error);
  CHECK(optimizer.steps() == 0);
  optimizer.rule.fails = false;
  step(false);
  CHECK(optimizer.steps() == 1);
  CHECK(sum(abs(model.w - (start - 1))).item<float>() < 1);
  set_threads(before);
}

namespace {
// Of a user, who may throw, and does at a gradient of 7.
struct Picky {
  optim::StateNames states() const { return {"sum"}; }
  void check() const {}
  template <class T>
  void update(const optim::RunOf<T>& run, std::int64_t) const {
    for (std::int64_t i = 0; i < run.n; ++i) {
      const T g = run.gradient[i];
      run.state[0][i] += g;
      run.parameter[i] -= g;
      if (g == 7) throw std::runtime_error("seven");
    }
  }
};
}  // namespace

TEST_CASE("a step whose rule throws on its way has changed nothing") {
  std::vector<Tensor> model{tensor({1.0, 2.0}), full({100'000}, 3), tensor({4.0, 5.0})};
  optim::Optimizer optimizer{Picky{}};
  const auto gradients = [&](double factor) {
    Tape tape;
    tape.watch(model);
    return tape.gradients(sum(model[0]) + 2 * sum(model[1]) + factor * sum(model[2]));
  };
  optimizer.step(model, gradients(3));
  const auto values = [&] {
    std::vector<float> all;
    for (const Tensor& x : model)
      for (float v : x.to_vector<float>()) all.push_back(v);
    for (const Parameter& one : optimizer.state(model))
      for (float v : one.tensor.to_vector<float>()) all.push_back(v);
    return all;
  };
  const std::vector<float> before = values();
  CHECK_THROWS_WITH_AS(optimizer.step(model, gradients(7)), "seven", std::runtime_error);
  CHECK(values() == before);
  optimizer.step(model, gradients(3));
  CHECK(optimizer.steps() == 2);
  CHECK(model[2].to_vector<float>() == std::vector<float>{-2, -1});
}

namespace {
// Of a user: never throws, and takes the gradient in the parameter's own type.
struct Halving {
  optim::StateNames states() const { return {"steps"}; }
  void check() const {}
  template <class T>
  void update(const optim::RunOf<T>& run, std::int64_t step) const noexcept {
    for (std::int64_t i = 0; i < run.n; ++i) {
      run.state[0][i] += T(1);
      run.parameter[i] -= run.gradient[i] / static_cast<T>(2 * step);
    }
  }
};
}  // namespace

TEST_CASE("a rule of one's own gets each parameter in its dtype, with all digits") {
  const double fine = 1 + 0x1p-40;
  std::vector<Tensor> model{tensor({1.0, 2.0}), full({3}, fine, float64)};
  optim::Optimizer optimizer{Halving{}};
  for (int step = 0; step < 2; ++step) {
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(sum(model[0]) + astype(sum(model[1]), float32)));
  }
  CHECK(model[0].to_vector<float>() == std::vector<float>{0.25, 1.25});
  CHECK(model[1].to_vector<double>() == std::vector<double>(3, fine - 0.75));
  CHECK(optimizer.state(model)[2].tensor.to_vector<float>() == std::vector<float>{2, 2});
}

}  // namespace retrograd::tests
