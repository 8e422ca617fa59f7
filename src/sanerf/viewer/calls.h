// What the page can ask for, as C++ calls, and what it is told: what routes.h needs of the workspace, and no more.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/pictures/frames.h"

namespace sanerf::viewer {

// What cannot be done now: nothing to undo, no depth yet. 409; details stand beside the error in the answer.
class NotNow : public Error {
 public:
  using Error::Error;
  template <std::same_as<Json> Details>  // else a text could be meant as well
  NotNow(Details details, std::string what, std::string why = "", std::string hint = "")
      : Error(std::move(what), std::move(why), std::move(hint)), details_(std::move(details)) {}
  const Json& details() const { return details_; }

 private:
  Json details_ = Json::object();
};

// What is not there: an id, a view. 404.
class NotFound : public Error {
 public:
  using Error::Error;
};

// What is possible, but not beside all that is done already. 503.
class TooMuch : public Error {
 public:
  using Error::Error;
};

// The page's errors are sentences; what a cursor says about a request is its sender's mistake.
template <class F>
auto AsUsage(const F& read) {
  try {
    return read();
  } catch (const UsageError&) {
    throw;
  } catch (const NotNow&) {
    throw;
  } catch (const NotFound&) {
    throw;
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    throw UsageError(error.what(), "", error.hint());
  }
}

// Takes what happens, from any thread, quickly.
class Audience {
 public:
  virtual ~Audience() = default;
  virtual void StateChanged() = 0;                                   // State() is another
  virtual void Say(const std::string& event, const Json& data) = 0;  // progress, metric, message, answer
};

// Requests and answers are those of docs/viewer.md. From any thread; throw UsageError for what makes no sense, NotFound
// and NotNow.
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
