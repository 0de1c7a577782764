// What stderr is: a terminal that can redraw lines, or something that just takes text.
// Invariant: asking changes nothing; writing never fails loudly, since losing progress is no reason to lose a run.
// Refuses to know: what is shown.
#pragma once
#include <string_view>

#include "frame.h"

namespace retrograd::experiments {

/// Whether stderr is a terminal that understands more than plain text (TERM is set, and not "dumb").
bool stderr_is_live();

/// Size of the terminal now, and whether colors are welcome (NO_COLOR is unset or empty).
Screen stderr_screen();

/// Writes to stderr at once.
void write_stderr(std::string_view text);

}  // namespace retrograd::experiments
