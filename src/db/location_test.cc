#include "db/location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dynamodown {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Refusal(const std::string& text) {
  const Result<Location> location = ParseLocation(text);
  EXPECT_FALSE(location.ok()) << text;
  if (location.ok()) return "accepted";
  EXPECT_EQ(location.error().kind, ErrorKind::kInvalidArgument);
  return location.error().message;
}

/// Returns "table|store|region|endpoint", "leveldb|path", or the message of a
/// refusal.
std::string Parsed(const std::string& text) {
  const Result<Place> place = PlaceOf(Options(), text);
  if (!place.ok()) return place.error().message;
  const Location& location = place->location;
  if (location.embedded) return "leveldb|" + location.path;
  const ConnectionOptions& connection = place->options.connection;
  return location.table + "|" + location.store + "|" + connection.region + "|" +
         connection.endpoint;
}

TEST(Location, IsATableAndAHash) {
  EXPECT_EQ(Parsed("mytable/myhash"), "mytable|myhash||");
  EXPECT_EQ(Parsed("my.table-1_A/x"), "my.table-1_A|x||");
}

TEST(Location, ATableAloneMeansTheStoreNamedExclamationMark) {
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

TEST(Location, OptionsWithoutASchemeAreRefused) {
  for (const char* text :
       {"table/x?region=eu-west-1", "table/x?endpoint=http://h:1",
        "table/x?batch=unordered", "table?max_parallel=4",
        "table/x?y?region=eu-west-1"}) {
    EXPECT_THAT(Refusal(text),
                HasSubstr("options need the long form, "
                          "dynamodb://table/hash?region=...&endpoint=..."));
  }
}

TEST(Location, WithASchemeItHasOptionsAndIsPercentDecoded) {
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

TEST(Location, TheNameOfATableMustBeAllowedByDynamoDb) {
  EXPECT_EQ(Parsed("abc"), "abc|!||");
  EXPECT_EQ(Parsed(std::string(255, 'a')), std::string(255, 'a') + "|!||");
  for (const std::string& text :
       {std::string("ab"), std::string(256, 'a'), std::string("a b c"),
        std::string("table?x"),
        std::string("t\xc3\xa4"
                    "ble"),
        std::string(""), std::string("dynamodb://"),
        std::string("dynamodb:///hash"), std::string("dynamodb://?region=x")}) {
    EXPECT_THAT(
        Refusal(text),
        HasSubstr(
            "cannot be a table's name, which has 3 to 255 "
            "characters from a-z, A-Z, 0-9, '_', '-' and '.'; a location is "
            "table/hash, dynamodb://table/hash?region=..., or "
            "leveldb:PATH"));
  }
}

TEST(Location, ASchemeThatIsAlmostRightIsRecognized) {
  for (const char* text : {"LevelDB:/tmp/x", "LEVELDB:x"}) {
    EXPECT_EQ(Refusal(text),
              "location: did you mean leveldb:PATH, with small letters?");
  }
  for (const char* text :
       {"dynamodb:table/h", "dynamo://table/h", "DynamoDB://table/h",
        "ddb://table", "dynamodb:/table"}) {
    EXPECT_THAT(Refusal(text),
                StartsWith("location: did you mean dynamodb://table/hash"))
        << text;
  }
  for (const char* text :
       {"C:\\data", "c:/data", "file:/tmp/x", "file:///tmp/x"}) {
    EXPECT_EQ(Refusal(text),
              "location: a path is not a location; for the embedded store in "
              "that directory, write leveldb: and the path");
  }
}

TEST(Location, ASchemeOfOthersIsNamed) {
  for (const std::string scheme :
       {"s3", "gs", "redis", "rocksdb", "mysql", "git+ssh", "http", "https"}) {
    const std::string refusal = Refusal(scheme + "://x/y");
    EXPECT_THAT(refusal, StartsWith("location: there is no location " + scheme +
                                    "://...; "));
    EXPECT_THAT(refusal, HasSubstr("or leveldb:PATH"));
    EXPECT_EQ(refusal.find("AWS_ENDPOINT_URL") != std::string::npos,
              scheme.starts_with("http"));
  }
  EXPECT_THAT(Refusal("key:secret://x"), Not(HasSubstr("secret")));
}

TEST(Location, LeveldbTakesAPathNotAUrl) {
  const std::string begin =
      "location: leveldb: is followed by a path, without \"//\"; did you mean ";
  EXPECT_EQ(Refusal("leveldb://emb2"),
            begin + "\"leveldb:emb2\" or \"leveldb:/emb2\"?");
  EXPECT_EQ(Refusal("leveldb://tmp/x"),
            begin + "\"leveldb:tmp/x\" or \"leveldb:/tmp/x\"?");
  for (const char* absolute : {"leveldb:///tmp/x", "leveldb:////tmp/x"}) {
    EXPECT_EQ(Refusal(absolute), begin + "\"leveldb:/tmp/x\"?");
  }
  EXPECT_THAT(Refusal("leveldb://"), HasSubstr("leveldb: and a path"));
  EXPECT_EQ(ParseLocation("leveldb:/tmp//x")->path, "/tmp//x");
}

TEST(Location, ASlashMustBeFollowedByAName) {
  for (const char* text :
       {"table/", "dynamodb://table/", "dynamodb://table/?region=eu-west-1"}) {
    EXPECT_THAT(Refusal(text),
                StartsWith("location: nothing follows the '/'; a location "
                           "without a '/' means the store '!'"));
  }
}

TEST(Location, OptionsMustBeKnownAndGivenOnce) {
  EXPECT_THAT(Refusal("dynamodb://table/x?colour=red"),
              EndsWith("location: there is no option \"colour\"; "
                       "docs/options.md lists all options"));
  EXPECT_EQ(Refusal("dynamodb://table/x?max_paralel=4"),
            "location: there is no option \"max_paralel\"; did you mean "
            "max_parallel?");
  EXPECT_EQ(Refusal("dynamodb://table/x?create_if_missing=true"),
            "location: option create_if_missing cannot be set in a location; "
            "set it where the store is opened");
  EXPECT_EQ(Refusal("dynamodb://table/x?region=a&region=b"),
            "location: option region must be given once, as region=VALUE");
  EXPECT_EQ(Refusal("dynamodb://table/x?endpoint"),
            "location: option endpoint must be given once, as endpoint=VALUE");
  EXPECT_EQ(Refusal("dynamodb://table/x?region="),
            "location: option region is empty");
  EXPECT_THAT(Refusal("dynamodb://table/x?&region=a"),
              HasSubstr("there is no option \"\""));
}

TEST(Location, TheValueOfAnOptionMustBeAllowed) {
  EXPECT_EQ(Refusal("dynamodb://table/x?max_parallel=65"),
            "location: option max_parallel must be 1 to 64, not \"65\"");
  EXPECT_EQ(Refusal("dynamodb://table/x?batch=Atomic"),
            "location: option batch must be atomic or unordered, not "
            "\"Atomic\"");
  EXPECT_EQ(Refusal("dynamodb://table/x?deadline=10m"),
            "location: option deadline must be more than 0 and at most 9 "
            "minutes, not \"10m\"");
}

TEST(Location, OptionsInItOverrideThoseOfTheCaller) {
  Options options;
  options.connection.region = "eu-west-1";
  options.connection.profile = "work";
  options.batch = BatchMode::kAtomic;
  const Result<Place> place =
      PlaceOf(options,
              "dynamodb://table/x?region=eu-north-1&batch=unordered&"
              "consistency=eventual&max_read_units=2.5&deadline=90s&"
              "hash_key=my%20hash&range_key=r&key_type=string");
  ASSERT_TRUE(place.ok()) << place.error().message;
  EXPECT_EQ(place->options.connection.region, "eu-north-1");
  EXPECT_EQ(place->options.connection.profile, "work");
  EXPECT_EQ(place->options.batch, BatchMode::kUnordered);
  EXPECT_EQ(place->options.consistency, Consistency::kEventual);
  EXPECT_EQ(place->options.rate.read_units, 2.5);
  EXPECT_EQ(place->options.retry.deadline.count(), 90'000);
  EXPECT_EQ(place->options.table.hash_key, "my hash");
  EXPECT_EQ(place->options.table.key_type, KeyType::kString);
  EXPECT_TRUE(place->location.Sets("region"));
  EXPECT_FALSE(place->location.Sets("profile"));
}

TEST(Location, APathIsAnsweredWithTheLocationThatWasMeant) {
  for (const char* path : {"./db1", "/path", "/", "../db", ".", "..",
                           "/var/lib/my app/db", "./", "/tmp/a?region=b"}) {
    EXPECT_EQ(Refusal(path),
              "location: a path is not a location; for the embedded store in "
              "that directory, write \"leveldb:" +
                  std::string(path) + "\"");
    EXPECT_TRUE(ParseLocation("leveldb:" + std::string(path)).ok());
  }
  EXPECT_THAT(Refusal("~/db"), EndsWith("leveldb: and the whole path"));
  EXPECT_THAT(Refusal("/TOPSECRET@table"), Not(HasSubstr("SECRET")));
  EXPECT_EQ(Parsed(".hidden/x"), ".hidden|x||") << "a table may be named so";
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
            "location: credentials do not belong in a location; set them in "
            "the environment (in a name, write '@' as %40)");
  EXPECT_EQ(Parsed("dynamodb://table/a%40b"), "table|a@b||");
}

TEST(Location, TheValueOfAnUnknownOptionIsNeverRepeated) {
  EXPECT_THAT(Refusal("dynamodb://table/x?secret_access_key=TOPSECRET"),
              Not(HasSubstr("TOPSECRET")));
  EXPECT_THAT(Refusal("dynamodb://table/x?AKIASECRETSECRET"),
              Not(HasSubstr("AKIASECRET")));
}

TEST(Location, AnOptionHasNoNulByte) {
  for (const char* text : {"dynamodb://table/x?endpoint=http://h%00.example",
                           "dynamodb://table/x?ca_bundle=/x.pem%00y"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("must not contain a NUL byte"));
  }
}

TEST(Location, TheLimitOfARangeKeyIsBounded) {
  EXPECT_THAT(
      Refusal("dynamodb://table/x?limit_range_key_bytes=9223372036854775807"),
      HasSubstr("65536"));
}

TEST(Location, ThePathOfAnEmbeddedStoreIsTakenAsItIs) {
  EXPECT_EQ(Parsed("leveldb:/tmp/a b%41?x"), "leveldb|/tmp/a b%41?x");
  EXPECT_EQ(Parsed("leveldb:relative"), "leveldb|relative");
  EXPECT_EQ(Refusal("leveldb:"),
            "location: leveldb: must be followed by a directory");
}

// ---- ARNs -------------------------------------------------------------------

constexpr char kArn[] = "arn:aws:dynamodb:eu-west-1:123456789012:table/mytable";

TEST(Location, ATableMayBeAnArnWhichSetsTheRegion) {
  const std::string arn = kArn;
  EXPECT_EQ(Parsed(arn), arn + "|!|eu-west-1|");
  EXPECT_EQ(Parsed(arn + "/myhash"), arn + "|myhash|eu-west-1|");
  EXPECT_EQ(Parsed(arn + "/a/b"), arn + "|a/b|eu-west-1|");
  EXPECT_EQ(Parsed("dynamodb://" + arn + "/a%2Fb"), arn + "|a/b|eu-west-1|");
  EXPECT_EQ(Parsed("dynamodb://" + arn + "?region=eu-west-1"),
            arn + "|!|eu-west-1|");
  EXPECT_EQ(Parsed("dynamodb://" + arn + "/h?endpoint=http://localhost:8000"),
            arn + "|h|eu-west-1|http://localhost:8000");
  EXPECT_EQ(Parsed("dynamodb://arn:aws:dynamodb:eu-west-1:123456789012:"
                   "table%2Fmytable/h"),
            arn + "|h|eu-west-1|");
  for (const std::string start : {"arn:aws-cn:dynamodb:cn-north-1",
                                  "arn:aws-us-gov:dynamodb:"
                                  "us-gov-west-1"}) {
    const std::string table = start + ":123456789012:table/t.a-b_C";
    EXPECT_EQ(Parsed(table + "/h"),
              table + "|h|" + start.substr(start.rfind(':') + 1) + "|");
  }
}

TEST(Location, AnArnsRegionOverridesTheOptions) {
  Options options;
  options.connection.region = "us-east-1";
  const Result<Place> place = PlaceOf(options, kArn);
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->options.connection.region, "eu-west-1");
}

TEST(Location, AnArnThatContradictsTheRegionIsRefused) {
  EXPECT_THAT(Refusal("dynamodb://" + std::string(kArn) + "?region=us-east-1"),
              AllOf(HasSubstr("option region is us-east-1"),
                    HasSubstr("ARN is in the region eu-west-1")));
}

TEST(Location, OtherArnsAreRefused) {
  for (const std::string arn :
       {"arn:", "arn:aws", "arn:aws:dynamodb:eu-west-1:123456789012:table",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/x",
        "arn:aws:dynamodb:eu-west-1:123456789012:mytable",
        "arn:aws:dynamodb:eu-west-1:12345678901:table/mytable",
        "arn:aws:dynamodb:eu-west-1:12345678901x:table/mytable",
        "arn:aws:dynamodb::123456789012:table/mytable",
        "arn:aws:dynamodb:eu west:123456789012:table/mytable",
        "arn:aws:s3:eu-west-1:123456789012:table/mytable",
        "arn:gcp:dynamodb:eu-west-1:123456789012:table/mytable",
        "arn::dynamodb:eu-west-1:123456789012:table/mytable",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/my:table"}) {
    EXPECT_THAT(Refusal(arn), HasSubstr("is not the ARN of a table")) << arn;
  }
  for (const std::string part :
       {"/index/byname", "/stream/2015-05-11T21:21:33.291"}) {
    EXPECT_THAT(Refusal(kArn + part), HasSubstr("index or stream is no store"));
  }
}

}  // namespace
}  // namespace dynamodown
