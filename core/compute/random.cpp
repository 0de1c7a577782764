// The random tensors of creation.h: what an Rng would draw one by one, made in chunks side by side.
#include <algorithm>
#include <atomic>
#include <cmath>

#include "../base/error.h"
#include "../base/threads.h"
#include "../kernels/random.h"
#include "../tensor/format.h"
#include "creation.h"
#include "kernel_for.h"

namespace retrograd {

namespace {

// The words that a generator is about to draw, any of them.
class Words {
 public:
  explicit Words(const Rng& rng) {
    const auto [seed, stream, counter, left] = rng.state();
    seed_ = seed;
    stream_ = stream;
    next_ = 4 * counter - left;
  }
  static constexpr std::int64_t kRoom = 8;  // that `read` needs besides the words: parts of blocks
  /// `count` words from number `at` on, somewhere in `room`.
  const std::uint32_t* read(std::uint64_t at, std::int64_t count, std::uint32_t* room) const {
    const std::uint64_t first = next_ + at, skipped = first % 4;
    const auto blocks = (static_cast<std::int64_t>(skipped) + count + 3) / 4;
    detail::random_kernels().words(first / 4, stream_, seed_, room, blocks);
    return room + skipped;
  }
  /// Moves the generator so many words on.
  void advance(Rng& rng, std::uint64_t words) const {
    const std::uint64_t next = next_ + words;
    rng.set_state({seed_, stream_, (next + 3) / 4, (4 - next % 4) % 4});
  }

 private:
  std::uint64_t seed_, stream_, next_;
};

constexpr std::int64_t kChunk = 1024;

// Fills n values, of two words each, by chunk(words, begin, count) on whatever threads are free. Where a chunk says
// false one of its draws is to be repeated, so that all that comes after moves: it is done again one by one, and what
// follows anew.
template <class Chunk, class One>
void draw(Rng& rng, std::int64_t n, double steps, Chunk chunk, One one) {
  for (std::int64_t done = 0; done < n;) {
    const Words words(rng);
    const std::int64_t left = n - done, chunks = (left + kChunk - 1) / kChunk;
    std::atomic<std::int64_t> failed{chunks};
    detail::parallel_for(chunks, steps * kChunk, [&](std::int64_t begin, std::int64_t end) {
      std::uint32_t room[2 * kChunk + Words::kRoom];
      for (std::int64_t i = begin; i < end; ++i) {
        const std::int64_t count = std::min(kChunk, left - i * kChunk);
        const auto* from = words.read(static_cast<std::uint64_t>(2 * i * kChunk), 2 * count, room);
        if (chunk(from, done + i * kChunk, count)) continue;
        std::int64_t first = failed.load();
        while (i < first && !failed.compare_exchange_weak(first, i)) {
        }
        return;
      }
    });
    const std::int64_t drawn = std::min(left, failed.load() * kChunk);
    words.advance(rng, static_cast<std::uint64_t>(2 * drawn));
    done += drawn;
    for (const std::int64_t end = std::min(n, done + kChunk); drawn < left && done < end; ++done) one(done);
  }
}

Tensor empty_floats(const char* op, const Shape& shape, Dtype dtype) {
  if (!is_floating(dtype)) detail::fail<DtypeError>("{}: the dtype must be float32 or float64, got {}", op, dtype);
  return detail::empty_for(op, shape, dtype);
}

}  // namespace

Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng, Dtype dtype) {
  if (!(stddev >= 0)) detail::fail("normal: the standard deviation cannot be negative, got {}", stddev);
  Tensor out = empty_floats("normal", shape, dtype);
  const auto run = detail::kernel_for("normal", detail::random_kernels().normal, dtype);
  std::byte* to = out.body().data;
  draw(
      rng, out.size(), 12,
      [&](const std::uint32_t* words, std::int64_t begin, std::int64_t count) {
        run(words, detail::advance(to, begin, size_of(dtype)), count, mean, stddev);
        return true;
      },
      [](std::int64_t) {});
  return out;
}

Tensor uniform(const Shape& shape, double low, double high, Rng& rng, Dtype dtype) {
  if (!(low <= high)) detail::fail("uniform: low must not exceed high, got {} and {}", low, high);
  if (!std::isfinite(high - low)) detail::fail("uniform: the range must be finite, got {} and {}", low, high);
  const auto rounded = [&](double value) {
    return dtype == float32 ? static_cast<double>(static_cast<float>(value)) : value;
  };
  // Draws that would round up to `high` are rejected; if `low` is the only value below `high`, it is returned.
  const bool has_room = rounded(low) < high && rounded(low + (high - low) / 4) < high;
  if (!std::isfinite(rounded(low)) || !std::isfinite(rounded(high)))
    detail::fail<DtypeError>("uniform: {} cannot hold {} and {}", dtype, low, high);
  Tensor out = empty_floats("uniform", shape, dtype);
  if (!has_room) {
    detail::fill_values("uniform", out, low);
    Words(rng).advance(rng, 2 * static_cast<std::uint64_t>(out.size()));
    return out;
  }
  const auto run = detail::kernel_for("uniform", detail::random_kernels().uniform, dtype);
  std::byte* to = out.body().data;
  draw(
      rng, out.size(), 5,
      [&](const std::uint32_t* words, std::int64_t begin, std::int64_t count) {
        return run(words, detail::advance(to, begin, size_of(dtype)), count, low, high - low, high);
      },
      [&](std::int64_t i) {
        double value = low + (high - low) * rng.uniform();
        while (!(rounded(value) < high)) value = low + (high - low) * rng.uniform();
        if (dtype == float32)
          detail::values<float>(out)[i] = static_cast<float>(value);
        else
          detail::values<double>(out)[i] = value;
      });
  return out;
}

Tensor bernoulli(const Shape& shape, double p, Rng& rng, Dtype dtype) {
  if (!(p >= 0 && p <= 1)) detail::fail("bernoulli: the probability must be between 0 and 1, got {}", p);
  Tensor out = detail::empty_for("bernoulli", shape, dtype);
  const auto run = detail::kernel_for("bernoulli", detail::random_kernels().bernoulli, dtype);
  std::byte* to = out.body().data;
  draw(
      rng, out.size(), 5,
      [&](const std::uint32_t* words, std::int64_t begin, std::int64_t count) {
        run(words, detail::advance(to, begin, size_of(dtype)), count, p);
        return true;
      },
      [](std::int64_t) {});
  return out;
}

// Two draws seed a generator for each chunk, so that chunks can be drawn in parallel and are the same for any number of
// threads.
Tensor detail::mask_without(double p, const Shape& shape, Rng& rng) {
  constexpr std::int64_t kMaskChunk = 16384;
  const std::uint64_t high = rng.bits(), seed = high << 32 | rng.bits();
  const double threshold = p * 0x1p32;
  Tensor mask = Tensor::empty(shape, boolean);
  bool* to = values<bool>(mask);
  const std::int64_t n = mask.size();
  parallel_for((n + kMaskChunk - 1) / kMaskChunk, 2 * kMaskChunk, [&](std::int64_t begin, std::int64_t end) {
    std::uint32_t room[kChunk + Words::kRoom];
    for (std::int64_t at = begin * kMaskChunk; at < std::min(n, end * kMaskChunk); at += kChunk) {
      const Words own(Rng(seed, static_cast<std::uint64_t>(at / kMaskChunk)));
      const std::int64_t count = std::min(kChunk, n - at);
      random_kernels().at_least(own.read(static_cast<std::uint64_t>(at % kMaskChunk), count, room), to + at, count,
                                threshold);
    }
  });
  return mask;
}

Tensor randint(const Shape& shape, std::int64_t low, std::int64_t high, Rng& rng) {
  if (low >= high) detail::fail("randint: low must be less than high, got {} and {}", low, high);
  Tensor out = detail::empty_for("randint", shape, int64);
  auto* to = detail::values<std::int64_t>(out);
  const auto base = static_cast<std::uint64_t>(low), count = static_cast<std::uint64_t>(high) - base;
  draw(
      rng, out.size(), 6,
      [&](const std::uint32_t* words, std::int64_t begin, std::int64_t n) {
        return detail::random_kernels().below(words, to + begin, n, base, count);
      },
      [&](std::int64_t i) { to[i] = static_cast<std::int64_t>(base + rng.below(count)); });
  return out;
}

}  // namespace retrograd
