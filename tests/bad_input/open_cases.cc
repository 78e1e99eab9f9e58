// Locations, names of stores, and settings that Open refuses.

#include <string>
#include <vector>

#include "bad_input/cases.h"
#include "leveldb/comparator.h"

namespace dynamodown_test {
namespace {

using enum Before;
using enum dynamodown::StatusKind;

void AddLocations(std::vector<Case>* all) {
  const auto location = [&](const std::string& name, const std::string& text,
                            const std::string& words) {
    all->push_back({"Location" + name,
                    kNothing,
                    [=](Scene* s) { return s->Open(text); },
                    kInvalidArgument,
                    {"location: " + words},
                    0});
  };
  location("ThatIsEmpty", "", "\"\" cannot be a table's name");
  location(
      "OfAShortTable", "ab/hash",
      "\"ab\" cannot be a table's name, which has 3 to 255 characters from");
  location(
      "OfAnOddTable", "my table/hash",
      "\"my table\" cannot be a table's name, which has 3 to 255 characters "
      "from a-z, A-Z, 0-9, '_', '-' and '.'; a location is table/hash, "
      "dynamodb://table/hash?region=..., or leveldb:PATH");
  location("WithoutAHash", "table/", "nothing follows the '/'");
  location("WithABadPercent", "dynamodb://table/%zz",
           "a % must be followed by two hex digits");
  location("WithAnUnknownOption", "dynamodb://table/x?key=TOPSECRET",
           "there is no option \"key\"; docs/options.md lists all options");
  location("WithAMistypedOption", "dynamodb://table/x?regoin=eu-west-1",
           "there is no option \"regoin\"; did you mean region?");
  location("WithAnOptionTwice", "dynamodb://table/x?region=a&region=b",
           "option region must be given once, as region=VALUE");
  location("WithAnOptionThatCannotBe", "dynamodb://table/x?max_parallel=0",
           "option max_parallel must be 1 to 64, not \"0\"");
  location("WithAnOptionOfThePrograms",
           "dynamodb://table/x?create_if_missing=true",
           "option create_if_missing cannot be set in a location");
  location("WithCredentials", "dynamodb://AKIDEXAMPLE:TOPSECRET@table/hash",
           "credentials do not belong in a location; set them in the "
           "environment");
  location("WithCredentialsAndNoScheme", "AKIDEXAMPLE:TOPSECRET@table/hash",
           "that cannot be a table's name");
  location("WithoutADirectory", "leveldb:",
           "leveldb: must be followed by a "
           "directory");
}

void AddNames(std::vector<Case>* all) {
  all->push_back(
      {"StoreNamedAsTheLibrarysOwn",
       kNothing,
       [](Scene* s) { return s->Open("table/x/.dynamodown"); },
       kInvalidArgument,
       {"contains /.dynamodown, which is reserved for the library's own items"},
       0});
  all->push_back(
      {"StoreWithALongName",
       kNothing,
       [](Scene* s) { return s->Open("table/" + std::string(2037, 'x')); },
       kInvalidArgument,
       {"has 2037 bytes; the limit is 2036"},
       0});
  all->push_back({"StoreNamedInBytesWhereTheHashIsText",
                  kClosed,
                  [](Scene* s) { return s->Open("dynamodb://table/%ff"); },
                  kInvalidArgument,
                  {"is not UTF-8",
                   "use another name, or a table whose hash key is of "
                   "type B"},
                  1});
}

void AddSettings(std::vector<Case>* all) {
  all->push_back(
      {"NoCredentials",
       kNothing,
       [](Scene* s) {
         s->world.environment.erase("AWS_ACCESS_KEY_ID");
         s->world.environment.erase("AWS_SECRET_ACCESS_KEY");
         s->world.environment["AWS_EC2_METADATA_DISABLED"] = "true";
         return s->Open("table/store");
       },
       kCredentials,
       {"credentials: none found; looked for AWS_ACCESS_KEY_ID in the "
        "environment",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (an emulator takes "
        "any values; dynamodown fake-server takes \"local\" for both), or "
        "Options::connection.credentials_provider"},
       0});
  all->push_back(
      {"HalfOfTheCredentials",
       kNothing,
       [](Scene* s) {
         s->world.environment.erase("AWS_SECRET_ACCESS_KEY");
         return s->Open("table/store");
       },
       kCredentials,
       {"AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"},
       0});
  all->push_back({"NoRegion",
                  kNothing,
                  [](Scene* s) {
                    s->world.environment.erase("AWS_REGION");
                    return s->Open("table/store");
                  },
                  kInvalidArgument,
                  {"no AWS region: set AWS_REGION, the profile's region or "
                   "Options::connection.region, or write the location as "
                   "dynamodb://table/hash?region=..."},
                  0});
  all->push_back(
      {"EndpointWithCredentials",
       kNothing,
       [](Scene* s) {
         s->world.options.connection.endpoint = "http://a:TOPSECRET@h";
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"the endpoint must be http:// or https://, a host and perhaps a port, "
        "such as http://127.0.0.1:8000"},
       0});
  all->push_back(
      {"AnotherComparator",
       kNothing,
       [](Scene* s) {
         class Other : public leveldb::Comparator {
           int Compare(const leveldb::Slice& a,
                       const leveldb::Slice& b) const override {
             return b.compare(a);
           }
           const char* Name() const override { return "test.Other"; }
           void FindShortestSeparator(std::string*,
                                      const leveldb::Slice&) const override {}
           void FindShortSuccessor(std::string*) const override {}
         };
         static const Other other;
         s->world.options.comparator = &other;
         return s->Open("table/store");
       },
       kNotSupported,
       {"comparator test.Other: DynamoDB orders keys by their bytes; use "
        "leveldb::BytewiseComparator()"},
       0});
  all->push_back({"NoAttempts",
                  kNothing,
                  [](Scene* s) {
                    s->world.options.retry.max_attempts = 0;
                    return s->Open("table/store");
                  },
                  kInvalidArgument,
                  {"retry.max_attempts must be at least 1"},
                  0});
  all->push_back(
      {"ValueAttributeThatIsAKey",
       kNothing,
       [](Scene* s) {
         s->world.options.table.hash_key = "id";
         s->world.options.table.range_key = "value";
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"table.hash_key, table.range_key and table.value_attribute must be "
        "three different names"},
       0});
}

}  // namespace

std::vector<Case> OpenCases() {
  std::vector<Case> all;
  AddLocations(&all);
  AddNames(&all);
  AddSettings(&all);
  return all;
}

}  // namespace dynamodown_test
