#include "io/output.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "io/message.h"
#include "io/terminal.h"
#include "parse/encoding.h"

namespace cli {

Output::Output(Kind kind) : is_escaped_(kind == kText && OutputIsTerminal()) {}

bool Output::Write(std::string_view bytes) {
  if (error_ != 0) return false;
  std::string escaped;
  if (is_escaped_) bytes = escaped = EscapeControls(bytes);
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) {
    error_ = errno;
  }
  return error_ == 0;
}

int Output::Finish() {
  if (error_ == 0 && std::fflush(stdout) != 0) error_ = errno;
  return error_ == EPIPE ? 0 : error_;
}

int Finish(Output* output) {
  const int error = output->Finish();
  if (error == 0) return kExitOk;
  return Fail(
      fmt::format("cannot write standard output: {}", std::strerror(error)));
}

}  // namespace cli
