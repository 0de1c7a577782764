// The form of each layer of the library.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include "../../scratch.h"
#include "onnx_reader.h"

namespace retrograd::tests {

namespace {

// The lines of the nodes.
template <class Model>
std::string nodes(const Model& model, const Shape& input_shape, const tools::OnnxOptions& options = {}) {
  const ScratchFolder folder;
  tools::export_onnx(model, input_shape, folder.path() / "model.onnx", options);
  const OnnxFile file(folder.path() / "model.onnx");
  const std::size_t begin = file.text.find('\n', file.text.find('\n') + 1) + 1;
  return file.text.substr(begin, file.text.rfind('\n', file.text.size() - 2) + 1 - begin);
}

template <class Model>
std::string refusal(const Model& model, const Shape& input_shape) {
  try {
    return nodes(model, input_shape);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a convolutional network keeps its layers in order, with every size") {
  Rng rng(1);
  const nn::Sequential model{nn::Conv2d{1, 4, 3, rng, {.padding = 1}},
                             nn::BatchNorm2d{4, {.epsilon = 0.5}},
                             relu,
                             nn::MaxPool2d{2},
                             nn::Flatten{},
                             nn::Dropout{0.5},
                             nn::Linear{4 * 4 * 3, 10, rng}};
  CHECK(nodes(model, {1, 8, 6}) ==
        "0.Conv = Conv(input, 0.weight, 0.bias) kernel_shape=[3, 3] strides=[1, 1] pads=[1, 1, 1, 1] dilations=[1, 1] "
        "group=1\n"
        "1.BatchNormalization = BatchNormalization(0.Conv, 1.weight, 1.bias, 1.running_mean, 1.running_var) "
        "epsilon=0.5\n"
        "2.Relu = Relu(1.BatchNormalization)\n"
        "3.MaxPool = MaxPool(2.Relu) kernel_shape=[2, 2] strides=[2, 2] pads=[0, 0, 0, 0] dilations=[1, 1]\n"
        "4.Flatten = Flatten(3.MaxPool) axis=1\n"
        "output = Gemm(4.Flatten, 6.weight, 6.bias) transB=1\n");
}

TEST_CASE("convolutions and pools say how their windows slide, rows first") {
  Rng rng(1);
  CHECK(
      nodes(
          nn::Conv2d{
              4, 6, {3, 2}, rng, {.stride = {2, 1}, .padding = {0, 3}, .dilation = {1, 2}, .groups = 2, .bias = false}},
          {4, 9, 9}) ==
      "output = Conv(input, weight) kernel_shape=[3, 2] strides=[2, 1] pads=[0, 3, 0, 3] dilations=[1, 2] group=2\n");
  CHECK(nodes(nn::Conv1d{2, 3, 5, rng, {.stride = 2, .padding = 1}}, {2, 9}) ==
        "output = Conv(input, weight, bias) kernel_shape=[5] strides=[2] pads=[1, 1] dilations=[1] group=1\n");
  CHECK(
      nodes(nn::ConvTranspose2d{2, 3, 3, rng, {.stride = 2, .padding = {1, 0}, .output_padding = {1, 0}}}, {2, 4, 4}) ==
      "output = ConvTranspose(input, weight, bias) kernel_shape=[3, 3] strides=[2, 2] pads=[1, 0, 1, 0] "
      "dilations=[1, 1] group=1 output_padding=[1, 0]\n");
  CHECK(nodes(nn::MaxPool2d{{3, 2}, {.stride = {2, 1}, .padding = {1, 0}, .dilation = {1, 2}}}, {2, 9, 9}) ==
        "output = MaxPool(input) kernel_shape=[3, 2] strides=[2, 1] pads=[1, 0, 1, 0] dilations=[1, 2]\n");
  CHECK(nodes(nn::AvgPool2d{{3, 2}, {.stride = 2, .padding = 1}}, {2, 9, 9}) ==
        "output = AveragePool(input) kernel_shape=[3, 2] strides=[2, 2] pads=[1, 1, 1, 1] count_include_pad=1\n");
}

TEST_CASE("a linear layer without a bias is a Gemm of two inputs, or a product") {
  Rng rng(1);
  const nn::Linear layer{3, 2, rng, {.bias = false}};
  CHECK(nodes(layer, {3}) == "output = Gemm(input, weight) transB=1\n");
  CHECK(nodes(layer, {5, 3}) == "output = MatMul(input, weight_t)\n");
}

TEST_CASE("means of dilated windows have no form") {
  CHECK(refusal(nn::Sequential{nn::AvgPool2d{2, {.dilation = 2}}}, {2, 6, 7}) ==
        "export_onnx: layer \"0\" is an AvgPool2d with dilation (2, 2), which ONNX's AveragePool does not support");
}

TEST_CASE("adaptive pools have windows of one size, or no form") {
  CHECK(nodes(nn::AdaptiveAvgPool2d{1}, {2, 5, 7}) == "output = GlobalAveragePool(input)\n");
  CHECK(nodes(nn::AdaptiveAvgPool2d{{2, 7}}, {2, 6, 7}) ==
        "output = AveragePool(input) kernel_shape=[3, 1] strides=[3, 1] pads=[0, 0, 0, 0]\n");
  CHECK(refusal(nn::Sequential{nn::AdaptiveAvgPool2d{2}}, {2, 6, 7}) ==
        "export_onnx: layer \"0\" is an AdaptiveAvgPool2d from (6, 7) to (2, 2), but ONNX requires windows of equal "
        "size");
}

TEST_CASE("batch normalization evaluates by its running statistics") {
  nn::BatchNorm1d plain{3, {.affine = false}};
  CHECK(nodes(plain, {3}) ==
        "output = BatchNormalization(input, weight, bias, running_mean, running_var) epsilon=1e-05\n");
  CHECK(refusal(nn::BatchNorm1d{3, {.track_running_stats = false}}, {3}) ==
        "export_onnx: the model is a BatchNorm1d without running statistics, whose values depend on the whole batch");
}

TEST_CASE("normalization within a sample is written out") {
  CHECK(nodes(nn::LayerNorm{{3, 4}}, {2, 3, 4}) ==
        "ReduceMean = ReduceMean(input) axes=[-2, -1] keepdims=1\n"
        "Sub = Sub(input, ReduceMean)\n"
        "Mul = Mul(Sub, Sub)\n"
        "ReduceMean_2 = ReduceMean(Mul) axes=[-2, -1] keepdims=1\n"
        "Add = Add(ReduceMean_2, epsilon)\n"
        "Sqrt = Sqrt(Add)\n"
        "Div = Div(Sub, Sqrt)\n"
        "Mul_2 = Mul(Div, weight)\n"
        "output = Add(Mul_2, bias)\n");
  CHECK(nodes(nn::RmsNorm{{4}, {.affine = false}}, {3, 4}) ==
        "Mul = Mul(input, input)\n"
        "ReduceMean = ReduceMean(Mul) axes=[-1] keepdims=1\n"
        "Add = Add(ReduceMean, epsilon)\n"
        "Sqrt = Sqrt(Add)\n"
        "output = Div(input, Sqrt)\n");
}

TEST_CASE("a residual adds its input to what its layer makes of it") {
  Rng rng(1);
  const nn::Residual model{nn::Sequential{tanh, nn::Linear{3, 3, rng}}};
  CHECK(nodes(model, {3}) ==
        "layer.0.Tanh = Tanh(input)\n"
        "layer.1.Gemm = Gemm(layer.0.Tanh, layer.1.weight, layer.1.bias) transB=1\n"
        "output = Add(input, layer.1.Gemm)\n");
}

TEST_CASE("activations say their numbers") {
  CHECK(nodes(nn::Sequential{nn::LeakyRelu{0.25}, nn::Elu{0.5}, nn::Softmax{}, nn::LogSoftmax{1}}, {3}) ==
        "0.LeakyRelu = LeakyRelu(input) alpha=0.25\n"
        "1.Elu = Elu(0.LeakyRelu) alpha=0.5\n"
        "2.Softmax = Softmax(1.Elu) axis=-1\n"
        "output = LogSoftmax(2.Softmax) axis=1\n");
  CHECK(nodes(nn::Gelu{}, {3}) ==
        "Mul = Mul(input, root_half)\n"
        "Erf = Erf(Mul)\n"
        "Mul_2 = Mul(input, half)\n"
        "Add = Add(Erf, one)\n"
        "output = Mul(Mul_2, Add)\n");
  CHECK(nodes(nn::Gelu{GeluApproximation::tanh}, {3}) ==
        "Mul = Mul(input, input)\n"
        "Mul_2 = Mul(Mul, input)\n"
        "Mul_3 = Mul(Mul_2, cubic)\n"
        "Add = Add(input, Mul_3)\n"
        "Mul_4 = Mul(Add, root_two_over_pi)\n"
        "Tanh = Tanh(Mul_4)\n"
        "Mul_5 = Mul(input, half)\n"
        "Add_2 = Add(Tanh, one)\n"
        "output = Mul(Mul_5, Add_2)\n");
}

TEST_CASE("a linear layer is refused where an input has no axis of features") {
  Rng rng(1);
  CHECK(refusal(nn::Sequential{relu, nn::Linear{2, 2, rng}}, {}) ==
        "export_onnx: layer \"1\": expected an input (N, …, 2), got (2,) for a batch of two");
}

TEST_CASE("indices are looked up, and axes beyond the first are merged by a reshape") {
  Rng rng(1);
  CHECK(nodes(nn::Sequential{nn::Embedding{7, 3, rng}, nn::Flatten{}}, {5}, {.dtype = int64}) ==
        "0.Gather = Gather(0.weight, input) axis=0\n"
        "output = Flatten(0.Gather) axis=1\n");
  CHECK(nodes(nn::Flatten{-2}, {2, 3, 4}) == "output = Reshape(input, shape)\n");
  CHECK(holds(refusal(nn::Flatten{0}, {2, 3}), {"the first axis must remain the batch axis"}));
}

}  // namespace retrograd::tests
