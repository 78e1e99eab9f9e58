#include "dyno/lease/timestamped_write.h"

namespace dyno {

WriteResult TimestampedWrite::Send(Backend* backend, bool sync) {
  return conditions.empty() ? backend->Write(&batch, sync)
                            : backend->WriteIf(&batch, conditions, sync);
}

}  // namespace dyno
