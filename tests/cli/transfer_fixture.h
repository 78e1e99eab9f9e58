// The fixture of the tests of dump, load and batch.

#ifndef DYNAMODOWN_TESTS_CLI_TRANSFER_FIXTURE_H_
#define DYNAMODOWN_TESTS_CLI_TRANSFER_FIXTURE_H_

#include <cstdint>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli_fixture.h"
#include "leveldb/db.h"
#include "support/model.h"
#include "support/random.h"

namespace dynamodown {

using dynamodown_test::Entries;
using dynamodown_test::EntriesOf;
using dynamodown_test::Map;
using dynamodown_test::Random;

/// Stands in keys and values that no message may quote.
inline constexpr char kQuoted[] = "SECRET";

class TransferFixture : public CliFixture {
 protected:
  std::string Path(const std::string& name) const {
    return (directory_.path() / name).string();
  }
  std::string Embedded(const std::string& name) const {
    return "leveldb:" + Path(name);
  }

  /// A file of this name and content; returns its path.
  std::string WriteFile(const std::string& name, const std::string& content) {
    std::ofstream file(Path(name), std::ios::binary);
    file << content;
    EXPECT_TRUE(file.flush().good()) << name;
    return Path(name);
  }

  // LevelDB itself, on the directory of Embedded(name).

  std::unique_ptr<leveldb::DB> OpenLevelDb(const std::string& name) {
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* db = nullptr;
    const leveldb::Status status = leveldb::DB::Open(options, Path(name), &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<leveldb::DB>(db);
  }
  void FillLevelDb(const std::string& name, const Map& map) {
    const auto db = OpenLevelDb(name);
    for (const auto& [key, value] : map) {
      const auto status = db->Put(leveldb::WriteOptions(), key, value);
      ASSERT_TRUE(status.ok()) << status.ToString();
    }
  }
  Entries ReadLevelDb(const std::string& name) {
    const auto db = OpenLevelDb(name);
    const std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(leveldb::ReadOptions()));
    return dynamodown_test::Forward(it.get());
  }

  /// Keys and values of any bytes.
  static Map AnyBytes(uint64_t seed, size_t n, size_t key_bytes_max,
                      size_t value_bytes_max) {
    Random random(seed);
    Map map = {{"", "of the empty key"},
               {std::string(1, '\0'), ""},
               {std::string(2, '\0'), std::string(1, '\0')},
               {"\xff", "\xff\xff"},
               {std::string(key_bytes_max, '\xff'), "of the last key"},
               {"text", "\"quotes\"\\ \n\r\t\x01 gr\u00fc\u00df \U0001f600"},
               {"big", random.Bytes(value_bytes_max)},
               {"big text", random.Utf8(value_bytes_max)}};
    while (map.size() < n) {
      const std::string key = random.OneIn(2) ? random.BinaryKey(key_bytes_max)
                                              : random.Utf8Key(key_bytes_max);
      const size_t bytes = random.Below(200);
      map[key] = random.OneIn(2) ? random.Bytes(bytes) : random.Utf8(bytes);
    }
    return map;
  }

  /// A record of text, as another program's JSON library writes it.
  static std::string Record(const std::string& key, const std::string& value) {
    return nlohmann::json({{"key", key}, {"value", value}}).dump() + "\n";
  }
  /// "key000017" and so on.
  static std::string Numbered(size_t i) {
    std::string digits = std::to_string(i);
    return "key" + std::string(6 - digits.size(), '0') + digits;
  }
  /// Records with these keys, from `begin` up to `end`, and numbered values.
  static std::string Records(size_t begin, size_t end,
                             const std::string& value = "value") {
    std::string lines;
    for (size_t i = begin; i < end; ++i) {
      lines += Record(Numbered(i), value + std::to_string(i));
    }
    return lines;
  }

  /// The records of a dump, in their order.
  static Entries ParseDump(const std::string& dump) {
    using nlohmann::json;
    Entries entries;
    const auto bytes = [](const json& record, const std::string& name) {
      return record.contains(name)
                 ? record.at(name).get<std::string>()
                 : DecodeBase64(record.at(name + "_b64").get<std::string>());
    };
    EXPECT_TRUE(dump.empty() || dump.ends_with('\n'));
    for (size_t begin = 0; begin < dump.size();) {
      const size_t end = dump.find('\n', begin);
      const json record = json::parse(dump.substr(begin, end - begin));
      EXPECT_EQ(record.size(), 2u);
      entries.push_back({bytes(record, "key"), bytes(record, "value")});
      begin = end + 1;
    }
    return entries;
  }

  static std::string DecodeBase64(const std::string& text) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    uint32_t bits = 0;
    int n = 0;
    for (const char c : text) {
      if (c == '=') break;
      bits = bits << 6 | static_cast<uint32_t>(kDigits.find(c));
      n += 6;
      if (n >= 8) bytes += static_cast<char>(bits >> (n -= 8));
    }
    return bytes;
  }

  TemporaryDirectory directory_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_CLI_TRANSFER_FIXTURE_H_
