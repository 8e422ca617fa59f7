// What a model file is, inferred from its tensors: for errors about the wrong kind of model.
#pragma once

#include <string>

#include "sanerf/models/onnx_session.h"

namespace sanerf::models {

// "a mask decoder", "an image encoder", "a text detector", "a detector of classes", or its inputs and outputs.
std::string DescribeModel(const OnnxSession& session);

bool ReadsText(const OnnxSession& session);       // Grounding DINO
bool DetectsClasses(const OnnxSession& session);  // YOLO: an image in, rows of boxes and scores out

}  // namespace sanerf::models
