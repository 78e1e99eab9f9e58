#include "db/location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dynamodown {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Refusal(const std::string& text) {
  const Result<Location> location = ParseLocation(text);
  EXPECT_FALSE(location.ok()) << text;
  if (location.ok()) return "accepted";
  EXPECT_EQ(location.error().kind, ErrorKind::kInvalidArgument);
  return location.error().message;
}

/// "table|store|region|endpoint" or "leveldb|path".
std::string Parsed(const std::string& text) {
  const Result<Location> l = ParseLocation(text);
  if (!l.ok()) return l.error().message;
  if (l->embedded) return "leveldb|" + l->path;
  return l->table + "|" + l->store + "|" + l->region + "|" + l->endpoint;
}

TEST(Location, IsATableAndAHash) {
  EXPECT_EQ(Parsed("mytable/myhash"), "mytable|myhash||");
  EXPECT_EQ(Parsed("my.table-1_A/x"), "my.table-1_A|x||");
}

TEST(Location, OfATableAloneIsTheStoreThatIsCalledExclamationMark) {
  EXPECT_EQ(Parsed("table"), "table|!||");
  EXPECT_EQ(Parsed("dynamodb://table"), "table|!||");
  EXPECT_EQ(Parsed("dynamodb://table?region=eu-west-1"), "table|!|eu-west-1|");
}

TEST(Location, OnlyTheFirstSlashSeparates) {
  EXPECT_EQ(Parsed("table/a/b/c"), "table|a/b/c||");
  EXPECT_EQ(Parsed("table//a"), "table|/a||");
  EXPECT_EQ(Parsed("dynamodb://table/a/b"), "table|a/b||");
}

TEST(Location, WithoutASchemeEveryByteStandsForItself) {
  EXPECT_EQ(Parsed("table/100%?x=y&z@w#"), "table|100%?x=y&z@w#||");
  EXPECT_EQ(Parsed("table/\xff\x01"), "table|\xff\x01||");
}

TEST(Location, SettingsWithoutASchemeAreTakenForAMistake) {
  for (const char* text :
       {"table/x?region=eu-west-1", "table/x?endpoint=http://h:1"}) {
    EXPECT_THAT(Refusal(text),
                HasSubstr("settings need the long form, "
                          "dynamodb://table/hash?region=...&endpoint=..."));
  }
}

TEST(Location, WithASchemeItHasSettingsAndIsPercentDecoded) {
  EXPECT_EQ(Parsed("dynamodb://table/hash?region=eu-west-1&endpoint=http://"
                   "127.0.0.1:8000"),
            "table|hash|eu-west-1|http://127.0.0.1:8000");
  EXPECT_EQ(Parsed("dynamodb://table/hash?endpoint=http%3A%2F%2Fh%3A1"),
            "table|hash||http://h:1");
  EXPECT_EQ(Parsed("dynamodb://t%61ble/%2F%3f%40%25%fF"), "table|/?@%\xff||");
  EXPECT_EQ(Parsed("dynamodb://table/a%2"), Refusal("dynamodb://table/a%2"));
}

TEST(Location, AnEncodedSlashDoesNotSeparate) {
  EXPECT_THAT(Refusal("dynamodb://table%2Fhash"),
              HasSubstr("\"table/hash\" cannot be a table's name"));
}

TEST(Location, APercentSignNeedsTwoHexDigits) {
  for (const char* text :
       {"dynamodb://table/%", "dynamodb://table/a%4", "dynamodb://table/%4g",
        "dynamodb://table/%%41", "dynamodb://t%ZZble/x",
        "dynamodb://table/x?region=%"}) {
    EXPECT_EQ(Refusal(text),
              "location: a % must be followed by two hex digits");
  }
}

TEST(Location, ATablesNameIsWhatDynamoDbAllows) {
  EXPECT_EQ(Parsed("abc"), "abc|!||");
  EXPECT_EQ(Parsed(std::string(255, 'a')), std::string(255, 'a') + "|!||");
  for (const std::string& text :
       {std::string("ab"), std::string(256, 'a'), std::string("a b c"),
        std::string("table?x"),
        std::string("t\xc3\xa4"
                    "ble"),
        std::string(""), std::string("/hash"), std::string("dynamodb://"),
        std::string("dynamodb:///hash"), std::string("dynamodb://?region=x")}) {
    EXPECT_THAT(Refusal(text),
                HasSubstr("cannot be a table's name, which has 3 to 255 of "
                          "a-z, A-Z, 0-9, '_', '-' and '.'; a location is "
                          "table/hash, dynamodb://table/hash?region=..., or "
                          "leveldb:PATH"));
  }
}

TEST(Location, ASlashIsFollowedByAName) {
  for (const char* text :
       {"table/", "dynamodb://table/", "dynamodb://table/?region=eu-west-1"}) {
    EXPECT_EQ(Refusal(text),
              "location: nothing follows the '/'; a location without one means "
              "the store '!'");
  }
}

TEST(Location, SettingsAreKnownAndGivenOnce) {
  EXPECT_EQ(Refusal("dynamodb://table/x?colour=red"),
            "location: there is no setting \"colour\"; there are region and "
            "endpoint");
  EXPECT_EQ(Refusal("dynamodb://table/x?region=a&region=b"),
            "location: setting \"region\" must be given once, as region=VALUE");
  EXPECT_EQ(Refusal("dynamodb://table/x?endpoint"),
            "location: setting \"endpoint\" must be given once, as "
            "endpoint=VALUE");
  EXPECT_EQ(Refusal("dynamodb://table/x?region="),
            "location: setting \"region\" is empty");
  EXPECT_THAT(Refusal("dynamodb://table/x?&region=a"),
              HasSubstr("there is no setting \"\""));
}

TEST(Location, CredentialsInItAreRefusedAndNotRepeated) {
  for (const char* text :
       {"dynamodb://AKIDKEY:TOPSECRET@table/hash",
        "dynamodb://TOPSECRET@table/hash",
        "dynamodb://AKIDKEY:TOP/SECRET@table",
        "dynamodb://AKIDKEY:TOP?SECRET@table/x",
        "dynamodb://table/x?endpoint=http://AKIDKEY:TOPSECRET@host",
        "AKIDKEY:TOPSECRET@table/hash", "TOPSECRET@table",
        "https://AKIDKEY:TOPSECRET@table/hash"}) {
    const std::string message = Refusal(text);
    EXPECT_THAT(message, Not(HasSubstr("AKIDKEY"))) << text;
    EXPECT_THAT(message, Not(HasSubstr("SECRET"))) << text;
  }
  EXPECT_EQ(Refusal("dynamodb://AKIDKEY:TOPSECRET@table/hash"),
            "location: credentials do not belong into a location, set them in "
            "the environment; an '@' in a name is written %40");
  EXPECT_EQ(Parsed("dynamodb://table/a%40b"), "table|a@b||");
}

TEST(Location, ASettingsValueIsNeverRepeated) {
  EXPECT_THAT(Refusal("dynamodb://table/x?secret_access_key=TOPSECRET"),
              Not(HasSubstr("TOPSECRET")));
}

TEST(Location, OfLevelDbIsAPathAsItIs) {
  EXPECT_EQ(Parsed("leveldb:/tmp/a b%41?x"), "leveldb|/tmp/a b%41?x");
  EXPECT_EQ(Parsed("leveldb:relative"), "leveldb|relative");
  EXPECT_EQ(Refusal("leveldb:"),
            "location: leveldb: must be followed by a directory");
}

}  // namespace
}  // namespace dynamodown
