#include "ema.h"

#include <cmath>
#include <cstring>

#include "../core/base/error.h"
#include "../core/compute/creation.h"
#include "../core/compute/share.h"
#include "../core/tensor/format.h"
#include "named_tensors.h"

namespace retrograd::optim::detail {

namespace {

template <class T>
void mix_values(const Tensor& into, const Tensor& from, double keep) {
  T* y = retrograd::detail::values<T>(into);
  const T* x = from.data<T>();
  const T old_part = static_cast<T>(keep), new_part = static_cast<T>(1 - keep);
  retrograd::detail::parallel_chunks(into.size(), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) y[i] = old_part * y[i] + new_part * x[i];
  });
}

void copy(const Tensor& into, const Tensor& from) {
  std::memcpy(into.body().data, from.body().data, static_cast<std::size_t>(into.size()) * size_of(into.dtype()));
}

}  // namespace

void Average::add(const Tensor& tensor, bool is_buffer) {
  if (!is_buffer) retrograd::detail::check_floating("Ema", tensor);
  own_.push_back({tensor, is_buffer, !seen_.insert(&tensor.body()).second});
}

void Average::compare(const retrograd::detail::Path& path, const Tensor& tensor) {
  if (others_.size() == own_.size()) fail<ShapeError>("Ema: {} was not in the model at first", path.str());
  const Tensor& own = own_[others_.size()].tensor;
  if (!(own.shape() == tensor.shape() && own.dtype() == tensor.dtype()))
    fail<ShapeError>("Ema: {} is {} {}, but {} {} stood in its place at first", path.str(), tensor.dtype(),
                     tensor.shape(), own.dtype(), own.shape());
  retrograd::detail::check_writable(own, "Ema");
  others_.push_back(tensor);
}

void Average::mix(double keep) {
  if (others_.size() != own_.size())
    fail<ShapeError>("Ema: the model has {} tensors, but had {} at first", others_.size(), own_.size());
  for (std::size_t i = 0; i < own_.size(); ++i)  // what may fail comes before the first write
    if (!own_[i].is_repeated) others_[i] = retrograd::detail::packed(others_[i]);
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const Own& own = own_[i];
    if (own.is_repeated) continue;
    const Tensor& from = others_[i];
    if (own.is_buffer || keep == 0)  // of which nothing is to stay, not even a NaN
      copy(own.tensor, from);
    else if (own.tensor.dtype() == float32)
      mix_values<float>(own.tensor, from, keep);
    else
      mix_values<double>(own.tensor, from, keep);
  }
  others_.clear();
}

void check_decay(double decay) {
  if (!(decay >= 0 && decay < 1)) fail("Ema: the decay must be from 0 to below 1, got {}", decay);
}

// The corrected average after t updates is a_t = Σ (1−d)·d^(t−i)·p_i / (1−d^t), so a_t = k·a_(t−1) + (1−k)·p_t with
// k = d·(1−d^(t−1))/(1−d^t).
double kept_part(double decay, bool corrected, std::int64_t t) {
  if (!corrected) return decay;
  const auto steps = static_cast<double>(t);
  return decay * (1 - std::pow(decay, steps - 1)) / (1 - std::pow(decay, steps));
}

std::vector<Parameter> list_average(std::span<const Parameter> averages, std::int64_t updates) {
  std::vector<Parameter> all{{"updates", full({}, updates, int64)}};
  for (const Parameter& one : averages) all.push_back({"average." + one.name, one.tensor});
  return all;
}

std::int64_t load_average(std::span<const Parameter> averages, std::span<const Parameter> from) {
  NamedTensors listed(from);
  const std::int64_t updates = listed.take_count("updates");
  std::vector<Tensor> found;
  for (const Parameter& one : averages)
    found.push_back(
        retrograd::detail::packed(listed.take("average." + one.name, one.tensor.shape(), one.tensor.dtype())));
  listed.end();
  for (std::size_t i = 0; i < averages.size(); ++i) copy(averages[i].tensor, found[i]);
  return updates;
}

}  // namespace retrograd::optim::detail
