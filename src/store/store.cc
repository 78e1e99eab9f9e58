#include "store/store.h"

namespace dynamodown {

Result<void> Store::CheckView(const ReadView& view) const {
  if (view.snapshot == nullptr || supports().snapshots) return {};
  return Error{
      ErrorKind::kNotSupported,
      "DynamoDB has no snapshots: read without one, or copy the data "
      "first; the property dynamodown.supports lists what a store can do"};
}

}  // namespace dynamodown
