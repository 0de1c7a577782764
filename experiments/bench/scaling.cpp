// Compares training steps over widths and batch sizes with the floor of their matrix products, and measures the cost of
// an op by the length of its tape. Writes a figure, scaling.svg, and prints the underlying numbers.
#include <fmt/core.h>

#include <cxxopts.hpp>
#include <filesystem>
#include <string>

#include "../report/files.h"
#include "../report/gnuplot.h"
#include "../report/plot.h"
#include "measure.h"

namespace retrograd::bench {
namespace {

constexpr std::int64_t kBatches[] = {1, 4, 16, 64, 256, 1024, 4096};
constexpr std::int64_t kWidths[] = {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
constexpr std::int64_t kLengths[] = {100, 1000, 10000, 100000, 1000000};

double flops_of(std::int64_t width, std::int64_t batch) {
  return 10.0 * static_cast<double>(batch) * static_cast<double>(width) * static_cast<double>(width);
}

/// The number of steps that take about 30 ms together.
std::int64_t steps_for(std::int64_t width, std::int64_t batch) {
  const double flops = flops_of(width, batch);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(0.03 / (flops / 5e10 + 3e-6)));
}

experiments::Points ratios(std::int64_t batch, int threads, int rounds) {
  experiments::Points points;
  for (std::int64_t width : kWidths) {
    const std::int64_t steps = steps_for(width, batch);
    const Training work{"scaling", {width, width, width}, nn::Activation::relu, batch, false, steps, "s", 1};
    const tools::Dataset samples{
        tensor(std::vector<std::uint8_t>(static_cast<std::size_t>(batch * width), 100), {batch, width}),
        zeros({batch}, int64)};
    const Measured measured =
        measure(our_training(work, samples), floor_of(work, std::max<std::int64_t>(steps / 3, 1), threads),
                static_cast<double>(steps) / static_cast<double>(std::max<std::int64_t>(steps / 3, 1)),
                flops_of(width, batch) > 1e10 ? 1 : rounds);  // steps of a second need no median
    const double ratio = measured.ours / *measured.floor;
    fmt::print("{}, {}, {}, {:.4g}, {:.4g}, {:.3f}\n", threads, batch, width,
               measured.ours / static_cast<double>(steps) * 1e6, *measured.floor / static_cast<double>(steps) * 1e6,
               ratio);
    std::fflush(stdout);
    points.emplace_back(static_cast<double>(width), ratio);
  }
  return points;
}

std::string figure(int threads, int rounds) {
  std::string blocks, plots;
  for (std::int64_t batch : kBatches) {
    blocks += experiments::data_block(fmt::format("batch{}", batch), ratios(batch, threads, rounds));
    plots += fmt::format("{}$batch{} with linespoints linewidth 2 pointtype 7 pointsize 0.5 title 'batch {}'",
                         plots.empty() ? "plot " : ", ", batch, batch);
  }
  return experiments::plot_style(900, 520) + blocks +
         fmt::format(
             "set title 'A training step of width-width-width, relative to its matrix products; {} thread{}' font "
             "',14'\n"
             "set logscale x 2\nset logscale y\nset xrange [8:4096]\nset yrange [0.3:100]\nset xlabel 'width'\n"
             "set ylabel 'time / time of the sgemm calls alone'\nset ytics (0.5, 1, 2, 5, 10, 20, 50, 100)\n"
             "set key top right\nset arrow from 8,1 to 4096,1 nohead linewidth 1 linecolor '#444444'\n",
             threads, threads == 1 ? "" : "s") +
         plots + "\n";
}

void run(const std::filesystem::path& out, int threads, int rounds) {
  set_threads(threads);
  fmt::print("ops on the tape, ns per op\n");
  for (std::int64_t length : kLengths) {
    const Measured measured = measure(our_chain({"scaling", 16, length}), {}, 1, length < 100000 ? 15 : 5);
    fmt::print("{}, {:.1f}\n", length, measured.ours * 1e9 / static_cast<double>(length));
  }
  fmt::print("threads, batch, width, µs per step, floor, ratio\n");
  const std::string script = figure(threads, rounds);
  experiments::write_file(out, experiments::run_gnuplot(script));
}

}  // namespace
}  // namespace retrograd::bench

int main(int argc, char** argv) {
  try {
    cxxopts::Options line("bench_scaling", "Times training steps over widths and batch sizes against the floor.\n");
    line.add_options()("out", "The figure to write", cxxopts::value<std::string>()->default_value("scaling.svg"))(
        "threads", "Number of threads", cxxopts::value<int>()->default_value("1"))(
        "rounds", "Number of rounds; the median is reported", cxxopts::value<int>()->default_value("3"))("help",
                                                                                                         "Print this");
    const auto given = line.parse(argc, argv);
    if (given.count("help")) {
      fmt::print("{}", line.help());
      return 0;
    }
    retrograd::bench::run(given["out"].as<std::string>(), given["threads"].as<int>(), given["rounds"].as<int>());
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_scaling: {}\n", error.what());
    return 1;
  }
}
