// The commands exists, diff, and get with several keys, on embedded stores and
// on DynamoDB Local.

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "cli_fixture.h"
#include "support/random.h"

namespace dynamodown {
namespace {

using dynamodown_test::Random;
using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

using Store = std::map<std::string, std::string>;

class CompareTest : public CliFixture,
                    public testing::WithParamInterface<std::string> {
 protected:
  static constexpr int kDiffer = 1, kTrouble = 2;

  void SetUp() override {
    if (!IsEmbedded()) {
      const std::string endpoint = DynamoDbLocal();
      ASSERT_NE(endpoint, "");
      environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint;
    }
  }
  void TearDown() override {
    if (IsEmbedded()) return;
    for (const char* name : {"a", "b"}) Cli({"destroy", Location(name)});
    Cli({"destroy", Location("a"), "--drop-table"});
  }

  static bool IsEmbedded() { return GetParam() == "embedded"; }
  std::string Path(const std::string& name) const {
    return (directory_.path() / name).string();
  }
  std::string Location(const std::string& name) const {
    return IsEmbedded() ? "leveldb:" + Path(name) : table_ + "/" + name;
  }

  static std::string Line(const std::string& key, const std::string& value) {
    return json({{"key", key}, {"value", value}}).dump() + "\n";
  }
  static std::string Dump(const Store& store) {
    std::string lines;
    for (const auto& [key, value] : store) lines += Line(key, value);
    return lines;
  }
  void Fill(const std::string& name, const Store& store) {
    EXPECT_EQ(Output({"create", Location(name)}), "");
    EXPECT_EQ(Cli({"load", Location(name)}, Dump(store)).status, kOk);
  }
  std::string WriteFile(const std::string& name, const std::string& content) {
    std::ofstream file(Path(name), std::ios::binary);
    file << content;
    EXPECT_TRUE(file.flush().good()) << name;
    return Path(name);
  }
  /// Runs diff, which must end with `status` and print no message.
  std::string Diff(int status, Arguments arguments,
                   const std::string& input = "") {
    arguments.insert(arguments.begin(), "diff");
    const Outcome outcome = Cli(arguments, input);
    EXPECT_EQ(outcome.status, status) << testing::PrintToString(arguments);
    EXPECT_EQ(outcome.err, "") << testing::PrintToString(arguments);
    return outcome.out;
  }

  const TemporaryDirectory directory_;
  const std::string table_ = NewTable("compare");
};

// --------------------------------------------------------- exists, many keys

TEST_P(CompareTest, ExistsSaysByItsStatusWhetherAllKeysAreThere) {
  Fill("a", {{"k", "1"}, {"l", ""}, {"\n", "3"}});
  const auto status = [this](Arguments keys) {
    keys.insert(keys.begin(), {"exists", Location("a")});
    const Outcome outcome = Cli(keys);
    EXPECT_EQ(outcome.out + outcome.err, "");
    return outcome.status;
  };
  EXPECT_EQ(status({"k"}), kOk);
  EXPECT_EQ(status({"l"}), kOk);
  EXPECT_EQ(status({"m"}), kNotFound);
  EXPECT_EQ(status({"k", "l", "k"}), kOk);
  EXPECT_EQ(status({"k", "m"}), kNotFound);
  EXPECT_EQ(status({"m", "k"}), kNotFound);
  EXPECT_EQ(status({"--hex", "0a", "6b"}), kOk);
  EXPECT_EQ(status({"--base64", "Cg=="}), kOk);
}

TEST_P(CompareTest, ExistsFailsWhereItCannotKnow) {
  Error(kFailure, {"exists", Location("none"), "k"});
  Error(kFailure, {"exists", Location("none"), "k", "l"});
  Error(kUsage, {"exists", Location("none")});
  Error(kUsage, {"exists", Location("none"), "--hex", "6b", "x"});
}

TEST_P(CompareTest, GetOfSeveralKeysPrintsARecordForEachThatIsThere) {
  Fill("a", {{"a", "1"}, {"b", "two\nlines"}, {"c", ""}});
  EXPECT_EQ(Output({"put", Location("a"), "--hex", "00ff", "fe"}), "");
  EXPECT_EQ(Output({"get", Location("a"), "b", "a", "c", "b"}),
            Line("b", "two\nlines") + Line("a", "1") + Line("c", "") +
                Line("b", "two\nlines"));
  EXPECT_EQ(Output({"get", Location("a"), "--hex", "00ff", "61"}),
            "{\"key_b64\":\"AP8=\",\"value_b64\":\"/g==\"}\n" + Line("a", "1"));
  const Outcome missing =
      Cli({"get", Location("a"), "x", "a", "y\n", "c", "--json"});
  EXPECT_EQ(missing.status, kNotFound);
  EXPECT_EQ(missing.out, Line("a", "1") + Line("c", ""));
  EXPECT_EQ(missing.err,
            "dynamodown: there is no key x\n"
            "dynamodown: there is no key y\\x0a\n");
}

TEST_P(CompareTest, GetOfOneKeyPrintsItsBareValue) {
  Fill("a", {{"a", "1"}});
  EXPECT_EQ(Output({"get", Location("a"), "a"}), "1\n");
  EXPECT_EQ(Output({"get", Location("a"), "a", "--raw"}), "1");
  EXPECT_EQ(Output({"get", Location("a"), "a", "--json"}), Line("a", "1"));
  EXPECT_THAT(Error(kUsage, {"get", Location("a"), "a", "b", "--raw"}),
              HasSubstr("--raw takes one KEY"));
}

TEST_P(CompareTest, SeveralKeysAreOneRequest) {
  if (IsEmbedded()) return;
  Fill("a", {{"a", "1"}, {"b", "2"}});
  for (const char* command : {"get", "exists"}) {
    const Outcome many =
        Cli({command, Location("a"), "a", "b", "a", "--verbose"});
    EXPECT_THAT(many.err, HasSubstr("BatchGetItem"));
    // DescribeTable, the descriptor's GetItem, and one request for the keys:
    // a unit for the descriptor, and one for each key.
    EXPECT_THAT(many.err, HasSubstr("* 3 requests, 0 retries, 3 read units"));
    const Outcome one = Cli({command, Location("a"), "a", "-v", "--eventual"});
    EXPECT_THAT(one.err, HasSubstr("* 3 requests, 0 retries, 1.5 read units"));
  }
}

// ---------------------------------------------------------------------- diff

Store RandomStore(Random* random, const Store& like) {
  Store store;
  for (const auto& [key, value] : like) {
    if (random->Below(10) != 0) {
      store[key] = random->Below(10) == 0 ? value + "!" : value;
    }
  }
  for (uint64_t n = random->Below(5); n > 0; --n) {
    store["new" + std::to_string(random->Below(1000))] = "new";
  }
  return store;
}

/// The lines that diff has to print.
std::string Expected(const Store& a, const Store& b, bool with_json) {
  std::map<std::string, json> lines;
  for (const auto& [key, value] : a) {
    lines[key] = {{"type", "only_a"}, {"key", key}, {"a", value}};
  }
  for (const auto& [key, value] : b) {
    const auto in_a = a.find(key);
    if (in_a == a.end()) {
      lines[key] = {{"type", "only_b"}, {"key", key}, {"b", value}};
    } else if (in_a->second == value) {
      lines.erase(key);
    } else {
      lines[key]["type"] = "different";
      lines[key]["b"] = value;
    }
  }
  std::string text;
  for (const auto& [key, line] : lines) {
    const std::string type = line["type"];
    text += with_json ? line.dump() + "\n"
                      : std::string(type == "only_a"   ? "< "
                                    : type == "only_b" ? "> "
                                                       : "| ") +
                            key + "\n";
  }
  return text;
}

/// The same lines with their members in a fixed order.
std::string Sorted(const std::string& lines) {
  std::string sorted;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = lines.find('\n', begin);
    sorted += json::parse(lines.substr(begin, end - begin)).dump() + "\n";
    begin = end + 1;
  }
  return sorted;
}

TEST_P(CompareTest, DiffOfRandomStoresIsThatOfMaps) {
  Random random(42);
  Store base;
  for (int i = 0; i < 120; ++i) {
    base["key" + std::to_string(random.Below(100000))] =
        std::string(random.Below(3000), 'v');
  }
  const Store a = RandomStore(&random, base), b = RandomStore(&random, base);
  Fill("a", a);
  Fill("b", b);
  const std::string file = WriteFile("b.dump", Dump(b));
  const std::string at_a = Location("a"), at_b = Location("b");
  EXPECT_EQ(Diff(kDiffer, {at_a, at_b}), Expected(a, b, false));
  EXPECT_EQ(Diff(kDiffer, {at_b, at_a}), Expected(b, a, false));
  EXPECT_EQ(Diff(kDiffer, {at_a, file}), Expected(a, b, false));
  EXPECT_EQ(Diff(kDiffer, {file, at_a}), Expected(b, a, false));
  EXPECT_EQ(Diff(kDiffer, {at_a, "-"}, Dump(b)), Expected(a, b, false));
  EXPECT_EQ(Sorted(Diff(kDiffer, {at_a, at_b, "--json"})),
            Expected(a, b, true));
  EXPECT_EQ(Diff(kDiffer, {at_a, at_b, "--quiet"}), "");
  EXPECT_EQ(Diff(kOk, {at_b, file}), "");
  EXPECT_EQ(Diff(kOk, {at_b, file, "--quiet", "--eventual"}), "");
}

TEST_P(CompareTest, DiffComparesKeysOnlyIfAskedTo) {
  Fill("a", {{"a", "1"}, {"b", "2"}});
  const std::string other = Line("a", "one") + Line("c", "3");
  EXPECT_EQ(Diff(kDiffer, {Location("a"), "-", "--keys-only"}, other),
            "< b\n> c\n");
  EXPECT_EQ(Diff(kDiffer, {Location("a"), "-", "--keys-only", "--json"}, other),
            "{\"type\":\"only_a\",\"key\":\"b\"}\n"
            "{\"type\":\"only_b\",\"key\":\"c\"}\n");
  EXPECT_EQ(Diff(kOk, {Location("a"), "-", "--keys-only", "--to", "b"}, other),
            "");
}

TEST_P(CompareTest, DiffTakesAnyBytesAndHonoursBounds) {
  Fill("a", {{"b", "1"}});
  EXPECT_EQ(Output({"put", Location("a"), "--hex", "ff00", "fe"}), "");
  EXPECT_EQ(Output({"put", Location("a"), "--hex", "0a", "31"}), "");
  EXPECT_EQ(Diff(kDiffer, {Location("a"), "-"}),
            "< \\x0a\n< b\n< \\xff\\x00\n");
  EXPECT_EQ(Diff(kDiffer, {Location("a"), "-", "--hex", "--from", "62"}),
            "< 62\n< ff00\n");
  EXPECT_EQ(Diff(kDiffer, {Location("a"), "-", "--json", "--prefix", "b"}),
            "{\"type\":\"only_a\",\"key\":\"b\",\"a\":\"1\"}\n");
  EXPECT_EQ(Diff(kDiffer, {Location("a"), "-", "--json", "--from", "c"}),
            "{\"type\":\"only_a\",\"key_b64\":\"/wA=\",\"a_b64\":\"/g==\"}\n");
  EXPECT_EQ(Diff(kOk, {Location("a"), "-", "--to", "b", "--from", "a"},
                 Line("0", "out") + Line("b", "out")),
            "");
}

TEST_P(CompareTest, TroubleIsNoDifference) {
  Fill("a", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const auto trouble = [this](const Arguments& more,
                              const std::string& input = "") {
    Arguments arguments = {"diff"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Error(kTrouble, arguments, input);
  };
  const std::string a = Location("a");
  trouble({a, Location("none")});
  trouble({Location("none"), a});
  EXPECT_THAT(trouble({a, "./none"}), HasSubstr("cannot read ./none: No such"));
  EXPECT_THAT(trouble({"-", "-"}), HasSubstr("only one side"));
  trouble({a});
  // A dump that breaks off, or is no dump, ends the comparison.
  const std::string good = Line("a", "1") + Line("b", "2");
  EXPECT_THAT(trouble({a, "-"}, good + "{\"key\":\"c\",\"val"),
              HasSubstr("standard input, line 3: "));
  EXPECT_THAT(trouble({a, WriteFile("x", good + "\n" + Line("b", "2"))}),
              HasSubstr("x, line 4: its key is not above the key before"));
  EXPECT_THAT(trouble({"-", a}, Line("a", "1") + Line("B", "2")),
              HasSubstr("line 2: its key is not above"));
}

TEST_P(CompareTest, EveryReaderOfJsonNamesOtherInputAndSkipsAMark) {
  Fill("a", {{"a", "1"}});
  const std::string gzip("\x1f\x8b\x08\0\0\0\0\0", 8);
  const std::string location = Location("a");
  const Arguments readers[] = {
      {"load", location},
      {"batch", location},
      {"batch", location, "--unordered"},
      {"diff", location, "-"},
      {"item", "put", Location("none"), "kim"},
      {"item", "set", Location("none"), "kim"},
  };
  for (const Arguments& reader : readers) {
    EXPECT_THAT(Cli(reader, gzip).err, HasSubstr("gzip -dc"));
    EXPECT_THAT(Cli(reader, "{\"key\":\"\\ud800\",\"value\":\"\"}").err,
                HasSubstr("half of a surrogate pair"));
  }
  const std::string mark = "\xef\xbb\xbf";
  EXPECT_EQ(Cli({"load", location}, mark + Line("a", "2")).status, kOk);
  EXPECT_EQ(Diff(kOk, {location, "-"}, mark + Line("a", "2")), "");
  EXPECT_EQ(
      Output({"batch", location}, mark + "{\"type\":\"del\",\"key\":\"a\"}\n"),
      "");
  EXPECT_EQ(Output({"item", "put", location, "kim"}, mark + "{\"n\":1}"), "");
  EXPECT_EQ(Output({"item", "get", location, "kim"}), "{\"n\":1}\n");
}

TEST_P(CompareTest, AnUnreadableItemIsTrouble) {
  if (IsEmbedded()) return;
  Fill("a", {{"a", "1"}, {"b", "2"}});
  // No item has a value under another value attribute.
  const Outcome outcome =
      Cli({"diff", Location("a"), "-", "--value-attribute", "missing"},
          Dump({{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(outcome.status, kTrouble);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, StartsWith("dynamodown: "));
}

TEST_P(CompareTest, AClosedPipeEndsADiffInSilence) {
  Store big;
  for (int i = 0; i < 3000; ++i) big["k" + std::to_string(i)] = "v";
  Fill("a", {});
  Invocation invocation =
      Call({"diff", Location("a"), WriteFile("big.dump", Dump(big)), "--json"});
  invocation.output_is_closed = true;
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, kDiffer);
  EXPECT_EQ(outcome.err, "");
}

// A sanitizer's own memory would count.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_P(CompareTest, MemoryDoesNotGrowWithWhatIsCompared) {
  if (!IsEmbedded()) return;
  const auto peak = [this](int records) {
    const std::string path = Path(std::to_string(records));
    std::ofstream file(path);
    for (int i = 0; i < records; ++i) {
      file << Line(std::to_string(1000000 + i), std::string(1000, 'v'));
    }
    file.close();
    const Outcome outcome = Cli({"diff", path, path});
    EXPECT_EQ(outcome.status, kOk);
    return outcome.peak_bytes;
  };
  const size_t small = peak(1000);
  EXPECT_LT(peak(50000), small + (size_t{8} << 20));
}
#endif

INSTANTIATE_TEST_SUITE_P(Stores, CompareTest,
                         testing::Values("embedded", "dynamodb"),
                         [](const auto& store) { return store.param; });

}  // namespace
}  // namespace dynamodown
