#include "../../../experiments/report/curves.h"

#include <doctest/doctest.h>

#include "../../../experiments/report/files.h"
#include "../../scratch.h"
#include "../samples.h"

using namespace retrograd::experiments;
using namespace retrograd::tests;
namespace fs = std::filesystem;

TEST_CASE("curves are written one line a point, in the fewest digits that give it back") {
  Curves curves;
  curves.train_loss = {2.5f, 0.1f};
  curves.train_accuracy = {0.0f, 0.93f};
  curves.test_loss = {0.1};
  curves.test_accuracy = {1.0};
  CHECK(train_csv(curves) == "iteration,loss,accuracy\n1,2.5,0\n2,0.1,0.93\n");
  CHECK(test_csv(curves) == "epoch,loss,accuracy\n1,0.1,1\n");
}

TEST_CASE("a curve's file is named after its case, and its seed where there are several") {
  const ScratchFolder folder;
  write_curves(folder.path(), finished("1RE", {0.5}, 10, 3), false);
  write_curves(folder.path(), finished("1RE", {0.5}, 10, 3), true);
  for (const char* name : {"1RE_train.csv", "1RE_test.csv", "1RE_seed3_train.csv", "1RE_seed3_test.csv"})
    CHECK(fs::exists(folder.path() / name));
}

TEST_CASE("a file that cannot be written is named and nothing is left of it") {
  const ScratchFolder folder;
  fs::create_directories(folder.path() / "taken" / "inside");
  CHECK_THROWS_WITH_AS(write_file(folder.path() / "taken", "x"),
                       doctest::Contains(("cannot write " + (folder.path() / "taken").string()).c_str()), OutputError);
  CHECK_THROWS_AS(write_file(folder.path() / "missing" / "file", "x"), OutputError);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  write_file(folder.path() / "file", "old");
  write_file(folder.path() / "file", "new");
  CHECK(read_file(folder.path() / "file") == "new");
}

TEST_CASE("a folder for results is made or refused before it is needed") {
  const ScratchFolder folder;
  prepare_folder(folder.path() / "a" / "b");
  CHECK(fs::is_empty(folder.path() / "a" / "b"));
  write_file(folder.path() / "file", "x");
  CHECK_THROWS_AS(prepare_folder(folder.path() / "file"), OutputError);
  CHECK_THROWS_AS(prepare_folder(folder.path() / "file" / "c"), OutputError);
}
