#include "gradients.h"

#include <cmath>

#include "creation.h"
#include "error.h"
#include "format.h"
#include "tape_ops.h"

namespace retrograd {

namespace {
std::string named(const Tensor& x, const std::string* label) {
  if (!label) label = x.body().label.load(std::memory_order_relaxed);
  return label ? fmt::format("{} ({} {})", *label, x.dtype(), x.shape())
               : fmt::format("this {} {} tensor", x.dtype(), x.shape());
}
}  // namespace

const std::string& Gradients::Entry::name() const {
  static const std::string none;
  return label ? *label : none;
}

const Gradients::Entry* Gradients::find(const Tensor& x, std::size_t& hint) const {
  const detail::Body* body = &x.body();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::size_t at = hint + i < entries_.size() ? hint + i : hint + i - entries_.size();
    if (entries_[at].key.body_or_null() != body) continue;
    hint = at + 1 < entries_.size() ? at + 1 : 0;
    return &entries_[at];
  }
  return nullptr;
}

const Tensor& Gradients::operator[](const Tensor& x) const {
  std::size_t hint = 0;
  const Entry* entry = find(x, hint);
  if (!entry) fail<TapeError>("gradients: {} was not watched by this tape", named(x, nullptr));
  if (!entry->has_value())
    fail<TapeError>("gradients: the loss does not depend on {}; get_or_zeros gives zeros", named(x, entry->label));
  return entry->value();
}

Tensor Gradients::get_or_zeros(const Tensor& x) const {
  std::size_t hint = 0;
  const Entry* entry = find(x, hint);
  if (!entry) fail<TapeError>("gradients: {} was not watched by this tape", named(x, nullptr));
  return entry->has_value() ? entry->value() : zeros(x.shape(), x.dtype());
}

bool Gradients::contains(const Tensor& x) const {
  std::size_t hint = 0;
  const Entry* entry = find(x, hint);
  return entry && entry->has_value();
}

Gradients& Gradients::operator*=(double factor) {
  for (Entry& entry : entries_)
    if (entry.has_value()) entry = {entry.key, scaled(entry.value(), factor), entry.label, nullptr};
  return *this;
}

Gradients& Gradients::operator+=(const Gradients& other) {
  const auto check = [](const Gradients& from, const Gradients& in) {
    std::size_t at = 0;
    for (const Entry& entry : from)
      if (!in.find(entry.key, at))
        fail<TapeError>("gradients: can't add; {} was watched by one tape only", named(entry.key, entry.label));
  };
  check(*this, other);
  check(other, *this);
  std::size_t hint = 0;
  for (Entry& entry : entries_) {
    const Entry* more = other.find(entry.key, hint);
    if (!more->has_value()) continue;
    entry = {entry.key, entry.has_value() ? add(entry.value(), more->value()) : more->value(), entry.label, nullptr};
  }
  return *this;
}

double Gradients::norm() const {
  double sum = 0;
  for (const Entry& entry : entries_) {
    if (!entry.has_value()) continue;
    for (double x : entry.value().to_vector<double>()) sum += x * x;
  }
  return std::sqrt(sum);
}

double Gradients::clip_norm(double max_norm) {
  if (!(max_norm > 0)) fail("clip_norm: the largest norm must be positive, got {}", max_norm);
  const double before = norm();
  if (before > max_norm) *this *= max_norm / before;
  return before;
}

}  // namespace retrograd
