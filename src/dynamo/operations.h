// DynamoDB's operations as types. Each type holds the input and the answer of
// an operation, and does not know how the operation is sent. Field names are
// the API's own, in snake case. codec/ implements Encode and Decode.
//
// Fill in an operation, send it once through a Client, then read the answer
// from the operation.

#ifndef DYNAMODOWN_DYNAMO_OPERATIONS_H_
#define DYNAMODOWN_DYNAMO_OPERATIONS_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dynamo/item.h"

namespace dynamodown {

// The units below follow from DynamoDB's limits: an item has at most 400 KB,
// and a page has at most 1 MB. A read unit covers 4 KB, and a write unit covers
// 1 KB (docs.aws.amazon.com, "Quotas in Amazon DynamoDB", "DynamoDB throughput
// capacity").

/// A write in a transaction takes twice the units of a 400 KB item.
inline constexpr double kItemWriteUnitsMax = 800;
inline constexpr double kItemReadUnitsMax = 100;
/// A page ends with the item that exceeds its 1 MB.
inline constexpr double kPageUnitsMax = 256 + 100;

/// The units that an answer reports as consumed. 0: the answer reports none.
struct Capacity {
  double read_units = 0;
  double write_units = 0;
};

class Operation {
 public:
  virtual ~Operation() = default;

  virtual std::string_view name() const = 0;  ///< "GetItem"
  /// True if the operation changes anything. The units that it consumes are
  /// then write units.
  virtual bool writes() const = 0;
  /// True if sending the operation twice has the same effect as sending it
  /// once, even if the second request arrives late. This is the case for reads,
  /// for writes with a condition or a token, and for creating or deleting a
  /// table.
  virtual bool repeatable() const { return !writes(); }

  /// The IAM actions that the operation requires: "dynamodb:GetItem".
  virtual std::string actions() const {
    return "dynamodb:" + std::string(name());
  }

  virtual void Encode(std::string* body) const = 0;
  /// Stores `answer` in place of the previous answer. A batch adds `answer` to
  /// the previous answers (see `unprocessed`).
  /// **Errors**: kCorruption for an answer that does not have this operation's
  /// form, or does not fit what was asked (codec/answer_check.h).
  Result<void> Decode(const JsonValue& answer);

  /// For a batch, the number of items that no answer has reported as done. If
  /// the batch is sent again, the request has only these items. For any other
  /// operation, 0.
  virtual size_t unprocessed() const { return 0; }

  /// The most units that one request consumes in the table itself: write units
  /// if writes() is true, else read units. Indexes consume more units.
  virtual double units_max() const {
    return writes() ? kItemWriteUnitsMax : kItemReadUnitsMax;
  }

  /// The units that a request consumes at least, as far as its own sizes tell.
  /// A write that replaces a larger item consumes more.
  virtual double units_min() const;

  /// Makes the next request ask for less, after an answer that was too long.
  /// Returns false if that is impossible.
  virtual bool AskForLess() { return false; }

  /// The names in the last answer that messages may show although they are
  /// neither the user's keys nor checked further.
  virtual std::vector<std::string_view> foreign_names() const { return {}; }

  /// The capacity that the last answer consumed.
  const Capacity& capacity() const { return capacity_; }

 protected:
  /// The form of this operation's answers.
  struct AnswerForm {
    /// The members that the answers may have, besides ConsumedCapacity.
    std::span<const std::string_view> members;
    /// The table in ConsumedCapacity. Null: the request does not ask for
    /// ConsumedCapacity.
    const std::string* table = nullptr;
  };

 private:
  virtual AnswerForm answer_form() const = 0;
  /// Decodes what only this operation's answers have. `answer` is an object.
  virtual Result<void> DecodeMembers(const JsonValue&) { return {}; }

  Capacity capacity_;
};

/// A condition that holds if any of its terms holds, or if it has no terms.
struct ConditionExpression {
  enum class Kind { kExists, kNotExists, kEquals };
  struct Term {
    Kind kind;
    std::string attribute;
    AttributeValue value;  ///< For kEquals.
  };
  std::vector<Term> terms;
  bool empty() const { return terms.empty(); }
};

struct GetItem final : Operation {
  TableKeys table;
  Key key;
  bool consistent_read = true;
  std::vector<std::string> projection;  ///< Empty: all attributes.

  std::optional<Item> item;  ///< Answer.

  std::string_view name() const override { return "GetItem"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
};

struct PutItem final : Operation {
  TableKeys table;
  Item item;
  ConditionExpression condition;

  std::string_view name() const override { return "PutItem"; }
  bool writes() const override { return true; }
  double units_min() const override;
  bool repeatable() const override { return !condition.empty(); }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
};

struct UpdateItem final : Operation {
  TableKeys table;
  Key key;
  std::vector<Attribute> set;
  ConditionExpression condition;

  std::string_view name() const override { return "UpdateItem"; }
  bool writes() const override { return true; }
  double units_min() const override;
  bool repeatable() const override { return !condition.empty(); }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
};

struct DeleteItem final : Operation {
  TableKeys table;
  Key key;
  ConditionExpression condition;

  std::string_view name() const override { return "DeleteItem"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return !condition.empty(); }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
};

struct Query final : Operation {
  TableKeys table;
  AttributeValue hash;
  /// Finds only range keys in [lower, upper]. If a bound is not set, the range
  /// has no limit on that side.
  std::optional<AttributeValue> lower;
  std::optional<AttributeValue> upper;
  /// Starts after this range key. The key need not be stored, but must be
  /// within the bounds.
  std::optional<AttributeValue> exclusive_start;
  bool forward = true;
  bool consistent_read = true;
  uint64_t limit = 0;  ///< The most items to read. 0: as many as fit on a page.
  std::vector<std::string> projection;

  std::vector<Item> items;  ///< Answer.
  std::optional<AttributeValue>
      last_evaluated;  ///< The range key to continue after.

  std::string_view name() const override { return "Query"; }
  bool writes() const override { return false; }
  double units_max() const override { return kPageUnitsMax; }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
};

/// Reads a table's items after `start`, or all of them without a `start`.
struct Scan final : Operation {
  TableKeys table;
  std::optional<Key> start;  ///< ExclusiveStartKey: any key, stored or not.
  bool consistent_read = false;
  uint64_t limit = 0;
  std::vector<std::string> projection;

  std::vector<Item> items;            ///< Answer.
  std::optional<Key> last_evaluated;  ///< The key to continue after.

  std::string_view name() const override { return "Scan"; }
  bool writes() const override { return false; }
  double units_max() const override { return kPageUnitsMax; }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
};

struct BatchGetItem final : Operation {
  TableKeys table;
  AttributeValue hash;
  std::vector<AttributeValue> ranges;  ///< Without duplicates.
  bool consistent_read = true;
  /// Must be empty or contain the range key. The answer's items come in any
  /// order, and Decode identifies an item by its range key.
  std::vector<std::string> projection;

  /// Answer. Each Decode adds to it. items[i] belongs to ranges[i].
  std::vector<std::optional<Item>> items;
  /// True if items[i] is known: found, or known to be missing.
  bool answered(size_t i) const;

  std::string_view name() const override { return "BatchGetItem"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;
  size_t unprocessed() const override {
    return started_ ? pending_.size() : ranges.size();
  }
  double units_max() const override {
    return kItemReadUnitsMax *
           static_cast<double>(std::max<size_t>(1, ranges.size()));
  }
  /// The items of an answer have at most 16 MB, but their JSON may be longer:
  /// it has 4 bytes for each 3 bytes of a B, and up to 6 bytes for a character
  /// of an S.
  bool AskForLess() override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
  /// The indices of the keys that the next request asks for: the first
  /// keys_max_ of the pending keys.
  std::vector<size_t> Asked() const;

  size_t keys_max_ = SIZE_MAX;  // The most keys of a request.
  bool started_ = false;
  std::vector<size_t> pending_;  // Indices into ranges, if started_.
};

/// Puts an item, or deletes the item at `range`.
struct WriteRequest {
  AttributeValue range;
  /// The item to put, with its key attributes. Nothing: delete.
  std::optional<Item> put;
};

struct BatchWriteItem final : Operation {
  TableKeys table;
  AttributeValue hash;
  std::vector<WriteRequest> requests;  ///< Without duplicate range keys.

  std::string_view name() const override { return "BatchWriteItem"; }
  bool writes() const override { return true; }
  void Encode(std::string* body) const override;
  size_t unprocessed() const override {
    return started_ ? pending_.size() : requests.size();
  }
  double units_max() const override {
    return kItemWriteUnitsMax *
           static_cast<double>(std::max<size_t>(1, requests.size()));
  }
  double units_min() const override;
  /// True if requests[i] is known to be written.
  bool written(size_t i) const;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;

  bool started_ = false;
  std::vector<size_t> pending_;  // Indices into requests, if started_.
};

struct TransactWriteItems final : Operation {
  struct Write {
    enum class Kind { kPut, kDelete, kConditionCheck };
    Kind kind;
    Key key;
    Item item;  ///< For kPut, with its key attributes.
    ConditionExpression condition;
  };
  TableKeys table;
  std::vector<Write> writes_in_order;
  std::string client_request_token;  ///< Makes a repeated request harmless.

  std::string_view name() const override { return "TransactWriteItems"; }
  /// The actions of the transaction's writes, since a transaction has no action
  /// of its own.
  std::string actions() const override;
  bool writes() const override { return true; }
  bool repeatable() const override { return true; }
  double units_max() const override {
    return kItemWriteUnitsMax *
           static_cast<double>(std::max<size_t>(1, writes_in_order.size()));
  }
  double units_min() const override;
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
};

/// A table's keys and state.
struct TableDescription {
  std::string name;
  std::string status;  ///< "ACTIVE", "CREATING" ...
  std::string hash_name;
  std::string hash_type;   ///< "S", "B" or "N".
  std::string range_name;  ///< Empty when the table has no range key.
  std::string range_type;
};

struct CreateTable final : Operation {
  TableDescription description;     ///< Input: name, keys and types.
  int64_t read_capacity_units = 0;  ///< Both 0: on demand.
  int64_t write_capacity_units = 0;

  TableDescription created;  ///< Answer.

  std::vector<std::string_view> foreign_names() const override {
    return {created.hash_name, created.range_name};
  }

  std::string_view name() const override { return "CreateTable"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return true; }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
};

struct DescribeTable final : Operation {
  std::string table;

  TableDescription description;  ///< Answer.

  std::vector<std::string_view> foreign_names() const override {
    return {description.hash_name, description.range_name};
  }

  std::string_view name() const override { return "DescribeTable"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
};

struct DeleteTable final : Operation {
  std::string table;

  std::string_view name() const override { return "DeleteTable"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return true; }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
};

struct ListTables final : Operation {
  std::string exclusive_start_table_name;  ///< Empty: from the first table.

  std::vector<std::string> table_names;   ///< Answer.
  std::string last_evaluated_table_name;  ///< Empty: there are no more tables.

  std::string_view name() const override { return "ListTables"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;

 private:
  AnswerForm answer_form() const override;
  Result<void> DecodeMembers(const JsonValue& answer) override;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_OPERATIONS_H_
