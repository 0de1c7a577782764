#include "outcome.h"

#include <algorithm>

namespace retrograd::experiments {

std::size_t Outcome::best_epoch() const {
  const std::vector<double>& accuracy = curves.test_accuracy;
  return static_cast<std::size_t>(std::max_element(accuracy.begin(), accuracy.end()) - accuracy.begin()) + 1;
}

}  // namespace retrograd::experiments
