#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "../../../ops/linalg/product.h"
#include "../../simd_targets.h"

namespace retrograd::tests {

namespace {

bool same(const Tensor& a, const Tensor& b) { return a.to_vector<double>() == b.to_vector<double>(); }
double distance(const Tensor& a, const Tensor& b) {
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(x[i] - y[i]));
  return worst;
}

// A product large enough for the gradient of w to wait: xᵀ·1.
struct Waiting {
  Rng rng{5};
  Tensor x = normal({20, 80}, 0, 1, rng), w = normal({80, 90}, 0, 1, rng);
  Tensor expected = matmul(transpose(x), ones({20, 90}));
  Gradients gradients() const {
    Tape tape;
    tape.watch(w);
    return tape.gradients(matmul(x, w), ones({20, 90}));
  }
};

struct OneWeight {
  Tensor w;
  static void fields(auto& self, auto&& visit) { visit("w", self.w); }
};

struct Two {
  Tensor a, b;
  static void fields(auto& self, auto&& visit) {
    visit("a", self.a);
    visit("b", self.b);
  }
};

}  // namespace

TEST_CASE("the gradient of a large weight waits until somebody asks, and then is the product") {
  const Waiting setting;
  const Gradients g = setting.gradients();
  REQUIRE(g.begin()->deferred);
  CHECK(distance(g[setting.w], setting.expected) < 1e-5);
  CHECK(same(g[setting.w], g[setting.w]));
}

TEST_CASE("writing to what a waiting gradient reads computes it first") {
  Waiting setting;
  const Gradients g = setting.gradients();
  REQUIRE(g.begin()->deferred);
  setting.x += 1;
  CHECK(distance(g[setting.w], setting.expected) < 1e-5);

  Waiting through_a_pointer;
  const Gradients h = through_a_pointer.gradients();
  REQUIRE(h.begin()->deferred);
  through_a_pointer.x.mutable_data<float>()[0] = 1e6f;
  CHECK(distance(h[through_a_pointer.w], through_a_pointer.expected) < 1e-5);
}

TEST_CASE("a gradient does not wait on a tensor whose values somebody may write unseen") {
  Waiting setting;
  float* values = setting.x.mutable_data<float>();
  const Gradients g = setting.gradients();
  CHECK(!g.begin()->deferred);
  values[0] = 1e6f;
  CHECK(distance(g[setting.w], setting.expected) < 1e-5);
}

TEST_CASE("a second contribution is added to a gradient that waits") {
  const Waiting setting;
  Tape tape;
  tape.watch(setting.w);
  const Tensor loss = sum(matmul(setting.x, setting.w)) + sum(matmul(2 * setting.x, setting.w)) + sum(setting.w);
  const Gradients g = tape.gradients(loss);
  CHECK(distance(g[setting.w], 3 * setting.expected + 1) < 1e-4);
}

TEST_CASE("an optimizer uses a waiting gradient up in tiles to the same end, and leaves it to whoever asks later") {
  // Shapes of one tile, of several columns, of several rows and columns, and of sums so short that tiles are narrow.
  for (const auto& [batch, in, out] : std::vector<std::array<std::int64_t, 3>>{
           {20, 80, 90}, {100, 784, 128}, {64, 1100, 2100}, {1, 300, 70}, {7, 130, 65}}) {
    CAPTURE(in);
    Rng rng(2);
    const Tensor x = normal({batch, in}, 0, 1, rng);
    OneWeight tiled{normal({in, out}, 0, 1, rng)}, whole = clone(tiled);
    const auto gradients = [&](const OneWeight& model) {
      Tape tape;
      tape.watch(model);
      return tape.gradients(mean(square(matmul(x, model.w))));
    };
    optim::Optimizer first{optim::Sgd{.learning_rate = 0.1, .momentum = 0.9}}, second = first;
    for (int step = 0; step < 2; ++step) {
      const Gradients a = gradients(tiled), b = gradients(whole);
      REQUIRE(a.begin()->deferred);
      CHECK(distance(b[whole.w], a[tiled.w]) == 0);
      const Gradients untouched = gradients(tiled);
      first.step(tiled, untouched);
      second.step(whole, b);
      CHECK(distance(untouched[tiled.w], b[whole.w]) == 0);
    }
    CHECK(distance(tiled.w, whole.w) < 1e-5);
  }
}

TEST_CASE("a parameter that is a factor of another's gradient is read before it is written") {
  Rng rng(4);
  Two model{normal({70, 64}, 0, 1, rng), normal({64, 70}, 0, 1, rng)};
  const Two before = clone(model);
  optim::Optimizer sgd{optim::Sgd{.learning_rate = 1}};
  Tape tape;
  tape.watch(model);
  sgd.step(model, tape.gradients(sum(matmul(model.a, model.b))));
  const Tensor one = ones({70, 70});
  CHECK(distance(model.a, before.a - matmul(one, transpose(before.b))) < 1e-4);
  CHECK(distance(model.b, before.b - matmul(transpose(before.a), one)) < 1e-4);
}

TEST_CASE("a writer on another thread waits for whoever holds a product") {
  Waiting setting;
  const Gradients g = setting.gradients();
  std::atomic<bool> written{false};
  REQUIRE(g.begin()->deferred);
  auto held = g.begin()->deferred->as_product()->hold();
  std::thread writer([&] {
    setting.x += 1;
    written = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(!written);
  held.unlock();
  writer.join();
  CHECK(distance(g[setting.w], setting.expected) < 1e-5);
}

TEST_CASE("products agree with a plain loop around every block size on every SIMD target") {
  const auto check_all = [] {
    Rng rng(7);
    for (std::int64_t m : {1, 2, 3, 8, 9, 16, 17, 40})
      for (std::int64_t k : {1, 2, 15, 16, 17, 40, 100})
        for (std::int64_t n : {1, 7, 16, 17, 33, 48, 70})
          for (int layout = 0; layout < 4; ++layout)
            for (double beta : {0.0, 1.0, -0.5}) {
              const Tensor a = layout & 1 ? transpose(normal({k, m}, 0, 1, rng)) : normal({m, k}, 0, 1, rng);
              const Tensor b = layout & 2 ? transpose(normal({n, k}, 0, 1, rng)) : normal({k, n}, 0, 1, rng);
              Tensor c = normal({m, n}, 0, 1, rng);
              const auto x = a.to_vector<double>(), y = b.to_vector<double>(), z = c.to_vector<double>();
              detail::matmul_into(a, b, beta, c);
              const auto found = c.to_vector<double>();
              double worst = 0;
              for (std::int64_t i = 0; i < m; ++i)
                for (std::int64_t j = 0; j < n; ++j) {
                  double sum = beta * z[static_cast<std::size_t>(i * n + j)];
                  for (std::int64_t p = 0; p < k; ++p)
                    sum += x[static_cast<std::size_t>(i * k + p)] * y[static_cast<std::size_t>(p * n + j)];
                  worst = std::max(worst, std::abs(sum - found[static_cast<std::size_t>(i * n + j)]));
                }
              if (!(worst < 2e-5))
                FAIL_CHECK("m ", m, " k ", k, " n ", n, " layout ", layout, " beta ", beta, ": ", worst);
            }
  };
  for_each_simd_target(check_all);
}

TEST_CASE("the memory of a temporary is used again, and only of one that nobody else holds") {
  Tensor x = full({100}, 3);
  const float* where = x.data<float>();
  Tensor y = std::move(x) * 2;
  CHECK(y.data<float>() == where);
  CHECK(sum(y).item<float>() == 600);

  const Tensor held = y;
  Tensor z = std::move(y) + 1;
  CHECK(z.data<float>() != where);
  CHECK(sum(held).item<float>() == 600);

  const Tensor view = reshape(z, {10, 10});
  const Tensor w = std::move(z) - 1;
  CHECK(sum(view).item<float>() == 700);
  CHECK(sum(w).item<float>() == 600);

  Tensor square_me = full({5}, 2);
  CHECK(sum(std::move(square_me) * square_me).item<float>() == 20);
  CHECK(sum(full({1}, 2) * full({5}, 3)).item<float>() == 30);
  CHECK(sum(full({}, 2) - full({5}, 3)).item<float>() == -5);
}

TEST_CASE("a temporary that a tape has let go of may be written, wherever its memory came from") {
  const Tensor w = ones({3});
  Tape tape;
  tape.watch(w);
  const auto target = [&] { return detach(w + 1); };
  Tensor t = target() * 0.5;
  t += 1;
  CHECK(sum(t).item<float>() == 6);
}

TEST_CASE("a small view that is reused does not keep the memory of all that it was a view of") {
  const auto before = detail::live_bytes();
  const Tensor row = slice(full({1000, 100}, 2), 0, 0, 1) * 3;
  CHECK(detail::live_bytes() - before < 5000);
  CHECK(sum(row).item<float>() == 600);
}

TEST_CASE("a result too large to count is refused, also where the operands are broadcast views") {
  const Tensor huge = broadcast_to(ones({1}), {std::int64_t{1} << 62});
  CHECK_THROWS_AS(huge + huge, ShapeError);
}

TEST_CASE("a waiting gradient has the same bits whether it is looked at or used up") {
  Rng rng(6);
  const Tensor x = normal({64, 1100}, 0, 1, rng);
  OneWeight looked{normal({1100, 2100}, 0, 1, rng)}, used = clone(looked);
  optim::Optimizer first{optim::Sgd{.learning_rate = 0.1}}, second = first;
  const auto gradients = [&](const OneWeight& model) {
    Tape tape;
    tape.watch(model);
    return tape.gradients(mean(square(matmul(x, model.w))));
  };
  const Gradients g = gradients(looked);
  CHECK(g.norm() > 0);
  first.step(looked, g);
  second.step(used, gradients(used));
  CHECK(same(looked.w, used.w));
}

TEST_CASE("a product of another shape than its input does not wait, and is summed down") {
  const Tensor row = ones({1, 64}), rows = ones({80, 64});
  const auto times = [](const Tensor& a, const Tensor& b) {
    const Tensor inputs[] = {a, b};
    return record_joint("times", a * b, inputs, [](const Tensor& g, Cotangents& out) {
      out.give(0, detail::Product(g, eye(64)));
      out.give(1, detail::Product(g, g));  // not wanted, and no product at all
    });
  };
  Tape tape;
  tape.watch(row);
  const Gradients g = tape.gradients(times(row, rows), rows);
  CHECK(same(g[row], full({1, 64}, 80)));
}

}  // namespace retrograd::tests
