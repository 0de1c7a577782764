// One function of the accuracy table: how the library computes it, what it is to any number of bits, where it is
// defined, and what its error may be where that is not the goal of all.
#pragma once
#include <retrograd/retrograd.h>

#include <array>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "real.h"

inline constexpr int kOrders = 3;  // the value, and the first and second derivative

/// Where a function or a derivative has a root that its terms only reach by cancelling, its error counts in units of
/// the terms' size.
struct Root {
  int order;
  double low, high;  // the stretch of x around the root
  double scale;      // errors there count in ulps of this number
};

/// Where a function is measured, and by what measure.
struct Measure {
  double low = -std::numeric_limits<double>::infinity();  // the domain of x, its ends included
  double high = std::numeric_limits<double>::infinity();
  std::vector<double> points = {};   // branch points and others where it may fail
  std::vector<double> kinks = {};    // where derivatives are a convention
  bool has_second_argument = false;  // y is drawn as well, else it is not looked at
  int orders = kOrders;              // how many of value, first and second derivative count
  int cost = 1;                      // so many times fewer random points
  std::vector<Root> roots = {};
  std::array<double, kOrders> limit = {2, 4, 8};  // ulps
  std::string reason = {};                        // of a limit above the goal
};

struct Function {
  std::string name;
  std::function<retrograd::Tensor(const retrograd::Tensor& x, const retrograd::Tensor& y)> ours;
  std::function<Real(const Real& x, const Real& y)> exact;
  Measure by;
};

/// All of them.
std::span<const Function> all_functions();
