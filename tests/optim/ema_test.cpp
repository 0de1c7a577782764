#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

using optim::Ema;

struct Model {
  Tensor w;
  Buffer seen;
  Tensor tied = w;
  static void fields(auto& self, auto&& visit) {
    visit("w", self.w);
    visit("seen", self.seen);
    visit("tied", self.tied);
  }
  Tensor operator()(const Tensor& x) const { return w * x; }
};
Model model_at(double value, Dtype dtype = float64) {
  return {full({2, 3}, value, dtype), {full({}, static_cast<std::int64_t>(value), int64)}};
}
double first(const Tensor& x) { return x.to_vector<double>()[0]; }

}  // namespace

TEST_CASE("a soft update moves parameters by a part of the way, once each, and copies buffers") {
  for (Dtype dtype : {float32, float64}) {
    Model target = model_at(1, dtype);
    const Model model = model_at(5, dtype);
    optim::soft_update(target, model, 0.25);
    CHECK(target.w.to_vector<double>() == std::vector<double>(6, 2));
    CHECK(target.seen.tensor.item<int>() == 5);
    Model infinite = model_at(9, dtype);
    fill(infinite.w, INFINITY);
    optim::soft_update(target, infinite, 0);
    CHECK(first(target.w) == 2);
    CHECK(target.seen.tensor.item<int>() == 9);
    fill(target.w, NAN);
    optim::soft_update(target, model, 1);
    CHECK(first(target.w) == 5);
  }
}

TEST_CASE("a soft update refuses a fraction that is none, and models that differ") {
  Rng rng(1);
  nn::Linear target{2, 3, rng};
  const Tensor before = clone(target).weight;
  CHECK_THROWS_WITH_AS(optim::soft_update(target, clone(target), 1.5), "soft_update: tau must be from 0 to 1, got 1.5",
                       Error);
  CHECK_THROWS_AS(optim::soft_update(target, clone(target), NAN), Error);
  CHECK_THROWS_WITH_AS(optim::soft_update(target, nn::Linear{2, 4, rng}, 0.5),
                       "soft_update: shapes differ: weight is (3, 2), but (4, 2) in the source", ShapeError);
  Tape tape;
  tape.watch(target);
  CHECK_THROWS_AS(optim::soft_update(target, clone(target), 0.5), TapeError);
  CHECK(array_equal(target.weight, before));
}

TEST_CASE("an average starts from the model and decays towards what it becomes") {
  for (Dtype dtype : {float32, float64}) {
    Model model = model_at(1, dtype);
    Ema ema{model, 0.75};
    double expected = 1;
    for (double value : {2.0, -4.0, 8.0, 8.5}) {
      fill(model.w, value);
      ema.update(model);
      expected = 0.75 * expected + 0.25 * value;
      for (double found : ema.model().w.to_vector<double>()) CHECK(found == expected);  // exact in float32 too
    }
    CHECK(ema.updates() == 4);
    CHECK(first(model.w) == 8.5);
    CHECK(first(ema.model()(tensor({{2.0}}, dtype))) == 2 * expected);
    CHECK(ema.model().tied.body_or_null() == ema.model().w.body_or_null());
  }
}

TEST_CASE("a corrected average weighs the updates alone") {
  const double decay = 0.9;
  const std::vector<double> values = {2.0, -4.0, 8.0, 1.0, 0.5};
  Model model = model_at(100);
  Ema ema{model, decay, true};
  for (std::size_t t = 1; t <= values.size(); ++t) {
    fill(model.w, values[t - 1]);
    ema.update(model);
    double average = 0;  // Adam's: from zero, divided by 1 − decayᵗ
    for (std::size_t i = 0; i < t; ++i) average = decay * average + (1 - decay) * values[i];
    CHECK(first(ema.model().w) ==
          doctest::Approx(average / (1 - std::pow(decay, static_cast<double>(t)))).epsilon(1e-13));
  }
  Ema once{model_at(100), decay, true};
  once.update(model_at(3));
  CHECK(first(once.model().w) == 3);
}

TEST_CASE("buffers are copied into the averaged model, and only there") {
  Model model = model_at(1);
  Ema ema{model, 0.5};
  fill(model.seen.tensor, 7);
  CHECK(ema.model().seen.tensor.item<int>() == 1);
  ema.update(model);
  CHECK(ema.model().seen.tensor.item<int>() == 7);
  CHECK(ema.model().seen.tensor.body_or_null() != model.seen.tensor.body_or_null());
}

TEST_CASE("averages of a large model are equal bit for bit on one, two and three threads") {
  const auto averaged = [](int count) {
    const int before = threads();
    set_threads(count);
    Rng rng(1);
    std::vector<Tensor> model{normal({500, 400}, 0, 1, rng)};
    Ema ema{model, 0.9};
    ema.update(std::vector<Tensor>{normal({500, 400}, 0, 1, rng)});
    set_threads(before);
    return ema.model()[0].to_vector<float>();
  };
  CHECK(averaged(2) == averaged(1));
  CHECK(averaged(3) == averaged(1));
}

TEST_CASE("a copy of an average goes its own way") {
  Ema ema{model_at(1), 0.5};
  Ema copy = ema;
  copy.update(model_at(3));
  CHECK(first(copy.model().w) == 2);
  CHECK(first(ema.model().w) == 1);
  ema = copy;
  copy.update(model_at(3));
  CHECK(first(ema.model().w) == 2);
  Ema moved = std::move(copy);
  moved.update(model_at(3));
  CHECK(first(moved.model().w) == 2.75);
}

TEST_CASE("averaging resumes from its state") {
  Model model = model_at(1);
  Ema whole{model, 0.9, true}, before = whole, after{model_at(50), 0.9, true};
  for (double value : {2.0, 3.5}) {
    fill(model.w, value);
    whole.update(model);
    before.update(model);
  }
  const auto state = before.state(model);
  CHECK(state[0].name == "updates");
  CHECK(state[1].name == "average.w");
  CHECK(state[2].name == "average.seen");
  CHECK(state.size() == 3);
  after.load_state(model, state);
  before.update(model_at(0));  // what was loaded is a copy
  fill(model.w, -1);
  whole.update(model);
  after.update(model);
  CHECK(after.model().w.to_vector<double>() == whole.model().w.to_vector<double>());
  CHECK(after.updates() == 3);
  auto bad = after.state(model);
  bad.pop_back();
  CHECK_THROWS_WITH_AS(after.load_state(model, bad), "load_state: average.seen is missing: expected int64 ()", Error);
  bad = after.state(model);
  bad[1].tensor = zeros({2, 3});
  CHECK_THROWS_AS(after.load_state(model, bad), DtypeError);
  CHECK(after.model().w.to_vector<double>() == whole.model().w.to_vector<double>());
}

TEST_CASE("an average refuses another model and senseless settings") {
  CHECK_THROWS_WITH_AS((Ema{model_at(1), 1.0}), "Ema: the decay must be from 0 to below 1, got 1", Error);
  CHECK_THROWS_WITH_AS((Ema{model_at(1), NAN}), "Ema: the decay must be from 0 to below 1, got nan", Error);
  Rng rng(1);
  Ema ema{nn::Mlp{{2, 3, 1}, nn::Activation::tanh, rng}, 0.5};
  const auto before = ema.model().layers[0].weight.to_vector<float>();
  CHECK_THROWS_WITH_AS(ema.update(nn::Mlp{{2, 3, 2}, nn::Activation::tanh, rng}),
                       "Ema: layers.1.weight is float32 (2, 3), but was float32 (1, 3) when the average was created",
                       ShapeError);
  CHECK_THROWS_WITH_AS(ema.update(nn::Mlp{{2, 3, 1, 1}, nn::Activation::tanh, rng}),
                       "Ema: layers.2.weight was not in the model when the average was created", ShapeError);
  CHECK_THROWS_WITH_AS(ema.update(nn::Mlp{{2, 3}, nn::Activation::tanh, rng}),
                       "Ema: the model has 2 tensors, but had 4 when the average was created", ShapeError);
  CHECK(ema.model().layers[0].weight.to_vector<float>() == before);
  CHECK(ema.updates() == 0);
}

}  // namespace retrograd::tests
