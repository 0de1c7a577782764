// A stack of layers within a memory budget.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {

// Notes how many bytes are alive whenever a layer begins.
std::int64_t start = 0, most = 0;
Tensor probe(const Tensor& x) {
  most = std::max(most, detail::live_bytes() - start);
  return x;
}
struct ProbedLinear {
  nn::Linear linear;
  Tensor operator()(const Tensor& x) const { return tanh(linear(probe(x))); }
  static void fields(auto& self, auto&& visit) { visit("linear", self.linear); }
};
// A wide layer in the middle, so that layers differ; one that keeps nothing of its own, and a view.
nn::Sequential stack_of_layers() {
  Rng rng(3);
  const auto layer = [&](std::int64_t in, std::int64_t out) { return ProbedLinear{nn::Linear{in, out, rng}}; };
  const auto shift = [](const Tensor& x) { return probe(x) + 1; };
  const auto view = [](const Tensor& x) { return reshape(x, {x.shape()[0], -1}); };
  return nn::Sequential{layer(32, 32), layer(32, 32), shift,         layer(32, 32), layer(32, 128), layer(128, 32),
                        view,          layer(32, 32), layer(32, 32), layer(32, 32), shift,          layer(32, 32)};
}
constexpr std::int64_t kBatch = 256, kBlock = kBatch * 32 * 4;

struct Run {
  std::vector<std::vector<float>> gradients;
  std::int64_t forward = 0, kept = 0, sweep = 0;
};
// The bytes above those before the step: the most while layers ran forward, those kept after it, and the most while
// layers ran in the sweep.
template <class Model>
Run step(const Model& model, const Tensor& x) {
  Run run;
  start = detail::live_bytes();
  most = 0;
  Tape tape;
  tape.watch(model);
  Tensor y = model(x);
  run.forward = most;
  run.kept = detail::live_bytes() - start;
  const Tensor loss = sum(square(y));
  y = Tensor();
  most = 0;
  const Gradients gradients = tape.gradients(loss);
  run.sweep = most;
  for (const auto& entry : gradients) run.gradients.push_back(entry.value().template to_vector<float>());
  return run;
}

std::size_t recomputed_layers(const std::vector<nn::Checkpointed::Segment>& segments) {
  std::size_t layers = 0;
  for (const auto& one : segments) layers += one.recomputed ? one.end - one.begin : 0;
  return layers;
}
std::vector<nn::Checkpointed::Segment> plan(const nn::Checkpointed& model, const Tensor& x) {
  Tape tape;
  tape.watch(model);
  return model.segments(x);
}
std::int64_t least_budget(const nn::Sequential& layers, const Tensor& x) {
  try {
    plan(nn::Checkpointed{layers, 0}, x);
  } catch (const Error& error) {
    const std::string message = error.what();
    return std::stoll(message.substr(message.find("minimum is ") + 11));
  }
  return -1;
}

}  // namespace

TEST_CASE("a stack keeps within its budget, and its gradients are the same to the bit") {
  const nn::Sequential layers = stack_of_layers();
  const Tensor x = ones({kBatch, 32});
  const Run plain = step(layers, x);
  const std::int64_t least = least_budget(layers, x);
  CHECK(least < plain.kept / 2);
  CHECK(least > 5 * kBlock);
  std::size_t before = 13;
  for (const std::int64_t budget : {least, least + 2 * kBlock, (least + plain.kept) / 2, plain.kept + kBlock}) {
    const nn::Checkpointed model{layers, budget};
    const auto segments = plan(model, x);
    const Run run = step(model, x);
    CHECK(run.gradients == plain.gradients);
    CHECK(run.forward <= budget);
    CHECK(run.kept <= budget);
    // On top come the cotangent, the loss, and the gradients of the layers behind.
    CHECK(run.sweep <= budget + 3 * kBlock + 12 * (32 * 128 + 128) * 4);
    CHECK(segments.front().begin == 0);
    CHECK(segments.back().end == 12);
    CHECK(recomputed_layers(segments) <= before);
    before = recomputed_layers(segments);
  }
  CHECK(before == 0);
}

TEST_CASE("a budget that is too small is refused with the least that would do") {
  const nn::Sequential layers = stack_of_layers();
  const Tensor x = ones({kBatch, 32});
  const std::int64_t least = least_budget(layers, x);
  CHECK_NOTHROW(plan(nn::Checkpointed{layers, least}, x));
  Tape tape;
  tape.watch(layers);
  const nn::Checkpointed model{layers, least - 1};
  CHECK_THROWS_WITH_AS(
      model(x),
      fmt::format("checkpointed: a budget of {} bytes is too small for 12 layers on a float32 (256, 32) input; the "
                  "minimum is {} bytes",
                  least - 1, least)
          .c_str(),
      Error);
}

TEST_CASE("without a tape, or with nothing watched, a budget changes nothing") {
  const nn::Sequential layers = stack_of_layers();
  const nn::Checkpointed model{layers, 0};
  const Tensor x = ones({4, 32});
  CHECK(model(x).to_vector<float>() == layers(x).to_vector<float>());
  Tape tape;
  CHECK(model(x).to_vector<float>() == layers(x).to_vector<float>());
  CHECK(model.segments(x).size() == 1);
}

TEST_CASE("a budgeted stack has its layers' fields, and is cut anew for other inputs and other watched tensors") {
  Rng rng(3);
  const nn::Sequential layers{nn::Linear{8, 8, rng}, tanh, nn::Linear{8, 8, rng}, tanh, nn::Linear{8, 2, rng}};
  const nn::Checkpointed model{layers, 6 * (64 * 8 * 4 + 256)};
  CHECK(parameters(model)[2].name == "2.weight");
  const Tensor small = ones({8, 8}), large = ones({64, 8});
  CHECK(recomputed_layers(plan(model, small)) == 0);
  const auto loss = [](const auto& m, const Tensor& u) { return sum(square(m(u))); };
  for (const Tensor& x : {small, large}) {
    const auto [of_model, of_x] = grad(loss)(model, x);
    const auto [of_layers, of_same] = grad(loss)(layers, x);
    CHECK(of_x.template to_vector<float>() == of_same.template to_vector<float>());
    for (const auto& [name, parameter] : parameters(model))
      CHECK(of_model[parameter].template to_vector<float>() == of_layers[parameter].template to_vector<float>());
  }
  Tape tape;
  tape.watch(parameters(model)[4].tensor);  // the last layer alone is trained
  CHECK(recomputed_layers(model.segments(large)) == 0);
}

TEST_CASE("a budgeted stack differentiates twice") {
  Rng rng(3);
  const nn::Sequential layers{nn::Linear{2, 3, rng, nn::FanInUniform{}, float64}, tanh,
                              nn::Linear{3, 3, rng, nn::FanInUniform{}, float64}, tanh,
                              nn::Linear{3, 1, rng, nn::FanInUniform{}, float64}, tanh};
  const Tensor x = normal({2, 2}, 0, 1, rng, float64);
  const nn::Checkpointed model{layers, least_budget(layers, x)};
  CHECK(recomputed_layers(plan(model, x)) > 0);
  const auto loss = [&](const auto& m) { return sum(square(grad([&](const Tensor& u) { return sum(m(u)); })(x))); };
  const Gradients found = grad(loss)(model), expected = grad(loss)(layers);
  for (const auto& [name, parameter] : parameters(layers)) {
    const auto a = found[parameter].to_vector<double>(), b = expected[parameter].to_vector<double>();
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-12));
  }
}

TEST_CASE("errors in a recomputed layer name it by its place in the whole stack") {
  Rng rng(1);
  const auto picky = [](const Tensor& x) {
    if (max(abs(x)).item<double>() > 1e6) detail::fail("picky: too large");
    return x * 1;
  };
  nn::Sequential layers{nn::Linear{32, 32, rng}, nn::Linear{32, 32, rng}, nn::Linear{32, 32, rng}, picky};
  const nn::Checkpointed stack{layers, 26000};
  Tape tape;
  tape.watch(layers);
  stack(ones({64, 32}));
  CHECK_THROWS_WITH_AS(stack(full({64, 32}, 1e9)), doctest::Contains("layer \"3\""), Error);
}

}  // namespace retrograd::tests
