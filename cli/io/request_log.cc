// A class in this file derives from a LevelDB class. So the file is compiled
// with RTTI only if the installed LevelDB was: see CMakeLists.txt.

#include "io/request_log.h"

#include <cstdarg>
#include <cstdio>
#include <string>

#include "parse/encoding.h"

namespace cli {
namespace {

class RequestLog : public leveldb::Logger {
 public:
  void Logv(const char* format, std::va_list arguments) override {
    std::va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (length < 0) return;
    std::string line(static_cast<size_t>(length) + 1, '\0');
    std::vsnprintf(line.data(), line.size(), format, arguments);
    line.pop_back();  // the byte 00 that vsnprintf appends
    while (line.ends_with('\n')) line.pop_back();
    std::fprintf(stderr, "* %s\n", EscapeControls(line).c_str());
  }
};

}  // namespace

std::unique_ptr<leveldb::Logger> NewRequestLog() {
  return std::make_unique<RequestLog>();
}

}  // namespace cli
