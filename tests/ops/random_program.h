// Random programs: a few inputs and 5 to 40 ops on them, drawn from the whole library. Values are kept moderate and
// away from kinks while a program is drawn, so that differences can approximate its derivatives.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "op_table.h"

namespace retrograd::tests {

class RandomProgram {
 public:
  explicit RandomProgram(std::uint64_t seed);
  /// Runs the program and returns a weighted sum of all values that nothing else used.
  Tensor operator()(const Tensors& inputs) const;
  const Tensors& inputs() const { return inputs_; }
  int ops() const { return static_cast<int>(steps_.size()); }
  /// One line per op.
  std::string listing() const;

 private:
  using Run = std::function<Tensor(const Tensors& pool)>;
  struct Step {
    std::string text;
    Run run;
  };

  /// A random number below n, and a random value computed so far.
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(n))); }
  std::size_t any();
  bool try_unary();
  bool try_binary();
  bool try_shape();
  bool try_reduction();
  bool try_product();
  /// Appends the step if its value is finite, moderate and small enough.
  bool append(const std::string& text, Run run, std::initializer_list<std::size_t> operands);

  Rng rng_;
  Tensors inputs_, pool_;  // values as the program was drawn: inputs first, then one per step
  std::vector<bool> used_;
  std::vector<Step> steps_;
};

}  // namespace retrograd::tests
