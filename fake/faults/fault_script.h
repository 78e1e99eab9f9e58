// The faults that a test asks for by name, in contrast to the random ones of
// faults.h.

#ifndef DYNAMODOWN_FAKE_FAULTS_FAULT_SCRIPT_H_
#define DYNAMODOWN_FAKE_FAULTS_FAULT_SCRIPT_H_

#include <list>
#include <optional>
#include <string>

namespace dynamodown::fake {

struct ScriptedFault {
  enum class Kind {
    kAnswer,      ///< Answer with `status` and `body`; no effect.
    kLoseAnswer,  ///< Carry out the call, then lose the answer.
    kRefuse,      ///< Refuse the connection.
  };
  std::string operation;  ///< "" stands for any.
  int remaining;          ///< How many calls it still affects.
  Kind kind;
  int status = 0;
  std::string body;
};

/// A queue of faults; each call takes at most one.
///
/// **Thread-safety**: none.
class FaultScript {
 public:
  void Add(ScriptedFault fault);
  /// Takes the oldest fault that fits the operation.
  std::optional<ScriptedFault> Take(const std::string& operation);
  void Clear() { faults_.clear(); }

 private:
  std::list<ScriptedFault> faults_;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_FAULTS_FAULT_SCRIPT_H_
