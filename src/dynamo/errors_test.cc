#include "dynamo/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace dynamodown {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using testing::SizeIs;

ServiceError OfAnswer(int status, std::string body,
                      const std::string& request_id = "") {
  JsonParser parser;
  const Result<JsonValue> answer = parser.Parse(&body);
  return ErrorOfAnswer(status, answer.ok() ? *answer : JsonValue(), request_id);
}

ServiceError OfCode(int status, const std::string& code,
                    const std::string& message = "words") {
  return OfAnswer(
      status, R"({"__type":")" + code + R"(","message":")" + message + R"("})");
}

struct Code {
  const char* name;
  ErrorKind kind;
  RetryClass retry;
};

constexpr Code kCodes[] = {
    {"ProvisionedThroughputExceededException", ErrorKind::kThrottled,
     RetryClass::kThrottled},
    {"RequestLimitExceeded", ErrorKind::kThrottled, RetryClass::kThrottled},
    {"ThrottlingException", ErrorKind::kThrottled, RetryClass::kThrottled},
    {"Throttling", ErrorKind::kThrottled, RetryClass::kThrottled},
    {"LimitExceededException", ErrorKind::kThrottled, RetryClass::kContended},
    {"TransactionConflictException", ErrorKind::kConflict,
     RetryClass::kContended},
    {"TransactionInProgressException", ErrorKind::kConflict,
     RetryClass::kContended},
    {"ReplicatedWriteConflictException", ErrorKind::kConflict,
     RetryClass::kContended},
    {"ConditionalCheckFailedException", ErrorKind::kConflict,
     RetryClass::kNever},
    {"RequestTimeTooSkewed", ErrorKind::kDenied, RetryClass::kClockSkew},
    {"RequestExpired", ErrorKind::kDenied, RetryClass::kClockSkew},
    {"ExpiredTokenException", ErrorKind::kCredentials,
     RetryClass::kExpiredToken},
    {"ExpiredToken", ErrorKind::kCredentials, RetryClass::kExpiredToken},
    {"AccessDeniedException", ErrorKind::kDenied, RetryClass::kNever},
    {"AccessDenied", ErrorKind::kDenied, RetryClass::kNever},
    {"KMSAccessDeniedException", ErrorKind::kDenied, RetryClass::kNever},
    {"OptInRequired", ErrorKind::kDenied, RetryClass::kNever},
    {"UnrecognizedClientException", ErrorKind::kCredentials,
     RetryClass::kNever},
    {"InvalidClientTokenId", ErrorKind::kCredentials, RetryClass::kNever},
    {"InvalidSignatureException", ErrorKind::kCredentials, RetryClass::kNever},
    {"SignatureDoesNotMatch", ErrorKind::kCredentials, RetryClass::kNever},
    {"IncompleteSignatureException", ErrorKind::kCredentials,
     RetryClass::kNever},
    {"MissingAuthenticationTokenException", ErrorKind::kCredentials,
     RetryClass::kNever},
    {"UnknownOperationException", ErrorKind::kNotSupported, RetryClass::kNever},
    {"InternalServerError", ErrorKind::kUnavailable, RetryClass::kTransient},
    {"InternalFailure", ErrorKind::kUnavailable, RetryClass::kTransient},
    {"ServiceUnavailable", ErrorKind::kUnavailable, RetryClass::kTransient},
    {"ServiceUnavailableException", ErrorKind::kUnavailable,
     RetryClass::kTransient},
    {"ValidationException", ErrorKind::kRejected, RetryClass::kNever},
    {"SerializationException", ErrorKind::kRejected, RetryClass::kNever},
    {"ResourceNotFoundException", ErrorKind::kRejected, RetryClass::kNever},
    {"ResourceInUseException", ErrorKind::kRejected, RetryClass::kNever},
    {"ItemCollectionSizeLimitExceededException", ErrorKind::kRejected,
     RetryClass::kNever},
    {"IdempotentParameterMismatchException", ErrorKind::kRejected,
     RetryClass::kNever},
    {"SomethingNewException", ErrorKind::kRejected, RetryClass::kNever},
};

TEST(ErrorOfAnswer, EveryCodeHasItsKindAndItsRetryClass) {
  for (const Code& code : kCodes) {
    // The code alone, and the code with each text that services put before or
    // after it.
    for (const std::string& type :
         {std::string(code.name),
          "com.amazonaws.dynamodb.v20120810#" + std::string(code.name),
          "com.amazon.coral.service#" + std::string(code.name),
          std::string(code.name) + ":http://internal.amazon.com/coral/"}) {
      const ServiceError error = OfCode(400, type);
      EXPECT_EQ(error.code, code.name);
      EXPECT_EQ(error.kind, code.kind) << type;
      EXPECT_EQ(error.retry, code.retry) << type;
      EXPECT_FALSE(error.ambiguous) << type;
      EXPECT_EQ(error.message, std::string(code.name) + ": words");
    }
  }
}

TEST(ErrorOfAnswer, ACodeThatDecidesCountsOnlyIfTheServiceRefuses) {
  for (const Code& code : kCodes) {
    if (code.retry == RetryClass::kThrottled ||
        code.retry == RetryClass::kTransient) {
      continue;
    }
    for (const int status : {301, 500, 503, 599, 999}) {
      const ServiceError error = OfCode(status, code.name);
      EXPECT_EQ(error.code, "") << code.name << status;
      EXPECT_EQ(error.kind,
                status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kRejected);
      EXPECT_EQ(error.retry,
                status >= 500 ? RetryClass::kTransient : RetryClass::kNever);
      EXPECT_TRUE(error.ambiguous);
      EXPECT_FALSE(IsFailedCondition(error));
      EXPECT_FALSE(IsMissingTable(error));
      EXPECT_FALSE(IsDeniedAction(error));
      EXPECT_THAT(error.message, HasSubstr(code.name));
    }
  }
}

TEST(ErrorOfAnswer, TheHeaderHasTheCodeIfTheBodyHasNone) {
  const std::string type = "x#ThrottlingException:http://internal/";
  EXPECT_EQ(ErrorOfAnswer(400, JsonValue(), "", type).retry,
            RetryClass::kThrottled);
  JsonParser parser;
  std::string body = R"({"__type":"x#ResourceNotFoundException"})";
  EXPECT_TRUE(
      IsMissingTable(ErrorOfAnswer(400, *parser.Parse(&body), "", type)));
}

TEST(ErrorOfAnswer, AServerErrorWithAnUnknownCodeIsTransientAndAmbiguous) {
  for (int status : {500, 502, 503, 504, 599}) {
    const ServiceError error = OfCode(status, "WhateverException");
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable) << status;
    EXPECT_EQ(error.retry, RetryClass::kTransient) << status;
    EXPECT_TRUE(error.ambiguous) << status;
  }
}

TEST(ErrorOfAnswer, AThrottledServerErrorIsThrottled) {
  const ServiceError error = OfCode(503, "ThrottlingException");
  EXPECT_EQ(error.kind, ErrorKind::kThrottled);
  EXPECT_EQ(error.retry, RetryClass::kThrottled);
}

TEST(ErrorOfAnswer, Status429IsThrottledWhateverTheBodySays) {
  for (const char* body : {"", "<html>", R"({"message":"slow down"})"}) {
    const ServiceError error = OfAnswer(429, body);
    EXPECT_EQ(error.kind, ErrorKind::kThrottled);
    EXPECT_EQ(error.retry, RetryClass::kThrottled);
    EXPECT_FALSE(error.ambiguous);
  }
}

TEST(ErrorOfAnswer, WithoutACodeInTheBodyTheStatusDecides) {
  for (const char* body :
       {"", "<html><body>503 Service Unavailable</body></html>", "[]", "17",
        "{}", R"({"__type":17,"message":[]})"}) {
    const ServiceError unavailable = OfAnswer(503, body, "id");
    EXPECT_EQ(unavailable.kind, ErrorKind::kUnavailable) << body;
    EXPECT_EQ(unavailable.retry, RetryClass::kTransient) << body;
    EXPECT_TRUE(unavailable.ambiguous) << body;
    EXPECT_EQ(unavailable.code, "") << body;
    EXPECT_EQ(unavailable.message, "HTTP status 503 (request id id)") << body;
    const ServiceError rejected = OfAnswer(403, body);
    EXPECT_EQ(rejected.kind, ErrorKind::kRejected) << body;
    EXPECT_EQ(rejected.retry, RetryClass::kNever) << body;
    EXPECT_EQ(rejected.message, "HTTP status 403") << body;
  }
}

TEST(ErrorOfAnswer, TheMessageHasTheCodeTheTextAndTheRequestId) {
  EXPECT_EQ(
      OfAnswer(400, R"({"__type":"a#ValidationException","message":"why"})",
               "ABC")
          .message,
      "ValidationException: why (request id ABC)");
  EXPECT_EQ(
      OfAnswer(400, R"({"__type":"a#AccessDeniedException","Message":"who"})")
          .message,
      "AccessDeniedException: who");
  EXPECT_EQ(OfAnswer(400, R"({"__type":"a#ValidationException"})").message,
            "ValidationException");
}

TEST(ErrorOfAnswer, TheMessageKeepsItsFirstLineOnly) {
  EXPECT_EQ(OfCode(400, "InvalidSignatureException",
                   R"(does not match.\n\nThe Canonical String\n'POST)")
                .message,
            "InvalidSignatureException: does not match.");
}

// Only in a ThrottlingException does the member's name begin with a small
// letter.
TEST(ErrorOfAnswer, TheMessageHasTheThrottlingReasons) {
  for (const std::string name : {"ThrottlingReasons", "throttlingReasons"}) {
    const ServiceError error = OfAnswer(
        400,
        R"({"__type":"a#ThrottlingException","message":"slow down",")" + name +
            R"(":[{"reason":"TableReadProvisionedThroughputExceeded",)"
            R"("resource":"arn:aws:dynamodb:x:1:table/t"},)"
            R"({"reason":"IndexReadKeyRangeThroughputExceeded"}]})",
        "ABC");
    EXPECT_EQ(error.kind, ErrorKind::kThrottled);
    EXPECT_THAT(error.message,
                HasSubstr("TableReadProvisionedThroughputExceeded "
                          "arn:aws:dynamodb:x:1:table/t"));
    EXPECT_THAT(error.message,
                HasSubstr("IndexReadKeyRangeThroughputExceeded"));
    EXPECT_THAT(error.message, HasSubstr("(request id ABC)"));
  }
}

TEST(ErrorOfAnswer, ASignatureRefusedForItsTimeIsAClockSkew) {
  for (const char* message :
       {"Signature expired: 20150830T123600Z is now earlier than "
        "20150830T124000Z (20150830T124500Z - 5 min.)",
        "Signature not yet current: 20150830T123600Z is still later than "
        "20150830T122000Z (20150830T121500Z + 5 min.)"}) {
    const ServiceError error =
        OfCode(400, "InvalidSignatureException", message);
    EXPECT_EQ(error.retry, RetryClass::kClockSkew) << message;
  }
  EXPECT_EQ(OfCode(400, "InvalidSignatureException",
                   "The request signature we calculated does not match")
                .retry,
            RetryClass::kNever);
  EXPECT_EQ(OfCode(400, "ValidationException", "Signature expired").retry,
            RetryClass::kNever);
}

ServiceError Cancelled(const std::vector<std::string>& codes) {
  std::string reasons;
  for (const std::string& code : codes) {
    reasons += (reasons.empty() ? "" : ",") + (R"({"Code":")" + code + "\"}");
  }
  return OfAnswer(400, R"({"__type":"a#TransactionCanceledException",)"
                       R"("Message":"cancelled","CancellationReasons":[)" +
                           reasons + "]}");
}

TEST(TransactionCanceled, KeepsTheReasonsInOrder) {
  const ServiceError error =
      Cancelled({"None", "ConditionalCheckFailed", "None"});
  EXPECT_EQ(error.code, "TransactionCanceledException");
  EXPECT_THAT(error.reasons,
              ElementsAre("None", "ConditionalCheckFailed", "None"));
}

TEST(TransactionCanceled, IsRetriedOnlyIfEveryReasonIsTemporary) {
  struct Row {
    std::vector<std::string> codes;
    ErrorKind kind;
    RetryClass retry;
  };
  const std::vector<Row> rows = {
      {{"TransactionConflict"}, ErrorKind::kConflict, RetryClass::kContended},
      {{"None", "TransactionConflict", "None"},
       ErrorKind::kConflict,
       RetryClass::kContended},
      {{"ThrottlingError"}, ErrorKind::kThrottled, RetryClass::kThrottled},
      {{"None", "ProvisionedThroughputExceeded"},
       ErrorKind::kThrottled,
       RetryClass::kThrottled},
      {{"ThrottlingError", "TransactionConflict"},
       ErrorKind::kConflict,
       RetryClass::kContended},
      {{"TransactionConflict", "ThrottlingError"},
       ErrorKind::kConflict,
       RetryClass::kContended},
      {{"ConditionalCheckFailed"}, ErrorKind::kConflict, RetryClass::kNever},
      {{"TransactionConflict", "ConditionalCheckFailed"},
       ErrorKind::kConflict,
       RetryClass::kNever},
      {{"ConditionalCheckFailed", "ThrottlingError"},
       ErrorKind::kConflict,
       RetryClass::kNever},
      {{"ValidationError", "ThrottlingError"},
       ErrorKind::kRejected,
       RetryClass::kNever},
      {{"None", "ValidationError"}, ErrorKind::kRejected, RetryClass::kNever},
      {{"ItemCollectionSizeLimitExceeded"},
       ErrorKind::kRejected,
       RetryClass::kNever},
      {{"SomethingNew", "TransactionConflict"},
       ErrorKind::kConflict,
       RetryClass::kNever},
      {{"None", "None"}, ErrorKind::kConflict, RetryClass::kContended},
      {{}, ErrorKind::kConflict, RetryClass::kNever},
  };
  for (const Row& row : rows) {
    const ServiceError error = Cancelled(row.codes);
    EXPECT_EQ(error.kind, row.kind) << testing::PrintToString(row.codes);
    EXPECT_EQ(error.retry, row.retry) << testing::PrintToString(row.codes);
    EXPECT_FALSE(error.ambiguous);
    EXPECT_EQ(error.reasons, row.codes);
  }
}

TEST(TransactionCanceled, OtherErrorsHaveNoReasons) {
  EXPECT_THAT(OfAnswer(400, R"({"__type":"ValidationException",)"
                            R"("CancellationReasons":[{"Code":"None"}]})")
                  .reasons,
              IsEmpty());
}

// ---- Foreign text ---------------------------------------------------------

TEST(ErrorOfAnswer, EscapesWhateverTheServiceWrites) {
  const std::string evil = R"(a\u001b[2J\u009b31m\u202eb\u2066\u200b\u0000c)";
  const std::vector<std::string> bodies = {
      R"({"__type":"x#Code","message":")" + evil + R"("})",
      R"({"__type":"x#Code","Message":")" + evil + R"("})",
      R"({"__type":"x#)" + evil + R"("})",
      R"({"__type":"ThrottlingException","ThrottlingReasons":[{"reason":")" +
          evil + R"(","resource":")" + evil + R"("}]})"};
  for (const std::string& body : bodies) {
    const ServiceError error = OfAnswer(400, body);
    EXPECT_THAT(error.message,
                HasSubstr("a\\x1b[2J\\xc2\\x9b31m\\xe2\\x80\\xaeb"))
        << body;
    for (const std::string& text : {error.message, error.code}) {
      EXPECT_EQ(Escaped(text), text) << body;
    }
  }
}

TEST(ErrorOfAnswer, CutsWhateverTheServiceWrites) {
  const std::string large(5'000'000, 'x');
  EXPECT_THAT(OfCode(400, "Code", large).message,
              AllOf(HasSubstr("Code: xxx"), HasSubstr("... (5000000 bytes)"),
                    SizeIs(Lt(350u))));
  EXPECT_THAT(OfCode(400, large).message, SizeIs(Lt(200u)));
  EXPECT_THAT(OfCode(400, large).code, SizeIs(Lt(150u)));
  std::string reasons;
  for (int i = 0; i < 10'000; ++i) {
    reasons += R"({"reason":"r","resource":"r"},)";
  }
  reasons.pop_back();
  EXPECT_THAT(OfAnswer(400, R"({"__type":"ThrottlingException",)"
                            R"("ThrottlingReasons":[)" +
                                reasons + "]}")
                  .message,
              SizeIs(Lt(400u)));
  // A cut is behind a character.
  std::string umlauts = "a";
  for (int i = 0; i < 1000; ++i) umlauts += "ü";
  EXPECT_TRUE(IsUtf8(OfCode(400, "Code", umlauts).message));
}

TEST(ErrorOfAnswer, OnlyARefusalHadNoEffect) {
  for (int status = 201; status < 600; ++status) {
    const bool refused = status >= 400 && status < 500 && status != 408;
    EXPECT_EQ(ErrorOfAnswer(status, JsonValue(), "").ambiguous, !refused)
        << status;
  }
}

}  // namespace
}  // namespace dynamodown
