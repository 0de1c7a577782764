#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>
#include <string>

namespace retrograd::tests {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

template <class F>
std::string anomaly_of(F f) {
  try {
    f();
  } catch (const AnomalyError& error) {
    return error.what();
  }
  return "";
}

struct Scaling {
  Tensor scale = tensor({1.0, 2.0, 3.0});
  static void fields(auto& self, auto&& visit) { visit("scale", self.scale); }
};

}  // namespace

TEST_CASE("an anomaly scope names the first op whose value is not finite") {
  const Tensor x = tensor({0.5, 1.0, 2.0});
  const AnomalyScope scope;
  Tape tape;
  tape.watch(x);
  Tensor y = x;
  for (int i = 0; i < 9; ++i) y = y + 0.0;
  CHECK(anomaly_of([&] {
          const Tensor z = log(y - 1.0);
          for (int i = 0; i < 9; ++i) y = y * z;
        }) ==
        "log: op 11 on the tape returned nan at [0], 2 of 3 elements not finite, float32 (3,); input 0 (3,): from -0.5 "
        "to 1");
  const Tensor w = tensor({0.0, 1.0});
  tape.watch(w);
  CHECK(anomaly_of([&] { static_cast<void>(log(w)); }) ==
        "log: op 12 on the tape returned -inf at [0], 1 of 2 elements not finite, float32 (2,); input 0 (2,): from 0 "
        "to 1");
}

TEST_CASE("an anomaly in a matrix is told by its index, and its inputs by their dotted names") {
  const Scaling model;
  const AnomalyScope scope;
  Tape tape;
  tape.watch(model);
  const Tensor divisor = tensor({{1.0, 1.0, 1.0}, {1.0, 0.0, 2.0}});
  CHECK(anomaly_of([&] { static_cast<void>(model.scale / divisor); }) ==
        "div: op 1 on the tape returned inf at [1, 1], 1 of 6 elements not finite, float32 (2, 3); input 0 \"scale\" "
        "(3,): from 1 to 3; input 1 (2, 3): from 0 to 2");
}

TEST_CASE("an infinity made on purpose may pass, a NaN that comes of it does not") {
  const Tensor scores = tensor({1.0, 2.0, 3.0}), mask = tensor({0.0, 0.0, -inf});
  const AnomalyScope scope;
  Tape tape;
  tape.watch(scores);
  const Tensor masked = scores + mask;
  CHECK(std::isinf(masked.to_vector<float>()[2]));
  CHECK(anomaly_of([&] { static_cast<void>(exp(masked)); }).empty());
  CHECK(anomaly_of([&] { static_cast<void>(masked * 0.0); }) ==
        "mul: op 3 on the tape returned nan at [2], 1 of 3 elements not finite, float32 (3,); input 0 (3,), which is "
        "already "
        "not finite: from 1 to 2, 1 inf; input 1 (): from 0 to 0");
  const Tensor broken = tensor({nan, 2.0});
  tape.watch(broken);
  CHECK(anomaly_of([&] {
          static_cast<void>(broken * 1.0);
        }).find("input 0 (2,), which is already not finite: from 2 to 2, 1 nan") != std::string::npos);
}

TEST_CASE("an anomaly scope names the first rule whose cotangent is not finite") {
  const Scaling model{tensor({1.0, 1e-30, 3.0})};
  const AnomalyScope scope;
  Tape tape;
  tape.watch(model);
  const Tensor y = 1e-10 / (model.scale + 0.0);  // finite, and its derivative -1e-10/x² is not
  CHECK(anomaly_of([&] { tape.gradients(sum(y)); }) ==
        "div: the rule of op 2 on the tape returned -inf at [1], 1 of 3 elements not finite, of its cotangent float32 "
        "(3,); it was given a cotangent: from 1 to 1; input 1 (3,): from 1e-30 to 3; the value: from 3.33333e-11 to "
        "1e+20");
  CHECK(anomaly_of([&] {
          Tape direct;
          direct.watch(model);
          direct.gradients(sum(1e-10 / model.scale));
        }).find("input 1 \"scale\" (3,): from 1e-30 to 3") != std::string::npos);
  CHECK(anomaly_of([&] {
          Tape direct;
          direct.watch(model);
          direct.gradients(model.scale * 2.0, tensor({1.0, inf, 1.0}));
        }).find("it was given a cotangent, which is already not finite: from 1 to 1, 1 inf") != std::string::npos);
}

TEST_CASE("an anomaly scope is silent where all is finite, and gone at its end") {
  const Tensor x = tensor({1.0, 2.0});
  {
    const AnomalyScope scope;
    Tape tape;
    tape.watch(x);
    CHECK(tape.gradients(sum(log(x)))[x].to_vector<float>() == std::vector<float>{1, 0.5});
    Tape nested;
    const Tensor zero = tensor({0.0});
    CHECK(std::isinf(log(zero).item<float>()));  // a constant, which nobody records
  }
  Tape tape;
  tape.watch(x);
  CHECK(anomaly_of([&] { static_cast<void>(log(x - x)); }).empty());
}

TEST_CASE("an anomaly scope sees strided values and higher derivatives") {
  const Tensor x = tensor({{1.0, 2.0}, {0.0, 4.0}});
  const AnomalyScope scope;
  Tape tape;
  tape.watch(x);
  CHECK(anomaly_of([&] {
          static_cast<void>(1.0 / transpose(x));
        }).find("div: op 2 on the tape returned inf at [0, 1]") == 0);
  CHECK(anomaly_of([&] {
          Tape inner;
          inner.watch(x);
          static_cast<void>(inner.gradients(sum(x * x))[x] / 0.0);
        }).find("div: op") == 0);
}

}  // namespace retrograd::tests
