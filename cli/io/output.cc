#include "io/output.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "io/message.h"
#include "io/terminal.h"
#include "parse/encoding.h"

namespace cli {
namespace {

// How often the buffer is flushed.
constexpr std::chrono::milliseconds kFlushEvery{100};

}  // namespace

Output::Output(Kind kind) : is_escaped_(kind == kText && OutputIsTerminal()) {}

bool Output::Write(std::string_view bytes) {
  if (error_ != 0) return false;
  std::string escaped;
  if (is_escaped_) bytes = escaped = EscapeControls(bytes);
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) {
    error_ = errno;
  }
  if (++writes_ == 2) flusher_ = std::thread([this] { KeepFlushing(); });
  return error_ == 0;
}

void Output::Flush() {
  if (error_ == 0 && std::fflush(stdout) != 0) error_ = errno;
}

void Output::KeepFlushing() {
  const std::future<void> end = ends_.get_future();
  while (end.wait_for(kFlushEvery) != std::future_status::ready) Flush();
}

void Output::EndFlushing() {
  if (!flusher_.joinable()) return;
  ends_.set_value();
  flusher_.join();
}

int Output::Finish() {
  EndFlushing();
  Flush();
  return error_ == EPIPE ? 0 : error_.load();
}

int Finish(Output* output) {
  const int error = output->Finish();
  if (error == 0) return kExitOk;
  return Fail(
      fmt::format("cannot write standard output: {}", std::strerror(error)));
}

}  // namespace cli
