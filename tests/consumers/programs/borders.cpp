// A stranger's program that hides its own symbols, as plugins do: what the library throws is still caught by its type,
// and what the library keeps for each thread exists once.
#include <fmt/core.h>
#include <retrograd/retrograd.h>

#include <stdexcept>

namespace rg = retrograd;

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  fmt::print("not so: {}\n", what);
  ++failures;
}

template <class E, class F>
void check_throws(F f, const char* what) {
  try {
    f();
    check(false, what);
  } catch (const E& error) {
    check(*error.what() != '\0', what);
  } catch (...) {
    check(false, what);
  }
}

}  // namespace

int main() {
  const rg::Tensor a = rg::ones({2, 3}), b = rg::ones({4, 5}), singular = rg::zeros({2, 2});
  check_throws<rg::ShapeError>([&] { rg::matmul(a, b); }, "a ShapeError is caught as one");
  check_throws<rg::Error>([&] { rg::matmul(a, b); }, "a ShapeError is caught as an Error");
  check_throws<std::invalid_argument>([&] { rg::matmul(a, b); }, "a ShapeError is caught as a std::invalid_argument");
  check_throws<rg::DtypeError>([&] { a + rg::ones({2, 3}, rg::float64); }, "a DtypeError is caught as one");
  check_throws<rg::LinalgError>([&] { rg::inverse(singular); }, "a LinalgError is caught as one");
  check_throws<rg::FileError>([] { rg::nn::read_safetensors("/no/such/file"); }, "a FileError is caught as one");
  check_throws<rg::TapeError>([&] { rg::Tape().gradients(rg::sum(a)); }, "a TapeError is caught as one");
  check_throws<rg::AnomalyError>(
      [&] {
        rg::AnomalyScope scope;
        rg::grad([](const rg::Tensor& x) { return rg::sum(rg::log(x)); })(rg::full({2}, -1));
      },
      "an AnomalyError is caught as one");

  rg::Tensor::empty_like(a);
  const auto before = rg::memory();
  for (int i = 0; i < 3; ++i) rg::Tensor::empty_like(a);  // made in this program, from the pool of the library
  const auto after = rg::memory();
  check(before.live_blocks == after.live_blocks && before.pooled_bytes == after.pooled_bytes, "there is one pool");
  check(rg::array_equal(rg::grad([](const rg::Tensor& x) { return rg::sum(rg::square(x)); })(a), 2 * a),
        "there is one tape");
  return failures;
}
