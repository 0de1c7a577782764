#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "pytorch.h"

namespace retrograd::tests {

namespace {

using Tensors = std::vector<Tensor>;
constexpr double kInf = std::numeric_limits<double>::infinity();

nn::MultiHeadAttention made(std::int64_t embed, std::int64_t heads) {
  Rng rng(1);
  return nn::MultiHeadAttention{embed, heads, rng, 0, float64};
}
const Tensor& queries() {
  static const Tensor x = wave({2, 3, 6}, 7, 1, 0.3);
  return x;
}
std::vector<Parameter> three_inputs() {
  return {{"query", queries()}, {"key", wave({2, 5, 6}, 8, 1, 0.4)}, {"value", wave({2, 5, 6}, 9, 1, 0.5)}};
}
// The layer with this mask as a function of one or of three tensors.
auto of_one(const Tensor& mask) {
  return [mask](const nn::MultiHeadAttention& layer, const Tensors& x) { return Tensors{layer(x[0], mask)}; };
}
auto of_three(const Tensor& mask) {
  return
      [mask](const nn::MultiHeadAttention& layer, const Tensors& x) { return Tensors{layer(x[0], x[1], x[2], mask)}; };
}

void check_close(const Tensor& x, const Tensor& expected) {
  CHECK(x.shape() == expected.shape());
  CHECK(allclose(x, expected, 1e-12, 1e-12));
}

}  // namespace

// The numbers are PyTorch 1.13.1's, whose boolean masks are the opposite.
TEST_CASE("attention and all its derivatives are PyTorch's, with masks of every kind") {
  check_against_pytorch(made(6, 2), {{"x", queries()}}, of_one({}),
                        {{"output", 0.0061056406315867, -9.33745145067872},
                         {"x", -1.57919119990861, 0.269818937487206},
                         {"in_proj_weight", 24.9524970186255, -12.8220302883908},
                         {"in_proj_bias", 7.04997119380724, 8.00152348071881},
                         {"out_proj.weight", -72.6881960730014, 4.18497528469977},
                         {"out_proj.bias", -0.0828256556994565, -0.0588931786639428}});
  check_against_pytorch(made(6, 2), {{"x", queries()}}, of_one(nn::causal_mask(3)),
                        {{"output", 0.514871970815491, -0.155300674363787},
                         {"x", -0.773794165531518, 1.24842775021021},
                         {"in_proj_weight", 9.54827010388965, -4.50281658985625},
                         {"in_proj_bias", 3.87695471792154, 4.91277575875621},
                         {"out_proj.weight", 3.54063345356456, -0.278419695449833},
                         {"out_proj.bias", -0.0828256556994565, -0.0588931786639428}});
  check_against_pytorch(made(6, 2), three_inputs(), of_three({}),
                        {{"output", 1.59123038292453, 1.58786491239644},
                         {"query", 0.922377580019102, -1.55993127374601},
                         {"key", 1.68797028990305, -0.308940618393364},
                         {"value", -0.0583914750999465, 0.20824309369434},
                         {"in_proj_weight", -12.732877474813, 3.3421824183252},
                         {"in_proj_bias", -2.27242280787421, -2.29825155188869},
                         {"out_proj.weight", 18.4779618205106, -1.60537236486596},
                         {"out_proj.bias", -0.0828256556994565, -0.0588931786639428}});
  check_against_pytorch(made(6, 2), three_inputs(), of_three(nn::padding_mask(tensor({2, 4}), 5)),
                        {{"output", -1.402248467551, 2.22417193062764},
                         {"query", 1.1362575107892, -1.77944108703609},
                         {"key", 0.0474315375792053, -0.250889731624887},
                         {"value", 0.717350423469015, -1.83790542957364},
                         {"in_proj_weight", -15.2140236283301, 2.90376467187158},
                         {"in_proj_bias", -4.25177041905432, -4.60564439555945},
                         {"out_proj.weight", 25.1309960717993, -1.34082082436196},
                         {"out_proj.bias", -0.0828256556994565, -0.0588931786639428}});
  check_against_pytorch(made(6, 2), three_inputs(), of_three(wave({3, 5}, 1.5, 2, 0.7)),
                        {{"output", 2.61893325195927, 0.398566685019262},
                         {"query", 0.378859771587546, -0.768738688645269},
                         {"key", -0.864169591078251, -0.508878314303331},
                         {"value", 0.0951380501963219, -2.25843561950186},
                         {"in_proj_weight", -8.70463957386673, -1.7966301906626},
                         {"in_proj_bias", -0.782754625037657, -1.49217175000903},
                         {"out_proj.weight", 21.9254714440772, -2.11568635720501},
                         {"out_proj.bias", -0.0828256556994565, -0.0588931786639428}});
}

TEST_CASE("attention is a mean of values weighted by a softmax, as a plain loop has it") {
  Rng rng(1);
  const Tensor q = normal({2, 3, 4}, 0, 1, rng, float64), k = normal({2, 5, 4}, 0, 1, rng, float64),
               v = normal({2, 5, 2}, 0, 1, rng, float64);
  const Tensor y = nn::scaled_dot_product_attention(q, k, v);
  REQUIRE(y.shape() == Shape{2, 3, 2});
  for (int n = 0; n < 2; ++n)
    for (int l = 0; l < 3; ++l) {
      double total = 0, expected[2] = {0, 0};
      for (int s = 0; s < 5; ++s) {
        double score = 0;
        for (int d = 0; d < 4; ++d) score += q(n, l, d).item<double>() * k(n, s, d).item<double>();
        const double weight = std::exp(score / 2);
        total += weight;
        for (int e = 0; e < 2; ++e) expected[e] += weight * v(n, s, e).item<double>();
      }
      for (int e = 0; e < 2; ++e) CHECK(y(n, l, e).item<double>() == doctest::Approx(expected[e] / total));
    }
}

TEST_CASE("attention takes matrices alone, and any leading axes that broadcast") {
  Rng rng(1);
  const Tensor q = normal({2, 3, 4}, 0, 1, rng, float64), k = normal({5, 4}, 0, 1, rng, float64),
               v = normal({5, 2}, 0, 1, rng, float64);
  const Tensor y = nn::scaled_dot_product_attention(q, k, v);
  check_close(y[1], nn::scaled_dot_product_attention(q[1], k, v));
  CHECK(nn::scaled_dot_product_attention(ones({0, 4}), ones({5, 4}), ones({5, 2})).shape() == Shape{0, 2});
}

TEST_CASE("a boolean mask is an additive one of minus infinity where it is false") {
  const Tensor x = queries(), mask = nn::causal_mask(3);
  const nn::MultiHeadAttention layer = made(6, 3);
  check_close(layer(x, mask), layer(x, where(mask, zeros({3, 3}, float64), -kInf)));
  check_close(layer(x, ones({1}, boolean)), layer(x));
  check_close(layer(x, x, x, mask), layer(x, mask));
}

TEST_CASE("a causal mask shows the steps up to one's own") {
  CHECK(array_equal(nn::causal_mask(3), tensor<bool>({{true, false, false}, {true, true, false}, {true, true, true}})));
  CHECK(nn::causal_mask(0).shape() == Shape{0, 0});
  const nn::MultiHeadAttention layer = made(6, 2);
  const auto first_two = [&](const Tensor& x) { return sum(layer(x, nn::causal_mask(3))(range(), range(0, 2))); };
  const Tensor slope = grad(first_two)(queries());
  CHECK(array_equal(slope(range(), 2), zeros({2, 6}, float64)));
  CHECK(min(max(abs(slope), {0, 2})(range(0, 2))).item<double>() > 0);
}

TEST_CASE("a padding mask hides what lies beyond the end of each sequence") {
  const Tensor mask = nn::padding_mask(tensor({1, 3}), 3);
  CHECK(array_equal(reshape(mask, {2, 3}), tensor<bool>({{true, false, false}, {true, true, true}})));
  const nn::MultiHeadAttention layer = made(6, 2);
  const Tensor y = layer(queries(), mask), alone = layer(queries()(range(0, 1), range(0, 1)));
  check_close(y(range(0, 1), range(0, 1)), alone);
  check_close(y[1], layer(queries())[1]);
  CHECK_THROWS_WITH_AS(nn::padding_mask(ones({2}), 3), "padding_mask: lengths must be int64, got float32", DtypeError);
  CHECK_THROWS_WITH_AS(nn::padding_mask(tensor(2), 3), "padding_mask: lengths must be (N), got ()", ShapeError);
}

TEST_CASE("a query that may look at no key finds zeros, and disturbs no gradient") {
  const Tensor q = queries(), k = wave({2, 5, 6}, 8, 1, 0.4), v = wave({2, 5, 6}, 9, 1, 0.5);
  const Tensor seen = tensor<bool>(
      {{true, true, true, false, true}, {false, false, false, false, false}, {true, false, true, true, true}});
  const auto attend = [](const Tensor& mask) {
    return [mask](const Tensor& query, const Tensor& key, const Tensor& value) {
      return nn::scaled_dot_product_attention(query, key, value, mask);
    };
  };
  const Tensor additive = where(seen, zeros({3, 5}, float64), -kInf);
  for (const Tensor& mask : {seen, additive, broadcast_to(additive, {2, 3, 5})}) {
    CAPTURE(mask.dtype());
    const auto f = attend(mask);
    const Tensor y = f(q, k, v);
    CHECK(array_equal(y(range(), 1), zeros({2, 6}, float64)));
    // The other queries alone, with the same values and gradients.
    const auto others = [&](const Tensor& query, const Tensor& key, const Tensor& value) {
      const Tensor rows = mask.rank() == 2 ? stack({mask[0], mask[2]}) : stack({mask[0][0], mask[0][2]});
      return attend(rows)(stack({query(range(), 0), query(range(), 2)}, 1), key, value);
    };
    check_close(y(range(), 0), others(q, k, v)(range(), 0));
    check_close(y(range(), 2), others(q, k, v)(range(), 1));
    const auto slopes =
        grad([&](const Tensor& a, const Tensor& b, const Tensor& c) { return sum(square(f(a, b, c))); });
    const auto expected =
        grad([&](const Tensor& a, const Tensor& b, const Tensor& c) { return sum(square(others(a, b, c))); });
    const auto [dq, dk, dv] = slopes(q, k, v);
    const auto [eq, ek, ev] = expected(q, k, v);
    check_close(dq, eq);
    check_close(dk, ek);
    check_close(dv, ev);
  }
  // Nobody sees anything, by a mask of any rank.
  for (const Tensor& mask : {zeros({}, boolean), zeros({5}, boolean), full({}, -kInf, float64)})
    CHECK(array_equal(nn::scaled_dot_product_attention(q, k, v, mask), zeros({2, 3, 6}, float64)));
  const nn::MultiHeadAttention layer = made(6, 2);
  check_close(layer(q, k, v, seen)(range(), 1), broadcast_to(layer.out_proj.bias, {2, 6}));
}

TEST_CASE("attention drops weights of its softmax in training, and nowhere else") {
  Rng rng(1);
  const nn::MultiHeadAttention some{6, 2, rng, 0.5, float64}, all{6, 2, rng, 1, float64};
  nn::MultiHeadAttention none = some;
  none.dropout.p = 0;
  const std::vector<double> still = none(queries()).to_vector<double>();
  CHECK(some(queries()).to_vector<double>() == still);
  Rng draws(2);
  const nn::Training training{draws};
  CHECK(none(queries()).to_vector<double>() == still);
  CHECK(some(queries()).to_vector<double>() != still);
  CHECK(all(queries()).to_vector<double>() == std::vector<double>(36, 0));
  const Tensor q = ones({1, 4}, float64), v = ones({1000, 1}, float64);
  const double kept =
      nn::scaled_dot_product_attention(q, ones({1000, 4}, float64), v, {}, nn::Dropout{0.25}).item<double>();
  CHECK(kept == doctest::Approx(1).epsilon(0.05));
  CHECK(kept != 1);
}

TEST_CASE("attention of no sequences and over no steps gives nothing") {
  const nn::MultiHeadAttention layer = made(6, 2);
  CHECK(layer(ones({0, 3, 6}, float64)).shape() == Shape{0, 3, 6});
  CHECK(layer(ones({2, 0, 6}, float64)).shape() == Shape{2, 0, 6});
}

TEST_CASE("attention starts as PyTorch's") {
  Rng rng(1);
  const nn::MultiHeadAttention layer{150, 3, rng};
  const float bound = max(abs(layer.in_proj_weight)).item<float>();
  CHECK(bound <= 0.1f);
  CHECK(bound > 0.099f);
  CHECK(max(abs(layer.out_proj.weight)).item<double>() == doctest::Approx(1 / std::sqrt(150)).epsilon(0.01));
  CHECK(max(abs(layer.in_proj_bias)).item<float>() == 0);
  CHECK(max(abs(layer.out_proj.bias)).item<float>() == 0);
}

TEST_CASE("attention refuses shapes, dtypes and masks that do not fit") {
  const auto attend = [](const Shape& q, const Shape& k, const Shape& v, const Tensor& mask = {}) {
    nn::scaled_dot_product_attention(ones(q), ones(k), ones(v), mask);
  };
  CHECK_THROWS_WITH_AS(
      attend({3, 4}, {5, 3}, {5, 2}),
      "scaled_dot_product_attention: sizes differ: query (…, L, d) (3, 4), key (…, S, d) (5, 3) and value (…, S, e) "
      "(5, 2)",
      ShapeError);
  CHECK_THROWS_AS(attend({3, 4}, {5, 4}, {6, 2}), ShapeError);
  CHECK_THROWS_AS(attend({2, 3, 4}, {3, 5, 4}, {3, 5, 2}), ShapeError);
  CHECK_THROWS_WITH_AS(attend({4}, {5, 4}, {5, 2}),
                       "scaled_dot_product_attention: expects query (…, L, d), key (…, S, d) and value (…, S, e), got "
                       "(4,), (5, 4) and (5, 2)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(attend({3, 4}, {5, 4}, {5, 2}, ones({5, 3}, boolean)),
                       "scaled_dot_product_attention: the mask (5, 3) does not broadcast to the scores (3, 5)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(attend({3, 4}, {5, 4}, {5, 2}, ones({3, 5}, int64)),
                       "scaled_dot_product_attention: the mask must be boolean or float32, got int64", DtypeError);
  CHECK_THROWS_WITH_AS(nn::scaled_dot_product_attention(ones({3, 4}), ones({5, 4}, float64), ones({5, 2})),
                       "scaled_dot_product_attention: dtypes differ: query float32, key float64, value float32; "
                       "convert with astype",
                       DtypeError);
}

}  // namespace retrograd::tests
