#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include "../../scratch.h"

namespace retrograd::tests {

// Every reader names what people give it by mistake: what stands under a name is not always what the name says.
TEST_CASE("a file of another kind than its name says is told by its kind, by every reader") {
  using namespace std::string_literals;
  struct Kind {
    std::string bytes, kind;
    bool idx_reads_on = false;  // gzip is no other kind to it
  };
  const std::string rest(300, 'x');
  const std::vector<Kind> kinds = {
      {"", "an empty file"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
       "a Git LFS pointer; `git lfs pull` gets the file that it stands for"},
      {"<!DOCTYPE html>\n<html>" + rest, "an HTML page"},
      {"\n <HTML>" + rest, "an HTML page"},
      {gzip(rest), "a gzip file; gunzip unpacks it", true},
      {"\x1f\x8b\x08\0\0\0\0\0\0\x03"s + rest, "a gzip file; gunzip unpacks it", true},  // begins like a short length
      {"PK\3\4" + rest, "a zip archive, as .npz, PyTorch's .pt and .xlsx are"},
      {"\x80\2" + rest, "a Python pickle, as old files of PyTorch are"},
      {"\x80\4\x95" + rest, "a Python pickle"},
      {"\x89HDF\r\n\x1a\n" + rest, "an HDF5 file"},
      {"\xff\xfe" + rest, "UTF-16 text"},
  };
  const ScratchFolder folder;
  const auto says = [](auto&& read, const std::string& file, const std::string& format, const std::string& kind) {
    const std::string message = file_error([&] { read(file); });
    CHECK(message == file + ": expected " + format + ", found " + kind);
  };
  for (const auto& [bytes, kind, idx_reads_on] : kinds) {
    const std::string file = folder.write("file", bytes);
    says([](const std::string& name) { nn::read_safetensors(name); }, file, "a safetensors file", kind);
    says([](const std::string& name) { tools::read_npy(name); }, file, "an .npy file", kind);
    if (!idx_reads_on) says([](const std::string& name) { tools::read_idx(name, 1); }, file, "an idx file", kind);
  }
  const std::string pointer = folder.write("images.gz", gzip(kinds[1].bytes));
  says([](const std::string& name) { tools::read_idx(name, 3); }, pointer, "an idx file", kinds[1].kind);
  const std::string array = (folder.path() / "array").string();
  tools::write_npy(ones({2}), array);
  says([](const std::string& name) { nn::read_safetensors(name); }, array, "a safetensors file",
       "a NumPy array (.npy)");
  says([](const std::string& name) { tools::read_idx(name, 1); }, array, "an idx file", "a NumPy array (.npy)");
}

TEST_CASE("a folder is told from a file by every reader") {
  const ScratchFolder folder;
  const std::string path = folder.path().string(), expected = path + ": expected a file, found a directory";
  CHECK(file_error([&] { nn::read_safetensors(path); }) == expected);
  CHECK(file_error([&] { tools::read_npy(path); }) == expected);
  CHECK(file_error([&] { tools::read_idx(path, 1); }) == expected);
  CHECK(file_error([&] { tools::read_csv(path); }) == expected);
}

TEST_CASE("control characters of a path reach no error of a reader or a writer") {
  const ScratchFolder folder;
  const std::string path = folder.write("a\x1b[2J\nb\xff", "\7nothing that is known").string();
  Rng rng(1);
  nn::Linear model{2, 2, rng};
  Tensor x = ones({1});
  nn::TrainingState run{{"x", x}};
  const std::string other = path + "/x", sound = folder.path().string() + "/sound\x1b";
  nn::write_safetensors(std::vector<Parameter>{{"y", x}}, sound);
  for (const std::string& message : {
           file_error([&] { nn::read_safetensors(path); }),
           file_error([&] { nn::load(model, path); }),
           file_error([&] { nn::load(model, sound); }),
           file_error([&] { run.load(path); }),
           file_error([&] { run.load(sound); }),
           file_error([&] { run.save(other); }),
           file_error([&] { tools::read_npy(path); }),
           file_error([&] { tools::write_npy(x, other); }),
           file_error([&] { tools::read_idx(path, 1); }),
           file_error([&] { tools::read_csv(path); }),
           file_error([&] { tools::export_onnx(model, {2}, other); }),
       }) {
    CHECK(!message.empty());
    for (const char c : message) CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
}

}  // namespace retrograd::tests
