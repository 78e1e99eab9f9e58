// Ctrl-C, SIGTERM and SIGHUP. A command that can stop half-way watches for
// these signals, stops at the next safe point, and says how to continue. The
// second signal ends the program at once.

#ifndef DYNAMODOWN_CLI_IO_INTERRUPT_H_
#define DYNAMODOWN_CLI_IO_INTERRUPT_H_

namespace cli {

/// From now on the signals are only noted. A signal that the program ignores
/// (nohup) stays ignored. If no pipe can be made, the signals still end the
/// program. **Thread-safety**: call this function at a command's start.
void WatchForInterrupt();

/// **Thread-safety**: any number of threads.
bool IsInterrupted();

/// Waits until `fd` can be read. Returns false if a signal has come. Does not
/// wait if WatchForInterrupt was not called.
bool AwaitReadable(int fd);

/// If a signal came, ends the program as this signal would have ended it, so
/// that a shell sees the signal.
void EndIfInterrupted();

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_INTERRUPT_H_
