#include "gradients.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <utility>

#include "../base/error.h"
#include "../base/total.h"
#include "../compute/creation.h"
#include "../tensor/fields.h"
#include "../tensor/format.h"
#include "../tensor/operand.h"
#include "linear.h"
#include "log.h"

namespace retrograd {

namespace {
std::string named(const Tensor& x, const std::string* label) {
  if (!label) label = x.body().label.load(std::memory_order_acquire);
  return label ? fmt::format("{} ({} {})", *label, x.dtype(), x.shape())
               : fmt::format("this {} {} tensor", x.dtype(), x.shape());
}
}  // namespace

const std::string& Gradients::Entry::name() const {
  static const std::string& none = *new std::string;  // also read by static destructors
  return label ? *label : none;
}

namespace detail {

// An open-addressing hash table keyed by the address of the values: each slot has a position, counted from 1, or 0.
struct Positions::Table {
  explicit Table(std::size_t count) : at(std::bit_ceil(2 * count)) {}
  std::size_t place_of(const Tensor& x) const {
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(x.body().data));
    return static_cast<std::size_t>(address * 0x9E3779B97F4A7C15u >> 32) & (at.size() - 1);
  }
  std::size_t after(std::size_t place) const { return (place + 1) & (at.size() - 1); }
  std::vector<std::uint32_t, PoolAllocator<std::uint32_t>> at;
};

void Positions::drop(Table* table) noexcept {
  std::destroy_at(table);
  PoolAllocator<Table>().deallocate(table, 1);
}

const Positions::Table* Positions::table(std::size_t count, Key key) const {
  constexpr std::size_t kFew = 16;
  if (count <= kFew) return nullptr;
  if (const Table* known = table_.load(std::memory_order_acquire)) return known;
  if (searches_.fetch_add(1, std::memory_order_relaxed) == 0) return nullptr;  // it may be the only search
  Table* const memory = PoolAllocator<Table>().allocate(1);
  Table* made = nullptr;
  try {
    made = std::construct_at(memory, count);
  } catch (...) {
    PoolAllocator<Table>().deallocate(memory, 1);
    throw;
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t place = made->place_of(key(i));
    while (made->at[place] != 0) place = made->after(place);
    made->at[place] = static_cast<std::uint32_t>(i + 1);
  }
  Table* known = nullptr;
  if (table_.compare_exchange_strong(known, made, std::memory_order_acq_rel)) return made;
  drop(made);  // another thread was faster
  return known;
}

void Positions::search(std::size_t count, Key key, const Tensor& x, FunctionRef<bool(std::size_t)> found) const {
  if (const Table* known = table(count, key)) {
    for (std::size_t place = known->place_of(x); known->at[place] != 0; place = known->after(place))
      if (found(known->at[place] - 1)) return;
  } else {
    for (std::size_t i = 0; i < count; ++i)
      if (found(i)) return;
  }
}

}  // namespace detail

const Gradients::Entry* Gradients::find(const Tensor& x, std::size_t& hint) const {
  constexpr std::size_t kAhead = 8;  // how far to look after the hint, for walks that skip some tensors
  const detail::Body* body = &x.body();
  if (const Entry* next = begin() + hint; next < end() && next->key.body_or_null() == body) [[likely]] {
    hint = next + 1 == end() ? 0 : hint + 1;
    return next;
  }
  const auto is_there = [&](std::size_t i) { return entries_[i].key.body_or_null() == body; };
  std::size_t at = hint;
  while (at < entries_.size() && at < hint + kAhead && !is_there(at)) ++at;
  if (at >= entries_.size() || !is_there(at)) {
    at = entries_.size();
    positions_.search(
        entries_.size(), [&](std::size_t i) -> const Tensor& { return entries_[i].key; }, x,
        [&](std::size_t i) { return is_there(i) && (at = i, true); });
    if (at == entries_.size()) return nullptr;
  }
  hint = at + 1 < entries_.size() ? at + 1 : 0;
  return &entries_[at];
}

namespace {
bool lies_alike(const Tensor& a, const Tensor& b) {
  if (a.body().data != b.body().data || a.dtype() != b.dtype() || !(a.shape() == b.shape())) return false;
  const Strides p = a.strides(), q = b.strides();
  return std::equal(p.begin(), p.begin() + a.rank(), q.begin());
}
}  // namespace

const Gradients::Entry* Gradients::find_alias(const Tensor& x, std::size_t& hint) const {
  if (const Entry* entry = find(x, hint)) return entry;
  std::size_t at = 0, count = 0;
  positions_.search(
      entries_.size(), [&](std::size_t i) -> const Tensor& { return entries_[i].key; }, x,
      [&](std::size_t i) {
        if (lies_alike(entries_[i].key, x)) at = i, ++count;
        return false;
      });
  if (count != 1) return nullptr;  // each of several would only be part of the derivative
  hint = at + 1 < entries_.size() ? at + 1 : 0;
  return &entries_[at];
}

const Tensor& Gradients::operator[](const Tensor& x) const {
  std::size_t hint = 0;
  const Entry* entry = find(x, hint);
  if (!entry) detail::fail<TapeError>("gradients: {} was not watched by this tape", named(x, nullptr));
  if (!entry->has_value())
    detail::fail<TapeError>("gradients: the loss does not depend on {}; get_or_zeros returns zeros",
                            named(x, entry->label));
  return entry->value();
}

Tensor Gradients::get_or_zeros(const Tensor& x) const {
  std::size_t hint = 0;
  const Entry* entry = find(x, hint);
  if (!entry) detail::fail<TapeError>("gradients: {} was not watched by this tape", named(x, nullptr));
  return entry->has_value() ? entry->value() : zeros(x.shape(), x.dtype());
}

bool Gradients::contains(const Tensor& x) const {
  std::size_t hint = 0;
  const Entry* entry = find(x, hint);
  return entry && entry->has_value();
}

// Everything that may fail comes before the first write. fresh(i, entry, is_own) creates the replacement of a value, or
// returns an empty handle if in_place(i, value) is to modify it: only values without other handles that no tape tracks.
template <class Fresh, class InPlace>
void Gradients::change(Fresh fresh, InPlace in_place) {
  std::vector<Tensor, detail::PoolAllocator<Tensor>> replacements(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (entry.deferred && entry.deferred.use_count() == 1) {
      entry.computed = entry.deferred->value();
      entry.deferred.reset();
    }
    const Tensor& x = entry.computed;
    const bool is_own = x.defined() && detail::sole_owner(x) &&
                        !detail::is_live(x.body().tape.serial.load(std::memory_order_relaxed)) &&
                        !detail::is_live(x.body().base->tape.stamp.load(std::memory_order_relaxed));
    if (entry.has_value()) replacements[i] = fresh(i, entry, is_own);
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (replacements[i].defined()) {
      entry.computed = std::move(replacements[i]);
      entry.deferred.reset();
    } else {
      in_place(i, entry.computed);
    }
  }
}

Gradients& Gradients::operator*=(double factor) {
  constexpr double kSmall = 0x1p-96;  // below this, float32 could not represent the factor, or not all its digits
  const bool is_small = factor != 0 && std::abs(factor) < kSmall;
  const double first = is_small ? kSmall : factor, second = factor / first;
  using ByDtype = std::array<Tensor, kDtypes>;
  ByDtype firsts, seconds;
  const auto of = [](ByDtype& factors, const Tensor& x) -> Tensor& {
    return factors[static_cast<std::size_t>(x.dtype())];
  };
  change(
      [&](std::size_t, const Entry& entry, bool is_own) {
        if (!is_own) {
          const Tensor y = scaled(entry.value(), first);
          return is_small ? scaled(y, second) : y;
        }
        if (Tensor& made = of(firsts, entry.computed); !made.defined()) {
          made = Operand(first).as("scaled", entry.computed.dtype());
          if (is_small) of(seconds, entry.computed) = Operand(second).as("scaled", entry.computed.dtype());
        }
        return Tensor();
      },
      [&](std::size_t, Tensor& own) {
        if (!own.defined()) return;
        detail::scale_into(own, of(firsts, own));
        if (is_small) detail::scale_into(own, of(seconds, own));
      });
  return *this;
}

Gradients& Gradients::operator+=(Gradients&& other) {
  return entries_.empty() ? *this = std::move(other) : *this += std::as_const(other);
}

Gradients& Gradients::operator+=(const Gradients& other) {
  if (entries_.empty()) {
    Gradients copy;
    copy.reserve(other.size());
    for (const Entry& one : other)
      copy.append({one.key, one.has_value() ? detail::copied(one.value()) : Tensor(), one.label, nullptr});
    return *this = std::move(copy);
  }
  const auto check = [](const Gradients& from, const Gradients& in) {
    std::size_t at = 0;
    for (const Entry& entry : from)
      if (!in.find_alias(entry.key, at))
        detail::fail<TapeError>("gradients: cannot add; {} was watched by one tape only",
                                named(entry.key, entry.label));
  };
  check(*this, other);
  check(other, *this);
  std::vector<Tensor, detail::PoolAllocator<Tensor>> more(entries_.size());
  std::size_t hint = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (const Entry* entry = other.find_alias(entries_[i].key, hint); entry->has_value())
      more[i] = entries_[i].has_value() ? entry->value() : detail::copied(entry->value());
  change(
      [&](std::size_t i, const Entry& entry, bool is_own) {
        if (!more[i].defined()) return Tensor();
        if (!is_own || detail::is_tracked(more[i])) return add(entry.value(), more[i]);
        more[i] = detail::packed(more[i]);
        return Tensor();
      },
      [&](std::size_t i, Tensor& own) {
        if (!own.defined())
          own = more[i];
        else if (more[i].defined())
          detail::add_into(own, more[i]);
      });
  return *this;
}

namespace {

// Σ (x·scale)² in blocks, with eight independent sums, so that the loop is not bound by the latency of an addition.
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

// The square root of the sum of all squares. If a square overflows or underflows, the values are scaled by a power of
// two.
double norm_of(std::span<const Gradients::Entry> entries) {
  const auto sum_of_squares = [&](double scale) {
    detail::Total<double> total;
    for (const Gradients::Entry& entry : entries)
      if (entry.has_value())
        detail::dispatch<float, double>(entry.value().dtype(),
                                        [&]<class T>() { add_squares<T>(entry.value(), scale, total); });
    return total.value();
  };
  constexpr double kSmall = 0x1p-900, kScale = 0x1p600;
  const double sum = sum_of_squares(1);
  if (sum > std::numeric_limits<double>::max()) return std::sqrt(sum_of_squares(1 / kScale)) * kScale;
  return sum < kSmall ? std::sqrt(sum_of_squares(kScale)) / kScale : std::sqrt(sum);
}

template <class T>
void limit_values(const Tensor& x, double limit) {
  const T most = static_cast<T>(limit);
  T* value = detail::values<T>(x);
  for (T* const end = value + x.size(); value != end; ++value)
    *value = *value > most ? most : *value < -most ? -most : *value;
}
void limit_values(const Tensor& x, double limit) {
  detail::dispatch<float, double>(x.dtype(), [&]<class T>() { limit_values<T>(x, limit); });
}

}  // namespace

double Gradients::norm() const { return norm_of(entries_); }

double Gradients::clip_norm(double max_norm) {
  if (!(max_norm > 0)) detail::fail("clip_norm: the maximum norm must be positive, got {}", max_norm);
  const double before = norm();
  if (!std::isfinite(before)) {
    for (const Entry& entry : entries_)
      if (const double norm = norm_of({&entry, 1}); !std::isfinite(norm))
        detail::fail("clip_norm: the norm of the gradient of {} is {}", named(entry.key, entry.label), norm);
    detail::fail("clip_norm: the joint norm of the gradients is {}", before);
  }
  const double factor = max_norm / (before + 1e-6);
  if (factor < 1) *this *= factor;
  return before;
}

void Gradients::clip_value(double limit) {
  if (!(limit > 0)) detail::fail("clip_value: the limit must be positive, got {}", limit);
  change(
      [&](std::size_t, const Entry& entry, bool is_own) {
        if (is_own) return Tensor();
        Tensor copy = detail::copy_values(entry.value());
        limit_values(copy, limit);
        return copy;
      },
      [&](std::size_t, Tensor& own) {
        if (own.defined()) limit_values(own, limit);
      });
}

}  // namespace retrograd
