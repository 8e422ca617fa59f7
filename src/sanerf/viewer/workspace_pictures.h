// What the workspace draws for the page: frames and points of the field, photos, masks. See Calls.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sanerf/core/json_fwd.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/desk/truth.h"
#include "sanerf/viewer/pictures/frames.h"
#include "sanerf/viewer/pictures/photos.h"
#include "sanerf/viewer/pictures/scene_cloud.h"
#include "sanerf/viewer/workbench.h"

namespace sanerf::viewer {

class WorkspacePictures {
 public:
  // bench must outlive it.
  explicit WorkspacePictures(Workbench& bench);

  std::string Photo(int view, int size, StopToken stop);
  std::string Mask(int64_t object, int view, int size) const;
  std::string Truth(int64_t object, int view, int size);
  std::string Cloud(StopToken stop);
  std::string CloudLabels(int64_t cloud, StopToken stop);
  void Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record, StopToken stop);

 private:
  FrameRequest ReadFrame(const Json& request, const Answer& answer) const;
  Job JobFor(StopToken stop) const;

  Workbench& bench_;
  SceneCloud cloud_;
  Photos photos_;
  KnownInstances instances_;
};

}  // namespace sanerf::viewer
