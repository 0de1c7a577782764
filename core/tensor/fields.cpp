#include "fields.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "../base/error.h"
#include "../base/locks.h"
#include "format.h"

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

// FNV-1a over the parts, starting with the parent's.
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
  // Names are few and live as long as the process: a Gradients may outlive the thread that created it.
  static auto& names = *new std::unordered_multimap<std::uint64_t, std::string>;  // guarded by locks().names
  const std::uint64_t key = hash();
  const std::lock_guard lock(locks().names);
  const auto [first, last] = names.equal_range(key);
  for (auto one = first; one != last; ++one)
    if (equals(one->second)) return one->second;
  return names.emplace(key, str())->second;
}

FieldPairs paired_fields(const char* op, const FieldList& into, const FieldList& from) {
  FieldPairs pairs;
  std::unordered_set<const Body*> seen;
  for (std::size_t i = 0; i < std::max(into.size(), from.size()); ++i) {
    if (i >= from.size()) fail("{}: {} has no counterpart in the source", op, *into[i].name);
    if (i >= into.size()) fail("{}: the source's {} has no counterpart", op, *from[i].name);
    const Tensor &to = into[i].tensor, &source = from[i].tensor;
    if (into[i].name != from[i].name)
      fail("{}: the models differ: {} in the target, {} in the source", op, *into[i].name, *from[i].name);
    if (to.defined() != source.defined())
      fail("{}: {} is empty in the {} only", op, *into[i].name, to.defined() ? "source" : "target");
    if (!to.defined() || !seen.insert(&to.body()).second) continue;
    if (to.dtype() != source.dtype())
      fail<DtypeError>("{}: dtypes differ: {} is {}, but {} in the source", op, *into[i].name, to.dtype(),
                       source.dtype());
    if (!(to.shape() == source.shape()))
      fail<ShapeError>("{}: shapes differ: {} is {}, but {} in the source", op, *into[i].name, to.shape(),
                       source.shape());
    check_writable(to, op);
    pairs.push_back({to, packed(source), into[i].is_buffer});
  }
  return pairs;
}

void copy_contiguous(const Tensor& into, const Tensor& from) {
  if (into.body().data == from.body().data || into.size() == 0) return;
  std::memcpy(into.body().data, from.body().data, static_cast<std::size_t>(into.size()) * size_of(into.dtype()));
}

}  // namespace retrograd::detail
