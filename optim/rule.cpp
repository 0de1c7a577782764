#include "rule.h"

#include <cmath>

#include "../core/base/error.h"

namespace retrograd::optim::detail {

void require_not_negative(const char* rule, const char* field, double value) {
  if (!(value >= 0 && std::isfinite(value)))
    retrograd::detail::fail("{}: {} cannot be negative or infinite, got {}", rule, field, value);
}
void require_fraction(const char* rule, const char* field, double value) {
  if (!(value >= 0 && value < 1))
    retrograd::detail::fail("{}: {} must be from 0 to below 1, got {}", rule, field, value);
}
void require_positive(const char* rule, const char* field, double value) {
  if (!(value > 0 && std::isfinite(value)))
    retrograd::detail::fail("{}: {} must be positive, got {}", rule, field, value);
}

}  // namespace retrograd::optim::detail
