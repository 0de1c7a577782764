// foreign_program COMMAND PATH...: called by the checks of tests/foreign/run.
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include "commands.h"

namespace {

struct Command {
  std::string_view name;
  void (*run)(retrograd::tests::Paths);
};
constexpr Command kCommands[] = {
    {"copy_npy", retrograd::tests::copy_npy},           {"read_network", retrograd::tests::read_network},
    {"write_network", retrograd::tests::write_network}, {"write_onnx", retrograd::tests::write_onnx},
    {"write_tensors", retrograd::tests::write_tensors},
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  for (const Command& command : kCommands)
    if (command.name == name) try {
        command.run(std::vector<std::filesystem::path>(argv + 2, argv + argc));
        return 0;
      } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
      }
  fmt::print(stderr, "usage: foreign_program COMMAND PATH..., where COMMAND is one of\n");
  for (const Command& command : kCommands) fmt::print(stderr, "  {}\n", command.name);
  return 2;
}
