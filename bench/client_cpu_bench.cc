// Client CPU per call, against a server that answers at once. Other rows have
// the CPU of the same exchange with bare sockets and with libcurl alone. Read
// the CPU column. Ratios between rows of one run carry over to other machines.
//
//     ./dev bench

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/crypto.h"
#include "dynamodown/db.h"
#include "instant_server.h"

namespace dynamodown {
namespace {

constexpr size_t kValueBytes = 100;
constexpr size_t kPageRecords = 8000;

std::string Value() { return std::string(kValueBytes, 'v'); }

/// A page of about 1 MB, as DynamoDB counts it. There is always another page.
std::string PageBody() {
  std::string body = "{\"Items\":[";
  std::string key;
  for (size_t i = 0; i < kPageRecords; ++i) {
    char bytes[17];
    snprintf(bytes, sizeof bytes, "%016zx", i);
    key.clear();
    AppendBase64(bytes, &key);
    body += i == 0 ? "" : ",";
    body += "{\"rkey\":{\"B\":\"" + key + "\"},\"value\":{\"S\":\"" + Value() +
            "\"}}";
  }
  return body +
         "],\"Count\":8000,\"ScannedCount\":8000,\"LastEvaluatedKey\":"
         "{\"hkey\":{\"S\":\"bench\"},\"rkey\":{\"B\":\"" +
         key +
         "\"}},\"ConsumedCapacity\":{\"TableName\":\"bench\","
         "\"CapacityUnits\":256.0}}";
}

InstantServer& Server() {
  static InstantServer server({
      {"DescribeTable",
       R"({"Table":{"TableName":"bench","TableStatus":"ACTIVE",)"
       R"("KeySchema":[{"AttributeName":"hkey","KeyType":"HASH"},)"
       R"({"AttributeName":"rkey","KeyType":"RANGE"}],)"
       R"("AttributeDefinitions":[{"AttributeName":"hkey",)"
       R"("AttributeType":"S"},{"AttributeName":"rkey",)"
       R"("AttributeType":"B"}]}})"},
      {"GetItem",
       R"({"ConsumedCapacity":{"TableName":"bench","CapacityUnits":1.0},)"
       R"("Item":{"version":{"N":"1"},"id":{"S":"0"},"mode":{"S":"shared"},)"
       R"("value":{"S":")" +
           Value() + R"("}}})"},
      {"PutItem",
       R"({"ConsumedCapacity":{"TableName":"bench","CapacityUnits":1.0}})"},
      {"Query", PageBody()},
  });
  return server;
}

std::unique_ptr<Database> OpenBench() {
  setenv("AWS_ACCESS_KEY_ID", "bench", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "bench", 1);
  Options options;
  options.connection.endpoint =
      "http://127.0.0.1:" + std::to_string(Server().port());
  options.connection.region = "us-east-1";
  Database* db = nullptr;
  const leveldb::Status status = Open(options, "bench/bench", &db);
  if (!status.ok()) {
    fprintf(stderr, "bench: %s\n", status.ToString().c_str());
    exit(1);
  }
  return std::unique_ptr<Database>(db);
}

void Put(benchmark::State& state) {
  const std::unique_ptr<Database> db = OpenBench();
  const std::string value = Value();
  for (auto _ : state) {
    if (!db->Put(leveldb::WriteOptions(), "0123456789abcdef", value).ok()) {
      state.SkipWithError("put failed");
      return;
    }
  }
}

void Get(benchmark::State& state) {
  const std::unique_ptr<Database> db = OpenBench();
  std::string value;
  for (auto _ : state) {
    if (!db->Get(leveldb::ReadOptions(), "0123456789abcdef", &value).ok()) {
      state.SkipWithError("get failed");
      return;
    }
  }
}

/// The time is per record.
void ScannedRecord(benchmark::State& state) {
  const std::unique_ptr<Database> db = OpenBench();
  const std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(leveldb::ReadOptions()));
  it->SeekToFirst();
  for (auto _ : state) {
    if (!it->Valid()) {
      state.SkipWithError("scan ended");
      return;
    }
    benchmark::DoNotOptimize(it->value());
    it->Next();
  }
}

// A Put's request, for the rows that only send it.
const char kRequestBody[] =
    R"({"TableName":"bench","Item":{"hkey":{"S":"bench"},"rkey":{"B":)"
    R"("MDEyMzQ1Njc4OWFiY2RlZg=="},"value":{"S":"vvvvvvvvvvvvvvvvvvvvvvvvvv)"
    R"(vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv)"
    R"(vvvvvvvv"}},"ReturnConsumedCapacity":"TOTAL"})";
const char* const kRequestHeaders[] = {
    "Content-Type: application/x-amz-json-1.0",
    "X-Amz-Date: 20261122T000000Z",
    "X-Amz-Target: DynamoDB_20120810.PutItem",
    "Authorization: AWS4-HMAC-SHA256 Credential=bench/20261122/us-east-1/"
    "dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
    "x-amz-target, Signature="
    "0000000000000000000000000000000000000000000000000000000000000000",
};

void BareSocketExchange(benchmark::State& state) {
  std::string request = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (const char* header : kRequestHeaders) {
    request.append(header).append("\r\n");
  }
  request += "Content-Length: " + std::to_string(sizeof kRequestBody - 1) +
             "\r\n\r\n" + kRequestBody;
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(socket_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(Server().port()));
  if (connect(socket_fd, reinterpret_cast<sockaddr*>(&address),
              sizeof address) != 0) {
    state.SkipWithError("connect failed");
    return;
  }
  char answer[4096];
  for (auto _ : state) {
    if (send(socket_fd, request.data(), request.size(), 0) < 0 ||
        recv(socket_fd, answer, sizeof answer, 0) <= 0) {
      state.SkipWithError("exchange failed");
      break;
    }
  }
  close(socket_fd);
}

size_t Discard(char*, size_t, size_t bytes, void*) { return bytes; }

void CurlExchange(benchmark::State& state) {
  CURL* const curl = curl_easy_init();
  curl_slist* headers = nullptr;
  for (const char* header : kRequestHeaders) {
    headers = curl_slist_append(headers, header);
  }
  const std::string url =
      "http://127.0.0.1:" + std::to_string(Server().port()) + "/";
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, kRequestBody);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Discard);
  for (auto _ : state) {
    if (curl_easy_perform(curl) != CURLE_OK) {
      state.SkipWithError("exchange failed");
      break;
    }
  }
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
}

BENCHMARK(BareSocketExchange)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(CurlExchange)->MeasureProcessCPUTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Put)->MeasureProcessCPUTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Get)->MeasureProcessCPUTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(ScannedRecord)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dynamodown

BENCHMARK_MAIN();
