#include "sanerf/experiments/compare/compare_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "sanerf/experiments/eval/eval_output.h"
#include "sanerf/experiments/text_table.h"

namespace sanerf::experiments {

using eval::MeanScores;

namespace {

double MeanObjectIou(const MethodResult& method, size_t object) {
  double sum = 0;
  for (const MethodRun& run : method.runs) sum += run.objects[object].score.Iou();
  return sum / double(std::max<size_t>(1, method.runs.size()));
}

double MeanSpurious(const MethodResult& method) {
  double sum = 0;
  for (const MethodRun& run : method.runs) sum += run.num_spurious;
  return sum / double(std::max<size_t>(1, method.runs.size()));
}

// Marks the largest of column `column`; cells without a value have none in `values`.
void MarkBest(const std::vector<std::optional<double>>& values, size_t column, TextTable* table) {
  std::optional<double> best;
  for (const auto& value : values)
    if (value && (!best || *value > *best)) best = value;
  for (size_t i = 0; i < values.size(); ++i)
    if (best && values[i] && Percent(*values[i]) == Percent(*best)) table->bold[i + 1][column] = true;
}

void AddNotes(const MethodResult& method, const std::string& scene, TextTable* table) {
  const std::string where = scene.empty() ? "" : " on " + scene;
  if (!method.error.empty()) table->notes.push_back(fmt::format("{}{}: {}", method.title, where, method.error));
  if (!method.remarks.empty()) table->notes.push_back(fmt::format("{}: {}", method.title, method.remarks));
}

// Of an object that some views do not have, what the method that found it in the fewest of them saw.
void AddViewsWithoutObject(const std::vector<MethodResult>& methods, size_t object, TextTable* table) {
  const eval::ObjectScore* most = nullptr;
  for (const MethodResult& method : methods) {
    if (method.runs.empty()) continue;
    const eval::ObjectScore& score = method.runs[0].objects[object];
    if (most == nullptr || score.score.views_without_object > most->score.views_without_object) most = &score;
  }
  if (most != nullptr && most->score.views_without_object > 0) table->notes.push_back(ViewsWithoutObject(*most));
}

// Columns of scores, one value per method.
class TableBuilder {
 public:
  explicit TableBuilder(const std::vector<std::string>& titles) {
    table_.cells.push_back({"method"});
    for (const std::string& title : titles) table_.cells.push_back({title});
  }
  void Column(const std::string& header, const std::function<std::string(size_t)>& cell) {
    table_.cells[0].push_back(header);
    for (size_t m = 0; m + 1 < table_.cells.size(); ++m) table_.cells[m + 1].push_back(cell(m));
  }
  void Scores(const std::string& header, const std::function<std::optional<double>(size_t)>& value,
              const std::function<std::string(size_t, double)>& text) {
    std::vector<std::optional<double>> values;
    for (size_t m = 0; m + 1 < table_.cells.size(); ++m) values.push_back(value(m));
    Column(header, [&](size_t m) { return values[m] ? text(m, *values[m]) : "-"; });
    best_.emplace_back(table_.cells[0].size() - 1, std::move(values));
  }
  TextTable Take() {
    for (const auto& row : table_.cells) table_.bold.emplace_back(row.size(), false);
    for (const auto& [column, values] : best_) MarkBest(values, column, &table_);
    return std::move(table_);
  }

 private:
  TextTable table_;
  std::vector<std::pair<size_t, std::vector<std::optional<double>>>> best_;
};

}  // namespace

TextTable ScoreTable(const CompareResult& result) {
  const std::vector<MethodResult>& methods = result.methods;
  std::vector<std::string> titles;
  for (const MethodResult& method : methods) titles.push_back(method.title);
  TableBuilder builder(titles);
  const auto plain = [](size_t, double value) { return Percent(value); };
  for (size_t o = 0; o < result.objects.size(); ++o) {
    builder.Scores(
        result.objects[o],
        [&](size_t m) -> std::optional<double> {
          if (methods[m].runs.empty()) return std::nullopt;
          return MeanObjectIou(methods[m], o);
        },
        plain);
  }
  const auto mean = [&](const std::string& header, double MeanScores::*field) {
    builder.Scores(
        header,
        [&, field](size_t m) -> std::optional<double> {
          const double value = methods[m].runs.empty() ? NAN : methods[m].Means().*field;
          return std::isnan(value) ? std::nullopt : std::optional(value);
        },
        [&, field](size_t m, double value) {
          return PercentWithSpread(value, methods[m].Deviations().*field, methods[m].runs.size() > 1);
        });
  };
  mean("mIoU", &MeanScores::iou);
  mean("accuracy", &MeanScores::accuracy);
  mean("boundary IoU", &MeanScores::boundary_iou);
  mean("consistency", &MeanScores::consistency);
  const bool has_spurious =
      std::any_of(methods.begin(), methods.end(), [](const auto& m) { return MeanSpurious(m) > 0; });
  const auto if_run = [&](size_t m, const std::string& text) { return methods[m].runs.empty() ? "-" : text; };
  if (has_spurious)
    builder.Column("spurious", [&](size_t m) { return if_run(m, fmt::format("{:.3g}", MeanSpurious(methods[m]))); });
  builder.Column("seconds", [&](size_t m) { return if_run(m, fmt::format("{:.1f}", methods[m].Seconds())); });
  builder.Column("MB", [&](size_t m) {
    const int64_t bytes = methods[m].PeakRssBytes();
    return bytes > 0 ? fmt::format("{}", bytes / 1000000) : "-";
  });
  TextTable table = builder.Take();
  for (const MethodResult& method : methods) AddNotes(method, "", &table);
  for (size_t o = 0; o < result.objects.size(); ++o) AddViewsWithoutObject(methods, o, &table);
  return table;
}

TextTable SceneTable(const std::vector<CompareResult>& scenes) {
  std::vector<std::string> names, titles;
  for (const CompareResult& scene : scenes) {
    for (const MethodResult& method : scene.methods) {
      if (std::find(names.begin(), names.end(), method.method) != names.end()) continue;
      names.push_back(method.method);
      titles.push_back(method.title);
    }
  }
  const auto find = [&](const CompareResult& scene, size_t m) -> const MethodResult* {
    for (const MethodResult& method : scene.methods)
      if (method.method == names[m] && !method.runs.empty()) return &method;
    return nullptr;
  };
  TableBuilder builder(titles);
  const auto plain = [](size_t, double value) { return Percent(value); };
  for (const auto& [header, field] : {std::pair{"Acc.", &MeanScores::accuracy}, {"mIoU", &MeanScores::iou}}) {
    for (const CompareResult& scene : scenes) {
      builder.Scores(
          fmt::format("{} {}", scene.scene, header),
          [&, field = field](size_t m) -> std::optional<double> {
            const MethodResult* method = find(scene, m);
            return method != nullptr ? std::optional(method->Means().*field) : std::nullopt;
          },
          plain);
    }
    // A mean over fewer scenes than the others' would be no comparison.
    builder.Scores(
        fmt::format("mean {}", header),
        [&, field = field](size_t m) -> std::optional<double> {
          double sum = 0;
          for (const CompareResult& scene : scenes) {
            const MethodResult* method = find(scene, m);
            if (method == nullptr) return std::nullopt;
            sum += method->Means().*field / double(scenes.size());
          }
          return sum;
        },
        plain);
  }
  TextTable table = builder.Take();
  for (const CompareResult& scene : scenes)
    for (const MethodResult& method : scene.methods) AddNotes(method, scene.scene, &table);
  std::vector<std::string> once;
  for (const std::string& note : table.notes)
    if (std::find(once.begin(), once.end(), note) == once.end()) once.push_back(note);
  table.notes = std::move(once);
  return table;
}

}  // namespace sanerf::experiments
