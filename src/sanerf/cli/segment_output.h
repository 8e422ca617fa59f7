// What segment prints of objects that nobody clicked on.
#pragma once

#include <string>

#include "sanerf/core/json_fwd.h"
#include "sanerf/pipeline/auto_stage.h"
#include "sanerf/pipeline/text_stage.h"

namespace sanerf::cli {

// Of segment --auto.
Json SearchToJson(const pipeline::AutoResult& result);
std::string SearchTable(const pipeline::AutoResult& result);  // for people

// Of the words of segment --text.
Json WordsToJson(const pipeline::TextResult& result);

}  // namespace sanerf::cli
