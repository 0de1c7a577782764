// Answers for libtorch what bench_table answers for this engine: bench_table_torch --threads N, names of cases on
// stdin.
#include <cstdlib>
#include <cstring>

#include "torch_cases.h"

int main(int argc, char** argv) {
  torch::set_num_threads(argc == 3 && std::strcmp(argv[1], "--threads") == 0 ? std::atoi(argv[2]) : 1);
  bench_table::Cases cases = bench_table::torch_functions();
  for (bench_table::Timed& one : bench_table::torch_networks()) cases.push_back(std::move(one));
  bench_table::answer(cases);
}
