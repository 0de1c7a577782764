#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace retrograd::tests {

namespace {

using Doubles = std::vector<double>;

double distance(const Tensor& a, const Tensor& b) {
  const Doubles x = a.to_vector<double>(), y = b.to_vector<double>();
  REQUIRE(x.size() == y.size());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(x[i] - y[i]));
  return worst;
}

Tensor identity(std::int64_t n, Dtype dtype) {
  const Tensor index = arange(n);
  return astype(equal(reshape(index, {n, 1}), index), dtype);
}

// The same bits with one thread and with three.
template <class F>
void check_threads(F f) {
  const int before = threads();
  set_threads(1);
  const Doubles alone = f().template to_vector<double>();
  set_threads(3);
  CHECK(f().template to_vector<double>() == alone);
  set_threads(before);
}

}  // namespace

TEST_CASE("a batch of products is the products one by one") {
  Rng rng(3);
  for (const auto& [m, k, n] : {std::array{3, 4, 5}, std::array{40, 50, 60}, std::array{300, 200, 250}}) {
    const Tensor a = normal({5, m, k}, 0, 1, rng), b = normal({5, k, n}, 0, 1, rng), c = matmul(a, b);
    for (std::int64_t i = 0; i < 5; ++i)
      CHECK(unstack(c, i).to_vector<double>() == matmul(unstack(a, i), unstack(b, i)).to_vector<double>());
    // As they lie: transposed, and a window whose rows are apart.
    CHECK(distance(matmul(transpose(transpose(a, {0, 2, 1}), {0, 2, 1}), b), c) == 0);
    CHECK(distance(matmul(transpose(detail::packed(transpose(a, {0, 2, 1})), {0, 2, 1}), b), c) < 1e-4);
    CHECK(distance(matmul(slice(a, 2, 1, k), slice(b, 1, 1, k)), c - matmul(slice(a, 2, 0, 1), slice(b, 1, 0, 1))) <
          1e-4);
  }
}

TEST_CASE("batches have the same bits for any number of threads") {
  Rng rng(3);
  const Tensor many = normal({200, 20, 30}, 0, 1, rng), few = normal({3, 300, 300}, 0, 1, rng);
  check_threads([&] { return matmul(many, transpose(many, {0, 2, 1})); });
  check_threads([&] { return matmul(few, few); });
  check_threads([&] { return inverse(few); });
  check_threads([&] { return solve(few, slice(unstack(few, 0), 1, 0, 7)); });
  check_threads([&] { return solve(few, few); });
  check_threads([&] { return cholesky(matmul(many, transpose(many, {0, 2, 1})) + identity(20, float32) * 20); });
  check_threads([&] { return slogdet(few).logabsdet; });
}

TEST_CASE("a weight shared by a batch gets the sum of the gradients, on either side") {
  Rng rng(3);
  const Tensor w = normal({4, 6}, 0, 1, rng, float64), x = normal({2, 3, 6, 5}, 0, 1, rng, float64);
  const Tensor right = grad([&](const Tensor& v) { return sum(square(matmul(v, x))); })(w);
  const Tensor turned = grad([&](const Tensor& v) {
    return sum(square(matmul(transpose(x, {0, 1, 3, 2}), transpose(v))));
  })(w);
  Tensor expected = zeros({4, 6}, float64);
  for (std::int64_t i = 0; i < 2; ++i)
    for (std::int64_t j = 0; j < 3; ++j) {
      const Tensor one = unstack(unstack(x, i), j);
      expected += 2 * matmul(matmul(w, one), transpose(one));
    }
  CHECK(distance(right, expected) < 1e-12);
  CHECK(distance(turned, expected) < 1e-12);
}

TEST_CASE("a large inverse and a large system come out right") {
  Rng rng(3);
  for (Dtype dtype : {float32, float64}) {
    const double precision = dtype == float32 ? 1e-2 : 1e-10;
    const Tensor a = normal({2, 300, 300}, 0, 1, rng, dtype), b = normal({300, 290}, 0, 1, rng, dtype);
    CHECK(distance(matmul(a, inverse(a)), broadcast_to(identity(300, dtype), {2, 300, 300})) < precision);
    CHECK(distance(matmul(a, solve(a, b)), broadcast_to(b, {2, 300, 290})) < precision);
    const Tensor l = cholesky(matmul(a, transpose(a, {0, 2, 1})) + identity(300, dtype) * 300);
    CHECK(distance(matmul(l, solve_triangular(l, b, true)), broadcast_to(b, {2, 300, 290})) < precision);
    const Tensor u = transpose(l, {0, 2, 1});
    CHECK(distance(matmul(u, solve_triangular(u, b, false)), broadcast_to(b, {2, 300, 290})) < precision);
  }
}

TEST_CASE("a determinant neither overflows nor vanishes on the way") {
  const Tensor scale = tensor({1e200, 1e200, -1e-200, 1e-200}, float64);
  CHECK(det(identity(4, float64) * scale).item<double>() == doctest::Approx(-1).epsilon(1e-14));
  CHECK(det(identity(4, float64) * 1e200).item<double>() == INFINITY);
  CHECK(det(zeros({0, 0})).item<double>() == 1);
  CHECK(std::isnan(det(full({2, 2}, NAN)).item<double>()));
  const SignAndLog swapped = slogdet(tensor({{0.0, 2.0}, {2.0, 0.0}}, float64));
  CHECK(swapped.sign.item<double>() == -1);
  CHECK(swapped.logabsdet.item<double>() == doctest::Approx(std::log(4)));
  CHECK(slogdet(identity(400, float32) * 1e-30f).logabsdet.item<double>() ==
        doctest::Approx(400 * std::log(1e-30)).epsilon(1e-6));
}

TEST_CASE("derivatives of a determinant that leaves the range are there where they are within it") {
  const auto slope = [](const Tensor& a) {
    return grad([](const Tensor& x) { return det(x); })(a).to_vector<double>();
  };
  const auto diagonal = [](const Doubles& d, Dtype dtype) {
    const auto n = static_cast<std::int64_t>(d.size());
    return eye(n, dtype) * tensor(d, {n}, dtype);
  };
  const auto check_slope = [&](const Tensor& a, const Doubles& expected) {
    const Doubles found = slope(a);
    REQUIRE(found.size() == expected.size());
    const double epsilon = a.dtype() == float32 ? 1e-6 : 1e-14;
    for (std::size_t i = 0; i < found.size(); ++i) {
      CAPTURE(found[i]);
      CHECK(std::abs(found[i] - expected[i]) <= epsilon * expected[i] + std::numeric_limits<double>::denorm_min());
    }
  };
  check_slope(diagonal({1e-200, 1e-200}, float64), {1e-200, 0, 0, 1e-200});
  check_slope(diagonal({1e200, 1e200}, float64), {1e200, 0, 0, 1e200});
  check_slope(diagonal({1e-30, 1e-30}, float32), {1e-30, 0, 0, 1e-30});
  check_slope(diagonal({1e-200, 1e100, 1e-250}, float64), {1e-150, 0, 0, 0, 0, 0, 0, 0, 1e-100});
  check_slope(diagonal({1e-310, 1e-5}, float64), {1e-5, 0, 0, 1e-310});
  check_slope(diagonal({1e-300, 1e300, 0}, float64), {0, 0, 0, 0, 0, 0, 0, 0, 1});
  // The second derivatives are the elements themselves, up to the sign.
  const Tensor a = tensor({{3e-200, 1e-200}, {2e-200, 5e-200}}, float64);
  const Tensor direction = tensor({{1.0, 0.0}, {0.0, 0.0}}, float64);
  const Doubles second = hvp([](const Tensor& x) { return det(x); }, a, direction).to_vector<double>();
  CHECK(second[3] == doctest::Approx(1).epsilon(1e-12));
  CHECK(std::abs(second[0]) + std::abs(second[1]) + std::abs(second[2]) < 1e-12);
}

TEST_CASE("the determinant of a singular matrix is 0, and has the derivatives of a polynomial there") {
  const Tensor rank_two = tensor({{1.0, 2.0, 3.0}, {2.0, 4.0, 6.0}, {1.0, 0.0, 1.0}}, float64);
  const Tensor almost = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}, {7.0, 8.0, 9.0}}, float64);
  const Tensor rank_one = ones({3, 3}, float64), nothing = zeros({3, 3}, float64);
  const Tensor regular = tensor({{2.0, 1.0, 0.0}, {1.0, 3.0, 1.0}, {0.0, 1.0, 4.0}}, float64);
  CHECK(det(rank_two).item<double>() == 0);
  const Tensor cofactors = grad([](const Tensor& a) { return det(a); })(rank_two);
  CHECK(distance(cofactors, tensor({{4.0, 4.0, -4.0}, {-2.0, -2.0, 2.0}, {0.0, 0.0, 0.0}}, float64)) < 1e-12);
  CHECK(grad([](const Tensor& a) { return det(a); })(rank_one).to_vector<double>() == Doubles(9, 0.0));
  const auto determinant = [](const Tensor& a) { return det(a); };
  const std::vector<Tensor> singular = {rank_two,
                                        almost,
                                        rank_one,
                                        nothing,
                                        stack(std::vector<Tensor>{rank_two, regular}),
                                        stack(std::vector<Tensor>{regular, rank_one}),
                                        zeros({1, 1}, float64),
                                        zeros({2, 2}, float64)};
  for (const Tensor& a : singular) {
    const auto report = tools::gradcheck(determinant, {a}, {.order = 3});
    CAPTURE(to_string(report));
    CHECK(report.passed());
  }
}

TEST_CASE("slogdet of a singular matrix is 0 and -inf, and leaves the rest of the batch alone") {
  const Tensor a = tensor(std::vector<double>{1, 2, 2, 4, 3, 0, 0, 2}, {2, 2, 2}, float64);
  const SignAndLog y = slogdet(a);
  CHECK(y.sign.to_vector<double>() == Doubles{0, 1});
  CHECK(y.logabsdet.to_vector<double>()[0] == -INFINITY);
  const Doubles d = grad([](const Tensor& x) { return sum(slogdet(x).logabsdet); })(a).to_vector<double>();
  CHECK(!std::isfinite(d[0]));
  CHECK(Doubles(d.begin() + 4, d.end()) == Doubles{1 / 3.0, 0, 0, 0.5});
}

TEST_CASE("only one triangle is read and has a gradient") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor x = tensor({{4.0, nan}, {2.0, 5.0}}, float64);
  CHECK(cholesky(x).to_vector<double>() == Doubles{2, 0, 1, 2});
  // ln det by Cholesky, whose derivative is the inverse: (5 −2; −2 4)/16, both triangles in one. The logarithm of the
  // zeros above the diagonal must leave no trace.
  const auto log_det = [](const Tensor& v) { return 2 * trace(log(cholesky(v))); };
  CHECK(distance(grad(log_det)(x), tensor({{5.0 / 16, 0.0}, {-4.0 / 16, 4.0 / 16}}, float64)) < 1e-15);
  const Tensor b = tensor({8.0, 9.0}, float64);
  CHECK(solve_triangular(x, b, true).to_vector<double>() == Doubles{2, 1});
  CHECK(grad([&](const Tensor& v) { return sum(solve_triangular(v, b, true)); })(x).to_vector<double>()[1] == 0);
}

TEST_CASE("traces, outer products and einsum of integers are exact") {
  const Tensor a = tensor({{1'000'000'007, 2}, {3, 4}});
  CHECK(trace(a).item<std::int64_t>() == 1'000'000'011);
  CHECK(outer(tensor({1'000'000'007, 2}), tensor({1'000'000, 3})).to_vector<std::int64_t>() ==
        std::vector<std::int64_t>{1'000'000'007'000'000, 3'000'000'021, 2'000'000, 6});
  CHECK(einsum("ij,jk->ik", {a, a}).to_vector<std::int64_t>() ==
        std::vector<std::int64_t>{1'000'000'014'000'000'055, 2'000'000'022, 3'000'000'033, 22});
  CHECK(einsum("bij,bjk->kb", {reshape(a, {1, 2, 2}), reshape(a, {1, 2, 2})}).to_vector<std::int64_t>() ==
        std::vector<std::int64_t>{1'000'000'014'000'000'055 + 3'000'000'033, 2'000'000'044});
}

TEST_CASE("einsum's result is its own where its operand need only be turned, and a node of its own") {
  const Tensor x = arange(6, float64), m = reshape(x, {2, 3});
  const Tensor turned = einsum("ij->ji", {m});
  CHECK(array_equal(turned, transpose(m)));
  CHECK(turned.data<double>() != m.data<double>());
  CHECK(einsum("ii->i", {reshape(arange(9, float64), {3, 3})}).to_vector<double>() == Doubles{0, 4, 8});
  Tape tape;
  tape.watch(x);
  const Tensor same = einsum("i->i", {x});
  CHECK(same.data<double>() != x.data<double>());
  CHECK(tape.gradients(sum(same))[x].to_vector<double>() == Doubles(6, 1.0));
}

TEST_CASE("matmul takes tensors of eight axes, and sizes whose product overflows are refused") {
  Rng rng(3);
  const Tensor a = normal({2, 1, 3, 1, 1, 1, 4, 5}, 0, 1, rng, float64),
               b = normal({2, 1, 1, 1, 1, 5, 2}, 0, 1, rng, float64);
  const Tensor c = matmul(a, b);
  CHECK(c.shape() == Shape{2, 2, 3, 1, 1, 1, 4, 2});
  CHECK(distance(c, einsum("abij,cjk->acbik", {reshape(a, {2, 3, 4, 5}), reshape(b, {2, 5, 2})})) < 1e-14);
  const Tensor wide = broadcast_to(zeros({1, 1}), {std::int64_t{1} << 40, 1});
  CHECK_THROWS_AS(matmul(wide, transpose(wide)), ShapeError);
}

TEST_CASE("det has its second derivatives where rounding hides that a matrix is singular") {
  const auto second = [](const Tensor& a) {
    Rng rng(3);
    const Tensor weights = uniform({3, 3}, -1, 1, rng, float64);
    return std::pair{
        grad([&](const Tensor& x) { return sum(weights * grad([](const Tensor& v) { return det(v); })(x)); })(a),
        weights};
  };
  // det is linear in each element, and its mixed second derivatives are the elements themselves, up to the sign.
  const auto expected = [](const Tensor& a, const Tensor& weights) {
    const auto at = [](const Tensor& x, int i, int j) { return x(i % 3, j % 3).item<double>(); };
    std::vector<double> values;
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        values.push_back(
            at(weights, i + 1, j + 1) * at(a, i + 2, j + 2) + at(weights, i + 2, j + 2) * at(a, i + 1, j + 1) -
            at(weights, i + 1, j + 2) * at(a, i + 2, j + 1) - at(weights, i + 2, j + 1) * at(a, i + 1, j + 2));
    return tensor(values, {3, 3}, float64);
  };
  for (const Tensor& a :
       {tensor<double>({{0.1, 0.7, 0.8}, {0.23, 0.9, 1.13}, {0.37, 0.41, 0.78}}, float64),
        tensor<double>({{1, 2, 3}, {2, 4, 6}, {3, 6, 9}}, float64),
        outer(tensor({0.1, 0.3, 0.7}, float64), tensor({0.2, 0.9, 1.1}, float64)), zeros({3, 3}, float64)}) {
    const auto [found, weights] = second(a);
    CHECK(allclose(found, expected(a, weights), 1e-9, 1e-9));
  }
}

}  // namespace retrograd::tests
