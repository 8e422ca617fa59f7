#include "fuzz.h"
#include "sanerf/models/onnx_graph.h"

namespace sanerf::fuzz::onnx_graph {

int FuzzOne(const uint8_t* data, size_t size) {
  const std::string_view model = Bytes(data, size);
  return Expect([&] {
    const size_t num_files = models::ExternalFiles(model).size();
    size_t num_found = 0;
    for (const char* output : {"masks", "iou_predictions"}) {
      const auto tensor = models::TensorBeforeSelection(model, output);
      if (!tensor) continue;
      models::WithExtraOutputs(model, {*tensor});
      ++num_found;
    }
    // Nothing is an error to these functions: what they find nothing in counts as refused.
    if (num_files == 0 || num_found == 0) throw Error("no weights in other files, or no selection");
  });
}

}  // namespace sanerf::fuzz::onnx_graph
