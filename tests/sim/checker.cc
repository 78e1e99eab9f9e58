#include "sim/checker.h"

#include <algorithm>
#include <compare>
#include <set>
#include <utility>

namespace dynamodown::sim {
namespace {

/// One possible past of the register.
struct State {
  ValueId value = kNothing;
  /// How often each live write has taken effect. Sorted; lists only the writes
  /// that have.
  std::vector<std::pair<size_t, int>> effects;
  /// Open reads whose sight has already held. Sorted.
  std::vector<size_t> seen;

  auto operator<=>(const State&) const = default;

  int Effects(size_t write) const {
    const auto at = std::lower_bound(effects.begin(), effects.end(),
                                     std::pair<size_t, int>(write, 0));
    return at != effects.end() && at->first == write ? at->second : 0;
  }
  void AddEffect(size_t write) {
    const auto at = std::lower_bound(effects.begin(), effects.end(),
                                     std::pair<size_t, int>(write, 0));
    if (at != effects.end() && at->first == write) {
      ++at->second;
    } else {
      effects.insert(at, {write, 1});
    }
  }
  void ForgetEffects(size_t write) {
    std::erase_if(effects, [&](const auto& e) { return e.first == write; });
  }
  bool Saw(size_t read) const {
    return std::binary_search(seen.begin(), seen.end(), read);
  }
  void See(size_t read) {
    seen.insert(std::lower_bound(seen.begin(), seen.end(), read), read);
  }
  void ForgetRead(size_t read) { std::erase(seen, read); }
};

/// Events of the same moment come in this order.
enum class EventKind { kWriteCall, kReadCall, kReadEnd, kWriteEnd, kExpire };

struct Event {
  int64_t at;
  EventKind kind;
  size_t index;
  auto operator<=>(const Event&) const = default;
};

class Search {
 public:
  Search(const std::vector<RegisterWrite>& writes,
         const std::vector<RegisterRead>& reads)
      : writes_(writes),
        reads_(reads),
        returned_(writes.size()),
        told_apart_(writes.size()) {
    for (const RegisterRead& read : reads) {
      if (read.before_write) told_apart_[*read.before_write] = true;
    }
  }

  std::optional<Impossible> Run() {
    states_ = {State()};
    for (const Event& event : Events()) {
      switch (event.kind) {
        case EventKind::kWriteCall:
          live_.push_back(event.index);
          if (writes_[event.index].condition) {
            live_conditional_.push_back(event.index);
          }
          break;
        case EventKind::kReadCall:
          open_.push_back(event.index);
          for (State& state : states_) See(&state);
          break;
        case EventKind::kReadEnd:
          Reach([&](const State& s) { return s.Saw(event.index); },
                std::nullopt);
          std::erase(open_, event.index);
          for (State& state : states_) state.ForgetRead(event.index);
          break;
        case EventKind::kWriteEnd:
          Reach([&](const State& s) { return s.Effects(event.index) > 0; },
                event.index);
          returned_[event.index] = true;
          break;
        case EventKind::kExpire:
          TakeLastChance(event.index);
          std::erase(live_, event.index);
          std::erase(live_conditional_, event.index);
          for (State& state : states_) state.ForgetEffects(event.index);
          break;
      }
      Prune();
      if (gave_up_ || states_.empty()) {
        return Impossible{event.kind == EventKind::kReadEnd, event.index,
                          gave_up_};
      }
    }
    return std::nullopt;
  }

 private:
  std::vector<Event> Events() const {
    std::vector<Event> events;
    for (size_t i = 0; i < writes_.size(); ++i) {
      const RegisterWrite& write = writes_[i];
      events.push_back({write.call, EventKind::kWriteCall, i});
      if (write.acknowledged) {
        events.push_back({write.end, EventKind::kWriteEnd, i});
      }
      events.push_back(
          {std::max(write.end, write.effects_end), EventKind::kExpire, i});
    }
    for (size_t i = 0; i < reads_.size(); ++i) {
      events.push_back({reads_[i].call, EventKind::kReadCall, i});
      events.push_back({reads_[i].end, EventKind::kReadEnd, i});
    }
    std::sort(events.begin(), events.end());
    return events;
  }

  /// Whether the write must still take effect before it returns.
  bool Owed(const State& state, size_t write) const {
    return writes_[write].acknowledged && !returned_[write] &&
           state.Effects(write) == 0;
  }
  bool Possible(const State& state, size_t write) const {
    const RegisterWrite& w = writes_[write];
    return state.Effects(write) < w.effects_max &&
           (!w.condition || w.condition->Holds(state.value));
  }

  /// Lets the open reads see the present value.
  void See(State* state) const {
    for (const size_t read : open_) {
      const RegisterRead& r = reads_[read];
      if (!state->Saw(read) && r.sight.Holds(state->value) &&
          (!r.before_write || state->Effects(*r.before_write) == 0)) {
        state->See(read);
      }
    }
  }

  State After(const State& before, size_t write) const {
    State after = before;
    after.value = writes_[write].value;
    after.AddEffect(write);
    See(&after);
    return after;
  }

  /// Whether an effect of `write` may help to explain anything.
  bool Helps(const State& state, size_t write) const {
    if (Owed(state, write)) return true;
    const ValueId value = writes_[write].value;
    for (const size_t read : open_) {
      if (!state.Saw(read) && reads_[read].sight.Holds(value)) return true;
    }
    // It may make another write's condition hold.
    for (const size_t other : live_conditional_) {
      const auto& condition = writes_[other].condition;
      if (other != write && condition && !condition->Holds(state.value) &&
          state.Effects(other) < writes_[other].effects_max) {
        return true;
      }
    }
    return false;
  }

  /// The writes that may take effect next. If several equivalent deletes need
  /// not happen, the one that expires first suffices.
  std::vector<size_t> Candidates(const State& state,
                                 std::optional<size_t> goal) const {
    std::vector<size_t> candidates;
    std::optional<size_t> eraser;
    for (const size_t write : live_) {
      if (!Possible(state, write)) continue;
      if (write != goal && !Helps(state, write)) continue;
      const RegisterWrite& w = writes_[write];
      if (w.value != kNothing || w.condition || write == goal ||
          told_apart_[write] || Owed(state, write)) {
        candidates.push_back(write);
      } else if (!eraser || w.effects_end < writes_[*eraser].effects_end) {
        eraser = write;
      }
    }
    if (eraser) candidates.push_back(*eraser);
    return candidates;
  }

  /// Adds effects to each state until `reached` holds, in every possible way,
  /// and keeps the resulting states. `goal`, if any, is a write whose effect
  /// makes `reached` hold.
  template <class Reached>
  void Reach(const Reached& reached, std::optional<size_t> goal) {
    std::set<State> found;
    std::set<State> looked_at;
    std::vector<State> left = std::move(states_);
    while (!left.empty()) {
      State state = std::move(left.back());
      left.pop_back();
      if (reached(state)) {
        found.insert(std::move(state));
        continue;
      }
      if (!looked_at.insert(state).second) continue;
      if (looked_at.size() > kStatesMax) {
        gave_up_ = true;
        break;
      }
      for (const size_t write : Candidates(state, goal)) {
        left.push_back(After(state, write));
      }
    }
    states_.assign(found.begin(), found.end());
  }

  /// Adds the states in which `write` takes effect once more, or several times,
  /// just before it expires.
  void TakeLastChance(size_t write) {
    std::set<State> all(states_.begin(), states_.end());
    std::vector<State> left = std::move(states_);
    while (!left.empty() && !gave_up_) {
      const State state = std::move(left.back());
      left.pop_back();
      const int had = state.Effects(write);
      if (had >= writes_[write].effects_max) continue;
      states_ = {state};
      Reach([&](const State& s) { return s.Effects(write) > had; }, write);
      for (State& reached : states_) {
        if (all.insert(reached).second) left.push_back(std::move(reached));
      }
    }
    states_.assign(all.begin(), all.end());
  }

  /// Whether `a` can reach everything that `b` can.
  bool Dominates(const State& a, const State& b) const {
    if (a.value != b.value) return false;
    if (!std::includes(a.seen.begin(), a.seen.end(), b.seen.begin(),
                       b.seen.end())) {
      return false;
    }
    for (const auto& [write, effects] : a.effects) {
      if (effects > b.Effects(write)) return false;
    }
    for (const auto& [write, effects] : b.effects) {
      if (Owed(a, write)) return false;
    }
    return true;
  }

  void Prune() {
    std::sort(states_.begin(), states_.end());
    states_.erase(std::unique(states_.begin(), states_.end()), states_.end());
    std::vector<State> kept;
    for (size_t i = 0; i < states_.size(); ++i) {
      bool dominated = false;
      for (size_t j = 0; j < states_.size() && !dominated; ++j) {
        // All states differ, so no two of them dominate each other.
        dominated = j != i && Dominates(states_[j], states_[i]);
      }
      if (!dominated) kept.push_back(states_[i]);
    }
    states_ = std::move(kept);
  }

  const std::vector<RegisterWrite>& writes_;
  const std::vector<RegisterRead>& reads_;
  std::vector<State> states_;
  std::vector<size_t> live_;              // Writes that may still take effect.
  std::vector<size_t> live_conditional_;  // Live writes with a condition.
  std::vector<size_t> open_;              // Reads that have not returned.
  // For each write: whether it has returned, and whether it is a before_write.
  std::vector<bool> returned_;
  std::vector<bool> told_apart_;
  bool gave_up_ = false;
};

}  // namespace

std::optional<Impossible> CheckRegister(
    const std::vector<RegisterWrite>& writes,
    const std::vector<RegisterRead>& reads) {
  return Search(writes, reads).Run();
}

}  // namespace dynamodown::sim
