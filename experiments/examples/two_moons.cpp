// Two interleaved half circles, a classifier that separates them, and its decision boundary as a picture
// (two_moons.svg, drawn by gnuplot).
// Output:
//   accuracy on 2,000 unseen points: above 99 %
//   the decision boundary is in two_moons.svg
#include <fmt/os.h>
#include <retrograd/retrograd.h>

#include <cstdlib>

#include <numbers>

namespace rg = retrograd;

// n noisy points of each moon: positions (2n, 2) and classes 0 or 1 (2n).
std::pair<rg::Tensor, rg::Tensor> two_moons(std::int64_t n, rg::Rng& rng) {
  const rg::Tensor angle = rg::uniform({n}, 0, std::numbers::pi, rng);
  const rg::Tensor upper = rg::stack({rg::cos(angle), rg::sin(angle)}, 1);
  const rg::Tensor lower = rg::stack({1 - rg::cos(angle), 0.5 - rg::sin(angle)}, 1);
  const rg::Tensor points = rg::concatenate({upper, lower}, 0) + 0.1 * rg::normal({2 * n, 2}, 0, 1, rng);
  return {points, rg::concatenate({rg::zeros({n}, rg::int64), rg::ones({n}, rg::int64)}, 0)};
}

// The probability of class 1 on a grid, with the points on top.
void draw(const rg::nn::Mlp& model, const rg::Tensor& points, const rg::Tensor& classes) {
  constexpr int kAcross = 120, kUp = 80;
  const rg::Tensor x = rg::linspace(-1.5, 2.5, kAcross), y = rg::linspace(-1, 1.5, kUp);
  const rg::Tensor grid = rg::stack({rg::tile(x, {kUp}), rg::repeat(y, kAcross, 0)}, 1);
  const std::vector<float> p = rg::softmax(model(grid), 1)(rg::range(), 1).to_vector<float>(),
                           at = grid.to_vector<float>(), point = points.to_vector<float>(),
                           kind = classes.to_vector<float>();
  auto script = fmt::output_file("two_moons.gp");
  script.print(
      "set terminal svg size 640,400 background 'white'\nset output 'two_moons.svg'\nunset key\n"
      "set palette defined (0 '#9ec1e6', 0.5 '#ffffff', 1 '#f3b391')\nset cbrange [0:1]\n"
      "set xrange [-1.5:2.5]\nset yrange [-1:1.5]\n$p << END\n");
  for (std::size_t i = 0; i < p.size(); ++i)
    script.print("{} {} {}\n{}", at[2 * i], at[2 * i + 1], p[i], (i + 1) % kAcross == 0 ? "\n" : "");
  script.print("END\n$points << END\n");
  for (std::size_t i = 0; i < kind.size(); ++i) script.print("{} {} {}\n", point[2 * i], point[2 * i + 1], kind[i]);
  script.print(
      "END\nset table $edge\nset contour base\nunset surface\nset cntrparam levels discrete 0.5\n"
      "splot $p\nunset table\n"
      "plot $p with image, $points using 1:2:($3 > 0 ? 0xc4552d : 0x2b5f9e) with points pt 7 ps 0.4 lc rgb variable, "
      "$edge with lines lc rgb 'black' lw 2\n");
  script.close();
  const bool is_drawn = std::system("gnuplot two_moons.gp") == 0;
  fmt::print("{}\n",
             is_drawn ? "the decision boundary is in two_moons.svg" : "no picture: gnuplot failed or is not installed");
}

int main() {
  rg::Rng rng(1);
  const auto [points, classes] = two_moons(200, rng);
  const auto [unseen, their_classes] = two_moons(1000, rng);

  rg::nn::Mlp model{{2, 32, 32, 2}, rg::nn::Activation::relu, rng};
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 5e-3}};
  for (int step = 0; step < 400; ++step) {
    rg::Tape tape;
    tape.watch(model);
    adam.step(model, tape.gradients(rg::nn::softmax_cross_entropy(model(points), classes)));
  }
  fmt::print("accuracy on 2,000 unseen points: {}\n",
             rg::nn::accuracy(model(unseen), their_classes) > 0.99 ? "above 99 %" : "low");
  draw(model, points, classes);
}
