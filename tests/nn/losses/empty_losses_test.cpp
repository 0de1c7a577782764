#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <functional>
#include <limits>

namespace retrograd::tests {

using nn::Reduction;

TEST_CASE("an empty batch has no losses, whose sum is 0 and whose mean is refused") {
  using Loss = std::function<Tensor(const Tensor&, const Tensor&, Reduction)>;
  const Tensor none = zeros({0}, int64), weights = tensor({1.0, 2.0, 3.0}, float64);
  struct Case {
    const char* op;
    bool by_rows;
    Loss loss;
  };
  const std::vector<Case> cases = {
      {"mse", false, [](auto& x, auto& y, Reduction r) { return nn::mse(x, y, {.reduction = r}); }},
      {"l1", false, [](auto& x, auto& y, Reduction r) { return nn::l1(x, y, {.reduction = r}); }},
      {"huber", false, [](auto& x, auto& y, Reduction r) { return nn::huber(x, y, {.reduction = r}); }},
      {"bce_with_logits", false,
       [](auto& x, auto& y, Reduction r) { return nn::bce_with_logits(x, y, {.reduction = r}); }},
      {"bce_with_logits", false,
       [&](auto& x, auto& y, Reduction r) {
         return nn::bce_with_logits(x, y, {.weight = weights, .pos_weight = weights, .reduction = r});
       }},
      {"hinge", false, [](auto& x, auto& y, Reduction r) { return nn::hinge(x, y, {.reduction = r}); }},
      {"euclidean", true, [](auto& x, auto& y, Reduction r) { return nn::euclidean(x, y, {.reduction = r}); }},
      {"euclidean", true, [&](auto& x, auto&, Reduction r) { return nn::euclidean(x, none, {.reduction = r}); }},
      {"kl_div", true, [](auto& x, auto& y, Reduction r) { return nn::kl_div(x, y, {.reduction = r}); }},
      {"nll", true, [&](auto& x, auto&, Reduction r) { return nn::nll(x, none, {.reduction = r}); }},
      {"nll", true,
       [&](auto& x, auto&, Reduction r) {
         return nn::nll(x, none, {.weight = weights, .ignore_index = 1, .reduction = r});
       }},
      {"softmax_cross_entropy", true,
       [](auto& x, auto& y, Reduction r) { return nn::softmax_cross_entropy(x, y, {.reduction = r}); }},
      {"softmax_cross_entropy", true,
       [&](auto& x, auto&, Reduction r) { return nn::softmax_cross_entropy(x, none, {.reduction = r}); }},
      {"softmax_cross_entropy", true,
       [&](auto& x, auto&, Reduction r) {
         return nn::softmax_cross_entropy(
             x, none, {.label_smoothing = 0.1, .weight = weights, .ignore_index = 1, .reduction = r});
       }},
      {"cosine_embedding", true,
       [](auto& x, auto& y, Reduction r) { return nn::cosine_embedding(x, y, zeros({0}, float64), {.reduction = r}); }},
      {"triplet", true, [](auto& x, auto& y, Reduction r) { return nn::triplet(x, y, x, {.reduction = r}); }},
  };
  const Tensor x = zeros({0, 3}, float64), y = zeros({0, 3}, float64);
  for (const OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked})
    for (const Case& one : cases) {
      const OverrideScope scope(mode);
      CAPTURE(one.op);
      const std::string sentence = std::string(one.op) +
                                   (one.by_rows && std::string(one.op) != "softmax_cross_entropy" &&
                                            std::string(one.op) != "nll" && std::string(one.op) != "euclidean"
                                        ? ": outputs (0,)"
                                        : ": outputs (0, 3)") +
                                   " are empty, so the mean loss is undefined; Reduction::sum gives 0";
      CHECK_THROWS_WITH_AS(one.loss(x, y, Reduction::mean), sentence.c_str(), ShapeError);
      CHECK(one.loss(x, y, Reduction::none).shape() == (one.by_rows ? Shape{0} : Shape{0, 3}));
      Tape tape;
      tape.watch(x);
      const Tensor total = one.loss(x, y, Reduction::sum);
      CHECK(total.shape() == Shape{});
      CHECK(total.item<double>() == 0);
      CHECK(tape.gradients(total).get_or_zeros(x).shape() == x.shape());
    }
  CHECK_THROWS_WITH_AS(nn::softmax_cross_entropy(zeros({3, 0}), zeros({3, 0}), {.reduction = Reduction::sum}),
                       "softmax_cross_entropy: needs rows (N, K), got shape (3, 0)", ShapeError);
  CHECK_THROWS_AS(nn::kl_div(zeros({3, 0}), zeros({3, 0}), {.reduction = Reduction::sum}), ShapeError);
  CHECK_THROWS_AS(nn::triplet(zeros({3, 0}), zeros({3, 0}), zeros({3, 0}), {.reduction = Reduction::sum}), ShapeError);
}

}  // namespace retrograd::tests
