// Compares our parser of profile files with the parsers of AWS's own tools:
// botocore, on which the AWS command line is built (recorded answers, see
// tests/aws/botocore_profiles.py), and the JavaScript SDK (run here). Where the
// two differ, we follow botocore.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "aws/profiles.h"
#include "support/reference_program.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;

/// In the form of botocore's answers.
Json JsonOf(const std::map<std::string, ProfileSection>& sections) {
  Json all = Json::object();
  for (const auto& [name, section] : sections) {
    Json& settings = all[name] = Json::object();
    for (const auto& [setting, value] : section.settings) {
      const auto held = section.nested.find(setting);
      if (held == section.nested.end()) {
        settings[setting] = value;
      } else {
        settings[setting] = held->second;
      }
    }
  }
  return all;
}

Profiles Parsed(const std::string& kind, const std::string& text) {
  Profiles profiles;
  (kind == "config" ? ParseConfigFile : ParseCredentialsFile)(text, "file",
                                                              &profiles);
  return profiles;
}

TEST(ProfilesReference, WeReadWhatBotocoreReads) {
  std::ifstream file(BOTOCORE_PROFILES);
  const Json rows = Json::parse(file);
  ASSERT_GT(rows.size(), 200U);
  for (const Json& row : rows) {
    const std::string text = row["text"];
    const Profiles profiles = Parsed(row["kind"], text);
    EXPECT_EQ(JsonOf(profiles.profiles), row["found"]["profiles"]) << text;
    EXPECT_EQ(JsonOf(profiles.sso_sessions), row["found"]["sso_sessions"])
        << text;
    EXPECT_EQ(JsonOf(profiles.services), row["found"]["services"]) << text;
  }
}

/// Writes files that mean the same to botocore and to the JavaScript SDK, and
/// files with a comment behind a value, which only the SDK understands.
class RandomFile {
 public:
  explicit RandomFile(uint64_t seed) : random_(seed) {}

  std::string Write(bool config) {
    const std::string end = OneOf({"\n", "\r\n"});
    std::string text = OneIn(3) ? "\xef\xbb\xbf" : "";
    for (const char* name : {"default", "dev", "A.b_c-d@e", "x/y:z"}) {
      if (OneIn(2)) continue;
      const std::string quote = OneOf({"", "\"", "'"});
      const std::string kind = OneOf({"profile", "sso-session", "services"});
      const bool bare = !config || std::string(name) == "default";
      // Behind a setting, botocore takes an indented header for a further line
      // of the setting's value.
      const std::string indent_of_header =
          text.size() < 4 ? OneOf({"", " ", "\t"}) : "";
      text += Noise(end) + indent_of_header + "[" +
              (bare ? name : kind + " " + quote + name + quote) + "]" +
              OneOf({"", " # comment", "\t;", " "}) + end;
      const std::string indent = OneOf({"", "", " ", "\t"});
      for (size_t n = Below(5); n > 0; --n) text += Setting(indent, end);
    }
    return text;
  }

 private:
  size_t Below(size_t n) { return random_() % n; }
  bool OneIn(size_t n) { return Below(n) == 0; }
  std::string OneOf(const std::vector<std::string>& choices) {
    return choices[Below(choices.size())];
  }
  std::string Blanks() { return OneOf({"", " ", "\t", "  ", "\u00a0"}); }
  std::string Noise(const std::string& end) {
    return OneIn(2) ? OneOf({"", "# a = b", " ; [c]", "  "}) + end : "";
  }
  std::string Value() {
    return OneOf({"eu-west-1", "https://kim.example/start#/?tab=1", "a=b:c",
                  "x y", "AKID+/=", "caf\u00e9", "[x]", "\"q\"", "a#b;c"});
  }
  std::string Setting(const std::string& indent, const std::string& end) {
    static const std::vector<std::string> kNames = {
        "region", "output", "role_arn", "s3", "endpoint_url"};
    std::string text = indent + OneOf(kNames) + Blanks() + "=" + Blanks();
    // Only without an indent does the SDK see where nested settings end.
    if (!indent.empty() || !OneIn(4)) {
      return text + Value() + OneOf({"", "", " # c", "\t;c=d"}) + Blanks() +
             end + Noise(end);
    }
    text += end;
    for (size_t n = 1 + Below(2); n > 0; --n) {
      text += Noise(end) + indent + "  " + OneOf(kNames) + Blanks() + "=" +
              Blanks() + Value() + end;
    }
    return text;
  }

  std::mt19937_64 random_;
};

/// In the form of the JavaScript SDK's answers, which leave out settings and
/// sections without a value.
Json FlatJsonOf(const Profiles& profiles) {
  Json all = Json::object();
  const auto add = [&all](const std::string& prefix, const auto& sections) {
    for (const auto& [name, section] : sections) {
      for (const auto& [setting, value] : section.settings) {
        if (!value.empty()) all[prefix + name][setting] = value;
      }
      for (const auto& [holder, held] : section.nested) {
        for (const auto& [setting, value] : held) {
          all[prefix + name][holder + "." + setting] = value;
        }
      }
    }
  };
  add("", profiles.profiles);
  add("sso-session.", profiles.sso_sessions);
  add("services.", profiles.services);
  return all;
}

/// If a later line repeats a setting that has nested settings, the SDK keeps
/// the nested settings.
bool RepeatsASetting(const Json& ours, const Json& theirs) {
  for (const auto& [section, settings] : theirs.items()) {
    for (const auto& [name, value] : settings.items()) {
      const size_t dot = name.find('.');
      if (dot == std::string::npos) continue;
      const std::string holder = name.substr(0, dot);
      if (settings.contains(holder) || !ours.contains(section) ||
          !ours[section].contains(name)) {
        return true;
      }
    }
  }
  return false;
}

TEST(ProfilesReference, WeReadWhatTheJavaScriptSdkReads) {
  std::vector<Json> questions;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    RandomFile file(seed);
    const std::string config = file.Write(true);
    questions.push_back(
        {{"config", config}, {"credentials", file.Write(false)}});
  }
  const std::vector<Json> answers =
      dynamodown_test::AnswersOf(PROFILES_PROGRAM, questions);
  ASSERT_EQ(answers.size(), questions.size());
  size_t settings = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    for (const char* kind : {"config", "credentials"}) {
      const std::string text = questions[i][kind];
      const Json ours = FlatJsonOf(Parsed(kind, text));
      if (RepeatsASetting(ours, answers[i][kind])) continue;
      EXPECT_EQ(ours, answers[i][kind]) << text;
      for (const auto& section : ours) settings += section.size();
    }
  }
  EXPECT_GT(settings, 5000U);
}

}  // namespace
}  // namespace dynamodown
