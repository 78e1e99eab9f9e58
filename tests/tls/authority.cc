// Makes certificates with GnuTLS's certtool. A template describes each one.

#include "tls/authority.h"

#include <gtest/gtest.h>

#include <fstream>
#include <utility>
#include <vector>

#include "cli/program.h"

namespace dynamodown_test {
namespace {

void Certtool(std::vector<std::string> arguments) {
  dynamodown::Invocation invocation;
  invocation.program = CERTTOOL;
  invocation.arguments = std::move(arguments);
  const dynamodown::Outcome outcome = dynamodown::RunProgram(invocation);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
}

void Append(const std::string& from, const std::string& to) {
  std::ofstream(to, std::ios::app) << dynamodown::ReadFile(from);
}

std::string TemplateOf(const Identity& identity) {
  std::string text = "cn = \"" + identity.host + identity.ip + "\"\n";
  if (!identity.host.empty()) text += "dns_name = " + identity.host + "\n";
  if (!identity.ip.empty()) text += "ip_address = " + identity.ip + "\n";
  if (identity.from.empty()) {
    text += "expiration_days = 2\n";
  } else {
    text += "activation_date = \"" + identity.from +
            "\"\nexpiration_date = \"" + identity.until + "\"\n";
  }
  return text + "tls_www_server\nsigning_key\n";
}

}  // namespace

Authority::Authority(const std::string& folder, const std::string& name)
    : base_(folder + "/" + name), file_(base_ + ".pem") {
  Certtool({"--generate-privkey", "--key-type=ecdsa",
            "--outfile=" + base_ + ".key"});
  std::ofstream(base_ + ".template") << "cn = " << name
                                     << "\nca\ncert_signing_key\n"
                                        "expiration_days = 2\n";
  Certtool({"--generate-self-signed", "--load-privkey=" + base_ + ".key",
            "--template=" + base_ + ".template", "--outfile=" + file_});
}

std::string Authority::Certify(const Identity& identity) {
  return Make(TemplateOf(identity),
              {"--generate-certificate", "--load-ca-certificate=" + file_,
               "--load-ca-privkey=" + base_ + ".key"});
}

std::string Authority::CertifyByItself(const Identity& identity) {
  return Make(TemplateOf(identity), {"--generate-self-signed"});
}

std::string Authority::Make(const std::string& text,
                            std::vector<std::string> how) {
  const std::string base = base_ + "-" + std::to_string(++certified_);
  const std::string key = base + ".key", both = base + ".pem";
  Certtool({"--generate-privkey", "--key-type=ecdsa", "--outfile=" + key});
  std::ofstream(base + ".template") << text;
  how.insert(how.end(),
             {"--load-privkey=" + key, "--template=" + base + ".template",
              "--outfile=" + both});
  Certtool(std::move(how));
  Append(key, both);
  return both;
}

}  // namespace dynamodown_test
