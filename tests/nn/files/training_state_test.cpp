#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cstring>
#include <filesystem>
#include <limits>

#include "../../tools/data/damage.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::vector<Parameter>& tensors) {
  std::string bytes;
  for (const Parameter& one : tensors) {
    bytes += one.name;
    bytes.append(reinterpret_cast<const char*>(one.tensor.body().data),
                 static_cast<std::size_t>(one.tensor.size()) * size_of(one.tensor.dtype()));
  }
  return bytes;
}

// An optimizer of the kind that a part asks for.
struct Steps {
  Tensor steps = full({}, 0, int64);
  template <HasFields Model>
  std::vector<Parameter> state(const Model&) const {
    return {{"steps", steps}};
  }
  template <HasFields Model>
  void load_state(const Model&, std::span<const Parameter> from) {
    if (from.size() != 1 || from[0].name != "steps")
      detail::fail("load_state: expected steps alone, found {}", from.size());
    steps = from[0].tensor;
  }
};

// All that a run consists of.
struct Run {
  Rng rng;
  nn::Linear model;
  Steps optimizer;
  Tensor losses = zeros({0});
  explicit Run(std::uint64_t seed) : rng(seed), model(3, 2, rng) {}
  nn::TrainingState parts() {
    return {{"model", model}, {"optimizer", optimizer, model}, {"rng", rng}, {"losses", losses}};
  }
  std::string bytes() const {
    std::string all = bytes_of(state(model)) + bytes_of(optimizer.state(model)) + bytes_of({{"losses", losses}});
    for (const std::uint64_t word : rng.state()) all += std::to_string(word) + " ";
    return all;
  }
};

}  // namespace

TEST_CASE("a file of a run lists its parts under their names") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "run.safetensors";
  Run run(1);
  run.parts().save(file, {{"epoch", "3"}});
  std::vector<std::string> names;
  for (const Parameter& one : nn::read_safetensors(file).tensors) names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"model.weight", "model.bias", "optimizer.steps", "rng", "losses"});
  Run other(2);
  CHECK(other.parts().load(file) == nn::Metadata{{"epoch", "3"}});
  CHECK(other.bytes() == run.bytes());
  nn::Linear model{3, 2, other.rng};
  nn::load(model, file,
           [](std::string_view name) { return name.starts_with("model.") ? std::string(name.substr(6)) : ""; });
  CHECK(bytes_of(state(model)) == bytes_of(state(run.model)));
}

TEST_CASE("a part that does not fit leaves all parts as they were") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "run.safetensors";
  Run run(1), other(2);
  run.losses = ones({7}, float64);
  run.parts().save(file);
  const std::vector<Parameter> sound = nn::read_safetensors(file).tensors;
  const std::string before = other.bytes();
  const auto refuses = [&](std::size_t at, const Parameter& instead, const std::string& message) {
    std::vector<Parameter> tensors = sound;
    tensors[at] = instead;
    nn::write_safetensors(tensors, file);
    const std::string found = file_error([&] { other.parts().load(file); });
    CHECK_MESSAGE(holds(found, {file.string() + ": ", message}), found);
    CHECK(other.bytes() == before);
  };
  refuses(0, {"model.weight", zeros({3, 2})}, ": model: tensor weight: expected float32 (2, 3)");
  refuses(1, {"model.b", zeros({2})}, ": model: tensor b is not in the model");
  refuses(2, {"optimizer.step", zeros({})}, ": optimizer: load_state: expected steps alone");
  refuses(3, {"rng", zeros({3}, int64)}, ": rng: expected the state of an Rng, int64 (4,), found int64 (3,)");
  refuses(3, {"rng", full({4}, 9, int64)},
          ": rng: set_state: expected at most 3 unused numbers of a generated block, got 9 with counter 9");
  const std::int64_t most = std::int64_t{1} << 53;
  for (const std::int64_t blocks : {most + 1, std::numeric_limits<std::int64_t>::max(), std::int64_t{-1}})
    refuses(3, {"rng", tensor({std::int64_t{1}, std::int64_t{2}, blocks, std::int64_t{0}})},
            ": rng: the generator's block count must be at most 2^53, found ");
  refuses(3, {"rng.0", zeros({4}, int64)}, ": rng: expected one tensor of this name, found tensors with this prefix");
  refuses(3, {"dice", zeros({4}, int64)}, "expected tensors of the given parts, found dice");
  refuses(4, {"losses.", zeros({1})}, "expected tensors of the given parts, found losses.");
  refuses(4, {"model.more", zeros({1})}, ": model: tensor more is not in the model");
  nn::write_safetensors(std::span(sound).first(4), file);
  CHECK(
      holds(file_error([&] { other.parts().load(file); }), {": losses: expected one tensor of this name, found none"}));
  nn::write_safetensors(sound, file);
  {
    Tape tape;
    tape.watch(other.model);
    CHECK_THROWS_AS(other.parts().load(file), TapeError);
  }
  CHECK(other.bytes() == before);
  other.parts().load(file);
  CHECK(other.bytes() == run.bytes());
}

TEST_CASE("of a damaged file a run is loaded whole or stays as it was") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "run.safetensors";
  Run run(1);
  run.parts().save(file);
  const std::string bytes = read_file(file), loaded = run.bytes();
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  Run other(2);
  const std::string before = other.bytes();
  int refused = 0;
  const auto look = [&](const fs::path& bad) {
    try {
      other.parts().load(bad);
      REQUIRE(other.bytes() == loaded);
      other = Run(2);
    } catch (const FileError& error) {
      REQUIRE(std::string(error.what()).starts_with(bad.string() + ": "));
      REQUIRE(other.bytes() == before);
      ++refused;
    }
  };
  each_cut(bytes, look);
  each_changed_byte(bytes, 8 + header, look);
  CHECK(refused > 1000);
}

TEST_CASE("parts have names of their own, without dots") {
  Rng rng(1);
  Tensor x;
  using nn::TrainingState;
  CHECK_THROWS_WITH_AS((TrainingState{{"a", rng}, {"b", x}, {"a", x}}), "training state: two parts have the name a",
                       Error);
  CHECK_THROWS_WITH_AS((TrainingState{{"a.b", rng}}),
                       "training state: the name of a part must not be empty or contain a dot, got \"a.b\"", Error);
  CHECK_THROWS_AS((TrainingState{{"", rng}}), Error);
}

}  // namespace retrograd::tests
