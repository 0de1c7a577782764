#include "transforms.h"

#include <unordered_map>

#include "../base/error.h"
#include "../tensor/format.h"

namespace retrograd::detail {

Gradients rekeyed(const Gradients& gradients, const std::vector<Alias>& aliases) {
  Gradients out;
  std::size_t hint = 0;
  for (const auto& [original, variable] : aliases) {
    const Gradients::Entry& entry = *gradients.find(variable, hint);
    out.append({original, entry.has_value() ? entry.value() : zeros_like(original), entry.label, nullptr});
  }
  return out;
}

namespace {
// `what` starts with the op: "jvp: the tangent".
void check_like(const char* what, const Alias& x, const Tensor& direction) {
  const std::string* label = x.variable.body().label.load(std::memory_order_acquire);
  const std::string name = label ? fmt::format(" of {}", *label) : "";
  const Dtype dtype = x.original.dtype();
  if (direction.dtype() != dtype)
    fail<DtypeError>("{}{} must match x, {} {}, got {} {}", what, name, dtype, x.original.shape(), direction.dtype(),
                     direction.shape());
  if (!(direction.shape() == x.original.shape()))
    fail<ShapeError>("{}{} must match x, {} {}, got {} {}", what, name, dtype, x.original.shape(), direction.dtype(),
                     direction.shape());
}
}  // namespace

std::vector<Tensor> direction_of(const char* what, const std::vector<Alias>& aliases, const Gradients& direction) {
  std::vector<Tensor> out;
  for (const Alias& one : aliases) {
    out.push_back(direction.get_or_zeros(one.original));
    check_like(what, one, out.back());
  }
  return out;
}

std::vector<Tensor> direction_of(const char* what, const std::vector<Alias>& aliases,
                                 const std::vector<Tensor>& argument, const std::vector<Tensor>& direction) {
  if (argument.size() != direction.size())
    fail<ShapeError>("{} has {} tensors, but x has {}", what, direction.size(), argument.size());
  std::vector<Tensor> out;  // aliases are in the order in which a walk first visits their tensors
  std::unordered_map<const Body*, const Body*> given;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const auto [known, is_new] = given.emplace(argument[i].body_or_null(), direction[i].body_or_null());
    if (is_new) {
      check_like(what, aliases[out.size()], direction[i]);
      out.push_back(direction[i]);
    } else if (known->second != direction[i].body_or_null()) {
      fail("{} has two different tensors for one {} {} tensor that appears twice in x", what, argument[i].dtype(),
           argument[i].shape());
    }
  }
  return out;
}

Tensor joined(const std::vector<Tensor>& ys, std::vector<Tensor> cotangents) {
  const Dtype dtype = ys.empty() ? float32 : ys[0].dtype();
  return record_joint("joined", zeros({}, dtype), ys,
                      [cotangents = std::move(cotangents)](const Tensor&, Cotangents& out) {
                        for (std::size_t i = 0; i < cotangents.size(); ++i)
                          if (out.wants(i)) out.give(i, cotangents[i]);
                      });
}

void check_floating_value(const char* op, const Tensor& value) {
  if (!is_floating(value.dtype()))
    fail<DtypeError>("{}: f's value must be float32 or float64 to have a derivative, got {}", op, value.dtype());
}

}  // namespace retrograd::detail
