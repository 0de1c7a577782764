// Formats numbers for humans: short, and of bounded width. Invariant: pure functions of their arguments. Does not
// depend on what a number means.
#pragma once
#include <span>
#include <string>

namespace retrograd::experiments {

/// "0.0390"; "4.12e+09" where a diverging loss would fill the line.
std::string decimal(double value, int digits = 4);

/// "1:02:03", "2:03" or "3 s".
std::string duration(double seconds);

/// The parts, joined by the separator.
std::string joined(std::span<const std::string> parts, const char* separator);

}  // namespace retrograd::experiments
