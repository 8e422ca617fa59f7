// Reads just enough of an ONNX file (protocol buffers' wire format) to find the tensors that its
// outputs were chosen from and the files that its weights are in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sanerf::models {

// The tensor from which the last Slice or Gather in front of graph output `output` selects, seen through operators that
// only reshape or clip: SAM's decoders compute four masks and hand out one or three of them. None when the output is
// not the result of such a selection or the file is not ONNX.
std::optional<std::string> TensorBeforeSelection(std::string_view model, const std::string& output);

// The same model with further graph outputs (32-bit floats). Merging is what protocol buffers do with repeated parts:
// a second graph appended to the file adds its outputs to the first.
std::string WithExtraOutputs(std::string_view model, const std::vector<std::string>& names);

// The files, relative to the model's folder, in which the model keeps weights of its own (external data: what exporters
// do with models beyond 2 GB); sorted, each once. Empty for a file that is not ONNX.
std::vector<std::string> ExternalFiles(std::string_view model);

}  // namespace sanerf::models
