#include "op_table.h"

namespace retrograd::tests {

std::vector<Row> arithmetic_rows();
std::vector<Row> pointwise_rows();
std::vector<Row> activation_rows();
std::vector<Row> logic_rows();
std::vector<Row> shape_rows();
std::vector<Row> joining_rows();
std::vector<Row> indexing_rows();
std::vector<Row> reduction_rows();
std::vector<Row> ordering_rows();
std::vector<Row> normalizing_rows();
std::vector<Row> product_rows();
std::vector<Row> linalg_rows();
std::vector<Row> convolution_rows();
std::vector<Row> linear_rows();
std::vector<Row> loss_rows();
std::vector<Row> view_rows();
std::vector<Row> statistics_rows();

const std::vector<Row>& op_table() {
  static const std::vector<Row> table = [] {
    std::vector<Row> rows;
    for (auto part : {arithmetic_rows, pointwise_rows, activation_rows, logic_rows, shape_rows, joining_rows,
                      indexing_rows, reduction_rows, ordering_rows, normalizing_rows, product_rows, linalg_rows,
                      convolution_rows, linear_rows, loss_rows, view_rows, statistics_rows})
      for (Row& row : part()) rows.push_back(std::move(row));
    return rows;
  }();
  return table;
}

}  // namespace retrograd::tests
