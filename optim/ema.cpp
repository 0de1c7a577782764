#include "ema.h"

#include <cmath>

#include "../core/base/error.h"
#include "../core/compute/creation.h"
#include "../core/compute/update.h"
#include "../core/kernels/update.h"
#include "../core/tensor/format.h"
#include "named_tensors.h"

namespace retrograd::optim::detail {

namespace {

using retrograd::detail::copy_contiguous;

// into ← keep·into + (1 − keep)·from
void mix_pairs(std::span<const retrograd::detail::FieldPair> pairs, double keep) {
  using retrograd::detail::Update;
  std::vector<Update, retrograd::detail::PoolAllocator<Update>> updates;
  updates.reserve(pairs.size());
  for (const auto& [into, from, is_buffer] : pairs) {
    if (is_buffer || keep == 0)  // copied, since 0·NaN would keep a NaN
      copy_contiguous(into, from);
    else
      updates.push_back({.parameter = into, .gradient = from});
  }
  std::vector<Update*, retrograd::detail::PoolAllocator<Update*>> all;
  for (Update& one : updates) all.push_back(&one);
  const auto mixed = [&]<class T>(const RunOf<T>& run, const Update&) {
    retrograd::detail::update_kernels().of<T>().mix(run, {keep, 1 - keep});
  };
  retrograd::detail::update(all, mixed, false);
}

}  // namespace

void Average::add(const Tensor& tensor, bool is_buffer) {
  if (!is_buffer) retrograd::detail::check_floating("Ema", tensor);
  own_.push_back({tensor, is_buffer, !seen_.insert(&tensor.body()).second});
}

void Average::compare(const retrograd::detail::Path& path, const Tensor& tensor) {
  if (others_.size() == own_.size())
    retrograd::detail::fail<ShapeError>("Ema: {} was not in the model when the average was created", path.str());
  const Tensor& own = own_[others_.size()].tensor;
  if (!(own.shape() == tensor.shape() && own.dtype() == tensor.dtype()))
    retrograd::detail::fail<ShapeError>("Ema: {} is {} {}, but was {} {} when the average was created", path.str(),
                                        tensor.dtype(), tensor.shape(), own.dtype(), own.shape());
  retrograd::detail::check_writable(own, "Ema");
  others_.push_back(tensor);
}

void Average::mix(double keep) {
  if (others_.size() != own_.size())
    retrograd::detail::fail<ShapeError>("Ema: the model has {} tensors, but had {} when the average was created",
                                        others_.size(), own_.size());
  retrograd::detail::FieldPairs pairs;
  for (std::size_t i = 0; i < own_.size(); ++i)  // everything that may fail comes before the first write
    if (!own_[i].is_repeated)
      pairs.push_back({own_[i].tensor, retrograd::detail::packed(others_[i]), own_[i].is_buffer});
  mix_pairs(pairs, keep);
  others_.clear();
}

void mix_into(const retrograd::detail::FieldList& target, const retrograd::detail::FieldList& from, double tau) {
  if (!(tau >= 0 && tau <= 1)) retrograd::detail::fail("soft_update: tau must be from 0 to 1, got {}", tau);
  auto pairs = retrograd::detail::paired_fields("soft_update", target, from);
  for (const auto& pair : pairs)
    if (!pair.is_buffer) retrograd::detail::check_floating("soft_update", pair.into);
  if (tau == 0) std::erase_if(pairs, [](const auto& pair) { return !pair.is_buffer; });  // 0·∞ is NaN
  mix_pairs(pairs, 1 - tau);
}

void check_decay(double decay) {
  if (!(decay >= 0 && decay < 1)) retrograd::detail::fail("Ema: the decay must be from 0 to below 1, got {}", decay);
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
  for (std::size_t i = 0; i < averages.size(); ++i) copy_contiguous(averages[i].tensor, found[i]);
  return updates;
}

}  // namespace retrograd::optim::detail
