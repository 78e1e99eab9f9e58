#include "dynamodown/option_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "db/check_options.h"
#include "db/location.h"
#include "db/option_row.h"

namespace dynamodown {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

/// Returns SetOption's message, or "" if it sets the option.
std::string Refusal(const std::string& name, const std::string& value,
                    Spelling spelling = Spelling::kCpp) {
  Options options;
  options.spelling = spelling;
  const leveldb::Status status = SetOption(&options, name, value);
  if (status.ok()) return "";
  EXPECT_TRUE(status.IsInvalidArgument()) << name;
  return status.ToString();
}

// ---- One row makes an option known everywhere -----------------------------

TEST(OptionTable, ARowIsInTheListingInSetOptionAndInLocations) {
  // The listing.
  const OptionInfo* const info = FindOption("max_parallel");
  ASSERT_NE(info, nullptr);
  EXPECT_EQ(info->type, OptionType::kInteger);
  EXPECT_EQ(info->default_value, "12");
  EXPECT_EQ(info->allowed, "a whole number, 1 to 64");
  EXPECT_EQ(info->field, "connection.max_parallel");
  EXPECT_EQ(info->command_line, "--max-parallel");
  EXPECT_EQ(info->javascript, "maxParallel");

  // SetOption.
  Options options;
  ASSERT_TRUE(SetOption(&options, "max_parallel", "4").ok());
  EXPECT_EQ(options.connection.max_parallel, 4);
  EXPECT_EQ(Refusal("max_parallel", "65"),
            "Invalid argument: option max_parallel must be 1 to 64, not "
            "\"65\"");

  // Locations.
  const Result<Place> place =
      PlaceOf(options, "dynamodb://table/hash?max_parallel=7");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->options.connection.max_parallel, 7);

  // Open checks a value that the program has set itself.
  options.connection.max_parallel = 65;
  EXPECT_EQ(CheckOptions(options).error().message,
            "options: connection.max_parallel must be 1 to 64");
}

// ---- All rows -------------------------------------------------------------

TEST(OptionTable, ListsEveryOptionOnceInTheOrderOfNames) {
  const std::vector<OptionInfo>& table = OptionTable();
  EXPECT_TRUE(std::is_sorted(table.begin(), table.end(),
                             [](const OptionInfo& a, const OptionInfo& b) {
                               return a.name < b.name;
                             }));
  std::vector<std::string> fields;
  for (const OptionInfo& info : table) {
    EXPECT_THAT(info.name, MatchesRegex("[a-z]+(_[a-z]+)*"));
    EXPECT_FALSE(info.description.empty()) << info.name;
    EXPECT_NE(info.description.back(), '.') << info.name;
    EXPECT_FALSE(info.allowed.empty()) << info.name;
    EXPECT_EQ(info.choices.empty(), info.type != OptionType::kChoice);
    EXPECT_EQ(FindOption(info.name), &info);
    fields.push_back(info.field);
  }
  std::sort(fields.begin(), fields.end());
  EXPECT_EQ(std::adjacent_find(fields.begin(), fields.end()), fields.end());
}

TEST(OptionTable, EachDefaultEqualsTheFieldOfOptionsAndCanBeSet) {
  for (const OptionRow& row : OptionRows()) {
    // Some options have the empty text as default, which means "look
    // elsewhere".
    Options options;
    EXPECT_TRUE(SetOption(&options, row.info.name, row.info.default_value).ok())
        << row.info.name;
    EXPECT_EQ(row.get(options), row.get(Options())) << row.info.name;
    EXPECT_EQ(CheckOption(row, row.get(options)), std::nullopt)
        << row.info.name;
  }
}

TEST(OptionTable, SettingAnOptionChangesItsOwnFieldOnly) {
  for (const OptionRow& row : OptionRows()) {
    std::string value = "text";
    if (row.info.type == OptionType::kBool) {
      value = row.info.default_value == "true" ? "false" : "true";
    } else if (row.info.type == OptionType::kInteger) {
      value = "64";
    } else if (row.info.type == OptionType::kNumber) {
      value = "0.25";
    } else if (row.info.type == OptionType::kDuration) {
      value = "77s";
    } else if (row.info.type == OptionType::kChoice) {
      value = row.info.choices[row.info.default_value == row.info.choices[0]];
    }
    Options options;
    ASSERT_TRUE(SetOption(&options, row.info.name, value).ok())
        << row.info.name;
    for (const OptionRow& other : OptionRows()) {
      EXPECT_EQ(FormatOption(other, other.get(options)),
                &other == &row ? value : other.info.default_value)
          << row.info.name << " and " << other.info.name;
    }
  }
}

TEST(OptionTable, ALocationCannotSetOptionsThatTheProgramDecides) {
  for (const OptionInfo& info : OptionTable()) {
    const bool is_decision = info.scope != OptionScope::kDynamoDb ||
                             info.name == "read_capacity_units" ||
                             info.name == "write_capacity_units";
    EXPECT_EQ(info.in_location, !is_decision) << info.name;
  }
}

// ---- Values ---------------------------------------------------------------

TEST(OptionTable, ADurationHasAUnitOrIsInMilliseconds) {
  for (const auto& [text, milliseconds] :
       std::vector<std::pair<std::string, int64_t>>{
           {"250ms", 250}, {"250", 250}, {"5s", 5000}, {"3m", 180'000}}) {
    Options options;
    ASSERT_TRUE(SetOption(&options, "deadline", text).ok()) << text;
    EXPECT_EQ(options.retry.deadline.count(), milliseconds);
  }
  for (const char* text :
       {"", "s", "ms", "-5s", "1.5s", "5 s", "5S", "1h", "5sm", "+5", "0x5"}) {
    EXPECT_THAT(Refusal("deadline", text),
                HasSubstr("option deadline must be a time such as 250ms, 5s or "
                          "3m, more than 0 and at most 9 minutes, not \""));
  }
  for (const char* text : {"0", "0s", "541s", "10m", "9223372036854775807m"}) {
    EXPECT_THAT(Refusal("deadline", text),
                HasSubstr("option deadline must be more than 0 and at most 9 "
                          "minutes, not \""));
  }
  EXPECT_THAT(Refusal("connect_timeout", "999999999m"),
              HasSubstr("option connect_timeout must be at most 366 days"));
}

TEST(OptionTable, AnIntegerIsWholeAndWithinItsRange) {
  for (const char* text : {"", "1.5", "1e3", "-1", "+1", " 1", "0x1", "many",
                           "9223372036854775808"}) {
    EXPECT_THAT(Refusal("max_parallel", text),
                HasSubstr("option max_parallel must be a whole number, 1 to "
                          "64, not \""))
        << text;
  }
  EXPECT_THAT(Refusal("max_attempts", "0"),
              HasSubstr("option max_attempts must be at least 1, not \"0\""));
  EXPECT_THAT(Refusal("max_attempts", "2147483648"),
              HasSubstr("option max_attempts must be at most 2147483647, not "
                        "\"2147483648\""));
}

TEST(OptionTable, ARateIsZeroOrWithinItsRange) {
  for (const char* text : {"0", "0.1", "2.5", "1e9"}) {
    EXPECT_EQ(Refusal("max_read_units", text), "");
  }
  for (const char* text : {"0.09", "-1", "1.1e9"}) {
    EXPECT_THAT(Refusal("max_read_units", text),
                HasSubstr("option max_read_units must be 0, or 0.1 to 1e9"));
  }
  for (const char* text : {"", "nan", "inf", "1e999", "1x"}) {
    EXPECT_THAT(Refusal("max_read_units", text),
                HasSubstr("must be a number: 0, or 0.1 to 1e9"));
  }
}

TEST(OptionTable, AChoiceIsOneOfItsWords) {
  EXPECT_EQ(Refusal("batch", "unordered"), "");
  EXPECT_THAT(Refusal("batch", "kUnordered"),
              HasSubstr("option batch must be atomic or unordered, not "
                        "\"kUnordered\""));
  EXPECT_THAT(Refusal("use_fips_endpoint", "1"),
              HasSubstr("option use_fips_endpoint must be true or false, not "
                        "\"1\""));
}

TEST(OptionTable, TheValueOfATextIsNotRepeated) {
  EXPECT_THAT(Refusal("value_attribute", ""),
              HasSubstr("option value_attribute must not be empty"));
  const std::string refusal = Refusal("hash_key", "SECRET\xff");
  EXPECT_THAT(refusal, HasSubstr("option hash_key must be UTF-8"));
  EXPECT_THAT(refusal, testing::Not(HasSubstr("SECRET")));
}

TEST(OptionTable, ARefusedValueChangesNothing) {
  Options options;
  options.connection.max_parallel = 3;
  EXPECT_FALSE(SetOption(&options, "max_parallel", "65").ok());
  EXPECT_EQ(options.connection.max_parallel, 3);
}

TEST(OptionTable, AnUnknownNameIsRefusedWithTheNearestOne) {
  EXPECT_EQ(Refusal("max_paralel", "4"),
            "Invalid argument: there is no option \"max_paralel\"; did you "
            "mean max_parallel?");
  for (const char* other : {"MAX_PARALLEL", "maxParallel", "max-parallel",
                            "connection.max_parallel"}) {
    EXPECT_THAT(Refusal(other, "4"), EndsWith("did you mean max_parallel?"));
  }
  EXPECT_THAT(Refusal("colour", "red"),
              EndsWith("there is no option \"colour\"; docs/options.md lists "
                       "all options"));
  EXPECT_EQ(FindOption("colour"), nullptr);
}

TEST(OptionTable, ANameOfLevelDbOrOfAFieldIsToldItsPlace) {
  EXPECT_THAT(Refusal("sync", "true"), HasSubstr("sync is in WriteOptions"));
  EXPECT_THAT(Refusal("verifyChecksums", "true"), HasSubstr("in ReadOptions"));
  for (const char* name : {"comparator", "env", "info_log", "filter_policy",
                           "block_cache", "cache_size", "cacheSize"}) {
    EXPECT_THAT(Refusal(name, "x"), HasSubstr("cannot be set as text"));
  }
  EXPECT_THAT(Refusal("read_units", "1"), EndsWith("mean max_read_units?"));
  EXPECT_THAT(Refusal("write_units", "1"), EndsWith("mean max_write_units?"));
}

TEST(OptionTable, ARefusalSpellsTheOptionAsTheFaceDoes) {
  EXPECT_THAT(Refusal("key_type", "B", Spelling::kCommandLine),
              HasSubstr("argument: --key-type must be binary or string"));
  EXPECT_THAT(Refusal("max_read_units", "-1", Spelling::kCommandLine),
              HasSubstr("argument: --max-rcu must be 0, or"));
  EXPECT_THAT(Refusal("max_parallel", "65", Spelling::kJavaScript),
              HasSubstr("argument: the option 'maxParallel' must be 1 to 64"));
}

}  // namespace
}  // namespace dynamodown
