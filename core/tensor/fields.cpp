#include "fields.h"

#include <charconv>
#include <mutex>
#include <unordered_map>

#include "../base/locks.h"

namespace retrograd::detail {

namespace {

struct Digits {
  char text[24];
  std::string_view view;
  explicit Digits(std::size_t number) {
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    view = {text, static_cast<std::size_t>(end - text)};
  }
};

}  // namespace

std::string Path::str() const {
  if (is_root()) return "";
  std::string name = parent_->str();
  if (!name.empty()) name += '.';
  if (is_index_) return name += Digits(index_).view;
  return name += part_;
}

// FNV-1a over the parts, the parent's first.
std::uint64_t Path::hash() const {
  if (is_root()) return 14695981039346656037u;
  std::uint64_t h = parent_->hash();
  const auto mix = [&h](std::string_view text) {
    for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  };
  if (is_index_)
    mix(Digits(index_).view);
  else
    mix(part_);
  mix(".");
  return h;
}

bool Path::equals(std::string_view name) const {
  if (is_root()) return name.empty();
  const Digits digits(index_);
  const std::string_view part = is_index_ ? digits.view : part_;
  if (!name.ends_with(part)) return false;
  name.remove_suffix(part.size());
  if (parent_->is_root()) return name.empty();
  if (!name.ends_with('.')) return false;
  name.remove_suffix(1);
  return parent_->equals(name);
}

const std::string& Path::intern() const {
  // Names are few and live as long as the process: a Gradients may outlive the thread that made it.
  static auto& names = *new std::unordered_multimap<std::uint64_t, std::string>;  // under locks().names
  const std::uint64_t key = hash();
  const std::lock_guard lock(locks().names);
  const auto [first, last] = names.equal_range(key);
  for (auto one = first; one != last; ++one)
    if (equals(one->second)) return one->second;
  return names.emplace(key, str())->second;
}

}  // namespace retrograd::detail
