#include "transport/transport.h"

#include <gtest/gtest.h>

namespace dynamodown {
namespace {

TEST(HttpResponse, HeaderNamesAreFoundInAnyCase) {
  HttpResponse response;
  response.headers = "Server: x\r\nX-Amz-Crc32: 17\r\nDATE: today\r\n";
  EXPECT_EQ(response.Header("server"), "x");
  EXPECT_EQ(response.Header("x-amz-crc32"), "17");
  EXPECT_EQ(response.Header("X-AMZ-CRC32"), "17");
  EXPECT_EQ(response.Header("Date"), "today");
}

TEST(HttpResponse, HeaderNamesAreComparedWhole) {
  HttpResponse response;
  response.headers = "X-Date-Not: 1\r\nNot-X-Date: 2\r\nX-Date : 3\r\n";
  EXPECT_EQ(response.Header("X-Date"), "");
  EXPECT_EQ(response.Header("Date"), "");
  EXPECT_EQ(response.Header("1"), "");
  EXPECT_EQ(HttpResponse().Header("X-Date"), "");
}

TEST(HttpResponse, HeaderValuesAreTrimmed) {
  HttpResponse response;
  response.headers = "A:1\r\nB: \t two  words \t\r\nC:\r\nD:   \r\nE: a:b\r\n";
  EXPECT_EQ(response.Header("a"), "1");
  EXPECT_EQ(response.Header("b"), "two  words");
  EXPECT_EQ(response.Header("c"), "");
  EXPECT_EQ(response.Header("d"), "");
  EXPECT_EQ(response.Header("e"), "a:b");
}

TEST(HttpResponse, TheFirstHeaderOfANameCounts) {
  HttpResponse response;
  response.headers = "A: 1\r\na: 2\r\n";
  EXPECT_EQ(response.Header("A"), "1");
}

}  // namespace
}  // namespace dynamodown
