// How a call of the page is refused, beside UsageError for what makes no sense. http/error_answers.h has the answers.
#pragma once

#include <concepts>
#include <string>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"

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

}  // namespace sanerf::viewer
