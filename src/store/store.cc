#include "store/store.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "store/outcome.h"

namespace dynamodown {
namespace {

constexpr uint64_t kFirstPageItems = 2;
constexpr size_t kPageGrowth = 4;
/// When the size of items is not known: 1 MB of 256 bytes each.
constexpr uint64_t kFullPageItems = 4096;
/// More than a page of the smallest items holds; the API has 32 bits for it.
constexpr uint64_t kLimitMax = kPageBytesMax;

ConditionExpression ExpressionOf(const KeyCondition& condition,
                                 const Schema& schema) {
  using Kind = ConditionExpression::Kind;
  switch (condition.kind) {
    case KeyCondition::Kind::kAbsent:
      return {{{Kind::kNotExists, schema.keys.range_name, {}}}};
    case KeyCondition::Kind::kPresent:
      return {{{Kind::kExists, schema.keys.range_name, {}}}};
    case KeyCondition::Kind::kEquals:
      break;
  }
  // Other writers may have stored the same bytes as another type.
  const std::string value(condition.value);
  ConditionExpression expression;
  const auto or_equals = [&](AttributeValue form) {
    expression.terms.push_back(
        {Kind::kEquals, schema.value_name, std::move(form)});
  };
  const AttributeValue own = EncodeValue(value);
  or_equals(own);
  if (own.type == AttributeValue::Type::kS) {
    or_equals(AttributeValue::B(value));
  }
  if (value.empty()) or_equals(AttributeValue::Null());
  return expression;
}

/// What a failed transaction means to whoever wanted it.
ServiceError TransactionError(ServiceError error, const char* advice) {
  if (error.kind == ErrorKind::kNotSupported) {
    error.message += "; this endpoint has no transactions: ";
    error.message += advice;
  }
  error.message += error.ambiguous ? kMaybeAllWritten : kNothingOfBatchWritten;
  return error;
}

/// `ambiguous`: an earlier attempt got no answer, and its copy may yet arrive.
ConditionalError Conflict(size_t index, const KeyCondition& condition,
                          bool ambiguous) {
  ConditionalError error;
  error.kind = ErrorKind::kConflict;
  error.condition = index;
  error.message =
      "the condition on key " + Printable(condition.key) + " does not hold";
  error.message += ambiguous ? "; an earlier attempt, whose answer was lost, "
                               "may have been or may yet be written"
                             : kNothingWritten;
  return error;
}

}  // namespace

uint64_t PageLimit(int n, uint64_t previous, size_t item_bytes) {
  if (n == 0) {
    return item_bytes == 0 ? kFirstPageItems
                           : std::max<uint64_t>(kFirstPageItems,
                                                kReadUnitBytes / item_bytes);
  }
  if (previous == 0) return 0;
  const uint64_t most = previous * kPageGrowth;
  if (item_bytes == 0) return most < kLimitMax / kPageGrowth ? most : 0;
  size_t bytes = kReadUnitBytes;
  for (int i = 0; i < n && bytes < kPageBytesMax; ++i) bytes *= kPageGrowth;
  const uint64_t limit =
      std::clamp<uint64_t>(bytes / item_bytes, previous + 1, most);
  return limit >= kPageBytesMax / item_bytes ? 0 : limit;
}

uint64_t FullPageLimit(size_t item_bytes) {
  return item_bytes == 0 ? kFullPageItems : 2 * kPageBytesMax / item_bytes + 1;
}

uint64_t EstimateBytes(std::string_view lower, std::string_view upper,
                       std::string_view last, uint64_t bytes) {
  // All keys of the range start as both bounds do; the 8 bytes behind that,
  // taken as a number, say where a key lies.
  const size_t common = static_cast<size_t>(
      std::mismatch(lower.begin(), lower.end(), upper.begin(), upper.end())
          .first -
      lower.begin());
  const auto number = [common](std::string_view key) {
    double value = 0;
    for (size_t i = common; i < common + 8; ++i) {
      const auto byte = i < key.size() ? static_cast<unsigned char>(key[i]) : 0;
      value = value * 256 + byte;
    }
    return value;
  };
  const double whole = number(upper) - number(lower);
  const double part = number(last) - number(lower);
  if (part <= 0 || whole <= part) return bytes;
  constexpr double kMax = 1e18;
  return static_cast<uint64_t>(
      std::min(kMax, static_cast<double>(bytes) * (whole / part)));
}

Store::Store(ItemCodec codec, const Limits& limits, int parallel_max,
             Tools tools)
    : codec_(std::move(codec)),
      limits_(limits),
      parallel_max_(parallel_max),
      tools_(tools),
      gate_(tools.scheduler) {}

Result<std::optional<std::string>> Store::Get(std::string_view key,
                                              bool consistent,
                                              const CallOptions& call) {
  Result<std::string> stored = codec_.keys().Store(key);
  if (!stored.ok()) return std::optional<std::string>();
  GetItem get;
  get.table = codec_.schema().keys;
  get.key = codec_.KeyOf(*std::move(stored));
  get.consistent_read = consistent;
  get.projection = {codec_.schema().value_name, get.table.range_name};
  Result<void, ServiceError> sent = tools_.client->Send(&get, call);
  if (!sent.ok()) return std::move(sent).error();
  if (!get.item) return std::optional<std::string>();
  Result<std::string> value =
      DecodeValue(Find(*get.item, codec_.schema().value_name), key);
  if (!value.ok()) return std::move(value).error();
  return std::optional<std::string>(*std::move(value));
}

Result<void> Store::Put(std::string_view key, std::string_view value,
                        const CallOptions& call) {
  Result<std::string> stored = codec_.keys().Store(key);
  if (!stored.ok()) return std::move(stored).error();
  Result<Item> item = codec_.Encode(*stored, value);
  if (!item.ok()) return std::move(item).error();
  return WriteOne({*std::move(stored), *std::move(item), 0}, call);
}

Result<void> Store::Delete(std::string_view key, const CallOptions& call) {
  Result<std::string> stored = codec_.keys().Store(key);
  if (!stored.ok()) return {};
  return WriteOne({*std::move(stored), std::nullopt, 0}, call);
}

Result<void> Store::WriteOne(PlannedWrite write, const CallOptions& call) {
  Result<void, ServiceError> sent;
  if (write.put) {
    PutItem put;
    put.table = codec_.schema().keys;
    put.item = *std::move(write.put);
    sent = tools_.client->Send(&put, call);
  } else {
    DeleteItem del;
    del.table = codec_.schema().keys;
    del.key = codec_.KeyOf(std::move(write.stored_key));
    sent = tools_.client->Send(&del, call);
  }
  if (sent.ok()) return {};
  ServiceError error = std::move(sent).error();
  error.message += error.ambiguous ? kMaybeWritten : kNothingWritten;
  return error;
}

TransactWriteItems::Write Store::Transactional(PlannedWrite write) const {
  using Kind = TransactWriteItems::Write::Kind;
  TransactWriteItems::Write out;
  out.key = codec_.KeyOf(std::move(write.stored_key));
  out.kind = write.put ? Kind::kPut : Kind::kDelete;
  if (write.put) out.item = *std::move(write.put);
  return out;
}

Result<void> Store::WriteAtomic(const std::vector<BatchOperation>& operations,
                                const CallOptions& call) {
  Result<std::vector<PlannedWrite>> plan = PlanBatch(codec_, operations);
  if (!plan.ok()) return std::move(plan).error();
  if (plan->empty()) return {};
  if (plan->size() == 1) return WriteOne(std::move(plan->front()), call);
  Result<void> atomic = CheckAtomic(
      plan->size(), BytesOf(*plan), limits_,
      "write smaller batches, or set batch = kUnordered, which is not atomic");
  if (!atomic.ok()) return atomic;

  TransactWriteItems transaction;
  transaction.table = codec_.schema().keys;
  transaction.client_request_token = tools_.random->Id();
  for (PlannedWrite& write : *plan) {
    transaction.writes_in_order.push_back(Transactional(std::move(write)));
  }
  Result<void, ServiceError> sent = tools_.client->Send(&transaction, call);
  if (sent.ok()) return {};
  return TransactionError(std::move(sent).error(),
                          "set batch = kUnordered, which is not atomic");
}

Result<void> Store::WriteUnordered(
    const std::vector<BatchOperation>& operations, const CallOptions& call) {
  Result<std::vector<PlannedWrite>> plan = PlanBatch(codec_, operations);
  if (!plan.ok()) return std::move(plan).error();
  if (plan->empty()) return {};
  if (plan->size() == 1) return WriteOne(std::move(plan->front()), call);

  std::vector<size_t> sizes;
  for (const PlannedWrite& write : *plan) sizes.push_back(write.wire_bytes);
  const std::vector<size_t> ends =
      CutRuns(sizes, limits_.batch_write_items, limits_.batch_bytes);

  struct {
    std::mutex mutex;
    size_t written = 0;
    size_t unknown = 0;
    std::optional<Error> error;  // The first.
  } outcome;
  ParallelFor(tools_.scheduler, ends.size(), parallel_max_, [&](size_t run) {
    {
      std::lock_guard<std::mutex> lock(outcome.mutex);
      if (outcome.error) return;
    }
    BatchWriteItem batch;
    batch.table = codec_.schema().keys;
    batch.hash = codec_.hash();
    for (size_t i = run == 0 ? 0 : ends[run - 1]; i < ends[run]; ++i) {
      PlannedWrite& write = (*plan)[i];
      batch.requests.push_back(
          {codec_.keys().Value(std::move(write.stored_key)),
           std::move(write.put)});
    }
    Result<void, ServiceError> sent = tools_.client->Send(&batch, call);
    std::lock_guard<std::mutex> lock(outcome.mutex);
    for (size_t i = 0; i < batch.requests.size(); ++i) {
      if (sent.ok() || batch.written(i)) {
        ++outcome.written;
      } else if (sent.error().ambiguous) {
        ++outcome.unknown;
      }
    }
    if (!sent.ok() && !outcome.error) outcome.error = std::move(sent).error();
  });
  if (!outcome.error) return {};
  outcome.error->message +=
      "; of the batch's " + std::to_string(plan->size()) + " keys " +
      std::to_string(outcome.written) + " were written, " +
      std::to_string(plan->size() - outcome.written - outcome.unknown) +
      " were not, and of " + std::to_string(outcome.unknown) +
      " that is unknown";
  return *std::move(outcome.error);
}

TransactWriteItems::Write Store::Transactional(
    ConditionalWrite write, const std::vector<KeyCondition>& conditions) const {
  TransactWriteItems::Write out;
  if (write.write) {
    out = Transactional(*std::move(write.write));
  } else {
    out.kind = TransactWriteItems::Write::Kind::kConditionCheck;
    out.key = codec_.KeyOf(std::move(write.stored_key));
  }
  if (write.condition) {
    out.condition = ExpressionOf(conditions[*write.condition], codec_.schema());
  }
  return out;
}

Result<void, ConditionalError> Store::WriteIf(
    const std::vector<BatchOperation>& operations,
    const std::vector<KeyCondition>& conditions, const CallOptions& call) {
  const auto fail = [](Error error) {
    return ConditionalError{std::move(error), std::nullopt};
  };
  Result<std::vector<PlannedWrite>> batch = PlanBatch(codec_, operations);
  if (!batch.ok()) return fail(std::move(batch).error());
  Result<ConditionalPlan> plan =
      PlanConditional(codec_, *std::move(batch), conditions);
  if (!plan.ok()) return fail(std::move(plan).error());
  Result<void> atomic = CheckAtomic(plan->writes.size(), plan->bytes, limits_,
                                    "write smaller batches");
  if (!atomic.ok()) return fail(std::move(atomic).error());
  if (plan->hopeless) {
    return Conflict(*plan->hopeless, conditions[*plan->hopeless], false);
  }
  if (plan->writes.empty()) return {};

  TransactWriteItems transaction;
  transaction.table = codec_.schema().keys;
  transaction.client_request_token = tools_.random->Id();
  std::vector<std::optional<size_t>> condition_at;  // Of each write in order.
  for (ConditionalWrite& write : plan->writes) {
    condition_at.push_back(write.condition);
    transaction.writes_in_order.push_back(
        Transactional(std::move(write), conditions));
  }
  Result<void, ServiceError> sent = tools_.client->Send(&transaction, call);
  if (sent.ok()) return {};
  ServiceError error = std::move(sent).error();
  std::optional<size_t> first;
  for (size_t i = 0; i < error.reasons.size() && i < condition_at.size(); ++i) {
    if (error.reasons[i] == "ConditionalCheckFailed" && condition_at[i]) {
      first = std::min(*condition_at[i], first.value_or(SIZE_MAX));
    }
  }
  if (first) return Conflict(*first, conditions[*first], error.ambiguous);
  return fail(
      TransactionError(std::move(error), "conditional batches need them"));
}

Store::Values Store::MultiGet(const std::vector<std::string_view>& keys,
                              bool consistent, const CallOptions& call) {
  // Each distinct key that can be stored is asked for once.
  std::vector<std::string> stored;
  std::unordered_map<std::string_view, size_t> place;  // In `stored`.
  for (const std::string_view key : keys) {
    if (place.count(key) > 0) continue;
    Result<std::string> one = codec_.keys().Store(key);
    if (!one.ok()) continue;
    place.emplace(key, stored.size());
    stored.push_back(*std::move(one));
  }
  Values found(stored.size(), std::optional<std::string>());
  const size_t run_items = limits_.batch_get_keys;
  const size_t runs = (stored.size() + run_items - 1) / run_items;
  ParallelFor(tools_.scheduler, runs, parallel_max_, [&](size_t run) {
    const size_t begin = run * run_items;
    const size_t end = std::min(begin + run_items, stored.size());
    BatchGetItem batch;
    batch.table = codec_.schema().keys;
    batch.hash = codec_.hash();
    batch.consistent_read = consistent;
    batch.projection = {batch.table.range_name, codec_.schema().value_name};
    for (size_t i = begin; i < end; ++i) {
      batch.ranges.push_back(codec_.keys().Value(stored[i]));
    }
    Result<void, ServiceError> sent = tools_.client->Send(&batch, call);
    for (size_t i = begin; i < end; ++i) {
      if (!sent.ok() && !batch.answered(i - begin)) {
        found[i] = Error(sent.error());
      } else if (batch.items[i - begin]) {
        Result<std::string> value = DecodeValue(
            Find(*batch.items[i - begin], codec_.schema().value_name),
            KeyCodec::Load(stored[i]));
        if (value.ok()) {
          found[i] = std::optional<std::string>(*std::move(value));
        } else {
          found[i] = std::move(value).error();
        }
      }
    }
  });
  Values values;
  values.reserve(keys.size());
  for (const std::string_view key : keys) {
    const auto at = place.find(key);
    if (at == place.end()) {
      values.push_back(std::optional<std::string>());
    } else {
      values.push_back(found[at->second]);
    }
  }
  return values;
}

Result<Page> Store::ReadPage(const PageRequest& request,
                             const CallOptions& call) {
  const Schema& schema = codec_.schema();
  const StoredRange& range = request.range;
  Page page;
  if (range.empty()) return page;

  Query query;
  query.table = schema.keys;
  query.hash = codec_.hash();
  query.forward = request.forward;
  query.consistent_read = request.consistent;
  if (request.limit <= kLimitMax) query.limit = request.limit;
  query.projection = {schema.keys.range_name};
  if (!request.keys_only) query.projection.push_back(schema.value_name);
  if (!range.lower.empty()) query.lower = codec_.keys().Value(range.lower);
  // The upper bound is excluded, which the API cannot say beside a lower one.
  // Backwards the page begins behind it. Forwards it is included and left out
  // here; unless it is x00, below which x is the greatest.
  if (range.upper && !request.forward) {
    query.exclusive_start = codec_.keys().Value(*range.upper);
  } else if (range.upper) {
    std::string upper = *range.upper;
    if (upper.back() == '\0') upper.pop_back();
    if (upper < range.lower) return page;
    query.upper = codec_.keys().Value(std::move(upper));
  }
  Result<void, ServiceError> sent = tools_.client->Send(&query, call);
  if (!sent.ok()) return std::move(sent).error();

  std::string last;  // The stored key that the page ends with.
  page.records.reserve(query.items.size());
  for (Item& item : query.items) {
    AttributeValue* range_key = nullptr;
    AttributeValue* value = nullptr;
    for (Attribute& attribute : item) {
      if (attribute.name == schema.keys.range_name) {
        range_key = &attribute.value;
      } else if (attribute.name == schema.value_name) {
        value = &attribute.value;
      }
    }
    if (range_key == nullptr) {
      return Error{ErrorKind::kCorruption,
                   "an answer has an item without its range key"};
    }
    if (range.upper && range_key->text >= *range.upper) continue;
    last = range_key->text;
    const size_t key_bytes = last.size();
    Record record{KeyCodec::Load(std::move(range_key->text)), {}};
    if (!request.keys_only) {
      const size_t value_bytes = value == nullptr ? 0 : value->text.size();
      page.bytes += codec_.ItemBytes(key_bytes, value_bytes);
      Result<std::string> decoded = DecodeValue(value, record.key);
      if (!decoded.ok()) {
        if (!page.damage) {
          page.damage = std::move(decoded).error();
          page.damage_at = page.records.size();
        }
        continue;
      }
      record.value = *std::move(decoded);
    }
    page.records.push_back(std::move(record));
  }
  if (request.keys_only) {
    // Their values were read all the same, as the units tell.
    page.bytes =
        static_cast<size_t>(query.capacity().read_units * kReadUnitBytes *
                            (request.consistent ? 1 : 2));
  }
  if (!page.records.empty() && page.bytes > 0) {
    item_bytes_seen_.store(
        std::max<size_t>(1, page.bytes / page.records.size()),
        std::memory_order_relaxed);
  }

  if (query.last_evaluated) {
    // Where to go on is told by the last key that was delivered;
    // LastEvaluatedKey counts when nothing was.
    if (last.empty()) last = query.last_evaluated->text;
    StoredRange rest = range;
    if (request.forward) {
      std::optional<std::string> next = codec_.keys().Successor(last);
      if (!next) return page;
      rest.lower = *std::move(next);
    } else {
      rest.upper = last;
    }
    if (!rest.empty()) page.rest = std::move(rest);
  }
  return page;
}

Result<Store::Size> Store::ApproximateSize(const KeyRange& range,
                                           const CallOptions& call) {
  if (range.empty()) return Size{0, true};
  PageRequest request;
  request.range = codec_.keys().Store(range);
  request.consistent = false;
  Result<Page> page = ReadPage(request, call);
  if (!page.ok()) return std::move(page).error();
  uint64_t bytes = 0;
  for (const Record& record : page->records) {
    bytes += record.key.size() + record.value.size();
  }
  if (!page->rest) return Size{bytes, true};
  return Size{
      EstimateBytes(range.lower, range.upper.value_or(codec_.keys().Last()),
                    page->rest->lower, bytes),
      false};
}

}  // namespace dynamodown
