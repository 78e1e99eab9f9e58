// Owns an open file.

#ifndef DYNAMODOWN_BASE_DESCRIPTOR_H_
#define DYNAMODOWN_BASE_DESCRIPTOR_H_

#include <unistd.h>

namespace dynamodown {

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_DESCRIPTOR_H_
