#include "gradients.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "creation.h"
#include "error.h"
#include "format.h"
#include "tape_ops.h"
#include "total.h"

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

Gradients& Gradients::operator+=(Gradients&& other) {
  return entries_.empty() ? *this = std::move(other) : *this += std::as_const(other);
}

Gradients& Gradients::operator+=(const Gradients& other) {
  if (entries_.empty()) {
    for (const Entry& one : other)
      append({one.key, one.has_value() ? detail::copied(one.value()) : Tensor(), one.label, nullptr});
    return *this;
  }
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
    const Tensor sum = entry.has_value() ? add(entry.value(), more->value()) : detail::copied(more->value());
    entry = {entry.key, sum, entry.label, nullptr};
  }
  return *this;
}

namespace {

// Σ (x·scale)² in blocks, and in eight sums side by side, so that the loop is not bound by the time of one addition.
template <class T>
void add_squares(const Tensor& x, double scale, detail::Total<double>& total) {
  constexpr std::int64_t kSums = 8, kBlock = 512 * kSums;
  const Tensor all = detail::packed(x);
  const T* from = all.data<T>();
  for (std::int64_t begin = 0; begin < all.size(); begin += kBlock) {
    const std::int64_t end = std::min(begin + kBlock, all.size());
    double sums[kSums] = {};
    std::int64_t i = begin;
    for (; i + kSums <= end; i += kSums)
      for (std::int64_t k = 0; k < kSums; ++k) {
        const double value = static_cast<double>(from[i + k]) * scale;
        sums[k] += value * value;
      }
    for (; i < end; ++i) sums[0] += static_cast<double>(from[i]) * scale * (static_cast<double>(from[i]) * scale);
    total.add(((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])));
  }
}

// The square root of the sum of all squares. Where one overflows or vanishes, the values are scaled, by a power of two.
double norm_of(std::span<const Gradients::Entry> entries) {
  const auto sum_of_squares = [&](double scale) {
    detail::Total<double> total;
    for (const Gradients::Entry& entry : entries)
      if (entry.has_value())
        dispatch_floating(entry.value().dtype(), [&]<class T>() { add_squares<T>(entry.value(), scale, total); });
    return total.value();
  };
  constexpr double kSmall = 0x1p-900, kScale = 0x1p600;
  const double sum = sum_of_squares(1);
  if (sum > std::numeric_limits<double>::max()) return std::sqrt(sum_of_squares(1 / kScale)) * kScale;
  return sum < kSmall ? std::sqrt(sum_of_squares(kScale)) / kScale : std::sqrt(sum);
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

double Gradients::norm() const { return norm_of(entries_); }

double Gradients::clip_norm(double max_norm) {
  if (!(max_norm > 0)) fail("clip_norm: the largest norm must be positive, got {}", max_norm);
  const double before = norm();
  if (!std::isfinite(before)) {
    for (const Entry& entry : entries_)
      if (const double norm = norm_of({&entry, 1}); !std::isfinite(norm))
        fail("clip_norm: the norm of the gradient of {} is {}", named(entry.key, entry.label), norm);
    fail("clip_norm: the norm of all gradients together is {}", before);
  }
  const double factor = max_norm / (before + 1e-6);
  constexpr double kSmall = 0x1p-96;  // from where float32 could not hold the factor, or not all its digits
  if (factor < kSmall)
    *this *= kSmall, *this *= factor / kSmall;
  else if (factor < 1)
    *this *= factor;
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
