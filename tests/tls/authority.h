// Certificates of a test's own, made when it begins.

#ifndef DYNAMODOWN_TESTS_TLS_AUTHORITY_H_
#define DYNAMODOWN_TESTS_TLS_AUTHORITY_H_

#include <string>
#include <vector>

namespace dynamodown_test {

/// Whom a certificate is for, and when.
struct Identity {
  std::string host = "localhost";  ///< DNS name; empty: none.
  std::string ip;                  ///< Empty: none.
  /// "YYYY-MM-DD hh:mm:ss"; empty: valid now.
  std::string from;
  std::string until;
};

/// An authority that nobody knows yet. Its files are in a folder that outlives
/// it. **Errors**: a certificate that cannot be made fails the test.
class Authority {
 public:
  Authority(const std::string& folder, const std::string& name);

  /// PEM file for those who trust it.
  const std::string& file() const { return file_; }
  /// PEM file of a new certificate that it signed, and of its key.
  std::string Certify(const Identity& identity);
  /// Likewise of one that only itself has signed.
  std::string CertifyByItself(const Identity& identity);

 private:
  std::string Make(const std::string& text, std::vector<std::string> how);

  const std::string base_;
  const std::string file_;
  int certified_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_TLS_AUTHORITY_H_
