// The op table in numbers, and on request what each refused call is told.
#include <cstring>
#include <set>

#include "op_table.h"

namespace retrograd::tests {

namespace {

std::string message_of(const Refusal& refusal) {
  try {
    refusal.call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

void print_refusals() {
  for (const Row& row : op_table())
    for (const Refusal& refusal : row.refusals) fmt::print("{}\n", message_of(refusal));
}

void print_numbers() {
  std::set<std::string> ops;
  std::size_t samples = 0, refusals = 0, special = 0, orders[4] = {};
  for (const Row& row : op_table()) {
    ops.insert(row.name.substr(0, row.name.find('(')));
    samples += row.samples.size();
    refusals += row.refusals.size();
    special += row.elementwise != nullptr;
    ++orders[row.order];
  }
  fmt::print(
      "{} ops in {} rows with {} samples and {} refused calls\n"
      "derivatives: {} rows to third order, {} to second, {} to first, {} without\n"
      "{} rows tried on special values at every lane; {} overrides held against their compositions\n",
      ops.size(), op_table().size(), samples, refusals, orders[3], orders[2], orders[1], orders[0], special,
      overrides::all().size());
}

}  // namespace

}  // namespace retrograd::tests

int main(int argc, char** argv) {
  if (argc == 2 && !std::strcmp(argv[1], "--refusals")) {
    retrograd::tests::print_refusals();
  } else if (argc == 1) {
    retrograd::tests::print_numbers();
  } else {
    fmt::print(stderr, "usage: op_table [--refusals]\n");
    return 2;
  }
}
