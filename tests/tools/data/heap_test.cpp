// A program of its own, since it replaces malloc and its kin: what readers of files do where memory runs out, and how
// much of it they need.
#include <doctest/doctest.h>
#include <malloc.h>
#include <retrograd/retrograd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <new>

#include "../../../nn/files/safetensors_header.h"
#include "../../scratch.h"

namespace {
std::atomic<long> until_failure{-1};  // allocations that succeed before one fails; negative: none fails
std::atomic<long> live{0}, peak{0};   // bytes
bool fails() {
  const bool now = until_failure.load() >= 0 && until_failure.fetch_sub(1) == 0;
  if (now) errno = ENOMEM;
  return now;
}
void* counted(void* memory) {
  if (!memory) return memory;
  const long now = live += static_cast<long>(malloc_usable_size(memory));
  if (now > peak) peak = now;
  return memory;
}
void uncounted(void* memory) {
  if (memory) live -= static_cast<long>(malloc_usable_size(memory));
}
}  // namespace

// glibc's own, behind the names that we take; operator new calls malloc.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t bytes) { return fails() ? nullptr : counted(__libc_malloc(bytes)); }
void* calloc(std::size_t n, std::size_t bytes) { return fails() ? nullptr : counted(__libc_calloc(n, bytes)); }
void* realloc(void* memory, std::size_t bytes) {
  if (fails()) return nullptr;
  uncounted(memory);
  return counted(__libc_realloc(memory, bytes));
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  return fails() ? nullptr : counted(__libc_memalign(alignment, bytes));
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  *memory = memalign(alignment, bytes);
  return *memory ? 0 : ENOMEM;
}
void free(void* memory) {
  uncounted(memory);
  __libc_free(memory);
}
}

namespace retrograd::tests {

namespace {

// Runs f with the first allocation failing, then the second …, until it needs no more: each time it must throw
// std::bad_alloc and nothing else. Returns how often it did.
template <class F>
int each_shortage(F&& f) {
  f();  // what is made once in a process
  for (int n = 0;; ++n) {
    until_failure = n;
    try {
      f();
      if (until_failure.exchange(-1) >= 0) return n;
    } catch (const std::bad_alloc&) {
      until_failure = -1;
    }
  }
}

// The most bytes that f needed at once, beyond those before.
template <class F>
long needed(F&& f) {
  const long before = live;
  peak = before;
  f();
  return peak - before;
}

}  // namespace

TEST_CASE("where memory runs out while a sound file is read, that is what is said") {
  const ScratchFolder folder;
  const auto images = folder.write("images.gz", gzip(idx({40, 28, 28}, std::string(40 * 784, 'x'))));
  const auto table = folder.write("table.csv.gz", gzip("x,y\n1,a\n2,b\n"));
  const auto array = folder.path() / "x.npy", tensors = folder.path() / "x.safetensors";
  tools::write_npy(ones({100}), array);
  nn::write_safetensors(std::vector<Parameter>{{"x", ones({100})}, {"y", ones({100})}}, tensors);
  CHECK(each_shortage([&] { tools::read_idx(images, 3); }) > 3);
  CHECK(each_shortage([&] { tools::read_csv(table, {.label = "y"}); }) > 10);
  CHECK(each_shortage([&] { tools::read_npy(array); }) > 3);
  CHECK(each_shortage([&] { nn::read_safetensors(tensors); }) > 10);
}

TEST_CASE("where memory runs out while a file is written, the old one stays and nothing else") {
  const ScratchFolder folder;
  const auto file = folder.write("x.npy", "old");
  const Tensor x = ones({100});
  int failed = 0;
  for (int n = 0; read_file(file) == "old"; ++n) {
    until_failure = n;
    try {
      tools::write_npy(x, file);
    } catch (const std::bad_alloc&) {
      ++failed;
    }
    until_failure = -1;
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()) ==
          1);
  }
  CHECK(failed > 3);
}

TEST_CASE("a model is loaded whole or not at all, where memory runs out too") {
  const ScratchFolder folder;
  const auto file = folder.path() / "model";
  Rng rng(1);
  nn::Mlp model{{3, 4, 2}, nn::Activation::relu, rng}, other{{3, 4, 2}, nn::Activation::relu, rng};
  nn::save(model, file);
  const auto values = [](const nn::Mlp& one) {
    std::vector<float> all;
    for (const Parameter& each : parameters(one))
      for (const float value : each.tensor.to_vector<float>()) all.push_back(value);
    return all;
  };
  const std::vector<float> before = values(other), loaded = values(model);
  for (int n = 0;; ++n) {
    until_failure = n;
    bool done = true;
    try {
      nn::load(other, file);
    } catch (const std::bad_alloc&) {
      done = false;
    }
    until_failure = -1;
    REQUIRE(values(other) == (done ? loaded : before));
    if (done) break;
  }
}

TEST_CASE("a header of many tensors of no bytes takes at most 200 bytes a tensor") {
  for (const long tensors : {1'000L, 100'000L}) {
    std::string header = "{";
    for (long i = 0; i < tensors; ++i)
      header += fmt::format(R"({}"{}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})", i > 0 ? "," : "", i);
    header += '}';
    std::size_t found = 0;
    const long bytes = needed([&] { found = detail::parse_header("x", header).size(); });
    CHECK(found == static_cast<std::size_t>(tensors));
    CHECK(bytes <= 200 * tensors);
  }
}

TEST_CASE("of a gzipped table no more is held than its numbers") {
  const ScratchFolder folder;
  const auto blank = folder.write("blank.csv.gz", gzip("x\n1\n" + std::string(std::size_t{64} << 20, '\n') + "2\n"));
  CHECK(std::filesystem::file_size(blank) < 100'000);
  CHECK(needed([&] { CHECK(tools::read_csv(blank).values.size() == 2); }) < 4 << 20);
  std::string ones = "x,y\n";
  for (int i = 0; i < 1 << 20; ++i) ones += "1.00000000000000,cat\n";
  const auto table = folder.write("table.csv.gz", gzip(ones));
  // Of each row 4 bytes of value and 4 of label, and 8 of class in the end.
  CHECK(needed([&] { CHECK(tools::read_csv(table, {.label = "y"}).values.size() == 1 << 20); }) < 20 << 20);
}

}  // namespace retrograd::tests
