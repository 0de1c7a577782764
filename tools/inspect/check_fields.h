// Detects tensors missing from a model's fields: a tensor that the forward pass reads but `fields` does not list is
// silently neither trained nor saved. Sees the tensors that ops read, not the members of a struct; a checkpoint counts
// as a single op.
#pragma once
#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

#include "../../core/base/function_ref.h"
#include "../../core/tensor/fields.h"

namespace retrograd::tools {

/// A floating tensor that an op of the forward pass reads, and that is neither an input nor in the fields.
struct UnlistedTensor {
  std::string op;  ///< the op that reads it first
  Tensor tensor;   ///< the tensor
  bool is_stored;  ///< true for a tensor that outlives the pass, or a view of one; false for one that the pass
                   ///< computes from no listed tensor
};
/// The result of `check_fields`. Prints through fmt, a line for each tensor.
struct FieldsReport {
  std::vector<UnlistedTensor> unlisted;  ///< in the order of the pass
  std::vector<std::string> unused;       ///< parameters, by name, that no op of the pass reads
  /// True if nothing is unlisted or unused.
  bool passed() const { return unlisted.empty() && unused.empty(); }
};
/// "matmul reads float32 (3, 4), which fields does not list" and so on.
std::string to_string(const FieldsReport& report);

}  // namespace retrograd::tools

namespace retrograd::detail {

/// A forward pass of a model with these fields.
struct ForwardPass {
  FieldList fields;
  FunctionRef<void()> run;
};
/// Compares a pass of the model with one of a copy in which every listed floating tensor has other values: whatever
/// both read alike does not depend on the fields.
tools::FieldsReport check_fields(const ForwardPass& own, const ForwardPass& moved, std::span<const Tensor> inputs);
/// x + 1 in new memory; x itself where it is undefined or not floating.
Tensor moved_values(const Tensor& x);

template <class Input>
void collect_inputs(const Input& input, std::vector<Tensor>& into) {
  if constexpr (std::is_same_v<Input, Tensor> || HasFields<Input>)
    walk_fields(const_cast<Input&>(input), Path(), [&](const Path&, Tensor& tensor) {
      if (tensor.defined()) into.push_back(tensor);
    });
}

}  // namespace retrograd::detail

namespace retrograd::tools {

/// Runs model(inputs…) and a copy of the model with other values, and reports tensors that are read but are neither
/// inputs nor in the model's fields, and parameters that are not read. For the test of a layer:
/// CHECK(tools::check_fields(layer, x).passed()). Constants that the pass creates itself, such as a positional
/// encoding, are reported too unless all their elements are equal. Does not advance generators or running statistics.
template <HasFields Model, class... Inputs>
FieldsReport check_fields(const Model& model, const Inputs&... inputs) {
  std::vector<Tensor> tensors;
  (detail::collect_inputs(inputs, tensors), ...);
  const Model moved = detail::rebound(model, detail::Fields::all, &detail::moved_values);
  const auto run = [&] { static_cast<void>(model(inputs...)); };
  const auto run_moved = [&] { static_cast<void>(moved(inputs...)); };
  return detail::check_fields({detail::all_fields(model), run}, {detail::all_fields(moved), run_moved}, tensors);
}

}  // namespace retrograd::tools

template <>
struct fmt::formatter<retrograd::tools::FieldsReport> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const retrograd::tools::FieldsReport& report, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(retrograd::tools::to_string(report), context);
  }
};
