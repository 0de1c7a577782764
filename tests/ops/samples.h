// Walks every sample of every row of the op table. Knows nothing of what is tried on them.
#pragma once
#include <doctest/doctest.h>

#include <string>

#include "op_table.h"

namespace retrograd::tests {

/// Calls f(row, sample) for each, whose name and shapes a failure then shows.
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
