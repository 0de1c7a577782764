#include "transforms.h"

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

}  // namespace retrograd::detail
