#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cstring>
#include <filesystem>

#include "../../tools/data/damage.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;

struct Mixed {
  Tensor a = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  Tensor b = tensor({7.0, 8.0}, float64);
  Buffer c{tensor({9, 10, 11})};
  static void fields(auto& self, auto&& visit) {
    visit("a", self.a);
    visit("b", self.b);
    visit("c", self.c);
  }
};

struct OnlyA {
  Tensor a = ones({2, 3});
  static void fields(auto& self, auto&& visit) { visit("a", self.a); }
};

// All values of a model as bytes.
template <HasFields Model>
std::string bytes_of(const Model& model) {
  std::string bytes;
  for (const Parameter& one : state(model))
    bytes.append(reinterpret_cast<const char*>(one.tensor.body().data),
                 static_cast<std::size_t>(one.tensor.size()) * size_of(one.tensor.dtype()));
  return bytes;
}

// The same fields with other values.
Mixed other_values() {
  Mixed model;
  model.a = full({2, 3}, -1);
  model.b = full({2}, -2, float64);
  model.c = Buffer{full({3}, -3, int64)};
  return model;
}

}  // namespace

TEST_CASE("what was saved is loaded, bit for bit, buffers too") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  nn::save(Mixed{}, file, {{"format", "pt"}});
  Mixed model = other_values();
  const Tensor handle = model.a;
  nn::load(model, file);
  CHECK(bytes_of(model) == bytes_of(Mixed{}));
  CHECK(handle.to_vector<int>() == std::vector<int>{1, 2, 3, 4, 5, 6});  // written in place
  CHECK(nn::read_safetensors(file).metadata == nn::Metadata{{"format", "pt"}});
}

TEST_CASE("of a damaged file a model is loaded whole or stays as it was, bit for bit") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  nn::save(Mixed{}, file);
  const std::string bytes = read_file(file), loaded = bytes_of(Mixed{}), before = bytes_of(other_values());
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  int refused = 0, read = 0;
  const auto look = [&](const fs::path& bad) {
    Mixed model = other_values();
    try {
      nn::load(model, bad);
      REQUIRE(bytes_of(model) == loaded);  // the change was to what JSON ignores
      ++read;
    } catch (const FileError& error) {
      REQUIRE(std::string(error.what()).starts_with(bad.string() + ": "));
      REQUIRE(bytes_of(model) == before);
      ++refused;
    }
    try {
      model = other_values();
      const nn::LoadReport report = nn::load_partial(model, bad);
      REQUIRE(report.loaded.size() + report.missing.size() == 3);
      REQUIRE(report.unexpected.size() == report.missing.size());
    } catch (const FileError&) {
      REQUIRE(bytes_of(model) == before);
    }
  };
  each_cut(bytes, look);
  CHECK(read == 0);
  each_changed_byte(bytes, 8 + header, look);
  CHECK(refused > 1000);
}

TEST_CASE("names, shapes and dtypes must be the model's, and it stays unchanged otherwise") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  Mixed model;
  const auto refuses = [&](std::vector<Parameter> tensors, const std::string& message) {
    nn::write_safetensors(tensors, file);
    CHECK_THROWS_WITH_AS(nn::load(model, file), doctest::Contains(message.c_str()), FileError);
    CHECK(bytes_of(model) == bytes_of(Mixed{}));
  };
  const Parameter a{"a", zeros({2, 3})}, b{"b", zeros({2}, float64)}, c{"c", zeros({3}, int64)};
  refuses({a, b}, "tensor c of the model is missing (1 missing in all)");
  refuses({a, b, c, {"d", zeros({1})}}, "tensor d is not in the model (1 unexpected in all)");
  refuses({{"a", zeros({3, 2})}, b, c}, "tensor a: expected float32 (2, 3) as in the model, found float32 (3, 2)");
  refuses({a, {"b", zeros({2})}, c}, "tensor b: expected float64 (2,) as in the model, found float32 (2,)");
  refuses({a, b, {"c", zeros({3})}}, "tensor c: expected int64 (3,) as in the model, found float32 (3,)");
}

TEST_CASE("a partial load takes what both name and reports the rest") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  nn::write_safetensors(std::vector<Parameter>{{"x", zeros({1})}, {"c", zeros({3}, int64)}, {"a", ones({2, 3})}}, file);
  Mixed model;
  const nn::LoadReport report = nn::load_partial(model, file);
  CHECK(report.loaded == std::vector<std::string>{"a", "c"});
  CHECK(report.missing == std::vector<std::string>{"b"});
  CHECK(report.unexpected == std::vector<std::string>{"x"});
  CHECK(model.a.to_vector<int>() == std::vector<int>(6, 1));
  CHECK(model.b.to_vector<int>() == std::vector<int>{7, 8});
  CHECK(model.c.tensor.to_vector<int>() == std::vector<int>(3, 0));
}

TEST_CASE("a partial load of another shape is an error, and changes nothing") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  nn::write_safetensors(std::vector<Parameter>{{"a", zeros({2, 3})}, {"b", zeros({5}, float64)}}, file);
  Mixed model;
  CHECK_THROWS_WITH_AS(nn::load_partial(model, file), doctest::Contains("tensor b: expected float64 (2,)"), FileError);
  CHECK(bytes_of(model) == bytes_of(Mixed{}));
  const nn::LoadReport report =
      nn::load_partial(model, file, [](std::string_view name) { return name == "b" ? "" : std::string(name); });
  CHECK(report.loaded == std::vector<std::string>{"a"});
  CHECK(report.missing == std::vector<std::string>{"b", "c"});
  CHECK(report.unexpected.empty());
}

TEST_CASE("a tensor of a dtype that is not read stands in the way only of a model that has it") {
  const ScratchFolder scratch;
  const auto write = [&](const std::string& odd) {
    const std::string header = fmt::format(R"({{"a":{{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}},)"
                                           R"("{}":{{"dtype":"U16","shape":[2],"data_offsets":[24,28]}}}})",
                                           odd);
    const std::uint64_t length = header.size();
    return scratch.write("x", std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(28, '\0'));
  };
  Mixed model;
  const nn::LoadReport report = nn::load_partial(model, write("odd"));
  CHECK(report.loaded == std::vector<std::string>{"a"});
  CHECK(report.missing == std::vector<std::string>{"b", "c"});
  CHECK(report.unexpected == std::vector<std::string>{"odd"});
  CHECK(model.a.to_vector<int>() == std::vector<int>(6, 0));
  Mixed other;
  CHECK_THROWS_WITH_AS(nn::load_partial(other, write("b")), doctest::Contains("tensor b: expected dtype F32, F64, I64"),
                       FileError);
  CHECK_THROWS_WITH_AS(nn::load(other, write("b")), doctest::Contains("tensor b: expected dtype F32, F64, I64"),
                       FileError);
  CHECK_THROWS_WITH_AS(nn::load(other, write("odd")), doctest::Contains("tensor odd is not in the model"), FileError);
  CHECK(bytes_of(other) == bytes_of(Mixed{}));
  OnlyA only;
  nn::load(only, write("odd"), [](std::string_view name) { return name == "odd" ? "" : std::string(name); });
  CHECK(only.a.to_vector<int>() == std::vector<int>(6, 0));
}

TEST_CASE("a function of names reads files from before a field was renamed") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  nn::write_safetensors(
      std::vector<Parameter>{
          {"old.a", ones({2, 3})}, {"old.b", ones({2}, float64)}, {"old.c", ones({3}, int64)}, {"d", ones({1})}},
      file);
  Mixed model;
  nn::load(model, file,
           [](std::string_view name) { return name.starts_with("old.") ? std::string(name.substr(4)) : ""; });
  CHECK(model.a.to_vector<int>() == std::vector<int>(6, 1));
  CHECK_THROWS_WITH_AS(nn::load(model, file, [](std::string_view) { return "a"; }),
                       doctest::Contains("tensor a occurs twice"), FileError);
}

TEST_CASE("a model that an open tape tracks is not loaded into") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  Rng rng(1);
  nn::Linear layer{2, 2, rng};
  nn::save(layer, file);
  const std::string before = bytes_of(layer);
  Tape tape;
  tape.watch(layer);
  CHECK_THROWS_AS(nn::load(layer, file), TapeError);
  CHECK_THROWS_AS(nn::load_partial(layer, file), TapeError);
  CHECK(bytes_of(layer) == before);
}

}  // namespace retrograd::tests
