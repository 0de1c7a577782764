// Strided, transposed, reversed and broadcast tensors, of sizes around the borders of the boxes into which they are
// cut.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <thread>
#include <vector>

namespace retrograd::tests {

namespace {

using Doubles = std::vector<double>;

// The elements of x in row-major order, one by one.
Doubles one_by_one(const Tensor& x) {
  const Strides strides = x.strides();
  Doubles out;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    std::int64_t rest = i, at = 0;
    for (int axis = x.rank() - 1; axis >= 0; --axis) {
      at += rest % x.shape()[axis] * strides[static_cast<std::size_t>(axis)];
      rest /= x.shape()[axis];
    }
    detail::dispatch(x.dtype(), [&]<class T>() { out.push_back(static_cast<double>(x.data<T>()[at])); });
  }
  return out;
}

Tensor counted(const Shape& shape, Dtype dtype) {
  const Tensor x = reshape(arange(shape.size()), shape);
  if (dtype == boolean) return fmod(x, 3) < 1;
  return dtype == uint8 ? astype(fmod(x, 251), uint8) : astype(x, dtype);
}

// Views of many kinds on tensors whose sizes are not those of any box.
std::vector<Tensor> views(Dtype dtype) {
  const auto x = [dtype](const Shape& shape) { return counted(shape, dtype); };
  return {transpose(x({33, 129})),
          transpose(x({300, 257})),
          transpose(x({256, 512})),  // rows that lie apart by a power of two
          transpose(x({3, 5000})),
          transpose(x({5000, 3})),
          transpose(x({70'001, 2})),
          transpose(x({17, 5, 131}), {2, 1, 0}),
          transpose(x({17, 5, 131}), {1, 2, 0}),
          transpose(x({7, 6, 5, 4}), {2, 0, 3, 1}),
          flip(x({70'003})),
          flip(x({65, 67}), 1),
          flip(x({65, 67}), 0),
          transpose(flip(x({65, 67}), 0)),
          transpose(flip(x({65, 67}), 1)),
          x({150'000})[range(1, 150'000, 2)],
          x({40, 4097})(range(3, 40), range(1, 4096)),
          x({400, 301})(range(), range(0, 301, 3)),
          transpose(x({400, 301})(range(0, 400, 3), range(1, 300))),
          broadcast_to(x({1}), {300, 301}),
          broadcast_to(x({301}), {300, 301}),
          broadcast_to(x({300, 1}), {300, 301}),
          broadcast_to(x({3}), {30'001, 3}),
          broadcast_to(x({30'001, 1}), {30'001, 3}),
          transpose(broadcast_to(x({301}), {300, 301})),
          broadcast_to(x({7, 1, 5}), {7, 1000, 5}),
          diagonal(x({300, 301})),
          x({0, 3}),
          transpose(x({5, 0}))};
}

Tensor with_one(const Tensor& x, std::int64_t at, std::int64_t value) {
  Tensor y = detail::copy_values(x);
  y.mutable_data<std::int64_t>()[at] = value;
  return y;
}

template <class F>
void on_threads(F f) {
  const int before = threads();
  for (int count : {1, 2, 3, 8}) {
    set_threads(count);
    CAPTURE(count);
    f();
  }
  set_threads(before);
}

}  // namespace

TEST_CASE("a view of any layout is copied element by element") {
  for (const Dtype dtype : {float32, float64, int64, boolean, uint8})
    for (const Tensor& view : views(dtype)) {
      CAPTURE(view.shape());
      const Doubles expected = one_by_one(view);
      on_threads([&] {
        CHECK(detail::copy_values(view).to_vector<double>() == expected);
        CHECK(contiguous(view).to_vector<double>() == expected);
      });
    }
}

TEST_CASE("a view of any layout is written and added to element by element") {
  for (const auto& of : std::vector<Tensor (*)(const Tensor&)>{
           [](const Tensor& x) { return transpose(x); }, [](const Tensor& x) { return flip(x); },
           [](const Tensor& x) { return x(range(1, 300, 2), range(3, 250)); },
           [](const Tensor& x) { return transpose(x(range(0, 301, 3), range())); }}) {
    Tensor x = counted({301, 260}, float32);
    Tensor view = of(x);
    const Tensor from = reshape(arange(view.size(), float32), view.shape()) * -1.0;
    Doubles expected = one_by_one(view);
    view += from;
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] -= static_cast<double>(i);
    CHECK(one_by_one(view) == expected);
    copy_into(view, from);
    CHECK(one_by_one(view) == from.to_vector<double>());
    fill(view, 7);
    CHECK(sum(view).item<double>() == 7.0 * static_cast<double>(view.size()));
    CHECK(count_nonzero(x == 7).item<std::int64_t>() >= view.size());
  }
}

TEST_CASE("operands of any layout give the values of a plain loop on any number of threads") {
  for (const Tensor& a : views(float32)) {
    CAPTURE(a.shape());
    const Tensor b = reshape(arange(a.size(), float32), a.shape());
    const Doubles x = one_by_one(a), y = one_by_one(b);
    Doubles difference, chosen, negated;
    for (std::size_t i = 0; i < x.size(); ++i) {
      difference.push_back(x[i] - y[i]);
      chosen.push_back(x[i] < 100 ? x[i] : y[i]);
      negated.push_back(-x[i]);
    }
    on_threads([&] {
      CHECK((a - b).to_vector<double>() == difference);
      CHECK((-(b - a)).to_vector<double>() == difference);
      CHECK(where(a < 100, a, b).to_vector<double>() == chosen);
      CHECK((-a).to_vector<double>() == negated);
      CHECK(astype(a, float64).to_vector<double>() == x);
    });
  }
}

TEST_CASE("rows, columns and single values broadcast in the elements of a plain loop") {
  for (const std::int64_t columns : {1, 2, 3, 15, 16, 17, 300}) {
    const std::int64_t rows = 140'000 / columns;
    CAPTURE(columns);
    const Tensor x = reshape(arange(rows * columns, float32), {rows, columns}), row = arange(columns, float32),
                 column = reshape(arange(rows, float32), {rows, 1});
    Doubles with_row, with_column, outer;
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j) {
        const double value = static_cast<double>(i * columns + j);
        with_row.push_back(value - static_cast<double>(j));
        with_column.push_back(static_cast<double>(i) - value);
        outer.push_back(static_cast<double>(i + j));
      }
    on_threads([&] {
      CHECK((x - row).to_vector<double>() == with_row);
      CHECK((column - x).to_vector<double>() == with_column);
      CHECK((column + row).to_vector<double>() == outer);
      CHECK((row - x).to_vector<double>() == (-(x - row)).to_vector<double>());
    });
  }
}

TEST_CASE("elements are taken and added by their indices on any number of threads") {
  Rng rng(5);
  const Tensor x = normal({700, 301}, 0, 1, rng);
  const Tensor columns = randint({500}, -301, 301, rng), places = randint({700, 130}, -301, 301, rng),
               down = randint({400, 301}, 0, 700, rng), source = normal({400, 301}, 0, 1, rng);
  const auto values = x.to_vector<float>(), terms = source.to_vector<float>();
  const auto index = columns.to_vector<std::int64_t>(), place = places.to_vector<std::int64_t>(),
             row_of = down.to_vector<std::int64_t>();
  const auto from_start = [](std::int64_t i) { return static_cast<std::size_t>(i < 0 ? i + 301 : i); };
  std::vector<float> taken, along, added = values;
  for (std::size_t row = 0; row < 700; ++row) {
    for (const std::int64_t i : index) taken.push_back(values[row * 301 + from_start(i)]);
    for (std::size_t i = 0; i < 130; ++i) along.push_back(values[row * 301 + from_start(place[row * 130 + i])]);
  }
  for (std::size_t k = 0; k < 400; ++k)
    for (std::size_t i = 0; i < 301; ++i)
      added[static_cast<std::size_t>(row_of[k * 301 + i]) * 301 + i] += terms[k * 301 + i];
  on_threads([&] {
    CHECK(take(x, columns, 1).to_vector<float>() == taken);
    CHECK(take_along_axis(x, places, 1).to_vector<float>() == along);
    CHECK(scatter_add(x, down, source, 0).to_vector<float>() == added);
    CHECK(array_equal(scatter_add(transpose(x), transpose(down), transpose(source), 1),
                      transpose(scatter_add(x, down, source, 0))));
    CHECK_THROWS_WITH_AS(take_along_axis(x, with_one(places, 80'000, 301), 1),
                         "take_along_axis: index 301 at position 80000 is out of range for axis 1 of (700, 301)",
                         ShapeError);
  });
}

TEST_CASE("many terms for few elements lose nothing, in any column and on any number of threads") {
  constexpr std::int64_t kTerms = 70'000;
  const Tensor ones_of = ones({kTerms, 40}), nowhere = zeros({kTerms, 40}, int64);
  on_threads([&] {
    const Tensor y = scatter_add(full({2, 40}, 1 << 24), nowhere, ones_of, 0);
    CHECK(array_equal(y[0], full({40}, (1 << 24) + kTerms)));
    CHECK(array_equal(y[1], full({40}, 1 << 24)));
    const Tensor few = scatter_add(full({2, 40}, 1 << 24), nowhere[range(0, 300)], ones_of[range(0, 300)], 0);
    CHECK(array_equal(few[0], full({40}, (1 << 24) + 300)));
    const Tensor d =
        grad([&](const Tensor& table) { return sum(take(table, nowhere(range(), 0), 0)); })(zeros({2, 40}));
    CHECK(array_equal(d[0], full({40}, kTerms)));
  });
}

TEST_CASE("a gradient that is one value everywhere is a tensor of its own in every way") {
  const Tensor x = zeros({300, 301});
  const auto slope = [&] { return grad([](const Tensor& at) { return 3 * sum(at); })(x); };
  const Doubles threes(300 * 301, 3.0);
  on_threads([&] {
    const Tensor read = slope();
    CHECK(read.to_vector<double>() == threes);
    CHECK(array_equal(read, full(x.shape(), 3)));
    const float* const data = read.data<float>();
    CHECK(Doubles(data, data + read.size()) == threes);
    CHECK(read.is_contiguous());
    CHECK(read.span<float>().data() == data);
    CHECK(read.data<float>() == data);

    Tensor written = slope();
    const Tensor other_handle = written;
    const Tensor doubled = 2 * written;
    written *= 2;
    CHECK(array_equal(written, doubled));
    CHECK(array_equal(other_handle, doubled));

    Tensor row_first = slope();
    Tensor row = row_first[5];
    row += 1;
    CHECK(sum(row_first).item<double>() == 3 * 300 * 301 + 301);
    row_first.mutable_data<float>()[0] = 7;
    CHECK(row_first(0, 0).item<float>() == 7);
    CHECK(row[0].item<float>() == 4);

    Tensor filled = slope();
    const Tensor turned = transpose(filled);
    fill(filled, 9);
    CHECK(array_equal(turned, full({301, 300}, 9)));
  });
}

TEST_CASE("gradients that are one value everywhere are scaled, added, clipped and copied as any others") {
  const Tensor x = zeros({1000}), y = zeros({1000});
  const auto slopes = [&] {
    Tape tape;
    tape.watch(x);
    tape.watch(y);
    return tape.gradients(sum(x) + sum(y));
  };
  Gradients g = slopes();
  g *= 2;
  CHECK(array_equal(g[x], full({1000}, 2)));
  g += slopes();
  CHECK(array_equal(g[y], full({1000}, 3)));
  CHECK(slopes().norm() == doctest::Approx(std::sqrt(2000.0)));
  g = slopes();
  g.clip_value(0.5);
  CHECK(array_equal(g[x], full({1000}, 0.5)));
  Gradients first = slopes();
  const Gradients second = first;
  Tensor own = first[x];
  fill(own, 5);
  CHECK(array_equal(second[y], full({1000}, 1)));
}

TEST_CASE("one gradient is read by several threads at once") {
  for (int round = 0; round < 20; ++round) {
    const Tensor slope = grad([](const Tensor& at) { return sum(at); })(zeros({5000}));
    std::vector<double> sums(4);
    std::vector<std::thread> readers;
    for (std::size_t i = 0; i < sums.size(); ++i)
      readers.emplace_back([&, i] {
        const float* data = slope.data<float>();
        for (std::int64_t k = 0; k < slope.size(); ++k) sums[i] += static_cast<double>(data[k]);
      });
    for (std::thread& reader : readers) reader.join();
    CHECK(sums == Doubles(4, 5000.0));
  }
}

}  // namespace retrograd::tests
