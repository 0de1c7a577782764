// In a program of its own, with a heap that refuses: wherever memory runs out while a tape is open, the caller gets a
// bad_alloc, and what failed can be done again on the same tape, to the same numbers.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cstring>

#include "../../heap.h"

namespace retrograd::tests {

namespace {

// f again where it finds no memory, which is refused once.
template <class F>
decltype(auto) insist(F f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
  }
  return f();
}

struct Parts {
  Tensor weight, bias, scale;
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    visit("bias", self.bias);
    visit("scale", self.scale);
  }
};

// A constant that rules keep.
const Tensor mask = tensor({{1.0, 0.0, 2.0}}, float32);

// Each op is done again by itself where it fails. `rounds` makes the log so long that it grows on the way.
Tensor loss_of(const Parts& parts, const Tensor& x, int rounds) {
  Tensor h = insist([&] { return linear(x, parts.weight, parts.bias); });
  h = insist([&] { return relu(h); });
  for (int i = 0; i < rounds; ++i) h = insist([&] { return h + parts.bias; });
  const Tensor turned = insist([&] { return transpose(h); });
  const Tensor rows = insist([&] { return stack(std::vector<Tensor>{h, h * mask}); });
  const Tensor joined = insist([&] { return concatenate(std::vector<Tensor>{rows[0], rows[1]}, 0); });
  const Tensor hooked = insist([&] { return register_hook(joined, [](const Tensor& g) { return g * 2; }); });
  const Tensor again = insist(
      [&] { return checkpoint([parts](const Tensor& in) { return tanh(in * parts.scale) + parts.bias; })(hooked); });
  Tensor total = insist([&] { return zeros(again.shape()); });
  insist([&]() -> Tensor& { return total += again; });
  insist([&]() -> Tensor& { return total *= 0.5; });
  const Tensor slope = insist([&] {  // the derivative of a derivative
    Tape inner;
    inner.watch(parts.scale);
    return inner.gradients(sum(square(turned) * parts.scale))[parts.scale];
  });
  const Tensor classes = insist([&] { return nn::softmax_cross_entropy(h, tensor({0, 2})); });
  const Tensor loss = insist([&] { return mean(square(total)) + classes; });
  return insist([&] { return loss + slope * 0.01; });
}

std::vector<float> bits_of(const Gradients& gradients) {
  return insist([&] {
    std::vector<float> all;
    for (const auto& entry : gradients)
      for (float v : entry.value().to_vector<float>()) all.push_back(v);
    return all;
  });
}

struct Setting {
  Parts parts{tensor({{0.5, -0.25}, {1.0, 0.75}, {-0.5, 0.25}}, float32), tensor({0.1, 0.2, 0.3}, float32),
              full({}, 0.7)};
  Tensor x = tensor({{1.0, 2.0}, {-1.0, 0.5}}, float32);
  std::vector<float> gradients(int rounds) {
    Tape tape(persistent);
    insist([&] { tape.watch(parts); });
    const Tensor loss = loss_of(parts, x, rounds);
    return bits_of(insist([&] { return tape.gradients(loss); }));
  }
};

// Calls attempt() with the first allocation refused, the second, and so on until it gets along with what it is given;
// all memory that could be used again is given back before. Returns how often that was.
template <class Attempt>
long refuse_each(Attempt attempt) {
  attempt();  // what belongs to the process or the thread is there now
  for (long n = 1;; ++n) {
    release_pooled();
    const Memory before = memory();
    refuse_allocation(n);
    attempt();
    const bool was_refused = stop_refusing();
    const Memory after = memory();
    REQUIRE_MESSAGE(after.live_bytes == before.live_bytes, "refused: ", n);
    REQUIRE_MESSAGE(after.live_blocks == before.live_blocks, "refused: ", n);
    REQUIRE_MESSAGE(after.live_nodes == before.live_nodes, "refused: ", n);
    if (!was_refused) return n - 1;
  }
}

}  // namespace

TEST_CASE("what finds no memory while a tape is open can be done again on it") {
  Setting setting;
  const std::vector<float> expected = setting.gradients(3);
  REQUIRE(expected.size() == 10);
  const long refused = refuse_each([&] { REQUIRE(setting.gradients(3) == expected); });
  CHECK(refused > 40);
}

TEST_CASE("what finds no memory for a longer log can be done again on it") {
  Setting setting;
  const std::vector<float> expected = setting.gradients(2500);
  REQUIRE(refuse_each([&] { REQUIRE(setting.gradients(2500) == expected); }) > 60);
}

TEST_CASE("a whole step that finds no memory can be done again on another tape") {
  Rng rng(3);
  const nn::Mlp model{{6, 8, 4}, nn::Activation::relu, rng};
  const Tensor x = normal({5, 6}, 0, 1, rng), t = tensor({0, 1, 2, 3, 0});
  const auto gradients = [&] {
    Tape tape;
    tape.watch(model);
    return bits_of(tape.gradients(nn::softmax_cross_entropy(model(x), t)));
  };
  const std::vector<float> expected = gradients();
  CHECK(refuse_each([&] { REQUIRE(insist(gradients) == expected); }) > 10);
}

TEST_CASE("transforms that find no memory leave the tape around them as it was") {
  const Tensor x = tensor({0.5, -1.0, 2.0}, float64), w = tensor({1.0, 2.0, 3.0}, float64);
  const auto energy = [&](const Tensor& at) { return sum(tanh(at * w) * at); };
  const auto derivative = [&] {
    Tape tape;
    insist([&] { tape.watch(w); });
    const Tensor slope = insist([&] { return grad(energy)(x); });
    const Tensor curved = insist([&] { return hvp(energy, x, w); });
    const auto [value, pullback] = insist([&] { return vjp(energy, x); });
    const Tensor pulled = insist([&] { return pullback(ones({}, float64)); });
    const Tensor total = insist([&] { return sum(slope * curved) + sum(pulled) + value; });
    const Gradients g = [&] {
      try {
        return tape.gradients(total);
      } catch (const std::bad_alloc&) {
        return Gradients();  // an outermost tape is consumed once a sweep has begun
      }
    }();
    return insist([&] { return g.size() == 0 ? std::vector<double>() : g[w].to_vector<double>(); });
  };
  const std::vector<double> expected = derivative();
  REQUIRE(expected.size() == 3);
  CHECK(refuse_each([&] {
          const std::vector<double> found = derivative();
          REQUIRE((found.empty() || found == expected));
        }) > 30);
}

TEST_CASE("where there is no memory for workers, fewer threads do the same work") {
  const int before = threads();
  Rng rng(1);
  const Tensor a = normal({400, 300}, 0, 1, rng), b = normal({300, 400}, 0, 1, rng);
  set_threads(1);
  const std::vector<float> expected = matmul(a, b).to_vector<float>();
  int count = 2;
  CHECK(refuse_each([&] {
          set_threads(count = 5 - count);  // and so the workers are started anew
          const Tensor c = insist([&] { return matmul(a, b); });
          REQUIRE(std::memcmp(c.data<float>(), expected.data(), expected.size() * sizeof(float)) == 0);
        }) >= 3);
  set_threads(before);
}

TEST_CASE("gradients that find no memory are all changed or none is") {
  Rng rng(5);
  Setting setting;
  const std::vector<float> one = setting.gradients(1);
  const auto sweep = [&] {
    Tape tape;
    tape.watch(setting.parts);
    return tape.gradients(loss_of(setting.parts, setting.x, 1));
  };
  for (const bool is_shared : {false, true})
    for (int kind = 0; kind < 4; ++kind)
      CHECK(refuse_each([&] {
              Gradients g = insist(sweep);
              const Gradients more = insist(sweep), held = insist([&] { return is_shared ? g : Gradients(); });
              const auto change = [&] {
                if (kind == 0) g *= 0.5;
                if (kind == 1) g += more;
                if (kind == 2) g.clip_norm(0.01);
                if (kind == 3) g.clip_value(0.001);
              };
              Gradients again = insist(sweep);
              try {
                change();
              } catch (const std::bad_alloc&) {
                REQUIRE(bits_of(g) == one);
                change();
              }
              if (is_shared) REQUIRE(bits_of(held) == one);
              if (kind == 0) again *= 0.5;
              if (kind == 1) again += more;
              if (kind == 2) again.clip_norm(0.01);
              if (kind == 3) again.clip_value(0.001);
              REQUIRE(bits_of(g) == bits_of(again));
            }) > 20);
}

}  // namespace retrograd::tests
