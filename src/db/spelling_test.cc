#include "db/spelling.h"

#include <gtest/gtest.h>

namespace dynamodown {
namespace {

constexpr Spelling kCpp = Spelling::kCpp;
constexpr Spelling kCommandLine = Spelling::kCommandLine;
constexpr Spelling kJavaScript = Spelling::kJavaScript;

TEST(Spelling, EachFaceHasItsOwnNames) {
  EXPECT_EQ(SpelledOption("ca_bundle", kCpp), "Options::connection.ca_bundle");
  EXPECT_EQ(SpelledOption("ca_bundle", kCommandLine), "--ca-bundle");
  EXPECT_EQ(SpelledOption("ca_bundle", kJavaScript), "the option caBundle");
  EXPECT_EQ(SpelledField("ca_bundle", kCpp), "connection.ca_bundle");
  EXPECT_EQ(SpelledField("ca_bundle", kCommandLine), "--ca-bundle");
  EXPECT_EQ(SpelledField("ca_bundle", kJavaScript), "caBundle");
}

TEST(Spelling, AnOptionWithoutATextFormHasNames) {
  EXPECT_EQ(SpelledOption("credentials_provider", kCpp),
            "Options::connection.credentials_provider");
  EXPECT_EQ(SpelledOption("credentials_provider", kCommandLine), "");
  EXPECT_EQ(SpelledOption("credentials_provider", kJavaScript),
            "the option credentials");
  EXPECT_EQ(SpelledOption("force", kCommandLine), "--force");
}

TEST(Spelling, EachFaceHasItsOwnAdviceToSetAnOption) {
  const Error error{ErrorKind::kNotSupported,
                    "too large",
                    {Advice::Kind::kSet, "batch", "unordered",
                     "; write smaller batches, or ", ", which is not atomic"},
                    "; nothing was written"};
  EXPECT_EQ(
      SpelledMessage(error, kCpp),
      "too large; write smaller batches, or set Options::batch = kUnordered, "
      "which is not atomic; nothing was written");
  EXPECT_EQ(SpelledMessage(error, kCommandLine),
            "too large; write smaller batches, or use --unordered, which is "
            "not atomic; nothing was written");
  EXPECT_EQ(SpelledMessage(error, kJavaScript),
            "too large; write smaller batches, or set batch: 'unordered', "
            "which is not atomic; nothing was written");
  const Advice value{Advice::Kind::kSet, "hash_key", "id", "; ", ""};
  EXPECT_EQ(SpelledAdvice(value, kCpp), "; set Options::table.hash_key = id");
  EXPECT_EQ(SpelledAdvice(value, kCommandLine), "; use --hash-key id");
  EXPECT_EQ(SpelledAdvice(value, kJavaScript), "; set hashKey: 'id'");
  const Advice more{Advice::Kind::kSet, "max_attempts", "4", "; ", ""};
  EXPECT_EQ(SpelledAdvice(more, kCpp), "; set Options::retry.max_attempts = 4");
  EXPECT_EQ(SpelledAdvice(more, kCommandLine),
            "; add max_attempts=4 to the location");
  EXPECT_EQ(SpelledAdvice(more, kJavaScript), "; set maxAttempts: 4");
}

TEST(Spelling, TheCommandLineSetsSomeOptionsInTheLocation) {
  EXPECT_EQ(SpelledOption("create_timeout", kCommandLine),
            "the location's create_timeout");
  EXPECT_EQ(SpelledOption("create_if_missing", kCommandLine), "");
}

TEST(Spelling, AFaceWithoutTheOptionShowsNothingOfTheAdvice) {
  const Advice cause{Advice::Kind::kCause, "create_if_missing", "false", " (",
                     ")"};
  EXPECT_EQ(SpelledAdvice(cause, kCpp), " (create_if_missing is false)");
  EXPECT_EQ(SpelledAdvice(cause, kCommandLine), "");
  EXPECT_EQ(SpelledAdvice(cause, kJavaScript), " (createIfMissing is false)");
  EXPECT_EQ(SpelledAdvice(Advice(), kCpp), "");
}

TEST(Spelling, AppendedTextFollowsTheAdvice) {
  Error plain{ErrorKind::kTimeout, "no answer"};
  plain.Append("; nothing was written");
  EXPECT_EQ(SpelledMessage(plain, kCpp), "no answer; nothing was written");
  Error advised{ErrorKind::kCredentials,
                "none found; set AWS_ACCESS_KEY_ID",
                {Advice::Kind::kName, "credentials_provider", "", ", or ", ""}};
  advised.Append("; nothing was written");
  EXPECT_EQ(SpelledMessage(advised, kJavaScript),
            "none found; set AWS_ACCESS_KEY_ID, or the option credentials; "
            "nothing was written");
}

}  // namespace
}  // namespace dynamodown
