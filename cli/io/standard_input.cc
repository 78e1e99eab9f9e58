#include "io/standard_input.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "io/terminal.h"

namespace cli {
namespace {

constexpr size_t kInputBytesMax = size_t{1} << 30;

/// Returns 0, or the errno of the failure.
int ReadAll(std::string* bytes) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t n = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n == 0) return 0;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes->append(buffer.data(), static_cast<size_t>(n));
    if (bytes->size() > kInputBytesMax) return EFBIG;
  }
}

}  // namespace

Complaint ReadStandardInput(std::string* bytes) {
  NoteWaiting("the value");
  const int error = ReadAll(bytes);
  if (error == 0) return std::nullopt;
  return std::string("cannot read standard input: ") + std::strerror(error);
}

}  // namespace cli
