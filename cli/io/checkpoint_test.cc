#include "io/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace cli {
namespace {

using testing::HasSubstr;

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() {
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
    path_ = directory_ + "/checkpoint";
  }
  ~CheckpointTest() override { std::filesystem::remove_all(directory_); }

  /// Begins a checkpoint. If `lines` is not 0, also writes it.
  std::unique_ptr<Checkpoint> Begin(uint64_t lines) {
    auto checkpoint = std::make_unique<Checkpoint>();
    std::optional<CheckpointFields> found;
    EXPECT_EQ(checkpoint->Open(path_, &found), std::nullopt);
    EXPECT_EQ(checkpoint->Begin(Fields(0)), std::nullopt);
    if (lines > 0) {
      EXPECT_EQ(checkpoint->Write(Fields(lines)), std::nullopt);
    }
    return checkpoint;
  }
  static CheckpointFields Fields(uint64_t lines) {
    CheckpointFields fields;
    fields.location = "table/kim";
    fields.line = lines;
    fields.key = "k";
    fields.digest = Digest().hex();
    return fields;
  }
  /// Moves another program's file onto the checkpoint's name.
  void MoveAStrangerThere() {
    std::ofstream(path_ + ".stranger") << "theirs";
    std::filesystem::rename(path_ + ".stranger", path_);
  }
  std::string Content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string directory_ = testing::TempDir() + "checkpoint-XXXXXX";
  std::string path_;
};

TEST_F(CheckpointTest, IsWrittenAndRemoved) {
  const auto checkpoint = Begin(1);
  EXPECT_EQ(checkpoint->Write(Fields(2)), std::nullopt);
  EXPECT_THAT(Content(), HasSubstr("table/kim"));
  EXPECT_EQ(checkpoint->Remove(), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(CheckpointTest, AFileThatWasMovedOntoItsNameStays) {
  for (const uint64_t lines : {0, 1}) {
    std::unique_ptr<Checkpoint> checkpoint = Begin(lines);
    MoveAStrangerThere();
    for (const Complaint& complaint :
         {checkpoint->Write(Fields(2)), checkpoint->Remove()}) {
      ASSERT_NE(complaint, std::nullopt);
      EXPECT_THAT(*complaint, HasSubstr(path_ + ": another file has"));
    }
    checkpoint.reset();
    EXPECT_EQ(Content(), "theirs");
    std::filesystem::remove(path_);
  }
}

TEST_F(CheckpointTest, AFileThatWasRemovedIsWrittenAgain) {
  const auto checkpoint = Begin(1);
  std::filesystem::remove(path_);
  EXPECT_EQ(checkpoint->Write(Fields(2)), std::nullopt);
  EXPECT_THAT(Content(), HasSubstr("table/kim"));
  std::filesystem::remove(path_);
  EXPECT_EQ(checkpoint->Remove(), std::nullopt);
}

}  // namespace
}  // namespace cli
