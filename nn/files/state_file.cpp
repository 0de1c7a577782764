#include "state_file.h"

#include <cstring>
#include <unordered_map>

#include "../../core/base/error.h"
#include "../../core/base/text.h"
#include "../../core/tensor/format.h"
#include "safetensors_header.h"

namespace retrograd::detail {

Matched::Matched(const nn::Safetensors& from, std::span<const Parameter> into, const std::string& where)
    : where_(shown_path(where)) {
  std::unordered_map<std::string, const Tensor*> found;  // null where its dtype is not supported
  const auto add = [&](const std::string& name, const Tensor* values) {
    if (!found.emplace(name, values).second) fail<FileError>("{}: tensor {} occurs twice", where_, shown(name));
  };
  for (const Parameter& one : from.tensors) add(one.name, &one.tensor);
  for (const nn::UnreadTensor& one : from.unread) add(one.name, nullptr);
  for (const Parameter& one : into) {
    const auto at = found.find(one.name);
    if (at == found.end()) {
      report_.missing.push_back(one.name);
      continue;
    }
    if (!at->second)
      for (const nn::UnreadTensor& unread : from.unread)
        if (unread.name == one.name) fail_unread(where_, unread);
    const Tensor& values = *at->second;
    if (!(values.shape() == one.tensor.shape()) || values.dtype() != one.tensor.dtype())
      fail<FileError>("{}: tensor {}: expected {} {} as in the model, found {} {}", where_, one.name,
                      one.tensor.dtype(), one.tensor.shape(), values.dtype(), values.shape());
    check_writable(one.tensor, "load");
    pairs_.push_back({values, one.tensor});
    report_.loaded.push_back(one.name);
    found.erase(at);
  }
  const auto report = [&](const std::string& name) {
    if (found.contains(name)) report_.unexpected.push_back(name);
  };
  for (const Parameter& one : from.tensors) report(one.name);
  for (const nn::UnreadTensor& one : from.unread) report(one.name);
}

void Matched::check_all() const {
  if (!report_.unexpected.empty())
    fail<FileError>("{}: tensor {} is not in the model ({} unexpected in all)", where_,
                    shown(report_.unexpected.front()), report_.unexpected.size());
  if (!report_.missing.empty())
    fail<FileError>("{}: tensor {} of the model is missing ({} missing in all)", where_, report_.missing.front(),
                    report_.missing.size());
}

const nn::LoadReport& Matched::copy() const {
  for (const auto& [from, into] : pairs_)
    std::memcpy(into.body().data, from.body().data, static_cast<std::size_t>(from.size()) * size_of(from.dtype()));
  return report_;
}

nn::Safetensors read_renamed(const std::string& file, const nn::Rename& rename) {
  nn::Safetensors found = nn::read_safetensors(file);
  if (!rename) return found;
  const auto rename_all = [&](auto& tensors) {
    for (auto& one : tensors) one.name = rename(one.name);
    std::erase_if(tensors, [](const auto& one) { return one.name.empty(); });
  };
  rename_all(found.tensors);
  rename_all(found.unread);
  return found;
}

}  // namespace retrograd::detail
