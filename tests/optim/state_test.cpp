#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {

using optim::Optimizer;

struct Learner {
  explicit Learner(std::uint64_t seed) : rng(seed), model{{3, 4, 2}, nn::Activation::tanh, rng} {}
  Rng rng;
  nn::Mlp model;
  Tensor x = tensor({{0.5, -1.0, 2.0}, {1.5, 0.25, -0.75}}), y = tensor({{1.0, 0.0}, {-1.0, 0.5}});
  template <class Rule>
  void train(Optimizer<Rule>& optimizer, int steps) {
    for (int i = 0; i < steps; ++i) {
      Tape tape;
      tape.watch(model);
      optimizer.step(model, tape.gradients(nn::mse(model(x), y)));
    }
  }
  std::vector<float> values() const {
    std::vector<float> all;
    for (const Parameter& one : parameters(model))
      for (float value : one.tensor.to_vector<float>()) all.push_back(value);
    return all;
  }
};

std::vector<Parameter> copies(const std::vector<Parameter>& list) {
  std::vector<Parameter> all;
  all.reserve(list.size());
  for (const Parameter& one : list) all.push_back({one.name, detail::copy_values(one.tensor)});
  return all;
}
Parameter& named(std::vector<Parameter>& list, const std::string& name) {
  for (Parameter& one : list)
    if (one.name == name) return one;
  detail::fail("no {}", name);
}
std::vector<std::string> names(const std::vector<Parameter>& list) {
  std::vector<std::string> all;
  all.reserve(list.size());
  for (const Parameter& one : list) all.push_back(one.name);
  return all;
}
bool is_bias(std::string_view name) { return name.ends_with("bias"); }

void check_same(const std::vector<Parameter>& found, const std::vector<Parameter>& expected) {
  REQUIRE(names(found) == names(expected));
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found[i].tensor.to_vector<double>() == expected[i].tensor.to_vector<double>());
}

template <class Rule>
void check_resumes(Rule rule) {
  const auto make = [&] {
    Optimizer<Rule> optimizer{rule};
    optimizer.group(is_bias, [](Rule& own) { own.learning_rate *= 2; });
    return optimizer;
  };
  Learner whole(1), first(1), second(2);
  auto uninterrupted = make(), before = make(), after = make();
  whole.train(uninterrupted, 7);
  first.train(before, 4);
  const auto saved = copies(before.state(first.model));
  second.model = clone(first.model);
  after.load_state(second.model, saved);
  CHECK(after.steps() == 4);
  second.train(after, 3);
  CHECK(after.steps() == 7);
  CHECK(second.values() == whole.values());
  check_same(after.state(second.model), uninterrupted.state(whole.model));
}

}  // namespace

TEST_CASE("training resumed from an optimizer's state is bit-equal to uninterrupted training") {
  check_resumes(optim::Sgd{.learning_rate = 0.1});
  check_resumes(optim::Sgd{.learning_rate = 0.1, .momentum = 0.9, .dampening = 0.5});
  check_resumes(optim::Lion{.learning_rate = 0.01, .weight_decay = 0.1});
  check_resumes(optim::Adam{.learning_rate = 0.01, .amsgrad = true});
  check_resumes(optim::AdamW{.learning_rate = 0.01});
  check_resumes(optim::RmsProp{.learning_rate = 0.01, .momentum = 0.9, .centered = true});
  check_resumes(optim::RmsProp{.learning_rate = 0.01, .centered = true});
  check_resumes(optim::Adagrad{.rate_decay = 0.1, .initial_accumulator = 0.1});
  check_resumes(optim::Adadelta{});
}

TEST_CASE("a state is listed under the names of its parameters") {
  Learner learner(1);
  Optimizer adam{optim::Adam{}};
  CHECK(names(adam.state(learner.model)) == std::vector<std::string>{"steps", "layers.0.weight.steps",
                                                                     "layers.0.bias.steps", "layers.1.weight.steps",
                                                                     "layers.1.bias.steps"});
  learner.train(adam, 2);
  auto state = adam.state(learner.model);
  CHECK(names(state) == std::vector<std::string>{"steps", "layers.0.weight.steps", "layers.0.weight.first_moment",
                                                 "layers.0.weight.root_second_moment", "layers.0.bias.steps",
                                                 "layers.0.bias.first_moment", "layers.0.bias.root_second_moment",
                                                 "layers.1.weight.steps", "layers.1.weight.first_moment",
                                                 "layers.1.weight.root_second_moment", "layers.1.bias.steps",
                                                 "layers.1.bias.first_moment", "layers.1.bias.root_second_moment"});
  CHECK(named(state, "steps").tensor.item<int>() == 2);
  CHECK(named(state, "steps").tensor.dtype() == int64);
  CHECK(named(state, "layers.0.weight.first_moment").tensor.shape() == Shape{4, 3});
  CHECK(named(state, "layers.0.weight.first_moment").tensor.dtype() == float32);
}

TEST_CASE("a state that does not fit is refused and leaves the optimizer as it was") {
  Learner learner(1), twin(1);
  Optimizer sgd{optim::Sgd{.learning_rate = 0.1, .momentum = 0.9}}, same = sgd, fresh = sgd;
  learner.train(sgd, 2);
  twin.train(same, 2);
  const auto good = copies(sgd.state(learner.model));
  const auto refused = [&](auto change, const auto& what, auto error) {
    auto bad = copies(good);
    change(bad);
    CHECK_THROWS_WITH_AS(sgd.load_state(learner.model, bad), what, decltype(error));
    CHECK_THROWS_WITH_AS(fresh.load_state(learner.model, bad), what, decltype(error));
  };
  const std::string weight = "layers.0.weight.momentum";
  refused([](auto& list) { list.erase(list.begin()); }, "load_state: steps is missing: expected int64 ()", Error(""));
  refused([](auto& list) { list.pop_back(); }, "load_state: layers.1.bias.momentum is missing: expected float32 (2,)",
          Error(""));
  refused([](auto& list) { list.push_back(list.back()); }, "load_state: layers.1.bias.momentum is listed twice",
          Error(""));
  refused(
      [](auto& list) {
        list.push_back({"layers.2.bias.momentum", zeros({2})});
      },
      "load_state: unexpected tensor layers.2.bias.momentum", Error(""));
  refused(
      [&](auto& list) {
        named(list, weight).tensor = zeros({3, 4});
      },
      "load_state: layers.0.weight.momentum: expected float32 (4, 3), found float32 (3, 4)", ShapeError(""));
  refused(
      [&](auto& list) {
        named(list, weight).tensor = zeros({4, 3}, float64);
      },
      "load_state: layers.0.weight.momentum: expected float32 (4, 3), found float64 (4, 3)", DtypeError(""));
  refused([](auto& list) { list[0].tensor = full({}, -1, int64); }, "load_state: steps cannot be negative, got -1",
          Error(""));
  refused([](auto& list) { list[0].tensor = full({}, std::numeric_limits<std::int64_t>::max(), int64); },
          "load_state: steps cannot be more than 2^53, got 9223372036854775807", Error(""));
  refused(
      [&](auto& list) { named(list, "layers.0.weight.steps").tensor = full({}, (std::int64_t{1} << 53) + 1, int64); },
      "load_state: layers.0.weight.steps cannot be more than 2^53, got 9007199254740993", Error(""));
  refused([](auto& list) { list[0].tensor = full({}, 2.0, float32); },
          "load_state: steps: expected int64 (), found float32 ()", DtypeError(""));
  refused([&](auto& list) { named(list, weight).tensor = Tensor(); }, doctest::Contains(""), Error(""));
  CHECK_THROWS_AS(sgd.load_state(nn::Mlp{{3, 2}, nn::Activation::tanh, learner.rng}, good), ShapeError);
  CHECK(sgd.steps() == 2);
  CHECK(fresh.steps() == 0);
  learner.train(sgd, 2);
  twin.train(same, 2);
  CHECK(learner.values() == twin.values());
  Learner other(2);  // a refused load has not tied the fresh optimizer to a model
  nn::Mlp small{{3, 2}, nn::Activation::tanh, other.rng};
  Tape tape;
  tape.watch(small);
  CHECK_NOTHROW(fresh.step(small, tape.gradients(sum(small(other.x)))));
}

TEST_CASE("copies of an optimizer and lists of its state are not changed by its steps nor it by theirs") {
  Learner learner(1);
  Optimizer sgd{optim::Sgd{.learning_rate = 0.1, .momentum = 0.9}}, loaded = sgd;
  learner.train(sgd, 1);
  auto kept = sgd.state(learner.model);
  const auto before = copies(kept);
  Optimizer copy = sgd;
  loaded.load_state(learner.model, kept);
  learner.train(copy, 1);
  check_same(sgd.state(learner.model), before);
  learner.train(loaded, 1);
  check_same(sgd.state(learner.model), before);
  learner.train(sgd, 1);
  check_same(kept, before);
  CHECK(copy.steps() == 2);
}

TEST_CASE("writing into a list of an optimizer's state does not change the optimizer") {
  Learner learner(1);
  Optimizer adam{optim::Adam{}};
  learner.train(adam, 2);
  const auto before = copies(adam.state(learner.model));
  for (Parameter& one : adam.state(learner.model)) fill(one.tensor, 7);
  check_same(adam.state(learner.model), before);
}

}  // namespace retrograd::tests
