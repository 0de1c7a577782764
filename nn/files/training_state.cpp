#include "training_state.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>

#include "../../core/base/text.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/format.h"
#include "safetensors_header.h"

namespace retrograd::nn {

namespace {

using RngState = std::array<std::uint64_t, 4>;
using RngWords = std::array<std::int64_t, 4>;

// The tensor of a part that consists of exactly one.
const Tensor& only_tensor(const std::string& where, std::span<const Parameter> from) {
  if (from.size() != 1 || !from[0].name.empty())
    detail::fail<FileError>("{}: expected one tensor of this name, found {}", where,
                            from.empty() ? "none" : "tensors with this prefix");
  return from[0].tensor;
}

}  // namespace

TrainingState::Part::Part(std::string name, Rng& rng)
    : name_(std::move(name)),
      list_([&rng] {
        const auto words = std::bit_cast<RngWords>(rng.state());
        return std::vector<Parameter>{{"", tensor(std::span(words), {4})}};
      }),
      check_([&rng](const std::string& where, std::span<const Parameter> from) -> Commit {
        const Tensor& x = only_tensor(where, from);
        if (!(x.shape() == Shape{4}) || x.dtype() != int64)
          detail::fail<FileError>("{}: expected the state of an Rng, int64 (4,), found {} {}", where, x.dtype(),
                                  x.shape());
        RngWords words{};
        std::copy_n(x.data<std::int64_t>(), words.size(), words.begin());
        if (constexpr std::uint64_t kMost = std::uint64_t{1} << 53; std::bit_cast<RngState>(words)[2] > kMost)
          detail::fail<FileError>("{}: the generator's block count must be at most 2^53, found {}", where,
                                  std::bit_cast<RngState>(words)[2]);
        Rng loaded(0);
        loaded.set_state(std::bit_cast<RngState>(words));
        return [&rng, loaded] { rng = loaded; };
      }) {}

TrainingState::Part::Part(std::string name, Tensor& tensor)
    : name_(std::move(name)),
      list_([&tensor] {
        return std::vector<Parameter>{{"", tensor}};
      }),
      check_([&tensor](const std::string& where, std::span<const Parameter> from) -> Commit {
        return [&tensor, loaded = only_tensor(where, from)] { tensor = loaded; };
      }) {}

TrainingState::Part::Check TrainingState::Part::check_model(List list) {
  return [list = std::move(list)](const std::string& where, std::span<const Parameter> from) -> Commit {
    const retrograd::detail::Matched matched({{from.begin(), from.end()}, {}, {}}, list(), where);
    matched.check_all();
    return [matched] { matched.copy(); };
  };
}

TrainingState::TrainingState(std::initializer_list<Part> parts) : parts_(parts) {
  for (const Part& one : parts_) {
    if (one.name_.empty() || one.name_.find('.') != std::string::npos)
      detail::fail("training state: the name of a part must not be empty or contain a dot, got \"{}\"", one.name_);
    if (std::count_if(parts_.begin(), parts_.end(), [&](const Part& other) { return other.name_ == one.name_; }) > 1)
      detail::fail("training state: two parts have the name {}", one.name_);
  }
}

void TrainingState::save(const std::string& file, const Metadata& metadata) const {
  std::vector<Parameter> tensors;
  for (const Part& part : parts_)
    for (Parameter& one : part.list_())
      tensors.push_back({one.name.empty() ? part.name_ : part.name_ + "." + one.name, std::move(one.tensor)});
  write_safetensors(tensors, file, metadata);
}

Metadata TrainingState::load(const std::string& file) const {
  const std::string name = retrograd::detail::shown_path(file);
  Safetensors found = read_safetensors(file);
  if (!found.unread.empty()) retrograd::detail::fail_unread(name, found.unread.front());
  std::map<std::string, std::vector<Parameter>> by_part;
  for (const Part& part : parts_) by_part[part.name_];
  for (Parameter& one : found.tensors) {
    const std::size_t dot = one.name.find('.');
    const auto part = by_part.find(one.name.substr(0, dot));
    if (part == by_part.end() || dot == one.name.size() - 1)
      detail::fail<FileError>("{}: expected tensors of the given parts, found {}", name,
                              retrograd::detail::shown(one.name));
    one.name = dot == std::string::npos ? "" : one.name.substr(dot + 1);
    part->second.push_back(std::move(one));
  }
  std::vector<Part::Commit> commits;
  for (const Part& part : parts_) {
    const std::string where = name + ": " + part.name_;
    try {
      commits.push_back(part.check_(where, by_part[part.name_]));
    } catch (const TapeError&) {
      throw;
    } catch (const Error& error) {  // an optimizer's or a generator's error does not name the file
      detail::fail<FileError>("{}: {}", where, error.what());
    }
  }
  for (const Part::Commit& commit : commits) commit();
  return std::move(found.metadata);
}

}  // namespace retrograd::nn
