#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include "../../scratch.h"
#include "onnx_reader.h"

namespace retrograd::tests {

namespace {

/// A scale for each feature, and a form of its own in ONNX.
struct Scale {
  Tensor factor;
  Tensor operator()(const Tensor& x) const { return x * factor; }
  static void fields(auto& self, auto&& visit) { visit("factor", self.factor); }
};

/// A layer around a layer.
struct Around {
  nn::Linear inner;
  Tensor operator()(const Tensor& x) const { return x + inner(x); }
  static void fields(auto& self, auto&& visit) { visit("inner", self.inner); }
};

tools::OnnxLayer scale_form() {
  return tools::onnx_layer<Scale>([](const Scale& layer, tools::OnnxGraph& graph, const tools::OnnxValue& x) {
    return graph.node("Mul", {x.name, graph.constant("factor", layer.factor)});
  });
}

tools::OnnxLayer around_form() {
  return tools::onnx_layer<Around>([](const Around& layer, tools::OnnxGraph& graph, const tools::OnnxValue& x) {
    return graph.node("Add", {x.name, graph.layer("inner", layer.inner, x).name});
  });
}

template <class Model>
OnnxFile exported(const Model& model, const Shape& input_shape, const tools::OnnxOptions& options = {}) {
  const ScratchFolder folder;
  tools::export_onnx(model, input_shape, folder.path() / "model.onnx", options);
  return OnnxFile(folder.path() / "model.onnx");
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

}  // namespace

TEST_CASE("a linear layer becomes the bytes that the reference library writes") {
  // onnx 1.12.0: make_model of one Gemm, ir_version 8, opset 13, which its full check accepts.
  const std::string before = from_hex("08081209726574726f677261641a");
  const std::string after = from_hex(
      "3a9d010a2c0a01780a067765696768740a04626961731201791a0179220447656d6d2a0d0a067472616e73421801a001021201672a280802"
      "0803100142067765696768744a180000803f0000004000004040000080400000a0400000c0c02a14080210014204626961734a080000003f"
      "000080be5a140a0178120f0a0d080112090a0312014e0a02080362140a0179120f0a0d080112090a0312014e0a02080242040a00100d");
  Rng rng(1);
  nn::Linear layer{3, 2, rng};
  layer.weight = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, -6.0}});
  layer.bias = tensor({0.5, -0.25});
  const ScratchFolder folder;
  const auto file = folder.path() / "linear.onnx";
  tools::export_onnx(layer, {3}, file, {.name = "g", .input = "x", .output = "y"});
  const std::string number = version();
  CHECK(read_file(file) == before + static_cast<char>(number.size()) + number + after);
}

TEST_CASE("a perceptron becomes a chain of products and activations, under its own names") {
  Rng rng(1);
  const nn::Mlp model{{4, 3, 5, 2}, nn::Activation::relu, rng};
  const OnnxFile file = exported(model, {4});
  CHECK(file.text ==
        "ir 8, opset 13, graph model\n"
        "input input float32 (N, 4)\n"
        "layers.0.Gemm = Gemm(input, layers.0.weight, layers.0.bias) transB=1\n"
        "Relu = Relu(layers.0.Gemm)\n"
        "layers.1.Gemm = Gemm(Relu, layers.1.weight, layers.1.bias) transB=1\n"
        "Relu_2 = Relu(layers.1.Gemm)\n"
        "output = Gemm(Relu_2, layers.2.weight, layers.2.bias) transB=1\n"
        "output output float32 (N, 2)\n");
  const std::vector<Parameter> all = parameters(model);
  CHECK(file.names.size() == all.size());
  for (const Parameter& one : all) {
    REQUIRE(file.constants.count(one.name) == 1);
    CHECK(file.constants.at(one.name).shape() == one.tensor.shape());
    CHECK(file.constants.at(one.name).to_vector<float>() == one.tensor.to_vector<float>());
  }
}

TEST_CASE("every activation of a perceptron is exported") {
  Rng rng(1);
  const auto second_line = [&](nn::Activation activation) {
    const std::string text = exported(nn::Mlp{{4, 3, 2}, activation, rng}, {4}).text;
    const std::string gemm = "layers.0.bias) transB=1\n";
    const std::size_t begin = text.find(gemm) + gemm.size();
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  CHECK(second_line(nn::Activation::leaky_relu) == "LeakyRelu = LeakyRelu(layers.0.Gemm) alpha=0.01");
  CHECK(second_line(nn::Activation::selu) == "Selu = Selu(layers.0.Gemm)");
  CHECK(second_line(nn::Activation::silu) == "Sigmoid = Sigmoid(layers.0.Gemm)");
  CHECK(second_line(nn::Activation::gelu) == "Mul = Mul(layers.0.Gemm, root_half)");
  CHECK(second_line(nn::Activation::identity) ==
        "output = Gemm(layers.0.Gemm, layers.1.weight, layers.1.bias) transB=1");
}

TEST_CASE("sequences nest, and the options name everything else") {
  Rng rng(1);
  const nn::Sequential inner{nn::Linear{3, 4, rng}, tanh};
  const nn::Sequential model{inner, nn::Mlp{{4, 2}, nn::Activation::relu, rng}, sigmoid};
  const OnnxFile file = exported(model, {3}, {.name = "g", .input = "x", .output = "y", .opset = 17});
  CHECK(file.text ==
        "ir 8, opset 17, graph g\n"
        "input x float32 (N, 3)\n"
        "0.0.Gemm = Gemm(x, 0.0.weight, 0.0.bias) transB=1\n"
        "0.1.Tanh = Tanh(0.0.Gemm)\n"
        "1.layers.0.Gemm = Gemm(0.1.Tanh, 1.layers.0.weight, 1.layers.0.bias) transB=1\n"
        "y = Sigmoid(1.layers.0.Gemm)\n"
        "output y float32 (N, 2)\n");
}

TEST_CASE("rows of rows take a product without Gemm, whose weight lies the other way round") {
  Rng rng(1);
  const nn::Linear layer{3, 2, rng, nn::FanInUniform{}, float64};
  const OnnxFile file = exported(layer, {5, 3});
  CHECK(file.text ==
        "ir 8, opset 13, graph model\n"
        "input input float64 (N, 5, 3)\n"
        "MatMul = MatMul(input, weight_t)\n"
        "output = Add(MatMul, bias)\n"
        "output output float64 (N, 5, 2)\n");
  CHECK(file.constants.at("weight_t").to_vector<double>() == transpose(layer.weight).to_vector<double>());
}

TEST_CASE("functions are written as the operators they are made of") {
  const nn::Sequential model{relu, sigmoid,     tanh, softplus, softsign, selu, hard_sigmoid, silu,
                             mish, log_sigmoid, abs,  exp,      log,      neg,  sqrt,         square};
  const OnnxFile file = exported(model, {3});
  CHECK(file.text ==
        "ir 8, opset 13, graph model\n"
        "input input float32 (N, 3)\n"
        "0.Relu = Relu(input)\n"
        "1.Sigmoid = Sigmoid(0.Relu)\n"
        "2.Tanh = Tanh(1.Sigmoid)\n"
        "3.Softplus = Softplus(2.Tanh)\n"
        "4.Softsign = Softsign(3.Softplus)\n"
        "5.Selu = Selu(4.Softsign)\n"
        "6.HardSigmoid = HardSigmoid(5.Selu) alpha=0.16666667 beta=0.5\n"
        "7.Sigmoid = Sigmoid(6.HardSigmoid)\n"
        "7.Mul = Mul(6.HardSigmoid, 7.Sigmoid)\n"
        "8.Softplus = Softplus(7.Mul)\n"
        "8.Tanh = Tanh(8.Softplus)\n"
        "8.Mul = Mul(7.Mul, 8.Tanh)\n"
        "9.Neg = Neg(8.Mul)\n"
        "9.Softplus = Softplus(9.Neg)\n"
        "9.Neg_2 = Neg(9.Softplus)\n"
        "10.Abs = Abs(9.Neg_2)\n"
        "11.Exp = Exp(10.Abs)\n"
        "12.Log = Log(11.Exp)\n"
        "13.Neg = Neg(12.Log)\n"
        "14.Sqrt = Sqrt(13.Neg)\n"
        "output = Mul(14.Sqrt, 14.Sqrt)\n"
        "output output float32 (N, 3)\n");
}

TEST_CASE("a user's layer is written as he says, alone and among others") {
  Rng rng(1);
  const nn::Sequential model{Scale{ones({3})}, Around{nn::Linear{3, 3, rng}}, Scale{full({3}, 2)}};
  const OnnxFile file = exported(model, {3}, {.layers = {scale_form(), around_form()}});
  CHECK(file.text ==
        "ir 8, opset 13, graph model\n"
        "input input float32 (N, 3)\n"
        "0.Mul = Mul(input, 0.factor)\n"
        "1.inner.Gemm = Gemm(0.Mul, 1.inner.weight, 1.inner.bias) transB=1\n"
        "1.Add = Add(0.Mul, 1.inner.Gemm)\n"
        "output = Mul(1.Add, 2.factor)\n"
        "output output float32 (N, 3)\n");
  CHECK(exported(Scale{ones({3})}, {3}, {.layers = {scale_form()}}).names == std::vector<std::string>{"factor"});
}

TEST_CASE("a tensor that stands in two places of a model is stored once") {
  const Scale scale{ones({3})};
  const OnnxFile file = exported(nn::Sequential{scale, relu, scale}, {3}, {.layers = {scale_form()}});
  CHECK(file.names == std::vector<std::string>{"0.factor"});
  CHECK(holds(file.text, {"output = Mul(1.Relu, 0.factor)"}));
}

TEST_CASE("a model that does nothing hands its input on") {
  CHECK(exported(nn::Sequential{}, {3}).text ==
        "ir 8, opset 13, graph model\n"
        "input input float32 (N, 3)\n"
        "output = Identity(input)\n"
        "output output float32 (N, 3)\n");
}

TEST_CASE("what has no form is refused by its name and type, and no file is written") {
  Rng rng(1);
  const ScratchFolder folder;
  const auto file = folder.path() / "model.onnx";
  const auto message = [&](const auto& model, const Shape& shape, const tools::OnnxOptions& options = {}) {
    try {
      tools::export_onnx(model, shape, file, options);
    } catch (const Error& error) {
      CHECK(std::filesystem::is_empty(folder.path()));
      return std::string(error.what());
    }
    return std::string("written");
  };
  const nn::Sequential unknown{nn::Linear{3, 3, rng}, nn::Sequential{relu, Around{nn::Linear{3, 3, rng}}}};
  CHECK(
      holds(message(unknown, {3}),
            {"export_onnx: layer \"1.1\" is a tests::(anonymous namespace)::Around, which has no ONNX form (supported: "
             "Sequential, Linear, Mlp, ",
             "relu, ", "; add it with onnx_layer"}));
  CHECK(holds(message(Scale{ones({3})}, {3}), {"export_onnx: the model is a ", "Scale, which"}));
  CHECK(holds(message(nn::Sequential{sin}, {3}), {"layer \"0\" is a Tensor (*)(Tensor const&), which"}));
  CHECK(holds(message(nn::Linear{3, 2, rng}, {4}), {"x (2, 4) does not fit weight (2, 3)"}));
  CHECK(message(nn::Linear{3, 2, rng}, {3}, {.opset = 12}) == "export_onnx: the opset must be from 13 to 17, got 12");
  CHECK(holds(message(nn::Linear{3, 2, rng}, {3}, {.input = "x", .output = "x"}), {"need distinct, nonempty names"}));
  {
    const nn::Training training{rng};
    CHECK(holds(message(nn::Linear{3, 2, rng}, {3}), {"export_onnx: exports models in evaluation mode"}));
  }
  const nn::Sequential turns{[](const Tensor& x) { return transpose(x); }};
  CHECK(message(turns, {3}) ==
        "export_onnx: the model maps a batch (2, 3) to (3, 2); the first axis must remain the batch axis");
}

TEST_CASE("a file that cannot be written leaves the old one as it was") {
  Rng rng(1);
  const nn::Linear layer{3, 2, rng};
  CHECK_THROWS_AS(tools::export_onnx(layer, {3}, "/no/such/folder/model.onnx"), FileError);
  const ScratchFolder folder;
  const auto file = folder.write("model.onnx", "old");
  CHECK_THROWS_AS(tools::export_onnx(layer, {4}, file), ShapeError);
  CHECK(read_file(file) == "old");
  tools::export_onnx(layer, {3}, file);
  CHECK(read_file(file).size() > 100);
}

}  // namespace retrograd::tests
