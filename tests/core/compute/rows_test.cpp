// The door of kernels that see whole rows, lines or planes, where there are so many that threads share them.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace retrograd::tests {

namespace {
// What f computes on this many threads.
Tensor on_threads(int count, const std::function<Tensor()>& f) {
  const int before = threads();
  set_threads(count);
  Tensor y = f();
  set_threads(before);
  return y;
}
bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() &&
         std::memcmp(a.body().data, b.body().data, static_cast<std::size_t>(a.size()) * size_of(a.dtype())) == 0;
}
}  // namespace

TEST_CASE("what is computed by rows, lines or planes has the same bits on any number of threads") {
  Rng rng(1);
  const Tensor x = normal({300, 700}, 0, 1, rng), images = normal({3, 7, 60, 90}, 0, 1, rng);
  const Tensor rows = randint({900}, -300, 300, rng), places = randint({300, 700}, 0, 700, rng);
  const Tensor weight = normal({700}, 0, 1, rng), bias = normal({700}, 0, 1, rng);
  const std::vector<std::pair<std::string, std::function<Tensor()>>> calls = {
      {"softmax", [&] { return softmax(x, 1); }},
      {"log_softmax", [&] { return log_softmax(x, 1); }},
      {"logsumexp", [&] { return logsumexp(x, 1); }},
      {"layer_norm", [&] { return layer_norm(x, weight, bias, 1e-5); }},
      {"cumsum along rows", [&] { return cumsum(x, 1); }},
      {"cumsum along columns", [&] { return cumsum(x, 0); }},
      {"cumprod along columns", [&] { return cumprod(x, 0); }},
      {"prod", [&] { return prod(x, 0); }},
      {"sort", [&] { return sort(x, 1); }},
      {"sort along columns", [&] { return sort(x, 0); }},
      {"argmax", [&] { return argmax(x, 0); }},
      {"take", [&] { return take(x, rows, 0); }},
      {"take_along_axis", [&] { return take_along_axis(x, places, 1); }},
      {"tril", [&] { return tril(x, 3); }},
      {"max_pool2d", [&] { return max_pool2d(images, 3); }},
      {"avg_pool2d of long windows", [&] { return avg_pool2d(images, 30); }},
      {"adaptive_avg_pool2d", [&] { return adaptive_avg_pool2d(images, 7); }},
      {"unfold", [&] { return unfold(images, 3); }},
      {"fold of long windows",
       [&] {
         return fold(unfold(images, 11), {60, 90}, 11);
       }},
  };
  for (const auto& [name, call] : calls) {
    CAPTURE(name);
    const Tensor alone = on_threads(1, call);
    CHECK(same_bits(alone, on_threads(2, call)));
    CHECK(same_bits(alone, on_threads(3, call)));
  }
}

}  // namespace retrograd::tests
