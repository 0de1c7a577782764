// How numbers are written for people: short, and never wider than a column can bear.
// Invariant: pure functions of the number.
// Refuses to know: what the number counts.
#pragma once
#include <string>

namespace retrograd::experiments {

/// "0.0390"; "4.12e+09" where a diverging loss would fill the line.
std::string decimal(double value, int digits = 4);

/// "1:02:03", "2:03" or "3 s".
std::string duration(double seconds);

}  // namespace retrograd::experiments
