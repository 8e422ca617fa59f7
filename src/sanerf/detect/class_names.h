// The names of a detector's classes, and which of them a phrase means.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sanerf::detect {

const std::vector<std::string>& CocoNames();  // the 80 classes of COCO, in the order of every YOLO

// "{0: 'person', 1: 'hot dog'}", as exporters write it into a model, to {"person", "hot dog"}. None when it is anything
// else or a number is missing.
std::optional<std::vector<std::string>> ParseClassNames(const std::string& text);

// The class that a phrase names: case, hyphens, an article and the plural do not matter. Nothing else is guessed: a mug
// is no cup.
std::optional<size_t> FindClass(const std::string& phrase, const std::vector<std::string>& names);

// For an error: classes that are words of the phrase, then those written much like it.
std::vector<std::string> NearestClasses(const std::string& phrase, const std::vector<std::string>& names);

}  // namespace sanerf::detect
