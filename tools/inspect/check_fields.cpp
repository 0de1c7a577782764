#include "check_fields.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_set>

#include "../../core/base/call_context.h"
#include "../../core/base/random.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/observer.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/logic.h"

namespace retrograd {

namespace {

using Bodies = std::unordered_set<const detail::Body*>;

// Records the tensors that the ops of a pass read.
class Reads final : private detail::Observer {
 public:
  struct Constant {
    std::string op;
    Tensor tensor;  // kept alive, so that the next pass cannot allocate another at the same address
  };
  std::vector<Constant> constants;
  Bodies variables;

 private:
  void recorded(detail::Log& log, std::uint32_t node, const Tensor&, std::span<const Tensor* const> inputs) override {
    for (const Tensor* x : inputs) {
      if (!x->defined() || !is_floating(x->dtype())) continue;
      if (detail::tracked(&log, *x))
        variables.insert(&x->body());
      else
        constants.push_back({log.nodes[node].op, *x});
    }
  }
};

bool is_uniform(const Tensor& x) {
  const std::vector<double> values = x.to_vector<double>();
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

}  // namespace

Tensor detail::moved_values(const Tensor& x) {
  const NoTape pause;
  return x.defined() && is_floating(x.dtype()) ? x + 1 : x;
}

tools::FieldsReport detail::check_fields(const ForwardPass& own, const ForwardPass& moved,
                                         std::span<const Tensor> inputs) {
  Bodies known;
  for (const ForwardPass* pass : {&own, &moved})
    for (const Field& field : pass->fields)
      if (field.tensor.defined()) known.insert(field.tensor.body().base);
  for (const Tensor& input : inputs) known.insert(input.body().base);

  std::optional<Rng> randomness;
  if (const Rng* drawn_from = current_call_context.randomness) randomness = *drawn_from;
  CallContext context = current_call_context;
  context.randomness = randomness ? &*randomness : nullptr;
  context.is_rerun = true;
  const CallContextScope no_trace(context);
  const auto reads_of = [&](const ForwardPass& pass) {
    Reads reads;
    Tape tape;
    for (const Field& field : pass.fields)
      if (field.tensor.defined() && is_floating(field.tensor.dtype())) tape.watch(field.tensor);
    for (const Tensor& input : inputs)
      if (is_floating(input.dtype())) tape.watch(input);
    pass.run();
    return std::pair{std::move(reads.constants), std::move(reads.variables)};
  };
  const auto [constants, variables] = reads_of(own);
  const std::vector<Reads::Constant> again = reads_of(moved).first;

  Bodies stored, told;
  for (const Reads::Constant& one : again) stored.insert(one.tensor.body().base);
  tools::FieldsReport report;
  for (std::size_t i = 0; i < constants.size(); ++i) {
    const Tensor& x = constants[i].tensor;
    const Body* base = x.body().base;
    if (known.contains(base) || told.contains(base)) continue;
    const bool is_stored = stored.contains(base);
    const bool is_same = again.size() == constants.size() && again[i].tensor.dtype() == x.dtype() &&
                         array_equal(again[i].tensor, x) && !is_uniform(x);
    if (!is_stored && !is_same) continue;
    told.insert(base);
    report.unlisted.push_back({constants[i].op, x, is_stored});
  }
  Bodies seen;
  for (const Field& field : own.fields) {
    const Body* body = field.tensor.body_or_null();
    if (field.is_buffer || !body || !seen.insert(body).second) continue;
    if (!variables.contains(body)) report.unused.push_back(*field.name);
  }
  return report;
}

std::string tools::to_string(const FieldsReport& report) {
  std::string text;
  for (const UnlistedTensor& one : report.unlisted)
    text += fmt::format(
        "{} reads {} {}, {}\n", one.op, one.tensor.dtype(), one.tensor.shape(),
        one.is_stored ? "which fields does not list" : "a constant computed from tensors that fields does not list");
  for (const std::string& name : report.unused) text += fmt::format("nothing reads {}\n", name);
  return text.empty() ? "every tensor is listed and read\n" : text;
}

}  // namespace retrograd
