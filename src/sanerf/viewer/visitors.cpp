#include "sanerf/viewer/visitors.h"

#include <algorithm>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::viewer {
namespace {

constexpr const char* kVisitorsFile = ".visitors";
constexpr size_t kMostVisitors = 8;  // enough for a server that is started again and again while a page stays open

}  // namespace

std::vector<std::string> ReadVisitors(const std::filesystem::path& run) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(run / kVisitorsFile, ignored)) return {};
  try {
    const Json json = ReadJsonFile(run / kVisitorsFile);
    const JsonCursor hashes(json, kVisitorsFile);
    std::vector<std::string> visitors;
    for (size_t i = 0; i < std::min(hashes.size(), kMostVisitors); ++i) visitors.push_back(hashes[i].String());
    return visitors;
  } catch (const Error&) {  // they paste the address once more
    return {};
  }
}

bool RememberVisitor(const std::filesystem::path& run, const std::string& token, std::vector<std::string> earlier,
                     Audience& audience) {
  if (!run::RunFolder::Exists(run)) return false;
  earlier.insert(earlier.begin(), Sha256(token));
  if (earlier.size() > kMostVisitors) earlier.resize(kMostVisitors);
  try {
    WriteJsonFile(run / kVisitorsFile, earlier);
  } catch (const WriteError& error) {
    SayMessage(audience, MessageKind::kWarning,
               "this page has to be opened with its address again after the next start", error.what(), error.hint());
  }
  return true;
}

}  // namespace sanerf::viewer
