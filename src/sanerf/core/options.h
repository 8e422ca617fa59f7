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

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sanerf/core/allowed_values.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/core/option_field.h"
#include "sanerf/core/option_values.h"

namespace sanerf {

class OptionRegistry {
 public:
  struct Entry {
    std::string stage, key, help;
    AllowedValues values;
    OptionMark mark;
    OptionField field;

    Json get() const;
    void set(const Json& value) const { field.Set(value); }  // one that is in `values`
    std::string name() const { return stage + "." + key; }
  };

  struct RemovedEntry {
    std::string stage, key;
    Removed mark;

    std::string name() const { return stage + "." + key; }
    bool Keeps(const Json& value) const;                // what is done anyway
    std::string Notice(const std::string& text) const;  // for who has set it to `text`
  };

  struct Stage {
    std::string name, command, about;
  };

  // The registry refers to `options`, which must outlive it.
  template <class T>
  void Add(const Stage& stage, T& options) {
    stages_.push_back(stage);
    options.Visit(Adder{stage.name, entries_, removed_});
  }
  template <class T>
  void Add(const std::string& stage, T& options) {
    Add(Stage{stage, "", ""}, options);
  }

  // "stage.key=value". origin says where it was given, for the error: "--set", a named flag ("--iters") or a file.
  // Throws UsageError: unknown name with the nearest ones, an option that was removed unless it is given the value that
  // it has now, a value of the wrong type or out of range with the option's meaning and range.
  // Returns the entry that was set, null for a removed one, and a sentence when the option is called otherwise now or
  // has no effect any more.
  struct Assigned {
    const Entry* entry;
    std::string notice;
  };
  Assigned Set(const std::string& assignment, const std::string& origin = "--set") const&;
  const Entry* Find(const std::string& name) const&;  // "stage.key", also a former one; null when there is none
  const RemovedEntry* FindRemoved(const std::string& name) const&;  // null when it never was, or still is
  Json ToJson() const;                                              // {"train": {"iters": 5000}}
  Json ToJson(const std::string& stage) const;                      // {"iters": 5000}
  // What a file recorded, by present or former names. Unknown keys are ignored: an older run folder may hold them.
  // Throws Error that names file and key for values of the wrong type or out of range. Returns a sentence for
  // everything that had a former name or was removed.
  std::vector<std::string> FromJson(const Json& json, const std::string& file);
  void FromJson(const Json& of_stage, const std::string& stage, const std::string& file);  // {"iters": 5000}
  void Check() const;  // throws UsageError for the first value out of range
  const std::vector<Entry>& entries() const& { return entries_; }
  std::vector<Entry> entries() && { return std::move(entries_); }  // of a temporary, in a loop's head
  const std::vector<Stage>& stages() const& { return stages_; }    // in the order of Add
  std::vector<Stage> stages() && { return std::move(stages_); }

 private:
  // What Visit is called with. Every kind of field has its overload; one without values has none.
  struct Adder {
    void operator()(const char* key, bool& field, const char* help, OptionMark mark = {}) const {
      Append(key, help, {.type = OptionType::kBool}, mark, OptionField(field));
    }
    template <OptionNumber T>
    void operator()(const char* key, T& field, const char* help, Range range, OptionMark mark = {}) const {
      Append(key, help, {.type = TypeOf<T>(), .range = range}, mark, OptionField(field));
    }
    template <OptionNumber T, size_t N>
    void operator()(const char* key, T& field, const char* help, const Choices<T, N>& choices,
                    OptionMark mark = {}) const {
      Append(key, help, {.type = TypeOf<T>(), .numbers = {choices.values.begin(), choices.values.end()}}, mark,
             OptionField(field));
    }
    template <size_t N>
    void operator()(const char* key, std::string& field, const char* help, const Choices<const char*, N>& choices,
                    OptionMark mark = {}) const {
      Append(key, help, {.type = OptionType::kText, .names = {choices.values.begin(), choices.values.end()}}, mark,
             OptionField(field));
    }
    void operator()(const char* key, std::string& field, const char* help, Text text, OptionMark mark = {}) const {
      Append(key, help, {.type = OptionType::kText, .text = text.what}, mark, OptionField(field));
    }
    template <OptionEnum E, size_t N>
    void operator()(const char* key, E& field, const char* help, const Choices<Choice<E>, N>& choices,
                    OptionMark mark = {}) const {
      AllowedValues values{.type = OptionType::kText};
      std::vector<int64_t> numbers;
      for (const Choice<E>& choice : choices.values) {
        values.names.push_back(choice.name);
        numbers.push_back(static_cast<int64_t>(choice.value));
      }
      OptionField of_enum(field, std::move(numbers), values.names);
      Append(key, help, std::move(values), mark, std::move(of_enum));
    }

    template <class T>
    static constexpr OptionType TypeOf() {
      return std::is_integral_v<T> ? OptionType::kInteger : OptionType::kNumber;
    }
    void operator()(const char* key, Removed mark) const { removed.push_back({stage, key, mark}); }
    void Append(const char* key, const char* help, AllowedValues values, OptionMark mark, OptionField field) const;

    const std::string& stage;
    std::vector<Entry>& entries;
    std::vector<RemovedEntry>& removed;
  };

  std::vector<Stage> stages_;
  std::vector<Entry> entries_;
  std::vector<RemovedEntry> removed_;
};

// The registry of one struct, which must outlive it.
template <class T>
OptionRegistry RegistryOf(const std::string& stage, T& options) {
  OptionRegistry registry;
  registry.Add(stage, options);
  return registry;
}

// Throws UsageError "option STAGE.KEY=VALUE: expected ..." when a field is not what its Visit allows. Every function
// that takes an option struct calls it; what single values cannot say, it checks itself.
template <class T>
void CheckOptions(const T& options, const std::string& stage) {
  T copy = options;
  RegistryOf(stage, copy).Check();
}

template <class T, class Value = Json>   // a parameter, since Json itself need not be complete here
Value OptionsToJson(const T& options) {  // {"iters": 5000}
  T copy = options;
  return RegistryOf("options", copy).ToJson("options");
}

// What OptionsToJson made, read from `file`; its errors call the options by their stage. Absent keys keep their
// defaults.
template <class T>
T OptionsFromJson(const Json& json, const std::string& stage, const std::string& file) {
  T options;
  RegistryOf(stage, options).FromJson(json, stage, file);
  return options;
}

}  // namespace sanerf
