// The doctor's checks of an embedded store.

#ifndef DYNAMODOWN_DB_EMBEDDED_DOCTOR_H_
#define DYNAMODOWN_DB_EMBEDDED_DOCTOR_H_

#include <string>
#include <vector>

#include "dynamodown/doctor.h"

namespace dynamodown {

/// Examines the store in the directory `path`, and appends the findings.
/// Changes nothing. `location` is the store's location as the user wrote it,
/// for the commands that the findings advise.
void ExamineEmbedded(const Options& options, const std::string& path,
                     const std::string& location,
                     std::vector<Finding>* findings);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_EMBEDDED_DOCTOR_H_
