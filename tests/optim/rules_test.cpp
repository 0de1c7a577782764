// Every rule against reference.txt. `retrograd_tests -tc="every rule follows*"` prints the differences.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

namespace retrograd::tests {

namespace {

using Trajectory = std::vector<std::vector<double>>;  // by step
constexpr int kSteps = 20;

struct Fixed {
  explicit Fixed(Dtype dtype) : weight(tensor({{1.0, -2.0}, {0.5, 3.0}}, dtype)), bias(tensor({-0.25}, dtype)) {}
  Tensor weight, bias;
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
  std::vector<double> values() const {
    auto all = weight.to_vector<double>();
    all.push_back(bias.item<double>());
    return all;
  }
  // The formula of reference.py, before step t.
  Gradients gradients(int t) const {
    const double slope[] = {0.5, 1.5, 3.0, 0.25, 2.0}, push[] = {1.0, -0.5, 0.75, 0.125, -2.0};
    const int pace[] = {1, 2, 3, 4, 5};
    auto g = values();
    for (std::size_t i = 0; i < 5; ++i) g[i] = slope[i] * g[i] + push[i] * (t * pace[i] % 7 - 3);
    Gradients all;
    all.append({weight, tensor(std::vector<double>(g.begin(), g.begin() + 4), {2, 2}, weight.dtype()), nullptr, {}});
    all.append({bias, tensor({g[4]}, bias.dtype()), nullptr, {}});
    return all;
  }
};

struct OneParameter {
  Tensor w;
  static void fields(auto& self, auto&& visit) { visit("w", self.w); }
  Gradients gradients(double g) const {
    Gradients all;
    all.append({w, full(w.shape(), g, w.dtype()), nullptr, {}});
    return all;
  }
};

template <class Rule>
Trajectory run(Rule rule, Dtype dtype) {
  Fixed model(dtype);
  optim::Optimizer optimizer{rule};
  Trajectory steps;
  for (int t = 1; t <= kSteps; ++t) {
    optimizer.step(model, model.gradients(t));
    steps.push_back(model.values());
  }
  return steps;
}

struct Variant {
  const char* name;
  std::function<Trajectory(Dtype)> run;
};
template <class Rule>
Variant variant(const char* name, Rule rule) {
  return {name, [rule](Dtype dtype) { return run(rule, dtype); }};
}

std::vector<Variant> variants() {
  using namespace optim;
  const Sgd sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.1};
  Sgd dampened = sgd, nesterov = sgd;
  dampened.dampening = 0.3;
  nesterov.nesterov = true;
  const Adam adam{.learning_rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6};
  Adam decayed = adam;
  decayed.weight_decay = 0.1;
  Adam amsgrad = decayed;
  amsgrad.amsgrad = true;
  const AdamW adamw{.learning_rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.1};
  AdamW adamw_amsgrad = adamw;
  adamw_amsgrad.amsgrad = true;
  const RmsProp rms{.learning_rate = 0.05, .alpha = 0.9, .epsilon = 1e-6};
  RmsProp rms_decayed = rms, both = rms;
  rms_decayed.weight_decay = 0.1;
  RmsProp rms_momentum = rms_decayed, centered = rms_decayed;
  rms_momentum.momentum = both.momentum = 0.7;
  centered.centered = both.centered = true;
  return {variant("Sgd", Sgd{.learning_rate = 0.05}),
          variant("Sgd, weight decay", Sgd{.learning_rate = 0.05, .weight_decay = 0.1}),
          variant("Sgd, momentum", sgd),
          variant("Sgd, dampening", dampened),
          variant("Sgd, nesterov", nesterov),
          variant("Adam", adam),
          variant("Adam, weight decay", decayed),
          variant("Adam, amsgrad", amsgrad),
          variant("AdamW", adamw),
          variant("AdamW, amsgrad", adamw_amsgrad),
          variant("AdamW, defaults", AdamW{}),
          variant("RmsProp", rms),
          variant("RmsProp, weight decay", rms_decayed),
          variant("RmsProp, momentum", rms_momentum),
          variant("RmsProp, centered", centered),
          variant("RmsProp, centered, momentum", both),
          variant("Adagrad", Adagrad{.learning_rate = 0.1}),
          variant("Adagrad, all", Adagrad{.learning_rate = 0.1,
                                          .rate_decay = 0.05,
                                          .weight_decay = 0.1,
                                          .initial_accumulator = 0.5,
                                          .epsilon = 1e-6}),
          variant("Adadelta", Adadelta{}),
          variant("Adadelta, all", Adadelta{.learning_rate = 0.5, .rho = 0.8, .epsilon = 1e-4, .weight_decay = 0.1}),
          variant("Lion", Lion{.learning_rate = 0.01}),
          variant("Lion, weight decay", Lion{.learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.95, .weight_decay = 0.1})};
}

std::map<std::string, Trajectory> reference() {
  std::ifstream file(RETROGRAD_SOURCE_DIR "/tests/optim/reference.txt");
  std::map<std::string, Trajectory> all;
  std::string line, name;
  while (std::getline(file, line)) {
    if (line.starts_with('#')) continue;
    if (std::isupper(static_cast<unsigned char>(line[0]))) {
      name = line;
      continue;
    }
    std::istringstream numbers(line);
    std::vector<double> values(5);
    for (double& value : values) numbers >> value;
    REQUIRE(numbers);
    all[name].push_back(values);
  }
  return all;
}

// The largest of |found − expected|/|expected|, where |expected| counts as no less than `least`.
double difference(const Trajectory& found, const Trajectory& expected, double least) {
  double largest = 0;
  REQUIRE(found.size() == kSteps);
  REQUIRE(expected.size() == kSteps);
  for (std::size_t t = 0; t < kSteps; ++t)
    for (std::size_t i = 0; i < 5; ++i) {
      const double here = std::abs(found[t][i] - expected[t][i]) / std::max(std::abs(expected[t][i]), least);
      if (!(here <= largest)) largest = here;
    }
  return largest;
}

}  // namespace

TEST_CASE("every rule follows PyTorch for 20 steps, and in float32 follows itself") {
  const auto expected = reference();
  const auto all = variants();
  REQUIRE(expected.size() == all.size());
  fmt::print("{:<28} {:>5}  {:>27}  {:>27}\n", "rule", "steps", "float64 - PyTorch, relative",
             "float32 - float64, relative");
  for (const Variant& one : all) {
    CAPTURE(one.name);
    const Trajectory found = one.run(float64);
    const double wide = difference(found, expected.at(one.name), 0), narrow = difference(one.run(float32), found, 0.1);
    fmt::print("{:<28} {:>5}  {:>27.1e}  {:>27.1e}\n", one.name, kSteps, wide, narrow);
    CHECK(wide <= 1e-12);
    CHECK(narrow <= 1e-5);
  }
}

TEST_CASE("a step is right where the square of a gradient overflows or vanishes") {
  const auto step_of = [](auto rule, double g, Dtype dtype) {
    OneParameter model{zeros({3}, dtype)};
    optim::Optimizer optimizer{rule};
    optimizer.step(model, model.gradients(g));
    return model.w.template to_vector<double>()[1];
  };
  for (const Dtype dtype : {float32, float64})
    for (const double g : dtype == float32 ? std::vector{1e25, -1e25, 1e-25} : std::vector{1e200, -1e200, 1e-200}) {
      CAPTURE(g);
      const double sign = g > 0 ? 1 : -1, least = dtype == float32 ? 1e-35 : 1e-300;
      const double tolerance = dtype == float32 ? 1e-5 : 1e-12;
      const auto is_about = [&](double x) { return doctest::Approx(x * sign).epsilon(tolerance); };
      CHECK(step_of(optim::Adam{.learning_rate = 0.5, .epsilon = least}, g, dtype) == is_about(-0.5));
      CHECK(step_of(optim::Adam{.learning_rate = 0.5, .epsilon = least, .amsgrad = true}, g, dtype) == is_about(-0.5));
      CHECK(step_of(optim::AdamW{.learning_rate = 0.5, .epsilon = least, .weight_decay = 0}, g, dtype) ==
            is_about(-0.5));
      CHECK(step_of(optim::RmsProp{.learning_rate = 0.5, .epsilon = least}, g, dtype) == is_about(-5));
      CHECK(step_of(optim::RmsProp{.learning_rate = 0.5, .epsilon = least, .centered = true}, g, dtype) ==
            is_about(-0.5 / std::sqrt(0.01 - 0.0001)));
      CHECK(step_of(optim::Adagrad{.learning_rate = 0.5, .epsilon = least}, g, dtype) == is_about(-0.5));
      if (std::abs(g) > 1)
        CHECK(step_of(optim::Adadelta{.learning_rate = 1, .epsilon = 1e-6}, g, dtype) ==
              is_about(-1e-3 / std::sqrt(0.1)));
    }
}

TEST_CASE("a rule whose averages keep nothing forgets an infinite gradient") {
  OneParameter model{zeros({1})};
  optim::Optimizer optimizer{optim::Adam{.learning_rate = 0, .beta1 = 0, .beta2 = 0}};
  for (const double g : {static_cast<double>(INFINITY), 1.0}) optimizer.step(model, model.gradients(g));
  for (const Parameter& one : optimizer.state(model))
    if (one.tensor.dtype() == float32) CHECK(one.tensor.item<float>() == 1);
}

TEST_CASE("a rule without a rate leaves its parameters as they are") {
  Fixed model(float64);
  const auto before = model.values();
  optim::Optimizer optimizer{optim::Adam{.learning_rate = 0}};
  optimizer.step(model, model.gradients(1));
  CHECK(model.values() == before);
}

TEST_CASE("NaN in a gradient reaches the parameter under every rule") {
  const auto poisoned = [](auto rule) {
    Fixed model(float32);
    optim::Optimizer optimizer{rule};
    Gradients g;
    g.append({model.weight, tensor({{1.0, double{NAN}}, {1.0, 1.0}}), nullptr, {}});
    g.append({model.bias, tensor({1.0}), nullptr, {}});
    optimizer.step(model, g);
    const auto found = model.values();
    CHECK(std::isnan(found[1]));
    for (std::size_t i : {0u, 2u, 3u, 4u}) CHECK(std::isfinite(found[i]));
  };
  poisoned(optim::Sgd{});
  poisoned(optim::Sgd{.momentum = 0.9, .nesterov = true});
  poisoned(optim::Lion{});
  poisoned(optim::Adam{.amsgrad = true});
  poisoned(optim::AdamW{});
  poisoned(optim::Adagrad{});
  poisoned(optim::RmsProp{.centered = true});
  poisoned(optim::Adadelta{});
}

TEST_CASE("a centered average never takes the root of what rounding makes negative") {
  Fixed model(float32);
  optim::Optimizer optimizer{optim::RmsProp{.learning_rate = 1e-3, .alpha = 0.5, .centered = true}};
  for (int i = 0; i < 60; ++i) {  // equal gradients: the variance goes to 0
    Gradients g;
    g.append({model.weight, tensor({{0.1, 0.3}, {0.7, 1.1}}), nullptr, {}});
    g.append({model.bias, tensor({0.9}), nullptr, {}});
    optimizer.step(model, g);
  }
  for (double value : model.values()) CHECK(!std::isnan(value));
}

TEST_CASE("every senseless setting is refused by the name of its rule and of its field") {
  const auto refused = [](auto rule, const char* what) { CHECK_THROWS_WITH_AS(optim::Optimizer{rule}, what, Error); };
  using namespace optim;
  const char* rate = "the learning rate cannot be negative or infinite, got";
  refused(Sgd{.learning_rate = NAN}, fmt::format("Sgd: {} nan", rate).c_str());
  refused(Sgd{.momentum = 1}, "Sgd: the momentum must be from 0 to below 1, got 1");
  refused(Sgd{.weight_decay = -1}, "Sgd: the weight decay cannot be negative or infinite, got -1");
  refused(Sgd{.momentum = 0.5, .dampening = 1.5}, "Sgd: the dampening must be from 0 to 1, got 1.5");
  refused(Sgd{.nesterov = true}, "Sgd: nesterov needs a positive momentum, got 0");
  refused(Sgd{.momentum = 0.5, .dampening = 0.5, .nesterov = true}, "Sgd: nesterov needs a dampening of 0, got 0.5");
  refused(Lion{.learning_rate = -1}, fmt::format("Lion: {} -1", rate).c_str());
  refused(Lion{.beta1 = 1}, "Lion: beta1 must be from 0 to below 1, got 1");
  refused(Lion{.beta2 = -0.5}, "Lion: beta2 must be from 0 to below 1, got -0.5");
  refused(Lion{.weight_decay = -1}, "Lion: the weight decay cannot be negative or infinite, got -1");
  refused(Adam{.learning_rate = INFINITY}, fmt::format("Adam: {} inf", rate).c_str());
  refused(Adam{.beta1 = 1}, "Adam: beta1 must be from 0 to below 1, got 1");
  refused(Adam{.beta2 = NAN}, "Adam: beta2 must be from 0 to below 1, got nan");
  refused(Adam{.epsilon = 0}, "Adam: epsilon must be positive, got 0");
  refused(AdamW{.weight_decay = -0.5}, "AdamW: the weight decay cannot be negative or infinite, got -0.5");
  refused(AdamW{.beta1 = 2}, "AdamW: beta1 must be from 0 to below 1, got 2");
  refused(Adagrad{.rate_decay = -1}, "Adagrad: the rate decay cannot be negative or infinite, got -1");
  refused(Adagrad{.initial_accumulator = -1},
          "Adagrad: the initial accumulator cannot be negative or infinite, got -1");
  refused(Adagrad{.epsilon = -1}, "Adagrad: epsilon must be positive, got -1");
  refused(RmsProp{.alpha = 1}, "RmsProp: alpha must be from 0 to below 1, got 1");
  refused(RmsProp{.momentum = -0.5}, "RmsProp: the momentum must be from 0 to below 1, got -0.5");
  refused(RmsProp{.epsilon = NAN}, "RmsProp: epsilon must be positive, got nan");
  refused(Adadelta{.rho = 1}, "Adadelta: rho must be from 0 to below 1, got 1");
  refused(Adadelta{.epsilon = 0}, "Adadelta: epsilon must be positive, got 0");
}

}  // namespace retrograd::tests
