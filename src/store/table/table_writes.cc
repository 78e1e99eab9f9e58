// How a TableStore writes: by a put or a delete, by a transaction, or by an
// unordered batch. A write that cannot be done is refused before any request.

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <utility>

#include "base/printable.h"
#include "store/table/table_store.h"

namespace dynamodown {
namespace {

using Subject = WriteError::Subject;

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
  // Other writers may have stored the same bytes with another type: UTF-8 as a
  // B, or the empty value as a NULL.
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

WriteError FailedWrite(ServiceError error, Subject subject) {
  error.certainty =
      error.ambiguous ? Certainty::kUnknown : Certainty::kNothingWritten;
  return WriteError{std::move(error), subject, std::nullopt, std::nullopt};
}

/// How to write a batch that cannot be atomic.
Advice UnorderedAdvice(std::string_view lead) {
  return {Advice::Kind::kSet, "batch", "unordered", lead,
          ", which is not atomic"};
}

/// If the endpoint has no transactions, the message ends with `hint` and
/// `advice`.
WriteError FailedTransaction(ServiceError error, std::string_view hint,
                             const Advice& advice) {
  if (error.kind == ErrorKind::kNotSupported) {
    error.message += "; this endpoint has no transactions";
    error.message += hint;
    error.advice = advice;
  }
  return FailedWrite(std::move(error), Subject::kTransaction);
}

/// `is_ambiguous`: an earlier attempt got no answer, and that attempt's batch
/// may have been written, or may still be written.
WriteError FailedCondition(size_t index, const KeyCondition& condition,
                           bool is_ambiguous) {
  WriteError error;
  error.kind = ErrorKind::kConflict;
  error.message =
      "the condition on key " + Printable(condition.key) + " does not hold";
  error.certainty =
      is_ambiguous ? Certainty::kUnknown : Certainty::kNothingWritten;
  error.subject = Subject::kBatch;
  error.condition = index;
  return error;
}

}  // namespace

Result<void, WriteError> TableStore::Put(std::string_view key,
                                         std::string_view value,
                                         const WriteMode& mode) {
  Result<std::string> stored = codec_.keys().Encode(key);
  if (!stored.ok()) return Refused(std::move(stored).error(), Subject::kKey);
  Result<Item> item = codec_.Encode(*stored, value);
  if (!item.ok()) return Refused(std::move(item).error(), Subject::kKey);
  return WriteOne({*std::move(stored), *std::move(item), 0},
                  CallOptions{mode.deadline});
}

Result<void, WriteError> TableStore::Delete(std::string_view key,
                                            const WriteMode& mode) {
  Result<std::string> stored = codec_.keys().Encode(key);
  if (!stored.ok()) return {};
  return WriteOne({*std::move(stored), std::nullopt, 0},
                  CallOptions{mode.deadline});
}

Result<void, WriteError> TableStore::WriteOne(PlannedWrite write,
                                              const CallOptions& call) {
  Result<void, ServiceError> sent;
  if (write.put) {
    PutItem put;
    put.table = codec_.schema().keys;
    put.item = *std::move(write.put);
    sent = environment_.client->Send(&put, call);
  } else {
    DeleteItem del;
    del.table = codec_.schema().keys;
    del.key = codec_.KeyOf(std::move(write.stored_key));
    sent = environment_.client->Send(&del, call);
  }
  if (sent.ok()) return {};
  return FailedWrite(std::move(sent).error(), Subject::kKey);
}

Result<void, WriteError> TableStore::Write(
    const std::vector<BatchOperation>& operations, const WriteMode& mode) {
  Result<std::vector<PlannedWrite>> plan = PlanBatch(codec_, operations);
  if (!plan.ok()) return Refused(std::move(plan).error(), Subject::kBatch);
  const CallOptions call{mode.deadline};
  if (plan->empty()) return {};
  if (plan->size() == 1) return WriteOne(std::move(plan->front()), call);
  return mode.atomic ? WriteAtomic(*std::move(plan), call)
                     : WriteUnordered(*std::move(plan), call);
}

TransactWriteItems::Write TableStore::Transactional(PlannedWrite write) const {
  using Kind = TransactWriteItems::Write::Kind;
  TransactWriteItems::Write out;
  out.key = codec_.KeyOf(std::move(write.stored_key));
  out.kind = write.put ? Kind::kPut : Kind::kDelete;
  if (write.put) out.item = *std::move(write.put);
  return out;
}

Result<void, WriteError> TableStore::WriteAtomic(std::vector<PlannedWrite> plan,
                                                 const CallOptions& call) {
  Result<void> fits = CheckAtomic(plan.size(), BytesOf(plan), limits_,
                                  UnorderedAdvice(", or "));
  if (!fits.ok()) return Refused(std::move(fits).error(), Subject::kBatch);

  TransactWriteItems transaction;
  transaction.table = codec_.schema().keys;
  transaction.client_request_token = environment_.random->Id();
  for (PlannedWrite& write : plan) {
    transaction.writes_in_order.push_back(Transactional(std::move(write)));
  }
  Result<void, ServiceError> sent =
      environment_.client->Send(&transaction, call);
  if (sent.ok()) return {};
  return FailedTransaction(std::move(sent).error(), "", UnorderedAdvice(": "));
}

Result<void, WriteError> TableStore::WriteUnordered(
    std::vector<PlannedWrite> plan, const CallOptions& call) {
  std::vector<size_t> sizes;
  for (const PlannedWrite& write : plan) sizes.push_back(write.wire_bytes);
  const std::vector<size_t> ends =
      CutRuns(sizes, limits_.batch_write_items, limits_.batch_bytes);

  std::mutex mutex;
  WriteError::Counts counts;    // Guarded by mutex.
  std::optional<Error> failed;  // The first error. Guarded by mutex.
  counts.keys = plan.size();
  ParallelFor(
      environment_.scheduler, ends.size(), parallel_max_, [&](size_t run) {
        {
          std::lock_guard<std::mutex> lock(mutex);
          if (failed) return;
        }
        BatchWriteItem batch;
        batch.table = codec_.schema().keys;
        batch.hash = codec_.hash();
        for (size_t i = run == 0 ? 0 : ends[run - 1]; i < ends[run]; ++i) {
          batch.requests.push_back(
              {codec_.keys().Value(std::move(plan[i].stored_key)),
               std::move(plan[i].put)});
        }
        Result<void, ServiceError> sent =
            environment_.client->Send(&batch, call);
        std::lock_guard<std::mutex> lock(mutex);
        for (size_t i = 0; i < batch.requests.size(); ++i) {
          if (sent.ok() || batch.written(i)) {
            ++counts.written;
          } else if (sent.error().ambiguous) {
            ++counts.unknown;
          }
        }
        if (!sent.ok() && !failed) failed = std::move(sent).error();
      });
  if (!failed) return {};
  WriteError error{*std::move(failed), Subject::kBatch, std::nullopt, counts};
  error.certainty = counts.written + counts.unknown == 0
                        ? Certainty::kNothingWritten
                        : Certainty::kUnknown;
  return error;
}

TransactWriteItems::Write TableStore::Transactional(
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

Result<void, WriteError> TableStore::WriteIf(
    const std::vector<BatchOperation>& operations,
    const std::vector<KeyCondition>& conditions, const WriteMode& mode) {
  Result<std::vector<PlannedWrite>> batch = PlanBatch(codec_, operations);
  if (!batch.ok()) return Refused(std::move(batch).error(), Subject::kBatch);
  Result<ConditionalPlan> plan =
      PlanConditional(codec_, *std::move(batch), conditions);
  if (!plan.ok()) return Refused(std::move(plan).error(), Subject::kBatch);
  Result<void> fits =
      CheckAtomic(plan->writes.size(), plan->bytes, limits_, Advice());
  if (!fits.ok()) return Refused(std::move(fits).error(), Subject::kBatch);
  if (plan->hopeless) {
    return FailedCondition(*plan->hopeless, conditions[*plan->hopeless], false);
  }
  if (plan->writes.empty()) return {};

  TransactWriteItems transaction;
  transaction.table = codec_.schema().keys;
  transaction.client_request_token = environment_.random->Id();
  std::vector<std::optional<size_t>> condition_at;  // In the order of writes.
  for (ConditionalWrite& write : plan->writes) {
    condition_at.push_back(write.condition);
    transaction.writes_in_order.push_back(
        Transactional(std::move(write), conditions));
  }
  Result<void, ServiceError> sent =
      environment_.client->Send(&transaction, CallOptions{mode.deadline});
  if (sent.ok()) return {};
  ServiceError error = std::move(sent).error();
  std::optional<size_t> first;
  for (size_t i = 0; i < error.reasons.size() && i < condition_at.size(); ++i) {
    if (error.reasons[i] == "ConditionalCheckFailed" && condition_at[i]) {
      first = std::min(*condition_at[i], first.value_or(SIZE_MAX));
    }
  }
  if (first) {
    return FailedCondition(*first, conditions[*first], error.ambiguous);
  }
  return FailedTransaction(std::move(error), ": conditional batches need them",
                           Advice());
}

}  // namespace dynamodown
