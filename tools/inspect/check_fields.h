// Looking for what a model's fields leave out: a tensor that the forward pass reads and `fields` does not list is
// neither trained nor saved, and nothing else says so. Sees what ops read, not the members of a struct; what runs
// inside a checkpoint is one op.
#pragma once
#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

#include "../../core/base/function_ref.h"
#include "../../core/tensor/fields.h"

namespace retrograd::tools {

/// A floating tensor that an op of the forward pass read, that is no input and in none of the fields.
struct UnlistedTensor {
  std::string op;  ///< the op that read it first
  Tensor tensor;   ///< what it read
  bool is_stored;  ///< true of a tensor that outlives the pass, or a view of one; false of one that the pass computes
                   ///< from none of the listed
};
/// What `check_fields` found. Prints through fmt, a line for each tensor.
struct FieldsReport {
  std::vector<UnlistedTensor> unlisted;  ///< in the order of the pass
  std::vector<std::string> unused;       ///< parameters, by name, that no op of the pass read
  /// True where all is as it should be.
  bool passed() const { return unlisted.empty() && unused.empty(); }
};
/// "matmul reads float32 (3, 4), which fields does not list" and so on.
std::string to_string(const FieldsReport& report);

}  // namespace retrograd::tools

namespace retrograd::detail {

/// The pass of a model with these fields.
struct ForwardPass {
  FieldList fields;
  FunctionRef<void()> run;
};
/// From a pass of the model, and one of its copy in which every listed floating tensor is another: what both read alike
/// depends on none of these.
tools::FieldsReport check_fields(const ForwardPass& own, const ForwardPass& moved, std::span<const Tensor> inputs);
/// x + 1 in memory of its own; x itself where it is empty or not floating.
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

/// Runs model(inputs…), and a copy of the model with other values, and tells which tensors were read that are neither
/// inputs nor in the model's fields, and which parameters were not read: for a test of one's own layer,
/// CHECK(tools::check_fields(layer, x).passed()). Constants that the pass computes from nothing, such as a positional
/// encoding, are told too unless all their elements are the same. Moves no generator and no running statistics.
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
