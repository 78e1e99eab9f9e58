// Compares replay with a model of items that shares no code with replay. In the
// model an item is a std::map of attributes, and an attribute is a number, a
// text or a set of texts.

#include "dyno/item/replay.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <variant>

#include "dyno/dyno_test_environment.h"
#include "leveldb/status.h"

namespace dyno {
namespace {

using leveldb::Status;

using Number = int64_t;
using Text = std::string;
using Set = std::set<std::string>;
using Attribute = std::variant<Number, Text, Set>;
using ModelItem = std::map<std::string, Attribute>;

std::string JsonText(const Attribute& attribute) {
  if (const auto* number = std::get_if<Number>(&attribute)) {
    return std::to_string(*number);
  }
  if (const auto* text = std::get_if<Text>(&attribute)) {
    std::string quoted = "\"";
    for (const char c : *text) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + "\"";
  }
  std::string members;
  for (const std::string& member : std::get<Set>(attribute)) {
    members += (members.empty() ? "\"" : ",\"") + member + "\":true";
  }
  return "{" + members + "}";
}

Set AsSet(const Attribute& attribute) {
  if (const auto* set = std::get_if<Set>(&attribute)) return *set;
  if (const auto* text = std::get_if<Text>(&attribute)) return {*text};
  return {std::to_string(std::get<Number>(attribute))};
}

/// Applies the same operation to a model and to a store.
class ModelAndStore {
 public:
  explicit ModelAndStore(Store* store) : store_(store) {}

  Status Step(std::mt19937_64* random) {
    const std::string name(1, static_cast<char>('a' + (*random)() % 3));
    const Number number = static_cast<Number>((*random)() % 9) - 4;
    const std::string text(1, static_cast<char>('p' + (*random)() % 3));
    const auto with = [&name](const std::string& value) {
      return "{\"" + name + "\":" + value + "}";
    };
    const std::string quoted = "\"" + text + "\"";
    switch ((*random)() % 14) {
      case 0:
        item_ = ModelItem{{name, number}};
        return store_->PutItem({}, "x", with(std::to_string(number)));
      case 1:
        item_.reset();
        return store_->DelItem({}, "x");
      case 2:
      case 3:
        Made()[name] = text;
        return store_->PutAttrs({}, "x", with(quoted));
      case 4:
        if (item_) item_->erase(name);
        return store_->DelAttrs({}, "x", {name});
      case 5:
      case 6: {
        const auto found = Made().find(name);
        if (found == item_->end()) {
          Made()[name] = text;
        } else if (auto* old = std::get_if<Text>(&found->second)) {
          *old += text;
        } else {
          // The model sorts the members of a set. The store keeps them in the
          // order in which they were added. So a set's text in the model
          // differs from its text in the store, and the test appends nothing to
          // sets.
          if (std::get_if<Set>(&found->second) != nullptr) {
            return store_->PutAttrs({}, "x", with(JsonText(found->second)));
          }
          found->second = JsonText(found->second) + text;
        }
        return store_->AppendAttrs({}, "x", with(quoted));
      }
      case 7:
      case 8: {
        const auto found = Made().find(name);
        Set set = found == item_->end() ? Set() : AsSet(found->second);
        set.insert(text);
        Made()[name] = set;
        return store_->AddToSet({}, "x", with("[" + quoted + "]"));
      }
      case 9: {
        if (item_ && item_->count(name) > 0) {
          Set set = AsSet((*item_)[name]);
          set.erase(text);
          (*item_)[name] = set;
        }
        return store_->DelFromSet({}, "x", with("[" + quoted + "]"));
      }
      default: {
        Attribute& attribute = Made()[name];
        auto* old = std::get_if<Number>(&attribute);
        attribute = old != nullptr ? *old + number : number;
        return store_->IncAttrs({}, "x", with(std::to_string(number)));
      }
    }
  }

  /// Requires that model and store are equal, except for the order of
  /// attributes and of members.
  void Compare() {
    Item item;
    DYNO_OK(store_->GetItem("x", &item));
    ASSERT_EQ(item.exists, item_.has_value());
    if (!item_) return;
    std::string text;
    for (const auto& [name, attribute] : *item_) {
      text +=
          (text.empty() ? "\"" : ",\"") + name + "\":" + JsonText(attribute);
    }
    // nlohmann::json sorts members.
    ASSERT_EQ(nlohmann::json::parse(item.json).dump(), "{" + text + "}");
  }

 private:
  ModelItem& Made() {
    if (!item_) item_.emplace();
    return *item_;
  }

  Store* const store_;
  std::optional<ModelItem> item_;
};

TEST(Replay, GivesTheSameItemAsAModel) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    DynoTestEnvironment environment;
    const auto store = environment.Open();
    ModelAndStore both(store.get());
    for (int i = 0; i < 80; ++i) {
      ASSERT_TRUE(both.Step(&random).ok());
      both.Compare();
      if (HasFatalFailure()) FAIL() << seed << " " << i;
    }
  }
}

TEST(Replay, AppliesOperationsInTheOrderOfTimestamps) {
  DynoTestEnvironment environment;
  const auto store = environment.Open();
  std::string first;
  DYNO_OK(store->NewTimestamp(&first));
  DYNO_OK(store->PutAttrs({}, "x", R"({"a":"second"})"));
  WriteOptions options;
  options.timestamp = first;
  DYNO_OK(store->PutAttrs(options, "x", R"({"a":"first","b":1})"));
  EXPECT_EQ(JsonOf(store.get(), "x"), R"({"a":"second","b":1})");
}

}  // namespace
}  // namespace dyno
