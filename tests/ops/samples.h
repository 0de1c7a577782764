// Walks every sample of every row of the op table. Does not depend on what is tested on them.
#pragma once
#include <doctest/doctest.h>

#include <string>

#include "op_table.h"

namespace retrograd::tests {

/// Calls f(row, sample) for each; a failure then shows the row's name and the sample's shapes.
template <class F>
void for_each_sample(F f) {
  for (const Row& row : op_table()) {
    CAPTURE(row.name);
    for (const Sample& sample : row.samples) {
      std::string shapes;
      for (const Shape& shape : sample.shapes) shapes += to_string(shape) + " ";
      CAPTURE(shapes);
      f(row, sample);
    }
  }
}

}  // namespace retrograd::tests
