// YOLO's ONNX exports (v8, v9, 11 and their like, detection or segmentation): a fixed list of classes.
//
//   image    one input [1, 3, H, W]
//   answers  the first output [1, 4 + classes + mask coefficients, cells]: center and size in the model's pixels, then
//            one score per class; an output [1, M, h, w] says that there are M mask coefficients, which are not used
//
// The names of the classes are the export's metadata "names"; 80 classes without names are COCO's.
#pragma once

#include <memory>

#include "sanerf/detect/text_detector.h"
#include "sanerf/models/onnx_session.h"

namespace sanerf::detect {

// Throws Error when tensors and names do not fit each other.
std::unique_ptr<TextDetector> MakeClassDetector(const DetectorFiles& files,
                                                std::unique_ptr<models::OnnxSession> session,
                                                const TextDetectorOptions& options);

}  // namespace sanerf::detect
