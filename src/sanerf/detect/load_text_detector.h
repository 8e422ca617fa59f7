// A detector by name or by path.
#pragma once

#include <memory>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/detect/text_detector.h"

namespace sanerf::detect {

// name: a catalogue name ("yolo11n-seg"), a model file, or a folder with one; a Grounding DINO needs its vocab.txt
// beside it. The model's inputs and outputs say which of the two it is. Throws UsageError for an unknown name or
// options out of range, Error that says what is missing or what the file is instead.
std::unique_ptr<TextDetector> LoadTextDetector(const std::string& name, const TextDetectorOptions& options,
                                               const Job& job);

}  // namespace sanerf::detect
