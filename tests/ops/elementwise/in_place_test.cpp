// Writing in place: what a tape sees of it, and what it refuses.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

using Values = std::vector<double>;
Values values(const Tensor& x) { return x.to_vector<double>(); }
Tensor two() { return tensor({1.0, 2.0}, float64); }

}  // namespace

TEST_CASE("in-place operators write through every handle and view") {
  Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}}), same = x, row = slice(x, 0, 1, 2);
  x *= 2;
  row += tensor({10.0, 20.0});
  row /= 2;
  x -= tensor({1.0, 0.0});
  CHECK(values(same) == Values{1, 4, 7, 14});
  CHECK(values(row) == Values{7, 14});
  Tensor whole = tensor({6, -7});
  whole *= tensor({3, 2});
  CHECK(values(whole) == Values{18, -14});
  x /= 0;
  CHECK(std::isinf(values(x)[0]));
}

TEST_CASE("an operand that shares the written values is read first") {
  Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}}, float64);
  x *= transpose(x);
  CHECK(values(x) == Values{1, 6, 6, 16});
  const Tensor itself = x;
  x /= itself;
  CHECK(values(x) == Values{1, 1, 1, 1});
  Tensor m = tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}});
  copy_into(slice(m, 0, 1, 3), slice(m, 0, 0, 2));
  CHECK(values(m) == Values{1, 2, 1, 2, 3, 4});
}

TEST_CASE("a running product under the tape is differentiated, with the factors it had") {
  const Tensor w = two();
  Tape tape;
  tape.watch(w);
  Tensor t = full({2}, 3, float64);
  t *= w;  // 3w
  t *= w;  // 3w²
  t /= 2;  // 1.5w²
  t *= t;  // 2.25w⁴
  t /= w;  // 2.25w³
  CHECK(values(t) == Values{2.25, 18});
  CHECK(values(tape.gradients(sum(t))[w]) == Values{6.75, 27});
}

TEST_CASE("a running quotient differentiates to the second order, by itself as well") {
  const auto f = [](const Tensor& w) {
    Tensor t = ones({2}, float64);
    t /= w;  // 1/w
    t += w;
    const Tensor itself = t;
    t /= itself;  // 1
    t *= w;
    t /= square(w) + 1;  // w/(w² + 1)
    return sum(t);
  };
  const Values first = values(grad(f)(two()));
  CHECK(first[0] == doctest::Approx(0));
  CHECK(first[1] == doctest::Approx(-3.0 / 25));
  const Values second = values(grad([&](const Tensor& w) { return sum(grad(f)(w)); })(two()));
  CHECK(second[0] == doctest::Approx(-0.5));  // 2w(w² − 3)/(w² + 1)³
  CHECK(second[1] == doctest::Approx(4.0 / 125));
}

TEST_CASE("a factor that a rule needs is protected, a summand is not") {
  const Tensor w = two();
  Tape tape;
  tape.watch(w);
  Tensor t = ones({2}, float64), factor = two(), summand = two();
  t += w;
  t *= factor;
  t += summand;
  CHECK_THROWS_WITH_AS(factor *= 2, doctest::Contains("*=: an open tape tracks this (2,) tensor"), TapeError);
  CHECK_NOTHROW(summand *= 2);
  Tensor factor_of_constant = two();
  Tensor c = two();
  c *= factor_of_constant;  // nothing that the tape needs to know
  CHECK_NOTHROW(factor_of_constant *= 2);
  CHECK(values(tape.gradients(sum(t))[w]) == Values{1, 2});
  CHECK_NOTHROW(factor *= 2);
}

TEST_CASE("products and quotients in place are refused where sums are") {
  Tensor w = two();
  Tape tape;
  tape.watch(w);
  Tensor y = exp(w), t = zeros({2}, float64);
  CHECK_THROWS_AS(w *= 2, TapeError);
  CHECK_THROWS_AS(w /= 2, TapeError);
  CHECK_THROWS_AS(y *= 2, TapeError);
  t += w;
  const Tensor used = square(t);
  CHECK_THROWS_AS(t *= 2, TapeError);
  Tensor m = zeros({2, 2}, float64), row = slice(m, 0, 0, 1);
  CHECK_THROWS_WITH_AS(row *= w, doctest::Contains("*=: views share the values of this (1, 2) tensor"), TapeError);
  CHECK(values(tape.gradients(sum(used))[w]) == Values{2, 4});
}

TEST_CASE("what a tape differentiates is not scaled behind its back") {
  const Tensor w = two();
  Tape tape;
  tape.watch(w);
  Tensor t = zeros({2}, float64);
  t += w;
  {
    const NoTape pause;
    CHECK_THROWS_WITH_AS(t *= 2, doctest::Contains("a running sum that an open tape differentiates"), TapeError);
    t += 1;  // a constant: no derivative changes
  }
  Tensor view = detach(t);
  CHECK_THROWS_AS(view *= 2, TapeError);
  CHECK_THROWS_AS(fill(view, 2), TapeError);
  view = Tensor();
  t *= 2;
  CHECK(values(t) == Values{4, 6});
  CHECK(values(tape.gradients(sum(t))[w]) == Values{2, 2});
}

TEST_CASE("views of a view that is a running sum are guarded too") {
  const Tensor w = two();
  Tape tape;
  tape.watch(w);
  Tensor t = reshape(zeros({2}, float64), {1, 2});
  t += w;
  Tensor view = detach(t);
  CHECK_THROWS_AS(view *= 2, TapeError);
  CHECK_THROWS_AS(view.mutable_data<double>(), TapeError);
  view = Tensor();
  t /= w;
  CHECK(values(tape.gradients(sum(t))[w]) == Values{0, 0});
}

TEST_CASE("a nested tape differentiates a product in place by what it watches itself") {
  const Tensor w = two(), x = tensor({3.0, 5.0}, float64);
  Tape outer;
  outer.watch(w);
  Tensor t = zeros({2}, float64);
  t += w;
  Tape inner;
  inner.watch(x);
  t *= x;
  t *= x;                                       // w·x²
  const Tensor d = inner.gradients(sum(t))[x];  // 2wx
  CHECK(values(d) == Values{6, 20});
  CHECK(values(outer.gradients(sum(d))[w]) == Values{6, 10});
}

TEST_CASE("in-place products keep no graph alive and leave plain tensors untracked") {
  Tensor scale = ones({2}, float64);
  const Tensor w = two();
  const auto before = detail::live_bytes();
  for (int step = 0; step < 3; ++step) {
    Tape tape;
    tape.watch(w);
    const Tensor loss = sum(square(w));
    scale *= 2;
    CHECK(!detail::is_tracked(scale));
    tape.gradients(loss);
    scale *= w;  // consumed: a constant
  }
  CHECK(detail::live_bytes() == before);
  CHECK(values(scale) == Values{8, 64});
}

TEST_CASE("fill and copy_into write constants of every dtype") {
  for (Dtype dtype : {float32, float64, int64, boolean, uint8}) {
    Tensor x = zeros({2, 3}, dtype);
    fill(x, 1);
    CHECK(values(x) == Values(6, 1));
    copy_into(x, tensor({0, 1, 0}, dtype));
    CHECK(values(x) == Values{0, 1, 0, 0, 1, 0});
    copy_into(x, transpose(tensor({{1, 0}, {1, 0}, {0, 1}}, dtype)));
    CHECK(values(x) == Values{1, 1, 0, 0, 0, 1});
    copy_into(x, x);
    CHECK(values(x) == Values{1, 1, 0, 0, 0, 1});
  }
  Tensor m = zeros({2, 2});
  fill(slice(m, 0, 1, 2), 2.5);
  CHECK(values(m) == Values{0, 0, 2.5, 2.5});
  Tensor none = zeros({0, 3});
  fill(none, 1);
  copy_into(none, ones({3}));
}

TEST_CASE("views with gaps and turned axes are written in place") {
  Tensor m = zeros({2, 3});
  fill(slice(m, 1, 0, 3, 2), 1);
  CHECK(values(m) == Values{1, 0, 1, 1, 0, 1});
  copy_into(transpose(m), tensor({{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}}));
  CHECK(values(m) == Values{1, 3, 5, 2, 4, 6});
  copy_into(flip(m, 1), m);  // reads what it writes
  CHECK(values(m) == Values{5, 3, 1, 6, 4, 2});
  Tensor column = slice(m, 1, 1, 2);
  column += tensor({{10.f}, {20.f}});
  column *= column;
  CHECK(values(m) == Values{5, 169, 1, 6, 576, 2});
  m -= 1;
  Tensor turned = transpose(m);
  turned /= tensor({1.f, 5.f});
  CHECK(values(m) == Values{4, 168, 0, 1, 115, 0.2f});
}

TEST_CASE("recorded writes reach views with gaps and turned axes whose base nobody holds") {
  const Tensor w = tensor({{1.0, 1.0}, {1.0, 1.0}, {1.0, 1.0}}, float64);
  Tape tape(persistent);
  tape.watch(w);
  Tensor turned = transpose(tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, float64));
  turned *= 3 * w;
  CHECK(values(turned) == Values{3, 12, 6, 15, 9, 18});
  CHECK(values(tape.gradients(sum(turned))[w]) == Values{3, 12, 6, 15, 9, 18});
  Tensor gaps = slice(zeros({3, 4}, float64), 1, 1, 4, 2);
  gaps += w;
  CHECK(values(gaps) == Values(6, 1));
  Tensor backwards = flip(tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}, float64), 0);
  backwards -= w;
  CHECK(values(backwards) == Values{4, 5, 2, 3, 0, 1});
}

TEST_CASE("fill and copy_into refuse what does not fit, and what a tape needs") {
  Tensor x = zeros({3}), whole = zeros({3}, int64);
  CHECK_THROWS_WITH_AS(fill(whole, 0.5), doctest::Contains("fill: 0.5 does not fit the dtype int64"), DtypeError);
  CHECK_THROWS_WITH_AS(copy_into(x, zeros({2})), "copy_into: (2,) does not broadcast to (3,)", ShapeError);
  CHECK_THROWS_WITH_AS(copy_into(x, whole), "copy_into: dtypes differ: float32 and int64; convert with astype",
                       DtypeError);
  Tensor repeated = broadcast_to(ones({3, 1}), {3, 2});
  CHECK_THROWS_WITH_AS(fill(repeated, 1), "fill: elements of this (3, 2) view share their values along axis 1",
                       ShapeError);
  CHECK_THROWS_AS(copy_into(repeated, 0 * repeated), ShapeError);
  CHECK_THROWS_AS(repeated += 1, ShapeError);
  Tensor w = ones({3}), sum_of_w = zeros({3});
  Tape tape;
  tape.watch(w);
  sum_of_w += w;
  for (Tensor* tracked : {&w, &sum_of_w}) {
    CHECK_THROWS_AS(fill(*tracked, 1), TapeError);
    CHECK_THROWS_AS(copy_into(*tracked, x), TapeError);
  }
  CHECK_THROWS_WITH_AS(copy_into(x, w), doctest::Contains("copy_into: the tape differentiates this (3,) tensor"),
                       TapeError);
  copy_into(x, detach(w));
  CHECK(values(x) == Values{1, 1, 1});
  CHECK_THROWS_AS(fill(Tensor(), 1), Error);
}

TEST_CASE("a view that is made on the spot is written, and cannot be assigned to") {
  static_assert(!std::is_assignable_v<Tensor&&, Tensor> && !std::is_assignable_v<Tensor&&, const Tensor&>);
  static_assert(!std::is_assignable_v<Tensor, Tensor&>);
  static_assert(std::is_assignable_v<Tensor&, Tensor> && std::is_assignable_v<Tensor&, const Tensor&>);
  static_assert(std::is_swappable_v<Tensor> && std::is_nothrow_move_assignable_v<Tensor>);
  Tensor x = reshape(arange(6, float64), {2, 3}), y = x;
  x[0] += tensor({1.0, 1.0, 1.0}, float64);
  x[1] -= 3;
  x(1, range(1, 3)) *= 10;
  x[0] /= 2;
  slice(x, 1, 0, 1) += 100;
  transpose(x)[2] += tensor({0.5, 0.25}, float64);
  CHECK(values(x) == Values{100.5, 1, 2, 100, 10, 20.25});
  CHECK(values(x[0] += 1) == Values{101.5, 2, 3});  // the view
  std::swap(x, y);
  std::tie(x, y) = std::pair{y, zeros({2}, float64)};
  std::vector<Tensor> list{x, y};
  list.front() = y;
  list.erase(list.begin());
  CHECK(values(list.front()) == Values{0, 0});
  CHECK(values(x[0]) == Values{101.5, 2, 3});
}

TEST_CASE("a view that is made on the spot is refused what a named one is") {
  Tensor x = zeros({2, 3}), whole = zeros({2, 3}, int64);
  CHECK_THROWS_WITH_AS(x[0] += zeros({2}), "+=: (2,) does not broadcast to (3,)", ShapeError);
  CHECK_THROWS_WITH_AS(x[0] *= whole[0], "*=: dtypes differ: float32 and int64; convert with astype", DtypeError);
  CHECK_THROWS_AS(whole[0] += 0.5, DtypeError);
  CHECK_THROWS_AS(whole[0] /= 2, DtypeError);
  CHECK_THROWS_AS((zeros({2}) > 0) += 1, DtypeError);
  CHECK_THROWS_AS(broadcast_to(x[0], {2, 3}) -= 1, ShapeError);
  CHECK_THROWS_AS(x[2] += 1, ShapeError);
  Tensor w = ones({2, 3});
  Tape tape;
  tape.watch(w);
  CHECK_THROWS_AS(w[0] += 1, TapeError);
  CHECK_THROWS_AS(w[0] *= 2, TapeError);
  CHECK_THROWS_AS(x[0] += w[0], TapeError);  // a recorded write through one of several views
  CHECK(values(x) == Values(6, 0));
}

TEST_CASE("a write into a view without elements does nothing") {
  const Tensor x = zeros({4, 0, 5}), row = zeros({4, 0, 1});
  for (Tensor v : {slice(x, 2, 2, 2), x(range(1, 3)), x(range(), range(), 0), flip(x), transpose(x),
                   broadcast_to(zeros({0, 1}), {0, 3}), broadcast_to(zeros({1, 0}), {3, 0}),
                   broadcast_to(row, {4, 0, 7}), expand_dims(x, 0), squeeze(zeros({1, 0, 1})),
                   diagonal(zeros({0, 3, 3}), 9, 1, 2), slice(transpose(zeros({3, 2})), 0, 1, 1)}) {
    CAPTURE(v.shape());
    CHECK(v.size() == 0);
    v -= 1.0;
    v += v;
    v *= zeros(v.shape());
    v /= 2;
    fill(v, 1);
    copy_into(v, zeros({}));
    copy_into(v, v);
    CHECK(v.to_vector<double>().empty());
    CHECK((v + 1).shape() == v.shape());
    CHECK(flatten(v).shape() == Shape{0});
    const auto half = [](const Tensor& t) { return sum(square(t)) / 2; };
    CHECK(grad(half)(v).shape() == v.shape());
    CHECK(astype(v, float64).shape() == v.shape());
    CHECK(sort(v, -1).shape() == v.shape());
  }
}

TEST_CASE("recorders see an in-place op with its inputs as they were") {
  struct Seen final : detail::Observer {
    std::vector<std::string> ops;
    std::vector<bool> tracked;
    void recorded(detail::Log& log, std::uint32_t node, const Tensor&, std::span<const Tensor* const> inputs) override {
      ops.emplace_back(log.nodes[node].op);
      for (const Tensor* x : inputs) {
        tracked.push_back(detail::tracked(&log, *x));
        if (tracked.back()) CHECK(x->body().tape.node < node);
      }
    }
  };
  const Tensor w = two();
  Tape tape;
  tape.watch(w);
  Seen seen;
  Tensor t = ones({2}, float64);
  t *= w;
  t *= t;
  t -= 1;
  CHECK(seen.ops == std::vector<std::string>{"*=", "*=", "-="});
  CHECK(seen.tracked == std::vector<bool>{false, true, true, true, true, false});
}

}  // namespace retrograd::tests
