// A recurrent network that learns to write, character by character, from generated sentences.
// Output:
//   step   0: 3.3 nats a letter
//   step 100: 0.2 nats a letter
//   step 200: 0.2 nats a letter
//   the cat hears my dog.
//   my dog hears a bird.
//   a bird sees my dog.
//   the old fox sees a bird.
//   my dog likes the old fox.
//   the old fox likes the cat.
//   a bird follows the cat.
//   the cat sees the old fox.
#include <fmt/core.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace rg = retrograd;

constexpr std::string_view kLetters = " .abcdefghijklmnopqrstuvwxyz";
constexpr std::array<std::string_view, 4> kWho = {"the cat", "a bird", "my dog", "the old fox"};
constexpr std::array<std::string_view, 4> kDoes = {"sees", "likes", "follows", "hears"};

std::string sentence(rg::Rng& rng) {
  const auto any = [&rng](const auto& words) { return words[rng.below(words.size())]; };
  return fmt::format("{} {} {}. ", any(kWho), any(kDoes), any(kWho));
}

struct Writer {
  rg::nn::Embedding letters;
  rg::nn::Lstm memory;
  rg::nn::Linear next;
  explicit Writer(rg::Rng& rng)
      : letters{static_cast<std::int64_t>(kLetters.size()), 16, rng},
        memory{16, 64, rng},
        next{64, static_cast<std::int64_t>(kLetters.size()), rng} {}
  // Letters (N, T) as indices → logits of the letters that follow (N, T, letters).
  rg::Tensor operator()(const rg::Tensor& x) const { return next(memory(letters(x))); }
  static void fields(auto& self, auto&& visit) {
    visit("letters", self.letters);
    visit("memory", self.memory);
    visit("next", self.next);
  }
};

std::vector<std::int64_t> indices(std::string_view text) {
  std::vector<std::int64_t> list;
  for (char c : text) list.push_back(static_cast<std::int64_t>(kLetters.find(c)));
  return list;
}

int main() {
  rg::Rng rng(1);
  Writer writer{rng};
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 1e-2}};
  constexpr std::int64_t kRows = 32, kTime = 48;
  for (int step = 0; step <= 200; ++step) {
    std::vector<std::int64_t> text;
    for (std::int64_t row = 0; row < kRows; ++row) {
      std::string line;
      while (line.size() <= kTime) line += sentence(rng);
      const std::vector<std::int64_t> part = indices(std::string_view(line).substr(0, kTime + 1));
      text.insert(text.end(), part.begin(), part.end());
    }
    const rg::Tensor rows = rg::tensor(text, {kRows, kTime + 1});
    const rg::Tensor seen = rows(rg::range(), rg::range(0, kTime)), wanted = rows(rg::range(), rg::range(1, kTime + 1));

    rg::Tape tape;
    tape.watch(writer);
    const rg::Tensor logits = rg::reshape(writer(seen), {kRows * kTime, -1});
    const rg::Tensor loss = rg::nn::softmax_cross_entropy(logits, rg::reshape(wanted, {kRows * kTime}));
    if (step % 100 == 0) fmt::print("step {:3}: {:.1f} nats a letter\n", step, loss.item<float>());
    rg::Gradients gradients = tape.gradients(loss);
    gradients.clip_norm(1);
    adam.step(writer, gradients);
  }

  std::string text = "the cat ";  // and what the net makes of it, by chance
  while (text.size() < 200) {
    const std::vector<std::int64_t> so_far =
        indices(std::string_view(text).substr(text.size() > 48 ? text.size() - 48 : 0));
    const rg::Tensor x = rg::tensor(so_far, {1, static_cast<std::int64_t>(so_far.size())});
    const std::vector<double> p = rg::softmax(writer(x)(0, -1), 0).to_vector<double>();
    double left = rng.uniform();
    std::size_t letter = 0;
    while (letter + 1 < p.size() && (left -= p[letter]) > 0) ++letter;
    text += kLetters[letter];
  }
  text.resize(text.rfind('.') + 1);
  for (std::size_t at = 0; (at = text.find(". ", at)) != std::string::npos;) text[++at] = '\n';  // a line each
  fmt::print("{}\n", text);
}
