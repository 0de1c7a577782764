// gnuplot as a child process: a script goes in, an SVG comes out.
// Invariant: the user's own gnuplot settings play no part, so the same script gives the same picture.
// Refuses to know: what is drawn.
#pragma once
#include <stdexcept>
#include <string>

namespace retrograd::experiments {

/// gnuplot did not draw a script.
struct GnuplotError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// It is not there, or cannot be run at all; the message says what to install.
struct GnuplotMissing : GnuplotError {
  using GnuplotError::GnuplotError;
};

/// GnuplotMissing unless gnuplot can be run.
void require_gnuplot();

/// What gnuplot writes to its stdout for this script. GnuplotError with its own message where it fails.
std::string run_gnuplot(const std::string& script);

}  // namespace retrograd::experiments
