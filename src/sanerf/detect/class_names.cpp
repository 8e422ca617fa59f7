#include "sanerf/detect/class_names.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <set>

#include "sanerf/core/options.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/detect/wordpiece.h"

namespace sanerf::detect {
namespace {

using Words = std::vector<std::string>;

bool EndsWith(const std::string& word, const char* ending) { return word.size() > 3 && word.ends_with(ending); }

// What a word may be the plural of, itself included. English is asked no further: "scissors" gives "scissor" on both
// sides.
std::set<std::string> Singulars(const std::string& word) {
  std::set<std::string> forms = {word};
  const auto without = [&](size_t count) { return word.substr(0, word.size() - count); };
  if (EndsWith(word, "s") && !EndsWith(word, "ss")) forms.insert(without(1));
  if (EndsWith(word, "es")) forms.insert(without(2));
  if (EndsWith(word, "ies")) forms.insert(without(3) + "y");
  if (EndsWith(word, "ves")) {
    forms.insert(without(3) + "f");
    forms.insert(without(3) + "fe");
  }
  if (word == "people") forms.insert("person");
  if (word == "mice") forms.insert("mouse");
  return forms;
}

// Plain words without an article in front; punctuation, a hyphen for example, only separates.
Words PlainWords(const std::string& text) {
  Words words;
  for (const std::string& word : SplitWords(text)) {
    if (word.size() == 1 && std::ispunct(static_cast<unsigned char>(word[0]))) continue;
    words.push_back(word);
  }
  const bool has_article = words.size() > 1 && (words[0] == "a" || words[0] == "an" || words[0] == "the");
  if (has_article) words.erase(words.begin());
  return words;
}

bool SameButForNumber(const std::string& a, const std::string& b) {
  const std::set<std::string> singulars = Singulars(b);
  const auto of_a = Singulars(a);
  return std::any_of(of_a.begin(), of_a.end(), [&](const std::string& form) { return singulars.contains(form); });
}

}  // namespace

const std::vector<std::string>& CocoNames() {
  static const std::vector<std::string> names = {
      "person",         "bicycle",    "car",           "motorcycle",    "airplane",     "bus",           "train",
      "truck",          "boat",       "traffic light", "fire hydrant",  "stop sign",    "parking meter", "bench",
      "bird",           "cat",        "dog",           "horse",         "sheep",        "cow",           "elephant",
      "bear",           "zebra",      "giraffe",       "backpack",      "umbrella",     "handbag",       "tie",
      "suitcase",       "frisbee",    "skis",          "snowboard",     "sports ball",  "kite",          "baseball bat",
      "baseball glove", "skateboard", "surfboard",     "tennis racket", "bottle",       "wine glass",    "cup",
      "fork",           "knife",      "spoon",         "bowl",          "banana",       "apple",         "sandwich",
      "orange",         "broccoli",   "carrot",        "hot dog",       "pizza",        "donut",         "cake",
      "chair",          "couch",      "potted plant",  "bed",           "dining table", "toilet",        "tv",
      "laptop",         "mouse",      "remote",        "keyboard",      "cell phone",   "microwave",     "oven",
      "toaster",        "sink",       "refrigerator",  "book",          "clock",        "vase",          "scissors",
      "teddy bear",     "hair drier", "toothbrush"};
  return names;
}

std::optional<std::vector<std::string>> ParseClassNames(const std::string& text) {
  std::map<size_t, std::string> by_number;
  size_t at = text.find('{');
  if (at == std::string::npos) return std::nullopt;
  for (++at;;) {
    const size_t start = text.find_first_of("0123456789", at);
    if (start == std::string::npos) break;
    size_t number = 0;
    const char* const end = text.data() + text.size();
    const char* after = std::from_chars(text.data() + start, end, number).ptr;
    const size_t colon = text.find(':', size_t(after - text.data()));
    const size_t quote = colon == std::string::npos ? colon : text.find_first_of("'\"", colon);
    if (quote == std::string::npos) return std::nullopt;
    const size_t closing = text.find(text[quote], quote + 1);
    if (closing == std::string::npos) return std::nullopt;
    by_number[number] = text.substr(quote + 1, closing - quote - 1);
    at = closing + 1;
  }
  std::vector<std::string> names;
  for (const auto& [number, name] : by_number) {
    if (number != names.size()) return std::nullopt;
    names.push_back(name);
  }
  if (names.empty()) return std::nullopt;
  return names;
}

std::optional<size_t> FindClass(const std::string& phrase, const std::vector<std::string>& names) {
  const Words wanted = PlainWords(phrase);
  if (wanted.empty()) return std::nullopt;
  std::optional<size_t> found;
  for (size_t i = 0; i < names.size(); ++i) {
    const Words name = PlainWords(names[i]);
    if (name == wanted) return i;
    // Only the last word of a name has a plural: "hot dogs", "glasses of wine" is nothing that is written here.
    if (!found && name.size() == wanted.size() && std::equal(name.begin(), name.end() - 1, wanted.begin()) &&
        SameButForNumber(name.back(), wanted.back()))
      found = i;
  }
  return found;
}

std::vector<std::string> NearestClasses(const std::string& phrase, const std::vector<std::string>& names) {
  const Words words = PlainWords(phrase);
  std::vector<std::string> nearest;
  const auto add = [&](const std::string& name) {
    if (std::find(nearest.begin(), nearest.end(), name) == nearest.end()) nearest.push_back(name);
  };
  for (const std::string& name : names) {
    for (const std::string& part : PlainWords(name))
      for (const std::string& word : words)
        if (SameButForNumber(part, word)) add(name);
  }
  for (const std::string& name : NearestNames(phrase, names)) add(name);
  return nearest;
}

}  // namespace sanerf::detect
