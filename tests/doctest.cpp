// The one place that compiles doctest's implementation. Without its main: every file that has seen doctest's header
// refers to it, also those of programs with a main of their own.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
