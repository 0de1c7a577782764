// How a step visits the elements of all parameters: in tasks of near-equal size, on several threads where they are
// many.
#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>

#include "../core/base/threads.h"
#include "../core/compute/creation.h"
#include "parameters.h"

namespace retrograd::optim::detail {

namespace {
// Elements below which a parameter is one task: at three arrays of float32 some 0.4 MB, which a core streams in about
// 20 µs.
constexpr std::int64_t kTask = 32 * 1024;

std::byte* advance(void* p, std::int64_t elements, std::int64_t width) {
  return static_cast<std::byte*>(p) + elements * width;
}
}  // namespace

// Asks for the next row of a tile: rows far apart in memory are streams too short for a processor to foresee.
void Parameters::fetch_soon(const Slot& slot, std::int64_t at, std::int64_t n) const {
  constexpr std::int64_t kLine = 64;
  const auto width = static_cast<std::int64_t>(size_of(slot.dtype));
  const auto ask = [&](const Tensor& x) {
    if (!x.defined()) return;
    const std::byte* from = advance(x.body().data, at, width);
    for (std::int64_t byte = 0; byte < n * width; byte += kLine) __builtin_prefetch(from + byte, 1, 2);
  };
  ask(slot.parameter);
  for (const Tensor& state : slot.states) ask(state);
}

void Parameters::run_task(const Slot& slot, std::int64_t task, std::byte* scratch,
                          FunctionRef<void(const Run&)> update) const {
  const auto width = static_cast<std::int64_t>(size_of(slot.dtype));
  // n elements from `at` on, whose gradients are there.
  const auto run = [&](std::int64_t at, std::int64_t n, const void* gradient) {
    Run here{slot.dtype, advance(slot.parameter.body().data, at, width), gradient, {}, n};
    for (std::size_t i = 0; i < Run::kMostStates; ++i)
      if (slot.states[i].defined()) here.state[i] = advance(slot.states[i].body().data, at, width);
    update(here);
  };
  if (slot.gradient.defined()) {
    const std::int64_t begin = task * kTask;
    run(begin, std::min(kTask, slot.parameter.size() - begin), advance(slot.gradient.body().data, begin, width));
    return;
  }
  const retrograd::detail::TileRange tile = slot.tiles[task];
  slot.entry->deferred->tile(tile, scratch);
  const std::int64_t columns = tile.column_end - tile.column_begin, all_columns = slot.shape[1];
  if (columns == all_columns) return run(tile.row_begin * columns, (tile.row_end - tile.row_begin) * columns, scratch);
  for (std::int64_t row = tile.row_begin; row < tile.row_end; ++row) {
    const std::int64_t at = row * all_columns + tile.column_begin;
    if (row + 1 < tile.row_end) fetch_soon(slot, at + all_columns, columns);
    run(at, columns, advance(scratch, (row - tile.row_begin) * columns, width));
  }
}

namespace {
template <class T>
using Pooled = std::vector<T, retrograd::detail::PoolAllocator<T>>;

void copy_back(const Tensor& from, const Tensor& into) {
  std::memcpy(into.body().data, from.body().data, static_cast<std::size_t>(into.size()) * size_of(into.dtype()));
}
}  // namespace

void Parameters::update(FunctionRef<void(const Run&, std::size_t rule, std::int64_t step)> update, bool may_throw) {
  Pooled<std::unique_lock<std::mutex>> held;
  std::int64_t tasks = 0, elements = 0, tile_bytes = 0;
  struct LetGo {  // also where a rule throws
    std::vector<Slot>& slots;
    ~LetGo() {
      for (Slot& slot : slots) slot.parameter = slot.gradient = Tensor(), slot.entry = nullptr;
    }
  } let_go{slots_};
  for (Slot& slot : slots_) {
    slot.first_task = tasks;
    if (slot.is_idle()) continue;
    for (Tensor& state : slot.states)  // a copy of the optimizer, and a list of its state, keep what they have
      if (state.defined() && !retrograd::detail::sole_owner(state)) state = retrograd::detail::copy_values(state);
    retrograd::detail::Deferred* product = slot.entry ? slot.entry->deferred.get() : nullptr;
    if (product && !product->is_computed()) {
      held.push_back(product->hold());
      if (!product->is_computed()) {
        slot.tiles = product->tiles();
        for (std::int64_t tile = 0; tile < slot.tiles.count(); ++tile) {
          const retrograd::detail::TileRange at = slot.tiles[tile];
          tile_bytes = std::max(tile_bytes, (at.row_end - at.row_begin) * (at.column_end - at.column_begin) *
                                                static_cast<std::int64_t>(size_of(slot.dtype)));
        }
        tasks += slot.tiles.count();
        elements += slot.parameter.size();
        continue;
      }
      held.pop_back();
    }
    slot.gradient = slot.entry ? retrograd::detail::packed(slot.entry->value()) : zeros(slot.shape, slot.dtype);
    tasks += (slot.parameter.size() + kTask - 1) / kTask;
    elements += slot.parameter.size();
  }
  const bool is_shared = elements > kTask;
  // A tile of a product for each thread that takes part.
  Pooled<Tensor> scratch(tile_bytes == 0 ? 0 : is_shared ? static_cast<std::size_t>(threads()) : 1);
  for (std::size_t i = scratch.size(); i-- > 0;) scratch[i] = Tensor::empty({tile_bytes}, uint8);  // each gets its last
  Pooled<std::pair<Tensor, Tensor>> before;  // a copy, and what it is to be copied back to
  if (may_throw)
    for (const Slot& slot : slots_) {
      if (slot.is_idle()) continue;
      before.emplace_back(retrograd::detail::copy_values(slot.parameter), slot.parameter);
      for (const Tensor& state : slot.states)
        if (state.defined()) before.emplace_back(retrograd::detail::copy_values(state), state);
    }
  std::mutex mutex;
  std::exception_ptr failure;  // a rule is the user's, but a tile must not throw
  const auto run = [&](std::int64_t task) {
    const auto after = std::upper_bound(slots_.begin(), slots_.end(), task,
                                        [](std::int64_t wanted, const Slot& slot) { return wanted < slot.first_task; });
    const Slot& slot = *(after - 1);
    std::byte* tile = nullptr;
    if (!scratch.empty())
      tile = scratch[is_shared ? static_cast<std::size_t>(retrograd::detail::participant()) : 0].body().data;
    try {
      run_task(slot, task - slot.first_task, tile, [&](const Run& here) { update(here, slot.rule, slot.steps + 1); });
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  if (is_shared)
    retrograd::detail::parallel_for(tasks, run);
  else
    for (std::int64_t task = 0; task < tasks; ++task) run(task);
  if (failure) {
    for (const auto& [copy, into] : before) copy_back(copy, into);
    std::rethrow_exception(failure);
  }
  for (Slot& slot : slots_)
    if (!slot.is_idle()) ++slot.steps;
}

}  // namespace retrograd::optim::detail
