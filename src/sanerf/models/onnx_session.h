// One ONNX Runtime session: names, types and shapes known, floats, integers and booleans in, floats out, errors that
// name file and tensor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"

namespace sanerf::models {

// What goes into a pretrained network and comes out of it.
struct Tensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> data;  // row-major
};

enum class ElementType { kFloat, kInt64, kBool, kOther };

struct TensorInfo {
  std::string name;
  std::vector<int64_t> shape;  // -1: any size
  ElementType type = ElementType::kFloat;
};

// The model can be read, and its graph is none that works here: ONNX Runtime refuses it, or it has other tensors.
class GraphError : public Error {
 public:
  using Error::Error;
};

class OnnxSession {
 public:
  // file: .onnx or .ort. hint: what to do when it cannot be used. bytes: the model itself when it is not to be read
  // from `file`. threads: of one run, made here, of lower priority for a job in the background; 0 = NumThreads(), and
  // between two runs their memory is given back. Throws Error when the file is missing, GraphError when it is truncated
  // or not a model.
  OnnxSession(std::filesystem::path file, std::string hint, int threads, const Job& job);
  OnnxSession(std::filesystem::path file, std::string hint, const std::string& bytes, int threads, const Job& job);
  ~OnnxSession();

  const std::filesystem::path& file() const { return file_; }
  const std::vector<TensorInfo>& inputs() const { return inputs_; }
  const std::vector<TensorInfo>& outputs() const { return outputs_; }
  bool HasInput(const std::string& name) const;
  bool HasOutput(const std::string& name) const;
  // The named tensor of 32-bit floats; throws Error when it is absent, of another type, or when its shape cannot be
  // `shape` (-1: any size).
  const TensorInfo& Input(const std::string& name, const std::vector<int64_t>& shape) const;
  const TensorInfo& Output(const std::string& name, const std::vector<int64_t>& shape) const;
  // What the exporter wrote beside the graph ("names", "author"); empty when the key is not there.
  std::string Metadata(const std::string& key) const;
  [[noreturn]] void Fail(const std::string& why) const;  // GraphError "the model FILE does not fit: why"

  struct Feed {
    std::string name;
    std::vector<int64_t> shape;
    std::variant<const float*, const int64_t*, const bool*> data;
  };
  // Thread safe. The tensors, floats, come back in the order of `outputs`.
  std::vector<Tensor> Run(const std::vector<Feed>& feeds, const std::vector<std::string>& outputs,
                          const Job& job) const;

 private:
  struct Handle;
  void Open(const std::string* bytes, int threads, const Job& job);
  const TensorInfo& Fitting(const char* kind, const std::vector<TensorInfo>& tensors, const std::string& name,
                            const std::vector<int64_t>& shape) const;

  std::filesystem::path file_;
  std::string hint_;
  std::unique_ptr<Handle> handle_;
  std::vector<TensorInfo> inputs_, outputs_;
};

// Memory that a session takes when it is opened, from the sizes of the model's files.
double SessionBytes(double bytes_of_files);

// Whether a tensor declared as `a` can have shape `b`; -1 on either side fits every size.
bool ShapesFit(const std::vector<int64_t>& a, const std::vector<int64_t>& b);
std::string ShapeText(const std::vector<int64_t>& shape);  // "[1, 3, any, 1024]"

}  // namespace sanerf::models
