// A server that answers every request at once with the same bytes. It has its
// own process, so that the CPU time of this one is the client's alone.

#ifndef DYNAMODOWN_BENCH_INSTANT_SERVER_H_
#define DYNAMODOWN_BENCH_INSTANT_SERVER_H_

#include <sys/types.h>

#include <map>
#include <string>

namespace dynamodown {

/// The server's process ends with this object. **Errors**: ends the caller's
/// process with a message, since a benchmark without its server has nothing to
/// measure.
class InstantServer {
 public:
  /// `answers` holds bodies by operation ("GetItem"). Other operations get
  /// "{}".
  explicit InstantServer(const std::map<std::string, std::string>& answers);
  ~InstantServer();
  InstantServer(const InstantServer&) = delete;
  InstantServer& operator=(const InstantServer&) = delete;

  int port() const { return port_; }

 private:
  int port_ = 0;
  pid_t process_ = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BENCH_INSTANT_SERVER_H_
