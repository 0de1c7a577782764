#include <doctest/doctest.h>

#include <cmath>

#include "pytorch.h"

namespace retrograd::tests {

namespace {

using Tensors = std::vector<Tensor>;

nn::TransformerEncoderLayer made(const nn::TransformerOptions& options) {
  Rng rng(1);
  return nn::TransformerEncoderLayer{6, 2, rng, options, float64};
}
constexpr auto kCall = [](const nn::TransformerEncoderLayer& layer, const Tensors& x) { return Tensors{layer(x[0])}; };
constexpr auto kCausal = [](const nn::TransformerEncoderLayer& layer, const Tensors& x) {
  return Tensors{layer(x[0], nn::causal_mask(3))};
};

}  // namespace

// The numbers are PyTorch 1.13.1's.
TEST_CASE("an encoder layer and all its derivatives are PyTorch's") {
  const std::vector<Parameter> inputs = {{"x", wave({2, 3, 6}, 7, 1, 0.3)}};
  check_against_pytorch(made({.feedforward = 8}), inputs, kCall,
                        {{"output", -2.43912943716407, 2.74657223750686},
                         {"x", 0.290777773870362, 0.778284054940426},
                         {"self_attn.in_proj_weight", -2.41137031198432, 0.838770623155427},
                         {"self_attn.in_proj_bias", -0.884456268213972, -1.42856630049273},
                         {"self_attn.out_proj.weight", 4.97624849571568, 0.464196147838759},
                         {"self_attn.out_proj.bias", 0.879673796906166, 1.59649528465137},
                         {"linear1.weight", 1.28980570790721, -0.716665433673685},
                         {"linear1.bias", 0.948375293515896, -0.00889592981518267},
                         {"linear2.weight", -0.0601740589855767, 0.0425796342740391},
                         {"linear2.bias", 0.210037966220089, 0.452854304631533},
                         {"norm1.weight", 1.04156488629619, 1.80643922488407},
                         {"norm1.bias", -0.0409246734869415, 0.983301894678842},
                         {"norm2.weight", -4.12526130491676, -10.1654496581087},
                         {"norm2.bias", -0.0828256556994565, -0.0588931786639427}});
  check_against_pytorch(made({.feedforward = 8, .activation = nn::Activation::gelu, .norm_first = true}), inputs, kCall,
                        {{"output", -0.638341909752693, -0.910863410590643},
                         {"x", 2.2675206935994, 2.15666075748821},
                         {"self_attn.in_proj_weight", 0.0896084518672128, 0.353639199527134},
                         {"self_attn.in_proj_bias", -0.0297110500781271, 0.0309882795739515},
                         {"self_attn.out_proj.weight", -0.0973265181382175, 0.0111851290187843},
                         {"self_attn.out_proj.bias", -0.129814515177439, -0.166137062428502},
                         {"linear1.weight", -1.21942139024593, 0.193111803226095},
                         {"linear1.bias", -0.0172691884175976, -0.0126328700106325},
                         {"linear2.weight", -0.105452647355902, 0.000314250611784781},
                         {"linear2.bias", -0.0828256556994564, -0.0588931786639425},
                         {"norm1.weight", 0.626070512221609, 0.918635274678173},
                         {"norm1.bias", -0.0344390964689986, -0.0226365022492711},
                         {"norm2.weight", 0.783195322888816, 2.00778214758815},
                         {"norm2.bias", 0.00768595578683209, -0.0467356209736412}});
  check_against_pytorch(made({.feedforward = 8}), inputs, kCausal,
                        {{"output", -0.557272066625372, -0.246109188909004},
                         {"x", -0.0978956604649628, 0.286676306891575},
                         {"self_attn.in_proj_weight", -0.243847940779744, 0.0820233461062211},
                         {"self_attn.in_proj_bias", -0.0402177213386343, -0.133467027990017},
                         {"self_attn.out_proj.weight", 0.572404842347185, -0.123454499241029},
                         {"self_attn.out_proj.bias", 0.116386224230625, 0.131087132633623},
                         {"linear1.weight", 0.522505531624596, -0.348822954452808},
                         {"linear1.bias", 0.248221183799151, -0.0104644621454165},
                         {"linear2.weight", 0.0374156554974332, 0.00367706566733715},
                         {"linear2.bias", 0.170798638184757, -0.0149313561674757},
                         {"norm1.weight", 0.699673006974012, 0.588753638899531},
                         {"norm1.bias", 0.107203415968271, 0.122213230133554},
                         {"norm2.weight", -0.344850887967165, -0.184346022214479},
                         {"norm2.bias", -0.0828256556994565, -0.0588931786639427}});
}

TEST_CASE("an encoder layer drops in training, and nowhere else") {
  const nn::TransformerEncoderLayer some = made({.feedforward = 8}), none = made({.feedforward = 8, .dropout = 0});
  const Tensor x = wave({2, 3, 6}, 7, 1, 0.3);
  CHECK(some.dropout.p == 0.1);
  CHECK(some.self_attn.dropout.p == 0.1);
  const std::vector<double> still = none(x).to_vector<double>();
  CHECK(some(x).to_vector<double>() == still);
  Rng rng(1);
  const nn::Training training{rng};
  CHECK(none(x).to_vector<double>() == still);
  CHECK(some(x).to_vector<double>() != still);
  // Where everything is dropped, what stands beside the parts is left.
  const nn::TransformerEncoderLayer all = made({.feedforward = 8, .dropout = 1, .norm_first = true});
  CHECK(all(x).to_vector<double>() == x.to_vector<double>());
}

TEST_CASE("encoder layers stand in a Sequential") {
  Rng rng(1);
  const nn::TransformerOptions options{.feedforward = 16};
  const nn::Sequential model{nn::TransformerEncoderLayer{6, 2, rng, options},
                             nn::TransformerEncoderLayer{6, 3, rng, options}};
  CHECK(model(ones({2, 3, 6})).shape() == Shape{2, 3, 6});
  CHECK(parameters(model)[2].name == "0.self_attn.out_proj.weight");
}

TEST_CASE("positions are encoded by sines and cosines of falling frequency") {
  for (const std::int64_t embed : {1, 2, 5, 6}) {
    const Tensor y = nn::positional_encoding(7, embed, float64);
    REQUIRE(y.shape() == Shape{7, embed});
    for (std::int64_t t = 0; t < 7; ++t)
      for (std::int64_t k = 0; k < embed; ++k) {
        const double rate = std::pow(10000, -static_cast<double>(k / 2 * 2) / static_cast<double>(embed));
        const double angle = static_cast<double>(t) * rate;
        CHECK(y(t, k).item<double>() == doctest::Approx(k % 2 ? std::cos(angle) : std::sin(angle)).epsilon(1e-12));
      }
  }
  CHECK(nn::positional_encoding(0, 4).shape() == Shape{0, 4});
  CHECK(nn::positional_encoding(3, 4).dtype() == float32);
  CHECK_THROWS_WITH_AS(nn::positional_encoding(3, 0),
                       "positional_encoding: expects a nonnegative number of steps and a positive embed, got 3 and 0",
                       ShapeError);
  CHECK_THROWS_AS(nn::positional_encoding(-1, 4), ShapeError);
}

}  // namespace retrograd::tests
