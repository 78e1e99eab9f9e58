#include "base/crypto.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace dynamodown {
namespace {

std::string Hex(std::string_view bytes) {
  std::string out;
  AppendHex(bytes, &out);
  return out;
}

std::string Base64(std::string_view bytes) {
  std::string out;
  AppendBase64(bytes, &out);
  return out;
}

std::string RandomBytes(std::mt19937_64& random, size_t n) {
  std::string bytes;
  for (size_t i = 0; i < n; ++i) bytes.push_back(static_cast<char>(random()));
  return bytes;
}

TEST(Hex, AppendsLowerCaseDigits) {
  std::string out = "0x";
  AppendHex(std::string_view("\x00\x0f\xa0\xff", 4), &out);
  EXPECT_EQ(out, "0x000fa0ff");
  EXPECT_EQ(Hex(""), "");
}

TEST(Base64, AgreesWithRfc4648) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64("\xfb\xff"), "+/8=");
}

TEST(Base64, AppendsToWhatIsThere) {
  std::string out = "\"";
  AppendBase64("f", &out);
  EXPECT_EQ(out, "\"Zg==");
}

TEST(Base64, EveryByteStringComesBack) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2'000; ++round) {
    const std::string bytes = RandomBytes(random, random() % 100);
    std::string back = "something else";
    ASSERT_TRUE(DecodeBase64(Base64(bytes), &back));
    EXPECT_EQ(back, bytes);
  }
  const std::string large = RandomBytes(random, 400 * 1024);
  std::string back;
  ASSERT_TRUE(DecodeBase64(Base64(large), &back));
  EXPECT_EQ(back, large);
}

TEST(Base64, RefusesWhatNoEncoderWrites) {
  std::string bytes;
  for (const char* text : {"Z",     "Zg",       "Zm8",      "Zg=",    "=",
                           "==",    "====",     "Z===",     "A===",   "Zg===",
                           "Zm9v=", "Zm9v====", "Zg==Zg==", "Zm=v",   "Zm9*",
                           "Zm8-",  "Zm_v",     "Zm9v\n",   " Zm9v",  "Zm 9v",
                           "Zg= =", "Zh==",     "Zm9=",     "Zm9\x80"}) {
    EXPECT_FALSE(DecodeBase64(text, &bytes)) << text;
  }
  EXPECT_FALSE(DecodeBase64(std::string_view("Zm9\0", 4), &bytes));
}

TEST(Crc32, AgreesWithKnownValues) {
  EXPECT_EQ(Crc32(""), 0u);
  EXPECT_EQ(Crc32("123456789"), 0xcbf43926u);  // The catalogue's check value.
  EXPECT_EQ(Crc32("The quick brown fox jumps over the lazy dog"), 0x414fa339u);
  EXPECT_EQ(Crc32(std::string(32, '\0')), 0x190a55adu);
}

// FIPS 180-2's examples, and the empty text.
TEST(Sha1, AgreesWithKnownValues) {
  EXPECT_EQ(Hex(AsBytes(Sha1(""))), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(Hex(AsBytes(Sha1("abc"))),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Hex(AsBytes(Sha1(
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

// FIPS 180-2's examples, and the empty text.
TEST(Sha256, AgreesWithKnownValues) {
  EXPECT_EQ(Hex(AsBytes(Sha256(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(AsBytes(Sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(AsBytes(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlm"
                               "nomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(AsBytes(Sha256(std::string(1'000'000, 'a')))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// RFC 4231 section 4, without the truncated case 5.
TEST(HmacSha256, AgreesWithRfc4231) {
  const auto hmac = [](std::string_view key, std::string_view data) {
    return Hex(AsBytes(HmacSha256(key, data)));
  };
  EXPECT_EQ(hmac(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  std::string key;
  for (char c = 1; c <= 25; ++c) key.push_back(c);
  EXPECT_EQ(hmac(key, std::string(50, '\xcd')),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(hmac(std::string(131, '\xaa'),
                 "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hmac(std::string(131, '\xaa'),
                 "This is a test using a larger than block-size key and a "
                 "larger than block-size data. The key needs to be hashed "
                 "before being used by the HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

}  // namespace
}  // namespace dynamodown
