#include "sanerf/viewer/http/error_answers.h"

#include <new>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/http/reply.h"

namespace sanerf::viewer {
namespace {

HttpResponse ResponseTo(const Error& error, int status) {
  return ErrorResponse(status, error.summary(), error.why(), error.hint());
}

HttpResponse ResponseTo(const NotNow& error) {
  Json json = error.details().is_object() ? error.details() : Json::object();
  json["error"] = {{"what", error.summary()}, {"why", error.why()}, {"hint", error.hint()}};
  return {409, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace), {}};
}

}  // namespace

HttpResponse AnswerToCurrentException() {
  try {
    throw;
  } catch (const NotNow& error) {
    return ResponseTo(error);
  } catch (const NotFound& error) {
    return ResponseTo(error, 404);
  } catch (const UsageError& error) {
    return ResponseTo(error, 400);
  } catch (const TooMuch& error) {
    return ResponseTo(error, 503);
  } catch (const InterruptedError& error) {
    return ResponseTo(error, 409);  // a newer request of the same client is being answered instead
  } catch (const Error& error) {
    return ResponseTo(error, 500);
  } catch (const std::bad_alloc&) {
    return ErrorResponse(500, "out of memory", "", "ask for a smaller picture, or close other programs");
  } catch (const std::exception& error) {
    return ErrorResponse(500, "internal", error.what(), "this is a defect of sanerf; please report it");
  }
}

}  // namespace sanerf::viewer
