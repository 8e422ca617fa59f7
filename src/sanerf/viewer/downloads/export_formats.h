// The formats of what can be exported, with their options, as the page shows them.
#pragma once

#include <string>

#include "sanerf/core/json_fwd.h"

namespace sanerf::viewer {

inline constexpr char kPromptsFormat[] = "prompts";  // the others are layers of render, or formats of export
// A format of `export` (export/formats.h) that no layer of the same name makes from more places than the photos'.
bool IsOfExport(const std::string& format);

// "exports" of docs/viewer.md: what shows an object first. New layers and formats appear by themselves.
Json ExportFormats();
// Every option of the format with its value, given or default. Throws UsageError for an unknown format or option and
// for values out of range.
Json CompletedOptions(const std::string& format, const Json& given);
// What its pictures are called in the name of a file: "cutouts".
std::string InFileName(const std::string& format);

}  // namespace sanerf::viewer
