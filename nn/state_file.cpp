#include "state_file.h"

#include <cstring>
#include <unordered_map>

#include "../core/error.h"
#include "../core/format.h"
#include "safetensors_header.h"

namespace retrograd::detail {

Matched::Matched(std::span<const Parameter> from, std::span<const Parameter> into, const std::string& where)
    : where_(where) {
  std::unordered_map<std::string, const Tensor*> found;
  for (const Parameter& one : from)
    if (!found.emplace(one.name, &one.tensor).second)
      fail<FileError>("{}: expected one tensor {}, found two", where, shown(one.name));
  for (const Parameter& one : into) {
    const auto at = found.find(one.name);
    if (at == found.end()) {
      report_.missing.push_back(one.name);
      continue;
    }
    const Tensor& values = *at->second;
    if (!(values.shape() == one.tensor.shape()) || values.dtype() != one.tensor.dtype())
      fail<FileError>("{}: tensor {}: expected {} {} as the model has it, found {} {}", where, one.name,
                      one.tensor.dtype(), one.tensor.shape(), values.dtype(), values.shape());
    check_writable(one.tensor, "load");
    pairs_.push_back({values, one.tensor});
    report_.loaded.push_back(one.name);
    found.erase(at);
  }
  for (const Parameter& one : from)
    if (found.contains(one.name)) report_.unexpected.push_back(one.name);
}

void Matched::check_all() const {
  if (!report_.unexpected.empty())
    fail<FileError>("{}: expected the model's tensors alone, found {} besides ({} in all)", where_,
                    shown(report_.unexpected.front()), report_.unexpected.size());
  if (!report_.missing.empty())
    fail<FileError>("{}: expected tensor {} of the model, found none ({} are missing)", where_, report_.missing.front(),
                    report_.missing.size());
}

const nn::LoadReport& Matched::copy() const {
  for (const auto& [from, into] : pairs_)
    std::memcpy(into.body().data, from.body().data, static_cast<std::size_t>(from.size()) * size_of(from.dtype()));
  return report_;
}

std::vector<Parameter> read_renamed(const std::string& file, const nn::Rename& rename) {
  std::vector<Parameter> tensors = nn::read_safetensors(file).tensors;
  if (!rename) return tensors;
  for (Parameter& one : tensors) one.name = rename(one.name);
  std::erase_if(tensors, [](const Parameter& one) { return one.name.empty(); });
  return tensors;
}

}  // namespace retrograd::detail
