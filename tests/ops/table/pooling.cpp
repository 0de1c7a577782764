#include <limits>

#include "windows.h"

namespace retrograd::tests {

namespace {

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
            return max_pool2d(x[0], windows.size,
                              {.stride = windows.stride, .padding = windows.padding, .dilation = windows.dilation});
          },
          [windows](const std::vector<Plain>& x) { return max_pool_of(x[0], windows); }, std::move(samples)};
}
Row avg_row(const char* name, const PlainWindows& windows, std::vector<Sample> samples) {
  return {name,
          [windows](const Tensors& x) {
            return avg_pool2d(x[0], windows.size,
                              {.stride = windows.stride, .padding = windows.padding, .dilation = windows.dilation});
          },
          [windows](const std::vector<Plain>& x) { return avg_pool_of(x[0], windows); }, std::move(samples)};
}

// The mean from ⌊i · in / out⌋ to before ⌈(i + 1) · in / out⌉ along either axis.
Plain adaptive_of(const Plain& x, Size2d size) {
  return make({x.shape[0], x.shape[1], size.rows, size.columns}, [&](const Index& at) {
    const auto begin = [](std::int64_t i, std::int64_t in, std::int64_t out) { return i * in / out; };
    const auto end = [](std::int64_t i, std::int64_t in, std::int64_t out) { return ((i + 1) * in + out - 1) / out; };
    const std::int64_t height = x.shape[2], width = x.shape[3];
    double total = 0, elements = 0;
    for (std::int64_t h = begin(at[2], height, size.rows); h < end(at[2], height, size.rows); ++h)
      for (std::int64_t w = begin(at[3], width, size.columns); w < end(at[3], width, size.columns); ++w, ++elements)
        total += x.at({at[0], at[1], h, w});
    return total / elements;
  });
}
Row adaptive_row(const char* name, Size2d size, std::vector<Sample> samples) {
  return {name, [size](const Tensors& x) { return adaptive_avg_pool2d(x[0], size); },
          [size](const std::vector<Plain>& x) { return adaptive_of(x[0], size); }, std::move(samples)};
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
      unfold_row("unfold(padding 1)", 3, {.padding = 1}, {{{{2, 2, 4, 5}}}, {{{1, 1, 1, 1}}}, {{{1, 2, 1, 3}}}}),
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
                       "unfold: expects images (N, C, H, W), got (1, 3, 3)"},
                      {[] {
                         unfold(zeros({1, 1, 3, 3}), 4);
                       },
                       "unfold: a window (4, 4) with dilation (1, 1) is larger than (1, 1, 3, 3)"},
                      {[] {
                         unfold(zeros({1, 1, 3, 3}, int64), 2);
                       },
                       "unfold: expects float32 or float64, got int64"},
                      {[] {
                         unfold(zeros({1, 1, 3, 3}), 2, {.padding = INT64_MIN});
                       },
                       "unfold: the padding must be at least 0"},
                      {[] {
                         unfold(zeros({0, INT32_MAX, 1, 1}), INT32_MAX, {.padding = INT32_MAX});
                       },
                       "yield more rows than fit in 64 bits"}};
  rows[3].refusals = {{[] {
                         fold(zeros({1, 4}), 3, 2);
                       },
                       "fold: expects columns (N, C·KH·KW, L), got (1, 4)"},
                      {[] {
                         fold(zeros({1, 5, 4}), 3, 2);
                       },
                       "fold: the rows of (1, 5, 4) are not a multiple of the window (2, 2)"},
                      {[] {
                         fold(zeros({1, 8, 5}), 3, 2);
                       },
                       "fold: (1, 8, 5) has 5 columns, images (3, 3) have 4 windows"},
                      {[] {
                         fold(zeros({1, 8, 4}), -3, 2);
                       },
                       "fold: the sides of images cannot be negative, got (-3, -3)"},
                      {[] {
                         fold(zeros({1, 8, 4}, uint8), 3, 2);
                       },
                       "fold: expects float32 or float64, got uint8"}};
  return rows;
}

std::vector<Row> adaptive_rows() {
  std::vector<Row> rows = {
      adaptive_row("adaptive_avg_pool2d", {2, 3},
                   {{{{2, 3, 5, 7}}}, {{{1, 1, 4, 6}}}, {{{0, 2, 4, 4}}}, {{{2, 0, 4, 4}}}}),
      adaptive_row("adaptive_avg_pool2d(the mean)", 1, {{{{2, 2, 5, 3}}}, {{{1, 1, 1, 1}}}}),
      adaptive_row("adaptive_avg_pool2d(more than there are)", {5, 4}, {{{{2, 1, 3, 2}}}, {{{1, 1, 1, 1}}}}),
  };
  const auto refuse = [&](Shape x, Size2d size, Dtype dtype, const char* message) {
    rows[0].refusals.push_back({[=] { adaptive_avg_pool2d(zeros(x, dtype), size); }, message});
  };
  refuse({1, 4, 4}, 2, float32, "adaptive_avg_pool2d: expects x (N, C, H, W), got (1, 4, 4)");
  refuse({1, 1, 0, 4}, 2, float32, "adaptive_avg_pool2d: the images of x (1, 1, 0, 4) are empty");
  refuse({1, 1, 4, 0}, 2, float32, "adaptive_avg_pool2d: the images of x (1, 1, 4, 0) are empty");
  refuse({1, 1, 4, 4}, {2, 0}, float32, "adaptive_avg_pool2d: sizes must be from 1 to 2147483647, got (2, 0)");
  refuse({1, 1, 4, 4}, INT64_MAX, float32, "adaptive_avg_pool2d: sizes must be from 1 to 2147483647, got");
  refuse({0, 1, 4, INT64_MAX / 4}, 1, float32, "adaptive_avg_pool2d: the sides of images must be at most 2147483647");
  refuse({1, 1, 4, 4}, 2, int64, "adaptive_avg_pool2d: expects float32 or float64, got int64");
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
      avg_row("avg_pool2d(all at once)", {{3, 2}, {1, 3}, {1, 0}, {2, 3}}, {{{{2, 2, 6, 7}}}}),
      {"max_pool1d",
       [](const Tensors& x) { return max_pool1d(x[0], 3, {.stride = 2, .padding = 1, .dilation = 2}); },
       [](const std::vector<Plain>& x) {
         return without_row(max_pool_of(with_row(x[0]), {{1, 3}, {1, 2}, {0, 1}, {1, 2}}));
       },
       {{{{2, 3, 9}}}, {{{0, 3, 9}}}}},
      {"avg_pool1d",
       [](const Tensors& x) { return avg_pool1d(x[0], 3, {.stride = 2, .padding = 1}); },
       [](const std::vector<Plain>& x) {
         return without_row(avg_pool_of(with_row(x[0]), {{1, 3}, {1, 2}, {0, 1}}));
       },
       {{{{2, 3, 9}}}, {{{0, 3, 9}}}}},
  };
  rows[0].refusals = {{[] {
                         max_pool2d(zeros({1, 3, 3}), 2);
                       },
                       "max_pool2d: expects x (N, C, H, W), got (1, 3, 3)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), {2, 4});
                       },
                       "max_pool2d: a window (2, 4) with dilation (1, 1) is larger than (1, 1, 3, 3)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), 2, {.stride = 0});
                       },
                       "max_pool2d: the stride must be at least 1, got (0, 0)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), INT64_MIN);
                       },
                       "max_pool2d: a window's size must be at least 1"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}), 2, {.dilation = 0});
                       },
                       "max_pool2d: the dilation must be at least 1, got (0, 0)"},
                      {[] {
                         max_pool2d(zeros({1, 1, 9, 9}), 3, {.padding = 2});
                       },
                       "max_pool2d: padding 2 is more than half the window, 3"},
                      {[] {
                         max_pool2d(zeros({1, 1, 3, 3}, int64), 2);
                       },
                       "max_pool2d: expects float32 or float64, got int64"}};
  rows[3].refusals = {{[] {
                         avg_pool2d(zeros({3, 3}), 2);
                       },
                       "avg_pool2d: expects x (N, C, H, W), got (3, 3)"},
                      {[] {
                         avg_pool2d(zeros({1, 1, 3, 3}), 2, {.padding = -1});
                       },
                       "avg_pool2d: the padding must be at least 0, got (-1, -1)"},
                      {[] {
                         avg_pool2d(zeros({1, 1, 3, 3}, uint8), 2);
                       },
                       "avg_pool2d: expects float32 or float64, got uint8"}};
  rows[6].refusals = {{[] {
                         max_pool1d(zeros({1, 1, 3}), 4);
                       },
                       "max_pool1d: a window 4 with dilation 1 is larger than (1, 1, 3) with padding 0"},
                      {[] {
                         max_pool1d(zeros({1, 1, 3, 3}), 2);
                       },
                       "max_pool1d: expects x (N, C, L), got (1, 1, 3, 3)"}};
  rows[7].refusals = {{[] {
                         avg_pool1d(zeros({1, 1, 3}), 2, {.stride = -1});
                       },
                       "avg_pool1d: the stride must be at least 1, got -1"}};
  return rows;
}

}  // namespace

std::vector<Row> pooling_rows() {
  std::vector<Row> rows;
  for (auto part : {unfold_rows, pool_rows, adaptive_rows})
    for (Row& row : part()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
