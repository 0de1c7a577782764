// Statistics of numbers that lie far from 0, are all the same, or have squares that overflow or vanish: fused kernels
// and their compositions alike.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {

constexpr Dtype kDtypes[] = {float32, float64};

double largest(const Tensor& x) { return max(abs(x)).to_vector<double>()[0]; }

// Values and gradients at x of f, both ways.
template <class F, class Check>
void for_both(const Tensor& x, F f, Check check) {
  for (const OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked}) {
    CAPTURE(static_cast<int>(mode));
    const OverrideScope scope{mode};
    Tape tape;
    tape.watch(x);
    const Tensor y = f(x);
    Rng rng(3);
    check(y, tape.gradients(y, uniform(y.shape(), 0.5, 1.5, rng, y.dtype()))[x]);
  }
}

Tensor normalized(const Tensor& x) {
  return layer_norm(x, ones({x.size(-1)}, x.dtype()), zeros({x.size(-1)}, x.dtype()));
}
Tensor by_channel(const Tensor& x, double epsilon = 1e-5) {
  return batch_norm(x, ones({x.size(1)}, x.dtype()), zeros({x.size(1)}, x.dtype()), epsilon);
}

}  // namespace

TEST_CASE("numbers that are all the same are normalized to zeros, wherever they lie") {
  for (const Dtype dtype : kDtypes)
    for (const double level : {0.1, 1000.1, -12345.678, 1e7 + 0.3, 1e-3}) {
      CAPTURE(level);
      const auto is_zero = [](const Tensor& y, const Tensor&) { CHECK(largest(y) == 0); };
      for (const std::int64_t width : {2, 3, 10, 768, 1000, 5000})
        for_both(full({3, width}, level, dtype), normalized, is_zero);
      for (const Shape& shape :
           {Shape{64, 1, 32, 32}, Shape{7, 3}, Shape{1000, 20}, Shape{2, 5, 3}, Shape{50, 2, 1300}})
        for_both(
            full(shape, level, dtype), [](const Tensor& v) { return by_channel(v); }, is_zero);
      CHECK(largest(nn::GroupNorm(2, 4, {}, dtype)(full({3, 4, 11, 13}, level, dtype))) == 0);
      CHECK(largest(var(full({1000}, level, dtype))) == 0);
      CHECK(largest(std(full({1000, 7}, level, dtype), 0)) == 0);
      nn::BatchNorm1d running(1, {}, dtype);
      copy_into(running.running_mean.tensor, full({1}, level, dtype));
      copy_into(running.running_var.tensor, zeros({1}, dtype));
      CHECK(largest(running(full({4, 1}, level, dtype))) == 0);
    }
}

TEST_CASE("an offset does not change what is normalized beyond the rounding of the numbers themselves") {
  Rng rng(4);
  const Tensor steps = randint({6, 40}, -8, 9, rng);
  for (const Dtype dtype : kDtypes) {
    const double unit = dtype == float32 ? 0x1p-13 : 0x1p-42, tolerance = dtype == float32 ? 1e-6 : 1e-14;
    const Tensor exact = astype(steps, dtype) * unit;  // that 1024 + exact holds every digit of
    for (const auto& f :
         {+[](const Tensor& x) { return layer_norm(x, ones({40}, x.dtype()), zeros({40}, x.dtype()), 0); },
          +[](const Tensor& x) { return by_channel(x, 0); },
          +[](const Tensor& x) {
            return by_channel(reshape(x, {2, 3, 40}), 0);
          }}) {
      const auto run = [&](double offset, OverrideMode mode) {
        const OverrideScope scope{mode};
        const Tensor x = exact + offset;
        Tape tape;
        tape.watch(x);
        const Tensor y = f(x);
        Rng own(3);
        const Tensor g = tape.gradients(y, uniform(y.shape(), 0.5, 1.5, own, y.dtype()))[x];
        return std::pair(y, g * unit);
      };
      const auto expected = run(0, OverrideMode::fused);
      for (const OverrideMode mode : {OverrideMode::fused, OverrideMode::composed}) {
        const auto got = run(1024, mode);
        CHECK(largest(got.first - expected.first) < 10 * tolerance);
        CHECK(largest(got.second - expected.second) < 10 * tolerance);
      }
    }
  }
}

TEST_CASE("a normalized line does not depend on the size of its numbers") {
  Rng rng(5);
  for (const Dtype dtype : kDtypes) {
    const Tensor x = normal({4, 12}, 0, 1, rng, dtype);
    for (const double power : {dtype == float32 ? 0x1p100 : 0x1p800, dtype == float32 ? 0x1p-100 : 0x1p-800})
      for (const OverrideMode mode : {OverrideMode::fused, OverrideMode::composed}) {
        CAPTURE(power);
        const OverrideScope scope{mode};
        const double tolerance = dtype == float32 ? 2e-6 : 4e-15;
        const auto same = [&](auto f) { CHECK(largest(f(x * power) - f(x)) < tolerance); };
        same([&](const Tensor& v) { return layer_norm(v, ones({12}, dtype), zeros({12}, dtype), 0); });
        same([&](const Tensor& v) { return by_channel(v, 0); });
        same([&](const Tensor& v) { return by_channel(reshape(v, {2, 4, 6}), 0); });
        same([&](const Tensor& v) { return nn::RmsNorm({12}, {.epsilon = 0}, dtype)(v); });
        same([&](const Tensor& v) { return nn::cosine_similarity(v, cumsum(v, 1), 1, 1e-300); });
      }
    const double huge = dtype == float32 ? 0x1p100 : 0x1p800;
    CHECK(largest(normalized(x * huge) - layer_norm(x, ones({12}, dtype), zeros({12}, dtype), 0)) < 1e-5);
  }
}

TEST_CASE("a deviation, a norm and a mean are right where squares and sums overflow or vanish") {
  CHECK(std(tensor({1e200, -1e200}, float64)).item<double>() == doctest::Approx(1e200).epsilon(1e-15));
  CHECK(std(tensor({1e200, -1e200}, float64), {}, false, 1).item<double>() ==
        doctest::Approx(std::sqrt(2.0) * 1e200).epsilon(1e-15));
  CHECK(std(tensor({1e-200, -1e-200}, float64)).item<double>() == doctest::Approx(1e-200).epsilon(1e-15));
  CHECK(std(tensor({1e30f, -1e30f})).item<float>() == doctest::Approx(1e30f).epsilon(1e-6));
  CHECK(std(tensor({1e-30f, -1e-30f})).item<float>() == doctest::Approx(1e-30f).epsilon(1e-6));
  CHECK(norm(tensor({3e200, 4e200}, float64)).item<double>() == doctest::Approx(5e200).epsilon(1e-15));
  CHECK(norm(tensor({3e-320, 4e-320}, float64)).item<double>() == doctest::Approx(5e-320).epsilon(1e-3));
  CHECK(norm(tensor({3e-40f, 4e-40f})).item<float>() == doctest::Approx(5e-40f).epsilon(1e-4));
  CHECK(norm(tensor({3e38f, 1e38f})).item<float>() == doctest::Approx(3.1622777e38f).epsilon(1e-6));
  const Tensor far = full({1000}, 1e154, float64) * where(arange(1000) < 500, ones({1000}, float64), -1);
  CHECK(var(far).item<double>() == doctest::Approx(1e308).epsilon(1e-14));
  CHECK(var(tensor({1e-22f, -1e-22f})).item<float>() == 1e-44f);
  CHECK(mean(full({4}, 1e308, float64)).item<double>() == 1e308);
  CHECK(mean(full({3, 4}, 3e38f), 1).to_vector<float>()[2] == doctest::Approx(3e38f));
  CHECK(mean(tensor({INFINITY, 1.0f})).item<float>() == INFINITY);
  CHECK(norm(tensor({INFINITY, 1.0f})).item<float>() == INFINITY);
  CHECK(std::isnan(norm(tensor({NAN, 1.0f})).item<float>()));
  const auto slope = [](const Tensor& x, auto f) { return grad(f)(x).template to_vector<double>(); };
  const auto of_std = slope(tensor({1e200, -1e200}, float64), [](const Tensor& x) { return std(x); });
  CHECK(of_std[0] == doctest::Approx(0.5));
  CHECK(of_std[1] == doctest::Approx(-0.5));
  CHECK(slope(tensor({3e-30f, 4e-30f}), [](const Tensor& x) { return norm(x); })[0] == doctest::Approx(0.6));
  CHECK(slope(full({4}, 1e308, float64), [](const Tensor& x) { return mean(x); })[0] == 0.25);
}

TEST_CASE(
    "the slope of a deviation and of a norm at 0 is 0, of every order, and that of their squares is not looked for") {
  const auto second = [](auto f) { return hessian(f)(zeros({2}, float64)).template to_vector<double>(); };
  CHECK(second([](const Tensor& x) { return square(norm(x)); }) == std::vector<double>(4));
  CHECK(second([](const Tensor& x) { return square(std(x)); }) == std::vector<double>(4));
  CHECK(second([](const Tensor& x) { return sum(square(x)); }) == std::vector<double>{2, 0, 0, 2});
  CHECK(second([](const Tensor& x) { return var(x); }) == std::vector<double>{0.5, -0.5, -0.5, 0.5});
}

TEST_CASE("checked mode accepts what is right where gradients cancel, and still refuses a wrong rule") {
  Rng rng(6);
  const OverrideScope scope{OverrideMode::checked};
  for (int draw = 0; draw < 100; ++draw)
    for (const Dtype dtype : kDtypes) {
      const Tensor x = normal({2, 4}, 0, 1, rng, dtype), y = normal({4, 2}, 0, 1, rng, dtype);
      Tape tape;
      tape.watch(x);
      tape.watch(y);
      const Tensor loss =
          sum(by_channel(x) * normal({2, 4}, 0, 1, rng, dtype)) + sum(normalized(y) * normal({4, 2}, 0, 1, rng, dtype));
      CHECK_NOTHROW(tape.gradients(loss));
    }
}

}  // namespace retrograd::tests
