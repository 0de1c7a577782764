#include "layer_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "../../scratch.h"

namespace retrograd::tests {

namespace {

Tensors drawn(const LayerSample& sample, Dtype dtype) {
  Rng rng(7);
  if (sample.draw) return sample.draw(rng, dtype);
  Tensors inputs;
  for (const Shape& shape : sample.inputs) inputs.push_back(normal(shape, 0, 1, rng, dtype));
  return inputs;
}

AnyLayer made(const LayerRow& row, Dtype dtype, std::uint64_t seed = 1) {
  Rng rng(seed);
  return row.make(rng, dtype);
}

template <class F>
void for_each_row(F f) {
  for (const LayerRow& row : layer_table()) {
    CAPTURE(row.name);
    f(row);
  }
}
template <class F>
void for_each_sample(F f) {
  for_each_row([&](const LayerRow& row) {
    for (std::size_t sample = 0; sample < row.samples.size(); ++sample) {
      CAPTURE(sample);
      f(row, row.samples[sample]);
    }
  });
}

bool is_floating(const Tensor& x) { return x.dtype() == float32 || x.dtype() == float64; }

double relative_l2(const Tensor& a, const Tensor& b) {
  const std::vector<double> found = a.to_vector<double>(), expected = b.to_vector<double>();
  REQUIRE(found.size() == expected.size());
  double distance = 0, norm = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    distance += (found[i] - expected[i]) * (found[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  return norm > 0 ? std::sqrt(distance / norm) : std::sqrt(distance);
}

// A cotangent whose elements differ: of equal ones, a normalization's derivatives are 0 but for rounding.
Tensor varied_like(const Tensor& y) { return astype(reshape(cos(arange(y.size(), float64)), y.shape()), y.dtype()); }

// The layer with these tensors in the place of its parameters.
AnyLayer with_parameters(const AnyLayer& layer, const std::vector<Parameter>& own, const Tensor* instead) {
  std::map<const detail::Body*, const Tensor*> places;
  for (const Parameter& parameter : own) places[parameter.tensor.body_or_null()] = instead++;
  AnyLayer copy = layer;
  copy.each_field(detail::Path(), [&](const detail::Path&, Tensor& tensor) {
    const auto place = places.find(tensor.body_or_null());
    if (place != places.end()) tensor = *place->second;
  });
  return copy;
}

}  // namespace

TEST_CASE("every layer keeps the tensors that PyTorch's keeps, and counts its parameters") {
  for_each_row([](const LayerRow& row) {
    const AnyLayer layer = made(row, float32);
    const std::vector<Parameter> kept = state(layer);
    REQUIRE(kept.size() == row.state.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      CHECK(kept[i].name == row.state[i].name);
      CHECK(kept[i].tensor.shape() == row.state[i].shape);
    }
    CHECK(count(layer) == row.count);
  });
}

TEST_CASE("every layer's summary has a line for each tensor and its totals") {
  for_each_row([](const LayerRow& row) {
    const std::string text = nn::summary(made(row, float32));
    CHECK(text.substr(text.rfind('\n') + 1) == row.summary);
    CHECK(std::count(text.begin(), text.end(), '\n') == 1 + static_cast<std::ptrdiff_t>(row.state.size()));
  });
}

TEST_CASE("every layer gives outputs of the shape and dtype expected") {
  for_each_sample([](const LayerRow& row, const LayerSample& sample) {
    for (const Dtype dtype : {float32, float64}) {
      const Tensor y = made(row, dtype)(drawn(sample, dtype));
      CHECK(y.shape() == sample.output);
      CHECK(y.dtype() == dtype);
    }
  });
}

// Checked mode compares each override with its composition, value and gradients: neither may be the one that an offset
// makes careless, and nothing that is right may be refused.
TEST_CASE("in checked mode every layer trains on inputs at any offset and of any size") {
  for_each_sample([](const LayerRow& row, const LayerSample& sample) {
    for (const Dtype dtype : {float32, float64})
      for (const double scale : {1e-3, 1.0, 1e3})
        for (const double offset : {0.0, 1e3, -1e3}) {
          CAPTURE(scale);
          CAPTURE(offset);
          CAPTURE(name(dtype));
          Tensors inputs = drawn(sample, dtype);
          for (Tensor& x : inputs)
            if (is_floating(x)) x = x * scale + offset;
          const AnyLayer layer = made(row, dtype);
          const OverrideScope scope{OverrideMode::checked};
          Rng rng(5);
          const nn::Training training{rng};
          Tape tape;
          tape.watch(layer);
          for (const Tensor& x : inputs)
            if (is_floating(x)) tape.watch(x);
          CHECK_NOTHROW([&] {
            const Tensor y = layer(inputs);
            static_cast<void>(tape.gradients_or_none(y, varied_like(y)));
          }());
        }
  });
}

TEST_CASE("every layer's derivatives agree with central differences, to the order a row says") {
  int checked = 0;
  for_each_sample([&checked](const LayerRow& row, const LayerSample& sample) {
    if (row.order == 0) return;
    const AnyLayer layer = made(row, float64);
    const std::vector<Parameter> own = parameters(layer);
    const Tensors inputs = drawn(sample, float64);
    Tensors variables;  // the floating inputs, then the parameters
    for (const Tensor& input : inputs)
      if (is_floating(input)) variables.push_back(input);
    for (const Parameter& parameter : own) variables.push_back(parameter.tensor);
    const auto is_empty = [](const Tensor& x) { return x.size() == 0; };
    if (variables.empty() || std::any_of(inputs.begin(), inputs.end(), is_empty)) return;
    const auto call = [&](const Tensors& v) {
      std::size_t next = 0;
      Tensors x;
      for (const Tensor& input : inputs) x.push_back(is_floating(input) ? v[next++] : input);
      return with_parameters(layer, own, v.data() + next)(x);
    };
    const auto report = detail::gradcheck(call, variables, {.order = row.order});
    CAPTURE(to_string(report));
    CHECK(report.passed());
    ++checked;
  });
  CHECK(checked >= 8);
}

TEST_CASE("every layer's float32 outputs and derivatives stay near those of float64") {
  for_each_sample([](const LayerRow& row, const LayerSample& sample) {
    const AnyLayer layers[] = {made(row, float32), made(row, float64)};
    const std::vector<Parameter> single = state(layers[0]), wide = state(layers[1]);
    for (std::size_t i = 0; i < wide.size(); ++i) {  // float64 starts from the numbers that float32 has
      Tensor to = wide[i].tensor;
      if (is_floating(to)) copy_into(to, astype(single[i].tensor, float64));
    }
    Tensors outputs, derivatives[2];
    for (std::size_t d = 0; d < 2; ++d) {
      Tensors inputs = drawn(sample, float32);
      for (Tensor& input : inputs)
        if (d == 1 && is_floating(input)) input = astype(input, float64);
      Tape tape;
      tape.watch(layers[d]);
      for (const Tensor& input : inputs)
        if (is_floating(input)) tape.watch(input);
      outputs.push_back(layers[d](inputs));
      if (!detail::is_tracked(outputs[d])) continue;
      const Gradients g = tape.gradients_or_none(outputs[d], varied_like(outputs[d]));
      for (const Tensor& input : inputs)
        if (is_floating(input)) derivatives[d].push_back(g.get_or_zeros(input));
      for (const Parameter& parameter : parameters(layers[d]))
        derivatives[d].push_back(g.get_or_zeros(parameter.tensor));
    }
    CHECK(relative_l2(outputs[0], outputs[1]) <= row.single);
    REQUIRE(derivatives[0].size() == derivatives[1].size());
    for (std::size_t i = 0; i < derivatives[0].size(); ++i) {
      CAPTURE(i);
      CHECK(relative_l2(derivatives[0][i], derivatives[1][i]) <= row.single_slope);
    }
  });
}

TEST_CASE("every layer loaded into one of another seed gives the same bits") {
  const ScratchFolder scratch;
  const auto file = scratch.path() / "layer.safetensors";
  for_each_row([&](const LayerRow& row) {
    for (const Dtype dtype : {float32, float64}) {
      const AnyLayer layer = made(row, dtype, 1);
      AnyLayer other = made(row, dtype, 2);
      nn::save(layer, file);
      nn::load(other, file);
      for (const LayerSample& sample : row.samples) {
        const Tensors inputs = drawn(sample, dtype);
        CHECK(other(inputs).to_vector<double>() == layer(inputs).to_vector<double>());
      }
    }
  });
}

TEST_CASE("every layer's copies share its tensors, and its clones have their own") {
  for_each_row([](const LayerRow& row) {
    const AnyLayer layer = made(row, float64), copy = layer, deep = clone(layer);
    const std::vector<Parameter> own = state(layer), shared = state(copy), apart = state(deep);
    REQUIRE(shared.size() == own.size());
    REQUIRE(apart.size() == own.size());
    for (std::size_t i = 0; i < own.size(); ++i) {
      const std::vector<double> before = own[i].tensor.to_vector<double>();
      CHECK(apart[i].tensor.to_vector<double>() == before);
      Tensor to = own[i].tensor;
      to += 1;
      CHECK(shared[i].tensor.to_vector<double>() == to.to_vector<double>());
      CHECK(apart[i].tensor.to_vector<double>() == before);
    }
  });
}

TEST_CASE("every layer refuses what does not fit with the sentence expected") {
  for_each_row([](const LayerRow& row) {
    for (const auto& [call, message] : row.refusals) {
      std::string found = "nothing was thrown";
      try {
        call();
      } catch (const Error& error) {
        found = error.what();
      }
      CHECK(found == message);
    }
  });
}

TEST_CASE("every public layer has a row") {
  std::set<std::string> rows;
  for (const LayerRow& row : layer_table()) rows.insert(row.name.substr(0, row.name.find('(')));
  int layers = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(RETROGRAD_SOURCE_DIR "/nn")) {
    if (entry.path().extension() != ".h") continue;
    CAPTURE(entry.path().filename().string());
    std::string type;  // a layer is a struct or class that is called with tensors
    std::istringstream text(read_file(entry.path()));
    for (std::string line; std::getline(text, line);) {
      for (const std::string start : {"struct ", "class "})
        if (line.starts_with(start))
          type = line.substr(start.size(), line.find_first_of(" ;", start.size()) - start.size());
      if (line.find("operator()(const Tensor& ") == std::string::npos) continue;
      ++layers;
      CHECK_MESSAGE(rows.contains(type), type, " has no row in the layer table");
    }
  }
  CHECK(layers >= 12);
}

TEST_CASE("no layer's output shares memory with its inputs or its state, but for Flatten, a view") {
  for_each_sample([](const LayerRow& row, const LayerSample& sample) {
    if (row.name.starts_with("Flatten")) return;
    const AnyLayer layer = made(row, float64);
    const Tensors inputs = drawn(sample, float64);
    Tensors others = inputs;
    for (const Parameter& one : state(layer)) others.push_back(one.tensor);
    Tensor y = layer(inputs);
    std::vector<std::vector<double>> before;
    for (const Tensor& x : others) before.push_back(x.to_vector<double>());
    const std::vector<double> output = y.to_vector<double>();
    fill(y, 77);
    for (std::size_t i = 0; i < others.size(); ++i) CHECK(others[i].to_vector<double>() == before[i]);
    copy_into(y, tensor(output, y.shape(), float64));
    for (Tensor& x : others) fill(x, 1);
    CHECK(y.to_vector<double>() == output);
  });
}

}  // namespace retrograd::tests
