#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {

using optim::AdamW;
using optim::Optimizer;
using optim::Sgd;

bool is_bias(std::string_view name) { return name.ends_with("bias"); }
bool is_first(std::string_view name) { return name.starts_with("layers.0."); }

struct Two {
  Rng rng{1};
  nn::Mlp model{{3, 4, 2}, nn::Activation::tanh, rng, nn::FanInUniform{}, float64};
  Tensor x = tensor({{0.5, -1.0, 2.0}, {1.5, 0.25, -0.75}}, float64);
  Gradients gradients() const {
    Tape tape;
    tape.watch(model);
    return tape.gradients(mean(square(model(x))));
  }
};

// The parameters of one model take turns with optimizers of their own.
template <class Rule>
std::vector<Tensor> separately(const std::vector<std::pair<std::string, Rule>>& rules, int steps) {
  Two two;
  std::vector<Optimizer<Rule>> optimizers;
  optimizers.reserve(rules.size());
  for (const auto& one : rules) optimizers.emplace_back(one.second);
  for (int i = 0; i < steps; ++i) {
    const Gradients all = two.gradients();
    const auto list = parameters(two.model);
    REQUIRE(list.size() == rules.size());
    for (std::size_t k = 0; k < list.size(); ++k) {
      REQUIRE(list[k].name == rules[k].first);
      std::vector<Tensor> alone{list[k].tensor};
      optimizers[k].step(alone, all);
    }
  }
  std::vector<Tensor> found;
  for (const Parameter& one : parameters(two.model)) found.push_back(one.tensor);
  return found;
}

void check_equal(const nn::Mlp& model, const std::vector<Tensor>& expected) {
  const auto found = parameters(model);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(found[i].name);
    CHECK(found[i].tensor.to_vector<double>() == expected[i].to_vector<double>());
  }
}

}  // namespace

TEST_CASE("each parameter follows the settings of its groups as if it had an optimizer of its own") {
  Two two;
  Optimizer optimizer{AdamW{.learning_rate = 0.05, .weight_decay = 0.1}};
  optimizer.group(is_bias, [](AdamW& own) { own.weight_decay = 0; });
  optimizer.group(is_first, [](AdamW& own) { own.learning_rate *= 0.5; });
  for (int i = 0; i < 5; ++i) optimizer.step(two.model, two.gradients());
  check_equal(two.model, separately<AdamW>({{"layers.0.weight", {.learning_rate = 0.025, .weight_decay = 0.1}},
                                            {"layers.0.bias", {.learning_rate = 0.025, .weight_decay = 0}},
                                            {"layers.1.weight", {.learning_rate = 0.05, .weight_decay = 0.1}},
                                            {"layers.1.bias", {.learning_rate = 0.05, .weight_decay = 0}}},
                                           5));
}

TEST_CASE("a group may keep states that others do not") {
  Two two;
  Optimizer optimizer{Sgd{.learning_rate = 0.1}};
  optimizer.group(is_bias, [](Sgd& own) { own.momentum = 0.9; });
  for (int i = 0; i < 4; ++i) optimizer.step(two.model, two.gradients());
  const Sgd plain{.learning_rate = 0.1}, fast{.learning_rate = 0.1, .momentum = 0.9};
  check_equal(
      two.model,
      separately<Sgd>(
          {{"layers.0.weight", plain}, {"layers.0.bias", fast}, {"layers.1.weight", plain}, {"layers.1.bias", fast}},
          4));
  std::vector<std::string> names;
  for (const Parameter& one : optimizer.state(two.model))
    if (!one.name.ends_with("steps")) names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"layers.0.bias.momentum", "layers.1.bias.momentum"});
}

TEST_CASE("a schedule of the rule reaches the groups") {
  Two two, same;
  Optimizer grouped{Sgd{.learning_rate = 0.1}}, plain{Sgd{.learning_rate = 0.1}};
  grouped.group([](std::string_view) { return true; }, [](Sgd& own) { own.learning_rate *= 0.5; });
  for (double rate : {0.1, 0.02, 0.4}) {
    grouped.rule.learning_rate = rate;
    plain.rule.learning_rate = rate * 0.5;
    grouped.step(two.model, two.gradients());
    plain.step(same.model, same.gradients());
  }
  check_equal(two.model, [&] {
    std::vector<Tensor> expected;
    for (const Parameter& one : parameters(same.model)) expected.push_back(one.tensor);
    return expected;
  }());
}

TEST_CASE("what is frozen needs no gradient and stays, and unfrozen goes on with fresh averages") {
  Two two;
  Optimizer adam{optim::Adam{.learning_rate = 0.05}};
  adam.freeze(is_first);
  const auto first = two.model.layers[0].weight.to_vector<double>();
  for (int i = 0; i < 3; ++i) {
    Tape tape;
    tape.watch(two.model.layers[1]);
    adam.step(two.model, tape.gradients(mean(square(two.model(two.x)))));
  }
  CHECK(adam.steps() == 3);
  CHECK(two.model.layers[0].weight.to_vector<double>() == first);
  CHECK(two.model.layers[1].weight.to_vector<double>() != Two().model.layers[1].weight.to_vector<double>());
  adam.unfreeze(is_first);
  const Gradients all = two.gradients();
  std::vector<Tensor> alone{detail::copy_values(two.model.layers[0].weight)};
  Gradients own;
  own.append({alone[0], all[two.model.layers[0].weight], nullptr, {}});
  Optimizer fresh{optim::Adam{.learning_rate = 0.05}};
  fresh.step(alone, own);
  adam.step(two.model, all);
  // Its bias correction counts its own steps, not the optimizer's.
  CHECK(two.model.layers[0].weight.to_vector<double>() == alone[0].to_vector<double>());
}

TEST_CASE("a tensor in two places is chosen by its first name") {
  const Tensor shared = tensor({1.0}, float64);
  std::vector<Tensor> model{shared, tensor({2.0}, float64), shared};
  const auto step = [&](auto choose) {
    Optimizer optimizer{Sgd{.learning_rate = 0.5}};
    choose(optimizer);
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(sum(model[0] + model[1] + model[2])));
  };
  CHECK_THROWS_AS(step([](auto& sgd) { sgd.freeze([](std::string_view name) { return name == "2"; }); }), Error);
  step([](auto& sgd) { sgd.freeze([](std::string_view name) { return name == "0"; }); });
  CHECK(model[2].item<double>() == 1);
  CHECK(model[1].item<double>() == 1.5);
}

TEST_CASE("frozen and unfrozen parameters resume bit for bit") {
  const auto make = [] {
    Optimizer optimizer{optim::Adam{.learning_rate = 0.05}};
    optimizer.freeze(is_first);
    return optimizer;
  };
  Two whole, first;
  auto uninterrupted = make(), before = make(), after = make();
  for (int i = 0; i < 2; ++i) {
    uninterrupted.step(whole.model, whole.gradients());
    before.step(first.model, first.gradients());
  }
  after.load_state(first.model, before.state(first.model));
  uninterrupted.unfreeze(is_first);
  after.unfreeze(is_first);
  for (int i = 0; i < 2; ++i) {
    uninterrupted.step(whole.model, whole.gradients());
    after.step(first.model, first.gradients());
  }
  std::vector<Tensor> expected;
  for (const Parameter& one : parameters(whole.model)) expected.push_back(one.tensor);
  check_equal(first.model, expected);
}

TEST_CASE("names that fit nothing, and groups that make no sense, are refused before anything is written") {
  Two two;
  const auto before = two.model.layers[0].weight.to_vector<double>();
  const auto refused = [&](auto prepare, const char* what) {
    Optimizer optimizer{Sgd{.learning_rate = 0.1, .momentum = 0.9}};
    optimizer.group(is_bias, [](Sgd& own) { own.weight_decay = 0; });
    prepare(optimizer);
    CHECK_THROWS_WITH_AS(optimizer.step(two.model, two.gradients()), what, Error);
    CHECK(two.model.layers[0].weight.to_vector<double>() == before);
    CHECK(optimizer.steps() == 0);
  };
  const auto none = [](std::string_view name) { return name == "no such name"; };
  const char* unfit = "optimizer: call 2 to group/freeze/unfreeze matches no parameter";
  refused([&](auto& optimizer) { optimizer.freeze(none); }, unfit);
  refused([&](auto& optimizer) { optimizer.unfreeze(none); }, unfit);
  refused([&](auto& optimizer) { optimizer.group(none, [](Sgd&) {}); }, unfit);
  refused([&](auto& optimizer) { optimizer.group(is_first, [](Sgd& own) { own.momentum = 2; }); },
          "Sgd: the momentum must be from 0 to below 1, got 2");
  Optimizer sgd{Sgd{}};
  CHECK_THROWS_WITH_AS(sgd.freeze(nullptr), "optimizer: the function that selects names is empty", Error);
  CHECK_THROWS_WITH_AS(sgd.group(is_bias, nullptr), "optimizer: the function that changes a group's rule is empty",
                       Error);
  CHECK_NOTHROW(sgd.step(two.model, two.gradients()));
  for (int i = 0; i < 64; ++i) sgd.group(is_bias, [](Sgd& own) { own.learning_rate *= 0.5; });
  CHECK_THROWS_WITH_AS(sgd.group(is_bias, [](Sgd&) {}), "optimizer: at most 64 groups", Error);
  CHECK_NOTHROW(sgd.step(two.model, two.gradients()));
}

TEST_CASE("a choice of names that fit nothing is forgotten, and the optimizer goes on without it") {
  const auto none = [](std::string_view name) { return name == "no such name"; };
  Two two, same;
  Optimizer optimizer{Sgd{.learning_rate = 0.1}}, expected{Sgd{.learning_rate = 0.1}};
  const auto unfit = [](int call) {
    return fmt::format("optimizer: call {} to group/freeze/unfreeze matches no parameter", call);
  };
  optimizer.group(none, [](Sgd& own) { own.learning_rate = 100; });
  optimizer.group(is_bias, [](Sgd& own) { own.learning_rate = 0.5; });
  optimizer.freeze(none);
  CHECK_THROWS_WITH_AS(optimizer.step(two.model, two.gradients()), unfit(1).c_str(), Error);
  CHECK_THROWS_WITH_AS(optimizer.step(two.model, two.gradients()), unfit(3).c_str(), Error);
  CHECK(optimizer.steps() == 0);
  expected.group(is_bias, [](Sgd& own) { own.learning_rate = 0.5; });
  for (int i = 0; i < 2; ++i) {
    optimizer.step(two.model, two.gradients());
    expected.step(same.model, same.gradients());
    CHECK_THROWS_WITH_AS(optimizer.freeze(none), unfit(4).c_str(), Error);  // now the names are known
    CHECK_THROWS_WITH_AS(optimizer.unfreeze(none), unfit(4).c_str(), Error);
    CHECK_THROWS_WITH_AS(optimizer.group(none, [](Sgd&) {}), unfit(4).c_str(), Error);
  }
  optimizer.group(is_first, [](Sgd& own) { own.learning_rate *= 2; });
  expected.group(is_first, [](Sgd& own) { own.learning_rate *= 2; });
  optimizer.step(two.model, two.gradients());
  expected.step(same.model, same.gradients());
  std::vector<Tensor> values;
  for (const Parameter& one : parameters(same.model)) values.push_back(one.tensor);
  check_equal(two.model, values);
}

TEST_CASE("steps with groups are equal bit for bit on one, two and three threads") {
  const auto trained = [](int count, auto rule) {
    const int before = threads();
    set_threads(count);
    Rng rng(3);
    nn::Mlp model{{300, 400, 10}, nn::Activation::relu, rng};  // a weight of some tiles, whose gradient waits
    const Tensor x = normal({50, 300}, 0, 1, rng), labels = randint({50}, 0, 10, rng);
    Optimizer optimizer{rule};
    optimizer.group(is_bias, [](auto& own) { own.learning_rate *= 2; });
    for (int i = 0; i < 3; ++i) {
      Tape tape;
      tape.watch(model);
      optimizer.step(model, tape.gradients(nn::softmax_cross_entropy(model(x), labels)));
    }
    set_threads(before);
    std::vector<float> all;
    for (const Parameter& one : parameters(model))
      for (float value : one.tensor.template to_vector<float>()) all.push_back(value);
    return all;
  };
  const auto check_same = [&](auto rule) {
    const auto one = trained(1, rule);
    CHECK(trained(2, rule) == one);
    CHECK(trained(3, rule) == one);
  };
  check_same(Sgd{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
  check_same(optim::Lion{});
  check_same(optim::Adam{.amsgrad = true});
  check_same(AdamW{});
  check_same(optim::Adagrad{});
  check_same(optim::RmsProp{.momentum = 0.5, .centered = true});
  check_same(optim::Adadelta{});
}

}  // namespace retrograd::tests
