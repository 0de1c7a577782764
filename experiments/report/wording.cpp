#include "wording.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace retrograd::experiments {

std::string decimal(double value, int digits) {
  if (std::abs(value) < 1e5) return fmt::format("{:.{}f}", value, digits);
  return fmt::format("{:.2e}", value);
}

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(std::clamp(seconds, 0.0, 1e9)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string joined(std::span<const std::string> parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) text += (&part == parts.data() ? "" : separator) + part;
  return text;
}

}  // namespace retrograd::experiments
