#include "op_table.h"
#include "samples.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "../simd_targets.h"

namespace retrograd::tests {

namespace {

double relative_l2(const std::vector<double>& a, const std::vector<double>& b) {
  double distance = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    distance += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return norm > 0 ? std::sqrt(distance / norm) : std::sqrt(distance);
}

// The same values in a layout without contiguous rows: a window on every second column of a wider, transposed tensor.
Tensor scattered(const Tensor& x) {
  if (x.rank() == 0) return unstack(stack(std::vector<Tensor>{x, x}), 1);
  const Tensor pairs = stack(std::vector<Tensor>{x, zeros_like(x)});  // (2, …)
  Shape shape = x.shape();
  Strides strides{};
  const Tensor turned = detail::packed(transpose(pairs));  // (…reversed, 2)
  for (int axis = 0; axis < x.rank(); ++axis)
    strides[static_cast<std::size_t>(axis)] = turned.strides()[static_cast<std::size_t>(x.rank() - 1 - axis)];
  return detail::make_view(turned, shape, strides);
}

bool same_bits_or_nan(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

bool is_empty(const Sample& sample) {
  for (const Shape& shape : sample.shapes)
    if (shape.size() == 0) return true;
  return false;
}

}  // namespace

TEST_CASE("every op computes what a plain loop computes") {
  for_each_sample([](const Row& row, const Sample& sample) {
    const Tensors inputs = draw(sample);
    std::vector<Plain> plain_inputs;
    for (const Tensor& x : inputs) plain_inputs.push_back(plain(x));
    const Plain expected = row.reference(plain_inputs), found = plain(row.op(inputs));
    REQUIRE(found.shape == expected.shape);
    REQUIRE(found.values.size() == expected.values.size());
    CHECK(relative_l2(found.values, expected.values) <= row.exactness);
  });
}

TEST_CASE("float32 values stay within 1e-6 of float64, or what a row says") {
  for_each_sample([](const Row& row, const Sample& sample) {
    const Tensor single = row.op(draw(sample, float32));
    Tensors rounded;
    for (const Tensor& x : draw(sample, float32)) rounded.push_back(astype(x, float64));
    CHECK(relative_l2(single.to_vector<double>(), row.op(rounded).to_vector<double>()) <= row.single);
  });
}

TEST_CASE("derivatives agree with central differences, to the order a row says") {
  int checked = 0;
  for_each_sample([&checked](const Row& row, const Sample& sample) {
    if (row.order == 0 || is_empty(sample)) return;
    const auto op = [&](auto&&... x) { return row.op({x...}); };
    const auto report = tools::gradcheck(op, draw(sample), {.order = row.order});
    CAPTURE(to_string(report));
    std::int64_t kinks = 0;
    for (const auto& line : report.lines) kinks += line.kinks;
    if (sample.kink)
      CHECK((kinks > 0 && !report.passed()));
    else
      CHECK(report.passed());
    ++checked;
  });
  CHECK(checked > 100);
}

// Cotangents that depend on the inputs: the rules of the rules.
TEST_CASE("derivatives of squares agree with central differences to second order") {
  for_each_sample([](const Row& row, const Sample& sample) {
    if (row.order < 2 || is_empty(sample) || sample.kink) return;
    const auto squared = [&](auto&&... x) { return square(row.op({x...})); };
    const auto report = tools::gradcheck(squared, draw(sample), {.order = 2});
    CAPTURE(to_string(report));
    CHECK(report.passed());
  });
}

TEST_CASE("a value used many times gets every cotangent") {
  for_each_sample([](const Row& row, const Sample& sample) {
    if (row.order == 0 || is_empty(sample)) return;
    std::vector<std::vector<double>> gradients[2];
    for (int many = 0; many < 2; ++many) {
      Tape tape;
      const Tensors inputs = draw(sample);
      for (const Tensor& x : inputs) tape.watch(x);
      const Tensor once = row.op(inputs);
      Tensor y = once;
      for (int use = 0; use < 3 * many; ++use) y = use % 2 ? y + once : once + y;
      const Gradients g = tape.gradients_or_none(y, full(y.shape(), many ? 0.25 : 1.0, y.dtype()));
      for (const Tensor& x : inputs) gradients[many].push_back(g.get_or_zeros(x).to_vector<double>());
    }
    for (std::size_t i = 0; i < gradients[0].size(); ++i) CHECK(relative_l2(gradients[1][i], gradients[0][i]) <= 1e-14);
  });
}

TEST_CASE("where an input is empty, gradients have its shape and are 0 of what has no part in the value") {
  int checked = 0;
  for_each_sample([&checked](const Row& row, const Sample& sample) {
    if (row.order == 0 || !is_empty(sample)) return;
    const Tensors inputs = draw(sample);
    const auto first = [&](const Tensors& x) {
      Tape tape;
      for (const Tensor& one : x) tape.watch(one);
      const Tensor y = row.op(x);
      const Gradients g = tape.gradients_or_none(y, ones_like(y));
      Tensors out;
      for (const Tensor& one : x) {
        out.push_back(g.get_or_zeros(one));
        CHECK(out.back().shape() == one.shape());
        if (y.size() == 0)
          for (const double slope : out.back().to_vector<double>()) CHECK(slope == 0);
      }
      return out;
    };
    first(inputs);
    if (row.order < 2) return;
    Tape outer;
    for (const Tensor& one : inputs) outer.watch(one);
    Tensor total = zeros({}, float64);
    for (const Tensor& slope : first(inputs)) total = total + sum(slope);
    const Gradients second = outer.gradients_or_none(total);
    for (const Tensor& one : inputs) CHECK(second.get_or_zeros(one).shape() == one.shape());
    ++checked;
  });
  CHECK(checked > 50);
}

TEST_CASE("float32 gradients stay within 1e-5 of float64") {
  for_each_sample([](const Row& row, const Sample& sample) {
    if (row.order == 0 || is_empty(sample)) return;
    std::vector<std::vector<double>> of_dtype[2];
    for (int d = 0; d < 2; ++d) {
      Tape tape;
      Tensors inputs;
      for (const Tensor& x : draw(sample, float32)) inputs.push_back(astype(x, d == 0 ? float32 : float64));
      for (const Tensor& x : inputs) tape.watch(x);
      const Tensor y = row.op(inputs);
      const Gradients g = tape.gradients_or_none(y, full(y.shape(), 0.7, y.dtype()));
      for (const Tensor& x : inputs) of_dtype[d].push_back(g.get_or_zeros(x).to_vector<double>());
    }
    for (std::size_t i = 0; i < of_dtype[0].size(); ++i)
      CHECK(relative_l2(of_dtype[0][i], of_dtype[1][i]) <= row.single_slope);
  });
}

TEST_CASE("strided inputs give the values and gradients of contiguous ones") {
  for_each_sample([](const Row& row, const Sample& sample) {
    const Tensors inputs = draw(sample);
    Tensors strided;
    for (const Tensor& x : inputs) strided.push_back(scattered(x));
    for (std::size_t i = 0; i < inputs.size(); ++i)
      REQUIRE(strided[i].to_vector<double>() == inputs[i].to_vector<double>());
    // dgemm may take another path for another layout: not bit for bit.
    CHECK(relative_l2(row.op(strided).to_vector<double>(), row.op(inputs).to_vector<double>()) <= 1e-15);
    if (row.order == 0) return;
    std::vector<std::vector<double>> gradients[2];
    for (int s = 0; s < 2; ++s) {
      Tape tape;
      const Tensors& x = s == 0 ? inputs : strided;
      for (const Tensor& one : x) tape.watch(one);
      const Tensor y = row.op(x);
      const Gradients g = tape.gradients_or_none(y, full(y.shape(), 0.7, y.dtype()));
      for (const Tensor& one : x) gradients[s].push_back(g.get_or_zeros(one).to_vector<double>());
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) CHECK(relative_l2(gradients[1][i], gradients[0][i]) <= 1e-14);
  });
}

TEST_CASE("the same tensor passed twice gets both gradients") {
  for (const Row& row : op_table()) {
    CAPTURE(row.name);
    for (const Sample& sample : row.samples) {
      if (row.order == 0 || !row.twice || sample.shapes.size() != 2 || !(sample.shapes[0] == sample.shapes[1]) ||
          is_empty(sample))
        continue;
      const auto report = tools::gradcheck(
          [&](const Tensor& x) {
            return row.op({x, x});
          },
          {draw(sample)[0]}, {.order = 2});
      CAPTURE(to_string(report));
      CHECK(report.passed());
    }
  }
}

TEST_CASE("bad input is refused with a sentence") {
  int refused = 0;
  for (const Row& row : op_table()) {
    CAPTURE(row.name);
    for (const Refusal& refusal : row.refusals) {
      CAPTURE(refusal.message);
      std::string message = "nothing was thrown";
      try {
        refusal.call();
      } catch (const std::invalid_argument& error) {
        message = error.what();
      }
      CHECK_MESSAGE(message.find(refusal.message) != std::string::npos, message);
      ++refused;
    }
  }
  CHECK(refused > 80);
}

TEST_CASE("special values come out as the C library has them, at every lane of every SIMD target") {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> special = {
      0.0,     -0.0,    inf,   -inf,  nan,    1.0,    -1.0,  0.5,   1e-30,  -1e-30,
      1e-300,  88.5,    88.8,  -88.0, -103.0, -110.0, 700.0, 709.9, -745.0, -800.0,
      38999.0, 39001.0, -1e6,  1e15,  1e300,  -1e300, -2.0,  20.0,  9.01,   1.5707963267948966,
      3.0,     -40.5,   170.5, 171.7, -0.9999};
  for_each_simd_target([&] {
    for (const Row& row : op_table()) {
      if (!row.elementwise) continue;
      CAPTURE(row.name);
      for (double value : special) {
        CAPTURE(value);
        for (Dtype dtype : {float32, float64}) {
          CAPTURE(name(dtype));
          for (std::int64_t lane = 0; lane < 19; ++lane) {
            std::vector<double> values(19, 0.25);
            values[static_cast<std::size_t>(lane)] = dtype == float32 ? double(float(value)) : value;
            const std::vector<double> found = row.op({tensor(values, {19}, dtype)}).to_vector<double>();
            double expected = row.elementwise(values[static_cast<std::size_t>(lane)]);
            if (dtype == float32) expected = double(float(expected));
            const double y = found[static_cast<std::size_t>(lane)];
            // Results that are subnormal may come out as 0.
            const double tiny = dtype == float32 ? 1.2e-38 : 2.3e-308;
            const double tolerance = dtype == float32 ? 6e-7 : 2e-15;
            const bool close = std::abs(y - expected) <= tolerance * std::abs(expected) ||
                               (std::abs(expected) < tiny && std::abs(y) < tiny);
            CHECK_MESSAGE((same_bits_or_nan(y, expected) || close), y, " instead of ", expected);
            for (std::int64_t other = 0; other < 19; ++other)
              if (other != lane)
                REQUIRE(same_bits_or_nan(found[static_cast<std::size_t>(other)], found[lane == 0 ? 1 : 0]));
          }
        }
      }
    }
  });
}

TEST_CASE("integer arithmetic is exact") {
  const Tensor a = tensor({5, -7, 1'000'000'007}), b = tensor({3, 3, 1'000'000});
  CHECK((a + b).to_vector<std::int64_t>() == std::vector<std::int64_t>{8, -4, 1'001'000'007});
  CHECK((a - b).to_vector<std::int64_t>() == std::vector<std::int64_t>{2, -10, 999'000'007});
  CHECK((a * b).to_vector<std::int64_t>() == std::vector<std::int64_t>{15, -21, 1'000'000'007'000'000});
  CHECK(maximum(a, b).to_vector<std::int64_t>() == std::vector<std::int64_t>{5, 3, 1'000'000'007});
  CHECK(neg(a).to_vector<std::int64_t>() == std::vector<std::int64_t>{-5, 7, -1'000'000'007});
  CHECK(square(b).to_vector<std::int64_t>() == std::vector<std::int64_t>{9, 9, 1'000'000'000'000});
  CHECK(abs(a).to_vector<std::int64_t>() == std::vector<std::int64_t>{5, 7, 1'000'000'007});
  CHECK(sign(a).to_vector<std::int64_t>() == std::vector<std::int64_t>{1, -1, 1});
  CHECK(sum(a).item<std::int64_t>() == 1'000'000'005);
  CHECK(max(a).item<std::int64_t>() == 1'000'000'007);
  CHECK((a > b).to_vector<bool>() == std::vector<bool>{true, false, true});
}

TEST_CASE("NaN is seen by max, maximum and argmax") {
  const Tensor x = tensor<double>({{1.0, NAN, 3.0}, {1.0, 2.0, 0.5}});
  CHECK(std::isnan(max(x, 1).to_vector<double>()[0]));
  CHECK(max(x, 1).to_vector<double>()[1] == 2.0);
  CHECK(argmax(x, 1).to_vector<std::int64_t>() == std::vector<std::int64_t>{1, 1});
  CHECK(std::isnan(maximum(x, 2).to_vector<double>()[1]));
  CHECK(std::isnan(maximum(2, x).to_vector<double>()[1]));
}

TEST_CASE("ties share the gradient of max and maximum evenly") {
  const Tensor x = tensor({2.0, 5.0, 5.0, 1.0}, float64);
  CHECK(grad([](const Tensor& v) { return max(v); })(x).to_vector<double>() == std::vector<double>{0, 0.5, 0.5, 0});
  const auto [a, b] = grad([](const Tensor& u, const Tensor& v) { return sum(maximum(u, v)); })(
      x, tensor({1.0, 5.0, 6.0, 1.0}, float64));
  CHECK(a.to_vector<double>() == std::vector<double>{1, 0.5, 0, 0.5});
  CHECK(b.to_vector<double>() == std::vector<double>{0, 0.5, 1, 0.5});
}

TEST_CASE("one_hot refuses what is no class") {
  CHECK(one_hot(tensor({2, 0}), 3).to_vector<int>() == std::vector<int>{0, 0, 1, 1, 0, 0});
  CHECK_THROWS_WITH_AS(one_hot(tensor({0, 3}), 3), "one_hot: index 3 at position 1 is outside 0 … 2", ShapeError);
  CHECK_THROWS_WITH_AS(one_hot(tensor({0.5}), 3), "one_hot: indices must be int64, got float32", DtypeError);
}

TEST_CASE("long float32 sums keep their digits") {
  const std::int64_t n = 1'000'003;
  CHECK(sum(full({n}, 0.1f)).item<double>() == doctest::Approx(0.1f * double(n)).epsilon(1e-6));
  const Tensor columns = sum(full({100'000, 3}, 0.1f), 0);
  CHECK(columns.to_vector<double>()[1] == doctest::Approx(0.1f * 1e5).epsilon(1e-6));
  const Tensor middle = sum(full({2, 100'000, 3}, 0.1f), 1);
  CHECK(middle.to_vector<double>()[4] == doctest::Approx(0.1f * 1e5).epsilon(1e-6));
}

TEST_CASE("large elementwise ops are cut into chunks and stay whole") {
  const std::int64_t n = 200'003;
  const Tensor x = arange(n, float64);
  const auto y = (x * 2 + x).to_vector<double>(), z = neg(x).to_vector<double>();
  for (std::size_t i = 0; i < y.size(); ++i) {
    REQUIRE(y[i] == 3.0 * static_cast<double>(i));
    REQUIRE(z[i] == -static_cast<double>(i));
  }
}

TEST_CASE("astype between floating dtypes passes the derivative") {
  const Tensor x = tensor({1.5, -2.0}, float64);
  const Tensor d = grad([](const Tensor& v) { return sum(square(astype(v, float32))); })(x);
  CHECK(d.dtype() == float64);
  CHECK(d.to_vector<double>() == std::vector<double>{3, -4});
}

TEST_CASE("zeros keep their sign") {
  const Tensor zero = tensor({0.0, -0.0});
  const auto signs = [](const Tensor& x) {
    std::vector<bool> list;
    for (double v : x.to_vector<double>()) list.push_back(std::signbit(v));
    return list;
  };
  for (auto op : {sin, tanh, log1p, alias}) CHECK(signs(op(zero)) == std::vector<bool>{false, true});
  CHECK(signs(neg(zero)) == std::vector<bool>{true, false});
  CHECK(signs(abs(zero)) == std::vector<bool>{false, false});
}

}  // namespace retrograd::tests
