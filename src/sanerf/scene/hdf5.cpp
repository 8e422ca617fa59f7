#include "sanerf/scene/hdf5.h"

#ifdef SANERF_HAS_HDF5

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/own_process.h"
#include "sanerf/core/system_info.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr hsize_t kMaxNumbers = hsize_t{1} << 28;  // as many as the largest picture has pixels
constexpr hsize_t kDeflateLimit = 1032;            // bytes that one compressed byte can stand for
constexpr int64_t kLarge = int64_t{1} << 26;       // bytes; less is taken without asking

// One of the library's objects, closed at the end.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  explicit operator bool() const { return id_ >= 0; }
  hid_t get() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

std::vector<std::string> NamesIn(const Handle& file) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
    static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  H5Literate(file.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names);
  return names;
}

// Of the chunks that the numbers lie in; empty where there are none, nothing where that is not known.
std::optional<std::vector<hsize_t>> ChunkSides(const Handle& creation, size_t rank) {
  if (H5Pget_layout(creation.get()) != H5D_CHUNKED) return std::vector<hsize_t>();
  std::vector<hsize_t> sides(rank);
  if (H5Pget_chunk(creation.get(), int(rank), sides.data()) < 0) return std::nullopt;
  return sides;
}

// The library holds a chunk as a whole, however few of its numbers the shape lets be seen.
hsize_t NumbersInChunk(const std::optional<std::vector<hsize_t>>& sides) {
  if (!sides) return kMaxNumbers + 1;
  if (sides->empty()) return 0;
  hsize_t count = 1;
  for (const hsize_t side : *sides) count = side > kMaxNumbers || count > kMaxNumbers ? kMaxNumbers + 1 : count * side;
  return count;
}

// What the index says of the chunks, the library takes at its word: it allocates that much before it reads. The size of
// the largest, bytes in the file; none where that is not known.
std::optional<hsize_t> LargestStoredChunk(const Handle& data_set, const std::vector<hsize_t>& sides,
                                          const std::vector<hsize_t>& shape) {
  std::vector<hsize_t> at(shape.size(), 0);
  hsize_t largest = 0;
  for (size_t axis = 0; axis < shape.size();) {
    unsigned skipped_filters = 0;
    haddr_t address = 0;
    hsize_t size = 0;
    if (H5Dget_chunk_info_by_coord(data_set.get(), at.data(), &skipped_filters, &address, &size) < 0)
      return std::nullopt;
    largest = std::max(largest, size);
    for (axis = 0; axis < shape.size() && (at[axis] += sides[axis]) >= shape[axis]; ++axis) at[axis] = 0;
  }
  return largest;
}

// Links may lead on to others, and those into other files.
herr_t RefuseOtherFile(const char*, const char*, const char*, const char*, unsigned*, hid_t, void*) { return -1; }

NumericArray ReadDataSet(const Handle& file, const fs::path& path, const std::string& name) {
  const auto fail = [&](const std::string& why) {
    throw Error(fmt::format("{}, {}", path.string(), name), why, "write it again: one number per pixel");
  };
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_elink_cb(access.get(), RefuseOtherFile, nullptr);
  const Handle data_set(H5Dopen2(file.get(), name.c_str(), access.get()), H5Dclose);
  if (!data_set) fail("this is not a data set");
  // Its numbers may be said to be in other files, of which nobody knows what they are.
  const Handle creation(H5Dget_create_plist(data_set.get()), H5Pclose);
  if (H5Pget_external_count(creation.get()) > 0 || H5Pget_layout(creation.get()) == H5D_VIRTUAL)
    fail("its numbers are in another file");
  const Handle type(H5Dget_type(data_set.get()), H5Tclose), space(H5Dget_space(data_set.get()), H5Sclose);
  const H5T_class_t kind = H5Tget_class(type.get());
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) fail("it does not hold numbers");

  NumericArray array;
  array.shape.resize(size_t(std::max(0, H5Sget_simple_extent_ndims(space.get()))));
  std::vector<hsize_t> shape(array.shape.size());
  H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  hsize_t count = 1;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] > kMaxNumbers || count * shape[d] > kMaxNumbers) fail("it is too large");
    array.shape[d] = int64_t(shape[d]);
    count *= shape[d];
  }
  const std::optional<std::vector<hsize_t>> sides = ChunkSides(creation, shape.size());
  const hsize_t in_chunk = NumbersInChunk(sides), largest = kDeflateLimit * fs::file_size(path);
  if (in_chunk > kMaxNumbers || in_chunk * H5Tget_size(type.get()) > largest) fail("its chunks are too large");
  if (count * H5Tget_size(type.get()) > largest) fail("the file is too short for its shape");
  const std::optional<hsize_t> stored = count == 0 || sides->empty() ? 0 : LargestStoredChunk(data_set, *sides, shape);
  if (!stored || *stored > fs::file_size(path)) fail("the file is damaged: it is too short for its chunks");
  const int64_t bytes = 3 * int64_t(count) * int64_t(sizeof(double));  // here, on the way and there
  if (bytes > kLarge) CheckMemory("the numbers of " + path.string(), double(bytes), "use a smaller array");
  array.data.resize(size_t(count));
  if (H5Dread(data_set.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.data.data()) < 0)
    fail("it cannot be read: the file is damaged, or compressed in a way that is not known here");
  return array;
}

NumericArray Read(const fs::path& path, const std::vector<std::string>& names) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are reported here, not on stderr
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file) {
    throw Error(path.string(),
                fs::exists(path) ? "this is not an HDF5 file, or it is damaged" : "there is no such file", "");
  }
  for (const std::string& name : names) {
    if (H5Lexists(file.get(), name.c_str(), H5P_DEFAULT) <= 0) continue;
    H5L_info_t link;
    if (H5Lget_info(file.get(), name.c_str(), &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_EXTERNAL)
      throw Error(fmt::format("{}, {}", path.string(), name), "it is in another file", "copy it into this one");
    return ReadDataSet(file, path, name);
  }
  throw Error(path.string(), fmt::format("it has none of the data sets {}", fmt::join(names, ", ")),
              fmt::format("it has: {}", fmt::join(NamesIn(file), ", ")));
}

std::string Bytes(const NumericArray& array) {
  std::string bytes;
  const auto add = [&](const void* data, size_t size) { bytes.append(static_cast<const char*>(data), size); };
  const uint64_t rank = array.shape.size();
  bytes.reserve(sizeof(rank) + rank * sizeof(array.shape[0]) + array.data.size() * sizeof(array.data[0]));
  add(&rank, sizeof(rank));
  add(array.shape.data(), rank * sizeof(array.shape[0]));
  add(array.data.data(), array.data.size() * sizeof(array.data[0]));
  return bytes;
}

NumericArray FromBytes(const std::string& bytes) {
  NumericArray array;
  const char* at = bytes.data();
  const auto take = [&](void* data, size_t size) {
    if (size > 0) std::memcpy(data, at, size);
    at += size;
  };
  uint64_t rank = 0;
  take(&rank, sizeof(rank));
  array.shape.resize(rank);
  take(array.shape.data(), rank * sizeof(array.shape[0]));
  array.data.resize(size_t(bytes.data() + bytes.size() - at) / sizeof(array.data[0]));
  take(array.data.data(), array.data.size() * sizeof(array.data[0]));
  return array;
}

}  // namespace

// Files can be damaged in ways that crash the library.
NumericArray ReadHdf5(const fs::path& path, const std::vector<std::string>& names) {
  static std::mutex mutex;  // the library as Debian builds it is for one thread at a time
  const std::lock_guard<std::mutex> lock(mutex);
  if (fs::exists(path)) CheckReadable(path, FileKind::kArray);
  return FromBytes(InOwnProcess([&] { return Bytes(Read(path, names)); }, path.string(),
                                "write it again, it is damaged, or convert it to .npy or .png"));
}

}  // namespace sanerf::scene

#else

#include "sanerf/core/error.h"

namespace sanerf::scene {

NumericArray ReadHdf5(const std::filesystem::path& path, const std::vector<std::string>&) {
  throw Error(path.string(), "this sanerf was built without the HDF5 library",
              "install it (Debian, Ubuntu: libhdf5-dev) and build again, or convert the file to .npy or .png");
}

}  // namespace sanerf::scene

#endif
