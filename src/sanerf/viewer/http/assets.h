// The page, which is part of the program: the files of web/dist as they were when it was built.
#pragma once

#include <string_view>

#include "sanerf/viewer/http/embedded_assets.h"
#include "sanerf/viewer/http/http_message.h"

namespace sanerf::viewer {

bool HasPage();                                      // false: built without web/dist
const Asset* FindAsset(std::string_view path);       // null: there is none
std::string_view Compressed(const Asset& asset);     // by gzip, once; the same bytes when it is compressed as it is
std::string_view TypeOfFile(std::string_view path);  // "text/javascript; charset=utf-8", by the end of its name

// To a request for it; compressed for who takes that.
HttpResponse AnswerWith(const Asset& asset, const HttpRequest& request);

}  // namespace sanerf::viewer
