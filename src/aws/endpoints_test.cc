// Compares our endpoints with those that AWS's own JavaScript SDK resolves.
// Also tests which names are refused.

#include "aws/endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "support/reference_program.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::vector<Json> AnswersOfTheReference(const std::vector<Json>& questions) {
  return dynamodown_test::AnswersOf(ENDPOINTS_PROGRAM, questions);
}

Json PartitionsOfTheReference() {
  const std::vector<Json> answers =
      AnswersOfTheReference({{{"list", "partitions"}}});
  return answers.size() == 1 ? answers[0]["partitions"] : Json::array();
}

/// Names that are in no list of regions: possible future regions, and names
/// that no region can have.
std::vector<std::string> InventedRegions() {
  std::vector<std::string> regions = {
      "moon-north-1", "us-iso-1",       "us-isob-1",     "us-gov-1",
      "eusc-fr-x-1",  "eusc-de-1",      "cn-1",          "cn-x",
      "us-gov-a-b-1", "us-gov--1",      "us-gov-1-west", "us-gov-west-1a",
      "us-gov-west",  "aws-cn",         "aws-cn-globe",  "x",
      "123",          "aws-iso-global", "aws-x-global",  "us-isog-east-1",
      "eu-iso-a-1",   "eu-isoe-1-1",    "us-isof-2-300", "local2",
  };
  std::mt19937_64 random(1);
  for (const char* prefix :
       {"us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", "cn", "us-gov",
        "us-iso", "us-isob", "us-isof", "eu-isoe", "eusc-de", "ru"}) {
    for (int i = 0; i < 10; ++i) {
      std::string region = prefix;
      region += '-';
      for (size_t n = 1 + random() % 8; n > 0; --n) {
        region += "abcdefghijklmnopqrstuvwxyz0123456789"[random() % 36];
      }
      regions.push_back(region + "-" + std::to_string(random() % 1000));
    }
  }
  for (size_t i = 0; i < 200; ++i) {
    std::string region = std::string(1, "cegmux"[random() % 6]);
    for (size_t n = 1 + random() % 14; n > 0; --n) {
      region += "usgovcneisobf-1"[random() % 15];
    }
    if (region.back() != '-') regions.push_back(region);
  }
  return regions;
}

struct Case {
  AwsService service;
  const char* service_name;
  std::string region;
  EndpointVariant variant;

  Json Question() const {
    return {{"service", service_name},
            {"region", region},
            {"useFips", variant.fips},
            {"useDualStack", variant.dual_stack}};
  }
};

/// Returns true for names that the SDK does not resolve to a region's own
/// endpoint. These names are not compared. For DynamoDB, "local" means
/// http://localhost:8000. For STS, "aws-global" means one endpoint for all
/// regions; requests to it must be signed for us-east-1.
bool IsSpecialInTheReference(AwsService service, const std::string& region) {
  return (service == AwsService::kDynamoDb && region == "local") ||
         (service == AwsService::kSts && region == "aws-global");
}

std::vector<Case> CasesOf(const std::vector<std::string>& regions) {
  constexpr struct {
    AwsService service;
    const char* name;
  } kServices[] = {{AwsService::kDynamoDb, "dynamodb"},
                   {AwsService::kSts, "sts"},
                   {AwsService::kSso, "sso"}};
  std::vector<Case> cases;
  for (const std::string& region : regions) {
    for (const auto& service : kServices) {
      if (IsSpecialInTheReference(service.service, region)) continue;
      for (const bool fips : {false, true}) {
        for (const bool dual_stack : {false, true}) {
          cases.push_back(
              {service.service, service.name, region, {fips, dual_stack}});
        }
      }
    }
  }
  return cases;
}

TEST(Endpoint, EqualsTheAwsSdksEndpointInEveryRegionAndVariant) {
  std::vector<std::string> regions = InventedRegions();
  regions.push_back("local");
  size_t named = 0;
  for (const Json& partition : PartitionsOfTheReference()) {
    for (const Json& region : partition["regions"]) {
      regions.push_back(region);
      ++named;
    }
  }
  EXPECT_GE(named, 55U);
  const std::vector<Case> cases = CasesOf(regions);
  std::vector<Json> questions;
  for (const Case& c : cases) questions.push_back(c.Question());
  const std::vector<Json> answers = AnswersOfTheReference(questions);
  ASSERT_EQ(answers.size(), cases.size());

  for (size_t i = 0; i < cases.size(); ++i) {
    const Result<std::string> ours =
        EndpointOf(cases[i].service, cases[i].region, cases[i].variant);
    ASSERT_TRUE(ours.ok()) << questions[i] << ours.error().message;
    EXPECT_EQ(answers[i], Json({{"url", *ours}})) << questions[i];
  }
  RecordProperty("endpoints", static_cast<int>(cases.size()));
}

TEST(Endpoint, NamesThatAreSpecialInTheSdkAreOrdinaryHere) {
  EXPECT_EQ(*EndpointOf(AwsService::kDynamoDb, "local", {}),
            "https://dynamodb.local.amazonaws.com");
  EXPECT_EQ(*EndpointOf(AwsService::kSts, "aws-global", {}),
            "https://sts.aws-global.amazonaws.com");
}

TEST(Endpoint, GovCloudsPlainEndpointsAreFips) {
  EXPECT_EQ(*EndpointOf(AwsService::kDynamoDb, "us-gov-west-1", {.fips = true}),
            "https://dynamodb.us-gov-west-1.amazonaws.com");
  EXPECT_EQ(*EndpointOf(AwsService::kDynamoDb, "us-gov-west-1",
                        {.fips = true, .dual_stack = true}),
            "https://dynamodb-fips.us-gov-west-1.api.aws");
  EXPECT_EQ(*EndpointOf(AwsService::kDynamoDb, "us-west-1", {.fips = true}),
            "https://dynamodb-fips.us-west-1.amazonaws.com");
}

TEST(Endpoint, ANameThatNoRegionCanHaveIsRefused) {
  for (const std::string region :
       {"", "-", "-us-east-1", "us-east-1-", "us east 1", "US-EAST-1",
        "us_east_1", "us-east-1.evil.example", "us-east-1/", "us-east-1\n",
        "us-éast-1", "a@b", "x:443"}) {
    const Result<std::string> url =
        EndpointOf(AwsService::kDynamoDb, region, {});
    ASSERT_FALSE(url.ok()) << region;
    EXPECT_EQ(url.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_THAT(url.error().message, HasSubstr("is not a region:"));
  }
  const std::string longest(63, 'a');
  EXPECT_TRUE(EndpointOf(AwsService::kSts, longest, {}).ok());
  EXPECT_FALSE(EndpointOf(AwsService::kSts, longest + "a", {}).ok());
}

TEST(Endpoint, OnlyAPrintableNameIsQuoted) {
  EXPECT_EQ(EndpointOf(AwsService::kSts, "", {}).error().message,
            "an empty name is not a region: a region is named like eu-west-1");
  EXPECT_EQ(
      EndpointOf(AwsService::kSts, "EU-West-1", {}).error().message,
      "region EU-West-1 is not a region: a region is named like eu-west-1");
  EXPECT_THAT(EndpointOf(AwsService::kSts, "eu\nwest", {}).error().message,
              Not(HasSubstr("\n")));
  EXPECT_THAT(
      EndpointOf(AwsService::kSts, std::string(1'000, 'A'), {}).error().message,
      Not(HasSubstr("AA")));
}

TEST(Partition, EqualsTheAwsSdksPartition) {
  const Json partitions = PartitionsOfTheReference();
  ASSERT_EQ(partitions.size(), 8U);
  for (const Json& partition : partitions) {
    for (const std::string region : partition["regions"]) {
      const Partition& ours = PartitionOf(region);
      EXPECT_EQ(ours.name, partition["name"]) << region;
      EXPECT_EQ(ours.dns_suffix, partition["dnsSuffix"]) << region;
      EXPECT_EQ(ours.dual_stack_suffix, partition["dualStackDnsSuffix"])
          << region;
    }
  }
}

TEST(Partition, OfAnUnknownRegionIsAws) {
  EXPECT_EQ(PartitionOf("moon-north-1").name, "aws");
  EXPECT_EQ(PartitionOf("").name, "aws");
  EXPECT_EQ(PartitionOf("us-gov-").name, "aws");
  EXPECT_EQ(PartitionOf("us-gov-moon-1").name, "aws-us-gov");
}

}  // namespace
}  // namespace dynamodown
