#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <string>
#include <vector>

namespace retrograd::tests {

namespace {

using Lines = std::vector<std::string>;

// "stored matmul (2, 3)" and so on, then the unused.
Lines found(const tools::FieldsReport& report) {
  Lines lines;
  for (const tools::UnlistedTensor& one : report.unlisted)
    lines.push_back(fmt::format("{} {} {}", one.is_stored ? "stored" : "computed", one.op, one.tensor.shape()));
  for (const std::string& name : report.unused) lines.push_back("unused " + name);
  return lines;
}

struct Forgetful {
  nn::Linear listed, forgotten;
  Tensor scale = tensor({0.5, 0.25});
  nn::Embedding words;
  explicit Forgetful(Rng& rng) : listed{3, 2, rng}, forgotten{2, 2, rng}, words{5, 3, rng} {}
  static void fields(auto& self, auto&& visit) { visit("listed", self.listed); }
};
struct ForgotLayer : Forgetful {
  using Forgetful::Forgetful;
  Tensor operator()(const Tensor& x) const { return forgotten(relu(listed(x))); }
};
struct ForgotScale : Forgetful {
  using Forgetful::Forgetful;
  Tensor operator()(const Tensor& x) const { return listed(x) * exp(scale); }
};
struct ForgotView : Forgetful {
  using Forgetful::Forgetful;
  Tensor operator()(const Tensor& x) const { return matmul(listed(x), transpose(forgotten.weight)) + forgotten.bias; }
};
struct ForgotTable : Forgetful {
  using Forgetful::Forgetful;
  Tensor operator()(const Tensor& indices) const { return listed(words(indices)); }
};
struct Idle : Forgetful {
  using Forgetful::Forgetful;
  Tensor operator()(const Tensor& x) const { return matmul(x, transpose(listed.weight)); }
};
struct Encoded {
  nn::Linear layer;
  bool is_positional;
  Tensor operator()(const Tensor& x) const {
    const Tensor centered = layer(x) - detach(mean(layer.weight)) + zeros({2});
    return is_positional ? centered + nn::positional_encoding(4, 2) : centered;
  }
  static void fields(auto& self, auto&& visit) { visit("layer", self.layer); }
};
template <class Model>
Lines found_in(const Tensor& input) {
  Rng rng(1);
  return found(tools::check_fields(Model(rng), input));
}

}  // namespace

TEST_CASE("a layer whose fields forget a member is told which tensors it reads beside them") {
  const Tensor x = ones({4, 3});
  CHECK(found_in<ForgotLayer>(x) == Lines{"stored linear (2, 2)", "stored linear (2,)"});
  CHECK(found_in<ForgotScale>(x) == Lines{"computed mul (2,)"});
  CHECK(found_in<ForgotView>(x) == Lines{"stored matmul (2, 2)", "stored add (2,)"});
  CHECK(found_in<ForgotTable>(tensor({1, 4})) == Lines{"computed linear (2, 3)"});
  CHECK(found_in<Idle>(x) == Lines{"unused listed.bias"});
}

TEST_CASE("layers of the library list all that they read") {
  Rng rng(1);
  const auto check = [&](const auto& model, const auto&... inputs) {
    CHECK(to_string(tools::check_fields(model, inputs...)) == "every tensor is listed and read\n");
    const nn::Training training{rng};
    CHECK(to_string(tools::check_fields(model, inputs...)) == "every tensor is listed and read\n");
  };
  check(nn::Mlp{{3, 4, 2}, nn::Activation::gelu, rng}, ones({5, 3}));
  check(nn::Sequential{nn::Conv2d{1, 2, 3, rng}, nn::BatchNorm2d{2}, relu, nn::MaxPool2d{2}, nn::Flatten{},
                       nn::Dropout{0.5}, nn::Linear{8, 2, rng, {.bias = false}}},
        normal({2, 1, 6, 6}, 0, 1, rng));
  check(nn::Embedding{5, 3, rng}, tensor({1, 4}));
  check(nn::Lstm{3, 4, rng}, normal({2, 5, 3}, 0, 1, rng));
  check(nn::TransformerEncoderLayer{8, 2, rng, {.feedforward = 6}}, normal({2, 3, 8}, 0, 1, rng));
}

TEST_CASE("constants that a pass computes from its fields are no matter, others of many values are") {
  Rng rng(1);
  CHECK(found(tools::check_fields(Encoded{nn::Linear{3, 2, rng}, false}, ones({4, 3}))).empty());
  CHECK(found(tools::check_fields(Encoded{nn::Linear{3, 2, rng}, true}, ones({4, 3}))) == Lines{"computed add (4, 2)"});
}

TEST_CASE("checking fields leaves no trace") {
  Rng rng(1), same(1);
  const nn::Sequential model{nn::BatchNorm1d{3}, nn::Dropout{0.5}};
  const std::vector<Parameter> before = state(clone(model));
  {
    const nn::Training training{rng};
    tools::check_fields(model, normal({4, 3}, 0, 1, same));
  }
  Rng untouched(1);
  CHECK(rng.state() == untouched.state());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(array_equal(before[i].tensor, state(model)[i].tensor));
}

TEST_CASE("a report of fields says what to look at, a line each") {
  Rng rng(1);
  CHECK(fmt::format("{}", tools::check_fields(ForgotLayer(rng), ones({4, 3}))) ==
        "linear reads float32 (2, 2), which fields does not list\n"
        "linear reads float32 (2,), which fields does not list\n");
  CHECK(fmt::format("{}", tools::check_fields(ForgotScale(rng), ones({4, 3}))) ==
        "mul reads float32 (2,), a constant computed from tensors that fields does not list\n");
  CHECK(fmt::format("{}", tools::check_fields(Idle(rng), ones({4, 3}))) == "nothing reads listed.bias\n");
  CHECK(fmt::format("{}", tools::check_fields(nn::Linear{3, 2, rng}, ones({4, 3}))) ==
        "every tensor is listed and read\n");
}

}  // namespace retrograd::tests
