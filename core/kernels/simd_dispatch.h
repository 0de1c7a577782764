// RETROGRAD_DISPATCH for files that still write Highway's ceremony themselves; see targets-inl.h.
#include "targets-inl.h"
