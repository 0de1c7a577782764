#include "parameters.h"

#include <algorithm>
#include <utility>

#include "../core/base/error.h"
#include "../core/compute/creation.h"
#include "../core/tensor/format.h"
#include "named_tensors.h"

namespace retrograd::optim::detail {

void check_change(bool is_there) {
  if (!is_there) retrograd::detail::fail("optimizer: the function that changes a group's rule is empty");
}

void Parameters::begin() {
  visited_ = count_ = 0;
  if (known_) return;
  slots_.clear();
  visits_.clear();
  first_visits_.clear();
  chosen_ = false;
}

void Parameters::add(const Path& path, Tensor& parameter) {
  if (!known_) {
    const std::size_t at = first_visits_.try_emplace(&parameter.body(), slots_.size()).first->second;
    visits_.push_back(at);
    if (at == slots_.size()) slots_.emplace_back(parameter, path.intern());
  }
  if (visited_ == visits_.size())
    retrograd::detail::fail<ShapeError>("optimizer: {} ({} {}) was not in the model at the first step", path.str(),
                                        parameter.dtype(), parameter.shape());
  Slot& slot = slots_[visits_[visited_]];
  if (visits_[visited_++] < count_) {
    if (slot.parameter.body_or_null() != parameter.body_or_null())
      retrograd::detail::fail<ShapeError>(
          "optimizer: {} and {} were the same tensor at the first step, but no longer are", path.str(), *slot.name);
    return;
  }
  ++count_;
  if (!(slot.shape == parameter.shape() && slot.dtype == parameter.dtype()))
    retrograd::detail::fail<ShapeError>("optimizer: {} is {} {}, but was {} {} at the first step", path.str(),
                                        parameter.dtype(), parameter.shape(), slot.dtype, slot.shape);
  slot.parameter = parameter;
}

void Parameters::end() {
  first_visits_.clear();
  if (count_ != slots_.size())
    retrograd::detail::fail<ShapeError>("optimizer: the model has {} parameters, but had {} at the first step", count_,
                                        slots_.size());
  if (!chosen_) choose();
}

void Parameters::freeze(NamePredicate which, bool frozen) {
  if (!which) retrograd::detail::fail("optimizer: the function that selects names is empty");
  take_in({std::move(which), frozen ? Choice::kFreeze : Choice::kThaw});
}

void Parameters::group(NamePredicate which) {
  if (!which) retrograd::detail::fail("optimizer: the function that selects names is empty");
  if (groups_ == 64) retrograd::detail::fail("optimizer: at most 64 groups");
  take_in({std::move(which), Choice::kGroup});
  ++groups_;
}

namespace {
[[noreturn]] void fail_unfit(std::size_t call) {
  retrograd::detail::fail("optimizer: call {} to group/freeze/unfreeze matches no parameter", call);
}
}  // namespace

void Parameters::take_in(Choice choice) {
  if (known_ && std::none_of(slots_.begin(), slots_.end(), [&](const Slot& slot) { return choice.which(*slot.name); }))
    fail_unfit(choices_.size() + 1);
  choices_.push_back(std::move(choice));
  chosen_ = false;
}

void Parameters::choose() {
  std::vector<std::uint64_t> rules, of_slot(slots_.size());
  std::vector<bool> frozen(slots_.size());
  std::uint64_t bit = 1;
  for (Choice& choice : choices_) {
    bool fits = choice.which == nullptr;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (!choice.which || !choice.which(*slots_[i].name)) continue;
      fits = true;
      if (choice.kind == Choice::kGroup)
        of_slot[i] |= bit;
      else
        frozen[i] = choice.kind == Choice::kFreeze;
    }
    if (!fits) {
      choice.which = nullptr;
      fail_unfit(static_cast<std::size_t>(&choice - choices_.data()) + 1);
    }
    if (choice.kind == Choice::kGroup) bit <<= 1;
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto at = std::find(rules.begin(), rules.end(), of_slot[i]);
    slots_[i].rule = static_cast<std::size_t>(at - rules.begin());
    slots_[i].frozen = frozen[i];
    if (at == rules.end()) rules.push_back(of_slot[i]);
  }
  rules_ = std::move(rules);
  chosen_ = true;
}

void Parameters::take(const Gradients& gradients, Missing missing) {
  std::size_t hint = 0;
  const Gradients::Entry* last = nullptr;
  const Slot* wanting = nullptr;
  bool any = false;
  std::vector<const Slot*, retrograd::detail::PoolAllocator<const Slot*>>
      users;  // of each gradient, filled only when needed
  for (Slot& slot : slots_) {
    slot.skipped = false;
    slot.entry = nullptr;
    if (slot.frozen) continue;
    const Gradients::Entry* entry = gradients.find(slot.parameter, hint);
    if (!entry) [[unlikely]]
      entry = gradients.find_alias(slot.parameter, hint);
    any = any || entry;
    if (missing != Missing::error && !(entry && entry->has_value())) {
      retrograd::detail::check_writable(slot.parameter, "optimizer");
      slot.skipped = missing == Missing::skip;
      wanting = &slot;
      continue;
    }
    if (!entry || !entry->has_value())
      retrograd::detail::fail<TapeError>(
          "optimizer: no gradient for {} ({} {}): the loss does not depend on it, or it was not watched", *slot.name,
          slot.dtype, slot.shape);
    if (last && entry <= last && users.empty()) {  // out of watching order, or two parameters have become one tensor
      users.resize(gradients.size());
      for (const Slot* before = slots_.data(); before != &slot; ++before)
        if (before->entry) users[static_cast<std::size_t>(before->entry - gradients.begin())] = before;
    }
    if (!users.empty()) {
      const Slot*& user = users[static_cast<std::size_t>(entry - gradients.begin())];
      if (user)
        retrograd::detail::fail<ShapeError>(
            "optimizer: {} and {} are the same tensor, but were different at the first step", *user->name, *slot.name);
      user = &slot;
    }
    last = entry;
    retrograd::detail::check_writable(slot.parameter, "optimizer");
    slot.entry = entry;
  }
  if (wanting && !any)
    retrograd::detail::fail<TapeError>(
        "optimizer: gradients of another model: neither {} nor any other parameter was watched", *wanting->name);
  known_ = true;
}

void Parameters::keep(StatesOf states) {
  for (Slot& slot : slots_) {
    if (slot.is_idle() && slot.steps == 0) continue;
    const StateNames names = states(slot.rule);
    bool fits = true, had_none = true, makes = false;
    for (std::size_t i = 0; i < kMostStates; ++i) fits = fits && (names[i] != nullptr) == slot.states[i].defined();
    if (fits) continue;
    std::array<Tensor, kMostStates> states_now;
    for (std::size_t i = 0; i < kMostStates; ++i) {
      had_none = had_none && !slot.states[i].defined();
      if (!names[i]) continue;
      makes = makes || !slot.states[i].defined();
      states_now[i] = slot.states[i].defined() ? slot.states[i] : zeros(slot.shape, slot.dtype);
    }
    slot.states = std::move(states_now);
    if (had_none && makes) slot.steps = 0;
  }
}

void Parameters::update(retrograd::detail::UpdateRun<float> on_float, retrograd::detail::UpdateRun<double> on_double,
                        bool may_throw, SkipsZeros skips_zeros) {
  using retrograd::detail::Update;
  struct Release {  // also where a rule throws
    std::vector<Slot>& slots;
    ~Release() {
      for (Slot& slot : slots) {
        slot.parameter = slot.gradient = Tensor();
        slot.product = nullptr, slot.rows = nullptr, slot.entry = nullptr;
      }
    }
  } release{slots_};
  std::vector<Update*, retrograd::detail::PoolAllocator<Update*>> updates;
  updates.reserve(slots_.size());
  for (Slot& slot : slots_) {
    if (slot.is_idle()) continue;
    slot.step = slot.steps + 1;
    retrograd::detail::Deferred* const deferred = slot.entry ? slot.entry->deferred.get() : nullptr;
    slot.product = deferred ? deferred->as_product() : nullptr;
    if (auto* const rows = deferred ? deferred->as_rows() : nullptr; rows && skips_zeros(slot.rule, slot.step))
      slot.rows = &rows->sums();
    if (!slot.product && !slot.rows) slot.gradient = slot.entry ? slot.entry->value() : zeros(slot.shape, slot.dtype);
    updates.push_back(&slot);
  }
  retrograd::detail::update(updates, on_float, on_double, may_throw);
  for (Slot& slot : slots_)
    if (!slot.is_idle()) slot.steps = slot.step;
}

std::vector<Parameter> Parameters::list(StatesOf states, std::int64_t steps) const {
  std::vector<Parameter> all{{"steps", full({}, steps, int64)}};
  for (const Slot& slot : slots_) {
    all.push_back({*slot.name + ".steps", full({}, slot.steps, int64)});
    if (slot.steps == 0) continue;
    const StateNames names = states(slot.rule);
    for (std::size_t i = 0; i < kMostStates; ++i)
      if (names[i]) all.push_back({*slot.name + "." + names[i], retrograd::detail::copy_values(slot.states[i])});
  }
  return all;
}

std::int64_t Parameters::load(StatesOf states, std::span<const Parameter> from) {
  NamedTensors listed(from);
  const std::int64_t steps = listed.take_count("steps");
  for (Slot& slot : slots_) {
    slot.steps = listed.take_count(*slot.name + ".steps");
    slot.states = {};
    if (slot.steps == 0) continue;
    const StateNames names = states(slot.rule);
    for (std::size_t i = 0; i < kMostStates; ++i)
      if (names[i])
        slot.states[i] =
            retrograd::detail::copy_values(listed.take(*slot.name + "." + names[i], slot.shape, slot.dtype));
  }
  listed.end();
  known_ = true;
  for (Slot& slot : slots_) slot.parameter = Tensor();
  return steps;
}

}  // namespace retrograd::optim::detail
