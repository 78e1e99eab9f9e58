#include "support/embedded_files.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "leveldb/db.h"
#include "leveldb/env.h"
#include "support/random.h"

namespace dynamodown_test {
namespace {

/// Keeps the work in the background waiting.
class PausedEnv final : public leveldb::EnvWrapper {
 public:
  PausedEnv() : EnvWrapper(leveldb::Env::Default()) {}
  void Schedule(void (*work)(void*), void* argument) override {
    if (paused) {
      waiting_.emplace_back(work, argument);
    } else {
      EnvWrapper::Schedule(work, argument);
    }
  }
  void Continue() {
    paused = false;
    for (const auto& [work, argument] : std::exchange(waiting_, {})) {
      EnvWrapper::Schedule(work, argument);
    }
  }
  bool paused = false;

 private:
  std::vector<std::pair<void (*)(void*), void*>> waiting_;
};

void Check(const leveldb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

}  // namespace

std::map<std::string, std::string> MakeKilledStore(
    const std::filesystem::path& path) {
  const std::filesystem::path living = path.string() + ".living";
  PausedEnv env;
  leveldb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 64 * 1024;
  options.compression = leveldb::kNoCompression;
  options.env = &env;
  leveldb::DB* opened = nullptr;
  Check(leveldb::DB::Open(options, living.string(), &opened));
  std::unique_ptr<leveldb::DB> db(opened);
  std::map<std::string, std::string> records;
  Random random(1);
  const auto put = [&](const std::string& key) {
    records[key] = random.Text(400);
    Check(db->Put({}, key, records[key]));
  };
  for (const char* first : {"a", "k"}) {
    for (int i = 0; i < 20; ++i) put(first + std::to_string(i));
    db->CompactRange(nullptr, nullptr);
  }
  // These fill the first log, and go on in the second one.
  env.paused = true;
  for (int i = 0; i < 200; ++i) put("p" + std::to_string(i));
  Check(db->Delete({}, "a1"));
  records.erase("a1");
  CopyDirectory(living, path);
  env.Continue();
  db.reset();
  std::filesystem::remove_all(living);
  return records;
}

std::map<std::string, FileState> StateOf(const std::filesystem::path& path) {
  std::map<std::string, FileState> state;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    std::ifstream file(entry.path(), std::ios::binary);
    state[entry.path().filename().string()] = {
        std::string(std::istreambuf_iterator<char>(file), {}),
        entry.last_write_time()};
  }
  return state;
}

void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

void CopyDirectory(const std::filesystem::path& from,
                   const std::filesystem::path& to) {
  std::filesystem::remove_all(to);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

}  // namespace dynamodown_test
