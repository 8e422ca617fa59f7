#include "sanerf/models/onnx_session.h"

#include <fmt/format.h>
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <numeric>
#include <thread>
#include <type_traits>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/thread_priority.h"
#include "sanerf/models/onnx_graph.h"
#include "sanerf/models/page_allocator.h"

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__)
// ONNX Runtime keeps a few bytes about the processor for good when its environment is made.
extern "C" const char* __lsan_default_suppressions() { return "leak:libonnxruntime"; }
#endif

namespace sanerf::models {
namespace {

// ONNX Runtime has one place for all messages. Those of a thread that opens or runs a model go to that thread's job.
thread_local const Job* t_job = nullptr;

class Listening {
 public:
  explicit Listening(const Job& job) : before_(std::exchange(t_job, &job)) {}
  ~Listening() { t_job = before_; }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  const Job* before_;
};

void ORT_API_CALL TakeOrtMessage(void*, OrtLoggingLevel, const char* category, const char*, const char*,
                                 const char* message) {
  if (t_job != nullptr) t_job->Detail(fmt::format("onnxruntime: {}: {}", category, message));
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
  static PageAllocator pages;  // outlives the environment
  static Ort::Env environment = [] {
    Ort::Env made(ORT_LOGGING_LEVEL_WARNING, "sanerf", TakeOrtMessage, nullptr);
    made.RegisterAllocator(&pages);
    return made;
  }();
  return environment;
}

OrtCustomThreadHandle BeginBackgroundThread(void*, OrtThreadWorkerFn work, void* argument) {
  return reinterpret_cast<OrtCustomThreadHandle>(new std::thread([work, argument] {
    LowerPriorityOfThisThread();
    work(argument);
  }));
}

void EndBackgroundThread(OrtCustomThreadHandle handle) {
  const std::unique_ptr<std::thread> thread(reinterpret_cast<std::thread*>(const_cast<OrtCustomHandleType*>(handle)));
  thread->join();
}

Ort::SessionOptions Options(int threads, const Job& job) {
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(threads > 0 ? threads : NumThreads());
  options.SetInterOpNumThreads(1);
  options.SetExecutionMode(ORT_SEQUENTIAL);
  options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  // Waiting threads that spin would take the cores from the program's own pool between two runs.
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  // Work is handed out in ever smaller blocks: on a busy machine a thread that has to wait for its turn otherwise holds
  // up the others after every operator. Measured: docs/studies/onnx_runtime_busy.md.
  options.AddConfigEntry("session.dynamic_block_base", "4");
  // With it the second run allocates everything once more as one block: 1.6 GB instead of 0.95 GB for sam2's encoder,
  // with no less processor time.
  options.DisableMemPattern();
  if (threads == 0) options.AddConfigEntry("session.use_env_allocators", "1");  // PageAllocator
  if (job.is_background())
    options.SetCustomCreateThreadFn(BeginBackgroundThread).SetCustomJoinThreadFn(EndBackgroundThread);
  return options;
}

// "onnxruntime's first sentence": its messages carry source places and go over several lines.
std::string FirstLine(const char* message) {
  const std::string text = message;
  return text.substr(0, std::min(text.find('\n'), size_t{300}));
}

ElementType TypeOf(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      return ElementType::kFloat;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return ElementType::kInt64;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
      return ElementType::kBool;
    default:
      return ElementType::kOther;
  }
}

TensorInfo InfoOf(std::string name, const Ort::TypeInfo& type) {
  if (type.GetONNXType() != ONNX_TYPE_TENSOR) return {std::move(name), {}, ElementType::kOther};
  const auto info = type.GetTensorTypeAndShapeInfo();
  return {std::move(name), info.GetShape(), TypeOf(info.GetElementType())};
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

// Ends a run when a stop is requested: a large encoder takes seconds, or minutes.
class StopOnRequest {
 public:
  StopOnRequest(Ort::RunOptions* options, const Job& job) : watcher_([this, options, &job] { Watch(options, job); }) {}
  ~StopOnRequest() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    over_.notify_one();
    watcher_.join();
  }
  StopOnRequest(const StopOnRequest&) = delete;
  StopOnRequest& operator=(const StopOnRequest&) = delete;

 private:
  void Watch(Ort::RunOptions* options, const Job& job) {
    std::unique_lock lock(mutex_);
    while (!over_.wait_for(lock, std::chrono::milliseconds(100), [&] { return is_over_; }))
      if (job.stop_requested()) options->SetTerminate();
  }

  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread watcher_;  // last: it uses the others
};
// ONNX Runtime opens the model and the files of its weights by their names. A missing one it reports itself.
void CheckWeights(const fs::path& model, const std::string& bytes, const Job& job) {
  double size = double(bytes.size());
  for (const std::string& name : ExternalFiles(bytes)) {
    const fs::path weights = model.parent_path() / name;
    std::error_code ignored;
    if (fs::exists(weights, ignored)) size += double(InputFile(weights).size());
  }
  CheckMemory("the weights of " + model.string(), SessionBytes(size), "use a smaller model: sanerf models list", job);
}

}  // namespace

struct OnnxSession::Handle {
  Ort::Session session{nullptr};
};

OnnxSession::OnnxSession(fs::path file, std::string hint, int threads, const Job& job)
    : file_(std::move(file)), hint_(std::move(hint)) {
  std::error_code ignored;
  if (!fs::exists(file_, ignored))
    throw Error("cannot read the model " + file_.string(), "there is no such file", hint_);
  CheckWeights(file_, ReadFile(file_), job);
  Open(nullptr, threads, job);
}

OnnxSession::OnnxSession(fs::path file, std::string hint, const std::string& bytes, int threads, const Job& job)
    : file_(std::move(file)), hint_(std::move(hint)) {
  CheckWeights(file_, bytes, job);
  Open(&bytes, threads, job);
}

OnnxSession::~OnnxSession() = default;

void OnnxSession::Open(const std::string* bytes, int threads, const Job& job) {
  const Listening listening(job);
  Ort::Env& environment = Environment();
  handle_ = std::make_unique<Handle>();
  try {
    Ort::Session& session = handle_->session;
    session = bytes ? Ort::Session(environment, bytes->data(), bytes->size(), Options(threads, job))
                    : Ort::Session(environment, file_.c_str(), Options(threads, job));
    const Ort::AllocatorWithDefaultOptions allocator;
    for (size_t i = 0; i < session.GetInputCount(); ++i)
      inputs_.push_back(InfoOf(session.GetInputNameAllocated(i, allocator).get(), session.GetInputTypeInfo(i)));
    for (size_t i = 0; i < session.GetOutputCount(); ++i)
      outputs_.push_back(InfoOf(session.GetOutputNameAllocated(i, allocator).get(), session.GetOutputTypeInfo(i)));
  } catch (const Ort::Exception& e) {
    throw GraphError("cannot load the model " + file_.string(), FirstLine(e.what()), hint_);
  }
}

bool OnnxSession::HasInput(const std::string& name) const { return FindTensor(inputs_, name) != nullptr; }
bool OnnxSession::HasOutput(const std::string& name) const { return FindTensor(outputs_, name) != nullptr; }

const TensorInfo& OnnxSession::Fitting(const char* kind, const std::vector<TensorInfo>& tensors,
                                       const std::string& name, const std::vector<int64_t>& shape) const {
  const TensorInfo* tensor = FindTensor(tensors, name);
  if (!tensor) Fail(fmt::format("it has no {} \"{}\" (its {}s: {})", kind, name, kind, NamesOf(tensors)));
  if (tensor->type != ElementType::kFloat)
    Fail(fmt::format("its {} \"{}\" is not a tensor of 32-bit floats", kind, name));
  if (!ShapesFit(tensor->shape, shape))
    Fail(fmt::format("its {} \"{}\" is {}, needed is {}", kind, name, ShapeText(tensor->shape), ShapeText(shape)));
  return *tensor;
}

const TensorInfo& OnnxSession::Input(const std::string& name, const std::vector<int64_t>& shape) const {
  return Fitting("input", inputs_, name, shape);
}

const TensorInfo& OnnxSession::Output(const std::string& name, const std::vector<int64_t>& shape) const {
  return Fitting("output", outputs_, name, shape);
}

std::string OnnxSession::Metadata(const std::string& key) const {
  const Ort::AllocatorWithDefaultOptions allocator;
  const auto value = handle_->session.GetModelMetadata().LookupCustomMetadataMapAllocated(key.c_str(), allocator);
  return value ? value.get() : "";
}

void OnnxSession::Fail(const std::string& why) const {
  throw GraphError("the model " + file_.string() + " does not fit", why, hint_);
}

std::vector<Tensor> OnnxSession::Run(const std::vector<Feed>& feeds, const std::vector<std::string>& outputs,
                                     const Job& job) const {
  const Listening listening(job);
  const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<const char*> feed_names, output_names;
  std::vector<Ort::Value> values;
  for (const Feed& feed : feeds) {
    const int64_t size = std::accumulate(feed.shape.begin(), feed.shape.end(), int64_t{1}, std::multiplies<>());
    feed_names.push_back(feed.name.c_str());
    std::visit(
        [&](const auto* data) {
          using Element = std::remove_const_t<std::remove_pointer_t<decltype(data)>>;
          // ONNX Runtime only reads its inputs, though the interface takes them as mutable.
          values.push_back(Ort::Value::CreateTensor<Element>(memory, const_cast<Element*>(data), size_t(size),
                                                             feed.shape.data(), feed.shape.size()));
        },
        feed.data);
  }
  for (const std::string& name : outputs) output_names.push_back(name.c_str());

  job.ThrowIfStopped(file_.filename().string());
  try {
    Ort::RunOptions run;
    const StopOnRequest stop(&run, job);
    const std::vector<Ort::Value> results = handle_->session.Run(run, feed_names.data(), values.data(), values.size(),
                                                                 output_names.data(), output_names.size());
    std::vector<Tensor> tensors;
    for (size_t i = 0; i < results.size(); ++i) {
      const auto info = results[i].GetTensorTypeAndShapeInfo();
      const float* data = results[i].GetTensorData<float>();
      tensors.push_back({outputs[i], info.GetShape(), {data, data + info.GetElementCount()}});
    }
    return tensors;
  } catch (const Ort::Exception& e) {
    job.ThrowIfStopped(file_.filename().string());
    throw Error("the model " + file_.string() + " failed", FirstLine(e.what()), hint_);
  }
}

// The file as it is parsed, and the weights as they are laid out for the processor.
double SessionBytes(double bytes_of_files) { return 2 * bytes_of_files; }

bool ShapesFit(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](int64_t x, int64_t y) { return x == y || x < 0 || y < 0; });
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t size : shape) text += (text.empty() ? "" : ", ") + (size < 0 ? "any" : std::to_string(size));
  return "[" + text + "]";
}

}  // namespace sanerf::models
