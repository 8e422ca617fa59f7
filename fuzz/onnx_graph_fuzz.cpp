#include "fuzz.h"
#include "sanerf/models/onnx_graph.h"

namespace sanerf::fuzz::onnx_graph {

int FuzzOne(const uint8_t* data, size_t size) {
  const std::string_view model = Bytes(data, size);
  return Expect([&] {
    models::ExternalFiles(model);
    for (const char* output : {"masks", "iou_predictions"}) {
      if (const auto tensor = models::TensorBeforeSelection(model, output)) models::WithExtraOutputs(model, {*tensor});
    }
  });
}

}  // namespace sanerf::fuzz::onnx_graph
