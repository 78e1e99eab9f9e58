#include "support/raw_dynamodb.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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

/// `version` and `connection` are HTTP's.
std::string RequestOf(const std::string& host, const std::string& operation,
                      const std::string& json, const std::string& version,
                      const std::string& connection) {
  return "POST / HTTP/" + version + "\r\nHost: " + host +
         "\r\nContent-Type: application/x-amz-json-1.0"
         "\r\nX-Amz-Target: DynamoDB_20120810." +
         operation +
         "\r\nX-Amz-Date: 20250101T000000Z"
         "\r\nAuthorization: AWS4-HMAC-SHA256 "
         "Credential=local/20250101/us-east-1/dynamodb/aws4_request, "
         "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0"
         "\r\nConnection: " +
         connection + "\r\nContent-Length: " + std::to_string(json.size()) +
         "\r\n\r\n" + json;
}

void SendAll(int socket_fd, const std::string& request) {
  size_t sent = 0;
  while (sent < request.size()) {
    const ssize_t n = send(socket_fd, request.data() + sent,
                           request.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) break;
    sent += static_cast<size_t>(n);
  }
}

/// Returns false if nothing more comes.
bool Receive(int socket_fd, std::string* answer) {
  char buffer[16384];
  const ssize_t n = read(socket_fd, buffer, sizeof(buffer));
  if (n > 0) answer->append(buffer, static_cast<size_t>(n));
  return n > 0;
}

}  // namespace

std::string CallDynamoDb(const std::string& endpoint,
                         const std::string& operation,
                         const std::string& json) {
  const int socket_fd = Connect(endpoint);
  SendAll(socket_fd,
          RequestOf(endpoint.substr(7), operation, json, "1.0", "close"));
  std::string answer;
  while (Receive(socket_fd, &answer)) {
  }
  close(socket_fd);
  const size_t body = answer.find("\r\n\r\n");
  if (answer.find(" 200 ") != answer.find(' ') || body == std::string::npos) {
    throw std::runtime_error(operation + " failed: " + answer);
  }
  return answer.substr(body + 4);
}

RawConnection::RawConnection(const std::string& endpoint)
    : host_(endpoint.substr(7)), socket_fd_(Connect(endpoint)) {
  const int on = 1;
  setsockopt(socket_fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

RawConnection::~RawConnection() { close(socket_fd_); }

RawAnswer RawConnection::Call(const std::string& operation,
                              const std::string& json) {
  SendAll(socket_fd_, RequestOf(host_, operation, json, "1.1", "keep-alive"));
  std::string answer;
  const auto wait_for = [&](size_t size) {
    while (answer.size() < size) {
      if (Receive(socket_fd_, &answer)) continue;
      throw std::runtime_error(operation + " has no whole answer: " + answer);
    }
  };
  const auto line_end = [&](size_t begin, const std::string& mark) {
    size_t end;
    while ((end = answer.find(mark, begin)) == std::string::npos) {
      wait_for(answer.size() + 1);
    }
    return end;
  };
  const size_t body = line_end(0, "\r\n\r\n") + 4;
  const int status = std::stoi(answer.substr(answer.find(' ') + 1));
  const std::string length_header = "\r\nContent-Length: ";
  const size_t length = answer.find(length_header);
  if (length < body) {
    const size_t size =
        std::stoul(answer.substr(length + length_header.size()));
    wait_for(body + size);
    return {status, answer.substr(body)};
  }
  // In chunks, each after its size; a chunk of size 0 is the last.
  std::string content;
  for (size_t at = body;;) {
    const size_t begin = line_end(at, "\r\n") + 2;
    const size_t size = std::stoul(answer.substr(at), nullptr, 16);
    wait_for(begin + size + 2);
    if (size == 0) return {status, content};
    content.append(answer, begin, size);
    at = begin + size + 2;
  }
}

}  // namespace dynamodown_test
