#include "snapshot.h"

#include "database.h"
#include "errors.h"

namespace face {

Napi::Function Snapshot::Define(Napi::Env env) {
  return DefineClass(env, "Snapshot",
                     {InstanceMethod<&Snapshot::Release>("release")});
}

Snapshot::Snapshot(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Snapshot>(info) {
  const std::shared_ptr<Core> core = Database::OpenCore(info[0]);
  if (core == nullptr) {
    NotOpen(info.Env()).ThrowAsJavaScriptException();
    return;
  }
  held_ = std::make_shared<HeldSnapshot>(core);
}

std::shared_ptr<HeldSnapshot> Snapshot::From(Napi::Value value) {
  const std::shared_ptr<HeldSnapshot> held =
      Unwrap(value.As<Napi::Object>())->held_;
  if (held == nullptr || held->snapshot == nullptr) {
    ToError(value.Env(), "LEVEL_SNAPSHOT_NOT_OPEN", "Snapshot is not open")
        .ThrowAsJavaScriptException();
    return nullptr;
  }
  return held;
}

Napi::Value Snapshot::Release(const Napi::CallbackInfo& info) {
  held_.reset();
  return info.Env().Undefined();
}

}  // namespace face
