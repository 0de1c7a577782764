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
  if (entries_.empty()) return *this = other;
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

namespace {

// In eight sums side by side, so that the loop is not bound by the time of one addition.
template <class T>
double sum_of_squares(const Tensor& x) {
  constexpr std::int64_t kSums = 8;
  const Tensor all = detail::packed(x);
  const T* from = all.data<T>();
  double sums[kSums] = {};
  std::int64_t i = 0;
  for (; i + kSums <= all.size(); i += kSums)
    for (std::int64_t k = 0; k < kSums; ++k) {
      const auto value = static_cast<double>(from[i + k]);
      sums[k] += value * value;
    }
  for (; i < all.size(); ++i) sums[0] += static_cast<double>(from[i]) * static_cast<double>(from[i]);
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}
double sum_of_squares(const Gradients::Entry& entry) {
  if (!entry.has_value()) return 0;
  const Tensor& x = entry.value();
  return x.dtype() == float32 ? sum_of_squares<float>(x) : sum_of_squares<double>(x);
}

template <class T>
Tensor limited(const Tensor& x, double limit) {
  const Tensor from = detail::packed(x), y = Tensor::empty_like(from);
  const T most = static_cast<T>(limit);
  T* to = detail::values<T>(y);
  for (std::int64_t i = 0; i < from.size(); ++i) {
    const T value = from.data<T>()[i];
    to[i] = value > most ? most : value < -most ? -most : value;
  }
  return y;
}

}  // namespace

double Gradients::norm() const {
  double sum = 0;
  for (const Entry& entry : entries_) sum += sum_of_squares(entry);
  return std::sqrt(sum);
}

double Gradients::clip_norm(double max_norm) {
  if (!(max_norm > 0)) fail("clip_norm: the largest norm must be positive, got {}", max_norm);
  const double before = norm();
  if (!std::isfinite(before)) {
    for (const Entry& entry : entries_)
      if (const double square = sum_of_squares(entry); !std::isfinite(square))
        fail("clip_norm: the norm of the gradient of {} is {}", named(entry.key, entry.label), std::sqrt(square));
    fail("clip_norm: the norm of all gradients together is {}", before);
  }
  const double factor = max_norm / (before + 1e-6);
  if (factor < 1) *this *= factor;
  return before;
}

void Gradients::clip_value(double limit) {
  if (!(limit > 0)) fail("clip_value: the limit must be positive, got {}", limit);
  for (Entry& entry : entries_) {
    if (!entry.has_value()) continue;
    const Tensor& x = entry.value();
    entry = {entry.key, x.dtype() == float32 ? limited<float>(x, limit) : limited<double>(x, limit), entry.label, {}};
  }
}

}  // namespace retrograd
