// Errors inside the library: a Result holds a value or an Error.
//
// An error has a kind for code and a message for people. Code decides by the
// kind alone. Only src/db turns errors into leveldb::Status.

#ifndef DYNAMODOWN_BASE_RESULT_H_
#define DYNAMODOWN_BASE_RESULT_H_

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/advice.h"

namespace dynamodown {

enum class ErrorKind {
  kInvalidArgument,
  kNotSupported,
  kCorruption,
  kThrottled,
  kDenied,
  kCredentials,
  kUnavailable,
  kTimeout,
  kConflict,
  kRejected,
  kDestroying,
  kForked,
};

/// What is known about the effect of a failed write.
enum class Certainty {
  kNothingWritten,  ///< Nothing was written, and nothing will be written.
  kAllWritten,      ///< Everything was written.
  /// A part or everything may have been written, or may still be written.
  kUnknown,
};

struct Error {
  ErrorKind kind = ErrorKind::kUnavailable;
  std::string message;
  /// Follows the message. See base/advice.h for how src/db spells the option.
  Advice advice;
  std::string rest;  ///< Follows the advice.
  /// The effect of a failed write. Every failed write sets `certainty`. In the
  /// error of a read, `certainty` has no meaning. The default is the safe one:
  /// something may have been written.
  Certainty certainty = Certainty::kUnknown;
  /// What to do, if the code that made the error knows it: "run: aws sso
  /// login". In the whole text, the remedy follows the message and "; ", and
  /// the advice follows the remedy.
  std::string remedy = {};

  /// Appends to the end of the whole text: after the remedy and the advice, if
  /// there are any.
  void Append(std::string_view text) {
    const bool is_last = remedy.empty() && advice.kind == Advice::Kind::kNone;
    (is_last ? message : rest) += text;
  }
};

/// A T or an E. Moving out of value() leaves a moved-from T.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T& operator*() const& { return value(); }
  const T* operator->() const { return &value(); }

  E& error() & {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  const E& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  E&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  E& error() & {
    assert(!ok());
    return *error_;
  }
  const E& error() const& {
    assert(!ok());
    return *error_;
  }
  E&& error() && {
    assert(!ok());
    return *std::move(error_);
  }

 private:
  std::optional<E> error_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_RESULT_H_
