#include "output.h"

#include <cerrno>
#include <cstdio>

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

}  // namespace cli
