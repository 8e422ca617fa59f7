#include "sanerf/viewer/http/assets.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "sanerf/viewer/http/gzip.h"

namespace sanerf::viewer {

bool HasPage() { return FindAsset("index.html") != nullptr; }

const Asset* FindAsset(std::string_view path) {
  const auto assets = EmbeddedAssets();
  const auto found = std::find_if(assets.begin(), assets.end(), [&](const Asset& asset) { return asset.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

std::string_view Compressed(const Asset& asset) {
  constexpr size_t kWorthIt = 1024;
  const bool is_text = asset.path.ends_with(".js") || asset.path.ends_with(".css") || asset.path.ends_with(".svg");
  if (!is_text || asset.bytes.size() < kWorthIt) return asset.bytes;
  static std::mutex mutex;
  static std::map<std::string_view, std::string> compressed;
  const std::lock_guard lock(mutex);
  std::string& bytes = compressed[asset.path];
  if (bytes.empty()) bytes = Gzip(asset.bytes);
  return bytes;
}

// A table of our own: that of a system may call a script text/plain, and browsers run no such script.
std::string_view TypeOfFile(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".ico", "image/x-icon"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
      {".csv", "text/csv; charset=utf-8"},
      {".zip", "application/zip"},
      {".mp4", "video/mp4"},
      {".glb", "model/gltf-binary"},
      {".ply", "application/octet-stream"},
      {".npy", "application/octet-stream"},
      {".map", "application/json"},
  }};
  for (const auto& [end, type] : kTypes)
    if (path.ends_with(end)) return type;
  return "application/octet-stream";
}

HttpResponse AnswerWith(const Asset& asset, const HttpRequest& request) {
  // Over a tunnel a quarter of the bytes is a quarter of the time.
  const std::string* accepted = request.Header("accept-encoding");
  const bool may_compress = accepted != nullptr && accepted->find("gzip") != std::string::npos;
  const std::string_view bytes = may_compress ? Compressed(asset) : asset.bytes;
  HttpResponse response{200, std::string(TypeOfFile(asset.path)), std::string(bytes), {{"Vary", "Accept-Encoding"}}};
  if (bytes.data() != asset.bytes.data()) response.headers.emplace_back("Content-Encoding", "gzip");
  if (asset.path.starts_with("assets/"))  // their names change with their contents
    response.headers.emplace_back("Cache-Control", "private, max-age=31536000, immutable");
  return response;
}

}  // namespace sanerf::viewer
