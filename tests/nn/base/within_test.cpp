#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {

struct Net {
  nn::Linear first, second;
  nn::Mlp head;
  explicit Net(Rng& rng) : first{3, 4, rng}, second{5, 4, rng}, head{{4, 4, 2}, nn::Activation::relu, rng} {}
  Tensor operator()(const Tensor& x) const {
    return nn::within("head", head, nn::within("second", second, relu(nn::within("first", first, x))));
  }
  static void fields(auto& self, auto&& visit) {
    visit("first", self.first);
    visit("second", self.second);
    visit("head", self.head);
  }
};

}  // namespace

TEST_CASE("an error says in which layer of which it happened, with no tape open") {
  Rng rng(1);
  const Net net(rng);
  CHECK_THROWS_WITH_AS(net(ones({2, 7})),
                       "layer \"first\": linear: x (2, 7) does not fit weight (4, 3), which is (out, in)", ShapeError);
  CHECK_THROWS_WITH_AS(net(ones({2, 3})),
                       "layer \"second\": linear: x (2, 4) does not fit weight (4, 5), which is (out, in)", ShapeError);
  const nn::Sequential deep{relu, nn::Sequential{tanh, net}};
  CHECK_THROWS_WITH_AS(deep(ones({2, 3})),
                       "layer \"1.1.second\": linear: x (2, 4) does not fit weight (4, 5), which is (out, in)",
                       ShapeError);
  const nn::Checkpointed budgeted{deep, 1'000'000};
  CHECK_THROWS_WITH_AS(budgeted(ones({2, 3})), doctest::Contains("layer \"1.1.second\": linear: x"), ShapeError);
}

TEST_CASE("an error keeps its type on its way out of a model") {
  const nn::Sequential model{relu, [](const Tensor& x) { return cholesky(x); }};
  CHECK_THROWS_AS(model(zeros({2, 2})), LinalgError);
  CHECK_THROWS_AS(model(zeros({2, 2}, int64)), DtypeError);
  CHECK_THROWS_AS(model(Tensor()), Error);
}

TEST_CASE("an error that was caught once can be told more and thrown again") {
  ShapeError error("op: fact");
  CHECK(std::string(error.what()) == "op: fact");
  error.add_part("0");
  CHECK(std::string(error.what()) == "layer \"0\": op: fact");
  error.add_part("layers");
  const Error& copy = ShapeError(error);
  CHECK(std::string(copy.what()) == "layer \"layers.0\": op: fact");
}

}  // namespace retrograd::tests
