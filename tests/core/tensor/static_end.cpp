// Computes when everything that is static is being destroyed: made before the library's own objects, `last` ends after
// them. Exits with 0 where the results are right.
#include <retrograd/retrograd.h>

#include <unistd.h>

#include <cstdio>
#include <vector>

namespace rg = retrograd;

namespace {

struct Last {
  rg::Tensor a, b, expected;
  std::vector<rg::nn::Linear> made;
  ~Last() {
    alarm(60);
    for (const int threads : {4, 3, 1}) {
      rg::set_threads(threads);
      if (rg::sum(rg::where(rg::matmul(a, b) == expected, 0, 1)).item<float>() != 0) end("a product");
    }
    const rg::nn::Linear& layer = made.front();
    rg::Tape tape;
    tape.watch(layer);
    const std::vector<rg::nn::Linear> listed{rg::alias(layer)};
    tape.watch(listed);  // under a name that is new; what is made of an alias passes through to its origin
    const rg::Gradients g = tape.gradients(rg::sum(layer(a) + listed[0](a)));
    if (g[layer.bias].item<float>() != 1200 || g[listed[0].bias].item<float>() != 600) end("a gradient");
    if (g.begin()->name() != "weight") end("a name");
    if (rg::memory().live_bytes <= 0) end("the memory");
    std::puts("right");
    std::fflush(stdout);
  }
  static void end(const char* what) {
    std::printf("%s is wrong\n", what);
    std::fflush(stdout);
    _exit(1);
  }
};
Last last;

}  // namespace

int main() {
  rg::set_threads(4);
  rg::Rng rng(1);
  last.a = rg::normal({600, 600}, 0, 1, rng), last.b = rg::normal({600, 600}, 0, 1, rng);
  last.expected = rg::matmul(last.a, last.b);
  last.made.emplace_back(600, 1, rng);
  rg::Tape tape;
  tape.watch(last.made.front());
}
