#include <cstdlib>

#include "fuzz.h"
#include "sanerf/models/model_catalogue.h"

namespace sanerf::fuzz::model_catalogue {

// The catalogue of a user's own.
int FuzzOne(const uint8_t* data, size_t size) {
  static const Folder folder;
  static const bool is_chosen = setenv("SANERF_MODELS", folder.path().c_str(), 1) == 0;
  static_cast<void>(is_chosen);
  folder.Write("catalogue.json", Bytes(data, size));
  return Expect([&] {
    const auto catalogue = models::LoadCatalogue();
    for (const models::ModelEntry& entry : catalogue.models) CheckModel(entry, /*hash_contents=*/false);
    for (const models::UnusableEntry& entry : catalogue.unusable) models::FindModel(catalogue, entry.name);
  });
}

}  // namespace sanerf::fuzz::model_catalogue
