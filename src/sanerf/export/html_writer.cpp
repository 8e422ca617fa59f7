#include "sanerf/export/html_writer.h"

#include <algorithm>
#include <cstdint>

#include "sanerf/core/check.h"
#include "sanerf/core/files.h"
#include "sanerf/export/glb_writer.h"
#include "sanerf/export/object_page.h"

namespace sanerf::exports {
namespace {

std::string HtmlEscaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string Base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) text += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string EncodeHtml(const Mesh& mesh) {
  const std::string name = HtmlEscaped(mesh.name.empty() ? "object" : mesh.name), model = Base64(EncodeGlb(mesh));
  std::string page;
  std::string_view rest = kObjectPage;
  page.reserve(rest.size() + model.size() + 1000);
  for (size_t at; (at = rest.find("{{")) != std::string_view::npos;) {
    page += rest.substr(0, at);
    rest.remove_prefix(at);
    const bool is_name = rest.starts_with("{{name}}"), is_model = rest.starts_with("{{glb}}");
    SANERF_CHECK(is_name || is_model);
    page += is_name ? name : model;
    rest.remove_prefix(rest.find("}}") + 2);
  }
  return page.append(rest);
}

void WriteHtml(const std::filesystem::path& path, const Mesh& mesh) { WriteFileAtomic(path, EncodeHtml(mesh)); }

}  // namespace sanerf::exports
