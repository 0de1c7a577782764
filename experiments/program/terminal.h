// Properties of stderr: a terminal that can redraw lines, or something that only takes text. Invariant: queries have no
// side effects; write errors are ignored, since losing progress output is no reason to abort a run. Does not depend on
// what is shown.
#pragma once
#include <string_view>

#include "frame.h"

namespace retrograd::experiments {

/// Whether stderr is a terminal that supports more than plain text (TERM is set, and not "dumb").
bool stderr_is_live();

/// The current size of the terminal, and whether to use colors (NO_COLOR is unset or empty).
Screen stderr_screen();

/// Writes to stderr at once.
void write_stderr(std::string_view text);

}  // namespace retrograd::experiments
