// Options by name: every option struct lists its fields once, in Visit, with help and the values that they may have
// (option_values.h). --set, run.json, `sanerf options`, docs/options.md and every check of a range come from there.
//
//   struct TrainOptions {
//     int iters = 5000;
//     template <class V> void Visit(V&& v) { v("iters", iters, "optimization steps", Range(1, 1'000'000)); }
//   };
//
// A number or a text without range, choices or Text does not compile.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sanerf/core/json.h"
#include "sanerf/core/option_values.h"

namespace sanerf {

// The nearest names by edit distance (at most 3, nearest first, only plausible ones); for "did you mean".
std::vector<std::string> NearestNames(const std::string& name, const std::vector<std::string>& known);
std::string DidYouMean(const std::string& name,
                       const std::vector<std::string>& known);  // "did you mean 'a' or 'b'?" or ""

template <class T>
concept OptionNumber = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
template <class T>
concept OptionEnum = std::is_enum_v<T>;

enum class OptionType { kBool, kInteger, kNumber, kText };

// One of the last three is set, unless the type is kBool.
struct OptionValues {
  OptionType type = OptionType::kBool;
  std::optional<Range> range;
  std::vector<Json> choices;
  std::string text;

  bool Contains(const Json& value) const;                    // of the right type already
  std::optional<Json> Parse(const std::string& text) const;  // "1e4" -> 10000; nothing when it is none of the values
  std::string Text() const;      // "1 to 64, a multiple of 4", "huber or mse", "true or false"
  std::string Expected() const;  // the same as what an error expects: "an integer from 1 to 64"
};

std::string OptionValueText(const Json& value);  // as --set takes it: 0.01, not 0.009999999776482582

class OptionRegistry {
 public:
  struct Entry {
    std::string stage, key, help;
    OptionValues values;
    OptionMark mark;
    std::function<Json()> get;
    std::function<void(const Json&)> set;  // of a value that is in `values`

    std::string name() const { return stage + "." + key; }
  };

  struct Stage {
    std::string name, command, about;
  };

  // The registry refers to `options`, which must outlive it.
  template <class T>
  void Add(const Stage& stage, T& options) {
    stages_.push_back(stage);
    options.Visit(Adder{stage.name, entries_});
  }
  template <class T>
  void Add(const std::string& stage, T& options) {
    Add(Stage{stage, "", ""}, options);
  }

  // "stage.key=value". origin says where it was given, for the error: "--set", a named flag ("--iters") or a file.
  // Throws UsageError: unknown name with the nearest ones, a value of the wrong type or out of range with the option's
  // meaning and range.
  // Returns the entry that was set and, when it was called by a former name, a sentence that says so.
  struct Assigned {
    const Entry* entry;
    std::string notice;
  };
  Assigned Set(const std::string& assignment, const std::string& origin = "--set") const&;
  const Entry* Find(const std::string& name) const&;  // "stage.key", also a former one; null when there is none
  Json ToJson() const;                                // {"train": {"iters": 5000}}
  // What a file recorded, by present or former names. Unknown keys are ignored: an older run folder may hold them.
  // Throws Error that names file and key for values of the wrong type or out of range.
  void FromJson(const Json& json, const std::string& file);
  void Check() const;  // throws UsageError for the first value out of range
  const std::vector<Entry>& entries() const& { return entries_; }
  std::vector<Entry> entries() && { return std::move(entries_); }  // of a temporary, in a loop's head
  const std::vector<Stage>& stages() const& { return stages_; }    // in the order of Add
  std::vector<Stage> stages() && { return std::move(stages_); }

 private:
  // What Visit is called with. Every kind of field has its overload; one without values has none.
  struct Adder {
    void operator()(const char* key, bool& field, const char* help, OptionMark mark = {}) const {
      Append(key, help, {OptionType::kBool, {}, {}, ""}, mark, field);
    }
    template <OptionNumber T>
    void operator()(const char* key, T& field, const char* help, Range range, OptionMark mark = {}) const {
      Append(key, help, {TypeOf<T>(), range, {}, ""}, mark, field);
    }
    template <OptionNumber T, size_t N>
    void operator()(const char* key, T& field, const char* help, const Choices<T, N>& choices,
                    OptionMark mark = {}) const {
      Append(key, help, {TypeOf<T>(), {}, std::vector<Json>(choices.values.begin(), choices.values.end()), ""}, mark,
             field);
    }
    template <size_t N>
    void operator()(const char* key, std::string& field, const char* help, const Choices<const char*, N>& choices,
                    OptionMark mark = {}) const {
      Append(key, help, {OptionType::kText, {}, std::vector<Json>(choices.values.begin(), choices.values.end()), ""},
             mark, field);
    }
    void operator()(const char* key, std::string& field, const char* help, Text text, OptionMark mark = {}) const {
      Append(key, help, {OptionType::kText, {}, {}, text.what}, mark, field);
    }
    template <OptionEnum E, size_t N>
    void operator()(const char* key, E& field, const char* help, const Choices<Choice<E>, N>& choices,
                    OptionMark mark = {}) const {
      OptionValues values{OptionType::kText, {}, {}, ""};
      for (const Choice<E>& choice : choices.values) values.choices.push_back(choice.name);
      const auto get = [&field, choices] {
        for (const Choice<E>& choice : choices.values)
          if (choice.value == field) return Json(choice.name);
        return Json();
      };
      const auto set = [&field, choices](const Json& value) {
        for (const Choice<E>& choice : choices.values)
          if (value == choice.name) field = choice.value;
      };
      entries.push_back({stage, key, help, std::move(values), mark, get, set});
    }

    template <class T>
    static constexpr OptionType TypeOf() {
      return std::is_integral_v<T> ? OptionType::kInteger : OptionType::kNumber;
    }
    template <class T>
    void Append(const char* key, const char* help, OptionValues values, OptionMark mark, T& field) const {
      entries.push_back({stage, key, help, std::move(values), mark, [&field] { return Json(field); },
                         [&field](const Json& value) { value.get_to(field); }});
    }

    const std::string& stage;
    std::vector<Entry>& entries;
  };

  std::vector<Stage> stages_;
  std::vector<Entry> entries_;
};

// Throws UsageError "option STAGE.KEY=VALUE: expected ..." when a field is not what its Visit allows. Every function
// that takes an option struct calls it; what single values cannot say, it checks itself.
template <class T>
void CheckOptions(const T& options, const std::string& stage) {
  T copy = options;
  OptionRegistry registry;
  registry.Add(stage, copy);
  registry.Check();
}

// The same for a number that is no option. Throws UsageError "WHAT VALUE: expected an integer from ...".
void CheckNumber(const std::string& what, int value, Range range);
void CheckNumber(const std::string& what, double value, Range range);

template <class T>
Json OptionsToJson(const T& options) {  // {"iters": 5000}
  T copy = options;
  OptionRegistry registry;
  registry.Add("options", copy);
  return registry.ToJson().at("options");
}

// What OptionsToJson made, read from `file`; its errors call the options by their stage. Absent keys keep their
// defaults.
template <class T>
T OptionsFromJson(const Json& json, const std::string& stage, const std::string& file) {
  T options;
  OptionRegistry registry;
  registry.Add(stage, options);
  registry.FromJson({{stage, json}}, file);
  return options;
}

}  // namespace sanerf
