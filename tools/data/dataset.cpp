#include "dataset.h"

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"

namespace retrograd::tools {

namespace {

Tensors<Batch> source_of(const Dataset& set) {
  if (set.inputs.rank() == 0 || set.targets.rank() == 0 || set.inputs.shape()[0] != set.targets.shape()[0])
    detail::fail<ShapeError>("dataset: inputs {} and targets {} differ in the number of samples", set.inputs.shape(),
                             set.targets.shape());
  return Tensors<Batch>({set.inputs, set.targets});
}

}  // namespace

Batches<Tensors<Batch>> batches(const Dataset& set, std::int64_t batch_size, Rng& rng, const BatchOptions& options) {
  return batches(source_of(set), batch_size, rng, options);
}

Batches<Tensors<Batch>> batches(const Dataset& set, std::int64_t batch_size, const BatchOptions& options) {
  return batches(source_of(set), batch_size, options);
}

Batch whole(const Dataset& set) {
  const Tensors<Batch> source = source_of(set);
  const Tensor order = detail::own_order(source.size());
  return source.read(order.span<std::int64_t>(), source.size());
}

}  // namespace retrograd::tools
