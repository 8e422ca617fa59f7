#include "sanerf/experiments/ablate/ablate_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/text_table.h"

namespace sanerf::experiments {
namespace {

using Cells = std::vector<std::string>;

constexpr const char* kFailed = "failed";

std::string SpreadText(const std::optional<Spread>& spread) {
  return spread ? PercentWithSpread(spread->mean, spread->deviation, spread->count > 1) : kFailed;
}

std::string Pair(const std::optional<Spread>& iou, const std::optional<Spread>& boundary) {
  return iou && boundary ? SpreadText(iou) + " / " + SpreadText(boundary) : kFailed;
}

template <class F>
auto MeanOf(F member) {
  return [member](const VariantResult& result) { return result.Mean(member); };
}

std::function<double(const VariantResult&)> OfObject(const std::string& name, double VariantResult::Object::*value) {
  return [=](const VariantResult& result) {
    for (const VariantResult::Object& object : result.objects) {
      if (object.name == name) return object.*value;
    }
    return 0.0;
  };
}

std::vector<size_t> AllScenes(const AblationResult& result) {
  std::vector<size_t> scenes;
  for (size_t i = 0; i < result.scenes.size(); ++i) scenes.push_back(i);
  return scenes;
}

// Names of the objects of a single scene, from the first row that has a result.
std::vector<std::string> ObjectNames(const AblationStudy& study) {
  for (const AblationRow& row : study.rows) {
    for (const VariantResult& result : row.results[0]) {
      std::vector<std::string> names;
      for (const VariantResult::Object& object : result.objects) names.push_back(object.name);
      if (!names.empty()) return names;
    }
  }
  return {};
}

// IoU / boundary IoU of each scene, or of each object of the only scene.
Cells DetailCells(const AblationRow& row, const AblationResult& result, const std::vector<std::string>& objects) {
  Cells cells;
  if (result.scenes.size() > 1) {
    for (size_t scene = 0; scene < result.scenes.size(); ++scene) {
      cells.push_back(Pair(SpreadOverSeeds(row, {scene}, MeanOf(&VariantResult::Object::iou)),
                           SpreadOverSeeds(row, {scene}, MeanOf(&VariantResult::Object::boundary_iou))));
    }
  } else {
    for (const std::string& name : objects) {
      cells.push_back(Pair(SpreadOverSeeds(row, {0}, OfObject(name, &VariantResult::Object::iou)),
                           SpreadOverSeeds(row, {0}, OfObject(name, &VariantResult::Object::boundary_iou))));
    }
  }
  return cells;
}

Cells MeanCells(const AblationRow& row, const AblationResult& result) {
  const std::vector<size_t> scenes = AllScenes(result);
  const auto percent = [&](double VariantResult::Object::*value) {
    return SpreadText(SpreadOverSeeds(row, scenes, MeanOf(value)));
  };
  const auto number = [&](const char* format, double (*value)(const VariantResult&)) {
    const auto spread = SpreadOverSeeds(row, scenes, value);
    return spread ? fmt::format(fmt::runtime(format), spread->mean) : "";
  };
  const bool trains = row.variant.scored == ScoredPart::kField;
  return {percent(&VariantResult::Object::iou),
          percent(&VariantResult::Object::boundary_iou),
          percent(&VariantResult::Object::accuracy),
          percent(&VariantResult::Object::consistency),
          trains ? number("{:.1f}", [](const VariantResult& r) { return r.MeanViewsUsed(); }) : "-",
          trains ? number("{:.0f}", [](const VariantResult& r) { return r.encode_seconds; }) : "-",
          trains ? number("{:.0f}", [](const VariantResult& r) { return r.mask_seconds + r.field_seconds; }) : "-"};
}

// Of each object of a scene, the most views that a row had nothing to compare in: neither there nor found.
std::map<std::string, int> ViewsWithoutObjects(const AblationStudy& study, size_t scene) {
  std::map<std::string, int> most;
  for (const AblationRow& row : study.rows)
    for (const VariantResult& result : row.results[scene])
      for (const VariantResult::Object& object : result.objects)
        most[object.name] = std::max(most[object.name], object.views_without_object);
  std::erase_if(most, [](const auto& object) { return object.second == 0; });
  return most;
}

std::vector<std::string> Notes(const AblationStudy& study, const AblationResult& result) {
  std::vector<std::string> notes;
  bool any_default = false;
  for (const AblationRow& row : study.rows) any_default = any_default || row.is_default;
  if (any_default) notes.push_back("* the defaults");
  for (const AblationRow& row : study.rows) {
    for (size_t scene = 0; scene < result.scenes.size(); ++scene) {
      for (const VariantResult& failed : row.results[scene]) {
        if (failed.ok()) continue;
        notes.push_back(fmt::format("{} on {}: {}", row.variant.label, result.scenes[scene], failed.error));
        break;
      }
    }
  }
  for (size_t scene = 0; scene < result.scenes.size(); ++scene)
    for (const auto& [object, count] : ViewsWithoutObjects(study, scene))
      notes.push_back(fmt::format("{} on {}: in {} neither there nor found", object, result.scenes[scene],
                                  Counted(count, "held-out view")));
  return notes;
}

TextTable Tabulate(const AblationStudy& study, const AblationResult& result) {
  TextTable table{{}, {}, Notes(study, result)};
  const std::vector<std::string> objects = ObjectNames(study);
  Cells header = {study.name};
  for (const std::string& name : result.scenes.size() > 1 ? result.scenes : objects) header.push_back(name);
  for (const char* name : {"IoU", "boundary IoU", "accuracy", "consistency", "views", "encode s", "segment s"})
    header.push_back(name);
  table.cells.push_back(header);
  for (const AblationRow& row : study.rows) {
    Cells cells = {row.variant.label + (row.is_default ? " *" : "")};
    for (const Cells& part : {DetailCells(row, result, objects), MeanCells(row, result)})
      cells.insert(cells.end(), part.begin(), part.end());
    table.cells.push_back(cells);
  }
  return table;
}

std::string Legend(const AblationResult& result) {
  return fmt::format(
      "Pairs: IoU / boundary IoU. {}Percent, held-out views; views: training views with a mask, per object.",
      result.seeds > 1 ? fmt::format("± over {} seeds. ", result.seeds) : "");
}

std::string CsvLines(const AblationStudy& study, const AblationRow& row, const std::string& scene, size_t seed,
                     const VariantResult& result) {
  const std::string start =
      fmt::format("{},{},{},{}", CsvCell(study.name), CsvCell(row.variant.label), CsvCell(scene), seed);
  if (!result.ok()) return fmt::format("{},,,,,,,,,,,{}\n", start, CsvCell(result.error));
  std::string lines;
  for (const VariantResult::Object& object : result.objects) {
    lines +=
        fmt::format("{},{},{:.6f},{:.6f},{:.6f},{},{},{},{:.2f},{:.2f},{:.2f},\n", start, CsvCell(object.name),
                    object.iou, object.boundary_iou, object.accuracy, CsvNumber(object.consistency), object.views_used,
                    object.views_total, result.encode_seconds, result.mask_seconds, result.field_seconds);
  }
  return lines;
}

}  // namespace

std::string ToTable(const AblationResult& result) {
  std::string text;
  for (const AblationStudy& study : result.studies) {
    const TextTable table = Tabulate(study, result);
    const std::vector<size_t> widths = ColumnWidths(table);
    text += study.title + '\n';
    for (const Cells& row : table.cells) text += "  " + PaddedRow(row, widths, "  ") + '\n';
    for (const std::string& note : table.notes) text += "  " + note + '\n';
    text += '\n';
  }
  return text + Legend(result) + '\n';
}

std::string ToMarkdown(const AblationResult& result) {
  std::string text;
  for (const AblationStudy& study : result.studies) {
    const TextTable table = Tabulate(study, result);
    const std::vector<size_t> widths = ColumnWidths(table);
    text += fmt::format("### {}\n\n| {} |\n|", study.title, PaddedRow(table.cells[0], widths, " | "));
    for (size_t i = 0; i < widths.size(); ++i) text += std::string(widths[i] + 1, '-') + (i == 0 ? "-|" : ":|");
    for (size_t i = 1; i < table.cells.size(); ++i) text += "\n| " + PaddedRow(table.cells[i], widths, " | ") + " |";
    text += '\n';
    for (const std::string& note : table.notes) text += "\n" + (note[0] == '*' ? "\\" + note : note) + "\n";
    text += '\n';
  }
  return text + Legend(result) + '\n';
}

std::string ToCsv(const AblationResult& result) {
  std::string text =
      "study,row,scene,seed,object,iou,boundary_iou,accuracy,consistency,views_used,views_total,encode_seconds,"
      "mask_seconds,field_seconds,error\n";
  for (const AblationStudy& study : result.studies) {
    for (const AblationRow& row : study.rows) {
      for (size_t scene = 0; scene < row.results.size(); ++scene) {
        for (size_t seed = 0; seed < row.results[scene].size(); ++seed)
          text += CsvLines(study, row, result.scenes[scene], seed, row.results[scene][seed]);
      }
    }
  }
  return text;
}

Json ToJson(const AblationResult& result) {
  Json studies = Json::array();
  for (const AblationStudy& study : result.studies) {
    Json rows = Json::array();
    for (const AblationRow& row : study.rows) {
      Json by_scene = Json::array();
      for (const std::vector<VariantResult>& seeds : row.results) {
        Json by_seed = Json::array();
        for (const VariantResult& one : seeds) by_seed.push_back(ToJson(one));
        by_scene.push_back(by_seed);
      }
      rows.push_back({{"label", row.variant.label},
                      {"options", row.variant.assignments},
                      {"method", NameOf(row.variant.scored)},
                      {"is_default", row.is_default},
                      {"results", by_scene}});
    }
    studies.push_back({{"name", study.name}, {"title", study.title}, {"rows", rows}});
  }
  return {{"scenes", result.scenes},  {"seeds", result.seeds},       {"studies", studies},
          {"run", result.num_run},    {"reused", result.num_reused}, {"failed", result.num_failed},
          {"seconds", result.seconds}};
}

}  // namespace sanerf::experiments
