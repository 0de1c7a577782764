#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

using optim::Lbfgs;
using optim::LbfgsStatus;
using optim::minimize;

struct Point {
  Tensor x;
  static void fields(auto& self, auto&& visit) { visit("x", self.x); }
};

// Σ (1 − xᵢ)² + 100(xᵢ₊₁ − xᵢ²)², least at ones.
Tensor rosenbrock(const Point& point) {
  const std::int64_t n = point.x.size();
  const Tensor a = point.x[range(0, n - 1)], b = point.x[range(1, n)];
  return sum(square(1 - a) + 100 * square(b - square(a)));
}
Point rosenbrock_start(int pairs, Dtype dtype = float64) {
  std::vector<double> values;
  for (int i = 0; i < pairs; ++i) values.insert(values.end(), {-1.2, 1.0});
  return {tensor(values, {2 * pairs}, dtype)};
}

struct Network {
  Tensor w1, b1, w2, b2;
  static void fields(auto& self, auto&& visit) {
    visit("w1", self.w1);
    visit("b1", self.b1);
    visit("w2", self.w2);
    visit("b2", self.b2);
  }
  Tensor operator()(const Tensor& x) const { return matmul(tanh(matmul(x, transpose(w1)) + b1), transpose(w2)) + b2; }
};
Network network(Dtype dtype) {
  std::vector<double> w1;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 2; ++j) w1.push_back(((i * 7 + j * 3) % 11 - 5) / 10.0);
  return {tensor(w1, {3, 2}, dtype), tensor({0.1, -0.2, 0.3}, dtype), tensor({{0.4, -0.3, 0.2}}, dtype),
          tensor({0.05}, dtype)};
}
Tensor network_loss(const Network& model) {
  const Dtype dtype = model.w1.dtype();
  const Tensor x = tensor({{-1.0, 0.5}, {0.25, -0.75}, {1.0, 1.0}, {0.5, -1.5}, {-0.5, 2.0}}, dtype);
  const Tensor y = tensor({{0.5}, {-1.0}, {0.25}, {1.0}, {-0.75}}, dtype);
  return nn::mse(model(x), y);
}

// PyTorch 1.13.1: LBFGS(max_iter=iterations, history_size=history, line_search_fn='strong_wolfe') in float64. It counts
// a last line along which it does not search any more; here `made` does not.
struct Expected {
  std::int64_t iterations;
  double loss;
  std::int64_t made, evaluations;
  std::vector<double> first;
};
void check_close(double found, double expected, double tolerance) {
  CHECK(std::abs(found - expected) <= tolerance * std::abs(expected));
}
Lbfgs settings(std::int64_t iterations, std::size_t history = 100) {
  return {.max_iterations = iterations, .max_evaluations = 1000000, .history = history};
}

}  // namespace

TEST_CASE("L-BFGS follows PyTorch on Rosenbrock's function") {
  for (const Expected& one :
       std::vector<Expected>{{1, 4.146927102567213, 1, 3, {-1.0245319303460325, 1.0716196202669255}},
                             {5, 4.084955376327375, 5, 7, {-1.0203084803940978, 1.0352769866467468}},
                             {10, 2.859759140731464, 10, 12, {-0.665708457088896, 0.41398308319536115}},
                             {20, 0.24295150600034499, 20, 26, {0.5136224431368484, 0.25581528103177875}},
                             {30, 0.00031212979984779625, 30, 39, {0.9866961395801478, 0.9724067870333176}},
                             {100, 4.2214575113458143e-10, 34, 43, {0.9999814210791363, 0.9999619651810985}}}) {
    CAPTURE(one.iterations);
    Point point = rosenbrock_start(1);
    const optim::LbfgsResult result = minimize(rosenbrock, point, settings(one.iterations));
    check_close(result.loss, one.loss, 1e-6);
    CHECK(result.iterations == one.made);
    CHECK(result.evaluations == one.evaluations);
    CHECK(result.loss == rosenbrock(point).item<double>());
    for (std::size_t i = 0; i < 2; ++i) check_close(point.x.to_vector<double>()[i], one.first[i], 1e-9);
    CHECK(result.status == (one.made == one.iterations ? LbfgsStatus::iterations : LbfgsStatus::change));
  }
}

TEST_CASE("L-BFGS follows PyTorch in ten dimensions with a short history") {
  for (const Expected& one : std::vector<Expected>{
           {5, 21.613261107872994, 5, 6, {-0.5237817158655249, 0.2048781793550491, 0.1271182956974925}},
           {20, 8.864915008573849, 20, 24, {0.10151829178871725, 0.048492955820138336, 0.03941459537880368}}}) {
    Point point = rosenbrock_start(5);
    const optim::LbfgsResult result = minimize(rosenbrock, point, settings(one.iterations, 3));
    check_close(result.loss, one.loss, 1e-6);
    CHECK(result.iterations == one.made);
    CHECK(result.evaluations == one.evaluations);
    for (std::size_t i = 0; i < 3; ++i) check_close(point.x.to_vector<double>()[i], one.first[i], 1e-6);
  }
  Point point = rosenbrock_start(5);
  CHECK(minimize(rosenbrock, point, settings(300)).loss < 1e-9);
  for (double x : point.x.to_vector<double>()) CHECK(std::abs(x - 1) < 1e-4);
}

TEST_CASE("L-BFGS follows PyTorch on a small network") {
  for (const Expected& one : std::vector<Expected>{
           {1, 0.5510385971770271, 1, 2, {0.3213220677666917, -0.31822616575129903, 0.06923331340504811}},
           {5, 0.508817420811413, 5, 6, {0.24531845857840473, -0.31163529785181615, -0.016256372297763416}},
           {10, 0.45036736514224424, 10, 13, {0.832075591312696, -0.6192150569556383, -0.8210047350319202}},
           {20, 7.576150930654206e-07, 20, 28, {3.2890802246640454, -2.4343088346055377, -2.9690709241721143}}}) {
    CAPTURE(one.iterations);
    Network model = network(float64);
    const optim::LbfgsResult result = minimize(network_loss, model, settings(one.iterations));
    check_close(result.loss, one.loss, 1e-6);
    CHECK(result.iterations == one.made);
    CHECK(result.evaluations == one.evaluations);
    for (std::size_t i = 0; i < 3; ++i) check_close(model.w2.to_vector<double>()[i], one.first[i], 1e-6);
  }
}

TEST_CASE("L-BFGS trains float32 models and ends by itself") {
  Network model = network(float32);
  const double before = network_loss(model).item<double>();
  const optim::LbfgsResult result = minimize(network_loss, model);
  CHECK(result.loss < 1e-6 * before);
  CHECK(result.loss == network_loss(model).item<double>());
  Point point = rosenbrock_start(1, float32);
  CHECK(minimize(rosenbrock, point).loss < 1e-6);
}

TEST_CASE("without a history L-BFGS goes down the gradient, scaled by the last step") {
  Point point = rosenbrock_start(1);
  const double before = rosenbrock(point).item<double>();
  const optim::LbfgsResult result = minimize(rosenbrock, point, settings(20, 0));
  CHECK(result.iterations == 20);
  CHECK(result.loss < before / 4);
}

TEST_CASE("L-BFGS says why it ended") {
  Point point = rosenbrock_start(1);
  CHECK(minimize(rosenbrock, point, {.max_iterations = 0}).status == LbfgsStatus::iterations);
  CHECK(point.x.to_vector<double>() == std::vector<double>{-1.2, 1});
  CHECK(minimize(rosenbrock, point, {.max_evaluations = 4}).status == LbfgsStatus::evaluations);
  point = rosenbrock_start(1);
  CHECK(minimize(rosenbrock, point, {.tolerance_change = 0}).status == LbfgsStatus::gradient);
  point = {ones({2}, float64)};
  const optim::LbfgsResult already = minimize(rosenbrock, point);
  CHECK(already.status == LbfgsStatus::gradient);
  CHECK(already.evaluations == 1);
  point = {tensor({0.5}, float64)};  // the gradient has the wrong sign, so nothing is lower along the line
  const auto wrong = [](const Point& at) {
    return record("wrong", detach(square(at.x)), wrt(at.x, [x = at.x](const Tensor& g) { return g * -2 * x; }));
  };
  CHECK(minimize(wrong, point).status == LbfgsStatus::line_search);
  CHECK(point.x.item<double>() == 0.5);
  CHECK(optim::name(LbfgsStatus::not_finite) == "not_finite");
}

TEST_CASE("a loss that is not finite ends L-BFGS at the best point") {
  Point point{tensor({-1.0}, float64)};
  CHECK(minimize([](const Point& at) { return log(at.x); }, point).status == LbfgsStatus::not_finite);
  CHECK(point.x.item<double>() == -1);
  // x − log x is NaN left of 0, where the first steps lead, and least at 1.
  point = {tensor({3.0}, float64)};
  const auto barrier = [](const Point& at) { return 8 * (at.x - log(at.x)); };
  optim::LbfgsResult result = minimize(barrier, point);
  CHECK(std::isfinite(result.loss));
  CHECK(std::abs(point.x.item<double>() - 1) < 1e-4);
  // NaN everywhere but at the start.
  point = {tensor({3.0}, float64)};
  int calls = 0;
  result = minimize([&](const Point& at) { return ++calls == 1 ? sum(at.x) : sum(at.x) * NAN; }, point);
  CHECK(result.status == LbfgsStatus::not_finite);
  CHECK(result.loss == 3);
  CHECK(result.evaluations == calls);
  CHECK(point.x.item<double>() == 3);
}

TEST_CASE("where the function throws, the model is at the best point before") {
  Point point = rosenbrock_start(1);
  CHECK_THROWS_AS(minimize([](const Point&) -> Tensor { detail::fail("no"); }, point), Error);
  CHECK(point.x.to_vector<double>() == std::vector<double>{-1.2, 1});
  Point same = rosenbrock_start(1);
  minimize(rosenbrock, same, settings(5));
  int calls = 0;
  CHECK_THROWS_AS(minimize(
                      [&](const Point& at) {
                        if (++calls == 8) detail::fail("no");
                        return rosenbrock(at);
                      },
                      point),
                  Error);
  CHECK(point.x.to_vector<double>() == same.x.to_vector<double>());
}

TEST_CASE("L-BFGS refuses bad input and leaves the model as it was") {
  Point point = rosenbrock_start(1);
  CHECK_THROWS_WITH_AS(minimize(rosenbrock, point, {.max_iterations = -1}),
                       "Lbfgs: max_iterations cannot be negative, got -1", Error);
  CHECK_THROWS_WITH_AS(minimize(rosenbrock, point, {.max_evaluations = 0}),
                       "Lbfgs: max_evaluations must be positive, got 0", Error);
  CHECK_THROWS_WITH_AS(minimize(rosenbrock, point, {.tolerance_gradient = NAN}),
                       "Lbfgs: tolerance_gradient cannot be negative, got nan", Error);
  CHECK_THROWS_WITH_AS(minimize(rosenbrock, point, {.tolerance_change = -1}),
                       "Lbfgs: tolerance_change cannot be negative, got -1", Error);
  CHECK_THROWS_AS(minimize([](const Point& at) { return at.x; }, point), ShapeError);
  CHECK_THROWS_AS(minimize([](const Point&) { return tensor(1.0); }, point), TapeError);
  Network model = network(float64);
  CHECK_THROWS_WITH_AS(minimize([](const Network& at) { return sum(at.w1); }, model), doctest::Contains("b1"),
                       TapeError);
  std::vector<Tensor> nothing;
  CHECK_THROWS_WITH_AS(minimize([](const auto&) { return tensor(1.0); }, nothing),
                       "minimize: the model has no parameters", Error);
  {
    Tape tape;
    tape.watch(point);
    CHECK_THROWS_AS(minimize(rosenbrock, point), TapeError);
  }
  CHECK(point.x.to_vector<double>() == std::vector<double>{-1.2, 1});
  Tape elsewhere;  // one that tracks other things is in nobody's way
  CHECK(minimize(rosenbrock, point).loss < 1e-6);
}

TEST_CASE("a parameter that stands in two places is one to L-BFGS") {
  std::vector<Tensor> model(2, tensor({3.0}, float64));
  minimize([](const std::vector<Tensor>& at) { return sum(square(at[0] - 1) + square(at[1] + 2)); }, model);
  CHECK(std::abs(model[0].item<double>() + 0.5) < 1e-6);
}

}  // namespace retrograd::tests
