#include "io/output.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "io/message.h"

namespace cli {

bool Output::Write(std::string_view bytes) {
  if (error_ != 0) return false;
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
