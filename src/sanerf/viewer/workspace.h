// All that the page can ask for, behind the addresses of docs/viewer.md: the field and the prompts (Workbench), what is
// shown (StateOf, WorkspacePictures) and exported (Exports). Knows nothing of HTTP.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sanerf/core/json_fwd.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/calls.h"
#include "sanerf/viewer/pictures/frames.h"

namespace sanerf::run {
class RunLock;
}

namespace sanerf::viewer {

struct WorkspaceRequest {
  std::filesystem::path path;                // a scene or a run, as given
  std::optional<std::filesystem::path> run;  // of a scene: where its run is or will be; none = SCENE_run beside it
  pipeline::Settings settings;
  std::string server = {};  // what the page knows this server by
  // Of the run, where its options were read under it; none: it is yet to be taken.
  std::shared_ptr<const run::RunLock> lock = nullptr;
};

class Workspace : public Calls {
 public:
  // Opens scene or run (holds the run's lock until destroyed), begins what can begin. audience must outlive it.
  Workspace(const WorkspaceRequest& request, Audience& audience);
  ~Workspace() override;  // stops and saves

  Json State() const override;
  Json Views() const override;
  Json Strip(int64_t object) const override;
  Json Edit(const Json& request) override;
  Json Find(const Json& request) override;
  Json Train(const Json& request) override;
  Json Again(const Json& request) override;
  Json Save(const Json& request) override;
  Json StartExport(const Json& request) override;
  Json Cancel(const Json& request) override;
  Json Hover(const Json& request, const Job& job) override;  // view, xy, object, label, size

  // Encoded pictures. Throw NotFound.
  std::string Photo(int view, int size, StopToken stop) const override;  // JPEG
  std::string Mask(int64_t object, int view, int size) const override;   // PNG, gray
  std::string Truth(int64_t object, int view, int size) const override;  // PNG, gray
  std::string Cloud(StopToken stop) override;                            // gzip
  std::string CloudLabels(int64_t cloud, StopToken stop) override;       // gzip
  void Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record, StopToken stop) override;
  std::filesystem::path ResultFile(int64_t id, std::string* name) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sanerf::viewer
