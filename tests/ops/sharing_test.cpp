// Who shares memory with whom: a result with its inputs only where it is a documented view, gradients with nothing.
#include <doctest/doctest.h>

#include <cstring>
#include <set>

#include "op_table.h"
#include "samples.h"

namespace retrograd::tests {

namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes(const Tensor& x) {
  const Tensor values = detail::packed(x);
  Bytes out(static_cast<std::size_t>(x.size()) * size_of(x.dtype()));
  if (!out.empty()) std::memcpy(out.data(), values.body().data, out.size());
  return out;
}

// Other values than any that a sample or a result has.
void overwrite(Tensor x) { fill(x, x.dtype() == boolean ? Scalar(x.size() > 0 && !x.data<bool>()[0]) : Scalar(77)); }

bool is_view(const std::string& row) {
  static const std::set<std::string> views = {"alias",       "broadcast_to", "contiguous", "detach",   "diagonal",
                                              "expand_dims", "flatten",      "flip",       "moveaxis", "register_hook",
                                              "reshape",     "slice",        "split",      "squeeze",  "swapaxes",
                                              "transpose",   "unstack"};
  return row.starts_with("x[") || row.starts_with("x(") || views.contains(row.substr(0, row.find('(')));
}

// Writes into each tensor in turn and sees that no other one changes.
void check_apart(const std::vector<Tensor>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<Bytes> before;
    for (const Tensor& x : all) before.push_back(bytes(x));
    CAPTURE(i);
    overwrite(all[i]);
    for (std::size_t k = 0; k < all.size(); ++k) {
      CAPTURE(k);
      if (k != i) CHECK(bytes(all[k]) == before[k]);
    }
  }
}

const Axes kNoAxes = std::initializer_list<int>{};
Tensor three() { return tensor({1.0, 2.0, 3.0}, float64); }
Tensor square_of(std::int64_t n) { return reshape(arange(n * n, float64), {n, n}); }

}  // namespace

TEST_CASE("no op shares its result with an input unless it is a view") {
  for_each_sample([](const Row& row, const Sample& sample) {
    if (is_view(row.name)) return;
    Tensors all = draw(sample);
    all.push_back(row.op(all));
    check_apart(all);
  });
}

TEST_CASE("no op that has nothing to do returns its input") {
  const Tensor x = three(), m = square_of(3), whole = tensor({3, 1, 2}), mask = tensor({true, false});
  const Tensor image = reshape(m, {1, 1, 3, 3}), places = tensor({0, 1, 2}), none = zeros({0}, int64);
  const auto check = [](const char* name, const Tensor& input, const Tensor& result) {
    CAPTURE(name);
    CHECK(bytes(input) == bytes(result));
    check_apart({input, result});
  };
  const auto fresh = [](const Tensor& t) { return detail::copy_values(t); };
#define RETROGRAD_CHECK_OWN(input, call) \
  do {                                   \
    const Tensor in = fresh(input);      \
    check(#call, in, call);              \
  } while (false)
  for (const Tensor& any : {x, m, whole, mask}) RETROGRAD_CHECK_OWN(any, astype(in, in.dtype()));
  for (const Tensor& any : {x, m, whole, mask}) RETROGRAD_CHECK_OWN(any, repeat(in, 1, 0));
  for (const Tensor& any : {x, whole}) RETROGRAD_CHECK_OWN(any, tile(in, {1}));
  RETROGRAD_CHECK_OWN(x, tile(in, {}));
  RETROGRAD_CHECK_OWN(x, tile(in, {1, 1}));
  RETROGRAD_CHECK_OWN(m, tile(in, {1, 1}));
  RETROGRAD_CHECK_OWN(x, roll(in, 0, 0));
  RETROGRAD_CHECK_OWN(x, roll(in, 3, 0));
  RETROGRAD_CHECK_OWN(x, pad(in, {{0, 0}}));
  RETROGRAD_CHECK_OWN(x, concatenate({in}));
  RETROGRAD_CHECK_OWN(x, stack({in}));
  RETROGRAD_CHECK_OWN(x, einsum("i", {in}));
  RETROGRAD_CHECK_OWN(m, einsum("ij->ij", {in}));
  RETROGRAD_CHECK_OWN(m, einsum("...->...", {in}));
  RETROGRAD_CHECK_OWN(x, sum(in, kNoAxes));
  RETROGRAD_CHECK_OWN(whole, sum(in, kNoAxes));
  RETROGRAD_CHECK_OWN(x, sum_to(in, {3}));
  RETROGRAD_CHECK_OWN(x, mean(in, kNoAxes));
  RETROGRAD_CHECK_OWN(x, prod(in, kNoAxes));
  RETROGRAD_CHECK_OWN(x, max(in, kNoAxes));
  RETROGRAD_CHECK_OWN(x, min(in, kNoAxes));
  RETROGRAD_CHECK_OWN(x, norm(in, 1, kNoAxes));
  RETROGRAD_CHECK_OWN(x, clip(in, -1e9, 1e9));
  RETROGRAD_CHECK_OWN(x, maximum(in, -1e9));
  RETROGRAD_CHECK_OWN(x, where(in > 0, in, 0));
  RETROGRAD_CHECK_OWN(x, in + 0);
  RETROGRAD_CHECK_OWN(x, in * 1);
  RETROGRAD_CHECK_OWN(x, pow(in, 1));
  RETROGRAD_CHECK_OWN(x, scaled(in, 1));
  RETROGRAD_CHECK_OWN(x, abs(in));
  RETROGRAD_CHECK_OWN(x, relu(in));
  RETROGRAD_CHECK_OWN(x, floor(in));
  RETROGRAD_CHECK_OWN(whole, round(in));
  RETROGRAD_CHECK_OWN(x, sort(in, 0));
  RETROGRAD_CHECK_OWN(x, topk(sort(in, 0, true), 3, 0).values[range(0, 3)] * 0 + in);
  RETROGRAD_CHECK_OWN(x, take(in, places, 0));
  RETROGRAD_CHECK_OWN(x, take_along_axis(in, places, 0));
  RETROGRAD_CHECK_OWN(x, scatter_add(in, none, zeros({0}, float64), 0));
  RETROGRAD_CHECK_OWN(reshape(x, {1, 3}), cumsum(in, 0));
  RETROGRAD_CHECK_OWN(m, tril(in, 9));
  RETROGRAD_CHECK_OWN(m, triu(in, -9));
  RETROGRAD_CHECK_OWN(m, matmul(in, eye(3, float64)));
  RETROGRAD_CHECK_OWN(image, max_pool2d(in, 1));
  RETROGRAD_CHECK_OWN(image, avg_pool2d(in, 1));
  RETROGRAD_CHECK_OWN(image, adaptive_avg_pool2d(in, 3));
  RETROGRAD_CHECK_OWN(mask, logical_and(in, true));
  RETROGRAD_CHECK_OWN(mask, in & in);
  RETROGRAD_CHECK_OWN(x, nn::Dropout{0.5}(in));
  RETROGRAD_CHECK_OWN(x, nn::Dropout{0}(in));
  RETROGRAD_CHECK_OWN(x, nn::Sequential{}(in));
  RETROGRAD_CHECK_OWN(x, nn::activate(nn::Activation::identity, in));
#undef RETROGRAD_CHECK_OWN
  Tensor turned = einsum("ij->ji", {m}), diagonal_of = einsum("ii->i", {m});
  check_apart({m, turned, diagonal_of});
}

TEST_CASE("gradients share memory with nothing, in a sweep that is recorded too") {
  for_each_sample([](const Row& row, const Sample& sample) {
    if (row.order == 0) return;
    const auto differentiate = [&] {
      Tensors all = draw(sample);
      const std::size_t inputs = all.size();
      Tape tape;
      for (const Tensor& x : all) tape.watch(x);
      const Tensor y = row.op(all);
      all.push_back(full(y.shape(), 0.5, y.dtype()));
      const Gradients g = tape.gradients_or_none(y, all.back());
      for (std::size_t i = 0; i < inputs; ++i) all.push_back(g.get_or_zeros(all[i]));
      return all;
    };
    check_apart(differentiate());
    const Tensors nested = [&] {
      Tape outer;
      return differentiate();
    }();
    check_apart(nested);
  });
}

TEST_CASE("two gradients of one sum are two tensors in a nested tape") {
  const Tensor a = three(), b = three(), w = three();
  const auto slopes = [&](bool outer_watches) {
    Tape outer;
    if (outer_watches) outer.watch(w);
    Tape inner;
    inner.watch(a);
    inner.watch(b);
    const Gradients g = inner.gradients(sum((a + b) * w));
    return Tensors{g[a], g[b]};
  };
  for (const bool outer_watches : {false, true}) {
    Tensors g = slopes(outer_watches);
    g[0] *= 10;
    CHECK(bytes(g[1]) == bytes(w));
    CHECK(bytes(w) == bytes(three()));
  }
}

TEST_CASE("a gradient that is the cotangent given, or a tensor of the function's, is a copy of it") {
  const Tensor a = three(), w = three();
  Tensors all{a, w, three()};
  {
    Tape tape;
    tape.watch(a);
    all.push_back(tape.gradients(a, all[2])[a]);
  }
  {
    Tape outer;
    outer.watch(a);
    Tape inner;
    inner.watch(a);
    all.push_back(inner.gradients(a, all[2])[a]);
  }
  const auto weighted = [&](const Tensor& x) { return dot(x, w); };
  all.push_back(grad(weighted)(a));
  const auto same = [](const Tensor& x) { return x; };
  {
    auto [value, pullback] = vjp(same, a);
    all.push_back(value);
    all.push_back(pullback(all[2]));
  }
  auto [value, product] = jvp(same, a, all[2]);
  all.push_back(value);
  all.push_back(product);
  all.push_back(jacobian(same)(a));
  all.push_back(hvp([](const Tensor& x) { return sum(square(x)) / 2; }, a, all[2]));
  const Tensor one = ones({}, float64);
  auto [itself, slope] = value_and_grad(same)(one);
  all.push_back(one);
  all.push_back(itself);
  all.push_back(slope);
  check_apart(all);
}

TEST_CASE("a hook may write the cotangent it is shown, and no other tensor changes") {
  const Tensor a = three(), b = three(), w = three();
  Tape tape;
  tape.watch(a);
  tape.watch(b);
  Tensor seen;
  const Tensor hooked = register_hook(a, [&seen](const Tensor& g) {
    seen = g;
    seen *= 10;
  });
  const Gradients g = tape.gradients(sum((hooked + b) * w));
  CHECK(bytes(g[b]) == bytes(w));
  CHECK(bytes(g[a]) == bytes(w * 10));
  check_apart({a, b, w, seen, g[a], g[b]});
}

TEST_CASE("a sum of gradients shares memory with none of its terms") {
  const Tensor a = three(), b = three();
  Tape tape(persistent);
  tape.watch(a);
  tape.watch(b);
  const Tensor y = sum(a * a), z = sum(a + b);
  Gradients total;
  const Gradients first = tape.gradients_or_none(y), second = tape.gradients(z);
  total += first;
  total += second;
  CHECK(bytes(total[a]) == bytes(2 * a + 1));
  check_apart({first[a], second[a], second[b], total[a], total[b]});
}

TEST_CASE("the copy that a recorded sweep hands out is differentiated") {
  const auto cube = [](const Tensor& x) { return sum(x * x * x); };
  const auto twice = [](const Tensor& x) { return sum(x + x) * sum(x); };  // slopes of one value
  const Tensor x = three();
  CHECK(bytes(grad([&](const Tensor& at) { return sum(grad(cube)(at)); })(x)) == bytes(6 * x));
  CHECK(bytes(grad([&](const Tensor& at) { return sum(grad(twice)(at)); })(x)) == bytes(full({3}, 12, float64)));
  const auto by_cotangent = [&](const Tensor& at) {  // a gradient that is the cotangent itself
    Tape inner;
    const Tensor copy = alias(at);
    inner.watch(copy);
    return sum(square(inner.gradients(copy, at)[copy]));
  };
  CHECK(bytes(grad(by_cotangent)(x)) == bytes(2 * x));
}

}  // namespace retrograd::tests
