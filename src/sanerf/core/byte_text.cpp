#include "sanerf/core/byte_text.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <vector>

#include "sanerf/core/check.h"
#include "sanerf/core/input_file.h"

namespace sanerf {
namespace {

class Sha256State {
 public:
  Sha256State() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    SANERF_CHECK(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void Add(const char* data, size_t size) { SANERF_CHECK(EVP_DigestUpdate(context_.get(), data, size) == 1); }
  std::string Hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    SANERF_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string Sha256OfFile(const std::filesystem::path& path) {
  InputFile file(path);
  Sha256State state;
  std::vector<char> buffer(1 << 18);
  while (const size_t count = file.Read(buffer.data(), buffer.size())) state.Add(buffer.data(), count);
  return state.Hex();
}

std::string Sha256(std::string_view bytes) {
  Sha256State state;
  state.Add(bytes.data(), bytes.size());
  return state.Hex();
}

std::string Base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP writes a final zero
  SANERF_CHECK_LT(bytes.size(), size_t{1} << 30);
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()), int(bytes.size()));
  text.resize(size_t(size));
  return text;
}

}  // namespace sanerf
