#include "support/raw_dynamodb.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace dynamodown_test {
namespace {

int Connect(const std::string& endpoint) {
  const std::string start = "http://127.0.0.1:";
  if (!endpoint.starts_with(start)) {
    throw std::runtime_error("not an emulator on loopback: " + endpoint);
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port =
      htons(static_cast<uint16_t>(std::stoi(endpoint.substr(start.size()))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(socket_fd, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    close(socket_fd);
    throw std::runtime_error("cannot connect to " + endpoint);
  }
  return socket_fd;
}

}  // namespace

std::string CallDynamoDb(const std::string& endpoint,
                         const std::string& operation,
                         const std::string& json) {
  const std::string request =
      "POST / HTTP/1.0\r\nHost: " + endpoint.substr(7) +
      "\r\nContent-Type: application/x-amz-json-1.0"
      "\r\nX-Amz-Target: DynamoDB_20120810." +
      operation +
      "\r\nX-Amz-Date: 20250101T000000Z"
      "\r\nAuthorization: AWS4-HMAC-SHA256 "
      "Credential=local/20250101/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0"
      "\r\nConnection: close"
      "\r\nContent-Length: " +
      std::to_string(json.size()) + "\r\n\r\n" + json;
  const int socket_fd = Connect(endpoint);
  size_t sent = 0;
  while (sent < request.size()) {
    const ssize_t n = send(socket_fd, request.data() + sent,
                           request.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) break;
    sent += static_cast<size_t>(n);
  }
  std::string answer;
  char buffer[16384];
  for (;;) {
    const ssize_t n = read(socket_fd, buffer, sizeof(buffer));
    if (n <= 0) break;
    answer.append(buffer, static_cast<size_t>(n));
  }
  close(socket_fd);
  const size_t body = answer.find("\r\n\r\n");
  if (answer.find(" 200 ") != answer.find(' ') || body == std::string::npos) {
    throw std::runtime_error(operation + " failed: " + answer);
  }
  return answer.substr(body + 4);
}

}  // namespace dynamodown_test
