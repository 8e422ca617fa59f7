// What the page can ask for, as C++ calls: what routes.h needs of the workspace, and no more.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/pictures/frames.h"

namespace sanerf::viewer {

// Requests and answers are those of docs/viewer.md. From any thread; throw UsageError for what makes no sense, and the
// errors of call_errors.h.
class Calls {
 public:
  virtual ~Calls() = default;

  virtual Json State() const = 0;
  virtual Json Views() const = 0;
  virtual Json Strip(int64_t object) const = 0;
  virtual Json Edit(const Json& request) = 0;
  virtual Json Find(const Json& request) = 0;
  virtual Json Train(const Json& request) = 0;
  virtual Json Again(const Json& request) = 0;
  virtual Json Save(const Json& request) = 0;
  virtual Json StartExport(const Json& request) = 0;
  virtual Json Cancel(const Json& request) = 0;
  virtual Json Hover(const Json& request, const Job& job) = 0;  // view, xy, object, label, size

  // Encoded pictures; size: the longest side.
  virtual std::string Photo(int view, int size, StopToken stop) const = 0;  // JPEG
  virtual std::string Mask(int64_t object, int view, int size) const = 0;   // PNG, gray
  virtual std::string Truth(int64_t object, int view, int size) const = 0;  // PNG, gray
  virtual std::string Cloud(StopToken stop) = 0;                            // gzip
  virtual std::string CloudLabels(int64_t cloud, StopToken stop) = 0;       // gzip; cloud: as in its bytes
  // request: camera or view and size, layer, object. on_record returns false when nobody listens any more.
  virtual void Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record, StopToken stop) = 0;
  virtual std::filesystem::path ResultFile(int64_t id, std::string* name) const = 0;
};

}  // namespace sanerf::viewer
