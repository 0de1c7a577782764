// What a pass over data reads from: tensors that are in memory, or a function of the user's that reads samples by their
// numbers. Either hands over the samples of one batch at a time and knows nothing of their order, of which batches.h
// knows. Whatever a source computes stays off the tape.
#pragma once
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../core/base/call_context.h"
#include "../../core/compute/gather.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// The numbers of the samples of one batch, in order.
using Rows = std::span<const std::int64_t>;

/// Some samples in memory of their own, along the outermost axis of both tensors.
struct Batch {
  /// What goes into the model, (n, …).
  Tensor inputs;
  /// What should come out of it, (n, …).
  Tensor targets;
};

}  // namespace retrograd::tools

namespace retrograd::detail {

template <class F>
void each_part(Tensor& x, F&& f) {
  f(x);
}
template <class F>
void each_part(tools::Batch& batch, F&& f) {
  f(batch.inputs);
  f(batch.targets);
}
template <class F, class... T>
requires(std::is_same_v<T, Tensor>&&...) void each_part(std::tuple<T...>& parts, F&& f) {
  std::apply([&](auto&... part) { (f(part), ...); }, parts);
}
template <class F>
void each_part(std::pair<Tensor, Tensor>& parts, F&& f) {
  f(parts.first);
  f(parts.second);
}

/// What samples may come as: a Tensor, a Batch, a pair or a tuple of tensors.
template <class T>
concept MadeOfTensors = std::is_default_constructible_v<T> && requires(T& item) {
  each_part(item, [](Tensor&) {});
};

/// ShapeError unless both have a first axis of one size.
void check_equally_many(const Tensor& first, const Tensor& other);
/// Error where there are fewer than no samples.
void check_sample_count(std::int64_t samples);
/// Puts part k of a sample at place i of a stack of `count`, which sample 0 begins; `row` is its number, for errors.
void put_sample(std::vector<Tensor>& stack, std::size_t k, std::int64_t i, std::int64_t count, const Tensor& part,
                std::int64_t row);

}  // namespace retrograd::detail

namespace retrograd::tools {

/// Tensors whose outermost axes count the same samples. The first holds the inputs: where they are bytes (uint8) they
/// are pixels, and come as float32 (x − 128)/255. All else comes as it is.
template <detail::MadeOfTensors Item>
class Tensors {
 public:
  /// ShapeError unless all have a first axis, of one size.
  explicit Tensors(Item parts) : parts_(std::move(parts)) {
    detail::each_part(parts_, [&](Tensor& part) {
      if (!first_.defined()) first_ = part;
      detail::check_equally_many(first_, part);
      part = detail::packed(part);
    });
  }
  /// The number of samples.
  std::int64_t size() const { return first_.shape()[0]; }
  /// These samples; the numbers go on in memory to `known` of them.
  Item read(Rows rows, std::int64_t known) const {
    Item batch = parts_;
    bool pixels = true;
    detail::each_part(
        batch, [&](Tensor& part) { part = detail::gather_rows(part, rows, known, std::exchange(pixels, false)); });
    return batch;
  }

 private:
  Item parts_;
  Tensor first_;
};

/// Samples that a function reads. Where it takes one number, read(i) returns sample i as a Tensor, a Batch, a pair or a
/// tuple of tensors, and the samples of a batch are stacked along a new first axis; ShapeError or DtypeError where they
/// differ. Where it takes Rows it returns a whole batch, of any type that can be copied. It is called for one batch
/// after the other, with prefetching on another thread, and either way outside the loop's nn::Training: a function that
/// draws owns its Rng.
template <class F>
class Source {
 public:
  /// This many samples; Error where it is negative.
  Source(std::int64_t samples, F read) : samples_(samples), read_(std::move(read)) {
    detail::check_sample_count(samples);
  }
  /// The number of samples.
  std::int64_t size() const { return samples_; }
  /// The batch of these samples.
  auto read(Rows rows, std::int64_t) const {
    const NoTape off;
    const detail::CallContextScope outside{{.default_dtype = default_dtype()}};
    if constexpr (std::is_invocable_v<const F&, Rows>)
      return read_(rows);
    else
      return stacked(rows);
  }

 private:
  auto stacked(Rows rows) const {
    using Sample = std::remove_cvref_t<std::invoke_result_t<const F&, std::int64_t>>;
    static_assert(detail::MadeOfTensors<Sample>, "a sample is a Tensor, a Batch, a pair or a tuple of tensors");
    Sample batch;
    std::vector<Tensor> stack;
    const auto count = static_cast<std::int64_t>(rows.size());
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t row = rows[static_cast<std::size_t>(i)];
      Sample sample = read_(row);
      std::size_t k = 0;
      detail::each_part(sample, [&](Tensor& part) { detail::put_sample(stack, k++, i, count, part, row); });
    }
    std::size_t k = 0;
    detail::each_part(batch, [&](Tensor& part) { part = stack[k++]; });
    return batch;
  }
  std::int64_t samples_;
  F read_;
};

}  // namespace retrograd::tools
