// Tests of TLS between the library and DynamoDB Local behind stunnel: which
// servers are trusted, and that no other server gets a byte of a request.

#include <sys/stat.h>

#include <fstream>

#include "dynamodown/status.h"
#include "tls/tls_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::KindOf;
using dynamodown::StatusKind;
using leveldb::Status;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class TlsTest : public TlsFixture {
 protected:
  /// Expects that opening fails without a retry, and that the server behind
  /// stunnel receives nothing. Returns the message.
  std::string ExpectRefused(const Stunnel& server,
                            const std::string& host = "localhost") {
    Relay front(server.port());
    const std::string endpoint = Https(front.port(), host);
    const Status status = TryOpen(endpoint);
    EXPECT_EQ(KindOf(status), StatusKind::kUnavailable) << status.ToString();
    EXPECT_THAT(status.ToString(), HasSubstr(endpoint + ": "));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("gave up")));
    EXPECT_TRUE(front.AllClosed());
    EXPECT_EQ(front.connections(), 1) << status.ToString();
    EXPECT_EQ(server.AwaitBytesHandedOn(), 0);
    EXPECT_TRUE(behind_.AllClosed());
    EXPECT_EQ(behind_.heard(), "");
    return status.ToString();
  }
};

/// Returns how many bytes of files this process has read.
size_t FileBytesRead() {
  const std::string text = dynamodown::ReadFile("/proc/self/io");
  return std::stoul(text.substr(text.find("rchar: ") + 7));
}

TEST_F(TlsTest, TheRightAuthorityOpensAStore) {
  const Stunnel server = Serve(authority_.Certify({}));
  const Database db = Open(Https(server.port()));
  ASSERT_NE(db, nullptr);
  const leveldb::WriteOptions write;
  EXPECT_TRUE(db->Put(write, "dob", "16 February 1941").ok());
  EXPECT_TRUE(db->Put(write, "name", "Yuri Irsenovich Kim").ok());
  std::string value;
  EXPECT_TRUE(db->Get(leveldb::ReadOptions(), "name", &value).ok());
  EXPECT_EQ(value, "Yuri Irsenovich Kim");
  const std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(leveldb::ReadOptions()));
  std::string keys;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    keys += it->key().ToString() + " ";
  }
  EXPECT_TRUE(it->status().ok()) << it->status().ToString();
  EXPECT_EQ(keys, "dob name ");
  // The request did go through stunnel.
  EXPECT_THAT(behind_.heard(),
              HasSubstr("X-Amz-Target: DynamoDB_20120810.Put"));
}

TEST_F(TlsTest, AnAddressMayBeNamedInACertificate) {
  const Stunnel server = Serve(authority_.Certify({"", "127.0.0.1"}));
  EXPECT_NE(Open(Https(server.port(), "127.0.0.1")), nullptr);
}

TEST_F(TlsTest, OneHandshakeServesManyRequests) {
  const Stunnel server = Serve(authority_.Certify({}));
  const Database db = Open(Https(server.port()));
  ASSERT_NE(db, nullptr);
  for (int i = 0; i < 25; ++i) {
    const std::string key = "key " + std::to_string(i);
    ASSERT_TRUE(db->Put(leveldb::WriteOptions(), key, "value").ok());
    std::string value;
    ASSERT_TRUE(db->Get(leveldb::ReadOptions(), key, &value).ok());
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.handshakes(), 1);
}

// If nobody noticed the closed connection, a write would need a retry, which
// may take effect twice.
TEST_F(TlsTest, AConnectionThatTheServerClosedWhileIdleIsReplaced) {
  const Stunnel server = Serve(authority_.Certify({}));
  const Database db = Open(Https(server.port()));
  ASSERT_NE(db, nullptr);
  behind_.HangUp();
  ASSERT_TRUE(server.AwaitCloseNotify());
  EXPECT_TRUE(db->Put(leveldb::WriteOptions(), "key", "value").ok());
  EXPECT_EQ(db->GetStats().retries, 0u);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(TlsTest, AConnectionThatWasCutWhileIdleIsReplaced) {
  const Stunnel server = Serve(authority_.Certify({}));
  Relay front(server.port());
  const Database db = Open(Https(front.port()));
  ASSERT_NE(db, nullptr);
  front.HangUp();
  EXPECT_TRUE(db->Put(leveldb::WriteOptions(), "key", "value").ok());
  EXPECT_EQ(db->GetStats().retries, 0u);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(TlsTest, AnotherAuthorityIsRefused) {
  Authority other(folder_.path(), "other");
  const Stunnel server = Serve(other.Certify({}));
  const std::string message = ExpectRefused(server);
  EXPECT_THAT(message, HasSubstr("signed by none of the authorities in " +
                                 authority_.file()));
}

TEST_F(TlsTest, WithoutABundleTheSystemDecides) {
  const Stunnel server = Serve(authority_.Certify({}));
  options_.connection.ca_bundle.clear();
  // The second message is for systems without authorities.
  EXPECT_THAT(ExpectRefused(server),
              AnyOf(HasSubstr("none of the authorities that this system"),
                    HasSubstr("cannot read the authorities")));
}

TEST_F(TlsTest, ABundleStandsInThePlaceOfTheSystems) {
  const Stunnel server = Serve(authority_.Certify({}));
  const size_t before = FileBytesRead();
  ASSERT_NE(Open(Https(server.port())), nullptr);
  // The system's authorities would be some hundred thousand bytes.
  EXPECT_LT(FileBytesRead() - before, 64u << 10);
}

TEST_F(TlsTest, AnotherHostsCertificateIsRefused) {
  const Stunnel server = Serve(authority_.Certify({"other.test", "127.0.0.1"}));
  EXPECT_THAT(ExpectRefused(server), HasSubstr("other.test"));
}

TEST_F(TlsTest, AnotherAddressesCertificateIsRefused) {
  const Stunnel server = Serve(authority_.Certify({"localhost", "127.0.0.2"}));
  EXPECT_THAT(ExpectRefused(server, "127.0.0.1"), HasSubstr("does not match"));
}

TEST_F(TlsTest, AnExpiredCertificateIsRefused) {
  const Stunnel server = Serve(authority_.Certify(
      {"localhost", "", "2001-01-01 00:00:00", "2002-01-01 00:00:00"}));
  EXPECT_THAT(ExpectRefused(server), HasSubstr("the certificate has expired"));
}

TEST_F(TlsTest, ACertificateOfTheFutureIsRefused) {
  const Stunnel server = Serve(authority_.Certify(
      {"localhost", "", "2998-01-01 00:00:00", "2999-01-01 00:00:00"}));
  EXPECT_THAT(ExpectRefused(server), HasSubstr("is not yet valid"));
}

TEST_F(TlsTest, ASelfSignedCertificateIsRefused) {
  const Stunnel server = Serve(authority_.CertifyByItself({}));
  EXPECT_THAT(ExpectRefused(server),
              HasSubstr("signed by none of the authorities"));
}

TEST_F(TlsTest, ABundleThatIsMissingIsRefusedByName) {
  const Stunnel server = Serve(authority_.Certify({}));
  options_.connection.ca_bundle = folder_.Child("nothing.pem");
  EXPECT_THAT(ExpectRefused(server), HasSubstr(folder_.Child("nothing.pem")));
}

TEST_F(TlsTest, ABundleThatIsNoPemTrustsNobodyAndIsNamed) {
  const Stunnel server = Serve(authority_.Certify({}));
  for (const char* content : {"", "this is no PEM\n"}) {
    const std::string file = folder_.Child("text.pem");
    std::ofstream(file, std::ios::trunc) << content;
    options_.connection.ca_bundle = file;
    EXPECT_THAT(ExpectRefused(server), HasSubstr(file));
  }
}

TEST_F(TlsTest, OldTlsIsRefused) {
  const Stunnel server =
      Serve(authority_.Certify({}),
            "sslVersionMin = TLSv1\nsslVersionMax = TLSv1.1\n"
            "ciphers = ALL:@SECLEVEL=0\nsecurityLevel = 0\n");
  EXPECT_THAT(ExpectRefused(server), HasSubstr("no TLS connection"));
  EXPECT_EQ(server.handshakes(), 0);
}

TEST_F(TlsTest, AServerWithoutTlsIsRefused) {
  Relay front(DynamoDbPort());
  const std::string endpoint = Https(front.port());
  const Status status = TryOpen(endpoint);
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr(endpoint + ": no TLS connection"));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("gave up")));
  EXPECT_EQ(front.connections(), 1);
  EXPECT_TRUE(front.AllClosed());
  EXPECT_THAT(front.heard(), Not(HasSubstr("DynamoDB")));
}

TEST_F(TlsTest, AServerThatHangsUpAmidTheHandshakeIsTriedAgain) {
  LoopbackServer server([](Peer* peer) { peer->ReadMore(); });
  options_.retry.max_attempts = 3;
  const Status status = TryOpen(Https(server.port()));
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("gave up after 3 attempts"));
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(TlsTest, AWriteToAStrangerIsNotInDoubt) {
  const Stunnel server = Serve(authority_.Certify({}));
  Authority other(folder_.path(), "other");
  const Stunnel stranger = Serve(other.Certify({}));
  Relay front(server.port());
  const Database db = Open(Https(front.port()));
  ASSERT_NE(db, nullptr);
  ASSERT_TRUE(db->Put(leveldb::WriteOptions(), "key", "old").ok());

  front.set_target(stranger.port());
  front.HangUp();
  const Status status = db->Put(leveldb::WriteOptions(), "key", "new");
  EXPECT_EQ(KindOf(status), StatusKind::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("nothing was written"));
  EXPECT_EQ(stranger.connections(), 1);
  EXPECT_EQ(stranger.AwaitBytesHandedOn(), 0);
  EXPECT_EQ(db->GetStats().ambiguous_retries, 0u);
  EXPECT_EQ(db->GetStats().retries, 0u);

  front.set_target(server.port());
  std::string value;
  EXPECT_TRUE(db->Get(leveldb::ReadOptions(), "key", &value).ok());
  EXPECT_EQ(value, "old");
}

TEST_F(TlsTest, TheCommandLineTrustsWhomAwsCaBundleNames) {
  const Stunnel server = Serve(authority_.Certify({}));
  cli_environment_ = {{"AWS_ENDPOINT_URL_DYNAMODB", Https(server.port())},
                      {"AWS_CA_BUNDLE", authority_.file()}};
  dynamodown::Outcome outcome = Cli({"create", location_});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(Cli({"put", location_, "key", "value"}).status, 0);
  outcome = Cli({"get", location_, "key"});
  EXPECT_EQ(outcome.out, "value\n") << outcome.err;
}

TEST_F(TlsTest, TheCommandLineSendsNothingToAStranger) {
  Authority other(folder_.path(), "other");
  const Stunnel server = Serve(other.Certify({}));
  cli_environment_ = {{"AWS_ENDPOINT_URL_DYNAMODB", Https(server.port())},
                      {"AWS_CA_BUNDLE", authority_.file()}};
  const dynamodown::Outcome outcome =
      Cli({"put", location_, "key", "value", "--verbose"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("unavailable: " + Https(server.port()) +
                                     ": the certificate is signed by none"));
  EXPECT_THAT(outcome.err, HasSubstr(" not sent\n"));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.AwaitBytesHandedOn(), 0);
}

}  // namespace
}  // namespace dynamodown_test
