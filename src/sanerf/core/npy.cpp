#include "sanerf/core/npy.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <functional>
#include <map>
#include <numeric>
#include <string>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/system_info.h"

namespace sanerf {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kLarge = size_t{1} << 26;  // bytes; less is taken without asking
constexpr size_t kMostDimensions = 64;      // NumPy's own limit

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<int64_t> shape;
  size_t data_offset = 0;
};

class HeaderParser {
 public:
  HeaderParser(std::filesystem::path path, const std::string& bytes) : path_(std::move(path)), bytes_(bytes) {}

  Header Parse() const {
    if (bytes_.size() < 10 || bytes_.compare(0, kMagic.size(), kMagic) != 0) Fail("not a NumPy .npy file");
    const int major = static_cast<unsigned char>(bytes_[6]);
    if (major < 1 || major > 3) Fail(fmt::format("format version {} is not supported (1, 2 and 3 are)", major));
    const size_t length_size = major == 1 ? 2 : 4, text_offset = 8 + length_size;
    if (bytes_.size() < text_offset) Fail("truncated header");
    uint32_t length = 0;
    std::memcpy(&length, bytes_.data() + 8, length_size);
    if (bytes_.size() - text_offset < length) Fail("truncated header");
    const std::string text = bytes_.substr(text_offset, length);
    Header header;
    header.descr = Quoted(Value(text, "descr"));
    header.fortran_order = Value(text, "fortran_order").rfind("True", 0) == 0;
    header.shape = Shape(Value(text, "shape"));
    header.data_offset = text_offset + length;
    return header;
  }

  [[noreturn]] void Fail(const std::string& why) const { throw Error("cannot read " + path_.string(), why); }

 private:
  // The text after 'key': in the header's dictionary.
  std::string Value(const std::string& text, const std::string& key) const {
    const size_t at = text.find("'" + key + "'");
    const size_t colon = at == std::string::npos ? at : text.find(':', at);
    const size_t start = colon == std::string::npos ? colon : text.find_first_not_of(' ', colon + 1);
    if (start == std::string::npos) Fail("the header has no '" + key + "'");
    return text.substr(start);
  }

  std::string Quoted(const std::string& text) const {
    const size_t end = text.size() < 2 || text[0] != '\'' ? std::string::npos : text.find('\'', 1);
    if (end == std::string::npos) Fail("element type is not a plain one");
    return text.substr(1, end - 1);
  }

  std::vector<int64_t> Shape(const std::string& text) const {
    const size_t close = text.find(')');
    if (text.empty() || text[0] != '(' || close == std::string::npos) Fail("malformed shape");
    std::vector<int64_t> shape;
    for (size_t i = 1; i < close;) {
      if (text[i] == ' ' || text[i] == ',') {
        ++i;
        continue;
      }
      int64_t value = 0;
      size_t digits = 0;
      for (; i < close && text[i] >= '0' && text[i] <= '9' && digits < 15; ++i, ++digits)
        value = value * 10 + (text[i] - '0');
      if (digits == 0 || digits == 15) Fail("malformed shape");
      if (shape.size() == kMostDimensions) Fail(fmt::format("it has more than {} dimensions", kMostDimensions));
      shape.push_back(value);
    }
    return shape;
  }

  std::filesystem::path path_;
  const std::string& bytes_;
};

template <class T>
double Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return static_cast<double>(value);
}

struct ElementType {
  size_t size;
  double (*load)(const char*);
};

const std::map<std::string, ElementType>& ElementTypes() {
  static const std::map<std::string, ElementType> types = {
      {"f4", {4, Load<float>}},    {"f8", {8, Load<double>}},  {"u1", {1, Load<uint8_t>}},  {"i1", {1, Load<int8_t>}},
      {"b1", {1, Load<uint8_t>}},  {"i2", {2, Load<int16_t>}}, {"u2", {2, Load<uint16_t>}}, {"i4", {4, Load<int32_t>}},
      {"u4", {4, Load<uint32_t>}}, {"i8", {8, Load<int64_t>}}, {"u8", {8, Load<uint64_t>}},
  };
  return types;
}

// Column-major to row-major.
std::vector<double> FromFortranOrder(const std::vector<double>& data, const std::vector<int64_t>& shape) {
  std::vector<double> out(data.size());
  std::vector<int64_t> index(shape.size(), 0);
  for (double& value : out) {
    int64_t offset = 0;
    for (size_t d = shape.size(); d-- > 0;) offset = offset * shape[d] + index[d];
    value = data[size_t(offset)];
    for (size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
  return out;
}

}  // namespace

NumericArray ReadNpy(const std::filesystem::path& path) {
  const std::string bytes = ReadFile(path, FileKind::kArray);
  const HeaderParser parser(path, bytes);
  const Header header = parser.Parse();
  const char order = header.descr.empty() ? '?' : header.descr[0];
  const auto type = ElementTypes().find(header.descr.empty() ? "" : header.descr.substr(1));
  if ((order != '<' && order != '|' && order != '=') || type == ElementTypes().end()) {
    parser.Fail("element type '" + header.descr + "' is not supported (little-endian numbers are)");
  }
  const size_t available = (bytes.size() - header.data_offset) / type->second.size;
  size_t count = 1;
  for (const int64_t extent : header.shape) {
    // Compared by division: the product of what a header may say does not fit into any number.
    if (extent != 0 && count > available / size_t(extent))
      parser.Fail(fmt::format("truncated: shape ({}) does not fit into the file", fmt::join(header.shape, ", ")));
    count *= size_t(extent);
    if (count == 0) break;
  }
  if (count > available) parser.Fail("truncated");
  const size_t needed = count * sizeof(double) * (header.fortran_order ? 2 : 1);
  if (needed > kLarge) CheckMemory("the numbers of " + path.string(), double(needed), "use a smaller array");
  NumericArray array;
  array.shape = header.shape;
  array.data.resize(count);
  const char* at = bytes.data() + header.data_offset;
  for (double& value : array.data) {
    value = type->second.load(at);
    at += type->second.size;
  }
  if (header.fortran_order) array.data = FromFortranOrder(array.data, array.shape);
  return array;
}

void WriteNpy(const std::filesystem::path& path, const std::vector<int64_t>& shape, const float* data) {
  std::string shape_text;
  for (const int64_t extent : shape) shape_text += fmt::format("{}, ", extent);
  if (shape.size() > 1) shape_text.resize(shape_text.size() - 2);
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", shape_text);
  constexpr size_t kPrefix = 10, kAlignment = 64;
  header.append(kAlignment - (kPrefix + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  const auto length = static_cast<uint16_t>(header.size());
  const int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  WriteFileAtomic(path, [&](std::ostream& out) {
    out.write(kMagic.data(), std::streamsize(kMagic.size()));
    out.write("\x01\x00", 2);
    out.write(reinterpret_cast<const char*>(&length), 2);
    out.write(header.data(), std::streamsize(header.size()));
    out.write(reinterpret_cast<const char*>(data), std::streamsize(count) * std::streamsize(sizeof(float)));
  });
}

}  // namespace sanerf
