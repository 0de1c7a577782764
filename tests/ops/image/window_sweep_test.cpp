// All small combinations of sizes, strides, paddings, dilations and groups of windows, against plain loops, values and
// gradients, in memory that held NaN before: so that what is never written is seen.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <functional>

namespace retrograd::tests {

namespace {

// One axis: how long the image is, the kernel, and how they meet.
struct Axis {
  std::int64_t in, size, stride, padding, dilation;
  std::int64_t out() const { return (in + 2 * padding - dilation * (size - 1) - 1) / stride + 1; }
  bool fits() const { return in + 2 * padding - dilation * (size - 1) - 1 >= 0; }
};

// Calls f(axis) for every small one.
void for_each_axis(const std::function<void(const Axis&)>& f) {
  for (std::int64_t in : {1, 2, 4})
    for (std::int64_t size : {1, 2, 3})
      for (std::int64_t stride : {1, 2, 3})
        for (std::int64_t padding : {0, 1, 2})
          for (std::int64_t dilation : {1, 2}) f({in, size, stride, padding, dilation});
}

// Leaves NaN in the memory that the next tensors of such sizes get.
void spoil_memory() {
  std::vector<Tensor> spoilt;
  for (std::int64_t size = 1; size <= 4096; size *= 2)
    for (int i = 0; i < 3; ++i) spoilt.push_back(full({size}, NAN, float64));
}

// Σ over y[n, o, p, q]·x[n, c, …]·w[o, c, i, j] with the derivatives of it: the three are what conv2d, its transpose
// and their gradients are made of. Each of them is a sum over the same products.
struct Meeting {
  Axis rows, columns;
  std::int64_t images, channels, filters, groups, rows_out, columns_out;
  template <class F>
  void each(F f) const {
    const std::int64_t c_each = channels / groups, o_each = filters / groups;
    for (std::int64_t n = 0; n < images; ++n)
      for (std::int64_t o = 0; o < filters; ++o)
        for (std::int64_t c = 0; c < c_each; ++c)
          for (std::int64_t p = 0; p < rows_out; ++p)
            for (std::int64_t q = 0; q < columns_out; ++q)
              for (std::int64_t i = 0; i < rows.size; ++i)
                for (std::int64_t j = 0; j < columns.size; ++j) {
                  const std::int64_t h = p * rows.stride - rows.padding + i * rows.dilation;
                  const std::int64_t w = q * columns.stride - columns.padding + j * columns.dilation;
                  if (h < 0 || h >= rows.in || w < 0 || w >= columns.in) continue;
                  const std::int64_t channel = o / o_each * c_each + c;
                  f(((n * channels + channel) * rows.in + h) * columns.in + w,
                    ((o * c_each + c) * rows.size + i) * columns.size + j,
                    ((n * filters + o) * rows_out + p) * columns_out + q);
                }
  }
};

using Values = std::vector<double>;
double distance(const Tensor& a, const Values& b) {
  const Values x = a.to_vector<double>();
  if (x.size() != b.size()) return INFINITY;
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!(std::abs(x[i] - b[i]) <= worst)) worst = std::abs(x[i] - b[i]);
  return worst;
}

// Values and both gradients of a convolution: `to` is what it gives, `left` and `right` its factors, by their places in
// a Meeting.
template <class F>
void check(const Meeting& meeting, const Tensor& left, const Tensor& right, F f, int left_at, int right_at, int to_at) {
  spoil_memory();
  Tape tape;
  tape.watch(left);
  tape.watch(right);
  const Tensor y = f(left, right);
  Rng rng(2);
  const Tensor g = uniform(y.shape(), 0.5, 1.5, rng, float64);
  const Gradients gradients = tape.gradients(y, g);
  const Values l = left.to_vector<double>(), r = right.to_vector<double>(), t = g.to_vector<double>();
  Values of_y(t.size()), of_left(l.size()), of_right(r.size());
  meeting.each([&](std::int64_t x, std::int64_t w, std::int64_t z) {
    const std::int64_t at[] = {x, w, z};
    const auto a = static_cast<std::size_t>(at[left_at]), b = static_cast<std::size_t>(at[right_at]),
               c = static_cast<std::size_t>(at[to_at]);
    of_y[c] += l[a] * r[b];
    of_left[a] += t[c] * r[b];
    of_right[b] += t[c] * l[a];
  });
  CHECK(distance(y, of_y) < 1e-12);
  CHECK(distance(gradients[left], of_left) < 1e-12);
  CHECK(distance(gradients[right], of_right) < 1e-12);
}

}  // namespace

TEST_CASE("every small convolution is what plain loops say, and so are its gradients") {
  Rng rng(1);
  for_each_axis([&](const Axis& columns) {
    if (!columns.fits()) return;
    for (const Axis& rows : {Axis{1, 1, 1, 0, 1}, Axis{3, 2, 2, 1, 1}, columns})
      for (const std::int64_t groups : {1, 2}) {
        const Meeting meeting{rows, columns, 2, 2, 4, groups, rows.out(), columns.out()};
        const Tensor x = uniform({2, 2, rows.in, columns.in}, -1, 1, rng, float64),
                     w = uniform({4, 2 / groups, rows.size, columns.size}, -1, 1, rng, float64);
        const Conv2dOptions options{.stride = {rows.stride, columns.stride},
                                    .padding = {rows.padding, columns.padding},
                                    .dilation = {rows.dilation, columns.dilation},
                                    .groups = groups};
        check(
            meeting, x, w, [&](const Tensor& a, const Tensor& b) { return conv2d(a, b, options); }, 0, 1, 2);
      }
  });
}

TEST_CASE("every small transposed convolution is what plain loops say, and so are its gradients") {
  Rng rng(1);
  for_each_axis([&](const Axis& columns) {
    for (const std::int64_t more : {0, 1, 2})
      for (const Axis& rows : {Axis{1, 1, 1, 0, 1}, Axis{3, 2, 2, 1, 1}})
        for (const std::int64_t groups : {1, 2}) {
          if (more >= std::max(columns.stride, columns.dilation)) continue;
          // Here `in` of an axis counts what the transposed convolution is given.
          const auto side = [](const Axis& a, std::int64_t extra) {
            return (a.in - 1) * a.stride - 2 * a.padding + a.dilation * (a.size - 1) + extra + 1;
          };
          Axis down = rows, along = columns;
          down.in = side(rows, 0), along.in = side(columns, more);
          if (down.in < 1 || along.in < 1) continue;
          if (!down.fits() || !along.fits()) continue;
          CAPTURE(columns.in);
          CAPTURE(columns.size);
          CAPTURE(columns.stride);
          CAPTURE(columns.padding);
          CAPTURE(columns.dilation);
          CAPTURE(more);
          const Meeting meeting{down, along, 2, 4, 2, groups, rows.in, columns.in};
          const Tensor x = uniform({2, 2, rows.in, columns.in}, -1, 1, rng, float64),
                       w = uniform({2, 4 / groups, rows.size, columns.size}, -1, 1, rng, float64);
          const ConvTranspose2dOptions options{.stride = {rows.stride, columns.stride},
                                               .padding = {rows.padding, columns.padding},
                                               .output_padding = {0, more},
                                               .dilation = {rows.dilation, columns.dilation},
                                               .groups = groups};
          check(
              meeting, x, w, [&](const Tensor& a, const Tensor& b) { return conv_transpose2d(a, b, options); }, 2, 1,
              0);
        }
  });
  spoil_memory();
  const Tensor y = conv_transpose2d(reshape(tensor({1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}), {1, 1, 2, 3}),
                                    ones({1, 1, 1, 1}), {.output_padding = {0, 1}, .dilation = {1, 2}});
  CHECK(y.to_vector<double>() == Values{1, 2, 3, 0, 4, 5, 6, 0});
}

TEST_CASE("every small pooling, unfolding and folding is what plain loops say, and so are its gradients") {
  Rng rng(1);
  for_each_axis([&](const Axis& columns) {
    if (!columns.fits()) return;
    const Axis rows{3, 2, 1, 1, 1};
    const Meeting meeting{rows, columns, 2, 2, 2, 2, rows.out(), columns.out()};
    const Tensor x = uniform({2, 2, 3, columns.in}, -1, 1, rng, float64);
    const Size2d size{2, columns.size}, stride{1, columns.stride}, padding{1, columns.padding},
        dilation{1, columns.dilation};
    const UnfoldOptions options{.stride = stride, .padding = padding, .dilation = dilation};
    // By channel: a convolution of its own with a kernel that is the same for all.
    const double share = 1.0 / static_cast<double>(2 * columns.size);
    const Tensor mean_of = full({2, 1, 2, columns.size}, share, float64);
    if (columns.dilation == 1 && columns.padding <= columns.size / 2)
      check(
          meeting, x, mean_of,
          [&](const Tensor& a, const Tensor& b) {
            const Tensor y = avg_pool2d(a, size, {.stride = stride, .padding = padding});
            return y + (conv2d(a, b, {.stride = stride, .padding = padding, .groups = 2}) - detach(y)) -
                   (conv2d(a, detach(b), {.stride = stride, .padding = padding, .groups = 2}) - detach(y));
          },
          0, 1, 2);
    spoil_memory();
    Tape tape;
    tape.watch(x);
    const Tensor unfolded = unfold(x, size, options), folded = fold(unfolded, {3, columns.in}, size, options);
    const Values v = x.to_vector<double>();
    Values times(v.size());
    meeting.each([&](std::int64_t at, std::int64_t, std::int64_t) { times[static_cast<std::size_t>(at)] += 1; });
    Values expected = times;
    for (std::size_t i = 0; i < v.size(); ++i) expected[i] *= v[i];
    CHECK(distance(folded, expected) < 1e-12);
    CHECK(distance(tape.gradients(folded, ones(x.shape(), float64))[x], times) < 1e-12);
    if (columns.padding > columns.size / 2) return;
    spoil_memory();
    Tape other;
    other.watch(x);
    const Tensor largest = max_pool2d(x, size, {.stride = stride, .padding = padding, .dilation = dilation});
    Values best(static_cast<std::size_t>(largest.size()), -INFINITY), slope(v.size());
    std::vector<std::size_t> place(best.size());
    meeting.each([&](std::int64_t at, std::int64_t, std::int64_t to) {
      const auto i = static_cast<std::size_t>(at), p = static_cast<std::size_t>(to);
      if (v[i] > best[p]) best[p] = v[i], place[p] = i;
    });
    for (std::size_t p = 0; p < best.size(); ++p)
      if (best[p] > -INFINITY) slope[place[p]] += 1;
    for (std::size_t p = 0; p < best.size(); ++p)
      if (best[p] == -INFINITY) return;  // a window that meets nothing
    CHECK(distance(largest, best) == 0);
    CHECK(distance(other.gradients(largest, ones(largest.shape(), float64))[x], slope) == 0);
  });
}

}  // namespace retrograd::tests
