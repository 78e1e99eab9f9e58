// Clients are processes of one or two threads. Until all calls are made, each
// opens the store, works, and closes it, sometimes while a page is being
// fetched; or it dies at any point. Then faults end, late requests get time to
// arrive, all clients work on for a while, and a new client reads everything.
// With the usual options, no call fails after the faults end. With odd options,
// such as a single attempt, even a conflict with another transaction makes a
// call fail.

#include "sim/simulation.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "sim/seeds.h"

namespace dynamodown::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int64_t kStart = 1'795'348'800;  // 2026-11-22T12:00:00Z
constexpr milliseconds kLateMax = seconds(20);
constexpr milliseconds kStaleMax = seconds(8);
constexpr int kCallsAfterFaults = 12;

/// The properties of a run, determined by its seed.
struct Shape {
  uint64_t seed;
  std::vector<int> threads;  // The number for each client.
  bool late = true;
  bool usual_options = true;
  bool utf8_keys = false;
  size_t plain_keys = 30;
  size_t bulk_keys = 130;

  explicit Shape(uint64_t s) : seed(s) {
    std::mt19937_64 random(s * 2 + 1);
    const auto below = [&](uint64_t n) { return random() % n; };
    if (s % 2 == 0) {
      for (uint64_t n = 2 + below(3); n > 0; --n) {
        threads.push_back(below(4) == 0 ? 2 : 1);
      }
    } else {
      threads.push_back(1);
      late = s % 4 == 3;
    }
    usual_options = s % 5 % 2 == 0;
    utf8_keys = s % 8 >= 6;
    plain_keys = 5 + below(40);
    bulk_keys = 110 + below(60);
  }
  bool several() const { return threads.size() > 1; }
};

Options UsualOptions(const Shape& shape) {
  Options options;
  options.connection.region = "eu-west-1";
  options.connection.endpoint = "http://dynamodb.sim";
  options.table.key_type =
      shape.utf8_keys ? KeyType::kString : KeyType::kBinary;
  return options;
}

Options OptionsOf(const Shape& shape, std::mt19937_64* random) {
  const auto below = [&](uint64_t n) { return (*random)() % n; };
  Options options = UsualOptions(shape);
  options.connection.max_parallel = 1 + static_cast<int>(below(6));
  if (below(2) == 0) {
    options.table.hash_key = "hkey";
    options.table.range_key = "rkey";
  }
  if (shape.usual_options) return options;
  switch (below(6)) {
    case 0:
      options.rate.read_units = 200;
      options.rate.write_units = 200;
      options.retry.max_attempts = 5;
      break;
    case 1:
    case 2:
      options.retry.max_attempts = 1;
      break;
    case 3:
      options.retry.max_attempts = 2 + static_cast<int>(below(2));
      break;
    case 4:
      options.retry.budget = static_cast<int>(below(15));
      break;
    default:
      options.retry.deadline = milliseconds(30 + below(4000));
      break;
  }
  return options;
}

class Simulation {
 public:
  Simulation(const Shape& shape, size_t trace_lines_max, Totals* totals);

  void Run(int calls);
  const SimScheduler& scheduler() const { return scheduler_; }

 private:
  /// One client. Its threads share all members.
  struct Process {
    std::string name;
    std::mt19937_64 random;
    ClientClock clock;
    std::shared_ptr<RenewingCredentials> credentials;
    std::unique_ptr<Random> ids;
    Options options;
    std::vector<std::unique_ptr<ClientTransport>>
        transports;  // One for each life.
    std::vector<std::unique_ptr<Workload>> threads;
    std::unique_ptr<Database> db;
    std::mutex mutex;
    size_t working = 0;  // Threads still working; guarded by mutex.

    Process(Clock* right, uint64_t seed) : random(seed), clock(right) {}
    ClientTransport* transport() const { return transports.back().get(); }
  };

  std::unique_ptr<Process> MakeProcess(std::string name, int threads,
                                       const Options& options, uint64_t seed);
  void Begin(Process* process);
  void Live(Process* process, int calls);
  /// Returns once the database is open.
  void OpenFor(Process* process);
  void CloseFor(Process* process);
  void WorkAll(Process* process, int calls);
  void GoOn(Process* process);
  void ReadAllAnew();

  const Shape shape_;
  Totals* const totals_;
  SimScheduler scheduler_;
  SimClock clock_;
  ClientScheduler client_scheduler_;
  Violation violation_;
  FaultSource faults_;
  FakeDynamo service_;
  const Keys keys_;
  History history_;
  bool faults_on_ = false;
  uint64_t quiet_bytes_ = 0;
  CallCounts calm_;  // Calls without faults.
  CallCounts* counts_ = &calm_;
  std::vector<std::unique_ptr<Process>> processes_;
};

Simulation::Simulation(const Shape& shape, size_t trace_lines_max,
                       Totals* totals)
    : shape_(shape),
      totals_(totals),
      scheduler_(shape.seed, trace_lines_max),
      clock_(&scheduler_, kStart),
      client_scheduler_(&scheduler_),
      violation_([this](const std::string& rule, const std::string& details) {
        EndWith(shape_.seed, scheduler_, "./dev sim", rule, details);
      }),
      faults_(SimulatedFaults(shape.late), shape.seed),
      service_([this] {
        FakeDynamo::Settings settings;
        settings.unix_seconds = [this] { return clock_.UnixSeconds(); };
        settings.scheduler = &scheduler_;
        settings.faults = &faults_;
        settings.throttle_by_load = shape_.seed % 3 == 0;
        settings.transaction_step = std::chrono::microseconds(500);
        return settings;
      }()),
      keys_(MakeKeys(shape.utf8_keys, shape.plain_keys, shape.bulk_keys)),
      history_(&scheduler_,
               {kLateMax + milliseconds(1), kStaleMax,
                !shape.several() && !shape.late},
               violation_) {}

std::unique_ptr<Simulation::Process> Simulation::MakeProcess(
    std::string name, int threads, const Options& options, uint64_t seed) {
  auto process = std::make_unique<Process>(&clock_, seed);
  process->name = std::move(name);
  process->credentials =
      std::make_shared<RenewingCredentials>(process->name, &service_);
  process->ids = std::make_unique<Random>(seed);
  process->options = options;
  process->options.connection.credentials_provider = process->credentials;
  process->threads.resize(static_cast<size_t>(threads));
  Begin(process.get());
  for (size_t i = 0; i < process->threads.size(); ++i) {
    Workload::Environment environment;
    environment.scheduler = &scheduler_;
    environment.history = &history_;
    environment.keys = &keys_;
    environment.tally = &totals_->tally;
    environment.counts = &counts_;
    environment.violation = violation_;
    environment.client = process->name;
    if (threads > 1) environment.client += static_cast<char>('a' + i);
    environment.options = process->options;
    environment.open_environment.scheduler = &client_scheduler_;
    environment.open_environment.clock = &process->clock;
    environment.open_environment.random = process->ids.get();
    environment.open_environment.variables = [](const char*) {
      return std::optional<std::string>();
    };
    environment.transports = &process->transports;
    environment.clock = &process->clock;
    environment.faults = &faults_on_;
    environment.usual_options = shape_.usual_options;
    environment.quiet_bytes = &quiet_bytes_;
    process->threads[i] =
        std::make_unique<Workload>(environment, process->random());
  }
  return process;
}

/// Begins a new life, with a transport of its own.
void Simulation::Begin(Process* process) {
  process->transports.push_back(std::make_unique<ClientTransport>(
      &service_, &scheduler_, &totals_->tally, violation_));
}

void Simulation::OpenFor(Process* process) {
  while (process->db == nullptr) {
    if (process->transport()->dead()) Begin(process);
    process->db = process->threads.front()->Open();
  }
}

void Simulation::CloseFor(Process* process) {
  process->db.reset();
  process->transport()->Close();
  Begin(process);
}

/// Lets all threads of the process work on one handle.
void Simulation::WorkAll(Process* process, int calls) {
  const int each = calls / static_cast<int>(process->threads.size());
  if (process->threads.size() == 1) {
    process->threads.front()->Run(process->db.get(), calls);
    return;
  }
  process->working = process->threads.size();
  for (const auto& thread : process->threads) {
    scheduler_.Spawn(process->name + "'s thread", [=, this, t = thread.get()] {
      t->Run(process->db.get(), each);
      {
        std::lock_guard<std::mutex> lock(process->mutex);
        --process->working;
      }
      scheduler_.Notify();
    });
  }
  std::unique_lock<std::mutex> lock(process->mutex);
  scheduler_.Wait(lock, [=] { return process->working == 0; });
}

void Simulation::Live(Process* process, int calls) {
  const auto below = [&](uint64_t n) { return process->random() % n; };
  while (calls > 0) {
    // Sometimes it dies while it opens the store.
    if (below(6) == 0) process->transport()->DieAfter(below(6));
    OpenFor(process);
    process->transport()->Survive();
    const int some = std::min(calls, 20 + static_cast<int>(below(150)));
    if (below(3) == 0) {
      process->transport()->DieAfter(below(static_cast<uint64_t>(some) * 3));
    }
    WorkAll(process, some);
    calls -= some;
    process->transport()->Survive();
    if (process->transport()->dead()) ++totals_->tally["crashed"];
    if (calls == 0 && !process->transport()->dead()) return;
    if (below(2) == 0 && !process->transport()->dead()) {
      process->threads.front()->AbandonScan(process->db.get());
    }
    CloseFor(process);
  }
}

/// Makes more calls after the faults. With the usual options, none fails.
void Simulation::GoOn(Process* process) {
  OpenFor(process);
  WorkAll(process, kCallsAfterFaults);
}

void Simulation::ReadAllAnew() {
  const auto reader = MakeProcess("reader", 1, UsualOptions(shape_), 2);
  OpenFor(reader.get());
  reader->threads.front()->ReadAll(reader->db.get());
  CloseFor(reader.get());
}

void Simulation::Run(int calls) {
  std::mt19937_64 random(shape_.seed);
  faults_.set_on(false);
  {
    const auto setup = MakeProcess("setup", 1, UsualOptions(shape_), 1);
    OpenFor(setup.get());
    quiet_bytes_ = setup->threads.front()->WriteQuiet(setup->db.get());
    CloseFor(setup.get());
    // Stale reads must not see the store before this.
    scheduler_.Sleep(kStaleMax);
  }
  for (const int threads : shape_.threads) {
    processes_.push_back(
        MakeProcess("c" + std::to_string(processes_.size() + 1), threads,
                    OptionsOf(shape_, &random), random()));
  }

  faults_.set_on(true);
  faults_on_ = true;
  counts_ = shape_.usual_options ? &totals_->usual : &totals_->odd;
  const int each = calls / static_cast<int>(processes_.size());
  for (const auto& process : processes_) {
    scheduler_.Spawn(process->name,
                     [=, this, p = process.get()] { Live(p, each); });
  }
  scheduler_.RunAll();

  faults_.set_on(false);
  faults_on_ = false;
  counts_ = &calm_;
  for (size_t kind = 0; kind < kFaultKinds; ++kind) {
    totals_->tally["fault: " +
                   std::string(WordOf(static_cast<FaultKind>(kind)))] +=
        faults_.count(static_cast<FaultKind>(kind));
  }
  scheduler_.Sleep(kLateMax);
  for (const auto& process : processes_) {
    scheduler_.Spawn(process->name, [this, p = process.get()] { GoOn(p); });
  }
  scheduler_.RunAll();
  for (const auto& process : processes_) {
    if (process->db != nullptr) {
      totals_->tally["ambiguous retries"] +=
          process->db->GetStats().ambiguous_retries;
    }
    CloseFor(process.get());
  }
  ReadAllAnew();
  history_.Check();
}

}  // namespace

FaultPlan SimulatedFaults(bool late) {
  FaultPlan plan = DefaultFaultPlan();
  for (FaultRule& rule : plan) {
    if (rule.kind == FaultKind::kDeliverLate) {
      if (!late) rule.rate = 0;
      rule.most = kLateMax;
    }
    if (rule.kind == FaultKind::kStaleRead) rule.most = kStaleMax;
    // Often enough for a hundred seeds to meet them.
    if (rule.kind == FaultKind::kClockJump ||
        rule.kind == FaultKind::kExpireCredentials) {
      rule.rate = 0.004;
    }
    if (rule.kind == FaultKind::kWrongAnswer) rule.rate = 0.01;
  }
  // Client tokens exist for lost answers of transactions.
  FaultRule lost;
  lost.kind = FaultKind::kResetAnswer;
  lost.rate = 0.05;
  lost.operations = {"TransactWriteItems"};
  plan.push_back(lost);
  return plan;
}

const std::vector<std::string>& Branches() {
  static const auto* const branches = new std::vector<std::string>{
      "retry: throttled",
      "retry: transient",
      "retry: unclear",
      "retry: contended",
      "retry: clock skew",
      "retry: expired token",
      "retry: unprocessed, some done",
      "gave up: attempts",
      "gave up: deadline",
      "gave up: budget",
      "gave up: mended before",
      "ambiguous retries",
      "conflict",
      "crashed",
      "destroyed",
      "exact size",
  };
  return *branches;
}

uint64_t RunSeed(const SeedSettings& settings, Totals* totals) {
  const Shape shape(settings.seed);
  const size_t trace_lines_max = settings.at_end ? SimScheduler::kWholeTrace
                                                 : SimScheduler::kTraceLinesMax;
  Simulation simulation(shape, trace_lines_max, totals);
  simulation.Run(settings.calls);
  ++totals->seeds;
  totals->seeds_with_several_clients += shape.several();
  if (settings.at_end) settings.at_end(simulation.scheduler());
  return simulation.scheduler().trace_hash();
}

}  // namespace dynamodown::sim
