#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

namespace {

// What b broadcasts to is x's shape: x is written.
const std::vector<Sample> kInPlaceSamples = {{{{}, {}}},        {{{3}, {3}}},     {{{4, 5}, {5}}}, {{{4, 5}, {4, 1}}},
                                             {{{2, 3, 4}, {}}}, {{{1, 17}, {1}}}, {{{0, 3}, {3}}}, {{{4, 5}, {4, 5}}}};

// A fresh tensor that becomes a by one operator and meets b by another.
Row in_place(const char* name, Tensor& (*op)(Tensor&, const Operand&), double (*f)(double, double),
             std::vector<Sample> samples = kInPlaceSamples) {
  const std::string label = name;
  return {label,
          [op](const Tensors& x) {
            Tensor t = zeros(x[0].shape(), x[0].dtype());
            t += x[0];
            return op(t, x[1]);
          },
          both(f),
          std::move(samples),
          {{[op] {
              Tensor t = zeros({3});
              op(t, zeros({2, 3}));
            },
            label + ": (2, 3) does not broadcast to (3,)"},
           {[op] {
              Tensor t = zeros({2});
              op(t, zeros({2}, float64));
            },
            label + ": dtypes differ: float32 and float64"},
           {[op] {
              Tensor t = zeros({2}, int64);
              op(t, 0.5);
            },
            label + ": 0.5 does not fit the dtype int64"},
           {[op] {
              Tensor t = zeros({2}, uint8);
              op(t, 1);
            },
            label + ": does not support uint8"},
           {[op] {
              Tensor t;
              op(t, 1);
            },
            "handle is empty"}}};
}

Row rounded(const char* name, Tensor (*op)(const Tensor&), double (*f)(double)) {
  Row row = unary(name, op, f);
  row.order = 0;
  return row;
}

// x to a power that is a number.
Row power(double exponent, std::vector<Sample> samples, double (*f)(double)) {
  Row row = {fmt::format("pow({})", exponent), [exponent](const Tensors& x) { return pow(x[0], exponent); }, each(f),
             std::move(samples)};
  row.elementwise = f;
  row.order = 3;
  return row;
}

void append_powers(std::vector<Row>& rows) {
  const auto positive = within(0.5, 2.5);
  rows.push_back(smooth("sqrt", sqrt, std::sqrt, positive));
  rows.push_back(smooth(
      "rsqrt", rsqrt, [](double x) { return 1 / std::sqrt(x); }, positive));
  rows.push_back(power(0, kUnarySamples, [](double) { return 1.0; }));
  rows.push_back(power(1, kUnarySamples, [](double x) { return x; }));
  rows.push_back(power(2, kUnarySamples, [](double x) { return x * x; }));
  rows.push_back(power(3, kUnarySamples, [](double x) { return std::pow(x, 3); }));
  rows.push_back(power(4, kUnarySamples, [](double x) { return std::pow(x, 4); }));
  rows.push_back(power(-1, within(-3, -0.5), [](double x) { return 1 / x; }));
  rows.push_back(power(-2, within(-3, -0.5), [](double x) { return std::pow(x, -2); }));
  rows.push_back(power(0.5, positive, [](double x) { return std::pow(x, 0.5); }));
  rows.push_back(power(2.5, positive, [](double x) { return std::pow(x, 2.5); }));
  rows.push_back(binary("pow", pow, std::pow, within(0.5, 2, kBinarySamples)));
  Row row = {"pow(number base)", [](const Tensors& x) { return pow(1.75, x[0]); },
             each([](double x) { return std::pow(1.75, x); }), kUnarySamples};
  row.order = 3;
  rows.push_back(row);
  row = {"pow(negative base)",
         [](const Tensors& x) {
           return pow(x[0], tensor({3.0, -2.0, 0.0, 1.0, 2.0}, x[0].dtype()));
         },
         [](const std::vector<Plain>& x) {
           constexpr double kExponents[] = {3, -2, 0, 1, 2};
           return make(x[0].shape, [&](const Index& i) { return std::pow(x[0].at(i), kExponents[i.back()]); });
         },
         within(-2, -0.5, {{{{5}}}, {{{4, 5}}}, {{{0, 5}}}})};
  row.order = 3;
  rows.push_back(row);
}

void append_rounding(std::vector<Row>& rows) {
  rows.push_back(rounded("floor", floor, std::floor));
  rows.push_back(rounded("ceil", ceil, std::ceil));
  rows.push_back(rounded("round", round, std::nearbyint));
  rows.push_back(rounded("trunc", trunc, std::trunc));
  Row row = binary("fmod", fmod, std::fmod, within(0.3, 4, kBinarySamples));
  row.twice = false;  // fmod(x, x) stands where it jumps
  rows.push_back(row);
  row = {"fmod(negative)", [](const Tensors& x) { return fmod(-x[0], x[1]); },
         both([](double a, double b) { return std::fmod(-a, b); }), within(0.3, 4, kBinarySamples)};
  row.twice = false;
  rows.push_back(row);
  row = {"clip(numbers)",
         [](const Tensors& x) { return clip(x[0], -0.5, 1); },
         each([](double x) { return x < -0.5 ? -0.5
                                    : x > 1  ? 1
                                             : x; }),
         kUnarySamples,
         {{[] { clip(zeros({2}), 2, -1.5); }, "clip: low 2 is greater than high -1.5"},
          {[] {
             clip(zeros({2, 3}), zeros({4}), 1);
           },
           "clip: shapes do not broadcast: (2, 3) and (4,)"},
          {[] { clip(zeros({2}), 0, ones({2}, float64)); }, "clip: dtypes differ: float32 and float64"},
          {[] { clip(zeros({2}, int64), 0, 0.5); }, "clip: 0.5 does not fit the dtype int64"},
          {[] { clip(zeros({2}, uint8), 0, 1); }, "clip: does not support uint8"},
          {[] { clip(Tensor(), 0, 1); }, "handle is empty"}},
         [](double x) { return x < -0.5 ? -0.5
                               : x > 1  ? 1
                                        : x; }};
  rows.push_back(row);
  row = {"clip(tensors)",  // also where low > high
         [](const Tensors& x) { return clip(x[0], x[1], x[2]); },
         [](const std::vector<Plain>& x) {
           return make(broadcast(broadcast(x[0].shape, x[1].shape), x[2].shape), [&](const Index& i) {
             const double v = larger(at_broadcast(x[0], i), at_broadcast(x[1], i)), high = at_broadcast(x[2], i);
             return v > high ? high : v;
           });
         },
         {{{{}, {}, {}}},
          {{{7}, {7}, {7}}},
          {{{4, 5}, {5}, {4, 1}}},
          {{{5}, {4, 5}, {}}},
          {{{}, {2, 3}, {2, 1, 1}}},
          {{{0, 3}, {3}, {}}}}};
  rows.push_back(row);
}

void append_in_place(std::vector<Row>& rows) {
  rows.push_back(in_place("+=", operator+=, plus));
  rows.push_back(in_place("-=", operator-=, [](double a, double b) { return a - b; }));
  rows.push_back(in_place("*=", operator*=, [](double a, double b) { return a * b; }));
  rows.push_back(in_place(
      "/=", operator/=, [](double a, double b) { return a / b; }, within(0.5, 2, kInPlaceSamples)));
  rows.back().refusals.push_back({[] {
                                    Tensor t = ones({2}, int64);
                                    t /= 2;
                                  },
                                  "/=: does not support int64"});
  rows.push_back({"in place(chain)",
                  [](const Tensors& x) {
                    Tensor t = ones(x[0].shape(), x[0].dtype());
                    t *= x[0];  // a constant times a variable
                    t += x[1];
                    t *= t;
                    t /= x[1];
                    t -= x[0];
                    t *= 2;
                    t /= x[1] + 3;
                    return t;
                  },
                  both([](double a, double b) {
                    const double t = 2 * ((a + b) * (a + b) / b - a);
                    return t / (b + 3);
                  }),
                  within(0.5, 2, kInPlaceSamples)});
}

}  // namespace

std::vector<Row> arithmetic_rows() {
  std::vector<Row> rows = {
      binary("add", add, plus),
      binary("sub", sub, [](double a, double b) { return a - b; }),
      binary("mul", mul, [](double a, double b) { return a * b; }),
      binary(
          "div", div, [](double a, double b) { return a / b; }, within(0.5, 2, kBinarySamples)),
      binary("maximum", maximum, larger),
      binary("minimum", minimum, [](double a, double b) { return a < b ? a : b; }),
      smooth("neg", neg, [](double x) { return -x; }),
      smooth("square", square, [](double x) { return x * x; }),
      smooth(
          "reciprocal", reciprocal, [](double x) { return 1 / x; }, within(-3, -0.5)),
      unary("abs", abs, std::fabs),
      unary("sign", sign, [](double x) { return x > 0   ? 1
                                                : x < 0 ? -1
                                                        : x; }),
  };
  for (Row& row : rows) {
    if (row.name == "sign") row.order = 0;
    if (row.name != "maximum" && row.name != "minimum") continue;
    row.samples.push_back({{{3, 4}, {3, 4}}, 1, 1, true});
    row.twice = false;
  }
  append_powers(rows);
  append_rounding(rows);
  append_in_place(rows);
  return rows;
}

}  // namespace retrograd::tests
