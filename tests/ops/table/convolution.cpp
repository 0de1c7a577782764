#include "../reference.h"

#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {

// Rows and columns of the numbers of windows, as the plain loops read them.
struct PlainWindows {
  Size2d size, stride, padding, dilation = 1;
  std::int64_t height(std::int64_t in) const {
    return (in + 2 * padding.rows - dilation.rows * (size.rows - 1) - 1) / stride.rows + 1;
  }
  std::int64_t width(std::int64_t in) const {
    return (in + 2 * padding.columns - dilation.columns * (size.columns - 1) - 1) / stride.columns + 1;
  }
};

// Calls f(i, j, h, w) for the taps of window (p, q) that lie on the image.
template <class F>
void for_each_tap(const PlainWindows& windows, std::int64_t height, std::int64_t width, std::int64_t p, std::int64_t q,
                  F f) {
  for (std::int64_t i = 0; i < windows.size.rows; ++i)
    for (std::int64_t j = 0; j < windows.size.columns; ++j) {
      const std::int64_t h = p * windows.stride.rows - windows.padding.rows + i * windows.dilation.rows;
      const std::int64_t w = q * windows.stride.columns - windows.padding.columns + j * windows.dilation.columns;
      if (h >= 0 && h < height && w >= 0 && w < width) f(i, j, h, w);
    }
}

Plain conv_of(const std::vector<Plain>& x, const Conv2dOptions& options) {
  const Index &image = x[0].shape, &filters = x[1].shape;
  const PlainWindows windows{{filters[2], filters[3]}, options.stride, options.padding, options.dilation};
  return make({image[0], filters[0], windows.height(image[2]), windows.width(image[3])}, [&](const Index& at) {
    const std::int64_t group = at[1] / (filters[0] / options.groups);
    double total = x.size() > 2 ? x[2].at({at[1]}) : 0;
    for (std::int64_t c = 0; c < filters[1]; ++c)
      for_each_tap(windows, image[2], image[3], at[2], at[3],
                   [&](std::int64_t i, std::int64_t j, std::int64_t h, std::int64_t w) {
                     total += x[1].at({at[1], c, i, j}) * x[0].at({at[0], group * filters[1] + c, h, w});
                   });
    return total;
  });
}

Row conv_row(const char* name, const Conv2dOptions& options, std::vector<Sample> samples) {
  return {name,
          [options](const Tensors& x) {
            return x.size() > 2 ? conv2d(x[0], x[1], x[2], options) : conv2d(x[0], x[1], options);
          },
          [options](const std::vector<Plain>& x) { return conv_of(x, options); }, std::move(samples)};
}

Plain with_row(const Plain& x) { return {{x.shape[0], x.shape[1], 1, x.shape[2]}, x.values}; }
Plain without_row(const Plain& x) { return {{x.shape[0], x.shape[1], x.shape[3]}, x.values}; }

Plain conv1d_of(const std::vector<Plain>& x, const Conv1dOptions& options) {
  std::vector<Plain> images = {with_row(x[0]), with_row(x[1])};
  if (x.size() > 2) images.push_back(x[2]);
  return without_row(conv_of(images, {.stride = {1, options.stride},
                                      .padding = {0, options.padding},
                                      .dilation = {1, options.dilation},
                                      .groups = options.groups}));
}

Plain unfold_of(const Plain& x, const PlainWindows& windows) {
  const std::int64_t taps = windows.size.rows * windows.size.columns, width = windows.width(x.shape[3]);
  return make({x.shape[0], x.shape[1] * taps, windows.height(x.shape[2]) * width}, [&](const Index& at) {
    double value = 0;
    for_each_tap(windows, x.shape[2], x.shape[3], at[2] / width, at[2] % width,
                 [&](std::int64_t i, std::int64_t j, std::int64_t h, std::int64_t w) {
                   if (i * windows.size.columns + j == at[1] % taps) value = x.at({at[0], at[1] / taps, h, w});
                 });
    return value;
  });
}
Plain fold_of(const Plain& columns, Size2d image, const PlainWindows& windows) {
  const std::int64_t taps = windows.size.rows * windows.size.columns, width = windows.width(image.columns);
  return make({columns.shape[0], columns.shape[1] / taps, image.rows, image.columns}, [&](const Index& at) {
    double total = 0;
    for (std::int64_t l = 0; l < columns.shape[2]; ++l)
      for_each_tap(windows, image.rows, image.columns, l / width, l % width,
                   [&](std::int64_t i, std::int64_t j, std::int64_t h, std::int64_t w) {
                     if (h == at[2] && w == at[3])
                       total += columns.at({at[0], at[1] * taps + i * windows.size.columns + j, l});
                   });
    return total;
  });
}

// Windows folded from `start` by f, then divided.
Plain pool_of(const Plain& x, const PlainWindows& windows, double start, double (*f)(double, double), double divisor) {
  return make({x.shape[0], x.shape[1], windows.height(x.shape[2]), windows.width(x.shape[3])}, [&](const Index& at) {
    double value = start;
    for_each_tap(windows, x.shape[2], x.shape[3], at[2], at[3],
                 [&](std::int64_t, std::int64_t, std::int64_t h, std::int64_t w) {
                   value = f(value, x.at({at[0], at[1], h, w}));
                 });
    return value / divisor;
  });
}
Plain max_pool_of(const Plain& x, const PlainWindows& windows) {
  return pool_of(x, windows, -std::numeric_limits<double>::infinity(), larger, 1);
}
Plain avg_pool_of(const Plain& x, const PlainWindows& windows) {
  return pool_of(x, windows, 0, plus, double(windows.size.rows * windows.size.columns));
}

Row max_row(const char* name, const PlainWindows& windows, std::vector<Sample> samples) {
  return {name,
          [windows](const Tensors& x) {
            return max_pool2d(x[0], windows.size, windows.stride, windows.padding, windows.dilation);
          },
          [windows](const std::vector<Plain>& x) { return max_pool_of(x[0], windows); }, std::move(samples)};
}
Row avg_row(const char* name, const PlainWindows& windows, std::vector<Sample> samples) {
  return {name, [windows](const Tensors& x) { return avg_pool2d(x[0], windows.size, windows.stride, windows.padding); },
          [windows](const std::vector<Plain>& x) { return avg_pool_of(x[0], windows); }, std::move(samples)};
}

void refuse_conv(Row& row, Shape x, Shape weight, Conv2dOptions options, const char* message) {
  row.refusals.push_back({[=] { conv2d(zeros(x), zeros(weight), options); }, message});
}

std::vector<Row> conv2d_rows() {
  constexpr std::int64_t kHuge = INT64_MAX;
  std::vector<Row> rows = {
      conv_row("conv2d", {},
               {{{{2, 3, 5, 4}, {4, 3, 3, 2}}},
                {{{1, 1, 1, 1}, {1, 1, 1, 1}}},
                {{{1, 2, 4, 7}, {3, 2, 1, 5}}},
                {{{3, 1, 6, 5}, {2, 1, 6, 5}}},
                {{{0, 2, 4, 4}, {3, 2, 3, 3}}},
                {{{2, 0, 4, 4}, {3, 0, 3, 3}}},
                {{{2, 2, 4, 4}, {0, 2, 3, 3}}}}),
      conv_row("conv2d(bias)", {.padding = 1},
               {{{{2, 2, 4, 3}, {3, 2, 3, 3}, {3}}},
                {{{1, 0, 2, 2}, {2, 0, 3, 3}, {2}}},
                {{{0, 1, 2, 2}, {2, 1, 3, 3}, {2}}}}),
      conv_row("conv2d(1 x 1)", {}, {{{{2, 3, 4, 5}, {4, 3, 1, 1}}}, {{{1, 3, 17, 16}, {2, 3, 1, 1}}}}),
      conv_row("conv2d(1 x 1 in groups)", {.groups = 2}, {{{{2, 4, 2, 3}, {6, 2, 1, 1}}}}),
      conv_row("conv2d(stride 2)", {.stride = 2}, {{{{2, 2, 7, 6}, {3, 2, 3, 2}}}, {{{1, 1, 5, 5}, {1, 1, 1, 1}}}}),
      conv_row("conv2d(padding 1)", {.padding = 1},
               {{{{2, 2, 4, 5}, {3, 2, 3, 3}}}, {{{1, 2, 2, 2}, {2, 2, 4, 4}}}, {{{1, 1, 0, 3}, {2, 1, 2, 3}}}}),
      conv_row("conv2d(dilation 2)", {.dilation = 2}, {{{{2, 2, 7, 6}, {3, 2, 3, 2}}}}),
      conv_row("conv2d(groups 2)", {.groups = 2}, {{{{2, 4, 4, 4}, {6, 2, 3, 3}}}}),
      conv_row("conv2d(depthwise)", {.padding = 1, .groups = 3},
               {{{{2, 3, 4, 4}, {3, 1, 3, 3}}}, {{{1, 3, 4, 4}, {6, 1, 3, 3}}}}),
      conv_row("conv2d(all at once)", {.stride = {2, 1}, .padding = {1, 2}, .dilation = {1, 2}, .groups = 2},
               {{{{2, 4, 5, 6}, {2, 2, 3, 2}, {2}}}, {{{1, 2, 3, 3}, {2, 1, 2, 3}, {2}}}}),
      conv_row("conv2d(wide padding)", {.padding = {3, 4}}, {{{{1, 1, 2, 3}, {2, 1, 2, 2}}}}),
      // Blocks of several images, and enough work for several threads.
      conv_row("conv2d(many images)", {.padding = 1}, {{{{70, 3, 5, 5}, {16, 3, 3, 3}, {16}}}}),
  };
  Row& row = rows[0];
  refuse_conv(row, {1, 3, 8, 8}, {4, 2, 3, 3}, {},
              "conv2d: the 3 channels of x (1, 3, 8, 8) in groups = 1 do not fit the 2 of weight (4, 2, 3, 3)");
  refuse_conv(row, {1, 3, 8, 8}, {4, 1, 3, 3}, {.groups = 2},
              "conv2d: the 3 channels of x (1, 3, 8, 8) in groups = 2 do not fit the 1 of weight (4, 1, 3, 3)");
  refuse_conv(row, {1, 4, 8, 8}, {3, 2, 3, 3}, {.groups = 2},
              "conv2d: groups = 2 do not divide the 3 filters of weight (3, 2, 3, 3)");
  refuse_conv(row, {1, 4, 8, 8}, {4, 4, 3, 3}, {.groups = 0}, "conv2d: groups must be at least 1, got 0");
  refuse_conv(row, {1, 4, 8, 8}, {4, 4, 3, 3}, {.groups = INT64_MIN}, "conv2d: groups must be at least 1, got -92233");
  refuse_conv(row, {1, 1, 4, 2}, {1, 1, 3, 3}, {},
              "conv2d: a window (3, 3) with dilation (1, 1) is larger than (1, 1, 4, 2) with padding (0, 0)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = {1, 2}},
              "conv2d: a window (3, 3) with dilation (1, 2) is larger than (1, 1, 4, 4) with padding (0, 0)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 0, 3}, {}, "conv2d: a window's size must be at least 1, got (0, 3)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.stride = {1, 0}}, "conv2d: the stride must be at least 1, got (1, 0)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = INT64_MIN}, "conv2d: the dilation must be at least 1, got");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = kHuge}, "conv2d: the dilation may be up to 2147483647");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = INT32_MAX}, "is larger than (1, 1, 4, 4)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.padding = -1}, "conv2d: the padding must be at least 0, got (-1, -1)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.padding = kHuge}, "conv2d: the padding may be up to 2147483647");
  refuse_conv(row, {0, 1, 4, 4}, {1, 1, 3, 3}, {.padding = INT32_MAX},
              "conv2d: (0, 1, 4, 4) with padding (2147483647, 2147483647) has more windows than 64 bits count");
  refuse_conv(row, {0, 1, 4, INT64_MAX / 4}, {1, 1, 3, 3}, {}, "conv2d: the sides of images may be up to 2147483647");
  refuse_conv(row, {1, 4, 4}, {1, 1, 3, 3}, {},
              "conv2d: takes x (N, C, H, W) and weight (O, C/groups, KH, KW), got (1, 4, 4) and (1, 1, 3, 3)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 3, 3}, {}, "got (1, 1, 4, 4) and (1, 3, 3)");
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}), zeros({2, 1, 3, 3}), zeros({3}));
                          },
                          "conv2d: bias (3,) does not fit weight (2, 1, 3, 3), which has 2 filters"});
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}), zeros({2, 1, 3, 3}, float64));
                          },
                          "conv2d: dtypes differ: x float32, weight float64; astype converts"});
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}), zeros({2, 1, 3, 3}), zeros({2}, float64));
                          },
                          "conv2d: dtypes differ: x float32, weight float32, bias float64"});
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}, int64), zeros({2, 1, 3, 3}, int64));
                          },
                          "conv2d: takes float32 or float64, got int64"});
  row.refusals.push_back({[] { conv2d(zeros({1, 1, 4, 4}), Tensor()); }, "handle is empty"});
  row.refusals.push_back({[] { conv2d(zeros({1, 1, 4, 4}), zeros({2, 1, 3, 3}), Tensor()); }, "handle is empty"});
  return rows;
}

Row conv1d_row(const char* name, const Conv1dOptions& options, std::vector<Sample> samples) {
  return {name,
          [options](const Tensors& x) {
            return x.size() > 2 ? conv1d(x[0], x[1], x[2], options) : conv1d(x[0], x[1], options);
          },
          [options](const std::vector<Plain>& x) { return conv1d_of(x, options); }, std::move(samples)};
}

std::vector<Row> conv1d_rows() {
  std::vector<Row> rows = {
      conv1d_row("conv1d", {},
                 {{{{2, 3, 7}, {4, 3, 3}}},
                  {{{1, 1, 1}, {1, 1, 1}}},
                  {{{2, 2, 5}, {3, 2, 2}, {3}}},
                  {{{0, 2, 5}, {3, 2, 2}}}}),
      conv1d_row("conv1d(all at once)", {.stride = 2, .padding = 2, .dilation = 3, .groups = 2},
                 {{{{2, 4, 9}, {6, 2, 3}}}, {{{1, 2, 6}, {2, 1, 3}, {2}}}}),
  };
  rows[0].refusals = {{[] {
                         conv1d(zeros({1, 2, 3}), zeros({1, 2, 4}));
                       },
                       "conv1d: a window 4 with dilation 1 is larger than (1, 2, 3) with padding 0"},
                      {[] {
                         conv1d(zeros({1, 2, 3}), zeros({1, 2, 2}), {.stride = 0});
                       },
                       "conv1d: the stride must be at least 1, got 0"},
                      {[] {
                         conv1d(zeros({1, 1, 3, 3}), zeros({1, 1, 2, 2}));
                       },
                       "conv1d: takes x (N, C, L) and weight (O, C/groups, K), got (1, 1, 3, 3) and (1, 1, 2, 2)"},
                      {[] {
                         conv1d(zeros({1, 2, 3}), zeros({1, 1, 2}));
                       },
                       "conv1d: the 2 channels of x (1, 2, 3) in groups = 1 do not fit the 1 of weight (1, 1, 2)"},
                      {[] {
                         conv1d(zeros({1, 2, 3}), zeros({1, 2, 2}), zeros({1, 1}));
                       },
                       "conv1d: bias (1, 1) does not fit weight (1, 2, 2)"},
                      {[] {
                         conv1d(zeros({1, 2, 3}), zeros({1, 2, 2}, float64));
                       },
                       "conv1d: dtypes differ"}};
  return rows;
}

Row unfold_row(const char* name, Size2d size, const UnfoldOptions& options, std::vector<Sample> samples) {
  const PlainWindows windows{size, options.stride, options.padding, options.dilation};
  return {name, [=](const Tensors& x) { return unfold(x[0], size, options); },
          [=](const std::vector<Plain>& x) { return unfold_of(x[0], windows); }, std::move(samples)};
}
Row fold_row(const char* name, Size2d image, Size2d size, const UnfoldOptions& options, std::vector<Sample> samples) {
  const PlainWindows windows{size, options.stride, options.padding, options.dilation};
  return {name, [=](const Tensors& x) { return fold(x[0], image, size, options); },
          [=](const std::vector<Plain>& x) { return fold_of(x[0], image, windows); }, std::move(samples)};
}

std::vector<Row> unfold_rows() {
  std::vector<Row> rows = {
      unfold_row("unfold", {3, 2}, {}, {{{{2, 3, 5, 4}}}, {{{1, 1, 3, 2}}}, {{{0, 2, 3, 3}}}, {{{2, 0, 3, 3}}}}),
      unfold_row("unfold(padding 1)", 3, {.padding = 1}, {{{{2, 2, 4, 5}}}, {{{1, 1, 1, 1}}}, {{{1, 2, 0, 3}}}}),
      unfold_row("unfold(all at once)", {2, 3}, {.stride = {2, 3}, .padding = {1, 2}, .dilation = {3, 1}},
                 {{{{2, 2, 5, 7}}}}),
      fold_row("fold", {5, 4}, {3, 2}, {}, {{{{2, 12, 9}}}, {{{0, 6, 9}}}, {{{2, 0, 9}}}}),
      fold_row("fold(padding 1)", {4, 5}, 3, {.padding = 1}, {{{{2, 18, 20}}}}),
      fold_row("fold(no rows)", {0, 2}, {2, 1}, {.padding = {1, 0}}, {{{{1, 2, 2}}}}),
      fold_row("fold(all at once)", {5, 7}, {2, 3}, {.stride = {2, 3}, .padding = {1, 2}, .dilation = {3, 1}},
               {{{{2, 6, 6}}}}),
  };
  rows[0].refusals = {{[] {
                         unfold(zeros({1, 3, 3}), 2);
                       },
                       "unfold: takes images (N, C, H, W), got (1, 3, 3)"},
                      {[] {
                         unfold(zeros({1, 1, 3, 3}), 4);
                       },
                       "unfold: a window (4, 4) with dilation (1, 1) is larger than (1, 1, 3, 3)"},
                      {[] {
                         unfold(zeros({1, 1, 3, 3}, int64), 2);
                       },
                       "unfold: takes float32 or float64, got int64"},
                      {[] {
                         unfold(zeros({1, 1, 3, 3}), 2, {.padding = INT64_MIN});
                       },
                       "unfold: the padding must be at least 0"},
                      {[] {
                         unfold(zeros({0, INT32_MAX, 1, 1}), INT32_MAX, {.padding = INT32_MAX});
                       },
                       "make more rows than 64 bits count"}};
  rows[3].refusals = {{[] {
                         fold(zeros({1, 4}), 3, 2);
                       },
                       "fold: takes columns (N, C·KH·KW, L), got (1, 4)"},
                      {[] {
                         fold(zeros({1, 5, 4}), 3, 2);
                       },
                       "fold: the rows of (1, 5, 4) are no multiple of the window (2, 2)"},
                      {[] {
                         fold(zeros({1, 8, 5}), 3, 2);
                       },
                       "fold: (1, 8, 5) has 5 columns, images (3, 3) have 4 windows"},
                      {[] {
                         fold(zeros({1, 8, 4}), -3, 2);
                       },
                       "fold: the sides of images can't be negative, got (-3, -3)"},
                      {[] {
                         fold(zeros({1, 8, 4}, uint8), 3, 2);
                       },
                       "fold: takes float32 or float64, got uint8"}};
  return rows;
}

std::vector<Row> pool_rows() {
  std::vector<Row> rows = {
      {"max_pool2d",
       [](const Tensors& x) { return max_pool2d(x[0], 2); },
       [](const std::vector<Plain>& x) {
         return max_pool_of(x[0], {2, 2, 0});
       },
       {{{{2, 3, 4, 6}}}, {{{1, 1, 5, 3}}}, {{{1, 1, 2, 2}}}, {{{0, 2, 4, 4}}}, {{{2, 0, 4, 4}}}}},
      max_row("max_pool2d(padding)", {3, 2, 1}, {{{{2, 2, 5, 6}}}, {{{1, 1, 1, 2}}}}),
      max_row("max_pool2d(all at once)", {{3, 2}, {1, 2}, {1, 0}, {2, 3}}, {{{{2, 2, 6, 7}}}}),
      {"avg_pool2d",
       [](const Tensors& x) { return avg_pool2d(x[0], 2); },
       [](const std::vector<Plain>& x) {
         return avg_pool_of(x[0], {2, 2, 0});
       },
       {{{{2, 3, 4, 6}}}, {{{1, 1, 5, 3}}}, {{{1, 1, 2, 2}}}, {{{0, 2, 4, 4}}}, {{{2, 0, 4, 4}}}}},
      avg_row("avg_pool2d(padding)", {3, 2, 1}, {{{{2, 2, 5, 6}}}, {{{1, 1, 1, 2}}}}),
      avg_row("avg_pool2d(all at once)", {{3, 2}, {1, 3}, {1, 0}}, {{{{2, 2, 6, 7}}}}),
      {"max_pool1d",
       [](const Tensors& x) { return max_pool1d(x[0], 3, 2, 1, 2); },
       [](const std::vector<Plain>& x) {
         return without_row(max_pool_of(with_row(x[0]), {{1, 3}, {1, 2}, {0, 1}, {1, 2}}));
       },
       {{{{2, 3, 9}}}, {{{0, 3, 9}}}}},
      {"avg_pool1d",
       [](const Tensors& x) { return avg_pool1d(x[0], 3, 2, 1); },
       [](const std::vector<Plain>& x) {
         return without_row(avg_pool_of(with_row(x[0]), {{1, 3}, {1, 2}, {0, 1}}));
       },
       {{{{2, 3, 9}}}, {{{0, 3, 9}}}}},
  };
  rows[0].order = 3;  // so that the derivative of its second derivative is called
  rows[0].refusals = {{[] {
                         max_pool2d(zeros({1, 3, 3}), 2);
                       },
                       "max_pool2d: takes x (N, C, H, W), got (1, 3, 3)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), {2, 4});
                       },
                       "max_pool2d: a window (2, 4) with dilation (1, 1) is larger than (1, 1, 3, 3)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), 2, 0);
                       },
                       "max_pool2d: the stride must be at least 1, got (0, 0)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), INT64_MIN);
                       },
                       "max_pool2d: a window's size must be at least 1"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), 2, 1, 0, 0);
                       },
                       "max_pool2d: the dilation must be at least 1, got (0, 0)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 9, 9}), 3, 1, 2);
                       },
                       "max_pool2d: padding 2 is more than half the window, 3"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}, int64), 2);
                       },
                       "max_pool2d: takes float32 or float64, got int64"}};
  rows[3].refusals = {{[] {
                         avg_pool2d(zeros({3, 3}), 2);
                       },
                       "avg_pool2d: takes x (N, C, H, W), got (3, 3)"},
                      {[] {
                         avg_pool2d(zeros({1, 1, 3, 3}), 2, 1, -1);
                       },
                       "avg_pool2d: the padding must be at least 0, got (-1, -1)"},
                      {[] {
                         avg_pool2d(zeros({1, 1, 3, 3}, uint8), 2);
                       },
                       "avg_pool2d: takes float32 or float64, got uint8"}};
  rows[6].refusals = {{[] {
                         max_pool1d(zeros({1, 1, 3}), 4);
                       },
                       "max_pool1d: a window 4 with dilation 1 is larger than (1, 1, 3) with padding 0"},
                      {[] {
                         max_pool1d(zeros({1, 1, 3, 3}), 2);
                       },
                       "max_pool1d: takes x (N, C, L), got (1, 1, 3, 3)"}};
  rows[7].refusals = {{[] {
                         avg_pool1d(zeros({1, 1, 3}), 2, -1);
                       },
                       "avg_pool1d: the stride must be at least 1, got -1"}};
  return rows;
}

}  // namespace

std::vector<Row> convolution_rows() {
  std::vector<Row> rows;
  for (auto part : {conv2d_rows, conv1d_rows, unfold_rows, pool_rows})
    for (Row& row : part()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
