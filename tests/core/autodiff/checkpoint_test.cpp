// Recomputation in the sweep: what it must not change (values, derivatives of every order, the log) and what it must
// (memory).
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <thread>

namespace retrograd::tests {

namespace {

using Layers = std::vector<nn::Linear>;

Layers chain(int depth, std::int64_t width, Dtype dtype = float32) {
  Rng rng(7);
  Layers layers;
  for (int i = 0; i < depth; ++i) layers.push_back(nn::Linear{width, width, rng, nn::FanInUniform{}, dtype});
  return layers;
}

// The layers from begin to end, as a function that holds them.
auto run_of(const Layers& layers, std::size_t begin, std::size_t end) {
  return [part = Layers(layers.begin() + static_cast<std::ptrdiff_t>(begin),
                        layers.begin() + static_cast<std::ptrdiff_t>(end))](const Tensor& x) {
    Tensor y = x;
    for (const nn::Linear& layer : part) y = tanh(layer(y));
    return y;
  };
}

std::vector<std::vector<double>> values_of(const Gradients& gradients) {
  std::vector<std::vector<double>> list;
  for (const auto& entry : gradients) list.push_back(entry.value().to_vector<double>());
  return list;
}

// The most bytes alive whenever a rule has been called, and at the end of the first run.
class Peak final : public detail::Observer {
 public:
  void sweeping(detail::Log&, std::uint32_t, const Tensor&) override { look(); }
  void swept(detail::Log&, std::uint32_t) override { look(); }
  void look() { most = std::max(most, detail::live_bytes() - start); }
  std::int64_t start = detail::live_bytes(), most = 0;
};

}  // namespace

TEST_CASE("a checkpoint changes neither the value nor a bit of the gradients") {
  const Layers layers = chain(6, 5);
  Rng rng(1);
  const Tensor x = normal({3, 5}, 0, 1, rng);
  const auto sweep = [&](bool checkpoints, Tensor& value) {
    Tape tape;
    tape.watch(layers);
    tape.watch(x);
    Tensor y = x;
    for (std::size_t i = 0; i < 6; i += 2)
      y = checkpoints ? checkpoint(run_of(layers, i, i + 2))(y) : run_of(layers, i, i + 2)(y);
    value = sum(square(y));
    return values_of(tape.gradients(value));
  };
  Tensor plain_value, value;
  const auto plain = sweep(false, plain_value);
  CHECK(sweep(true, value) == plain);
  CHECK(value.item<float>() == plain_value.item<float>());
}

TEST_CASE("a checkpoint differentiates to every order, towards arguments and what its function holds") {
  Rng rng(3);
  const Tensor a = normal({3}, 0, 1, rng, float64), b = normal({3}, 0, 1, rng, float64);
  const auto held = [](const Tensor& u, const Tensor& v) {
    return checkpoint([v](const Tensor& w) { return sin(w * v) * exp(w) + w; })(u);
  };
  CHECK(tools::gradcheck(held, {a, b}, {.order = 3}).passed());
  const auto both = [](const Tensor& u, const Tensor& v) {
    return checkpoint([](const Tensor& p, const Tensor& q) { return tanh(p) * q * q; })(u, v) + u;
  };
  CHECK(tools::gradcheck(both, {a, b}, {.order = 3}).passed());
}

TEST_CASE("checkpoints nest, and stand inside and around derivatives") {
  Rng rng(3);
  const Tensor a = normal({3}, 0, 1, rng, float64), b = normal({3}, 0, 1, rng, float64);
  const auto nested = [](const Tensor& u, const Tensor& v) {
    return checkpoint([v](const Tensor& p) {
      const Tensor h = checkpoint([v](const Tensor& q) { return sin(q) * v; })(p);
      return h * checkpoint([](const Tensor& q, const Tensor& r) { return exp(q) + r; })(h, p);
    })(u);
  };
  CHECK(tools::gradcheck(nested, {a, b}, {.order = 2}).passed());
  const auto around = [](const Tensor& u, const Tensor& v) {  // a derivative inside a checkpoint
    return checkpoint([v](const Tensor& p) { return grad([v](const Tensor& q) { return sum(sin(q) * v * q); })(p); })(
        u);
  };
  CHECK(tools::gradcheck(around, {a, b}, {.order = 2}).passed());
  const auto f = [](const Tensor& u) { return sum(tanh(u) * u * u); };
  const auto same = [&](const Tensor& u) { return checkpoint(f)(u); };
  CHECK(hessian(same)(a).to_vector<double>() == hessian(f)(a).to_vector<double>());
  CHECK(jacobian(same)(a).to_vector<double>() == jacobian(f)(a).to_vector<double>());
}

TEST_CASE("a checkpoint of a model given as an argument, in value_and_grad") {
  Rng rng(1);
  const nn::Mlp model{{3, 4, 2}, nn::Activation::tanh, rng};
  const Tensor x = normal({5, 3}, 0, 1, rng);
  const auto loss = [&](const nn::Mlp& m) { return mean(square(m(x))); };
  const auto cheap = [&](const nn::Mlp& m) { return checkpoint(loss)(m); };
  CHECK(values_of(grad(cheap)(model)) == values_of(grad(loss)(model)));
}

TEST_CASE("a checkpointed chain of 50 layers keeps the borders and one segment") {
  constexpr std::int64_t kWidth = 64, kBatch = 256, kBlock = kWidth * kBatch * 4;
  const Layers layers = chain(50, kWidth);
  const Tensor x = ones({kBatch, kWidth});
  const auto peak_of = [&](std::size_t segment) {
    Peak peak;
    Tape tape;
    tape.watch(layers);
    Tensor y = x;
    for (std::size_t i = 0; i < 50; i += segment)
      y = segment == 50 ? run_of(layers, 0, 50)(y) : checkpoint(run_of(layers, i, i + segment))(y);
    peak.look();
    const std::int64_t forward = peak.most;
    const Tensor loss = sum(y);
    y = Tensor();
    const Gradients gradients = tape.gradients(loss);
    peak.most -= 50 * (kWidth * kWidth * 4);  // the gradients themselves are the same in both
    return std::pair{forward, peak.most};
  };
  const auto [plain_forward, plain] = peak_of(50);
  const auto [forward, most] = peak_of(7 + 3);
  CHECK(plain_forward >= 50 * kBlock);
  CHECK(forward < 7 * kBlock);          // five borders
  CHECK(most < (5 + 10 + 8) * kBlock);  // and one segment with its cotangents
  CHECK(most * 2 < plain);
}

TEST_CASE("a checkpoint leaves one node, and frees what it recorded") {
  const Tensor x = ones({100});
  Tape tape;
  tape.watch(x);
  detail::Log& log = *detail::recording();
  const auto nodes = log.nodes.size();
  Tensor y = x;
  for (int i = 0; i < 3000; ++i)
    y = checkpoint([](const Tensor& u) {
      Tensor v = u;
      for (int k = 0; k < 10; ++k) v = v + 0;
      return v;
    })(y);
  CHECK(log.nodes.size() == nodes + 3000);
  CHECK(std::string_view(log.nodes[nodes].op) == "checkpoint");
  CHECK(tape.gradients(sum(y))[x].to_vector<float>() == std::vector<float>(100, 1));
}

TEST_CASE("what a checkpoint does not change passes through it") {
  const Tensor x = tensor(3.0, float64), c = tensor(5.0, float64);
  Tape tape;
  tape.watch(x);
  const auto same = checkpoint([](const Tensor& u) { return u; });
  CHECK(!detail::is_tracked(checkpoint([&](const Tensor&) { return square(c); })(x)));
  CHECK(!detail::is_tracked(same(c)));
  CHECK(tape.gradients(same(x) * x)[x].item<double>() == 6);
  CHECK(checkpoint([](const Tensor& u) { return u * u; })(x).item<double>() == 9);  // nothing is recorded any more
}

TEST_CASE("tensors that leave a checkpointed function are constants, and no other node's number") {
  const Tensor x = tensor(3.0, float64), c = tensor(2.0, float64);
  Tape tape;
  tape.watch(x);
  Tensor leaked;
  const Tensor y = checkpoint([&leaked, c](const Tensor& u) {
    Tape inner;
    inner.watch(c);  // a leaf of the log as well
    leaked = square(u);
    return leaked * inner.gradients(c * u)[c];
  })(x);
  CHECK(!detail::is_tracked(leaked));
  CHECK(!detail::is_tracked(c));
  CHECK(y.item<double>() == 27);
  CHECK(tape.gradients(y + leaked * c)[x].item<double>() == 27);  // of x³ alone
}

TEST_CASE("a running sum inside a checkpointed function is differentiated, one outside it is refused") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  Tape tape(persistent);
  tape.watch(x);
  const auto power_sum = [](const Tensor& u) {
    Tensor total = zeros({2}, float64), power = u;
    for (int i = 0; i < 3; ++i) {
      total += power;
      power = power * u;
    }
    return reshape(total, {2, 1});
  };
  const Tensor y = checkpoint(power_sum)(x);
  CHECK(tape.gradients(sum(y))[x].to_vector<double>() == std::vector<double>{6, 17});

  Tensor untracked = zeros({2}, float64), tracked = zeros({2}, float64);
  tracked += x;
  for (Tensor* outside : {&untracked, &tracked})
    CHECK_THROWS_WITH_AS(checkpoint([outside](const Tensor& u) {
                           *outside += square(u);
                           return sum(*outside);
                         })(x),
                         "checkpoint: f writes to a (2,) tensor created outside it, and would do so twice", TapeError);
  CHECK(tape.gradients(sum(square(x)))[x].to_vector<double>() == std::vector<double>{2, 4});  // the log is whole
}

TEST_CASE("randomness handed over by value is drawn twice the same, by reference it is an error") {
  const Tensor x = ones({100});
  Rng rng(5);
  const auto dropped = [](const Tensor& u, Rng own) {
    const Tensor kept = uniform(u.shape(), 0, 1, own) < 0.5;
    return square(where(kept, u, 0)) * uniform(u.shape(), 0, 1, own);
  };
  const auto gradient = [&](auto f) {
    Tape tape;
    tape.watch(x);
    return tape.gradients(sum(f(x)))[x].template to_vector<float>();
  };
  const auto expected = gradient([&](const Tensor& u) { return dropped(u, rng.split(1)); });
  CHECK(gradient([&](const Tensor& u) { return checkpoint(dropped)(u, rng.split(1)); }) == expected);
  CHECK(gradient([&](const Tensor& u) {
          return checkpoint([dropped, own = rng.split(1)](const Tensor& v) mutable {
            own.uniform();
            own = Rng(5).split(1);
            return dropped(v, own);
          })(u);
        }) == expected);
  CHECK_THROWS_WITH_AS(gradient([&](const Tensor& u) {
                         return checkpoint([&rng](const Tensor& v) { return v * uniform(v.shape(), 0, 1, rng); })(u);
                       }),
                       doctest::Contains("checkpoint: f returned a different (100,) value when run again"), TapeError);
}

TEST_CASE("arguments of a checkpoint are protected until the sweep") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  Tensor c = tensor({3.0, 4.0}, float64);
  Tape tape;
  tape.watch(x);
  const Tensor y = checkpoint([](const Tensor& u, const Tensor& v) { return u * exp(v); })(x, c);
  CHECK_THROWS_AS(c += 1, TapeError);
  tape.gradients(sum(y));
  CHECK_NOTHROW(c += 1);
}

TEST_CASE("a checkpointed function that watches on the outer tape, or throws, is refused cleanly") {
  const Tensor x = tensor(3.0, float64);
  Tape tape(persistent);
  tape.watch(x);
  CHECK_THROWS_WITH_AS(checkpoint([&tape](const Tensor& u) {
                         const Tensor h = square(u);
                         tape.watch(h);
                         return h;
                       })(x),
                       "checkpoint: f watches a tensor on a tape opened outside it", TapeError);
  CHECK_THROWS_WITH(checkpoint([](const Tensor& u) -> Tensor {
                      static_cast<void>(square(u));
                      throw std::runtime_error("no");
                    })(x),
                    "no");
  CHECK(detail::Observer::current() == nullptr);
  CHECK(tape.gradients(checkpoint([](const Tensor& u) { return square(u); })(x))[x].item<double>() == 6);
}

TEST_CASE("an observer sees a checkpoint as one op, and the rerun on a log of its own") {
  class Names final : public detail::Observer {
   public:
    void recorded(detail::Log& log, std::uint32_t node, const Tensor&, std::span<const Tensor* const>) override {
      names.emplace_back(log.nodes[node].op);
    }
    std::vector<std::string> names;
  };
  const Tensor x = tensor(3.0, float64);
  Tape tape;
  tape.watch(x);
  Names seen;
  const Tensor y = checkpoint([](const Tensor& u) { return exp(square(u)); })(x);
  CHECK(seen.names == std::vector<std::string>{"checkpoint"});
  tape.gradients(y);
  CHECK(seen.names == std::vector<std::string>{"checkpoint", "square", "exp"});
}

TEST_CASE("a checkpoint on a persistent tape is swept again, under an open outer tape and on other threads") {
  const Tensor x = tensor(3.0, float64), w = tensor(2.0, float64);
  const auto f = [w](const Tensor& u) { return u * u * w; };
  Tape tape(persistent);
  tape.watch(x);
  tape.watch(w);
  const Tensor y = checkpoint(f)(x);
  for (int i = 0; i < 2; ++i) {
    const Gradients g = tape.gradients(y * x);
    CHECK(g[x].item<double>() == 54);
    CHECK(g[w].item<double>() == 27);
  }
  CHECK(detail::is_tracked(x));  // the rerun's tape gave it back
  CHECK(tape.gradients(x * w)[x].item<double>() == 2);
  double there = 0;
  std::thread([&] {
    there =
        grad([](const Tensor& u) { return checkpoint([](const Tensor& v) { return v * v; })(u); })(x).item<double>();
  }).join();
  CHECK(there == 6);
}

TEST_CASE("a checkpointed function that throws inside another one leaves only constants") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  Tape tape(persistent);
  tape.watch(x);
  Tensor leak;
  const auto leaking = [&leak](const Tensor& u) -> Tensor {
    Tensor d = u;
    for (int i = 0; i < 20; ++i) d = d * 1.0;
    leak = d;
    throw std::runtime_error("no");
  };
  const Tensor y = checkpoint([leaking](const Tensor& u) {
    const Tensor b = u * 2;
    CHECK_THROWS_WITH(checkpoint(leaking)(b), "no");
    return b * b;
  })(x);
  CHECK(!detail::is_tracked(leak));
  CHECK(tape.gradients(sum(leak * 1) + sum(y))[x].to_vector<double>() == std::vector<double>{8, 16});

  bool is_rerun = false;
  const Tensor z = checkpoint([&](const Tensor& u) {
    const Tensor b = u * 2;
    const auto watching = [&](const Tensor& v) {
      leak = square(v) * 1.0;
      tape.watch(leak);
      return leak;
    };
    if (!is_rerun) CHECK_THROWS_AS(checkpoint(watching)(b), TapeError);
    is_rerun = true;
    return b * b;
  })(x);
  CHECK(!detail::is_tracked(leak));
  CHECK(tape.gradients(sum(leak * 1) + sum(z))[x].to_vector<double>() == std::vector<double>{8, 16});
}

TEST_CASE("a checkpointed function that throws leaves no nodes, and what it watched is not taken for another") {
  const Tensor x = tensor(3.0, float64);
  Tape tape(persistent);
  tape.watch(x);
  detail::Log& log = *detail::recording();
  const auto nodes = log.nodes.size();
  Tensor leak;
  const auto failing = [&](const Tensor& u) -> Tensor {
    leak = square(u);
    tape.watch(leak);
    throw std::runtime_error("no");
  };
  CHECK_THROWS_WITH(checkpoint(failing)(x), "no");
  CHECK(log.nodes.size() == nodes);
  CHECK(!detail::is_tracked(leak));
  const Tensor y = x * x * x;  // takes the numbers that f's nodes had
  const Gradients g = tape.gradients(y);
  CHECK(g.size() == 1);
  CHECK(g[x].item<double>() == 27);
}

TEST_CASE("an op that an observer refuses inside a checkpointed function is taken back as well") {
  class Refusing final : public detail::Observer {
   public:
    void recorded(detail::Log&, std::uint32_t, const Tensor&, std::span<const Tensor* const>) override {
      throw std::runtime_error("refused");
    }
  };
  const Tensor x = tensor({1.0, 2.0}, float64);
  Tape tape(persistent);
  tape.watch(x);
  Tensor total = zeros({2}, float64);
  const auto f = [&total](const Tensor& u) {
    const Tensor b = u * 2;
    const Refusing refusing;
    CHECK_THROWS_WITH(total += b, "refused");
    return u;
  };
  CHECK_THROWS_WITH_AS(checkpoint(f)(x), doctest::Contains("f writes to a (2,) tensor created outside it"), TapeError);
  CHECK(!detail::is_tracked(total));
}

TEST_CASE("a rerun that gives another value in one place is refused") {
  const Tensor x = ones({64, 128});
  int runs = 0;
  Tape tape;
  tape.watch(x);
  const Tensor y = checkpoint([&runs](const Tensor& u) {
    Tensor column = zeros({128});
    column.mutable_data<float>()[77] = static_cast<float>(runs++);
    return u + column;
  })(x);
  CHECK_THROWS_WITH_AS(
      tape.gradients(sum(y)),
      "checkpoint: f returned a different (64, 128) value when run again; everything it reads (an Rng, a "
      "scope such as OverrideScope, a tensor written since) must be unchanged",
      TapeError);
}

}  // namespace retrograd::tests
