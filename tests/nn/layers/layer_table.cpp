#include "layer_table.h"

namespace retrograd::tests {

std::vector<LayerRow> activation_layer_rows();
std::vector<LayerRow> attention_layer_rows();
std::vector<LayerRow> convolution_layer_rows();
std::vector<LayerRow> embedding_layer_rows();
std::vector<LayerRow> linear_layer_rows();
std::vector<LayerRow> normalizing_layer_rows();
std::vector<LayerRow> pooling_layer_rows();
std::vector<LayerRow> recurrent_layer_rows();
std::vector<LayerRow> shaping_layer_rows();

const std::vector<LayerRow>& layer_table() {
  static const std::vector<LayerRow> table = [] {
    std::vector<LayerRow> rows;
    for (auto part :
         {activation_layer_rows, attention_layer_rows, convolution_layer_rows, embedding_layer_rows, linear_layer_rows,
          normalizing_layer_rows, pooling_layer_rows, recurrent_layer_rows, shaping_layer_rows})
      for (LayerRow& row : part()) rows.push_back(std::move(row));
    return rows;
  }();
  return table;
}

}  // namespace retrograd::tests
