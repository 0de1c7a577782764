#include "program/program.h"

int main(int argc, char** argv) { return retrograd::experiments::run_program(argc, argv); }
