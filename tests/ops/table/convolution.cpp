#include "windows.h"

namespace retrograd::tests {

namespace {

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

Plain conv1d_of(const std::vector<Plain>& x, const Conv1dOptions& options) {
  std::vector<Plain> images = {with_row(x[0]), with_row(x[1])};
  if (x.size() > 2) images.push_back(x[2]);
  return without_row(conv_of(images, {.stride = {1, options.stride},
                                      .padding = {0, options.padding},
                                      .dilation = {1, options.dilation},
                                      .groups = options.groups}));
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
              "conv2d: groups = 2 does not divide the 3 filters of weight (3, 2, 3, 3)");
  refuse_conv(row, {1, 4, 8, 8}, {4, 4, 3, 3}, {.groups = 0}, "conv2d: groups must be at least 1, got 0");
  refuse_conv(row, {1, 4, 8, 8}, {4, 4, 3, 3}, {.groups = INT64_MIN}, "conv2d: groups must be at least 1, got -92233");
  refuse_conv(row, {1, 1, 4, 2}, {1, 1, 3, 3}, {},
              "conv2d: a window (3, 3) with dilation (1, 1) is larger than (1, 1, 4, 2) with padding (0, 0)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = {1, 2}},
              "conv2d: a window (3, 3) with dilation (1, 2) is larger than (1, 1, 4, 4) with padding (0, 0)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 0, 3}, {}, "conv2d: a window's size must be at least 1, got (0, 3)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.stride = {1, 0}}, "conv2d: the stride must be at least 1, got (1, 0)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = INT64_MIN}, "conv2d: the dilation must be at least 1, got");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = kHuge}, "conv2d: the dilation must be at most 2147483647");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.dilation = INT32_MAX}, "is larger than (1, 1, 4, 4)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.padding = -1}, "conv2d: the padding must be at least 0, got (-1, -1)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 1, 3, 3}, {.padding = kHuge}, "conv2d: the padding must be at most 2147483647");
  refuse_conv(row, {0, 1, 4, 4}, {1, 1, 3, 3}, {.padding = INT32_MAX},
              "conv2d: (0, 1, 4, 4) with padding (2147483647, 2147483647) has more windows than fit in 64 bits");
  refuse_conv(row, {0, 1, 4, INT64_MAX / 4}, {1, 1, 3, 3}, {},
              "conv2d: the sides of images must be at most 2147483647");
  refuse_conv(row, {1, 4, 4}, {1, 1, 3, 3}, {},
              "conv2d: expects x (N, C, H, W) and weight (O, C/groups, KH, KW), got (1, 4, 4) and (1, 1, 3, 3)");
  refuse_conv(row, {1, 1, 4, 4}, {1, 3, 3}, {}, "got (1, 1, 4, 4) and (1, 3, 3)");
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}), zeros({2, 1, 3, 3}), zeros({3}));
                          },
                          "conv2d: bias (3,) does not fit weight (2, 1, 3, 3), which has 2 filters"});
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}), zeros({2, 1, 3, 3}, float64));
                          },
                          "conv2d: dtypes differ: x float32, weight float64; convert with astype"});
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}), zeros({2, 1, 3, 3}), zeros({2}, float64));
                          },
                          "conv2d: dtypes differ: x float32, weight float32, bias float64"});
  row.refusals.push_back({[] {
                            conv2d(zeros({1, 1, 4, 4}, int64), zeros({2, 1, 3, 3}, int64));
                          },
                          "conv2d: expects float32 or float64, got int64"});
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
                       "conv1d: expects x (N, C, L) and weight (O, C/groups, K), got (1, 1, 3, 3) and (1, 1, 2, 2)"},
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

// Each element of x adds its filter, where it stands, to the window that conv2d would take to it.
Plain conv_transpose_of(const std::vector<Plain>& x, const ConvTranspose2dOptions& options) {
  const Index &image = x[0].shape, &filters = x[1].shape;
  const auto side = [](std::int64_t in, std::int64_t size, std::int64_t stride, std::int64_t padding, std::int64_t more,
                       std::int64_t dilation) {
    return (in - 1) * stride - 2 * padding + dilation * (size - 1) + more + 1;
  };
  const PlainWindows windows{{filters[2], filters[3]}, options.stride, options.padding, options.dilation};
  const std::int64_t height = side(image[2], filters[2], options.stride.rows, options.padding.rows,
                                   options.output_padding.rows, options.dilation.rows);
  const std::int64_t width = side(image[3], filters[3], options.stride.columns, options.padding.columns,
                                  options.output_padding.columns, options.dilation.columns);
  const std::int64_t inputs = image[1] / options.groups;
  return make({image[0], filters[1] * options.groups, height, width}, [&](const Index& at) {
    const std::int64_t group = at[1] / filters[1];
    double total = x.size() > 2 ? x[2].at({at[1]}) : 0;
    for (std::int64_t c = group * inputs; c < (group + 1) * inputs; ++c)
      for (std::int64_t p = 0; p < image[2]; ++p)
        for (std::int64_t q = 0; q < image[3]; ++q)
          for_each_tap(windows, height, width, p, q,
                       [&](std::int64_t i, std::int64_t j, std::int64_t h, std::int64_t w) {
                         if (h == at[2] && w == at[3])
                           total += x[0].at({at[0], c, p, q}) * x[1].at({c, at[1] % filters[1], i, j});
                       });
    return total;
  });
}

Row conv_transpose_row(const char* name, const ConvTranspose2dOptions& options, std::vector<Sample> samples) {
  return {name,
          [options](const Tensors& x) {
            return x.size() > 2 ? conv_transpose2d(x[0], x[1], x[2], options) : conv_transpose2d(x[0], x[1], options);
          },
          [options](const std::vector<Plain>& x) { return conv_transpose_of(x, options); }, std::move(samples)};
}

std::vector<Row> conv_transpose2d_rows() {
  std::vector<Row> rows = {
      conv_transpose_row("conv_transpose2d", {},
                         {{{{2, 3, 3, 2}, {3, 2, 2, 3}}},
                          {{{1, 1, 1, 1}, {1, 1, 1, 1}}},
                          {{{0, 2, 3, 3}, {2, 1, 2, 2}}},
                          {{{2, 0, 2, 2}, {0, 3, 2, 2}}},
                          {{{2, 2, 2, 2}, {2, 0, 2, 2}}}}),
      conv_transpose_row("conv_transpose2d(bias)", {.padding = 1}, {{{{2, 2, 3, 4}, {2, 3, 3, 3}, {3}}}}),
      conv_transpose_row("conv_transpose2d(stride 2)", {.stride = 2, .output_padding = {1, 0}},
                         {{{{2, 2, 2, 3}, {2, 1, 3, 2}}}, {{{1, 1, 1, 1}, {1, 2, 1, 1}}}}),
      conv_transpose_row("conv_transpose2d(groups 2)", {.groups = 2}, {{{{1, 4, 2, 3}, {4, 2, 2, 2}}}}),
      conv_transpose_row("conv_transpose2d(output padding of a stride and more)",
                         {.padding = 1, .output_padding = {2, 1}, .dilation = 3}, {{{{1, 2, 3, 2}, {2, 1, 2, 2}}}}),
      conv_transpose_row(
          "conv_transpose2d(all at once)",
          {.stride = {2, 3}, .padding = {1, 0}, .output_padding = {1, 2}, .dilation = {1, 2}, .groups = 2},
          {{{{2, 4, 3, 2}, {4, 1, 3, 2}, {2}}}}),
  };
  const auto refuse = [&](Shape x, Shape weight, ConvTranspose2dOptions options, const char* message) {
    rows[0].refusals.push_back({[=] { conv_transpose2d(zeros(x), zeros(weight), options); }, message});
  };
  refuse({1, 3, 4}, {3, 1, 2, 2}, {},
         "conv_transpose2d: expects x (N, C, H, W) and weight (C, O/groups, KH, KW), got (1, 3, 4) and (3, 1, 2, 2)");
  refuse({1, 3, 4, 4}, {2, 1, 2, 2}, {},
         "conv_transpose2d: the 3 channels of x (1, 3, 4, 4) do not fit the 2 of weight (2, 1, 2, 2)");
  refuse({1, 3, 4, 4}, {3, 1, 2, 2}, {.groups = 2},
         "conv_transpose2d: groups = 2 does not divide the 3 channels of x (1, 3, 4, 4)");
  refuse({1, 3, 4, 4}, {3, 1, 2, 2}, {.groups = 0}, "conv_transpose2d: groups must be at least 1, got 0");
  refuse(
      {1, 0, 4, 4}, {0, 3, 2, 2}, {.groups = INT64_MAX},
      "conv_transpose2d: groups = 9223372036854775807 of weight (0, 3, 2, 2) have more channels than fit in 64 bits");
  refuse({1, 1, 4, 4}, {1, 1, 0, 2}, {}, "conv_transpose2d: a window's size must be at least 1, got (0, 2)");
  refuse({1, 1, 4, 4}, {1, 1, 2, 2}, {.stride = 0}, "conv_transpose2d: the stride must be at least 1, got (0, 0)");
  refuse({1, 1, 4, 4}, {1, 1, 2, 2}, {.padding = INT64_MIN}, "conv_transpose2d: the padding must be at least 0, got");
  refuse({1, 1, 4, 4}, {1, 1, 2, 2}, {.dilation = INT64_MAX},
         "conv_transpose2d: the dilation must be at most 2147483647");
  refuse({1, 1, 0, 4}, {1, 1, 2, 2}, {},
         "conv_transpose2d: the sides of images must be from 1 to 2147483647, got (1, 1, 0, 4)");
  refuse({1, 1, 4, 4}, {1, 1, 2, 2}, {.stride = 2, .output_padding = {1, 2}},
         "conv_transpose2d: output_padding must be at least 0 and less than the stride or the dilation, got (1, 2)");
  refuse({1, 1, 4, 4}, {1, 1, 2, 2}, {.output_padding = {-1, 0}}, "less than the stride or the dilation, got (-1, 0)");
  refuse({1, 1, 1, 4}, {1, 1, 2, 2}, {.padding = 1},
         "conv_transpose2d: the result's sides must be from 1 to 2147483647; x (1, 1, 1, 4) and weight (1, 1, 2, 2) "
         "give (0, 3)");
  refuse({1, 1, 4, 4}, {1, 1, 2, 2}, {.stride = INT32_MAX}, "weight (1, 1, 2, 2) give (6442450943, 6442450943)");
  rows[0].refusals.push_back({[] {
                                conv_transpose2d(zeros({1, 2, 4, 4}), zeros({2, 3, 2, 2}), zeros({2}), {});
                              },
                              "conv_transpose2d: bias (2,) does not fit weight (2, 3, 2, 2), which gives 3 channels"});
  rows[0].refusals.push_back({[] {
                                conv_transpose2d(zeros({1, 2, 4, 4}), zeros({2, 3, 2, 2}, float64));
                              },
                              "conv_transpose2d: dtypes differ: x float32, weight float64; convert with astype"});
  return rows;
}

}  // namespace

std::vector<Row> pooling_rows();

std::vector<Row> convolution_rows() {
  std::vector<Row> rows;
  for (auto part : {conv2d_rows, conv1d_rows, conv_transpose2d_rows, pooling_rows})
    for (Row& row : part()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
