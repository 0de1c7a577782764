// The same work with libtorch, eager: torch::nn::Linear and an activation, cross_entropy or mse_loss,
// torch::optim::SGD, batches by index_select. Prints the same lines as `bench`, with libtorch's times and no floor.
//   bench_torch --data FOLDER [--threads 1,2] [--rounds 7] [--only W1,W4]
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

namespace {

struct Work {
  const char* name;
  std::vector<std::int64_t> sizes;
  enum { relu, sigmoid, tanh } activation;
  std::int64_t batch;
  bool mean_square;
  int steps;
  const char* unit;
  double scale;
};
const std::vector<Work> kWork = {
    {"W1", {784, 128, 10}, Work::relu, 100, false, 600, "s/epoch", 1},
    {"W2", {784, 128, 64, 10}, Work::sigmoid, 100, false, 600, "s/epoch", 1},
    {"W3b1", {784, 128, 10}, Work::relu, 1, false, 3000, "µs/step", 1e6 / 3000},
    {"W3b10", {784, 128, 10}, Work::relu, 10, false, 2000, "µs/step", 1e6 / 2000},
    {"W3b1000", {784, 128, 10}, Work::relu, 1000, false, 60, "µs/step", 1e6 / 60},
    {"W4", {2, 8, 1}, Work::tanh, 4, true, 5000, "µs/step", 1e6 / 5000},
    {"W5", {1024, 2048, 2048, 10}, Work::relu, 512, false, 4, "ms/step", 1e3 / 4},
};

struct Samples {
  torch::Tensor inputs, targets;
};

std::vector<char> bytes_of(const std::string& path, std::size_t skip) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "bench_torch: cannot read %s\n", path.c_str());
    std::exit(3);
  }
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(skip));
  return bytes;
}

Samples samples_for(const Work& work, const std::string& data) {
  if (work.sizes[0] == 2)
    return {torch::tensor({{-0.5f, -0.5f}, {0.5f, -0.5f}, {-0.5f, 0.5f}, {0.5f, 0.5f}}),
            torch::tensor({{0.f}, {1.f}, {1.f}, {0.f}})};
  if (work.sizes[0] != 784)
    return {torch::rand({4096, work.sizes[0]}) - 0.5, torch::randint(10, {4096}, torch::kInt64)};
  std::vector<char> images = bytes_of(data + "/train-images-idx3-ubyte", 16),
                    labels = bytes_of(data + "/train-labels-idx1-ubyte", 8);
  const auto count = static_cast<std::int64_t>(labels.size());
  return {(torch::from_blob(images.data(), {count, 784}, torch::kUInt8).to(torch::kFloat) - 128) / 255,
          torch::from_blob(labels.data(), {count}, torch::kUInt8).to(torch::kInt64)};
}

double median_of(int rounds, const std::function<void()>& repeat) {
  repeat();
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    repeat();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + rounds / 2, seconds.end());
  return seconds[static_cast<std::size_t>(rounds / 2)];
}

double training(const Work& work, const Samples& samples, int rounds) {
  torch::manual_seed(1);
  std::vector<torch::nn::Linear> layers;
  std::vector<torch::Tensor> parameters;
  for (std::size_t i = 0; i + 1 < work.sizes.size(); ++i) {
    layers.emplace_back(work.sizes[i], work.sizes[i + 1]);
    for (const torch::Tensor& parameter : layers.back()->parameters()) parameters.push_back(parameter);
  }
  torch::optim::SGD sgd(parameters, torch::optim::SGDOptions(0.1).momentum(0.001).weight_decay(1e-4));
  const std::int64_t count = samples.inputs.size(0);
  torch::Tensor order;
  std::int64_t at = count;
  return median_of(rounds, [&] {
    for (int step = 0; step < work.steps; ++step) {
      if (at + work.batch > count) {
        order = torch::randperm(count);
        at = 0;
      }
      const torch::Tensor rows = order.narrow(0, at, work.batch);
      at += work.batch;
      torch::Tensor y = samples.inputs.index_select(0, rows);
      const torch::Tensor targets = samples.targets.index_select(0, rows);
      for (torch::Tensor& parameter : parameters) parameter.mutable_grad() = torch::Tensor();
      for (std::size_t i = 0; i < layers.size(); ++i) {
        y = layers[i](y);
        if (i + 1 < layers.size())
          y = work.activation == Work::relu      ? torch::relu(y)
              : work.activation == Work::sigmoid ? torch::sigmoid(y)
                                                 : torch::tanh(y);
      }
      const torch::Tensor loss =
          work.mean_square ? torch::mse_loss(y, targets) : torch::nn::functional::cross_entropy(y, targets);
      loss.backward();
      sgd.step();
    }
  });
}

double chain(std::int64_t size, int rounds) {
  const auto options = torch::TensorOptions().requires_grad(true);
  torch::Tensor x = torch::full({size}, 0.5, options), a = torch::full({size}, 1.01, options),
                b = torch::full({size}, 0.01, options);
  return median_of(rounds, [&] {
    torch::Tensor y = x;
    for (int i = 0; i < 10000; ++i) y = i % 3 == 0 ? y * a : i % 3 == 1 ? y + b : torch::tanh(y);
    y.sum().backward();
    for (torch::Tensor* variable : {&x, &a, &b}) variable->mutable_grad() = torch::Tensor();
  });
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

}  // namespace

int main(int argc, char** argv) {
  std::string data = "mnist", threads = "1,2", only;
  int rounds = 7;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i], value = argv[i + 1];
    if (option == "--data") data = value;
    if (option == "--threads") threads = value;
    if (option == "--only") only = "," + value + ",";
    if (option == "--rounds") rounds = std::stoi(value);
  }
  const auto wanted = [&](const std::string& name) {
    return only.empty() || only.find("," + name + ",") != std::string::npos;
  };
  const auto report = [&](const std::string& name, const std::string& count, double value, const char* unit) {
    std::printf("%s, libtorch " TORCH_VERSION ", %s, %.5g, %s\n", name.c_str(), count.c_str(), value, unit);
    std::fflush(stdout);
  };
  for (const std::string& count : split(threads)) {
    torch::set_num_threads(std::stoi(count));
    for (const Work& work : kWork)
      if (wanted(work.name))
        report(work.name, count, training(work, samples_for(work, data), rounds) * work.scale, work.unit);
    for (std::int64_t size : {16, 1}) {
      const std::string name = size == 16 ? "W6vec16" : "W6scalar";
      if (wanted(name)) report(name, count, chain(size, rounds) * 1e9 / 10000, "ns/op");
    }
  }
}
