#include "sanerf/cli/segment_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/json.h"

namespace sanerf::cli {

Json SearchToJson(const pipeline::AutoResult& result) {
  Json objects = Json::array();
  for (const pipeline::AutoObject& object : result.objects) {
    objects.push_back({{"name", object.stored.name},
                       {"folder", object.stored.folder.string()},
                       {"views_found", object.views_found},
                       {"views_used", object.stored.views_used},
                       {"views_total", object.stored.views_total},
                       {"agreement", object.agreement},
                       {"share", object.share}});
  }
  return {{"objects", objects},
          {"set_aside", result.set_aside},
          {"searched_views", result.num_searched_views},
          {"masks", result.num_masks},
          {"left_out",
           {{"too_few_views", result.found.left_out.num_rare},
            {"no_agreement", result.found.left_out.num_unstable},
            {"background", result.found.left_out.num_background},
            {"coplanar", result.found.left_out.num_coplanar},
            {"texture", result.found.left_out.num_texture},
            {"other_levels", result.found.left_out.num_other_levels},
            {"beyond_limit", result.found.num_beyond_limit},
            {"no_certain_point", result.found.num_without_point}}},
          {"seconds",
           {{"encode", result.encode_seconds},
            {"search", result.search_seconds},
            {"associate", result.found.associate_seconds},
            {"masks", result.found.mask_seconds},
            {"field", result.field_seconds}}},
          {"peak_rss_mib", double(result.peak_rss_bytes) / (1 << 20)}};
}

std::string SearchTable(const pipeline::AutoResult& result) {
  std::string text = fmt::format("{:<12}  {:>15}  {:>14}  {:>11}  {:>9}\n", "object", "share of a view",
                                 "found in views", "masks used", "agreement");
  for (const pipeline::AutoObject& object : result.objects) {
    text +=
        fmt::format("{:<12}  {:>14.2f}%  {:>14}  {:>11}  {:>8.1f}%\n", object.stored.name, 100 * object.share,
                    fmt::format("{}/{}", object.views_found, result.num_searched_views),
                    fmt::format("{}/{}", object.stored.views_used, object.stored.views_total), 100 * object.agreement);
  }
  return text;
}

Json WordsToJson(const pipeline::TextResult& result) {
  Json objects = Json::array();
  for (const segmentation::TextObject& object : result.objects) {
    const segmentation::AgreedObject& agreed = object.agreed;
    objects.push_back({{"phrase", object.phrase},
                       {"name", object.name},
                       {"boxes", object.num_boxes},
                       {"views_with_boxes", object.num_views},
                       {"views_agreed", std::count_if(agreed.outcomes.begin(), agreed.outcomes.end(),
                                                      [](const auto& outcome) { return outcome.group == 0; })},
                       {"boxes_dropped", agreed.num_dropped},
                       {"other_objects_views", agreed.other_views}});
  }
  Json missing = Json::array();
  for (const pipeline::MissingObject& phrase : result.missing)
    missing.push_back({{"phrase", phrase.phrase}, {"why", phrase.why.what()}, {"hint", phrase.why.hint()}});
  return {{"detector", result.detector}, {"license", result.license}, {"views_searched", result.num_views},
          {"objects", objects},          {"not_found", missing},      {"seconds", result.seconds}};
}

}  // namespace sanerf::cli
