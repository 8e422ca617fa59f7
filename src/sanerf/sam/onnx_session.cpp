#include "sanerf/sam/onnx_session.h"

#include <fmt/format.h>
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "sanerf/core/error.h"
#include "sanerf/core/log.h"
#include "sanerf/core/parallel.h"

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__)
// ONNX Runtime keeps a few bytes about the processor for good when its environment is made.
extern "C" const char* __lsan_default_suppressions() { return "leak:libonnxruntime"; }
#endif

namespace sanerf {
namespace {

void ORT_API_CALL LogOrtMessage(void*, OrtLoggingLevel, const char* category, const char*, const char*,
                                const char* message) {
  LogDetail("onnxruntime: {}: {}", category, message);
}

// One environment per process. The C++ interface dereferences the function table unchecked: a library older than the
// headers has none for them.
Ort::Env& Environment() {
  if (OrtGetApiBase()->GetApi(ORT_API_VERSION) == nullptr)
    throw Error(
        "cannot use ONNX Runtime",
        fmt::format("the library is version {}, the program was built for interface version {}",
                    OrtGetApiBase()->GetVersionString(), ORT_API_VERSION),
        "build again after scripts/setup.sh, or set LD_LIBRARY_PATH to the library that the program was built with");
  static Ort::Env environment(ORT_LOGGING_LEVEL_WARNING, "sanerf", LogOrtMessage, nullptr);
  return environment;
}

Ort::SessionOptions Options() {
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(NumThreads());
  options.SetInterOpNumThreads(1);
  options.SetExecutionMode(ORT_SEQUENTIAL);
  options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  // Waiting threads that spin would take the cores from the program's own pool between two runs.
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  // With it the second run allocates everything once more as one block: 1.6 GB instead of 0.95 GB for sam2's encoder,
  // with no less processor time.
  options.DisableMemPattern();
  return options;
}

// "onnxruntime's first sentence": its messages carry source places and go over several lines.
std::string FirstLine(const char* message) {
  const std::string text = message;
  return text.substr(0, std::min(text.find('\n'), size_t{300}));
}

TensorInfo InfoOf(std::string name, const Ort::TypeInfo& type, const fs::path& file, const std::string& hint) {
  if (type.GetONNXType() != ONNX_TYPE_TENSOR ||
      type.GetTensorTypeAndShapeInfo().GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
    throw Error("the model " + file.string() + " does not fit", "\"" + name + "\" is not a tensor of 32-bit floats",
                hint);
  return {std::move(name), type.GetTensorTypeAndShapeInfo().GetShape()};
}

const TensorInfo* FindTensor(const std::vector<TensorInfo>& tensors, const std::string& name) {
  const auto it = std::find_if(tensors.begin(), tensors.end(), [&](const TensorInfo& t) { return t.name == name; });
  return it == tensors.end() ? nullptr : &*it;
}

std::string NamesOf(const std::vector<TensorInfo>& tensors) {
  std::string text;
  for (const TensorInfo& tensor : tensors) text += (text.empty() ? "" : ", ") + tensor.name;
  return text.empty() ? "none" : text;
}

}  // namespace

struct OnnxSession::Handle {
  Ort::Session session{nullptr};
};

OnnxSession::OnnxSession(fs::path file, std::string hint) : file_(std::move(file)), hint_(std::move(hint)) {
  std::error_code ignored;
  if (!fs::is_regular_file(file_, ignored))
    throw Error("cannot read the model " + file_.string(), "there is no such file", hint_);
  Open(nullptr);
}

OnnxSession::OnnxSession(fs::path file, std::string hint, const std::string& bytes)
    : file_(std::move(file)), hint_(std::move(hint)) {
  Open(&bytes);
}

OnnxSession::~OnnxSession() = default;

void OnnxSession::Open(const std::string* bytes) {
  Ort::Env& environment = Environment();
  handle_ = std::make_unique<Handle>();
  try {
    Ort::Session& session = handle_->session;
    session = bytes ? Ort::Session(environment, bytes->data(), bytes->size(), Options())
                    : Ort::Session(environment, file_.c_str(), Options());
    const Ort::AllocatorWithDefaultOptions allocator;
    for (size_t i = 0; i < session.GetInputCount(); ++i)
      inputs_.push_back(
          InfoOf(session.GetInputNameAllocated(i, allocator).get(), session.GetInputTypeInfo(i), file_, hint_));
    for (size_t i = 0; i < session.GetOutputCount(); ++i)
      outputs_.push_back(
          InfoOf(session.GetOutputNameAllocated(i, allocator).get(), session.GetOutputTypeInfo(i), file_, hint_));
  } catch (const Ort::Exception& e) {
    throw Error("cannot load the model " + file_.string(), FirstLine(e.what()), hint_);
  }
}

bool OnnxSession::HasInput(const std::string& name) const { return FindTensor(inputs_, name) != nullptr; }
bool OnnxSession::HasOutput(const std::string& name) const { return FindTensor(outputs_, name) != nullptr; }

const TensorInfo& OnnxSession::Input(const std::string& name, const std::vector<int64_t>& shape) const {
  const TensorInfo* tensor = FindTensor(inputs_, name);
  if (!tensor) Fail("it has no input \"" + name + "\" (its inputs: " + NamesOf(inputs_) + ")");
  if (!ShapesFit(tensor->shape, shape))
    Fail("its input \"" + name + "\" is " + ShapeText(tensor->shape) + ", needed is " + ShapeText(shape));
  return *tensor;
}

const TensorInfo& OnnxSession::Output(const std::string& name, const std::vector<int64_t>& shape) const {
  const TensorInfo* tensor = FindTensor(outputs_, name);
  if (!tensor) Fail("it has no output \"" + name + "\" (its outputs: " + NamesOf(outputs_) + ")");
  if (!ShapesFit(tensor->shape, shape))
    Fail("its output \"" + name + "\" is " + ShapeText(tensor->shape) + ", needed is " + ShapeText(shape));
  return *tensor;
}

void OnnxSession::Fail(const std::string& why) const {
  throw Error("the model " + file_.string() + " does not fit", why, hint_);
}

std::vector<Tensor> OnnxSession::Run(const std::vector<Feed>& feeds, const std::vector<std::string>& outputs) const {
  const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<const char*> feed_names, output_names;
  std::vector<Ort::Value> values;
  for (const Feed& feed : feeds) {
    const int64_t size = std::accumulate(feed.shape.begin(), feed.shape.end(), int64_t{1}, std::multiplies<>());
    feed_names.push_back(feed.name.c_str());
    // ONNX Runtime only reads its inputs, though the interface takes them as mutable.
    values.push_back(Ort::Value::CreateTensor<float>(memory, const_cast<float*>(feed.data), size_t(size),
                                                     feed.shape.data(), feed.shape.size()));
  }
  for (const std::string& name : outputs) output_names.push_back(name.c_str());

  try {
    const std::vector<Ort::Value> results =
        handle_->session.Run(Ort::RunOptions{nullptr}, feed_names.data(), values.data(), values.size(),
                             output_names.data(), output_names.size());
    std::vector<Tensor> tensors;
    for (size_t i = 0; i < results.size(); ++i) {
      const auto info = results[i].GetTensorTypeAndShapeInfo();
      const float* data = results[i].GetTensorData<float>();
      tensors.push_back({outputs[i], info.GetShape(), {data, data + info.GetElementCount()}});
    }
    return tensors;
  } catch (const Ort::Exception& e) {
    throw Error("the model " + file_.string() + " failed", FirstLine(e.what()), hint_);
  }
}

bool ShapesFit(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](int64_t x, int64_t y) { return x == y || x < 0 || y < 0; });
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t size : shape) text += (text.empty() ? "" : ", ") + (size < 0 ? "any" : std::to_string(size));
  return "[" + text + "]";
}

}  // namespace sanerf
