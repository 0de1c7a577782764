#include "layer_table.h"

namespace retrograd::tests {

std::vector<LayerRow> linear_layer_rows();

const std::vector<LayerRow>& layer_table() {
  static const std::vector<LayerRow> table = [] {
    std::vector<LayerRow> rows;
    for (auto part : {linear_layer_rows})
      for (LayerRow& row : part()) rows.push_back(std::move(row));
    return rows;
  }();
  return table;
}

}  // namespace retrograd::tests
