// The program `experiments`, from its arguments to its exit code. Invariant: 0 success; 1 a case failed, or a result
// could not be written or drawn; 2 a mistake on the command line, before any training; 3 data missing or damaged; 130
// interrupted, with the finished results on disk. Results go to stdout, everything else to stderr.
#pragma once

namespace retrograd::experiments {

/// Runs the program and returns its exit code.
int run_program(int argc, const char* const* argv);

}  // namespace retrograd::experiments
