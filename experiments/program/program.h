// The program `experiments`, from its arguments to its exit code.
// Invariant: 0 all well; 1 a case failed, or a result could not be written or drawn; 2 a mistake on the command line,
// before any training; 3 data missing or damaged; 130 interrupted, with what was finished on disk. Results go to
// stdout, all else to stderr. Refuses to know: how each part does its work.
#pragma once

namespace retrograd::experiments {

/// Runs it; the exit code.
int run_program(int argc, const char* const* argv);

}  // namespace retrograd::experiments
