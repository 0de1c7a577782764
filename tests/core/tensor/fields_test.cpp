#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <optional>
#include <tuple>

namespace retrograd::tests {

namespace {

struct Leaf {
  Tensor w = ones({2});
  static void fields(auto& self, auto&& visit) { visit("w", self.w); }
};

struct Tree {
  std::vector<Leaf> list{2};
  std::array<Tensor, 2> pair{zeros({3}), zeros({4})};
  std::tuple<Leaf, Tensor> both{Leaf{}, zeros({5})};
  std::optional<Leaf> maybe, none;
  Tree() : maybe(Leaf{}) {}
  static void fields(auto& self, auto&& visit) {
    visit("list", self.list);
    visit("pair", self.pair);
    visit("both", self.both);
    visit("maybe", self.maybe);
    visit("none", self.none);
  }
};

std::vector<std::string> names(const auto& model) {
  std::vector<std::string> list;
  for (const auto& [name, tensor] : parameters(model)) list.push_back(name);
  return list;
}

}  // namespace

TEST_CASE("fields are walked through containers with dotted names") {
  CHECK(names(Tree{}) ==
        std::vector<std::string>{"list.0.w", "list.1.w", "pair.0", "pair.1", "both.0.w", "both.1", "maybe.w"});
  CHECK(count(Tree{}) == 2 + 2 + 3 + 4 + 2 + 5 + 2);
}

TEST_CASE("a shared tensor is visited once") {
  Tree tree;
  tree.list[1].w = tree.list[0].w;
  CHECK(parameters(tree).size() == 6);
  CHECK(count(tree) == 18);
  const Tree copy = clone(tree);
  CHECK(copy.list[0].w.data<float>() == copy.list[1].w.data<float>());
  CHECK(copy.list[0].w.data<float>() != tree.list[0].w.data<float>());
}

TEST_CASE("a clone has values of its own, a copy shares them") {
  Tree tree;
  const Tree copy = tree, deep = clone(tree);
  tree.pair[0] += 7;
  CHECK(copy.pair[0].to_vector<int>()[0] == 7);
  CHECK(deep.pair[0].to_vector<int>()[0] == 0);
}

TEST_CASE("copying into a model writes its parameters and buffers, in its own storage") {
  Rng rng(1);
  const nn::Sequential from{nn::Linear{2, 3, rng}, nn::BatchNorm1d{3}};
  nn::Sequential into{nn::Linear{2, 3, rng}, nn::BatchNorm1d{3}};
  {
    const nn::Training training{rng};
    from(ones({4, 2}));
  }
  const std::vector<Parameter> before = state(into);
  copy_into(into, from);
  for (std::size_t i = 0; i < before.size(); ++i) {
    CAPTURE(before[i].name);
    CHECK(array_equal(before[i].tensor, state(from)[i].tensor));
    CHECK(before[i].tensor.body_or_null() != state(from)[i].tensor.body_or_null());
  }
  copy_into(into, into);
  CHECK(array_equal(before[0].tensor, state(from)[0].tensor));
}

TEST_CASE("copying into a model of other fields is an error that says which, and writes nothing") {
  Rng rng(1);
  nn::Sequential into{nn::Linear{2, 3, rng}, nn::Linear{3, 1, rng}};
  const Tensor before = clone(into)(ones({1, 2}));
  const auto refuse = [&](const auto& from, const char* message) {
    CHECK_THROWS_WITH_AS(copy_into(into, from), message, Error);
    CHECK(array_equal(into(ones({1, 2})), before));
  };
  refuse(nn::Sequential{nn::Linear{2, 3, rng}}, "copy_into: 1.weight has no counterpart in the source");
  refuse(nn::Sequential{nn::Linear{2, 3, rng}, nn::Linear{3, 1, rng}, nn::Linear{1, 1, rng}},
         "copy_into: the source's 2.weight has no counterpart");
  refuse(nn::Sequential{nn::Linear{2, 3, rng}, relu, nn::Linear{3, 1, rng}},
         "copy_into: the models differ: 1.weight in the target, 2.weight in the source");
  refuse(nn::Sequential{nn::Linear{2, 3, rng}, nn::Linear{3, 2, rng}},
         "copy_into: shapes differ: 1.weight is (1, 3), but (2, 3) in the source");
  refuse(nn::Sequential{nn::Linear{2, 3, rng}, nn::Linear{3, 1, rng, nn::FanInUniform{}, float64}},
         "copy_into: dtypes differ: 1.weight is float32, but float64 in the source");
  Tree tree, other;
  other.pair[1] = Tensor();
  CHECK_THROWS_WITH_AS(copy_into(tree, other), "copy_into: pair.1 is empty in the source only", Error);
  CHECK_THROWS_WITH_AS(copy_into(other, tree), "copy_into: pair.1 is empty in the target only", Error);
  Tape tape;
  tape.watch(into);
  CHECK_THROWS_AS(copy_into(into, clone(into)), TapeError);
}

TEST_CASE("sequences name their layers by position and copy them") {
  Rng rng(1);
  nn::Sequential model{nn::Linear{2, 3, rng}, relu, nn::Linear{3, 1, rng}};
  CHECK(names(model) == std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"});
  CHECK(count(model) == 2 * 3 + 3 + 3 + 1);
  const nn::Sequential deep = clone(model);
  Tensor bias = parameters(model)[3].tensor;
  bias += 1;
  const Tensor x = ones({1, 2});
  CHECK(model(x).item<float>() == doctest::Approx(deep(x).item<float>() + 1));
}

TEST_CASE("interned names are the same text and the same address") {
  const detail::Path root, layers(root, "layers"), third(layers, std::size_t{3}), weight(third, "weight");
  CHECK(weight.intern() == "layers.3.weight");
  CHECK(&weight.intern() == &detail::Path(third, "weight").intern());
  CHECK(&weight.intern() != &third.intern());
}

}  // namespace retrograd::tests
