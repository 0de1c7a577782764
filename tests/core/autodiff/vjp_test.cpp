// Products with derivatives that are never built: vjp, jvp, hvp.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <thread>

namespace retrograd::tests {

namespace {

using Values = std::vector<double>;
Values values(const Tensor& x) { return x.to_vector<double>(); }
const auto cubes = [](const Tensor& u) { return u * u * u; };

void check_close(const Tensor& found, const Tensor& expected) {
  CHECK(found.shape() == expected.shape());
  const Values a = values(found), b = values(expected);
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-12));
}

nn::Mlp small_model() {
  Rng rng(2);
  return {{2, 3, 1}, nn::Activation::tanh, rng, nn::FanInUniform{}, float64};
}

}  // namespace

TEST_CASE("vjp gives the value and pulls any number of cotangents back, running the function once") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  int runs = 0;
  const auto before = detail::live_bytes();
  {
    const auto [value, pullback] = vjp(
        [&runs](const Tensor& u) {
          ++runs;
          return cubes(u);
        },
        x);
    CHECK(values(value) == Values{1, 8});
    CHECK(values(pullback(tensor({1.0, 0.0}, float64))) == Values{3, 0});
    const auto copy = pullback;
    CHECK(values(copy(tensor({1.0, -1.0}, float64))) == Values{3, -12});
    CHECK(runs == 1);
    CHECK(detail::current_recording.log == nullptr);
    CHECK_THROWS_WITH_AS(pullback(ones({3}, float64)),
                         "gradients: the cotangent must match y, float64 (2,), got float64 (3,)", ShapeError);
    CHECK_THROWS_WITH_AS(pullback(ones({2})), "gradients: the cotangent must match y, float64 (2,), got float32 (2,)",
                         DtypeError);
    std::thread([&pullback = pullback] {
      CHECK_THROWS_WITH_AS(pullback(ones({2}, float64)), "gradients: this tape belongs to another thread", TapeError);
    }).join();
  }
  CHECK(detail::live_bytes() == before);
}

TEST_CASE("vjp takes structs and several arguments, and gives zeros where nothing depends on them") {
  const nn::Mlp model = small_model();
  const Tensor x = ones({4, 2}, float64), idle = ones({3}, float64);
  const auto [value, pullback] =
      vjp([](const nn::Mlp& m, const Tensor& u, const Tensor&) { return m(u); }, model, x, idle);
  CHECK(value.shape() == Shape{4, 1});
  const auto [of_model, of_x, of_idle] = pullback(ones({4, 1}, float64));
  CHECK(of_model[model.layers[1].bias].item<double>() == 4);
  CHECK(of_x.shape() == x.shape());
  CHECK(values(of_idle) == Values{0, 0, 0});
}

TEST_CASE("a pullback is linear in its cotangent, and tapes that open later differentiate it") {
  const Tensor x = tensor({1.0, 2.0}, float64), c = tensor({5.0, 7.0}, float64);
  const auto [value, pullback] = vjp(cubes, x);
  {
    Tape tape;
    tape.watch(c);
    CHECK(values(tape.gradients(sum(square(pullback(c))))[c]) == Values{2 * 5 * 9, 2 * 7 * 144});
  }
  {
    Tape tape;
    tape.watch(value);  // the caller's handle is not the tape's own
    tape.watch(c);
    CHECK(values(tape.gradients(sum(pullback(c) * value))[c]) == Values{3, 96});
  }
}

TEST_CASE("a pullback outlives the thread that made it, and may be static") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  using Kept = decltype(vjp(cubes, x));
  std::optional<Kept> kept;
  std::thread([&] { kept.emplace(vjp(cubes, x)); }).join();
  CHECK(values(kept->first) == Values{1, 8});
  CHECK_THROWS_AS(kept->second(x), TapeError);
  kept.reset();
  static const Kept at_exit = vjp(cubes, x);
  CHECK(values(at_exit.second(x)) == Values{3, 24});
}

TEST_CASE("a checkpoint is swept by pullbacks that later tapes differentiate") {
  const Tensor x = tensor({1.0, 2.0}, float64), c = tensor({5.0, 7.0}, float64);
  const auto [value, pullback] = vjp(checkpoint(cubes), x);
  for (int i = 0; i < 2; ++i) {
    Tape tape;
    tape.watch(c);
    tape.watch(x);
    CHECK(values(pullback(c)) == Values{15, 84});
    CHECK(values(tape.gradients(sum(square(pullback(c)) * x))[c]) == Values{2 * 5 * 9, 2 * 2 * 7 * 144});
  }
  CHECK(values(pullback(c)) == Values{15, 84});
  CHECK(values(value) == Values{1, 8});
}

TEST_CASE("a vjp under an open tape is differentiated through, as long as that tape is open") {
  const Tensor x = tensor({1.0, 2.0}, float64), c = tensor({5.0, 7.0}, float64);
  const auto pulled = [&](const Tensor& u) {
    const auto [value, pullback] = vjp(cubes, u);
    return sum(pullback(value));  // Σ 3u²·u³
  };
  CHECK(values(grad(pulled)(x)) == Values{15, 240});
  CHECK(tools::gradcheck(pulled, {x}, {.order = 3}).passed());
  Tape tape;
  tape.watch(x);
  const auto [value, pullback] = vjp(cubes, x);
  const Tensor z = square(x);
  tape.watch(z);  // after it, so not the vjp's to forget
  const Gradients g = tape.gradients(sum(pullback(c) + z));
  CHECK(values(g[x]) == Values{6 * 5 + 2, 12 * 7 + 4});
  CHECK(values(g[z]) == Values{1, 1});
  CHECK_THROWS_WITH_AS(pullback(c), doctest::Contains("gradients: this tape is consumed"), TapeError);
  static_cast<void>(value);
}

TEST_CASE("jvp is the Jacobian times the tangent") {
  Rng rng(4);
  const Tensor x = normal({2, 3}, 0, 1, rng, float64), t = normal({2, 3}, 0, 1, rng, float64);
  const auto f = [](const Tensor& u) { return matmul(u, transpose(sin(u))); };
  const auto [value, tangent] = jvp(f, x, t);
  check_close(value, f(x));
  check_close(tangent, reshape(matmul(reshape(jacobian(f)(x), {4, 6}), reshape(t, {6})), {2, 2}));
}

TEST_CASE("jvp differentiates in x and in the tangent, and nests in itself") {
  Rng rng(4);
  const Tensor x = normal({3}, 0, 1, rng, float64), t = normal({3}, 0, 1, rng, float64);
  const auto along = [](const Tensor& u, const Tensor& v) {
    return jvp([](const Tensor& w) { return sin(w) * w; }, u, v).second;
  };
  CHECK(tools::gradcheck(along, {x, t}, {.order = 2}).passed());
  const auto twice = jvp([&](const Tensor& u) { return jvp(cubes, u, t).second; }, x, t).second;
  check_close(twice, 6 * x * t * t);
  const auto with_value = [](const Tensor& u) { return sum(jvp(cubes, u, ones_like(u)).first); };
  check_close(grad(with_value)(x), 3 * x * x);
}

TEST_CASE("jvp along a model, a tuple, and where nothing depends on x") {
  const nn::Mlp model = small_model();
  const nn::Mlp direction = clone(model);
  const Tensor x = ones({4, 2}, float64);
  const auto loss = [&](const nn::Mlp& m) { return mean(square(m(x))); };
  const Gradients g = grad(loss)(model);
  double expected = 0;
  for (const auto& entry : g) expected += sum(entry.value() * entry.value()).item<double>();
  CHECK(jvp(loss, model, g).second.item<double>() == doctest::Approx(expected).epsilon(1e-12));
  expected = 0;
  for (const auto& entry : g) expected += sum(entry.value() * entry.key).item<double>();
  CHECK(jvp(loss, model, direction).second.item<double>() == doctest::Approx(expected).epsilon(1e-12));
  const std::tuple<Tensor, Tensor> at{x, 2 * x}, by{x, x};
  const auto product = [](const std::tuple<Tensor, Tensor>& both) { return std::get<0>(both) * std::get<1>(both); };
  CHECK(values(jvp(product, at, by).second) == Values(8, 3));
  CHECK(values(jvp([&](const Tensor&) { return x; }, x, x).second) == Values(8, 0));
  CHECK(values(jvp([](const Tensor& u) { return u; }, x, 3 * x).second) == Values(8, 3));
}

TEST_CASE("a tangent or direction that is not like x is named") {
  const Tensor x = ones({3}, float64);
  const auto f = [](const Tensor& u) { return sum(u * u); };
  CHECK_THROWS_WITH_AS(jvp(f, x, ones({2}, float64)), "jvp: the tangent must match x, float64 (3,), got float64 (2,)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(jvp(f, x, ones({3})), "jvp: the tangent must match x, float64 (3,), got float32 (3,)",
                       DtypeError);
  CHECK_THROWS_WITH_AS(hvp(f, x, ones({3, 1}, float64)),
                       "hvp: the direction must match x, float64 (3,), got float64 (3, 1)", ShapeError);
  CHECK_THROWS_WITH_AS(jvp([](const Tensor& u) { return argmax(u); }, x, x),
                       "jvp: f's value must be float32 or float64 to have a derivative, got int64", DtypeError);
  CHECK_THROWS_WITH_AS(hvp([](const Tensor& u) { return u; }, x, x),
                       doctest::Contains("the loss must be of size 1, got shape (3,)"), ShapeError);
  CHECK_THROWS_WITH_AS(jvp(f, argmax(x), x), "watch: only float32 and float64 tensors have gradients, got int64",
                       DtypeError);
  const nn::Mlp model = small_model();
  nn::Mlp wrong = clone(model);
  wrong.layers[1].bias = ones({2}, float64);
  const auto loss = [](const nn::Mlp& m) { return sum(m(ones({4, 2}, float64))); };
  CHECK_THROWS_WITH_AS(jvp(loss, model, wrong),
                       "jvp: the tangent of layers.1.bias must match x, float64 (1,), got float64 (2,)", ShapeError);
  wrong.layers.pop_back();
  CHECK_THROWS_WITH_AS(hvp(loss, model, wrong), "hvp: the direction has 2 tensors, but x has 4", ShapeError);
}

TEST_CASE("hvp is the Hessian times the direction, and differentiates") {
  Rng rng(4);
  const Tensor x = normal({4}, 0, 1, rng, float64), v = normal({4}, 0, 1, rng, float64);
  const auto f = [](const Tensor& u) { return sum(sin(u) * u) * sum(u * u); };
  check_close(hvp(f, x, v), matmul(hessian(f)(x), v));
  const auto both = [&](const Tensor& u, const Tensor& w) { return hvp(f, u, w); };
  CHECK(tools::gradcheck(both, {x, v}, {.order = 2}).passed());
  const auto curvature = [&](const Tensor& u) { return sum(hvp(f, u, v) * v); };  // inside grad: third order
  check_close(grad(curvature)(x), jvp([&](const Tensor& u) { return hvp(f, u, v); }, x, v).second);
  CHECK(values(hvp([](const Tensor& u) { return sum(3 * u); }, x, v)) == Values(4, 0));
}

TEST_CASE("hvp of a model takes gradients or a model, and comes back under the caller's tensors") {
  const nn::Mlp model = small_model();
  const Tensor x = ones({4, 2}, float64);
  const auto loss = [&](const nn::Mlp& m) { return mean(square(m(x))); };
  const Gradients slope = grad(loss)(model);
  const Gradients product = hvp(loss, model, slope);
  CHECK(product.size() == 4);
  CHECK(product.begin()->name() == "layers.0.weight");
  // (∇L(θ + hv) − ∇L(θ − hv)) / 2h
  const double h = 1e-5;
  const auto moved = [&](double by) {
    nn::Mlp other = clone(model);
    const auto from = parameters(model), to = parameters(other);
    for (std::size_t i = 0; i < to.size(); ++i) {
      Tensor parameter = to[i].tensor;
      parameter += by * slope[from[i].tensor];
    }
    return grad(loss)(other);
  };
  const Gradients up = moved(h), down = moved(-h);
  for (std::size_t i = 0; i < 4; ++i) {
    const Values found = values(product.begin()[i].value());
    const Values a = values(up.begin()[i].value()), b = values(down.begin()[i].value());
    for (std::size_t k = 0; k < found.size(); ++k)
      CHECK(found[k] == doctest::Approx((a[k] - b[k]) / (2 * h)).epsilon(1e-6));
  }
  CHECK(hvp(loss, model, clone(model)).size() == 4);
  const auto tied = hvp([](const std::vector<Tensor>& m) { return sum(m[0] * m[1] * m[2]); },
                        std::vector<Tensor>{x, x, x}, std::vector<Tensor>{x, x, x});
  CHECK(tied.size() == 1);
  CHECK(values(tied[x]) == Values(8, 6));
}

TEST_CASE("a pullback from inside a checkpoint is refused outside it, and one from before it is not") {
  const Tensor x = tensor({1.0, 2.0}, float64), c = tensor({5.0, 7.0}, float64);
  using Kept = decltype(vjp(cubes, x));
  std::optional<Kept> inside, deeper;
  Tape tape(persistent);
  tape.watch(x);
  const Kept before = vjp(cubes, x);
  const auto f = [&](const Tensor& u) {
    inside.emplace(vjp(cubes, u));
    CHECK(values(inside->second(c)) == Values{15, 84});
    static_cast<void>(checkpoint([&](const Tensor& v) {
      deeper.emplace(vjp(cubes, v));
      return deeper->first;
    })(u));
    CHECK_THROWS_AS(deeper->second(c), TapeError);
    CHECK(values(inside->second(c)) == Values{15, 84});
    return inside->first;
  };
  const Tensor y = checkpoint(f)(x);
  CHECK_THROWS_WITH_AS(inside->second(c),
                       "gradients: this pullback was made inside a checkpoint, whose ops the tape has released",
                       TapeError);
  CHECK_THROWS_AS(deeper->second(c), TapeError);
  CHECK(values(before.second(c)) == Values{15, 84});
  const Kept after = vjp(cubes, x);
  CHECK(values(after.second(c)) == Values{15, 84});
  CHECK_THROWS_AS(inside->second(c), TapeError);
  CHECK(values(tape.gradients(sum(y) + sum(before.second(c)))[x]) == Values{3 + 30, 12 + 84});
}

TEST_CASE("a live pullback leaves watched tensors to the tape around it") {
  const Tensor x = tensor({1.0, 2.0}, float64), w = tensor({3.0, 4.0}, float64);
  const auto inner = [&w](const Tensor& a) {
    Tape tape;
    tape.watch(w);
    return tape.gradients(sum(a * w))[w];
  };
  using Kept = decltype(vjp(inner, x));
  std::optional<Kept> kept;
  {
    Tape tape(persistent);
    tape.watch(w);
    {
      const NoTape pause;
      kept.emplace(vjp(inner, x));
      CHECK(values(kept->second(x)) == Values{1, 2});
    }
    CHECK(values(tape.gradients(sum(w * w))[w]) == Values{6, 8});
    {
      const NoTape pause;
      Tape other;  // opened after the pullback, closed after it
      other.watch(w);
      kept.reset();
      CHECK(values(other.gradients(sum(w * w))[w]) == Values{6, 8});
    }
    CHECK(values(tape.gradients(sum(w * w))[w]) == Values{6, 8});
    {
      const NoTape pause;
      kept.emplace(vjp(inner, x));
    }
  }
  CHECK(values(kept->second(x)) == Values{1, 2});
  Tape later;
  later.watch(w);
  kept.reset();
  CHECK(values(later.gradients(sum(w * w))[w]) == Values{6, 8});
}

TEST_CASE("a pullback may close on another thread while its owner records and counts") {
  const Tensor x = tensor({1.0, 2.0}, float64), w = tensor({3.0, 4.0}, float64);
  Tape tape;
  tape.watch(w);
  const auto inner = [&w](const Tensor& a) {
    Tape own;
    own.watch(w);
    return own.gradients(sum(a * w))[w] + a;
  };
  std::optional<decltype(vjp(inner, x))> kept;
  {
    const NoTape pause;
    kept.emplace(vjp(inner, x));
  }
  std::thread closing([&kept] { kept.reset(); });
  Tensor y = w;
  for (int i = 0; i < 100; ++i) {
    y = y + 0;
    CHECK(detail::live_nodes() > i);
  }
  closing.join();
  CHECK(values(tape.gradients(sum(y * w))[w]) == Values{6, 8});
}

TEST_CASE("a tied tensor has one tangent") {
  const Tensor w = tensor({1.0, 2.0}, float64), t = tensor({1.0, 0.0}, float64), other = tensor({0.0, 1.0}, float64);
  const std::vector<Tensor> tied{w, w};
  const auto f = [](const std::vector<Tensor>& m) { return sum(m[0] * m[1]); };
  CHECK(jvp(f, tied, std::vector<Tensor>{t, t}).second.item<double>() == 2);
  CHECK_THROWS_WITH_AS(jvp(f, tied, std::vector<Tensor>{t, other}),
                       "jvp: the tangent has two different tensors for one float64 (2,) tensor that appears twice in x",
                       Error);
  CHECK_THROWS_WITH_AS(
      hvp(f, tied, std::vector<Tensor>{t, other}),
      "hvp: the direction has two different tensors for one float64 (2,) tensor that appears twice in x", Error);
}

TEST_CASE("a value that is not floating has no derivative, whoever is asked") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  const auto f = [](const Tensor& u) { return argmax(u); };
  CHECK_THROWS_WITH_AS(grad(f)(x), "grad: f's value must be float32 or float64 to have a derivative, got int64",
                       DtypeError);
  CHECK_THROWS_AS(value_and_grad(f)(x), DtypeError);
  CHECK_THROWS_WITH_AS(vjp(f, x), "vjp: f's value must be float32 or float64 to have a derivative, got int64",
                       DtypeError);
  CHECK_THROWS_AS(hvp(f, x, x), DtypeError);
  CHECK_THROWS_AS(hessian(f)(x), DtypeError);
  CHECK(detail::current_recording.log == nullptr);
}

}  // namespace retrograd::tests
