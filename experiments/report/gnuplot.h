// Runs gnuplot as a child process: a script goes in, an SVG comes out. Invariant: the user's gnuplot settings are
// ignored, so the same script produces the same picture. Does not depend on what is drawn.
#pragma once
#include <stdexcept>
#include <string>

namespace retrograd::experiments {

/// gnuplot failed to draw a script.
struct GnuplotError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// gnuplot is not installed or cannot be run; the message says what to install.
struct GnuplotMissing : GnuplotError {
  using GnuplotError::GnuplotError;
};

/// GnuplotMissing unless gnuplot can be run.
void require_gnuplot();

/// The stdout of gnuplot for this script. GnuplotError with gnuplot's message on failure.
std::string run_gnuplot(const std::string& script);

}  // namespace retrograd::experiments
