// The paper's three conclusions (3.3.1 to 3.3.3), each taken apart into claims that a number can settle, and held
// against this run: pairs of cases that differ in one respect. Invariant: a sentence follows from the summaries given
// and nothing else. A pair is compared only where both cases finished; a difference of accuracies within the noise of
// the test set settles nothing. Refuses to know: which data set this was, files.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../paper/summary.h"

namespace retrograd::experiments {

enum class Verdict { holds, holds_in_part, does_not_hold, undecided, not_measured };

/// "ReLU has the higher test accuracy", what the run's pairs say to it, and what follows.
struct Claim {
  std::string text;
  Verdict verdict = Verdict::not_measured;
  std::string evidence;  // "3 of 4 pairs; no: 2RS against 2SS"
};

/// One section of the paper.
struct Conclusion {
  std::string title;
  std::string paper;                              // the paper's words, in short
  std::vector<std::vector<std::string>> numbers;  // a heading row, then one a pair; empty where nothing was measured
  std::vector<Claim> claims;
};

/// The three conclusions, judged on `test_images` images.
std::vector<Conclusion> reexamine(const std::vector<Summary>& summaries, std::int64_t test_images);

/// All of it as markdown, which reads as plain text too.
std::string conclusions_text(const std::vector<Conclusion>& conclusions);

/// "holds", "holds in part", "does not hold", "undecided" (too close in all pairs) or "not measured" (no pair).
const char* name_of(Verdict verdict);

}  // namespace retrograd::experiments
