// What people get wrong, and the whole sentence they are told: readable by someone who has not seen this code.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace retrograd::tests {

TEST_CASE("each misuse is answered by a sentence that says what, where, expected and found") {
  struct Misuse {
    std::function<void()> call;
    std::string message;
  };
  Rng rng(1);
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  const Tensor eight = zeros({1, 1, 1, 1, 1, 1, 1, 1});
  const Tensor x = zeros({2, 3}), v = zeros({3}), d = zeros({3}, float64), i = tensor({0, 5, 1});
  const std::vector<Misuse> misuses = {
      {[&] { x + zeros({4}); }, "add: shapes do not broadcast: (2, 3) and (4,)"},
      {[&] { v + d; }, "add: dtypes differ: float32 and float64; convert with astype"},
      {[&] {
         tensor({1, 2}) + 0.5;
       },
       "add: 0.5 does not fit the dtype int64; convert the tensor with astype"},
      {[&] {
         exp(tensor({1, 2}));
       },
       "exp: does not support int64 (supported: float32, float64)"},
      {[&] { pow(tensor({2}), -1); }, "pow: negative exponent -1 for an int64 base; convert to float64"},
      {[&] { clip(v, 1, 0); }, "clip: low 1 is greater than high 0"},
      {[&] { fmod(tensor({2}), 0); }, "fmod: int64 division by 0"},
      {[&] { polygamma(-1, v); }, "polygamma: the order -1 is outside 0 … 1000000"},
      {[&] { where(v, v, v); }, "where: the mask must be boolean, got float32"},
      {[&] { sum(x, 2); }, "sum: axis 2 is out of range for 2 axes"},
      {[&] {
         mean(x, {0, 0});
       },
       "mean: axis 0 is given twice"},
      {[&] {
         max(zeros({0, 3}), 0);
       },
       "max: cannot reduce an empty axis of shape (0, 3)"},
      {[&] { norm(v, 3); }, "norm: p must be 1, 2 or infinity, got 3"},
      {[&] { topk(v, 4); }, "topk: k 4 is outside 0 … 3, the size of axis -1 of (3,)"},
      {[&] {
         reshape(x, {4, -1});
       },
       "reshape: (2, 3) does not fit (4, -1)"},
      {[&] { squeeze(x, 0); }, "squeeze: axis 0 of (2, 3) is not of size 1"},
      {[&] {
         concatenate({x, zeros({2, 4})});
       },
       "concatenate: shapes differ in more than axis 0: (2, 3) and (2, 4)"},
      {[&] { split(v, 2); }, "split: axis 0 of (3,) cannot be split into 2 equal parts"},
      {[&] { slice(x, 1, 0, 4); }, "slice: [0, 4) is not a range within axis 1 of (2, 3)"},
      {[&] { slice(x, 1, 0, 3, 0); }, "slice: the step must be at least 1, got 0"},
      {[&] { x[5]; }, "index: 5 is out of range for axis 0 of (2, 3)"},
      {[&] { x[range(7)]; }, "index: [7, the end) is not a range within axis 0 of (2, 3)"},
      {[&] { take(v, i, 0); }, "take: index 5 at position 1 is out of range for axis 0 of (3,)"},
      {[&] { one_hot(i, 3); }, "one_hot: index 5 at position 1 is outside 0 … 2"},
      {[&] {
         pad(x, {{1, -1}, {0, 0}});
       },
       "pad: margins cannot be negative, got {1, -1} for axis 0"},
      {[&] { matmul(x, x); }, "matmul: inner dimensions differ: (2, 3) x (2, 3)"},
      {[&] {
         einsum("ij,jk->ik", {x, x});
       },
       "einsum: sizes of 'j' differ: 3 in operand 0, 2 in operand 1"},
      {[&] { einsum("ij->iz", {x}); }, "einsum: 'z' of the result \"iz\" appears in no operand"},
      {[&] {
         inverse(zeros({2, 2}, float64));
       },
       "inverse: the matrix is singular: pivot 0 is 0"},
      {[&] { solve(x, v); }, "solve: expects square matrices, got (2, 3)"},
      {[&] {
         cholesky(tensor<double>({{1, 2}, {2, 1}}, float64));
       },
       "cholesky: the matrix is not positive definite: pivot 1 is not positive"},
      {[&] {
         conv2d(zeros({1, 3, 8, 8}), zeros({4, 2, 3, 3}));
       },
       "conv2d: the 3 channels of x (1, 3, 8, 8) in groups = 1 do not fit the 2 of weight (4, 2, 3, 3)"},
      {[&] {
         conv2d(zeros({1, 3, 2, 2}), zeros({4, 3, 3, 3}));
       },
       "conv2d: a window (3, 3) with dilation (1, 1) is larger than (1, 3, 2, 2) with padding (0, 0)"},
      {[&] {
         max_pool2d(zeros({1, 1, 4, 4}), 2, {.padding = 2});
       },
       "max_pool2d: padding 2 is more than half the window, 2"},
      {[&] { layer_norm(x, zeros({4}), zeros({4})); },
       "layer_norm: the weight (4,) does not have the innermost axes of (2, 3)"},
      {[&] {
         nn::softmax_cross_entropy(x, tensor({0, 3}));
       },
       "softmax_cross_entropy: class index 3 of row 1 is outside 0 … 2"},
      {[&] {
         pad(zeros({2}, boolean), {{1, 1}}, 7);
       },
       "pad: 7 does not fit the dtype boolean; convert the tensor with astype"},
      {[&] {
         pad(zeros({2}), {{kHuge, 1}});
       },
       "pad: a float32 tensor of shape (4611686018427387907,) has more bytes than fit in 64 bits"},
      {[&] {
         pad(zeros({2, 2}), {{kHuge, 1}, {1, 1}});
       },
       "pad: (4611686018427387907, 4) has more elements than fit in 64 bits"},
      {[&] { repeat(zeros({2}), kHuge / 2, 0); },
       "repeat: a float32 tensor of shape (4611686018427387904,) has more bytes than fit in 64 bits"},
      {[&] { tile(zeros({2}), {kHuge / 2}); },
       "tile: a float32 tensor of shape (4611686018427387904,) has more bytes than fit in 64 bits"},
      {[&] {
         tile(zeros({2, 2}), {kHuge / 2, 2});
       },
       "tile: (4611686018427387904, 4) has more elements than fit in 64 bits"},
      {[&] {
         stack({eight, eight});
       },
       "stack: (1, 1, 1, 1, 1, 1, 1, 1) already has the maximum of 8 axes"},
      {[&] {
         stack({eight, eight}, 2);
       },
       "stack: (1, 1, 1, 1, 1, 1, 1, 1) already has the maximum of 8 axes"},
      {[&] { tensor(0.5, int64); }, "tensor: 0.5 does not fit the dtype int64; convert the tensor with astype"},
      {[&] {
         const Tensor row = broadcast_to(zeros({1, 1}), {1, std::int64_t{1} << 32});
         matmul(transpose(row), row);
       },
       "matmul: (4294967296, 4294967296) has more elements than fit in 64 bits"},
      {[&] { one_hot(zeros(eight.shape(), int64), 2); },
       "one_hot: (1, 1, 1, 1, 1, 1, 1, 1) already has the maximum of 8 axes"},
      {[&] { polygamma(0, zeros({2}, int64)); }, "polygamma: does not support int64 (supported: float32, float64)"},
      {[&] { uniform({2}, 1, 0, rng); }, "uniform: low must not exceed high, got 1 and 0"},
      {[&] { Tensor().shape(); },
       "tensor: this handle is empty (a default-constructed Tensor has no shape and no values)"},
      {[&] { x.item<float>(); }, "item: needs a tensor of size 1, got shape (2, 3)"},
      {[&] { x.data<double>(); }, "data: asked for float64, but the tensor is float32"},
      {[&] {
         Tape t;
         t.watch(tensor({1, 2}));
       },
       "watch: only float32 and float64 tensors have gradients, got int64"},
      {[&] {
         Tape t;
         t.watch(v);
         t.gradients(exp(v));
       },
       "gradients: the loss must be of size 1, got shape (3,); reduce it or pass a cotangent"},
      {[&] {
         Tape t;
         t.watch(v);
         t.gradients(sum(exp(d)));
       },
       "gradients: this () tensor does not depend on anything this tape watches"},
      {[&] {
         Tape t;
         t.watch(v);
         auto g = t.gradients(sum(exp(v)));
         g[x];
       },
       "gradients: this float32 (2, 3) tensor was not watched by this tape"},
      {[&] {
         Tape t;
         t.watch(v);
         auto y = sum(exp(v));
         t.gradients(y);
         t.gradients(y);
       },
       "gradients: this tape is consumed; `Tape tape(rg::persistent)` keeps its log for more sweeps"},
      {[&] {
         Tape t;
         Tensor w = ones({3});
         t.watch(w);
         auto y = w * w;
         w += 1;
       },
       "+=: an open tape tracks this (3,) tensor; write after tape.gradients(…) or when the tape is closed"},
      {[&] {
         Tape t;
         t.watch(v);
         Tensor y = sum(v);
         std::string m;
         std::thread([&] {
           try {
             t.gradients(y);
           } catch (const std::exception& e) {
             m = e.what();
           }
         }).join();
         throw Error(m);
       },
       "gradients: this tape belongs to another thread"},
      {[&] {
         nn::Mlp model{{4, 3, 2}, nn::Activation::relu, rng};
         Tape t;
         t.watch(model);
         model(zeros({5, 7}));
       },
       "layer \"layers.0\": linear: x (5, 7) does not fit weight \"layers.0.weight\" (3, 4), which is (out, in)"},
      {[&] {
         const float m[3] = {};
         Tensor w = wrap(m, {3}, borrowed);
         w += 1;
       },
       "+=: this (3,) tensor is read-only"},
      {[&] {
         TapeLimitScope g({.nodes = 1000});
         Tape t;
         t.watch(v);
         Tensor y = v;
         for (;;) y = tanh(y * 2);
       },
       "tape: 1024 nodes are recorded, and the limit is 1000; the largest values are from mul (512 times, 6.00 KiB), "
       "tanh (511 times, 5.99 KiB), watch (1 times, 12 B); a loop inside the tape's scope, or a running sum of what it "
       "tracks, keeps every step on the tape: open the Tape inside the loop, sum detach(loss), or raise the limit by a "
       "TapeLimitScope"},
      {[&] {
         AnomalyScope s;
         Tape t;
         t.watch(v);
         Tensor y = v + 1;
         for (int k = 0; k < 12; ++k) y = tanh(y);
         y = log(y - y) * 2;
       },
       "log: op 15 on the tape returned -inf at [0], 3 of 3 elements not finite, float32 (3,); input 0 (3,): from 0 to "
       "0"},
      {[&] { jvp([](const Tensor& a) { return exp(a); }, v, d); },
       "jvp: the tangent must match x, float32 (3,), got float64 (3,)"},
      {[&] { hessian([](const Tensor& a) { return a; })(v); },
       "gradients: the loss must be of size 1, got shape (3,); reduce it or pass a cotangent"},
      {[&] { tools::gradcheck([](const Tensor& a) { return a; }, {v}); },
       "gradcheck: input 0 must be float64, got float32"},
  };
  for (const Misuse& misuse : misuses) {
    std::string message = "nothing was thrown";
    try {
      misuse.call();
    } catch (const std::exception& error) {
      message = error.what();
    }
    CHECK(message == misuse.message);
  }
  CHECK(misuses.size() > 50);
}

}  // namespace retrograd::tests
