#include "summary.h"

#include <algorithm>
#include <unordered_set>

#include "../../core/base/text.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

namespace {

struct Total {
  std::int64_t elements = 0, bytes = 0;
  void add(const Tensor& x) {
    elements += x.size();
    bytes += x.size() * static_cast<std::int64_t>(size_of(x.dtype()));
  }
};

}  // namespace

std::string summary_of(std::span<const Parameter> state, std::span<const Parameter> parameters) {
  std::unordered_set<const Body*> optimized;
  for (const Parameter& parameter : parameters) optimized.insert(parameter.tensor.body_or_null());
  std::size_t names = 4, shapes = 5, dtypes = 5, sizes = 8;  // the widths of the column titles
  for (const auto& [name, tensor] : state) {
    names = std::max(names, name.size());
    shapes = std::max(shapes, to_string(tensor.shape()).size());
    dtypes = std::max(dtypes, retrograd::name(tensor.dtype()).size());
    sizes = std::max(sizes, std::to_string(tensor.size()).size());
  }
  std::string text = fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>{}}\n", "name", names, "shape", shapes, "dtype", dtypes,
                                 "elements", sizes);
  Total counted, buffers;
  for (const auto& [name, tensor] : state) {
    const bool is_buffer = !optimized.contains(tensor.body_or_null());
    (is_buffer ? buffers : counted).add(tensor);
    text += fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>{}}{}\n", name, names, to_string(tensor.shape()), shapes,
                        retrograd::name(tensor.dtype()), dtypes, tensor.size(), sizes, is_buffer ? "  buffer" : "");
  }
  text += fmt::format("{} parameters, {}", counted.elements, bytes_text(counted.bytes));
  if (buffers.elements > 0)
    text += fmt::format("; buffers: {} elements, {}", buffers.elements, bytes_text(buffers.bytes));
  return text;
}

}  // namespace retrograd::detail
