// The comparison for people, papers and other programs.
#pragma once

#include "sanerf/pipeline/compare.h"

namespace sanerf {

// A table as rows of cells; the first row is the header. bold: the best of each column of scores.
struct TextTable {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::vector<bool>> bold;
  std::vector<std::string> notes;  // below it: remarks, failures
};

// Methods by objects: IoU of each, then the means, seconds and memory.
TextTable ScoreTable(const CompareResult& result);
// The paper's layout: methods by scenes, accuracy and mean IoU of each, then the mean over scenes.
TextTable SceneTable(const std::vector<CompareResult>& scenes);

std::string ToText(const TextTable& table);                               // for a terminal
std::string ToMarkdown(const TextTable& table);                           // for a document
std::string ToLatex(const TextTable& table, const std::string& caption);  // needs the package booktabs
// One line per scene, method, seed and object.
std::string ToCsv(const std::vector<CompareResult>& scenes);

Json ToJson(const MethodResult& result);
MethodResult MethodResultFrom(const Json& json);  // throws Json's exceptions when something is missing
Json ToJson(const CompareResult& result);

}  // namespace sanerf
