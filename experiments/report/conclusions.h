// The paper's three conclusions (3.3.1 to 3.3.3), each broken down into claims that a number can decide, and compared
// with this run by pairs of cases that differ in one respect. Invariant: a verdict follows from the given summaries
// alone. A pair is compared only if both cases finished; a difference of accuracies within the noise of the test set
// decides nothing. Does not depend on the data set or on files.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../paper/summary.h"

namespace retrograd::experiments {

enum class Verdict { holds, holds_in_part, does_not_hold, undecided, not_measured };

/// A claim such as "ReLU has the higher test accuracy", the evidence of the run's pairs, and the verdict.
struct Claim {
  std::string text;
  Verdict verdict = Verdict::not_measured;
  std::string evidence;  // "3 of 4 pairs; no: 2RS against 2SS"
};

/// One section of the paper.
struct Conclusion {
  std::string title;
  std::string paper;                              // a summary of the paper's statement
  std::vector<std::vector<std::string>> numbers;  // a heading row, then one per pair; empty if nothing was measured
  std::vector<Claim> claims;
};

/// The three conclusions, evaluated on `test_images` images.
std::vector<Conclusion> reexamine(const std::vector<Summary>& summaries, std::int64_t test_images);

/// All conclusions as markdown that is also readable as plain text.
std::string conclusions_text(const std::vector<Conclusion>& conclusions);

/// "holds", "holds in part", "does not hold", "undecided" (too close in all pairs) or "not measured" (no pair).
const char* name_of(Verdict verdict);

}  // namespace retrograd::experiments
