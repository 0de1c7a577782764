// The accuracy of sums, products of matrices, norms, variances, softmax and losses: the largest error over data of many
// lengths and kinds, as a multiple of what rounding each number of the data once may cost (the unit roundoff times the
// sum of the sizes of the terms), against references in long double.
//   sums_accuracy           the table of docs/accuracy.md, as Markdown
//   sums_accuracy --check   shorter data, and fails where an error is above what the table allows
#include <fmt/format.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

using namespace retrograd;

namespace {

using Real = long double;
using Reals = std::vector<Real>;

Reals values(const Tensor& x) {
  const std::vector<double> held = x.to_vector<double>();
  return {held.begin(), held.end()};
}

// What an op gives, what it should, and what one rounding of its data may cost.
struct Trial {
  Tensor found;
  Reals right, cost;
};

// With what each addition rounded away (Neumaier 1974): a million additions in long double would be off by more than a
// unit of double.
struct Sum {
  Real sum = 0, sizes = 0;
  void add(Real term) {
    const Real plain = total_ + term;
    lost_ += std::abs(total_) >= std::abs(term) ? (total_ - plain) + term : (term - plain) + total_;
    total_ = plain;
    sum = total_ + lost_;
    sizes += std::abs(term);
  }

 private:
  Real total_ = 0, lost_ = 0;
};
Sum sum_of(const Reals& terms, const std::function<Real(Real)>& f) {
  Sum total;
  for (Real term : terms) total.add(f(term));
  return total;
}
Real mean_of(const Reals& x) {
  return sum_of(x, [](Real v) { return v; }).sum / static_cast<Real>(x.size());
}
Real square_distance(const Reals& x, Real from) {
  return sum_of(x, [&](Real v) { return (v - from) * (v - from); }).sum;
}
Real log_sum(const Reals& x) {
  Real top = x[0];
  for (Real v : x) top = std::max(top, v);
  return top + std::log(sum_of(x, [&](Real v) { return std::exp(v - top); }).sum);
}
Real largest_of(const Reals& x) {
  Real size = 0;
  for (Real v : x) size = std::max(size, std::abs(v));
  return size;
}

struct Op {
  const char* name;
  double limit;  // in units of the cost
  std::function<Trial(const Tensor& x)> run;
};

// x is a vector; columns of three are made of it where an op works along columns.
const std::vector<Op>& all_ops() {
  static const std::vector<Op> kOps{
      {"sum", 8,
       [](const Tensor& x) {
         const Sum s = sum_of(values(x), [](Real v) { return v; });
         return Trial{sum(x), {s.sum}, {s.sizes}};
       }},
      {"sum over rows", 40,
       [](const Tensor& x) {
         const Sum s = sum_of(values(x), [](Real v) { return v; });
         const Tensor columns = broadcast_to(reshape(x, {x.size(), 1}), {x.size(), 3});
         return Trial{sum(columns, 0), Reals(3, s.sum), Reals(3, s.sizes)};
       }},
      {"cumsum, its end", 2,
       [](const Tensor& x) {
         const Sum s = sum_of(values(x), [](Real v) { return v; });
         return Trial{cumsum(x, 0)[x.size() - 1], {s.sum}, {s.sizes}};
       }},
      {"mean", 8,
       [](const Tensor& x) {
         const Sum s = sum_of(values(x), [](Real v) { return v; });
         const auto n = static_cast<Real>(x.size());
         return Trial{mean(x), {s.sum / n}, {s.sizes / n}};
       }},
      {"dot", 40,
       [](const Tensor& x) {
         const Tensor other = flip(x, 0);
         const Reals a = values(x), b = values(other);
         Sum s;
         for (std::size_t i = 0; i < a.size(); ++i) s.add(a[i] * b[i]);
         return Trial{matmul(x, other), {s.sum}, {s.sizes}};
       }},
      {"matmul, few rows", 40,
       [](const Tensor& x) {
         const Sum s = sum_of(values(x), [](Real v) { return v * v; });
         const Tensor column = broadcast_to(reshape(x, {x.size(), 1}), {x.size(), 17});
         return Trial{matmul(reshape(x, {1, x.size()}), column), Reals(17, s.sum), Reals(17, s.sizes)};
       }},
      {"matmul, many rows", 40,
       [](const Tensor& x) {
         const Sum s = sum_of(values(x), [](Real v) { return v * v; });
         const Tensor column = broadcast_to(reshape(x, {x.size(), 1}), {x.size(), 20});
         return Trial{matmul(transpose(column), column), Reals(400, s.sum), Reals(400, s.sizes)};
       }},
      {"norm", 8,
       [](const Tensor& x) {
         const Real right = std::sqrt(square_distance(values(x), 0));
         return Trial{norm(x), {right}, {right}};
       }},
      {"var", 8,
       [](const Tensor& x) {
         const Reals v = values(x);
         const Real right = square_distance(v, mean_of(v)) / static_cast<Real>(v.size());
         return Trial{var(x), {right}, {right}};
       }},
      {"std", 8,
       [](const Tensor& x) {
         const Reals v = values(x);
         const Real right = std::sqrt(square_distance(v, mean_of(v)) / static_cast<Real>(v.size()));
         return Trial{retrograd::std(x), {right}, {right}};
       }},
      {"layer_norm", 8,
       [](const Tensor& x) {
         Reals v = values(x);
         const Real mean = mean_of(v),
                    deviation = std::sqrt(square_distance(v, mean) / static_cast<Real>(v.size()) + 1e-5L);
         Reals cost;
         for (Real& one : v) {
           const Real moved = std::abs(one) / deviation;  // by the rounding of this number
           one = (one - mean) / deviation;
           cost.push_back(std::abs(one) + 1 + moved);
         }
         return Trial{layer_norm(x, ones(x.shape(), x.dtype()), zeros(x.shape(), x.dtype())), v, cost};
       }},
      {"logsumexp", 4,
       [](const Tensor& x) {
         const Reals v = values(x);
         const Real right = log_sum(v);
         return Trial{logsumexp(x), {right}, {std::abs(right) + 1}};
       }},
      {"softmax", 8,
       [](const Tensor& x) {
         Reals v = values(x), cost;
         const Real total = log_sum(v);
         for (Real& one : v) {
           const Real away = std::abs(one - total);
           one = std::exp(one - total);
           cost.push_back(one * (1 + away));
         }
         return Trial{softmax(x, 0), v, cost};
       }},
      {"log_softmax", 8,
       [](const Tensor& x) {
         Reals v = values(x), cost;
         const Real total = log_sum(v), size = largest_of(v);
         for (Real& one : v) one -= total, cost.push_back(std::abs(one) + size + 1);
         return Trial{log_softmax(x, 0), v, cost};
       }},
      {"mse", 8,
       [](const Tensor& x) {
         const Real right = square_distance(values(x), 0) / static_cast<Real>(x.size());
         return Trial{nn::mse(x, zeros(x.shape(), x.dtype())), {right}, {right}};
       }},
      {"softmax_cross_entropy", 8,
       [](const Tensor& x) {
         const Reals v = values(x);
         const Real total = log_sum(v);
         return Trial{nn::softmax_cross_entropy(reshape(x, {1, x.size()}), tensor(std::vector<std::int64_t>{0}, {1})),
                      {total - v[0]},
                      {std::abs(total) + std::abs(v[0]) + 1}};
       }},
      {"bce_with_logits", 20,
       [](const Tensor& x) {
         const Sum s =
             sum_of(values(x), [](Real v) { return std::max(v, Real{0}) + std::log1p(std::exp(-std::abs(v))); });
         const auto n = static_cast<Real>(x.size());
         return Trial{nn::bce_with_logits(x, zeros(x.shape(), x.dtype())), {s.sum / n}, {s.sizes / n}};
       }},
  };
  return kOps;
}

struct Data {
  const char* name;
  std::function<Tensor(std::int64_t n, Rng& rng, Dtype dtype)> draw;
};
const std::vector<Data>& all_data() {
  static const std::vector<Data> kData{
      {"0.1 and 0.101 in turn",
       [](std::int64_t n, Rng&, Dtype dtype) { return fmod(arange(n, dtype), 2) * 1e-3 + 0.1; }},
      {"normal", [](std::int64_t n, Rng& rng, Dtype dtype) { return normal({n}, 0, 1, rng, dtype); }},
      {"uniform", [](std::int64_t n, Rng& rng, Dtype dtype) { return uniform({n}, 0, 1, rng, dtype); }},
      {"around 1000", [](std::int64_t n, Rng& rng, Dtype dtype) { return normal({n}, 1000, 1, rng, dtype); }},
      {"tiny", [](std::int64_t n, Rng& rng, Dtype dtype) { return normal({n}, 0, 1e-15, rng, dtype); }}};
  return kData;
}

struct Worst {
  double error = 0;
  std::int64_t n = 0;
  const char* data = "";
};
Worst worst_of(const Op& op, Dtype dtype, std::int64_t longest) {
  const Real unit = dtype == float32 ? 0x1p-24L : 0x1p-53L;
  Worst worst;
  for (const Data& data : all_data())
    for (std::int64_t n = 10; n <= longest; n *= 10) {
      Rng rng(static_cast<std::uint64_t>(n));
      const Trial trial = op.run(data.draw(n, rng, dtype));
      const Reals found = values(trial.found);
      for (std::size_t i = 0; i < found.size(); ++i) {
        const auto error = static_cast<double>(std::abs(found[i] - trial.right[i]) / (unit * trial.cost[i]));
        if (!(error <= worst.error)) worst = {error, n, data.name};
      }
    }
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc == 2 && !std::strcmp(argv[1], "--check");
  if (argc > 1 && !check) return std::fputs("usage: sums_accuracy [--check]\n", stderr), 2;
  if (!check) fmt::print("| op | dtype | largest error | allowed | at |\n| --- | --- | ---: | ---: | --- |\n");
  bool good = true;
  for (const Op& op : all_ops())
    for (const Dtype dtype : {float32, float64}) {
      const Worst worst = worst_of(op, dtype, check ? 100'000 : 1'000'000);
      const bool holds = worst.error <= op.limit;
      good = good && holds;
      if (!check)
        fmt::print("| {} | {} | {:.3g} | {} | {} numbers, {} |\n", op.name, name(dtype), worst.error, op.limit, worst.n,
                   worst.data);
      else if (!holds)
        fmt::print("{} in {}: {:.4g} units, at most {} expected, of {} numbers, {}\n", op.name, name(dtype),
                   worst.error, op.limit, worst.n, worst.data);
    }
  return good ? 0 : 1;
}
