// DynamoDB's operations, typed: what goes in, what comes out, and nothing of
// how it travels. Field names are the API's own, in snake case. The JSON is in
// codec.cc.
//
// An operation is an object that is filled in, sent once through a Client, and
// then holds its answer.

#ifndef DYNAMODOWN_DYNAMO_OPERATIONS_H_
#define DYNAMODOWN_DYNAMO_OPERATIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dynamo/item.h"

namespace dynamodown {

/// What one or several answers consumed.
struct Capacity {
  double read_units = 0;
  double write_units = 0;
};

class Operation {
 public:
  virtual ~Operation() = default;

  virtual std::string_view name() const = 0;  ///< "GetItem"
  /// Whether it changes anything: what it consumes is write units.
  virtual bool writes() const = 0;
  /// Whether sending it twice, the second time perhaps late, is as good as
  /// once: reads, and writes with a condition or a token.
  virtual bool repeatable() const { return !writes(); }

  /// The IAM actions that it needs: "dynamodb:GetItem".
  virtual std::string actions() const {
    return "dynamodb:" + std::string(name());
  }

  virtual void Encode(std::string* body) const = 0;
  /// Sets the answer, afresh each time but for what `unprocessed` says.
  /// **Errors**: kCorruption for an answer that is not of this operation's
  /// form.
  virtual Result<void> Decode(const JsonValue& answer) = 0;

  /// Of a batch: the items that are not done, at first all of them; sending it
  /// again asks for those only.
  virtual size_t unprocessed() const { return 0; }

  /// Of the last answer.
  const Capacity& capacity() const { return capacity_; }

 protected:
  Capacity capacity_;
};

/// `terms` joined by OR; none at all always holds.
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
  Result<void> Decode(const JsonValue& answer) override;
};

struct PutItem final : Operation {
  TableKeys table;
  Item item;
  ConditionExpression condition;

  std::string_view name() const override { return "PutItem"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return !condition.empty(); }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

struct UpdateItem final : Operation {
  TableKeys table;
  Key key;
  std::vector<Attribute> set;
  ConditionExpression condition;

  std::string_view name() const override { return "UpdateItem"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return !condition.empty(); }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

struct DeleteItem final : Operation {
  TableKeys table;
  Key key;
  ConditionExpression condition;

  std::string_view name() const override { return "DeleteItem"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return !condition.empty(); }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

struct Query final : Operation {
  TableKeys table;
  AttributeValue hash;
  /// Range keys in [lower, upper].
  std::optional<AttributeValue> lower;
  std::optional<AttributeValue> upper;
  /// Begin behind this range key, stored or not; it must be within the bounds.
  std::optional<AttributeValue> exclusive_start;
  bool forward = true;
  bool consistent_read = true;
  uint64_t limit = 0;  ///< Items; 0: as many as a page holds.
  std::vector<std::string> projection;

  std::vector<Item> items;  ///< Answer.
  std::optional<AttributeValue>
      last_evaluated;  ///< Its range key: go on there.

  std::string_view name() const override { return "Query"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

/// One item of a table at a time, from `start` on.
struct Scan final : Operation {
  TableKeys table;
  std::optional<Key> start;  ///< ExclusiveStartKey: any key, stored or not.
  bool consistent_read = false;
  uint64_t limit = 0;
  std::vector<std::string> projection;

  std::vector<Item> items;            ///< Answer.
  std::optional<Key> last_evaluated;  ///< Go on there.

  std::string_view name() const override { return "Scan"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

struct BatchGetItem final : Operation {
  TableKeys table;
  AttributeValue hash;
  std::vector<AttributeValue> ranges;  ///< None twice.
  bool consistent_read = true;
  /// With the range key among them: answers come in no order.
  std::vector<std::string> projection;

  /// Answer, growing from one to the next: items[i] belongs to ranges[i].
  std::vector<std::optional<Item>> items;
  /// Whether items[i] is known: found, or known to be missing.
  bool answered(size_t i) const;

  std::string_view name() const override { return "BatchGetItem"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
  size_t unprocessed() const override {
    return started_ ? pending_.size() : ranges.size();
  }

 private:
  bool started_ = false;
  std::vector<size_t> pending_;  // Once started: indices into ranges.
};

/// A put of `item`, or a delete of what lies under its key.
struct WriteRequest {
  AttributeValue range;
  std::optional<Item> put;  ///< With its key attributes.
};

struct BatchWriteItem final : Operation {
  TableKeys table;
  AttributeValue hash;
  std::vector<WriteRequest> requests;  ///< No range key twice.

  std::string_view name() const override { return "BatchWriteItem"; }
  bool writes() const override { return true; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
  size_t unprocessed() const override {
    return started_ ? pending_.size() : requests.size();
  }
  /// Whether requests[i] is known to be written.
  bool written(size_t i) const;

 private:
  bool started_ = false;
  std::vector<size_t> pending_;  // Once started: indices into requests.
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
  std::string client_request_token;  ///< Makes a repetition harmless.

  std::string_view name() const override { return "TransactWriteItems"; }
  /// Those of its parts: a transaction has none of its own.
  std::string actions() const override;
  bool writes() const override { return true; }
  bool repeatable() const override { return true; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

/// A table's keys and state; answer of the three that follow.
struct TableDescription {
  std::string name;
  std::string status;  ///< "ACTIVE", "CREATING" ...
  std::string hash_name;
  std::string hash_type;   ///< "S", "B" or "N".
  std::string range_name;  ///< Empty when the table has no range key.
  std::string range_type;
};

struct CreateTable final : Operation {
  TableDescription description;     ///< What is wanted; name, keys and types.
  int64_t read_capacity_units = 0;  ///< Both 0: on demand.
  int64_t write_capacity_units = 0;

  TableDescription created;  ///< Answer.

  std::string_view name() const override { return "CreateTable"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return true; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

struct DescribeTable final : Operation {
  std::string table;

  TableDescription description;  ///< Answer.

  std::string_view name() const override { return "DescribeTable"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

struct DeleteTable final : Operation {
  std::string table;

  std::string_view name() const override { return "DeleteTable"; }
  bool writes() const override { return true; }
  bool repeatable() const override { return true; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

struct ListTables final : Operation {
  std::string exclusive_start_table_name;  ///< Empty: from the first.

  std::vector<std::string> table_names;   ///< Answer.
  std::string last_evaluated_table_name;  ///< Empty: that was all.

  std::string_view name() const override { return "ListTables"; }
  bool writes() const override { return false; }
  void Encode(std::string* body) const override;
  Result<void> Decode(const JsonValue& answer) override;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_OPERATIONS_H_
