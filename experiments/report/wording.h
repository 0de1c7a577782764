// How numbers are written for people: short, and never wider than a column can bear.
// Invariant: pure functions of their arguments.
// Refuses to know: what a number counts.
#pragma once
#include <span>
#include <string>

namespace retrograd::experiments {

/// "0.0390"; "4.12e+09" where a diverging loss would fill the line.
std::string decimal(double value, int digits = 4);

/// "1:02:03", "2:03" or "3 s".
std::string duration(double seconds);

/// The parts with the separator between them.
std::string joined(std::span<const std::string> parts, const char* separator);

}  // namespace retrograd::experiments
