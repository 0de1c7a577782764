#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {
Tensor x_of(double value) { return tensor(value, float64); }
double value(const Tensor& x) { return x.item<double>(); }
}  // namespace

TEST_CASE("with no tape open ops only compute") {
  const Tensor x = x_of(2);
  const Tensor y = square(x);
  CHECK(value(y) == 4);
  CHECK(!detail::is_tracked(y));
}

TEST_CASE("a watched tensor gets the derivative of the loss") {
  const Tensor x = x_of(3), w = x_of(5);
  Tape tape;
  tape.watch(x);
  tape.watch(w);
  const Gradients g = tape.gradients(x * w + square(x));
  CHECK(value(g[x]) == 11);
  CHECK(value(g[w]) == 3);
}

TEST_CASE("what is not watched costs no node") {
  const Tensor x = x_of(3), c = x_of(5);
  Tape tape;
  const Tensor before = square(c);
  CHECK(!detail::is_tracked(before));
  tape.watch(x);
  CHECK(!detail::is_tracked(square(c)));
  CHECK(detail::is_tracked(x * c));
}

TEST_CASE("asking for the gradient of something unwatched is an error that names it") {
  const Tensor x = x_of(3), other = zeros({2, 3});
  Tape tape;
  tape.watch(x);
  const Gradients g = tape.gradients(square(x));
  CHECK_THROWS_WITH_AS(g[other], "gradients: this float32 (2, 3) tensor was not watched by this tape", TapeError);
  CHECK_THROWS_AS(g.get_or_zeros(other), TapeError);
  CHECK(!g.contains(other));
}

TEST_CASE("what the loss does not depend on gives zeros only when asked so") {
  const Tensor x = x_of(3), idle = ones({2, 3});
  Tape tape;
  tape.watch(x);
  tape.watch(idle);
  const Gradients g = tape.gradients(square(x));
  CHECK_THROWS_WITH_AS(g[idle], doctest::Contains("does not depend on this float32 (2, 3) tensor"), TapeError);
  CHECK(g.get_or_zeros(idle).shape() == Shape{2, 3});
  CHECK(sum(abs(g.get_or_zeros(idle))).item<float>() == 0);
}

TEST_CASE("integers have no gradients") {
  Tape tape;
  CHECK_THROWS_WITH_AS(tape.watch(tensor({1, 2})), "watch: only float32 and float64 tensors have gradients, got int64",
                       DtypeError);
}

TEST_CASE("a loss that is no scalar needs a cotangent of its shape") {
  const Tensor x = tensor({1.0, 2.0, 3.0}, float64);
  Tape tape(persistent);
  tape.watch(x);
  const Tensor y = square(x);
  CHECK_THROWS_WITH_AS(tape.gradients(y), doctest::Contains("the loss must be of size 1, got shape (3,)"), ShapeError);
  CHECK_THROWS_WITH_AS(tape.gradients(y, ones({2}, float64)),
                       doctest::Contains("must match y, float64 (3,), got float64 (2,)"), ShapeError);
  CHECK_THROWS_AS(tape.gradients(y, ones({3})), DtypeError);
  CHECK(tape.gradients(y, tensor({1.0, 0.0, -1.0}, float64))[x].to_vector<double>() == std::vector<double>{2, 0, -6});
}

TEST_CASE("a loss that nothing watched leads to is an error") {
  const Tensor x = x_of(3);
  const Tensor before = square(x);
  Tape tape;
  tape.watch(x);
  CHECK_THROWS_WITH_AS(tape.gradients(before),
                       "gradients: this () tensor does not depend on anything this tape watches", TapeError);
}

TEST_CASE("the outermost tape is consumed, and says so") {
  const Tensor x = x_of(3);
  Tape tape;
  tape.watch(x);
  const Tensor y = square(x);
  tape.gradients(y);
  CHECK_THROWS_WITH_AS(tape.gradients(y),
                       "gradients: this tape is consumed; `Tape tape(rg::persistent)` keeps its log for more sweeps",
                       TapeError);
  CHECK_THROWS_AS(tape.watch(x), TapeError);
}

TEST_CASE("a consumed tape records nothing, and a tape inside it is outermost") {
  Tensor x = x_of(3);
  Tape tape;
  tape.watch(x);
  tape.gradients(square(x));
  CHECK(!detail::is_tracked(square(x)));
  Tape inner;
  inner.watch(x);
  CHECK(value(inner.gradients(x * x * x)[x]) == 27);
  x += 1;  // consumed too
  CHECK(value(x) == 4);
}

TEST_CASE("a persistent tape sweeps again") {
  const Tensor x = x_of(3);
  Tape tape(persistent);
  tape.watch(x);
  const Tensor y = square(x), z = y * x;
  CHECK(value(tape.gradients(y)[x]) == 6);
  CHECK(value(tape.gradients(z)[x]) == 27);
  CHECK(value(tape.gradients(z)[x]) == 27);
}

TEST_CASE("saved tensors are freed as the sweep passes, and those after the loss too") {
  const Tensor x = ones({1000});
  const auto before = detail::live_bytes();
  {
    Tape tape;
    tape.watch(x);
    Tensor y = x;
    for (int i = 0; i < 50; ++i) y = tanh(y);
    const Tensor loss = sum(y);
    for (int i = 0; i < 50; ++i) y = tanh(y);
    y = Tensor();
    CHECK(detail::live_bytes() - before > 100 * 4000);
    const Gradients g = tape.gradients(loss);
    CHECK(detail::live_bytes() - before < 5 * 4000);
    static_cast<void>(g);
  }
  CHECK(detail::live_bytes() == before);
}

TEST_CASE("writing into what an open tape tracks is an error, through any view") {
  Tensor x = ones({2, 3});
  Tensor view = reshape(x, {6});
  Tensor free = ones({2, 3});
  Tape tape;
  tape.watch(x);
  const Tensor y = x * free;
  CHECK_THROWS_WITH_AS(x += 1, doctest::Contains("+=: an open tape tracks this (2, 3) tensor"), TapeError);
  CHECK_THROWS_AS(view += 1, TapeError);
  CHECK_THROWS_AS(view.mutable_data<float>(), TapeError);
  Tensor y_view = reshape(detach(y), {6});
  CHECK_THROWS_AS(y_view += 1, TapeError);
  tape.gradients(sum(y));
  CHECK_NOTHROW(x += 1);
  CHECK(view.to_vector<float>()[5] == 2);
}

TEST_CASE("a plain running sum may add up losses, and keeps no graph alive") {
  Tensor total = zeros({}, float64);
  const Tensor w = x_of(2);
  const auto before = detail::live_bytes();
  for (int step = 0; step < 3; ++step) {
    Tape tape;
    tape.watch(w);
    const Tensor loss = square(w);
    total += loss;
    CHECK(value(tape.gradients(loss)[w]) == 4);
  }
  CHECK(value(total) == 12);
  CHECK(!detail::is_tracked(total));
  CHECK(detail::live_bytes() == before);
}

TEST_CASE("a running sum under the tape is differentiated") {
  const Tensor w = x_of(2);
  Tape tape;
  tape.watch(w);
  Tensor total = zeros({}, float64);
  total += square(w);
  total += w;
  total -= 3 * w;
  CHECK(value(total) == 0);
  CHECK(value(tape.gradients(total)[w]) == 2);
}

TEST_CASE("an in-place sum of what a rule saved is refused") {
  const Tensor w = x_of(2);
  Tape tape;
  tape.watch(w);
  Tensor total = zeros({}, float64);
  total += w;
  const Tensor product = total * total;
  CHECK_THROWS_AS(total += w, TapeError);
  CHECK(value(tape.gradients(product)[w]) == 4);
}

TEST_CASE("cotangents of a broadcast input are summed down to its shape") {
  const Tensor b = tensor({1.0, 2.0}, float64), x = ones({3, 2}, float64);
  Tape tape;
  tape.watch(b);
  CHECK(tape.gradients(sum((x + b) * b))[b].to_vector<double>() == std::vector<double>{9, 15});
}

TEST_CASE("a rule that returns the wrong shape or dtype is named") {
  const Tensor x = ones({2, 3});
  const auto wrong = [&](auto rule) {
    Tape tape;
    tape.watch(x);
    const Tensor y = record("mine", detach(sum(x)), wrt(x, rule));
    tape.gradients(y);
  };
  CHECK_THROWS_WITH_AS(wrong([](const Tensor&) { return zeros({4}); }),
                       "mine: the rule for input 0 returned shape (4,), but the input is (2, 3)", ShapeError);
  CHECK_THROWS_WITH_AS(wrong([](const Tensor&) {
                         return zeros({2, 3}, float64);
                       }),
                       "mine: the rule for input 0 returned float64, but the input is float32", DtypeError);
  CHECK_THROWS_WITH_AS(wrong([](const Tensor&) { return Tensor(); }),
                       "mine: the rule for input 0 returned an empty handle", Error);
}

TEST_CASE("a throw in mid-sweep leaves the tape consumed and the recording state as it was") {
  const Tensor x = x_of(2);
  const auto before = detail::live_bytes();
  {
    Tape tape;
    tape.watch(x);
    const Tensor y =
        record("bad", detach(square(x)), wrt(x, [x](const Tensor&) -> Tensor { throw std::runtime_error("no"); }));
    CHECK_THROWS_WITH(tape.gradients(square(y)), "no");
    CHECK_THROWS_AS(tape.gradients(y), TapeError);
    CHECK(!detail::current_recording.paused);
  }
  CHECK(detail::live_bytes() == before);
  CHECK(detail::current_recording.log == nullptr);
}

TEST_CASE("watching an intermediate tensor gives its cotangent as well") {
  const Tensor x = x_of(3);
  Tape tape;
  tape.watch(x);
  const Tensor h = square(x);
  tape.watch(h);
  const Gradients g = tape.gradients(h * h);
  CHECK(value(g[h]) == 18);
  CHECK(value(g[x]) == 108);
}

TEST_CASE("a joint rule serves all inputs and sees which are wanted") {
  const Tensor a = x_of(2), b = x_of(5);
  std::vector<bool> wanted;
  Tape tape;
  tape.watch(b);
  const std::vector<Tensor> inputs{a, b};
  const Tensor y = record_joint("product", detach(a * b), inputs, [&wanted, a, b](const Tensor& g, Cotangents& out) {
    wanted = {out.wants(0), out.wants(1)};
    out.give(0, g * b);
    out.give(1, g * a);
  });
  CHECK(value(tape.gradients(y)[b]) == 2);
  CHECK(wanted == std::vector<bool>{false, true});
}

TEST_CASE("a joint rule asks for its inputs in any order, and with many of them each costs the same") {
  const Tensor x = x_of(2);
  std::vector<Tensor> inputs;
  Tape tape;
  tape.watch(x);
  for (int i = 0; i < 9; ++i) inputs.push_back(i % 3 == 1 ? x_of(1) : i * x);
  std::vector<bool> wanted(10);
  const Tensor y = record_joint("any", x_of(0), inputs, [&wanted](const Tensor& g, Cotangents& out) {
    for (std::size_t i : {5u, 9u, 0u, 8u, 1u, 4u, 3u, 2u, 7u, 6u}) {
      wanted[i] = out.wants(i);
      out.give(i, g);
    }
  });
  CHECK(value(tape.gradients(y)[x]) == 0 + 2 + 3 + 5 + 6 + 8);
  CHECK(wanted == std::vector<bool>{true, false, true, true, false, true, true, false, true, false});

  constexpr std::size_t kMany = 500'000;  // with a search from the first one each time this would not end
  const Tensor one = ones({});
  Tape own;
  own.watch(one);
  const std::vector<Tensor> same(kMany, one + 0);
  CHECK(own.gradients(sum(stack(same)))[one].item<float>() == static_cast<float>(kMany));
}

TEST_CASE("a million ops build, sweep and die without recursion") {
  const Tensor x = ones({});
  const auto before = detail::live_bytes();
  {
    Tape tape;
    tape.watch(x);
    Tensor y = x;
    for (int i = 0; i < 1'000'000; ++i) y = y + 0;
    CHECK(tape.gradients(y)[x].item<float>() == 1);
  }
  {
    Tape tape;
    tape.watch(x);
    Tensor y = x;
    for (int i = 0; i < 1'000'000; ++i) y = neg(y);
  }
  CHECK(detail::live_bytes() == before);
}

TEST_CASE("constants that a rule saved are protected like variables, and no others") {
  const Tensor w = tensor({1.0, 2.0}, float64), b = zeros({1}, float64), weight = ones({1, 2}, float64);
  Tensor c = tensor({10.0, 20.0}, float64), batch = ones({1, 2}, float64), labels = tensor({0});
  Tensor mask = w > 1.5;
  Tape tape;
  tape.watch(w);
  tape.watch(b);
  const Tensor chosen = where(mask, w, 0), y = sum(w * c) + sum(linear(batch, weight, b)) + sum(chosen);
  const Tensor loss = nn::softmax_cross_entropy(reshape(w, {1, 2}), labels);
  CHECK_THROWS_AS(c += 1, TapeError);
  CHECK_NOTHROW(batch += 1);  // only the gradient of the weight would need it
  CHECK_THROWS_AS(labels.mutable_data<std::int64_t>(), TapeError);
  CHECK_THROWS_AS(mask.mutable_data<bool>(), TapeError);
  tape.gradients(y + loss);
  CHECK_NOTHROW(c += 1);
}

TEST_CASE("a running sum may be added to itself") {
  const Tensor w = tensor({1.0, 2.0}, float64);
  Tape tape;
  tape.watch(w);
  Tensor total = zeros({2}, float64);
  total += w;
  total += total;
  CHECK(total.to_vector<double>() == std::vector<double>{2, 4});
  CHECK(tape.gradients(sum(total))[w].to_vector<double>() == std::vector<double>{2, 2});
}

TEST_CASE("a recorded in-place sum is refused where views share the values") {
  const Tensor w = tensor({{1.0, 2.0}}, float64);
  Tensor m = zeros({2, 2}, float64), row = slice(m, 0, 0, 1);
  Tape tape;
  tape.watch(w);
  CHECK_THROWS_WITH_AS(row += w, doctest::Contains("+=: views share the values of this (1, 2) tensor"), TapeError);
  CHECK_NOTHROW(row += 1);  // nothing for the tape to see
}

TEST_CASE("a running sum that a tape differentiates is not written otherwise") {
  const Tensor w = x_of(2);
  Tape tape;
  tape.watch(w);
  Tensor total = zeros({}, float64);
  total += w;
  CHECK_THROWS_WITH_AS(total.mutable_data<double>(),
                       doctest::Contains("a running sum that an open tape differentiates"), TapeError);
}

}  // namespace retrograd::tests
