// What a call throws, as an answer.
#pragma once

#include "sanerf/viewer/http/http_message.h"

namespace sanerf::viewer {

// In a catch block: 400 for UsageError, 404 for NotFound, 409 for NotNow and for what a newer request has interrupted,
// 503 for TooMuch, 500 for the rest. Rethrows what is no exception of ours nor of the standard library's.
HttpResponse AnswerToCurrentException();

}  // namespace sanerf::viewer
