#include "update.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>
#include <vector>

#include "../base/threads.h"
#include "scratch.h"

namespace retrograd::detail {

namespace {

// The number of elements below which a tensor is a single task: about 0.4 MB for three arrays of float32, which a core
// streams in about 20 µs.
constexpr std::int64_t kTask = 32 * 1024;

template <class T>
using Pooled = std::vector<T, PoolAllocator<T>>;

// Prefetches the next row of a tile: rows far apart in memory are too short for the hardware prefetcher.
template <class T>
void fetch_soon(const Update& one, std::int64_t at, std::int64_t n) {
  constexpr std::int64_t kLine = 64 / sizeof(T);
  const auto ask = [&](const Tensor& x) {
    if (!x.defined()) return;
    const T* from = values<T>(x) + at;
    for (std::int64_t i = 0; i < n; i += kLine) __builtin_prefetch(from + i, 1, 2);
  };
  ask(one.parameter);
  for (const Tensor& state : one.states) ask(state);
}

// How many rows of a table form one task.
std::int64_t rows_of_task(std::int64_t width) {
  return std::max<std::int64_t>(kTask / std::max<std::int64_t>(width, 1), 1);
}

template <class T>
void run_task(const Update& one, std::int64_t task, std::byte* scratch, UpdateRun<T> arithmetic) {
  // n elements from `at` on, whose gradients have been computed.
  const auto run = [&](std::int64_t at, std::int64_t n, const T* gradient) {
    optim::RunOf<T> here{values<T>(one.parameter) + at, gradient, {}, n};
    for (std::size_t i = 0; i < one.states.size(); ++i)
      if (one.states[i].defined()) here.state[i] = values<T>(one.states[i]) + at;
    arithmetic(here, one);
  };
  if (one.rows) {
    const std::int64_t width = one.rows->rows.size() / one.rows->places.size(), each = rows_of_task(width),
                       end = std::min((task + 1) * each, one.rows->places.size());
    for (std::int64_t row = task * each; row < end; ++row)
      run(one.rows->places.data<std::int64_t>()[row] * width, width, values<T>(one.rows->rows) + row * width);
    return;
  }
  if (one.gradient.defined()) {
    const std::int64_t begin = task * kTask;
    return run(begin, std::min(kTask, one.parameter.size() - begin), values<T>(one.gradient) + begin);
  }
  const TileRange tile = one.tiles[task];
  one.product->tile(tile, scratch);
  const T* gradient = reinterpret_cast<const T*>(scratch);
  const std::int64_t columns = tile.column_end - tile.column_begin, all_columns = one.parameter.shape()[1];
  if (columns == all_columns) return run(tile.row_begin * columns, (tile.row_end - tile.row_begin) * columns, gradient);
  for (std::int64_t row = tile.row_begin; row < tile.row_end; ++row, gradient += columns) {
    const std::int64_t at = row * all_columns + tile.column_begin;
    if (row + 1 < tile.row_end) fetch_soon<T>(one, at + all_columns, columns);
    run(at, columns, gradient);
  }
}

// The size in bytes of the largest tile.
std::int64_t bytes_of_tile(const Update& one) {
  std::int64_t elements = 0;
  for (std::int64_t tile = 0; tile < one.tiles.count(); ++tile) {
    const TileRange at = one.tiles[tile];
    elements = std::max(elements, (at.row_end - at.row_begin) * (at.column_end - at.column_begin));
  }
  return elements * static_cast<std::int64_t>(size_of(one.parameter.dtype()));
}

// Copies for rolling back.
class Before {
 public:
  explicit Before(std::span<Update* const> updates) {
    for (const Update* one : updates) {
      keep(one->parameter);
      for (const Tensor& state : one->states)
        if (state.defined()) keep(state);
    }
  }
  void restore() const {
    for (const auto& [copy, into] : kept_)
      std::memcpy(into.body().data, copy.body().data, static_cast<std::size_t>(into.size()) * size_of(into.dtype()));
  }

 private:
  void keep(const Tensor& x) { kept_.emplace_back(copy_values(x), x); }
  Pooled<std::pair<Tensor, Tensor>> kept_;
};

}  // namespace

void update(std::span<Update* const> updates, UpdateRun<float> on_float, UpdateRun<double> on_double, bool may_throw) {
  Pooled<std::unique_lock<std::mutex>> held;
  std::int64_t tasks = 0, elements = 0, tile_bytes = 0;
  for (Update* one : updates) {
    one->first_task = tasks;
    elements += one->rows ? one->rows->rows.size() : one->parameter.size();
    for (Tensor& state : one->states)
      if (state.defined() && !sole_owner(state)) state = copy_values(state);
    if (one->rows) {
      const std::int64_t rows = one->rows->places.size(), each = rows_of_task(one->rows->rows.size() / rows);
      tasks += (rows + each - 1) / each;
      continue;
    }
    if (one->product) {
      held.push_back(one->product->hold());
      if (!one->product->is_computed()) {
        one->tiles = one->product->tiles();
        tile_bytes = std::max(tile_bytes, bytes_of_tile(*one));
        tasks += one->tiles.count();
        continue;
      }
      held.pop_back();
    }
    one->gradient = packed(one->product ? one->product->value() : one->gradient);
    tasks += (one->parameter.size() + kTask - 1) / kTask;
  }
  const bool is_shared = elements > kTask;
  const Rows rows = {tasks, is_shared ? kSharedSteps : 0};
  const ThreadScratch scratch(tile_bytes, rows);  // one tile of a product
  const Before before(may_throw ? updates : std::span<Update* const>());
  std::mutex mutex;
  std::exception_ptr failure;  // the arithmetic may be user code, but a task must not throw
  const auto run = [&](std::int64_t task) {
    const auto after =
        std::upper_bound(updates.begin(), updates.end(), task,
                         [](std::int64_t wanted, const Update* one) { return wanted < one->first_task; });
    const Update& one = **(after - 1);
    try {
      if (one.parameter.dtype() == float32)
        run_task<float>(one, task - one.first_task, scratch.mine(), on_float);
      else
        run_task<double>(one, task - one.first_task, scratch.mine(), on_double);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  parallel_for(tasks, static_cast<double>(rows.steps), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) run(task);
  });
  if (failure) {
    before.restore();
    std::rethrow_exception(failure);
  }
}

}  // namespace retrograd::detail
