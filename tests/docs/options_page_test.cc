// Holds docs/options.md to the table of options: a row for each option, with
// its member of Options and its default, under the right heading.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "dynamodown/option_table.h"

namespace dynamodown_test {
namespace {

struct Row {
  std::string text;
  bool in_location = false;
};

/// The rows of docs/options.md by the option's name.
std::map<std::string, Row> RowsOfPage() {
  std::ifstream in(OPTIONS_MD);
  EXPECT_TRUE(in) << OPTIONS_MD;
  std::map<std::string, Row> rows;
  bool in_location = false;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("## ", 0) == 0) {
      in_location = line == "## Options in a location";
    }
    if (line.rfind("| `", 0) != 0) continue;
    rows[line.substr(3, line.find('`', 3) - 3)] = {line, in_location};
  }
  return rows;
}

TEST(OptionsPage, HasEachOptionOfTheTable) {
  std::map<std::string, Row> rows = RowsOfPage();
  for (const dynamodown::OptionInfo& info : dynamodown::OptionTable()) {
    const auto row = rows.find(info.name);
    ASSERT_NE(row, rows.end()) << info.name << " is not in docs/options.md";
    const std::string default_value =
        info.default_value.empty() ? "none" : "`" + info.default_value + "`";
    const std::string begin = "| `" + info.name + "` | `" + info.field +
                              "` | " + default_value + " | ";
    EXPECT_EQ(row->second.text.substr(0, begin.size()), begin);
    EXPECT_EQ(row->second.in_location, info.in_location) << info.name;
    rows.erase(row);
  }
  for (const auto& [name, row] : rows) {
    ADD_FAILURE() << "there is no option " << name;
  }
}

}  // namespace
}  // namespace dynamodown_test
