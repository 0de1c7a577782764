#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <string>

namespace retrograd::tests {

namespace {
template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const TapeError& error) {
    return error.what();
  }
  return "";
}
}  // namespace

TEST_CASE("a tape that passes the limit of nodes says which ops it holds") {
  const Tensor x = ones({4});
  const TapeLimitScope guard({.nodes = 3000});
  {
    Tape tape;
    tape.watch(x);
    Tensor y = x, total = zeros({});
    const std::string error = error_of([&] {
      for (int i = 0; i < 10'000; ++i) {
        y = tanh(y * 0.5);
        total += sum(y);
      }
    });
    CHECK(
        error.find("tape: 3072 nodes are recorded, and the limit is 3000; the largest values are from mul (768 times, "
                   "12.0 KiB), tanh (768 times, 12.0 KiB), sum (768 times, 3.00 KiB); ") == 0);
    CHECK(error.find("a loop inside the tape's scope") != std::string::npos);
    CHECK(tape.gradients(y, ones({4})).contains(x));  // what is on the tape can still be swept
  }
  Tape tape;  // a fresh one starts from nothing
  tape.watch(x);
  CHECK(tape.gradients(sum(x * 2.0))[x].to_vector<float>() == std::vector<float>(4, 2));
}

TEST_CASE("a tensor whose node was refused is not on the tape") {
  const TapeLimitScope guard({.nodes = 1024});
  const Tensor x = ones({1}), late = ones({1});
  Tape tape;
  tape.watch(x);
  Tensor y = x;
  for (int i = 0; i < 1023; ++i) y = y + 1.0;
  CHECK_THROWS_AS(tape.watch(late), TapeError);
  CHECK_THROWS_AS(y + 1.0, TapeError);
  CHECK_THROWS_AS(y += 1.0, TapeError);
  CHECK((late * 2.0).item<float>() == 2);  // a constant
  CHECK(tape.gradients(y)[x].item<float>() == 1);
}

TEST_CASE("a tape that passes the limit of bytes is stopped where memory is taken") {
  release_pooled();
  const TapeLimitScope guard({.bytes = memory().live_bytes + (64 << 20)});
  const Tensor x = ones({1 << 20});
  Tape tape;
  tape.watch(x);
  Tensor y = x;
  const std::string error = error_of([&] {
    for (int i = 0; i < 100; ++i) y = tanh(y);
  });
  CHECK(error.find("tape: ") == 0);
  CHECK(error.find("4.00 MiB more are requested") != std::string::npos);
  CHECK(error.find("the largest values are from tanh (1") != std::string::npos);
  const NoTape pause;  // who records nothing may go on
  const Tensor constant = zeros({64 << 20});
  CHECK(constant.size() == 64 << 20);
}

TEST_CASE("guards nest, and the limit of the process holds where there is none") {
  const TapeLimit before = tape_limit();
  CHECK(before.nodes == 20'000'000);
  CHECK(before.bytes > 0);
  set_tape_limit({.nodes = 5000, .bytes = unlimited});
  CHECK(tape_limit().nodes == 5000);
  {
    const TapeLimitScope outer({.nodes = 10});
    {
      const TapeLimitScope inner({.nodes = unlimited});
      CHECK(tape_limit().nodes == unlimited);
    }
    CHECK(tape_limit().nodes == 10);
  }
  CHECK(tape_limit().nodes == 5000);
  set_tape_limit(before);
}

TEST_CASE("a million ops on one tape are within the limit") {
  const Tensor x = ones({1});
  Tape tape;
  tape.watch(x);
  Tensor y = x;
  for (int i = 0; i < 1'000'000; ++i) y = y + 1.0;
  CHECK(tape.gradients(y)[x].item<float>() == 1);
}

TEST_CASE("errors of layers carry the dotted names of their parameters") {
  Rng rng(1);
  const nn::Sequential model{nn::Linear(4, 5, rng), relu, nn::Linear(5, 2, rng)};
  Tape tape;
  tape.watch(model);
  const std::vector<Parameter> list = parameters(model);
  CHECK_THROWS_WITH_AS(model(ones({2, 3})),
                       "layer \"0\": linear: x (2, 3) does not fit weight \"0.weight\" (5, 4), which is (out, in)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(linear(ones({2, 5}), list[2].tensor, list[1].tensor),
                       "linear: bias \"0.bias\" (5,) does not fit weight \"2.weight\" (2, 5), which is (out, in)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(matmul(ones({2, 3}), list[0].tensor),
                       "matmul: inner dimensions differ: (2, 3) x \"0.weight\" (5, 4)", ShapeError);
  CHECK_THROWS_WITH_AS(ones({2, 3}) + list[1].tensor, "add: shapes do not broadcast: (2, 3) and \"0.bias\" (5,)",
                       ShapeError);
  Tensor bias = list[1].tensor;
  CHECK_THROWS_WITH_AS(
      bias += 1.0,
      "+=: an open tape tracks this \"0.bias\" (5,) tensor; write after tape.gradients(…) or when the tape is closed",
      TapeError);
}

TEST_CASE("an in-place sum that the guard refuses has written nothing") {
  const Tensor x = tensor({2.0}, float64);
  const TapeLimitScope guard({.nodes = 1024});
  Tape tape;
  tape.watch(x);
  Tensor total = zeros({1}, float64);
  total += x;
  try {
    for (;;) static_cast<void>(x + 1);
  } catch (const TapeError&) {
  }
  CHECK_THROWS_AS(total += x, TapeError);
  CHECK(total.item<double>() == 2);
  CHECK(tape.gradients(total)[x].item<double>() == 1);
}

}  // namespace retrograd::tests
