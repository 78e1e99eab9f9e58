// Certificates that a test makes when it begins.

#ifndef DYNAMODOWN_TESTS_TLS_AUTHORITY_H_
#define DYNAMODOWN_TESTS_TLS_AUTHORITY_H_

#include <string>
#include <vector>

namespace dynamodown_test {

/// The host that a certificate is for, and its period of validity.
struct Identity {
  std::string host = "localhost";  ///< DNS name; empty: none.
  std::string ip;                  ///< Empty: none.
  /// "YYYY-MM-DD hh:mm:ss"; empty: valid now.
  std::string from;
  std::string until;
};

/// An authority that nobody knows yet. The folder of its files must outlive it.
/// **Errors**: if a certificate cannot be made, the test fails.
class Authority {
 public:
  Authority(const std::string& folder, const std::string& name);

  /// The PEM file for peers that trust this authority.
  const std::string& file() const { return file_; }
  /// Returns the PEM file of a new certificate, signed by this authority, and
  /// of its key.
  std::string Certify(const Identity& identity);
  /// The same for a self-signed certificate.
  std::string CertifyByItself(const Identity& identity);

 private:
  std::string Make(const std::string& text, std::vector<std::string> how);

  const std::string base_;
  const std::string file_;
  int certified_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_TLS_AUTHORITY_H_
