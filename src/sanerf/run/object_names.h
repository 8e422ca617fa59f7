// What objects may be called: their names are those of folders, and NAME~ is what the last segmentation of NAME
// replaced.
#pragma once

#include <string>

#include "sanerf/mask_decoder/prompts.h"

namespace sanerf::run {

// Throws UsageError for a name that is none (mask_decoder::WhyBadName), or that of an object set aside.
void CheckObjectName(const std::string& name);
// The same of all objects; also for two of one name and one without a prompt that can be used.
void CheckObjects(const mask_decoder::Prompts& prompts);
std::string AsideName(const std::string& name);  // fox -> fox~
bool IsSetAside(const std::string& name);        // fox~

}  // namespace sanerf::run
