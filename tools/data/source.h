// What a pass over data reads from: tensors in memory, or a user's function that reads samples by index. Both return
// the samples of one batch at a time, and do not depend on the order, which batches.h defines. A source's computations
// are never recorded.
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

/// The indices of the samples of one batch, in order.
using Rows = std::span<const std::int64_t>;

/// The samples of one batch, copied, along the outermost axis of both tensors.
struct Batch {
  /// The inputs of the model, (n, …).
  Tensor inputs;
  /// Its expected outputs, (n, …).
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

/// The types that a sample may have: a Tensor, a Batch, a pair or a tuple of tensors.
template <class T>
concept MadeOfTensors = std::is_default_constructible_v<T> && requires(T& item) {
  each_part(item, [](Tensor&) {});
};

/// ShapeError unless both have a first axis, of equal size.
void check_equally_many(const Tensor& first, const Tensor& other);
/// Error where the number is negative.
void check_sample_count(std::int64_t samples);
/// Stores part k of a sample at index i of a stack of `count`, which sample 0 allocates; `row` is the sample's index,
/// for errors.
void put_sample(std::vector<Tensor>& stack, std::size_t k, std::int64_t i, std::int64_t count, const Tensor& part,
                std::int64_t row);

}  // namespace retrograd::detail

namespace retrograd::tools {

/// Tensors whose outermost axes index the same samples. The first holds the inputs: bytes (uint8) are pixels, and are
/// decoded to float32 (x − 128)/255. All others are returned as they are.
template <detail::MadeOfTensors Item>
class Tensors {
 public:
  /// ShapeError unless all have a first axis, of equal size.
  explicit Tensors(Item parts) : parts_(std::move(parts)) {
    detail::each_part(parts_, [&](Tensor& part) {
      if (!first_.defined()) first_ = part;
      detail::check_equally_many(first_, part);
      part = detail::packed(part);
    });
  }
  /// The number of samples.
  std::int64_t size() const { return first_.shape()[0]; }
  /// The samples with these indices; the list continues in memory up to `known` indices.
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

/// Samples that a function reads. If it takes an index, read(i) returns sample i as a Tensor, a Batch, a pair or a
/// tuple of tensors, and the samples of a batch are stacked along a new first axis; ShapeError or DtypeError where they
/// differ. If it takes Rows, it returns a whole batch, of any copyable type. It is called for one batch at a time, on
/// another thread with prefetching, and always outside the loop's nn::Training: a function that draws random numbers
/// needs its own Rng.
template <class F>
class Source {
 public:
  /// With this number of samples; Error where it is negative.
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
