// Prints what `verify` and `repair` find: a line for each problem, and a last
// line with the sums.

#ifndef DYNAMODOWN_CLI_IO_PROBLEM_PRINTER_H_
#define DYNAMODOWN_CLI_IO_PROBLEM_PRINTER_H_

#include <string>

#include "dynamodown/verify.h"
#include "io/output.h"

namespace cli {

/// **Thread-safety**: one thread. **Ownership**: `output` outlives the printer.
class ProblemPrinter {
 public:
  ProblemPrinter(bool json, Output* output) : json_(json), output_(*output) {}

  void Print(const dynamodown::Problem& problem);
  /// `verb` says what was done with the records: "read" or "copied". With
  /// --json, `cost` is appended to the object's members (UnitsJson).
  void PrintSums(const char* verb, const dynamodown::VerifyResult& result,
                 const std::string& cost = "");

 private:
  const bool json_;
  Output& output_;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_PROBLEM_PRINTER_H_
