#include "transforms.h"

#include "error.h"
#include "format.h"

namespace retrograd::detail {

Gradients rekeyed(const Gradients& gradients, const std::vector<Parameter>& originals, std::size_t first) {
  Gradients out;
  for (std::size_t i = 0; i < originals.size(); ++i) {
    const auto& [name, original] = originals[i];
    const Tensor& found = (gradients.begin() + static_cast<std::ptrdiff_t>(first + i))->value;
    out.append({original, found.defined() ? found : zeros_like(original),
                (gradients.begin() + static_cast<std::ptrdiff_t>(first + i))->label});
  }
  return out;
}

Gradients gradients_or_none(Tape& tape, const Tensor& loss, const char* transform) {
  if (loss.size() != 1)
    fail<ShapeError>("{}: the function's value must be of size 1, got shape {}", transform, loss.shape());
  return tape.gradients_or_none(loss);
}

}  // namespace retrograd::detail
