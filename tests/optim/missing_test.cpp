#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {

using optim::Missing;

// A loss of `used` alone.
struct Half {
  Tensor used = tensor({1.0, -2.0}, float64), unused = tensor({3.0, 4.0}, float64);
  static void fields(auto& self, auto&& visit) {
    visit("used", self.used);
    visit("unused", self.unused);
  }
  Tensor operator()() const { return sum(square(used)); }
};
Gradients gradients_of(const Half& model) {
  Tape tape;
  tape.watch(model);
  return tape.gradients(model());
}
Gradients whole_gradients_of(const Half& model) {
  Tape tape;
  tape.watch(model);
  return tape.gradients(model() + sum(square(model.unused)));
}
void check_values(const Tensor& x, const std::vector<double>& expected) {
  const std::vector<double> found = x.to_vector<double>();
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == doctest::Approx(expected[i]));
}

}  // namespace

TEST_CASE("a parameter without a gradient is skipped on request, with what is kept for it") {
  Half model, alone;
  optim::Optimizer optimizer{optim::AdamW{.learning_rate = 0.1, .weight_decay = 0.5}};
  optim::Optimizer expected{optim::AdamW{.learning_rate = 0.1, .weight_decay = 0.5}};
  CHECK_THROWS_WITH_AS(optimizer.step(model, gradients_of(model)), doctest::Contains("no gradient for unused"),
                       TapeError);
  optimizer.missing = Missing::skip;
  optimizer.step(model, gradients_of(model));
  check_values(model.unused, {3, 4});
  // It begins when its first gradient comes, as if the steps before had not been.
  optimizer.step(model, whole_gradients_of(model));
  expected.step(alone, whole_gradients_of(alone));
  CHECK(model.unused.to_vector<double>() == alone.unused.to_vector<double>());
  CHECK(optimizer.steps() == 2);
  // And what is kept for it waits where one does not come.
  optimizer.step(model, gradients_of(model));
  optimizer.step(model, whole_gradients_of(model));
  expected.step(alone, whole_gradients_of(alone));
  CHECK(model.unused.to_vector<double>() == alone.unused.to_vector<double>());
}

TEST_CASE("a gradient that is missing counts as zeros on request, so that decay and momentum go on") {
  Half model;
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1, .momentum = 0.5, .weight_decay = 0.1}, Missing::zero};
  optimizer.step(model, whole_gradients_of(model));  // unused: v = 2·3 + 0.1·3 = 6.3, 3 − 0.63 = 2.37
  check_values(model.unused, {2.37, 3.16});
  optimizer.step(model, gradients_of(model));  // v = 0.5·6.3 + 0.1·2.37 = 3.387
  check_values(model.unused, {2.37 - 0.3387, 3.16 - 0.4516});
}

TEST_CASE("a missing gradient in a group of its own follows the group's rule") {
  Half model;
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1}, Missing::zero};
  optimizer.group([](std::string_view name) { return name == "unused"; },
                  [](optim::Sgd& own) { own.weight_decay = 1; });
  optimizer.step(model, gradients_of(model));
  check_values(model.unused, {2.7, 3.6});
  check_values(model.used, {0.8, -1.6});
}

TEST_CASE("a step by the gradients of another model is refused however missing ones are taken") {
  Half model;
  const Half other;
  for (const Missing missing : {Missing::skip, Missing::zero}) {
    optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1}, missing};
    CHECK_THROWS_WITH_AS(optimizer.step(model, gradients_of(other)), doctest::Contains("gradients of another model"),
                         TapeError);
    CHECK(optimizer.steps() == 0);
  }
}

TEST_CASE("L-BFGS leaves a parameter that the loss does not depend on, on request") {
  Half model;
  const auto loss = [](const Half& m) { return m(); };
  CHECK_THROWS_AS(optim::minimize(loss, model), TapeError);
  optim::minimize(loss, model, {.missing = Missing::skip});
  check_values(model.unused, {3, 4});
  CHECK(max(abs(model.used)).item<double>() < 1e-6);
}

}  // namespace retrograd::tests
