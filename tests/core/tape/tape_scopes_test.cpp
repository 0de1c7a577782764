// The rules of scopes: nested tapes, paused ones, tapes inside rules, on other threads and after the end.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <memory>
#include <thread>

namespace retrograd::tests {

namespace {
Tensor x_of(double value) { return tensor(value, float64); }
double value(const Tensor& x) { return x.item<double>(); }
}  // namespace

TEST_CASE("a nested tape is a mark in the same log, and its sweep is recorded") {
  const Tensor x = x_of(3);
  Tape outer;
  outer.watch(x);
  Tensor slope;
  {
    Tape inner;
    inner.watch(x);
    const Tensor y = x * x * x;
    slope = inner.gradients(y)[x];
    CHECK(value(inner.gradients(y)[x]) == 27);  // a nested tape is not consumed
  }
  CHECK(value(slope) == 27);
  CHECK(value(outer.gradients(slope)[x]) == 18);
}

TEST_CASE("a nested tape takes what was computed before it as constant") {
  const Tensor x = x_of(3);
  Tape outer;
  outer.watch(x);
  const Tensor before = square(x);
  Tape inner;
  inner.watch(x);
  CHECK(value(inner.gradients(x * before)[x]) == 9);
}

TEST_CASE("a nested sweep calls no rule towards tensors it did not watch") {
  const Tensor x = x_of(3), w = x_of(2);
  int calls = 0;
  Tape outer;
  outer.watch(x);
  Tape inner;
  inner.watch(w);
  const Tensor h = record("counted", detach(square(x)), wrt(x, [&calls, x](const Tensor& g) {
                            ++calls;
                            return g * 2 * x;
                          }));
  CHECK(value(inner.gradients(h * w)[w]) == 9);
  CHECK(calls == 0);
}

TEST_CASE("NoTape suspends recording, and a tape inside it is outermost") {
  const Tensor x = x_of(3);
  Tape outer;
  outer.watch(x);
  const Tensor y = square(x);
  {
    const NoTape pause;
    CHECK(!detail::is_tracked(square(x)));
    Tape inner;
    inner.watch(x);
    CHECK(value(inner.gradients(x * x)[x]) == 6);
  }
  // x is still the outer tape's variable after the inner one watched it too.
  CHECK(value(outer.gradients(y * x)[x]) == 27);
}

TEST_CASE("a tape inside a rule is its own outermost") {
  const Tensor x = x_of(3);
  Tape tape;
  tape.watch(x);
  const Tensor y = record("recomputed", detach(square(x)), wrt(x, [x](const Tensor& g) {
                            Tape own;
                            const Tensor in = alias(x);
                            own.watch(in);
                            return own.gradients(square(in), g)[in];
                          }));
  CHECK(value(tape.gradients(2 * y)[x]) == 12);
}

TEST_CASE("the write guard of an outer tape survives an inner one") {
  Tensor x = x_of(3);
  Tape outer;
  outer.watch(x);
  const Tensor y = square(x);
  {
    const NoTape pause;
    Tape inner;
    inner.watch(x);
    inner.gradients(square(x));
  }
  CHECK_THROWS_AS(x += 1, TapeError);
  CHECK(value(outer.gradients(y)[x]) == 6);
}

TEST_CASE("a tape refuses another thread, and a tensor watched there is a constant here") {
  const Tensor x = x_of(3);
  Tape tape;
  tape.watch(x);
  const Tensor y = square(x);
  std::string message;
  bool tracked_there = true;
  std::thread([&] {
    tracked_there = detail::is_tracked(x);
    try {
      tape.gradients(y);
    } catch (const TapeError& error) {
      message = error.what();
    }
    Tape own;
    CHECK_THROWS_WITH_AS(own.watch(x), doctest::Contains("is watched on another thread"), TapeError);
    CHECK_THROWS_WITH_AS(tape.watch(ones({2})), "watch: this tape belongs to another thread", TapeError);
    const auto [loss, slope] = value_and_grad([](const Tensor& v) { return v * v * v; })(x);  // a fresh alias
    CHECK(value(slope) == 27);
    static_cast<void>(loss);
  }).join();
  CHECK(message == "gradients: this tape belongs to another thread");
  CHECK(!tracked_there);
  CHECK(value(tape.gradients(y)[x]) == 6);
}

TEST_CASE("a tensor from a closed tape is a constant") {
  const Tensor x = x_of(3);
  Tensor y;
  {
    Tape tape;
    tape.watch(x);
    y = square(x);
  }
  Tape tape;
  tape.watch(x);
  CHECK(value(tape.gradients(y * x)[x]) == 9);
}

TEST_CASE("a nested tape asked about what it did not watch says so") {
  const Tensor x = x_of(3), w = x_of(2);
  Tape outer;
  outer.watch(x);
  Tape inner;
  inner.watch(w);
  CHECK_THROWS_AS(inner.gradients(x), TapeError);
  CHECK_THROWS_AS(inner.gradients(x * x), TapeError);
  CHECK(value(inner.gradients(w)[w]) == 1);
}

TEST_CASE("threads differentiate with the same parameters at once") {
  Rng rng(1);
  const nn::Mlp model{{4, 8, 2}, nn::Activation::tanh, rng};
  const Tensor x = normal({16, 4}, 0, 1, rng), labels = argmax(normal({16, 2}, 0, 1, rng), 1);
  const auto loss = [&](const auto& m) { return nn::softmax_cross_entropy(m(x), labels); };
  const auto expected = grad(loss)(model)[model.layers[0].weight].to_vector<float>();
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i)
        wrong[t] += grad(loss)(model)[model.layers[0].weight].template to_vector<float>() != expected;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("observers may close in any order") {
  class Count final : public detail::Observer {
   public:
    void recorded(detail::Log&, std::uint32_t, const Tensor&, std::span<const Tensor* const>) override { ++ops; }
    int ops = 0;
  };
  const Tensor x = tensor(3.0, float64);
  Tape tape;
  tape.watch(x);
  auto first = std::make_unique<Count>(), second = std::make_unique<Count>(), third = std::make_unique<Count>();
  second.reset();
  static_cast<void>(square(x));
  CHECK(third->ops == 1);
  CHECK(first->ops == 1);
  first.reset();
  static_cast<void>(square(x));
  CHECK(third->ops == 2);
  third.reset();
  CHECK(detail::Observer::current() == nullptr);
  CHECK(tape.gradients(square(x))[x].item<double>() == 6);
}

}  // namespace retrograd::tests
