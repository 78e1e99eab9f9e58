#include "fake/faults/fault_script.h"

#include <algorithm>
#include <utility>

namespace dynamodown::fake {

void FaultScript::Add(ScriptedFault fault) {
  if (fault.remaining > 0) faults_.push_back(std::move(fault));
}

std::optional<ScriptedFault> FaultScript::Take(const std::string& operation) {
  const auto found =
      std::find_if(faults_.begin(), faults_.end(), [&](const auto& fault) {
        return fault.operation.empty() || fault.operation == operation;
      });
  if (found == faults_.end()) return std::nullopt;
  ScriptedFault fault = *found;
  if (--found->remaining == 0) faults_.erase(found);
  return fault;
}

}  // namespace dynamodown::fake
