#include "io/problem_printer.h"

#include <fmt/format.h>

#include "io/summary.h"
#include "parse/encoding.h"

namespace cli {

using dynamodown::Problem;

void ProblemPrinter::Print(const Problem& problem) {
  const char* const kind =
      problem.kind == Problem::Kind::kDamage ? "damaged" : "leftover";
  if (json_) {
    output_.Write(fmt::format("{{{},{},{},\"bytes\":{}}}\n",
                              JsonMember("problem", kind),
                              JsonMember("where", problem.where),
                              JsonMember("what", problem.what), problem.bytes));
    return;
  }
  const std::string bytes =
      problem.bytes == 0 ? "" : " (" + CountText(problem.bytes, "byte") + ")";
  output_.Write(fmt::format(
      "{:8} {:18} {}{}\n", kind, EncodeForLine(Encoding::kText, problem.where),
      EncodeForLine(Encoding::kText, problem.what), bytes));
}

void ProblemPrinter::PrintSums(const char* verb,
                               const dynamodown::VerifyResult& result,
                               const std::string& cost) {
  if (json_) {
    output_.Write(fmt::format(
        "{{\"records\":{},\"bytes\":{},\"damaged\":{},\"leftover\":{}{}}}\n",
        result.records, result.bytes, result.damages, result.leftovers, cost));
    return;
  }
  const std::string problems =
      result.damages + result.leftovers == 0
          ? "no problems"
          : fmt::format("problems: {} damaged, {} leftover", result.damages,
                        result.leftovers);
  output_.Write(fmt::format("{} {}, {}; {}\n", verb,
                            CountText(result.records, "record"),
                            CountText(result.bytes, "byte"), problems));
}

}  // namespace cli
