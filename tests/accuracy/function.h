// One function of the accuracy table: how the library computes it, its exact value to any number of bits, its domain,
// and its error limits where they differ from the common goal.
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

/// Near a root of a function or derivative that results from cancellation of its terms, errors are measured relative to
/// the size of the terms.
struct Root {
  int order;
  double low, high;  // the range of x around the root
  double scale;      // errors there count in ulps of this number
};

/// Where and how a function is measured.
struct Measure {
  double low = -std::numeric_limits<double>::infinity();  // the domain of x, including its ends
  double high = std::numeric_limits<double>::infinity();
  std::vector<double> points = {};   // branch points and other points where it may fail
  std::vector<double> kinks = {};    // points where derivatives are a convention
  bool has_second_argument = false;  // whether y is drawn as well; otherwise it is unused
  int orders = kOrders;              // how many of value, first and second derivative are measured
  int cost = 1;                      // divides the number of random points
  std::vector<Root> roots = {};
  std::array<double, kOrders> limit = {2, 4, 8};  // ulps
  std::string reason = {};                        // for a limit above the goal
};

struct Function {
  std::string name;
  std::function<retrograd::Tensor(const retrograd::Tensor& x, const retrograd::Tensor& y)> ours;
  std::function<Real(const Real& x, const Real& y)> exact;
  Measure by;
};

/// All functions.
std::span<const Function> all_functions();
