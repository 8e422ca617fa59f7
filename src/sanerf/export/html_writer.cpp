#include "sanerf/export/html_writer.h"

#include "sanerf/core/byte_text.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/text_template.h"
#include "sanerf/export/glb_writer.h"
#include "sanerf/export/object_page.h"

namespace sanerf::exports {

std::string EncodeHtml(const Mesh& mesh) {
  return Filled(kObjectPage, {{"name", mesh.name.empty() ? "object" : mesh.name}, {"glb", Base64(EncodeGlb(mesh))}});
}

void WriteHtml(const std::filesystem::path& path, const Mesh& mesh) { WriteFileAtomic(path, EncodeHtml(mesh)); }

}  // namespace sanerf::exports
