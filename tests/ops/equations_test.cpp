// The paper's equations by number: each is written out as a plain loop and held against the engine, value or
// derivative.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix rows_of(const Tensor& x) {
  Matrix rows;
  for (std::int64_t i = 0; i < x.shape()[0]; ++i) rows.push_back(unstack(x, i).to_vector<double>());
  return rows;
}
void check_rows(const Tensor& found, const Matrix& expected, double tolerance = 1e-14) {
  const Matrix rows = rows_of(found);
  REQUIRE(rows.size() == expected.size());
  for (std::size_t n = 0; n < rows.size(); ++n)
    for (std::size_t k = 0; k < rows[n].size(); ++k) {
      CAPTURE(n);
      CAPTURE(k);
      CHECK(std::abs(rows[n][k] - expected[n][k]) <= tolerance * std::max(1.0, std::abs(expected[n][k])));
    }
}

// A small batch: 4 samples, 3 classes.
struct Batch {
  Rng rng{5};
  Tensor x = normal({4, 3}, 0, 2, rng, float64);
  Tensor t = one_hot(tensor({2, 0, 1, 2}), 3, float64);
  Matrix logits = rows_of(x), targets = rows_of(t);
  Matrix h = logits;           // softmax by eq. 2.9
  std::vector<double> losses;  // per sample, by eq. 2.10
  Batch() {
    for (std::size_t n = 0; n < 4; ++n) {
      double total = 0, loss = 0;
      for (double v : logits[n]) total += std::exp(v);
      for (std::size_t k = 0; k < 3; ++k) h[n][k] = std::exp(logits[n][k]) / total;
      for (std::size_t k = 0; k < 3; ++k) loss -= targets[n][k] * std::log(h[n][k]);
      losses.push_back(loss);
    }
  }
};

const std::vector<double> kPoints = {-3, -1e-9, 0, 1e-9, 0.5, 4};

template <class F>
void in_each_mode(F f) {
  for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked}) {
    const OverrideScope scope{mode};
    f();
  }
}

}  // namespace

TEST_CASE("eq. 2.1: relu is x above 0 and 0 elsewhere") {
  in_each_mode([] {
    const auto y = relu(tensor(kPoints, {6}, float64)).to_vector<double>();
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == (kPoints[i] > 0 ? kPoints[i] : 0));
  });
}

TEST_CASE("eq. 2.2: the derivative of relu is 1 above 0 and 0 elsewhere, at 0 too") {
  in_each_mode([] {
    const auto d =
        grad([](const Tensor& x) { return sum(relu(x)); })(tensor(kPoints, {6}, float64)).to_vector<double>();
    for (std::size_t i = 0; i < d.size(); ++i) CHECK(d[i] == (kPoints[i] > 0 ? 1 : 0));
  });
}

TEST_CASE("eq. 2.3: sigmoid is 1/(1 + e^-x)") {
  in_each_mode([] {
    const auto y = sigmoid(tensor(kPoints, {6}, float64)).to_vector<double>();
    for (std::size_t i = 0; i < y.size(); ++i)
      CHECK(y[i] == doctest::Approx(1 / (1 + std::exp(-kPoints[i]))).epsilon(1e-15));
  });
}

TEST_CASE("eq. 2.4: the derivative of sigmoid is y(1 - y)") {
  in_each_mode([] {
    const Tensor x = tensor(kPoints, {6}, float64);
    const auto d = grad([](const Tensor& v) { return sum(sigmoid(v)); })(x).to_vector<double>();
    for (std::size_t i = 0; i < d.size(); ++i) {
      const double e = std::exp(-kPoints[i]);
      CHECK(d[i] == doctest::Approx(e / ((1 + e) * (1 + e))).epsilon(1e-14));
    }
  });
}

TEST_CASE("eq. 2.5: the linear layer is W x + b, a row a sample") {
  Rng rng(2);
  const nn::Linear layer{4, 3, rng, nn::FanInUniform{}, float64};
  const Tensor x = normal({5, 4}, 0, 1, rng, float64);
  const Matrix w = rows_of(layer.weight), rows = rows_of(x);
  const auto b = layer.bias.to_vector<double>();
  Matrix expected(5, std::vector<double>(3));
  for (std::size_t n = 0; n < 5; ++n)
    for (std::size_t o = 0; o < 3; ++o) {
      expected[n][o] = b[o];
      for (std::size_t i = 0; i < 4; ++i) expected[n][o] += w[o][i] * rows[n][i];
    }
  in_each_mode([&] { check_rows(layer(x), expected); });
}

TEST_CASE("eq. 2.6: the linear layer's derivatives are W, X and 1, the last summed over the batch") {
  Rng rng(2);
  const nn::Linear layer{4, 3, rng, nn::FanInUniform{}, float64};
  const Tensor x = normal({5, 4}, 0, 1, rng, float64), g = normal({5, 3}, 0, 1, rng, float64);
  const Matrix w = rows_of(layer.weight), rows = rows_of(x), cotangent = rows_of(g);
  Matrix dx(5, std::vector<double>(4)), dw(3, std::vector<double>(4));
  std::vector<double> db(3);
  for (std::size_t n = 0; n < 5; ++n)
    for (std::size_t o = 0; o < 3; ++o) {
      db[o] += cotangent[n][o];
      for (std::size_t i = 0; i < 4; ++i) {
        dx[n][i] += cotangent[n][o] * w[o][i];
        dw[o][i] += cotangent[n][o] * rows[n][i];
      }
    }
  in_each_mode([&] {
    Tape tape;
    tape.watch(x);
    tape.watch(layer);
    const Gradients gradients = tape.gradients(layer(x), g);
    check_rows(gradients[x], dx);
    check_rows(gradients[layer.weight], dw);
    check_rows(reshape(gradients[layer.bias], {1, 3}), {db});
  });
}

TEST_CASE("eq. 2.7: the Euclidean loss is 1/(2N) of the squared distances") {
  const Batch batch;
  double expected = 0;
  for (std::size_t n = 0; n < 4; ++n)
    for (std::size_t k = 0; k < 3; ++k) expected += std::pow(batch.targets[n][k] - batch.logits[n][k], 2) / 8;
  in_each_mode([&] {
    CHECK(nn::euclidean(batch.x, batch.t).item<double>() == doctest::Approx(expected).epsilon(1e-14));
    CHECK(nn::euclidean(batch.x, argmax(batch.t, 1)).item<double>() == doctest::Approx(expected).epsilon(1e-14));
  });
}

TEST_CASE("eq. 2.8: the Euclidean loss has derivative (y - T)/N") {
  const Batch batch;
  Matrix expected = batch.logits;
  for (std::size_t n = 0; n < 4; ++n)
    for (std::size_t k = 0; k < 3; ++k) expected[n][k] = (batch.logits[n][k] - batch.targets[n][k]) / 4;
  in_each_mode(
      [&] { check_rows(grad([&](const Tensor& y) { return nn::euclidean(y, batch.t); })(batch.x), expected); });
}

TEST_CASE("eq. 2.9: the softmax sums to one and keeps the ratios of the exponentials") {
  const Batch batch;
  check_rows(softmax(batch.x), batch.h);
}

TEST_CASE("eq. 2.10 and 2.11: the cross-entropy is the mean of -t ln h") {
  const Batch batch;
  double expected = 0;
  for (double loss : batch.losses) expected += loss / 4;
  in_each_mode([&] {
    CHECK(nn::softmax_cross_entropy(batch.x, batch.t).item<double>() == doctest::Approx(expected).epsilon(1e-14));
    CHECK(nn::softmax_cross_entropy(batch.x, argmax(batch.t, 1)).item<double>() ==
          doctest::Approx(expected).epsilon(1e-14));
  });
}

TEST_CASE("eq. 2.12: the mean's derivative is 1/N of each sample's own") {
  const Batch batch;
  in_each_mode([&] {
    const Tensor of_mean = grad([&](const Tensor& x) { return nn::softmax_cross_entropy(x, batch.t); })(batch.x);
    for (std::int64_t n = 0; n < 4; ++n) {
      const auto own = [&](const Tensor& x) { return nn::softmax_cross_entropy(x, slice(batch.t, 0, n, n + 1)); };
      const auto of_sample = grad(own)(slice(batch.x, 0, n, n + 1)).to_vector<double>();
      const auto row = unstack(of_mean, n).to_vector<double>();
      for (std::size_t k = 0; k < 3; ++k) CHECK(row[k] == doctest::Approx(of_sample[k] / 4).epsilon(1e-14));
    }
  });
}

TEST_CASE("eq. 2.13: the chain through h gives the derivative of each sample's loss") {
  const Batch batch;
  // dE/dh = -t/h, carried through the softmax by the tape.
  const auto loss = [&](const Tensor& x) { return -sum(batch.t * log(softmax(x))) / 4; };
  Tape tape;
  tape.watch(batch.x);
  const Tensor h = softmax(batch.x);
  const Tensor chained = tape.gradients(h, -batch.t / detach(h) / 4)[batch.x];
  check_rows(chained, rows_of(grad(loss)(batch.x)));
}

TEST_CASE("eq. 2.14: dh_i/dx_k is h_i (delta_ik - h_k)") {
  const Batch batch;
  for (std::int64_t i = 0; i < 3; ++i) {
    const Tensor d = grad([&](const Tensor& x) { return sum(slice(softmax(x), 1, i, i + 1)); })(batch.x);
    Matrix expected = batch.h;
    for (std::size_t n = 0; n < 4; ++n)
      for (std::size_t k = 0; k < 3; ++k)
        expected[n][k] = batch.h[n][static_cast<std::size_t>(i)] * ((static_cast<std::size_t>(i) == k) - batch.h[n][k]);
    check_rows(d, expected);
  }
}

TEST_CASE("eq. 2.15 and 2.16: the cross-entropy has derivative (h - t)/N") {
  const Batch batch;
  Matrix expected = batch.h;
  for (std::size_t n = 0; n < 4; ++n)
    for (std::size_t k = 0; k < 3; ++k) expected[n][k] = -(batch.targets[n][k] - batch.h[n][k]) / 4;
  in_each_mode([&] {
    check_rows(grad([&](const Tensor& x) { return nn::softmax_cross_entropy(x, batch.t); })(batch.x), expected);
    check_rows(grad([&](const Tensor& x) { return nn::softmax_cross_entropy(x, argmax(batch.t, 1)); })(batch.x),
               expected);
  });
}

TEST_CASE("the cross-entropy is stable for logits of 1e4 of either sign") {
  in_each_mode([] {
    for (Dtype dtype : {float32, float64}) {
      const Tensor x = tensor<double>({{1e4, -1e4, 0.0}, {-1e4, -1e4, -1e4}, {1e4, 1e4, -1e4}}, dtype);
      const auto loss = [](const Tensor& v) { return nn::softmax_cross_entropy(v, tensor({0, 1, 2})); };
      CHECK(loss(x).item<double>() == doctest::Approx((0 + std::log(3.0) + (2e4 + std::log(2.0))) / 3).epsilon(1e-6));
      check_rows(grad(loss)(x), {{0, 0, 0}, {1.0 / 9, -2.0 / 9, 1.0 / 9}, {1.0 / 6, 1.0 / 6, -1.0 / 3}}, 1e-6);
    }
  });
}

TEST_CASE("a loss too large for float32 is infinite, fused and composed") {
  for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed}) {
    const OverrideScope scope{mode};
    CHECK(nn::euclidean(full({2, 3}, 1e30f), tensor({0, 1})).item<float>() == INFINITY);
    CHECK(nn::softmax_cross_entropy(tensor<double>({{0.0, 3.3e38}, {0.0, 3.3e38}}), tensor({0, 0})).item<float>() >
          1e38f);
  }
}

}  // namespace retrograd::tests
