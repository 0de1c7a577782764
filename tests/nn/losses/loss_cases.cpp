#include "loss_cases.h"

#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {

using nn::Reduction;

Tensor like(const Tensor& x, const std::vector<double>& values) {
  return tensor(values, {static_cast<std::int64_t>(values.size())}, x.dtype());
}

const Tensor kClasses = tensor({2, 0, 1, 2}), kSomeIgnored = tensor({2, -1, 1, -1});
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const std::vector<double> kRowWeights = {1, 2, 0.5, 0.25}, kSigns = {1, -1, -1, 1};

}  // namespace

Tensor sines(const Shape& shape, double phase) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < shape.size(); ++i) values.push_back(2 * std::sin(phase + static_cast<double>(i)));
  return tensor(values, shape, float64);
}

std::vector<LossCase> loss_cases() {
  const auto weights = [](const Tensor& x) { return like(x, kClassWeights); };
  return {
      {"mse",
       [](const Tensor& x, const Tensor& y, Reduction r) { return nn::mse(x, y, {.reduction = r}); },
       {0.524307620467326, 0.03111523820343853, 0.8366839053763643, 0.65940658270923, 0.0013847095752541206,
        0.726329474009447, 0.7809844063620175, 0.010550687527384086, 0.5971228648993798, 0.8793562716941627,
        0.05788301551102371, 0.45935660245362814},
       0.46370678156572137},
      {"l1",
       [](const Tensor& x, const Tensor& y, Reduction r) { return nn::l1(x, y, {.reduction = r}); },
       {0.724090892407387, 0.17639511955674547, 0.9147042720881784, 0.8120385352366167, 0.03721168600391711,
        0.8522496547429321, 0.8837332212619471, 0.10271653969728578, 0.7727372547634673, 0.937739980855121,
        0.24058889315806686, 0.6777585133759871},
       0.5943303802623042},
      {"huber",
       [](const Tensor& x, const Tensor& y, Reduction r) { return nn::huber(x, y, {.delta = 0.7, .reduction = r}); },
       {0.2618636246851709, 0.015557619101719265, 0.3952929904617249, 0.3234269746656317, 0.0006923547876270603,
        0.35157475832005247, 0.37361325488336294, 0.005275343763692043, 0.2959160783344271, 0.4114179865985847,
        0.028941507755511856, 0.22967830122681407},
       0.22443756621535993},
      {"softmax_cross_entropy",
       [](const Tensor& x, const Tensor&, Reduction r) {
         return nn::softmax_cross_entropy(x, kClasses, {.reduction = r});
       },
       {2.272709793519957, 1.450574614198417, 0.604112186902242, 0.8675283940184991},
       1.298731247159779},
      {"softmax_cross_entropy, smoothed",
       [](const Tensor& x, const Tensor&, Reduction r) {
         return nn::softmax_cross_entropy(x, kClasses, {.label_smoothing = 0.1, .reduction = r});
       },
       {2.1748079004857006, 1.4322235996814976, 0.6647529475213232, 0.8989194261144461},
       1.292675968450742},
      {"softmax_cross_entropy, weighted",
       [=](const Tensor& x, const Tensor&, Reduction r) {
         return nn::softmax_cross_entropy(x, kClasses, {.weight = weights(x), .reduction = r});
       },
       {2.8408872418999467, 0.7252873070992085, 1.208224373804484, 1.084410492523124},
       1.1717618830653527},
      {"softmax_cross_entropy, some ignored",
       [](const Tensor& x, const Tensor&, Reduction r) {
         return nn::softmax_cross_entropy(x, kSomeIgnored, {.ignore_index = -1, .reduction = r});
       },
       {2.272709793519957, 0.0, 0.604112186902242, 0.0},
       1.4384109902110995},
      {"softmax_cross_entropy, all options",
       [=](const Tensor& x, const Tensor&, Reduction r) {
         return nn::softmax_cross_entropy(
             x, kSomeIgnored, {.label_smoothing = 0.2, .weight = weights(x), .ignore_index = -1, .reduction = r});
       },
       {2.5893498651125277, 0.0, 1.2359722825263915, 0.0},
       1.1770221992735135},
      {"softmax_cross_entropy, probability rows",
       [](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::softmax_cross_entropy(x, softmax(y), {.reduction = r});
       },
       {1.146216177706201, 1.2512803259289953, 1.121147190809211, 1.010431479719312},
       1.13226879354093},
      {"softmax_cross_entropy, probability rows smoothed and weighted",
       [=](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::softmax_cross_entropy(x, softmax(y),
                                          {.label_smoothing = 0.2, .weight = weights(x), .reduction = r});
       },
       {1.604775447664038, 1.2773484400193562, 1.4824671836213783, 1.1273573871790445},
       1.3729871146209542},
      {"nll",
       [](const Tensor& x, const Tensor&, Reduction r) { return nn::nll(log_softmax(x), kClasses, {.reduction = r}); },
       {2.272709793519957, 1.450574614198417, 0.604112186902242, 0.8675283940184991},
       1.298731247159779},
      {"nll, weighted and some ignored",
       [=](const Tensor& x, const Tensor&, Reduction r) {
         return nn::nll(log_softmax(x), kSomeIgnored, {.weight = weights(x), .ignore_index = -1, .reduction = r});
       },
       {2.8408872418999467, 0.0, 1.208224373804484, 0.0},
       1.2458804971398247},
      {"bce_with_logits",
       [](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::bce_with_logits(x, sigmoid(y), {.reduction = r});
       },
       {0.6367971457874897, 0.3681011280962079, 0.6274368439026484, 0.7006522464124904, 0.3749007398872606,
        0.5618370271658608, 0.7558284121183655, 0.3923594900146009, 0.5024547936996395, 0.7935491896787261,
        0.42066059723811194, 0.4528636087036694},
       0.5489534352254225},
      {"bce_with_logits, weighted",
       [=](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::bce_with_logits(
             x, sigmoid(y),
             {.weight = reshape(like(x, kRowWeights), {4, 1}), .pos_weight = weights(x), .reduction = r});
       },
       {0.5751923216481036, 0.5004592925360566, 0.7353288698131223, 0.8336540349927408, 1.2594352138454679,
        1.2227941942294942, 0.3418564249074303, 0.2523229925185547, 0.28902850915766065, 0.11870071780905084,
        0.18325816809134055, 0.12585730538715945},
       0.5364906704113485},
      {"hinge",  // PyTorch's hinge_embedding_loss of t·y with targets -1
       [](const Tensor& x, const Tensor& y, Reduction r) { return nn::hinge(x, sign(y), {.reduction = r}); },
       {0, 0, 0.7177599838802655, 0, 0, 0.4411690036021483, 0, 0, 0.1757630295164868, 0, 0, 0},
       0.11122433474990838},
      {"kl_div",  // PyTorch's, summed over the classes
       [](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::kl_div(log_softmax(x), softmax(y), {.reduction = r});
       },
       {0.15291356174031512, 0.2784294512858892, 0.1550375532735885, 0.21261179232654684},
       0.19974808965658492},
      {"cosine_embedding",  // PyTorch adds 1e-12 to each squared norm
       [](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::cosine_embedding(x, y, like(x, kSigns), {.margin = 0.1, .reduction = r});
       },
       {0.11087746779370744, 0.7897993382362112, 0.7895913012366034, 0.11149185952971108},
       0.45043999169905824,
       1e-12},
      {"triplet",  // PyTorch's with eps = 0
       [](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::triplet(x, y, astype(sines({4, 3}, 2.25), x.dtype()), {.margin = 1.7, .reduction = r});
       },
       {0, 0, 0.014338565068556353, 0.04009256504245151},
       0.013607782527751966},
      {"triplet, p = infinity",
       [](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::triplet(x, y, astype(sines({4, 3}, 2.25), x.dtype()),
                            {.margin = 1.7, .p = kInfinity, .reduction = r});
       },
       {0.5424855395112771, 0.3472569003220696, 0.2900993899688431, 0.3013721694177738},
       0.3703034998049909},
      {"triplet, p = 1",
       [](const Tensor& x, const Tensor& y, Reduction r) {
         return nn::triplet(x, y, astype(sines({4, 3}, 2.25), x.dtype()), {.margin = 3.2, .p = 1, .reduction = r});
       },
       {0.7811908529238796, 0.6407530090941131, 0.5033804389025978, 0.4944040995688912},
       0.6049321001223704},
  };
}

}  // namespace retrograd::tests
