#include "dyno_sim/site.h"

#include <chrono>
#include <utility>

#include "dyno/open_with_environment.h"

namespace dyno::sim {
namespace {

constexpr int64_t kStartMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z

}  // namespace

int64_t OffsetClock::UnixMilliseconds() {
  return kStartMs + offset +
         std::chrono::duration_cast<std::chrono::milliseconds>(
             scheduler_->Now().time_since_epoch())
             .count();
}

Process::Process(const Ground* ground, Site* site, std::string name,
                 uint64_t seed)
    : clock(ground->scheduler),
      ground_(ground),
      site_(site),
      name_(std::move(name)),
      random_(seed) {}

Process::~Process() {
  if (life_ != nullptr) life_->End();
  store_.reset();
}

void Process::BeginAlone() {
  std::unique_lock<std::mutex> lock(mutex_);
  ground_->scheduler->Wait(lock, [this] { return !alone_ && users_ == 0; });
  alone_ = true;
}

void Process::EndAlone() {
  alone_ = false;
  ground_->scheduler->Notify();
}

void Process::Bury() {
  store_.reset();
  door_.reset();
  life_.reset();
}

Store* Process::Open() {
  if (store_ != nullptr && !life_->dead()) return store_.get();
  Bury();
  life_ = std::make_unique<Life>();
  door_ = site_->NewDoor(life_.get());
  Options options;
  options.replicated = true;
  Store* store = nullptr;
  const leveldb::Status status = OpenWithEnvironment(
      options, door_.get(), {&clock, &random_, ground_->scheduler}, nullptr,
      &store);
  if (!status.ok() && !status.IsIOError()) {
    ground_->violation("a store opens", name_ + ": " + status.ToString());
  }
  store_.reset(store);
  return store;
}

Store* Process::Acquire() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    ground_->scheduler->Wait(lock, [this] { return !alone_; });
    const bool is_dead = life_ == nullptr || life_->dead();
    if (store_ != nullptr && !is_dead) {
      ++users_;
      return store_.get();
    }
    if (users_ > 0) return nullptr;
    alone_ = true;
  }
  Store* const store = Open();
  if (store != nullptr) ++users_;
  EndAlone();
  return store;
}

void Process::Release() {
  --users_;
  ground_->scheduler->Notify();
  if (users_ > 0 || alone_ || !life_->dead()) return;
  alone_ = true;
  Bury();
  EndAlone();
}

Site::Site(const Ground* ground, std::string name, bool shared, int processes)
    : ground_(ground), name_(std::move(name)) {
  if (shared) {
    table_ = std::make_unique<Table>(ground->scheduler, ground->tally);
  } else {
    disk_ = std::make_unique<Disk>();
  }
  for (int i = 0; i < processes; ++i) AddProcess();
}

Process* Site::AddProcess() {
  const auto number = static_cast<uint64_t>(processes_.size()) + 1;
  uint64_t seed = ground_->seed;
  for (const char c : name_) seed = seed * 1'000'003 + static_cast<uint8_t>(c);
  processes_.push_back(std::make_unique<Process>(
      ground_, this, name_ + "." + std::to_string(number),
      seed * 1'000'003 + number));
  return processes_.back().get();
}

std::unique_ptr<Backend> Site::NewDoor(Life* life) {
  if (shared()) return std::make_unique<TableDoor>(table_.get(), life);
  return std::make_unique<DiskDoor>(disk_.get(), life, ground_->scheduler,
                                    ground_->tally, &ground_->disk_failures);
}

}  // namespace dyno::sim
