// Passes over samples, batch by batch, in random order or as stored. Each batch is made when the loop asks for it, or
// ahead of the loop on a background thread. Both ways return the same batches, bit for bit, and read from the source in
// the same order. Does not depend on what a sample is.
#pragma once
#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>

#include "../../core/base/random.h"
#include "source.h"

namespace retrograd::detail {

/// A thread that calls make(0), make(1), … make(count − 1), at most `most` calls ahead of the releases. make must not
/// throw.
class Ahead {
 public:
  Ahead(std::int64_t count, std::int64_t most, std::function<void(std::int64_t)> make);
  /// Waits for a call in progress.
  ~Ahead();
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;
  /// Returns when make(i) has returned.
  void wait_for(std::int64_t i);
  /// Allows one more call.
  void release();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The indices of all samples, in order or shuffled by the Rng.
Tensor own_order(std::int64_t samples);
Tensor random_order(std::int64_t samples, Rng& rng);
/// Error unless 1 ≤ batch_size ≤ samples and prefetch ≥ 0.
void check_batches(std::int64_t samples, std::int64_t batch_size, std::int64_t prefetch);
/// A contiguous copy of an order; DtypeError or ShapeError unless it is int64 (samples), Error where an index is out of
/// range.
Tensor checked_order(const Tensor& order, std::int64_t samples);

template <class S>
concept ReadsRows = requires(const S& source, tools::Rows rows) {
  source.size();
  source.read(rows, std::int64_t{});
};

}  // namespace retrograd::detail

namespace retrograd::tools {

/// The options of a pass.
struct BatchOptions {
  /// True to drop a last batch that is smaller than the others.
  bool drop_last = false;
  /// How many batches a background thread makes ahead of the loop; 0 makes each when the loop asks for it. Worthwhile
  /// where a batch takes long to make; one of tensors in memory takes a few microseconds. An exception thrown by the
  /// source is rethrown to the loop at its batch, and the loop may go on to the next; leaving the loop ends the thread.
  /// A forked child, which does not have the thread, makes the remaining batches itself.
  std::int64_t prefetch = 0;
};

/// A pass over a source. Each call of `begin` restarts it, in the same order. Iterators must not outlive it.
template <detail::ReadsRows S>
class Batches {
  struct Prefetched;

 public:
  /// The type of a batch: a Batch, a Tensor, …
  using Item = decltype(std::declval<const S&>().read(Rows(), 0));

  /// `order` holds the index of each sample, int64 (samples), and is copied; see `batches`. Error unless 1 ≤ batch_size
  /// ≤ the number of samples, prefetch ≥ 0 and all indices are in range; DtypeError or ShapeError where the order has
  /// another dtype or shape.
  Batches(S source, std::int64_t batch_size, const Tensor& order, const BatchOptions& options)
      : source_(std::move(source)), batch_size_(batch_size), options_(options) {
    detail::check_batches(source_.size(), batch_size, options.prefetch);
    order_ = detail::checked_order(order, source_.size());
  }

  /// A position in the pass; owns the thread that makes batches ahead, if any.
  class Iterator {
   public:
    /// Batches are read once, in order.
    using iterator_concept = std::input_iterator_tag;
    /// The type of a batch.
    using value_type = Item;
    /// Required by the standard library.
    using difference_type = std::ptrdiff_t;
    /// The first batch; starts the thread that makes batches ahead, if any.
    explicit Iterator(const Batches& batches) : batches_(&batches) {
      if (batches.options_.prefetch > 0) ahead_ = std::make_unique<Prefetched>(batches);
    }
    /// The current batch, which is requested from the source once; rethrows an exception of the source.
    Item operator*() const {
      if (ahead_) return ahead_->get(at_);
      if (!here_) here_.emplace(batches_->make(at_));
      return *here_;
    }
    /// Moves to the next batch.
    Iterator& operator++() {
      if (ahead_) ahead_->drop(at_);
      here_.reset();
      ++at_;
      return *this;
    }
    /// Moves to the next batch.
    void operator++(int) { ++*this; }
    /// True past the last batch.
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.at_ == it.batches_->size(); }

   private:
    const Batches* batches_;
    std::int64_t at_ = 0;
    mutable std::optional<Item> here_;  // used without prefetching
    std::unique_ptr<Prefetched> ahead_;
  };
  /// Starts the pass.
  Iterator begin() const { return Iterator(*this); }
  /// The end of the pass.
  std::default_sentinel_t end() const { return {}; }
  /// The number of batches.
  std::int64_t size() const { return (source_.size() + (options_.drop_last ? 0 : batch_size_ - 1)) / batch_size_; }

 private:
  // Batch i is in slot i % slots from the time it is made until the loop is done with it.
  struct Prefetched {
    explicit Prefetched(const Batches& batches)
        : slots(static_cast<std::size_t>(std::min(batches.options_.prefetch, batches.size()) + 1)),
          ahead(batches.size(), static_cast<std::int64_t>(slots.size()), [this, &batches](std::int64_t i) {
            try {
              slot(i).item.emplace(batches.make(i));
            } catch (...) {
              slot(i).error = std::current_exception();
            }
          }) {}
    /// A batch, or the exception thrown while making it.
    struct Slot {
      std::optional<Item> item;  ///< the batch, once it is made
      std::exception_ptr error;  ///< the exception of the source
    };
    Slot& slot(std::int64_t i) { return slots[static_cast<std::size_t>(i) % slots.size()]; }
    Item get(std::int64_t i) {
      ahead.wait_for(i);
      if (slot(i).error) std::rethrow_exception(slot(i).error);
      return *slot(i).item;
    }
    void drop(std::int64_t i) {
      ahead.wait_for(i);
      slot(i).item.reset();
      slot(i).error = nullptr;
      ahead.release();
    }
    std::vector<Slot> slots;
    detail::Ahead ahead;  // last: its thread fills the slots
  };
  Item make(std::int64_t i) const {
    const std::int64_t begin = i * batch_size_, known = source_.size() - begin;
    return source_.read({order_.data<std::int64_t>() + begin, static_cast<std::size_t>(std::min(batch_size_, known))},
                        known);
  }
  S source_;
  std::int64_t batch_size_;
  Tensor order_;
  BatchOptions options_;
};

/// A pass over a source in an order drawn from the Rng now: `for (auto [images, labels] : batches(source, 100, rng))`.
/// The last batch may be smaller. Error unless 1 ≤ batch_size ≤ the number of samples and prefetch ≥ 0.
template <detail::ReadsRows S>
Batches<S> batches(S source, std::int64_t batch_size, Rng& rng, const BatchOptions& options = {}) {
  detail::check_batches(source.size(), batch_size, options.prefetch);  // before anything is drawn
  const Tensor order = detail::random_order(source.size(), rng);
  return {std::move(source), batch_size, order, options};
}
/// The same in the order of the source.
template <detail::ReadsRows S>
Batches<S> batches(S source, std::int64_t batch_size, const BatchOptions& options = {}) {
  const Tensor order = detail::own_order(source.size());
  return {std::move(source), batch_size, order, options};
}

/// A pass over tensors, read as Tensors does: a single one, a pair, or std::tuple{x, y, z}.
template <detail::MadeOfTensors Item>
auto batches(const Item& tensors, std::int64_t batch_size, Rng& rng, const BatchOptions& options = {}) {
  return batches(Tensors<Item>(tensors), batch_size, rng, options);
}
/// The same in the order of the tensors.
template <detail::MadeOfTensors Item>
auto batches(const Item& tensors, std::int64_t batch_size, const BatchOptions& options = {}) {
  return batches(Tensors<Item>(tensors), batch_size, options);
}

}  // namespace retrograd::tools
