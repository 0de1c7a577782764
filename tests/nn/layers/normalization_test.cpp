// Normalizing layers: values, running statistics and gradients as PyTorch 1.13.1's, derivatives by differences, and
// what they refuse.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

using Doubles = std::vector<double>;

// The k-th of some inputs that are easy to make anywhere.
Tensor pattern(const Shape& shape, std::int64_t k, Dtype dtype = float64) {
  Doubles values;
  for (std::int64_t i = 0; i < shape.size(); ++i)
    values.push_back(static_cast<double>((i * 7 + k * 3 + i * i) % 11 - 5) / 4);
  return tensor(values, shape, dtype);
}
Tensor cotangent(const Shape& shape, Dtype dtype = float64) {
  Doubles values;
  for (std::int64_t i = 0; i < shape.size(); ++i)
    values.push_back(static_cast<double>((i * i * 5 + i * 3 + 4) % 13 - 6) / 4);
  return tensor(values, shape, dtype);
}

void check_close(const Tensor& x, const Doubles& expected, double tolerance) {
  const Doubles values = x.to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(values[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i])));
  }
}

// By PyTorch 1.13.1 in float64: the last training step's value and gradients of Σ cotangent·y, then the evaluation's,
// and the running statistics.
struct Recorded {
  Doubles y, to_x, to_weight, to_bias, evaluated, evaluated_to_x, running_mean, running_var;
};
const Recorded kRows = {
    {0.4787410465644, -0.6636609238153, -2.453438899382, -2.266151512209, 0.3183046190763, -5.178941138394,
     1.393705232822, -0.009017228554247, 1.634814459135, 1.393705232822, -1.645626466707, 2.997565578641},
    {-1.872482312851, 1.7768857549, 0.3593584425018, 0.468093343691, -1.356026279, -0.9735196168036, 0.7021944845801,
     0.5611359926481, 4.402802210719, 0.7021944845801, -0.9819954685484, -3.788641036417},
    {0.3049880620859, 1.963931085783, 2.411021211434},
    {0, 1, -1},
    {0.3849621155398, -1.034253598251, -4.029010144003, -0.8419662075491, -0.4521194677677, 3.474445563097,
     0.793938223236, -0.646164177929, -1.527858241636, 0.793938223236, 0.5181040830386, -0.6941409408471},
    {-0.8179522153926, 1.164268260968, -1.667434601578, 0, -0.1940447101613, -4.168586503944, 0.4089761076963,
     0.776178840645, 3.334869203156, 0.4089761076963, -0.9702235508063, -0.8337173007889},
    {-0.0825, -0.0616875, -0.01675},
    {0.8407395833333, 0.933671875, 0.9497395833333}};
const Recorded kLines = {
    {2.010177608708, -0.6300888043542, -1.510177608708, -0.7249707557025, 0.03430554479347, -1.484247056199,
     2.890266413063, 1.130088804354, 1.130088804354, 0.2873976449588, -1.484247056199, 0.03430554479347,
     -0.6300888043542, -1.510177608708, -0.6300888043542, 0.03430554479347, -1.484247056199, 0.2873976449588},
    {-3.428971047401, 3.914707534586, -3.025013517863, 0.4803603347928, -0.06521436943031, -0.492617561976,
     -0.8896940167232, 1.952551161109, 1.952551161109, 0.3434756295477, -0.492617561976, -0.06521436943031,
     -1.365825291539, -3.025013517863, 3.914707534586, -0.3183064695956, 0.7728429388506, -0.1627085707829},
    {0.4400444021771, 2.568416127604},
    {3.75, -3.5},
    {0.4244792531306, -0.8906909965974, -1.32908107984, -0.9976806539585, -0.3331219172186, 0.7744759773479,
     0.8628693363733, -0.01391083011209, -0.01391083011209, -0.1116023383053, 0.7744759773479, -0.3331219172186,
     -0.8906909965974, -1.32908107984, -0.8906909965974, -0.3331219172186, 0.7744759773479, -0.1116023383053},
    {-0.8767801664854, 2.630340499456, -0.8767801664854, 0, -0.2215195789133, -1.107597894567, 0.4383900832427,
     1.753560332971, 1.753560332971, 0.2215195789133, -1.107597894567, -0.2215195789133, 0, -0.8767801664854,
     2.630340499456, -0.4430391578266, 0, -0.2215195789133},
    {-0.0995, -0.1883333333333},
    {0.7307135416667, 0.7154375}};
const Recorded kPlanes = {
    {1.426664226732, -1.220830283416, -2.103328453465, -0.6743697615533, 0.1102941654367, -1.459033688543,
     2.309162396782, 0.5441660566831, 0.5441660566831, 0.3718488077666, -1.459033688543, 0.1102941654367},
    {-3.224521316688, 3.479090289579, -3.699686322191, 0.6044008649384, -0.2191318703918, -0.1413942537114,
     -0.4582355551643, 1.951676452232, 1.951676452232, 0.1166513832681, -0.1413942537114, -0.2191318703918},
    {-0.343193732797, 3.080532454109},
    {2.75, -2.75},
    {0.3720448022604, -0.9460390621517, -1.385400350289, -0.9037741361258, -0.2004256409389, 0.9718218510393,
     0.8114060903977, -0.06731648587697, -0.06731648587697, 0.03402385745675, 0.9718218510393, -0.2004256409389},
    {-0.8787225762747, 2.636167728824, -0.8787225762747, 0, -0.2344494983956, -1.172247491978, 0.4393612881373,
     1.757445152549, 1.757445152549, 0.2344494983956, -1.172247491978, -0.2344494983956},
    {-0.06944444444444, -0.3194444444444},
    {0.7284722222222, 0.6395833333333}};
const Recorded kBare = {
    {0.152494031043, -0.218214565087, -0.5241350459638, -1.677434341473, 1.091072825435, -1.362751119506,
     0.7624701552148, 0.654643695261, 0.7337890643493, 0.7624701552148, -1.527501955609, 1.15309710112},
    {-1.248321541901, 2.369181006534, 0.1105718284621, 0.3120622291273, -1.808035038667, -0.299544497478,
     0.4681296563867, 0.7481813235308, 1.354708372529, 0.4681296563867, -1.309327291398, -1.165735703513},
    {},
    {},
    {0.08997474369318, -0.712338131002, -1.008926198155, -0.7279774716994, 0.06384070964305, 1.29982940403,
     0.3626254821574, -0.194885570572, -0.2393409974265, 0.3626254821574, 1.357472110718, 0.01718740281626},
    {-0.5453014769284, 1.55235768129, -0.5130568004855, 0, -0.258726280215, -1.282642001214, 0.2726507384642,
     1.03490512086, 1.026113600971, 0.2726507384642, -1.293631401075, -0.2565284002427},
    {-0.0825, -0.0616875, -0.01675},
    {0.8407395833333, 0.933671875, 0.9497395833333}};
const Recorded kUntracked = {
    {0.4787410465644, -0.6636609238153, -2.453438899382, -2.266151512209, 0.3183046190763, -5.178941138394,
     1.393705232822, -0.009017228554247, 1.634814459135, 1.393705232822, -1.645626466707, 2.997565578641},
    {-1.872482312851, 1.7768857549, 0.3593584425018, 0.468093343691, -1.356026279, -0.9735196168036, 0.7021944845801,
     0.5611359926481, 4.402802210719, 0.7021944845801, -0.9819954685484, -3.788641036417},
    {0.3049880620859, 1.963931085783, 2.411021211434},
    {0, 1, -1},
    {0.4787410465644, -1.326976591149, -4.761856532605, -2.266151512209, -0.5636135839345, 4.264820665756,
     1.393705232822, -0.8180679196727, -1.752964133151, 1.393705232822, 0.7086580947563, -0.75},
    {-1.872482312851, 0.1299941155969, -3.008861833393, 0.468093343691, -0.5967761763297, -1.504484407302,
     0.7021944845801, 0.3240254829476, 4.513346240696, 0.7021944845801, 0.1427565777852, 0},
    {},
    {}};
const Recorded kLayer = {
    {-1.780132966334, 0.2250474879764, 1.449310713529, 0.2250474879764, -1.780132966334, -0.9841492544086,
     -1.002006901468, 0.4837197082961, 3.512785402616, -1.126003450734, 0.4288581287811, -4.201159124888},
    {0.4170675599806, 2.063677846566, -1.060464578363, 0.7585923682081, 0.8520960527664, -3.030969249158,
     0.7418922313461, -0.7059097466782, 1.678865303737, 0.563034102565, -2.206857863177, -0.07102402779279},
    {0.4680431718667, 2.761721253681, 0.9732707833391, -0.2086678169113, 0.1893070537381, 0.1474459451756},
    {-0.25, 2.5, 0.5, 0.25, -1.5, -1.5},
    {0.6634847652681, -1.037530194849, -4.154357900708, -1.037530194849, 0.6634847652681, 4.056387820941,
     0.372882412924, -1.175853271082, -3.678697508021, -0.438558793538, 3.322060323099, -2.37642211847},
    {0.4916508290754, 1.649179982502, -2.430612431251, 0.1606348275372, 0.9878325473971, -0.8586857552611,
     0.2729730081998, -1.282349309262, 3.632947207696, -0.09567423057209, 0.4344397329489, -2.962336409011},
    {},
    {}};
const Recorded kGroups = {
    {-2.328632630676, 1.25903015983, -0.2197138444917, 0.004515079914856, -4.051986259539, 0.0754965648848,
     -1.071497621843, 0.6429952436866, 2.535990487373, -0.8929952436866, -0.3095007927189, -1.261996829124,
     1.436232012964, 0.4645733405358, 0.004515079914856, -1.789316315338},
    {0.1352693877264, 1.818892565067, -1.08230742498, -0.8718545278127, 0.3794600161991, -3.178570921913, 1.34424685265,
     1.454864053063, 0.5776505598216, 0.5684211528542, -1.268969225544, 0.1228975128686, 0.101886562677,
     -1.770446849233, 1.447260109117, 0.2213001774395},
    {3.202068821023, -0.2503571727659, -0.2503571727659, 3.202068821023},
    {2.25, -2, -2, 2.25},
    {2.749911115852, -0.2499822231703, -1.249973334755, -0.7499911115852, -2.533641718281, 4.600925154842,
     -0.5823219254591, -1.240897329132, -1.231794658264, 0.08535614908178, 0.7348288818867, -0.9116096272956,
     -1.833294816869, -3.999884450607, -0.7499911115852, 0.7499555579258},
    {-0.9445392473558, 4.888740747272, -2.833155569145, -1.111045930772, -1.385865662212, -0.3426682717942,
     1.720505592032, 0.008028341974662, 1.019641324407, 0.1864685253422, 0.1665614363946, -1.372671286144,
     0.7221866690895, -3.333244447605, 3.722080008111, -1.111022229596},
    {},
    {}};

template <class Layer>
void set_affine(Layer& layer) {
  if (!layer.weight.defined()) return;
  copy_into(layer.weight, pattern(layer.weight.shape(), 1, layer.weight.dtype()) + 2);
  copy_into(layer.bias, pattern(layer.bias.shape(), 2, layer.bias.dtype()));
}

struct Pass {
  Tensor y;
  Gradients gradients;
};
template <class Layer>
Pass pass(const Layer& layer, const Tensor& x) {
  Tape tape;
  tape.watch(layer);
  tape.watch(x);
  const Tensor y = layer(x);
  return {y, tape.gradients(sum(y * cotangent(x.shape(), x.dtype())))};
}

// Three training steps, and one evaluation.
template <class Layer>
void check_recorded(Layer layer, const Shape& shape, const Recorded& expected, Dtype dtype, int steps = 3) {
  CAPTURE(name(dtype));
  const double tolerance = dtype == float64 ? 1e-11 : 2e-5;
  set_affine(layer);
  Rng rng(1);
  Tensor x;
  Pass last;
  {
    const nn::Training training{rng};
    for (int k = 0; k < steps; ++k) last = pass(layer, x = pattern(shape, k, dtype));
  }
  CHECK(last.y.dtype() == dtype);
  check_close(last.y, expected.y, tolerance);
  check_close(last.gradients[x], expected.to_x, tolerance);
  if (layer.weight.defined()) {
    check_close(last.gradients[layer.weight], expected.to_weight, tolerance);
    check_close(last.gradients[layer.bias], expected.to_bias, tolerance);
  }
  x = pattern(shape, 9, dtype);
  const Pass evaluation = pass(layer, x);
  check_close(evaluation.y, expected.evaluated, tolerance);
  check_close(evaluation.gradients[x], expected.evaluated_to_x, tolerance);
  if constexpr (requires { layer.running_mean; }) {
    if (expected.running_mean.empty()) return;
    check_close(layer.running_mean.tensor, expected.running_mean, tolerance);
    check_close(layer.running_var.tensor, expected.running_var, tolerance);
    CHECK(layer.num_batches_tracked.tensor.template item<int>() == steps);
  }
}

}  // namespace

TEST_CASE("batch normalization has the values and gradients and running statistics that PyTorch recorded") {
  for (Dtype dtype : {float64, float32})
    for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked}) {
      const OverrideScope scope{mode};
      check_recorded(nn::BatchNorm1d{3, {}, dtype}, {4, 3}, kRows, dtype);
      check_recorded(nn::BatchNorm1d{2, {.epsilon = 1e-3, .momentum = 0.3}, dtype}, {3, 2, 3}, kLines, dtype);
      check_recorded(nn::BatchNorm2d{2, {.momentum = std::nullopt}, dtype}, {2, 2, 3, 1}, kPlanes, dtype);
      check_recorded(nn::BatchNorm1d{3, {.affine = false}, dtype}, {4, 3}, kBare, dtype);
      check_recorded(nn::BatchNorm1d{3, {.track_running_stats = false}, dtype}, {4, 3}, kUntracked, dtype);
    }
}

TEST_CASE("layer and group normalization have the values and gradients that PyTorch recorded") {
  for (Dtype dtype : {float64, float32}) {
    check_recorded(nn::LayerNorm{{2, 3}, {}, dtype}, {2, 2, 3}, kLayer, dtype, 1);
    check_recorded(nn::GroupNorm{2, 4, {}, dtype}, {2, 4, 2}, kGroups, dtype, 1);
  }
}

TEST_CASE("root mean square normalization is what a plain loop says") {
  for (Dtype dtype : {float64, float32}) {
    nn::RmsNorm layer{{2, 3}, {.epsilon = 0.01}, dtype};
    copy_into(layer.weight, pattern({2, 3}, 1, dtype));
    const Tensor x = pattern({4, 2, 3}, 5, dtype);
    const Doubles values = x.to_vector<double>(), weight = layer.weight.to_vector<double>();
    Doubles expected;
    for (std::size_t row = 0; row < 4; ++row) {
      double squares = 0;
      for (std::size_t i = 0; i < 6; ++i) squares += values[row * 6 + i] * values[row * 6 + i];
      for (std::size_t i = 0; i < 6; ++i)
        expected.push_back(values[row * 6 + i] / std::sqrt(squares / 6 + 0.01) * weight[i]);
    }
    check_close(layer(x), expected, dtype == float64 ? 1e-14 : 1e-6);
  }
}

TEST_CASE("normalizing layers differentiate twice in training and evaluation") {
  Rng rng(4);
  const auto draw = [&](const Shape& shape) { return normal(shape, 0.3, 1, rng, float64); };
  const auto check = [&](auto layer, const Shape& shape) {
    const auto f = [&](const Tensor& x, const Tensor& weight, const Tensor& bias) {
      auto with = layer;
      with.weight = weight;
      with.bias = bias;
      return with(x);
    };
    const std::vector<Tensor> inputs = {draw(shape), draw(layer.weight.shape()), draw(layer.bias.shape())};
    const auto report = tools::gradcheck(f, inputs, {.order = 2});
    CAPTURE(to_string(report));
    CHECK(report.passed());
  };
  const auto check_all = [&] {
    check(nn::BatchNorm1d{3, {}, float64}, {5, 3});
    check(nn::BatchNorm1d{2, {}, float64}, {2, 2, 3});
    check(nn::BatchNorm2d{2, {}, float64}, {2, 2, 1, 3});
    check(nn::LayerNorm{{3}, {}, float64}, {2, 3});
    check(nn::GroupNorm{1, 2, {}, float64}, {2, 2, 2});
    check(nn::GroupNorm{2, 2, {}, float64}, {1, 2, 3, 2});
  };
  check_all();
  const nn::Training training{rng};
  check_all();
  const auto rms = [](const Tensor& x, const Tensor& weight) {
    nn::RmsNorm layer{{3}, {}, float64};
    layer.weight = weight;
    return layer(x);
  };
  CHECK(tools::gradcheck(rms, {draw({2, 3}), draw({3})}, {.order = 2}).passed());
  const auto dropped = [](const Tensor& x) {
    Rng same(6);
    const nn::Training inner{same};
    return square(nn::Dropout{0.4}(x));
  };
  CHECK(tools::gradcheck(dropped, {draw({4, 3})}, {.order = 2}).passed());
}

TEST_CASE("layers without weights normalize alike and have no fields") {
  const Tensor x = pattern({3, 4, 2}, 4);
  const auto check = [&](const auto& bare, const auto& full) {
    CHECK(state(bare).empty());
    CHECK(allclose(bare(x), full(x), 1e-14, 1e-14));
    CHECK(mean(abs(bare(x))).template item<double>() > 0.1);
  };
  check(nn::LayerNorm{{4, 2}, {.affine = false}, float64}, nn::LayerNorm{{4, 2}, {}, float64});
  check(nn::GroupNorm{2, 4, {.affine = false}, float64}, nn::GroupNorm{2, 4, {}, float64});
  check(nn::RmsNorm{{2}, {.affine = false}, float64}, nn::RmsNorm{{2}, {}, float64});
  check(nn::BatchNorm1d{4, {.affine = false, .track_running_stats = false}, float64},
        nn::BatchNorm1d{4, {.track_running_stats = false}, float64});
}

TEST_CASE("batch normalization takes odd shapes and strides") {
  Rng rng(2);
  const nn::Training training{rng};
  for (std::int64_t channels : {1, 2, 15, 16, 17, 35})
    for (std::int64_t n : {2, 3, 65, 700}) {
      const nn::BatchNorm1d layer{channels, {}, float64};
      const Tensor x = normal({n, channels}, 2, 3, rng, float64), y = layer(x);
      CHECK(allclose(y, (x - mean(x, 0)) / sqrt(var(x, 0) + 1e-5), 1e-11, 1e-11));
      const Tensor lines = reshape(transpose(x), {1, channels, n});
      CHECK(allclose(layer(lines), reshape(transpose(y), {1, channels, n}), 1e-11, 1e-11));
      const Tensor strided = transpose(transpose(x) * 1);
      CHECK(layer(strided).to_vector<double>() == y.to_vector<double>());
    }
  CHECK(nn::BatchNorm2d{3}(ones({2, 3, 1, 1})).to_vector<float>() == std::vector<float>(6, 0.0f));
}

TEST_CASE("an empty batch normalizes to an empty one and moves no statistics") {
  Rng rng(2);
  const nn::BatchNorm1d layer{3};
  for (const Shape& shape : {Shape{0, 3}, Shape{2, 3, 0}}) {
    CHECK(layer(zeros(shape)).shape() == shape);
    const nn::Training training{rng};
    Tape tape;
    tape.watch(layer);
    const Tensor y = layer(zeros(shape));
    CHECK(y.shape() == shape);
    CHECK(tape.gradients(sum(y))[layer.weight].to_vector<float>() == std::vector<float>{0, 0, 0});
  }
  CHECK(layer.running_mean.tensor.to_vector<float>() == std::vector<float>{0, 0, 0});
  CHECK(layer.running_var.tensor.to_vector<float>() == std::vector<float>{1, 1, 1});
  CHECK(layer.num_batches_tracked.tensor.item<int>() == 2);
}

TEST_CASE("normalizing layers refuse what does not fit") {
  CHECK_THROWS_WITH_AS((nn::LayerNorm{{2, 3}}(zeros({3, 2}))),
                       "LayerNorm: x must end in normalized_shape (2, 3), got (3, 2)", ShapeError);
  CHECK_THROWS_AS((nn::LayerNorm{{2, 3}}(zeros({3}))), ShapeError);
  CHECK_THROWS_AS((nn::LayerNorm{Shape{}}), ShapeError);
  CHECK_THROWS_AS((nn::LayerNorm{{3}, {.epsilon = -1}}), Error);
  CHECK_THROWS_AS((nn::GroupNorm{1, 3, {}, int64}), DtypeError);
  CHECK_THROWS_WITH_AS((nn::LayerNorm{{3}}(zeros({3}, float64))),
                       "LayerNorm: x must be float32, got float64; convert with astype", DtypeError);
  CHECK_THROWS_WITH_AS((nn::GroupNorm{2, 3}), "GroupNorm: 3 channels cannot be split into 2 equal groups", ShapeError);
  CHECK_THROWS_WITH_AS((nn::GroupNorm{2, 4}(zeros({2, 3}))), "GroupNorm: x must be (N, 4, …), got (2, 3)", ShapeError);
  CHECK_THROWS_WITH_AS((nn::RmsNorm{{3}}(zeros({2, 4}))), "RmsNorm: x must end in normalized_shape (3,), got (2, 4)",
                       ShapeError);
}

}  // namespace retrograd::tests
